"""AWS IAM users and what they hold, in one account a part, at the least number of requests that tells all of it.

`collect` costs three calls and a page's worth of more; `detail` asks about leavers' users alone, six requests each at
most (docs/decisions/0016-what-aws-is-asked.md). Rights: docs/permissions/aws.md.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import structlog
from pydantic import Field, model_validator

from include.offboarding.interfaces import ConnectionFields, ReadContext, SourceSettings, Strict
from include.offboarding.model import AccountRef, Fact, Gap, RequestCounts, ScopeRead, SubjectKind
from include.offboarding.sources._aws.accounts import AccountReader, TagKeys
from include.offboarding.sources._aws.credentials import CREDENTIALS, MovedError, UserReader
from include.offboarding.sources._aws.failures import Asker, error_code, is_denied, speaking_of
from include.offboarding.sources._aws.inventory import Inventory, read_inventory
from include.offboarding.sources._aws.meter import Meter, Purpose
from include.offboarding.sources._aws.policies import effect
from include.offboarding.sources._aws.report import CredentialReport, fetch_report
from include.offboarding.sources._aws.session import Access

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

log = structlog.get_logger("offboarding.sources")

FEDERATED = "federated access not inventoried (no Identity Center source)"
INVENTORY_SECONDS = 600
"""How long `detail` takes the users' names from the inventory that the same object has just read."""

AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]


class Tags(Strict):
    """Which IAM tags tell whose a user is; compared without regard to case, as IAM does."""

    employee_id: tuple[str, ...] = Field(default=("employee-id",), description="Hold HR's number of the person.")
    email: tuple[str, ...] = Field(default=("email",), description="Hold the person's mail address.")
    owner: tuple[str, ...] = Field(default=("owner", "managedBy"), description="Hold an owner's mail or number.")
    service: tuple[str, ...] = Field(default=("service",), description="Mark a workload's user (not false or no).")


class Settings(SourceSettings):
    """AWS accounts reached from one connection."""

    accounts: tuple[AccountId, ...] = Field(min_length=1, description="Account ids: 12 digits, in quotes.")
    role_name: str | None = Field(
        default=None,
        pattern=r"^[\w+=,.@/-]+$",
        description="The role to assume in each account, its path included; left out: the connection's own rights.",
    )
    external_id: str | None = Field(default=None, description="What the roles' trust policy asks for, if anything.")
    tags: Tags = Field(default=Tags(), description="Names of the tags that tell whose a user is.")
    account_names: Mapping[AccountId, str] = Field(default={}, description="Our names for accounts, in messages.")
    account_queues: Mapping[AccountId, str] = Field(default={}, description="Ticket queues of single accounts.")
    max_attempts: int = Field(default=8, ge=1, le=20, description="Attempts at a request that is throttled.")

    @model_validator(mode="after")
    def _accounts_once(self) -> "Settings":
        if len(set(self.accounts)) < len(self.accounts):
            raise ValueError("accounts: an account is listed twice")
        if len(self.accounts) > 1 and self.role_name is None:
            raise ValueError("role_name: several accounts need a role, since a connection's own key is in one of them")
        for name in ("account_names", "account_queues"):
            if unknown := sorted(set(getattr(self, name)) - set(self.accounts)):
                raise ValueError(f"{name}: {unknown[0]} is not among the accounts")
        return self

    def parts(self) -> tuple[str, ...]:
        """The accounts, a mapped task each."""
        return self.accounts

    def part_queue(self, part: str) -> str | None:
        """An account's own queue, else the source's."""
        return self.account_queues.get(part, self.queue)


def build(settings: Settings, connection: ConnectionFields, part: str, context: ReadContext) -> "AwsIamSource":
    """The source of one account; AWS is not asked anything yet."""
    asker = Asker(
        source=settings.name,
        account_id=part,
        account_name=settings.account_names.get(part, ""),
        role_name=settings.role_name,
        conn_id=connection.conn_id,
    )
    meter = Meter()
    access = Access(
        connection=connection,
        role_name=settings.role_name,
        external_id=settings.external_id,
        max_attempts=settings.max_attempts,
        asker=asker,
        meter=meter,
    )
    return AwsIamSource(access=access, asker=asker, meter=meter, tags=settings.tags, context=context)


class AwsIamSource:
    """One AWS account."""

    def __init__(
        self,
        *,
        access: Access,
        asker: Asker,
        meter: Meter,
        tags: Tags,
        context: ReadContext,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._access = access
        self._asker = asker
        self._meter = meter
        self._tags = TagKeys(**tags.model_dump())
        self._context = context
        self._sleep = sleep
        self._inventory: Inventory | None = None
        self._inventory_read_at = 0.0

    @property
    def requests(self) -> RequestCounts:
        """What AWS has been asked so far, retries and polls told apart."""
        return self._meter.requests

    @property
    def _realm(self) -> str:
        return self._asker.account_id

    def collect(self) -> Iterator[Fact]:
        """Yield every user. The authorization details say who there is; the report, up to 4 hours old, enriches them.

        What it says of key slots is told as the account's standing and last use; credentials are `detail`'s.
        """
        iam = self._access.open()
        with speaking_of(self._asker):
            report = self._report(iam)
            inventory = self._read_inventory(iam, Purpose.INVENTORY)
        report_made = report.generated_at if isinstance(report, CredentialReport) else None
        log.info("IAM users read", realm=self._realm, users=len(inventory.users), report_generated_at=report_made)
        yield from AccountReader(
            realm=self._realm,
            inventory=inventory,
            report=report if isinstance(report, CredentialReport) else None,
            tags=self._tags,
            context=self._context,
        ).facts()
        yield ScopeRead(realm=self._realm, scope="", kinds=(SubjectKind.ACCOUNT,))
        if isinstance(report, Gap):
            yield report
        yield Gap(realm=self._realm, text=FEDERATED, red=False)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield what these users hold now. They are found by UserId, whatever they are called by now.

        Their ScopeReads cover the credentials; one that covers the account too, with no credential before it, says
        that AWS no longer has that UserId. A user of the same name and another id is somebody else's.
        """
        if foreign := next((ref.realm for ref in accounts if ref.realm != self._realm), None):
            raise ValueError(f"{self._asker} was asked about an account of {foreign}")
        if not accounts:
            return
        iam = self._access.open()
        for ref in accounts:
            with speaking_of(self._asker):
                facts = self._user_facts(iam, ref.native_id)
            yield from facts
        log.info("IAM credentials read", realm=self._realm, users=len(accounts), requests=self.requests.detail)

    def _report(self, iam: "IAMClient") -> CredentialReport | Gap:
        """The report, or the gap that its missing right leaves: the users are read all the same."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces.py

        try:
            return fetch_report(iam, asker=self._asker, meter=self._meter, sleep=self._sleep)
        except ClientError as error:
            if is_denied(error):
                text = self._asker.grant(error.operation_name, error_code(error))
                return Gap(realm=self._realm, text=text, red=True)
            raise

    def _read_inventory(self, iam: "IAMClient", purpose: Purpose) -> Inventory:
        with self._meter.asking_for(purpose):
            inventory = read_inventory(iam)
        self._inventory, self._inventory_read_at = inventory, time.monotonic()
        return inventory

    def _names(self, iam: "IAMClient") -> Inventory:
        """Who bears which name now."""
        old = time.monotonic() - self._inventory_read_at > INVENTORY_SECONDS
        if self._inventory is None or old:
            return self._read_inventory(iam, Purpose.DETAIL)
        return self._inventory

    def _user_facts(self, iam: "IAMClient", user_id: str) -> list[Fact]:
        """One user's facts; if it moved meanwhile, by the names as they are after that."""
        for _ in range(2):
            inventory = self._names(iam)
            user = inventory.users.get(user_id)
            if user is None:
                kinds = (SubjectKind.ACCOUNT, *CREDENTIALS)
                return [ScopeRead(realm=self._realm, scope=user_id, kinds=kinds)]
            reader = UserReader(iam=iam, asker=self._asker, user=user, effect=effect(user.grants, inventory.policies))
            try:
                with self._meter.asking_for(Purpose.DETAIL):
                    return list(reader.facts())
            except MovedError:
                self._inventory = None
        error = f"{self._asker}: IAM lists user {user_id} and denies having it. It is asked again in the next run"
        return [ScopeRead(realm=self._realm, scope=user_id, kinds=CREDENTIALS, error=error)]
