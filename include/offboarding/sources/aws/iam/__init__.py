"""AWS IAM users and what they hold, in one account a part, at the least number of requests that tells all of it.

`collect` costs four calls and a page's worth of more; `detail` lists users and API keys once, and asks about leavers'
users alone, six requests each at most (docs/decisions/0045-one-list-for-the-passwords-last-use.md). Rights:
docs/permissions/aws.md.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Account, AccountRef, Fact, Gap, IdentityKey, RequestCounts, ScopeRead, SubjectKind
from offboarding.model.errors import RetriableError
from offboarding.sources._bearers import Bearers
from offboarding.sources.aws._api.client.failures import speaking_of
from offboarding.sources.aws._api.client.meter import Meter, Purpose
from offboarding.sources.aws._api.client.opening import access_to, destinations, discover, organization_of
from offboarding.sources.aws._api.client.organization import Organization, RootUser
from offboarding.sources.aws._api.client.refusals import Unanswered, asked
from offboarding.sources.aws._api.client.session import AccountConnection
from offboarding.sources.aws._api.inventory import IamUser, Inventory, read_inventory
from offboarding.sources.aws._api.policy.policies import effect
from offboarding.sources.aws._api.policy.trusts import TrustReader, saml_providers
from offboarding.sources.aws._api.proposing import propose
from offboarding.sources.aws.iam.accounts import AccountReader, TagKeys
from offboarding.sources.aws.iam.clusters import let_in
from offboarding.sources.aws.iam.credentials import CREDENTIALS, MovedError, UserReader
from offboarding.sources.aws.iam.report import CredentialReport, fetch_report
from offboarding.sources.aws.iam.settings import Settings
from offboarding.sources.aws.iam.users import ListedUsers, ServiceCredentials, read_listed, read_service_credentials

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

__all__ = ["AwsIamSource", "Settings", "build", "destinations", "discover", "propose"]

log = structlog.get_logger("offboarding.sources")

FEDERATED = "federated access not inventoried (no Identity Center source)"
NOT_ASKED = "new since the last whole read; what it holds is asked one by one"
INVENTORY_SECONDS = 600
"""How long `detail` takes the users' names from the inventory that the same object has just read."""


def build(settings: Settings, connection: ConnectionFields, part: str, context: ReadContext) -> "AwsIamSource":
    """The source of one account; AWS is not asked anything yet."""
    meter = Meter()
    access = access_to(settings, connection, part, meter)
    organization = organization_of(settings, connection, meter) if settings.asks_organizations else None
    return AwsIamSource(access=access, organization=organization, settings=settings, context=context)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """What `collect` reads."""

    report: CredentialReport | Gap
    inventory: Inventory
    services: ServiceCredentials


@dataclass(kw_only=True, eq=False, repr=False)
class AwsIamSource:
    """One AWS account."""

    access: AccountConnection
    organization: Organization | None
    settings: Settings
    context: ReadContext
    sleep: Callable[[float], object] = time.sleep
    _inventory: Inventory | None = field(default=None, init=False)
    _inventory_read_at: float = field(default=0.0, init=False)

    @property
    def requests(self) -> RequestCounts:
        """What AWS has been asked so far, retries and polls told apart."""
        return self.access.meter.requests

    @property
    def _realm(self) -> str:
        return self.access.asker.account_id

    def collect(self) -> Iterator[Fact]:
        """Yield every user, every role that names one, and the root user.

        The authorization details say who there is; the report, up to 4 hours old, enriches them. What it says of key
        slots is told as the account's standing and last use; credentials are `detail`'s.
        """
        root = self._root_user()
        if root.shut:
            yield from root.facts(None, None)
            return
        opened = self.access.open()
        with speaking_of(self.access.asker):
            whole = self._read_whole(opened.iam())
        report = whole.report if isinstance(whole.report, CredentialReport) else None
        log.info(
            "IAM users read",
            realm=self._realm,
            users=len(whole.inventory.users),
            roles=len(whole.inventory.roles),
            report_generated_at=report.generated_at.isoformat() if report else None,
        )
        yield from self._accounts(whole.inventory, report, whole.services)
        yield from self._trusts(whole.inventory)
        with speaking_of(self.access.asker), self.access.meter.asking_for(Purpose.INVENTORY):
            yield from let_in(self.access.asker, opened, whole.inventory, self.settings.eks_regions)
        yield from _root_facts(root, report)
        yield from self._gaps(whole)

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield users who bear one of these keys, and the known ones as they are called and tagged now, each with its
        ScopeRead; and what of the known ones couldn't be read.

        The authorization details are the cheapest list that shows tags: a page for a thousand users. The credential
        report is asked for where there are known ones, of which it tells the standing and last use; where it isn't
        ready in time, what was told of them stays. What the others hold `detail` asks.
        """
        # A realm is told even where nobody is found.
        yield ScopeRead(realm=self._realm, scope="", kinds=())
        iam = self.access.open().iam()
        with speaking_of(self.access.asker):
            inventory = self._read_inventory(iam, Purpose.INVENTORY)
            theirs = {ref.native_id for ref in known} & set(inventory.users)
            again = [*self._told_again(iam, replace(inventory, users=_only(inventory, theirs)))] if theirs else []
        bearers = Bearers.of(keys)
        others = replace(inventory, users=_only(inventory, set(inventory.users) - theirs))
        new = self._accounts(others, None, ServiceCredentials(listed=()), unreported=NOT_ASKED)
        for fact in (*again, *(each for each in new if bearers.bear(each.native_id, each.keys))):
            yield fact
            if isinstance(fact, Account):
                yield ScopeRead(realm=self._realm, scope=fact.native_id, kinds=(SubjectKind.ACCOUNT,))

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield what these users hold now. They are found by UserId, whatever they are called by now.

        Their ScopeReads cover the credentials; one that covers the account too, with no credential before it, says
        that AWS no longer has that UserId. A user of the same name and another id is somebody else's. The root user
        (its id is the account's) is asked for again at Organizations.
        """
        if foreign := next((ref.realm for ref in accounts if ref.realm != self._realm), None):
            raise ValueError(f"{self.access.asker} was asked about an account of {foreign}")
        if not accounts:
            return
        root = self._root_user()
        if root.shut:
            yield from root.facts(None, None, scope=self._realm)
            return
        iam = self.access.open().iam()
        users = [ref.native_id for ref in accounts if ref.native_id != self._realm]
        if len(users) < len(accounts):
            with speaking_of(self.access.asker):
                report = self._report(iam, Purpose.DETAIL)
            yield from _root_facts(root, report if isinstance(report, CredentialReport) else None, scope=self._realm)
        if users:
            yield from self._users(iam, users)

    def _root_user(self) -> RootUser:
        if self.organization is None:
            return RootUser(realm=self._realm, member=None)
        return self.organization.root_user(self._realm)

    def _read_whole(self, iam: "IAMClient") -> _Whole:
        report = self._report(iam, Purpose.INVENTORY)
        inventory = self._read_inventory(iam, Purpose.INVENTORY, roles=True)
        with self.access.meter.asking_for(Purpose.INVENTORY):
            return _Whole(report=report, inventory=inventory, services=read_service_credentials(iam, self.access.asker))

    def _accounts(
        self,
        inventory: Inventory,
        report: CredentialReport | None,
        services: ServiceCredentials,
        unreported: str = "the credential report can't be read",
    ) -> Iterator[Account]:
        yield from AccountReader(
            realm=self._realm,
            inventory=inventory,
            report=report,
            services=services,
            unreported=unreported,
            tags=TagKeys(**self.settings.tags.model_dump()),
            context=self.context,
        ).facts()

    def _told_again(self, iam: "IAMClient", inventory: Inventory) -> Iterator[Account | Gap]:
        """Users as the whole read tells them; none where the credential report isn't ready in time, which is said."""
        try:
            report = self._report(iam, Purpose.INVENTORY)
        except RetriableError as error:
            text = f"{error}. Until then known users stand as the last look left them"
            yield Gap(realm=self._realm, text=text, red=True)
            return
        with self.access.meter.asking_for(Purpose.INVENTORY):
            services = read_service_credentials(iam, self.access.asker)
        yield from self._accounts(inventory, report if isinstance(report, CredentialReport) else None, services)
        yield from self._unread(report, services)

    def _trusts(self, inventory: Inventory) -> Iterator[Fact]:
        yield from TrustReader(
            realm=self._realm,
            roles=inventory.roles,
            users={user.user_id: user.arn for user in inventory.users.values()},
            policies=inventory.policies,
            privileged_names=self.context.privileged_names,
            now=self.context.as_of,
        ).facts()

    def _gaps(self, whole: _Whole) -> Iterator[Gap]:
        yield from self._unread(whole.report, whole.services)
        if self.settings.identity_center is None:
            yield Gap(realm=self._realm, text=FEDERATED, red=False)
        elif providers := saml_providers(whole.inventory.roles.values()):
            names = ", ".join(sorted(providers))
            yield Gap(realm=self._realm, text=f"people who come in through {names} are not inventoried", red=False)

    def _unread(self, report: CredentialReport | Gap, services: ServiceCredentials) -> Iterator[Gap]:
        if isinstance(report, Gap):
            yield report
        if services.error:
            yield Gap(realm=self._realm, text=services.error, red=True)

    def _report(self, iam: "IAMClient", purpose: Purpose) -> CredentialReport | Gap:
        """The report, or the gap that it leaves where it isn't given: the users are read all the same."""
        answer = asked(
            lambda: fetch_report(
                iam, asker=self.access.asker, meter=self.access.meter, sleep=self.sleep, purpose=purpose
            )
        )
        if isinstance(answer, Unanswered):
            return Gap(realm=self._realm, text=answer.sentence(self.access.asker), red=True)
        return answer

    def _read_inventory(self, iam: "IAMClient", purpose: Purpose, *, roles: bool = False) -> Inventory:
        with self.access.meter.asking_for(purpose):
            inventory = read_inventory(iam, roles=roles)
        self._inventory, self._inventory_read_at = inventory, time.monotonic()
        return inventory

    def _names(self, iam: "IAMClient") -> Inventory:
        """Who bears which name now."""
        old = time.monotonic() - self._inventory_read_at > INVENTORY_SECONDS
        if self._inventory is None or old:
            return self._read_inventory(iam, Purpose.DETAIL)
        return self._inventory

    def _users(self, iam: "IAMClient", user_ids: Sequence[str]) -> Iterator[Fact]:
        with speaking_of(self.access.asker):
            self._names(iam)
            listed = self._listed(iam)
        yield from listed.gaps
        for user_id in user_ids:
            with speaking_of(self.access.asker):
                facts = self._user_facts(iam, user_id, listed)
            yield from facts
        log.info("IAM credentials read", realm=self._realm, users=len(user_ids), requests=self.requests.detail)

    def _listed(self, iam: "IAMClient") -> ListedUsers:
        with self.access.meter.asking_for(Purpose.DETAIL):
            return read_listed(iam, self.access.asker)

    def _user_facts(self, iam: "IAMClient", user_id: str, listed: ListedUsers) -> list[Fact]:
        """One user's facts; if it moved meanwhile, by the names as they are after that."""
        for _ in range(2):
            inventory = self._names(iam)
            user = inventory.users.get(user_id)
            if user is None:
                kinds = (SubjectKind.ACCOUNT, *CREDENTIALS)
                return [ScopeRead(realm=self._realm, scope=user_id, kinds=kinds)]
            reader = UserReader(
                iam=iam,
                asker=self.access.asker,
                user=user,
                effect=effect(user.grants, inventory.policies, user.boundary),
                listed=listed,
                now=self.context.as_of,
            )
            try:
                with self.access.meter.asking_for(Purpose.DETAIL):
                    return list(reader.facts())
            except MovedError:
                self._inventory, listed = None, self._listed(iam)
        error = f"{self.access.asker}: IAM lists user {user_id} and denies having it. It is asked again in the next run"
        return [ScopeRead(realm=self._realm, scope=user_id, kinds=CREDENTIALS, error=error)]


def _only(inventory: Inventory, user_ids: AbstractSet[str]) -> dict[str, IamUser]:
    return {user_id: user for user_id, user in inventory.users.items() if user_id in user_ids}


def _root_facts(root: RootUser, report: CredentialReport | None, scope: str = "") -> Iterator[Fact]:
    """The root user, with the credential report's times."""
    row = report.root if report else None
    return root.facts(row.created_at if row else None, row.last_used_at if row else None, scope)
