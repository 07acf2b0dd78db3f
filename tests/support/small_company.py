"""Short words for companies written by hand: one night, Seoul, 24 November 2026, 16:00 UTC (the 25th there)."""

from datetime import UTC, date, datetime

from offboarding.model import (
    Account,
    AccountKey,
    Circumstance,
    Employment,
    EmploymentStatus,
    IdentityKeyKind,
    IdentityKeyOrigin,
    ScopedValue,
    Standing,
    Worker,
)
from tests.support.oracle import Company, RosterRead, Ruling, SourceRead, Verdict, judge

NIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def job(
    status: str = "active",
    start: str | None = "2015-01-01",
    last: str | None = None,
    end: str | None = None,
    zone: str | None = "Asia/Seoul",
    circumstance: str = "",
) -> Employment:
    return Employment(
        status=EmploymentStatus(status),
        start_on=day(start),
        last_working_on=day(last),
        end_on=day(end),
        zone=zone,
        type="",
        circumstance=Circumstance(circumstance),
    )


WORKS = job()
LEFT = job("left", last="2026-11-13")


def worker(
    worker_id: str,
    *jobs: Employment,
    mail: str = "",
    former: tuple[str, ...] = (),
    logins: tuple[str, ...] = (),
    ids: tuple[str, ...] = (),
    previous: tuple[str, ...] = (),
    name: str = "",
) -> Worker:
    """A worker; `logins` and `ids` are written "jdoe" or "corp-ldap:jdoe"."""
    return Worker(
        worker_id=worker_id,
        previous_worker_ids=previous,
        name=name,
        mail=mail,
        former_mails=former,
        logins=tuple(scoped(each) for each in logins),
        directory_ids=tuple(scoped(each) for each in ids),
        employments=jobs or (WORKS,),
        record=f"row of {worker_id}",
    )


def scoped(text: str) -> ScopedValue:
    source, _, value = text.rpartition(":")
    return ScopedValue(value=value, source=source or None)


def key(kind: IdentityKeyKind, value: str, origin: IdentityKeyOrigin = IdentityKeyOrigin.ATTRIBUTE) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=origin, name=f"{origin} {kind}")


def number(value: str) -> AccountKey:
    return key(IdentityKeyKind.NUMBER, value)


def mail(value: str) -> AccountKey:
    return key(IdentityKeyKind.MAIL, value)


def tag(kind: IdentityKeyKind, value: str) -> AccountKey:
    return key(kind, value, IdentityKeyOrigin.TAG)


def owner(kind: IdentityKeyKind, value: str) -> AccountKey:
    return key(kind, value, IdentityKeyOrigin.OWNER)


def ssh(fingerprint: str) -> AccountKey:
    return key(IdentityKeyKind.SSH_KEY, fingerprint)


def account(
    native_id: str,
    *keys: AccountKey,
    login: str = "",
    realm: str = "d1",
    made: datetime | None = LONG_AGO,
    service: bool = False,
    owners: tuple[str, ...] = (),
) -> Account:
    """An account labelled uid=<native id>,dc=corp."""
    own = (key(IdentityKeyKind.LOGIN, login),) if login else ()
    return Account(
        realm=realm,
        native_id=native_id,
        label=f"uid={native_id},dc=corp",
        login=login,
        keys=(*keys, *own),
        owner_labels=owners,
        created_at=made,
        standing=Standing.WORKS,
        standing_reason="written by hand",
        service_like=service,
    )


KIM, LEE = "kim@corp.example", "lee@corp.example"
AFTER = datetime(2026, 11, 20, tzinfo=UTC)
"""After the 13th, when LEFT left."""
LEAVER = worker("1042", LEFT, mail=KIM, logins=("kim",))
STAFF = worker("1043", mail=LEE, logins=("leeh",))


def hr(*workers: Worker, name: str = "hr", id_space: str = "hr", login_realm: str | None = "corp") -> RosterRead:
    return RosterRead(name=name, id_space=id_space, login_realm=login_realm, workers=workers)


def ldap(
    *accounts: Account,
    name: str = "corp-ldap",
    id_space: str | None = "hr",
    login_realm: str | None = "corp",
    number_format: str = "{worker_id}",
) -> SourceRead:
    """A source of these accounts and their realm."""
    realm = accounts[0].realm if accounts else "d1"
    return SourceRead(
        name=name,
        realm=realm,
        id_space=id_space,
        login_realm=login_realm,
        number_format=number_format,
        accounts=accounts,
    )


def aws(*accounts: Account, login_realm: str | None = "corp") -> SourceRead:
    return ldap(*accounts, name="aws", login_realm=login_realm)


def company(
    *parts: RosterRead | SourceRead, rulings: tuple[Ruling, ...] = (), patterns: tuple[str, ...] = ()
) -> Company:
    return Company(
        as_of=NIGHT,
        mail_aliases={"corp.co.kr": "corp.example"},
        login_patterns=patterns,
        rosters=tuple(part for part in parts if isinstance(part, RosterRead)),
        sources=tuple(part for part in parts if isinstance(part, SourceRead)),
        rulings=rulings,
    )


Rows = set[tuple[str, str, str, int]]
"""(worker id, relation, decision, score)."""
NO_ROWS: Rows = set()


def seen(verdict: Verdict, native_id: str, realm: str = "d1") -> tuple[str, Rows]:
    """An account's decision and rows."""
    found = verdict.accounts[realm, native_id]
    return found.decision.value, {
        (min(worker_id for _, worker_id in row.person), row.relation.value, row.decision.value, row.score)
        for row in found.rows
    }


def link(*parts: RosterRead | SourceRead, patterns: tuple[str, ...] = ()) -> tuple[str, Rows]:
    """Decision and rows of the account x."""
    verdict = judge(company(*parts, patterns=patterns))
    realm = next(realm for realm, native_id in verdict.accounts if native_id == "x")
    return seen(verdict, "x", realm)
