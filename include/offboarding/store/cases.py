"""Cases for the rules: streamed, person by person, in constant memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from psycopg.rows import class_row

from include.offboarding.model import (
    Account,
    AccountCase,
    AccountRef,
    Basis,
    Case,
    Credential,
    CredentialView,
    Departure,
    Effect,
    LeaverCase,
    LinkDecision,
    LinkedAccount,
    OrphanCase,
    Relation,
    Standing,
    SubjectKind,
    Suspect,
)
from include.offboarding.store.connect import Session
from include.offboarding.store.sql import block

_PERSONS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _AccountRow:
    """An account beside one of its credentials; None throughout where there is none."""

    source: str
    source_kind: str
    realm: str | None
    native_id: str
    label: str
    login: str
    display_name: str
    created_at: datetime | None
    created_by: str
    standing: str
    standing_reason: str
    has_own_login: bool
    password_set_at: datetime | None
    service_like: bool
    privileged: bool | None
    privileged_by: str
    last_used_at: datetime | None
    last_used_exact: bool
    observed_at: datetime
    fresh: bool
    c_kind: str | None
    c_native_id: str
    c_label: str
    c_standing: str
    c_standing_reason: str
    c_can_reactivate: bool
    c_effect: str
    c_fingerprint: str
    c_created_at: datetime | None
    c_last_used_at: datetime | None
    c_last_used_service: str
    c_last_used_region: str
    c_observed_at: datetime
    c_fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeaverRow(_AccountRow):
    person_uid: str
    id_space: str
    worker_id: str
    name: str
    episode: int
    returned: bool
    left_at: datetime
    certain_at: datetime
    left_on: date | None
    zone: str
    basis: str
    confirmed: bool
    roster: str
    told: str
    relation: str
    decision: str
    score: int
    evidence: list[str]
    own_now: bool
    active_owner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReviewRow(_AccountRow):
    account_pk: int
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _SuspectRow:
    account_pk: int
    person_uid: str
    id_space: str
    worker_id: str
    episode: int
    score: int
    evidence: list[str]
    left_at: datetime | None
    certain_at: datetime
    left_on: date | None
    zone: str
    basis: str
    confirmed: bool
    roster: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _OrphanRow:
    realm: str
    source: str
    source_kind: str
    native_id: str
    label: str
    login: str
    recent: bool


def cases(session: Session, *, as_of: datetime, since: datetime) -> Iterator[Case]:
    """Yield every case. What a complete read that began at `since` or later saw is fresh. Needs an open transaction."""
    yield from _leaver_cases(session, since)
    yield from _account_cases(session, since)
    yield from _orphan_cases(session, as_of, since)


def _leaver_cases(session: Session, since: datetime) -> Iterator[LeaverCase]:
    with session.cursor("leaver_cases", row_factory=class_row(_LeaverRow)) as cursor:
        cursor.itersize = _PERSONS_AT_ONCE
        cursor.execute(block("cases", "leaver_cases"), {"since": since})
        for _, rows in groupby(cursor, key=lambda row: row.person_uid):
            yield _leaver_case(list(rows))


def _leaver_case(rows: list[_LeaverRow]) -> LeaverCase:
    first = rows[0]
    owned = [row for row in rows if row.realm is not None]
    return LeaverCase(
        person_uid=first.person_uid,
        id_space=first.id_space,
        worker_id=first.worker_id,
        name=first.name,
        episode=first.episode,
        departure=_departure(first),
        returned=first.returned,
        accounts=tuple(
            _linked_account(list(group))
            for _, group in groupby(owned, key=lambda row: (row.realm, row.native_id, row.relation))
        ),
        roster=first.roster,
    )


def _departure(row: _LeaverRow | _SuspectRow) -> Departure:
    assert row.left_at is not None
    return Departure(
        left_at=row.left_at,
        certain_at=row.certain_at,
        left_on=row.left_on,
        zone=row.zone,
        basis=Basis(row.basis),
        confirmed=row.confirmed,
        roster=row.roster,
        told=row.told,
    )


def _linked_account(rows: list[_LeaverRow]) -> LinkedAccount:
    first = rows[0]
    return LinkedAccount(
        account=_account(first),
        source=first.source,
        source_kind=first.source_kind,
        relation=Relation(first.relation),
        decision=LinkDecision(first.decision),
        score=first.score,
        evidence=tuple(first.evidence),
        credentials=_credentials(rows),
        observed_at=first.observed_at,
        fresh=first.fresh,
        own_now=first.own_now,
        active_owner=first.active_owner,
    )


def _account_cases(session: Session, since: datetime) -> Iterator[AccountCase]:
    with session.cursor(row_factory=class_row(_SuspectRow)) as cursor:
        suspects = cursor.execute(block("cases", "suspects")).fetchall()
    by_account = {pk: list(rows) for pk, rows in groupby(suspects, key=lambda row: row.account_pk)}
    with session.cursor("account_cases", row_factory=class_row(_ReviewRow)) as cursor:
        cursor.itersize = _PERSONS_AT_ONCE
        cursor.execute(block("cases", "account_cases"), {"since": since})
        for pk, rows in groupby(cursor, key=lambda row: row.account_pk):
            yield _account_case(list(rows), by_account[pk])


def _account_case(rows: list[_ReviewRow], suspects: list[_SuspectRow]) -> AccountCase:
    first = rows[0]
    # The one whom the rules name: the likeliest who has surely left.
    leaver = next((row for row in suspects if row.left_at is not None and row.confirmed), suspects[0])
    return AccountCase(
        account=_account(first),
        source=first.source,
        source_kind=first.source_kind,
        decision=LinkDecision(first.decision),
        suspects=tuple(_suspect(row) for row in suspects),
        credentials=_credentials(rows),
        observed_at=first.observed_at,
        fresh=first.fresh,
        episode=leaver.episode,
    )


def _suspect(row: _SuspectRow) -> Suspect:
    return Suspect(
        person_uid=row.person_uid,
        id_space=row.id_space,
        worker_id=row.worker_id,
        departure=_departure(row) if row.left_at is not None else None,
        score=row.score,
        evidence=tuple(row.evidence),
    )


def _orphan_cases(session: Session, as_of: datetime, since: datetime) -> Iterator[OrphanCase]:
    with session.cursor(row_factory=class_row(_OrphanRow)) as cursor:
        rows = cursor.execute(block("cases", "orphans"), {"as_of": as_of, "since": since}).fetchall()
    for realm, group in groupby(rows, key=lambda row: row.realm):
        orphans = list(group)
        yield OrphanCase(
            realm=realm,
            source=orphans[0].source,
            source_kind=orphans[0].source_kind,
            accounts=tuple(
                AccountRef(realm=realm, native_id=row.native_id, label=row.label, login=row.login) for row in orphans
            ),
            recently_used=sum(row.recent for row in orphans),
        )


def _account(row: _AccountRow) -> Account:
    assert row.realm is not None
    return Account(
        realm=row.realm,
        native_id=row.native_id,
        label=row.label,
        login=row.login,
        display_name=row.display_name,
        created_at=row.created_at,
        created_by=row.created_by,
        standing=Standing(row.standing),
        standing_reason=row.standing_reason,
        has_own_login=row.has_own_login,
        password_set_at=row.password_set_at,
        service_like=row.service_like,
        privileged=row.privileged,
        privileged_by=row.privileged_by,
        last_used_at=row.last_used_at,
        last_used_exact=row.last_used_exact,
    )


def _credentials(rows: Iterable[_AccountRow]) -> tuple[CredentialView, ...]:
    return tuple(_credential(row) for row in rows if row.c_kind is not None)


def _credential(row: _AccountRow) -> CredentialView:
    assert row.realm is not None
    assert row.c_kind is not None
    return CredentialView(
        credential=Credential(
            realm=row.realm,
            account_native_id=row.native_id,
            kind=SubjectKind(row.c_kind),
            native_id=row.c_native_id,
            label=row.c_label,
            standing=Standing(row.c_standing),
            standing_reason=row.c_standing_reason,
            can_reactivate=row.c_can_reactivate,
            effect=Effect(row.c_effect),
            fingerprint=row.c_fingerprint,
            created_at=row.c_created_at,
            last_used_at=row.c_last_used_at,
            last_used_service=row.c_last_used_service,
            last_used_region=row.c_last_used_region,
        ),
        observed_at=row.c_observed_at,
        fresh=row.c_fresh,
    )
