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
    HeldLink,
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
    held_since: datetime | None
    active_owner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReviewRow(AccountRow):
    decision: str
    held_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _SuspectRow:
    account_pk: int
    decision: str
    """Of the account."""
    person_uid: str
    id_space: str
    worker_id: str
    episode: int
    score: int
    evidence: list[str]
    links_alone: bool
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
    linked: int = 80
    """What speaks for a person is a link from this score on, in hundredths ..."""
    ahead: int = 30
    """... where it's so far ahead of what speaks for anybody else."""

    @property
    def values(self) -> dict[str, object]:
        """For the queries."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "persons": None if self.persons is None else list(self.persons),
            "zone": self.zone,
            "reserved": list(self.reserved),
            "linked": self.linked,
            "ahead": self.ahead,
        }


def cases(session: Session, looked: Looked) -> Iterator[Case]:
    """Yield every case that a rule may have anything to say of. Needs an open transaction."""
    suspects = _suspects(session, looked)
    yield from _leaver_cases(session, looked, suspects)
    yield from hidden_cases(session, looked.values)
    yield from _account_cases(session, looked, suspects)
    if looked.persons is None:
        yield from _orphan_cases(session, looked.as_of, looked.since)


_Suspects = dict[tuple[int, str], list[_SuspectRow]]
"""By account and how it is linked."""


def _suspects(session: Session, looked: Looked) -> _Suspects:
    _make(session, "doubted", looked.values)
    with session.cursor(row_factory=class_row(_SuspectRow)) as cursor:
        rows = cursor.execute(block("cases", "suspects"), looked.values).fetchall()
    return {key: list(group) for key, group in groupby(rows, key=lambda row: (row.account_pk, row.decision))}


def _leaver_cases(session: Session, looked: Looked, suspects: _Suspects) -> Iterator[LeaverCase]:
    beside = extras(session, since=looked.since, moved_days=looked.moved_days)
    _find_telling(session, looked, beside.persons)
    with session.cursor("leaver_cases", row_factory=class_row(_LeaverRow)) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(block("cases", "leaver_cases"), looked.values)
        for _, rows in groupby(cursor, key=lambda row: row.person_uid):
            yield _leaver_case(list(rows), beside, suspects)


def _find_telling(session: Session, looked: Looked, beside: set[str]) -> None:
    _make(session, "telling", {**looked.values, "beside": sorted(beside)})


def _make(session: Session, table: str, values: Mapping[str, object]) -> None:
    session.execute(b"drop table if exists pg_temp." + table.encode())
    for statement in statements("cases", f"make_{table}"):
        session.execute(statement, values)


def _leaver_case(rows: list[_LeaverRow], beside: Extras, suspects: _Suspects) -> LeaverCase:
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
            _linked_account(list(group), beside, suspects)
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


def _linked_account(rows: list[_LeaverRow], beside: Extras, suspects: _Suspects) -> LinkedAccount:
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
        held=_held(first, suspects),
    )


def _held(row: _LeaverRow, suspects: _Suspects) -> HeldLink | None:
    if row.held_since is None:
        return None
    _, *others = suspects[row.account_pk, LinkDecision.LINKED]
    return HeldLink(since=row.held_since, claims=tuple(_suspect(other) for other in others))


def _account_cases(session: Session, looked: Looked, suspects: _Suspects) -> Iterator[AccountCase]:
    with session.cursor("account_cases", row_factory=class_row(_ReviewRow)) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(block("cases", "account_cases"), looked.values)
        for key, rows in groupby(cursor, key=lambda row: (row.account_pk, row.decision)):
            yield _account_case(list(rows), suspects[key])


def _account_case(rows: list[_ReviewRow], suspects: list[_SuspectRow]) -> AccountCase:
    first = rows[0]
    # The one whom the rules name: whoever holds it, or the likeliest who has surely left.
    gone = (row for row in suspects if row.left_at is not None and row.confirmed)
    named = suspects[0] if first.held_since else next(gone, suspects[0])
    return AccountCase(
        account=account(first),
        source=first.source,
        source_kind=first.source_kind,
        decision=LinkDecision(first.decision),
        suspects=tuple(_suspect(row) for row in suspects),
        credentials=credentials(rows),
        observed_at=first.observed_at,
        fresh=first.fresh,
        episode=named.episode,
        held_since=first.held_since,
    )


def _suspect(row: _SuspectRow) -> Suspect:
    return Suspect(
        person_uid=row.person_uid,
        id_space=row.id_space,
        worker_id=row.worker_id,
        departure=_departure(row) if row.left_at is not None else None,
        score=row.score,
        evidence=tuple(row.evidence),
        links_alone=row.links_alone,
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
