"""Cases for the rules: streamed, person by person, in constant memory; none of whom no rule has anything to say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from psycopg.rows import class_row

from include.offboarding.model import (
    AccountCase,
    AccountRef,
    Basis,
    Case,
    Departure,
    LeaverCase,
    LinkDecision,
    LinkedAccount,
    OrphanCase,
    Relation,
    Suspect,
)
from include.offboarding.store.case_extras import Extras, extras
from include.offboarding.store.case_rows import AccountRow, account, credentials
from include.offboarding.store.connect import Session
from include.offboarding.store.hidden import hidden_cases
from include.offboarding.store.sql import block, statements

_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeaverRow(AccountRow):
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
class _ReviewRow(AccountRow):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Which cases are asked for, and what counts as fresh in them."""

    as_of: datetime
    since: datetime
    """What a complete read that began then or later saw is fresh."""
    moved_days: int
    """A link that ended so many days before a departure, or later, has moved."""
    persons: Sequence[str] | None = None
    """Uids of the people alone whom it's about; None: everyone, and the accounts that nobody claims."""
    zone: str = "UTC"
    """Of the days in sentences about keys."""
    reserved: Sequence[str] = ()
    """Logins that say nothing of who it is, in their normal form."""

    @property
    def values(self) -> dict[str, object]:
        """For the queries."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "persons": None if self.persons is None else list(self.persons),
            "zone": self.zone,
            "reserved": list(self.reserved),
        }


def cases(session: Session, looked: Looked) -> Iterator[Case]:
    """Yield every case that a rule may have anything to say of. Needs an open transaction."""
    yield from _leaver_cases(session, looked)
    yield from hidden_cases(session, looked.values)
    yield from _account_cases(session, looked)
    if looked.persons is None:
        yield from _orphan_cases(session, looked.as_of, looked.since)


def _leaver_cases(session: Session, looked: Looked) -> Iterator[LeaverCase]:
    beside = extras(session, since=looked.since, moved_days=looked.moved_days)
    _find_telling(session, looked, beside.persons)
    with session.cursor("leaver_cases", row_factory=class_row(_LeaverRow)) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(block("cases", "leaver_cases"), looked.values)
        for _, rows in groupby(cursor, key=lambda row: row.person_uid):
            yield _leaver_case(list(rows), beside)


def _find_telling(session: Session, looked: Looked, beside: set[str]) -> None:
    _make(session, "telling", {**looked.values, "beside": sorted(beside)})


def _make(session: Session, table: str, values: Mapping[str, object]) -> None:
    session.execute(b"drop table if exists pg_temp." + table.encode())
    for statement in statements("cases", f"make_{table}"):
        session.execute(statement, values)


def _leaver_case(rows: list[_LeaverRow], beside: Extras) -> LeaverCase:
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
            _linked_account(list(group), beside)
            for _, group in groupby(owned, key=lambda row: (row.realm, row.native_id, row.relation))
        ),
        roster=first.roster,
        keys_elsewhere=tuple(beside.keys_elsewhere.get(first.person_uid, ())),
        moved=tuple(beside.moved.get(first.person_uid, ())),
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


def _linked_account(rows: list[_LeaverRow], beside: Extras) -> LinkedAccount:
    first = rows[0]
    assert first.realm is not None
    return LinkedAccount(
        account=account(first),
        source=first.source,
        source_kind=first.source_kind,
        relation=Relation(first.relation),
        decision=LinkDecision(first.decision),
        score=first.score,
        evidence=tuple(first.evidence),
        credentials=credentials(rows),
        observed_at=first.observed_at,
        fresh=first.fresh,
        own_now=first.own_now,
        active_owner=first.active_owner,
        trusts=tuple(beside.trusts.get((first.person_uid, first.realm, first.native_id), ())),
    )


def _account_cases(session: Session, looked: Looked) -> Iterator[AccountCase]:
    _make(session, "doubted", looked.values)
    with session.cursor(row_factory=class_row(_SuspectRow)) as cursor:
        suspects = cursor.execute(block("cases", "suspects")).fetchall()
    by_account = {pk: list(rows) for pk, rows in groupby(suspects, key=lambda row: row.account_pk)}
    with session.cursor("account_cases", row_factory=class_row(_ReviewRow)) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(block("cases", "account_cases"), looked.values)
        for pk, rows in groupby(cursor, key=lambda row: row.account_pk):
            yield _account_case(list(rows), by_account[pk])


def _account_case(rows: list[_ReviewRow], suspects: list[_SuspectRow]) -> AccountCase:
    first = rows[0]
    # The one whom the rules name: the likeliest who has surely left.
    leaver = next((row for row in suspects if row.left_at is not None and row.confirmed), suspects[0])
    return AccountCase(
        account=account(first),
        source=first.source,
        source_kind=first.source_kind,
        decision=LinkDecision(first.decision),
        suspects=tuple(_suspect(row) for row in suspects),
        credentials=credentials(rows),
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
