"""Short words for companies written by hand: one night, Seoul, 24 November 2026, 16:00 UTC (the 25th there)."""

from datetime import UTC, date, datetime

from include.offboarding.model import (
    Account,
    AccountKey,
    Employment,
    EmploymentStatus,
    KeyKind,
    KeyOrigin,
    ScopedValue,
    Standing,
    Worker,
)

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
) -> Employment:
    return Employment(
        status=EmploymentStatus(status),
        start_on=day(start),
        last_working_on=day(last),
        end_on=day(end),
        zone=zone,
        type="",
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


def key(kind: KeyKind, value: str, origin: KeyOrigin = KeyOrigin.ATTRIBUTE) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=origin, name=f"{origin} {kind}")


def number(value: str) -> AccountKey:
    return key(KeyKind.NUMBER, value)


def mail(value: str) -> AccountKey:
    return key(KeyKind.MAIL, value)


def tag(kind: KeyKind, value: str) -> AccountKey:
    return key(kind, value, KeyOrigin.TAG)


def owner(kind: KeyKind, value: str) -> AccountKey:
    return key(kind, value, KeyOrigin.OWNER)


def ssh(fingerprint: str) -> AccountKey:
    return key(KeyKind.SSH_KEY, fingerprint)


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
    own = (key(KeyKind.LOGIN, login),) if login else ()
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
