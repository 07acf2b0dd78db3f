"""A company of any size, as a roster, a directory and ten AWS accounts tell it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    AccountKey,
    AccountRef,
    Credential,
    Employment,
    EmploymentStatus,
    Fact,
    IdentityKey,
    IdentityKeyKind,
    IdentityKeyOrigin,
    LeftOut,
    Problem,
    RequestCounts,
    RosterSummary,
    ScopedValue,
    ScopeRead,
    Standing,
    SubjectKind,
    Worker,
)

CLOUDS = tuple(f"{number:012d}" for number in range(100_000_000_001, 100_000_000_011))
DIRECTORY = "0b5e0000-0000-4000-8000-000000000001"
TENANT = "0b5e0000-0000-4000-8000-00000000e07a"
"""Of Entra ID, made of the directory's accounts."""
NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
HIRED = datetime(2019, 3, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Records by their number, made up anew at each reading; on the second night every hundredth differs."""

    workers: int
    night: int
    works_of: int = 250
    """Of so many people, by number, one has left and has something that works: a multiple of five."""
    sids: bool = False
    """Whether the directory and the tenant tell security identifiers, too: each hundredth contradicts the other id."""
    leaving: bool = False
    """Whether every two-hundredth leaves within a fortnight, and workloads have owners."""

    def worker(self, n: int) -> Worker:
        """Worker n. Every fifth has left, in the last 2,000 days."""
        left = n % 5 == 0
        last = date(2026, 11, 20) - timedelta(days=n % 2_000) if left else None
        if self.leaving and n % 200 == 1:
            last = date(2026, 11, 28) + timedelta(days=n // 200 % 10)
        return Worker(
            worker_id=worker_id(n),
            name=f"Person {n}",
            mail=f"person.{n}@corp.example",
            logins=(ScopedValue(value=f"p{n}", source=None),),
            location="Berlin" if self._changed(n) else "Seoul",
            employments=(
                Employment(
                    status=EmploymentStatus.LEFT if left else EmploymentStatus.ACTIVE,
                    start_on=HIRED.date(),
                    last_working_on=last,
                    end_on=last,
                    zone="Asia/Seoul",
                    type="employee",
                ),
            ),
            record="",
        )

    def login(self, n: int) -> Account:
        """Worker n's directory account."""
        keys = (
            AccountKey(kind=IdentityKeyKind.LOGIN, value=f"p{n}", origin=IdentityKeyOrigin.ATTRIBUTE, name="uid"),
            AccountKey(
                kind=IdentityKeyKind.MAIL,
                value=f"person.{n}@corp.example",
                origin=IdentityKeyOrigin.ATTRIBUTE,
                name="mail",
            ),
            AccountKey(
                kind=IdentityKeyKind.NUMBER,
                value=worker_id(n),
                origin=IdentityKeyOrigin.ATTRIBUTE,
                name="employeeNumber",
            ),
        )
        if self.sids:
            keys += (_directory_id("id", f"S-1-5-21-1-2-3-{n}"),)
        return self._account(n, DIRECTORY, guid(n), f"uid=p{n},dc=corp,dc=example", keys)

    def tenant_user(self, n: int) -> Account:
        """Worker n's user in Entra ID, known by the ids of their directory account alone."""
        keys = (_directory_id("onPremisesImmutableId", guid(n)),)
        if self.sids:
            keys += (_directory_id("onPremisesSecurityIdentifier", f"S-1-5-21-1-2-3-{n + (n % 100 == 1)}"),)
        return self._account(n, TENANT, f"0b5ee07a-0000-4000-8000-{n:012x}", f"p{n}@corp.example", keys)

    def user(self, n: int) -> Account:
        """Worker n's IAM user; every twentieth is a workload's, which nobody claims."""
        keys: tuple[AccountKey, ...] = (
            AccountKey(kind=IdentityKeyKind.LOGIN, value=f"p{n}", origin=IdentityKeyOrigin.ATTRIBUTE, name="user name"),
            AccountKey(
                kind=IdentityKeyKind.NUMBER,
                value=worker_id(n),
                origin=IdentityKeyOrigin.TAG,
                name="tag employee-id",
            ),
            AccountKey(
                kind=IdentityKeyKind.MAIL,
                value=f"person.{n}@corp.example",
                origin=IdentityKeyOrigin.TAG,
                name="tag email",
            ),
        )
        name = f"p{n}"
        if n % 20 == 7:
            name = f"job-{n}"
            keys = (
                AccountKey(
                    kind=IdentityKeyKind.LOGIN, value=name, origin=IdentityKeyOrigin.ATTRIBUTE, name="user name"
                ),
            )
            if self.leaving:
                owner = worker_id(n - 6)
                keys += (
                    AccountKey(
                        kind=IdentityKeyKind.NUMBER, value=owner, origin=IdentityKeyOrigin.OWNER, name="tag owner"
                    ),
                )
        realm = CLOUDS[n % len(CLOUDS)]
        return self._account(n, realm, f"AIDA{n:017d}", f"arn:aws:iam::{realm}:user/{name}", keys)

    def credentials(self, account: Account, n: int) -> Iterator[Credential]:
        """A key in the directory; a password, two access keys and an API key in AWS."""
        if account.realm == DIRECTORY:
            yield self._credential(account, n, SubjectKind.SSH_KEY, f"SHA256:{n:043d}")
            return
        yield self._credential(account, n, SubjectKind.CONSOLE_PASSWORD, account.native_id)
        yield self._credential(account, n, SubjectKind.ACCESS_KEY, f"AKIA{n:015d}1")
        yield self._credential(account, n, SubjectKind.ACCESS_KEY, f"AKIA{n:015d}2")
        yield self._credential(account, n, SubjectKind.SERVICE_CREDENTIAL, f"ACCA{n:017d}")

    def _changed(self, n: int) -> bool:
        return self.night > 1 and n % 100 == 3

    def _account(self, n: int, realm: str, native_id: str, label: str, keys: tuple[AccountKey, ...]) -> Account:
        standing = Standing.WORKS if n % 5 or n % self.works_of == 0 else Standing.DEAD
        return Account(
            realm=realm,
            native_id=native_id,
            label=label,
            login=keys[0].value if realm != TENANT else label,
            display_name=f"Person {n}, renamed" if self._changed(n) else f"Person {n}",
            keys=keys,
            created_at=HIRED,
            standing=standing,
            standing_reason="no lock is visible" if standing is Standing.WORKS else "locked for good",
            has_own_login=realm not in CLOUDS,
            privileged=False,
            last_used_at=NIGHT - timedelta(days=3_000 if n % 5 == 0 else 2),
        )

    def _credential(self, account: Account, n: int, kind: SubjectKind, native_id: str) -> Credential:
        label = f"{kind.value} of {account.login}"
        return Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=kind,
            native_id=native_id,
            label=f"{label}, renamed" if self._changed(n) else label,
            standing=account.standing,
            standing_reason="active" if account.standing is Standing.WORKS else "revoked",
            created_at=HIRED,
        )


def worker_id(n: int) -> str:
    """Of worker n."""
    return f"{n + 1_000_000}"


def guid(n: int) -> str:
    """Of worker n's directory account."""
    return f"0b5e0000-0000-4000-8000-{n:012x}"


def _directory_id(name: str, value: str) -> AccountKey:
    return AccountKey(kind=IdentityKeyKind.DIRECTORY_ID, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name=name)


@dataclass(slots=True, kw_only=True)
class Feed:
    """The company's roster."""

    company: Company
    problems: Sequence[Problem] = ()
    left_out: LeftOut = field(default_factory=LeftOut)
    summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Every worker."""
        for n in range(self.company.workers):
            yield self.company.worker(n)
        self.summary = RosterSummary(origin="a list", proved=True, dated_at=None, rows=self.company.workers)


@dataclass(slots=True, kw_only=True)
class System:
    """The directory, the tenant or an AWS account: its accounts with their credentials."""

    company: Company
    realm: str
    requests: RequestCounts = field(default_factory=RequestCounts)

    def collect(self) -> Iterator[Fact]:
        """Every account."""
        cloud = CLOUDS.index(self.realm) if self.realm in CLOUDS else None
        make = {DIRECTORY: self.company.login, TENANT: self.company.tenant_user}.get(self.realm, self.company.user)
        for n in range(self.company.workers) if cloud is None else range(cloud, self.company.workers, len(CLOUDS)):
            account = make(n)
            yield account
            if self.realm != TENANT:
                yield from self.company.credentials(account, n)
        yield ScopeRead(realm=self.realm, scope="", kinds=(SubjectKind.ACCOUNT, *CREDENTIAL_KINDS))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Not asked here."""
        del keys, known
        yield from ()

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Not asked here: the inventory told all of it."""
        del accounts
        yield from ()
