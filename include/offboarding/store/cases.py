"""Cases for the rules: streamed, person by person, in constant memory; none of whom no rule has anything to say."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from psycopg.rows import class_row

from offboarding.model import (
    AccountCase,
    Attested,
    Case,
    Departure,
    HeldLink,
    LeaverCase,
    LinkDecision,
    LinkedAccount,
    NamedOwner,
    Orphan,
    OrphanCase,
    Relation,
    Suspect,
)
from offboarding.store import temporary
from offboarding.store.case_extras import Extras, extras
from offboarding.store.case_rows import SeenAccount, credentials
from offboarding.store.connect import Session
from offboarding.store.hidden import hidden_cases
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    relation: Relation
    decision: LinkDecision
    score: int
    evidence: tuple[str, ...]
    own_now: bool
    held_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeaverRow:
    """`account_pk`, `link` and `seen` are None of whom no account is linked to."""

    person_uid: str
    id_space: str
    worker_id: str
    name: str
    episode: int
    returned: bool
    departure: Departure
    active_owner: bool
    attested: Attested | None
    account_pk: int | None
    link: _Link | None
    seen: SeenAccount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReviewRow:
    decision: LinkDecision
    held_since: datetime | None
    account_pk: int
    seen: SeenAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class _SuspectRow:
    account_pk: int
    decision: LinkDecision
    """Of the account."""
    episode: int
    suspect: Suspect


@dataclass(frozen=True, slots=True, kw_only=True)
class _OrphanRow:
    realm: str
    source: str
    source_kind: str
    native_id: str
    label: str
    attested: bool
    recent: bool
    owners: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OrphanOwnerRow:
    realm: str
    native_id: str
    owner: NamedOwner


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

    sign_on: Mapping[str, str] = field(default_factory=dict[str, str])
    """By whose word people sign on to a source, by its name."""

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
    temporary.forget(session, "cases")
    suspects = _suspects(session, looked)
    yield from _leaver_cases(session, looked, suspects)
    yield from hidden_cases(session, looked.values)
    yield from _account_cases(session, looked, suspects)
    if looked.persons is None:
        yield from _orphan_cases(session, looked)


_Suspects = dict[tuple[int, LinkDecision], list[_SuspectRow]]
"""By account and how it is linked."""


def _suspects(session: Session, looked: Looked) -> _Suspects:
    temporary.make(session, "cases", looked.values, "doubted")
    with session.cursor(row_factory=record_row(_SuspectRow)) as cursor:
        rows = cursor.execute(block("cases", "suspects"), looked.values).fetchall()
    return {key: list(group) for key, group in groupby(rows, key=lambda row: (row.account_pk, row.decision))}


def _leaver_cases(session: Session, looked: Looked, suspects: _Suspects) -> Iterator[LeaverCase]:
    beside = extras(session, since=looked.since, moved_days=looked.moved_days)
    _find_telling(session, looked, beside.persons)
    with session.cursor("leaver_cases", row_factory=record_row(_LeaverRow)) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(block("cases", "leaver_cases"), looked.values)
        for _, rows in groupby(cursor, key=lambda row: row.person_uid):
            yield _leaver_case(list(rows), beside, suspects, looked.sign_on)


def _find_telling(session: Session, looked: Looked, beside: set[str]) -> None:
    temporary.make(session, "cases", {**looked.values, "beside": sorted(beside)}, "telling")


def _leaver_case(rows: list[_LeaverRow], beside: Extras, suspects: _Suspects, sign_on: Mapping[str, str]) -> LeaverCase:
    first = rows[0]
    return LeaverCase(
        person_uid=first.person_uid,
        id_space=first.id_space,
        worker_id=first.worker_id,
        name=first.name,
        episode=first.episode,
        departure=first.departure,
        returned=first.returned,
        accounts=tuple(
            _linked_account(list(group), link, beside, suspects, sign_on)
            for (_, link), group in groupby(rows, key=lambda row: (row.account_pk, row.link))
            if link
        ),
        roster=first.departure.roster,
        keys_elsewhere=tuple(beside.keys_elsewhere.get(first.person_uid, ())),
        moved=tuple(beside.moved.get(first.person_uid, ())),
    )


def _linked_account(
    rows: list[_LeaverRow], link: _Link, beside: Extras, suspects: _Suspects, sign_on: Mapping[str, str]
) -> LinkedAccount:
    first, seen = rows[0], rows[0].seen
    assert seen is not None, "whatever is linked is an account"
    return LinkedAccount(
        account=seen.account,
        source=seen.source,
        source_kind=seen.source_kind,
        relation=link.relation,
        decision=link.decision,
        score=link.score,
        evidence=link.evidence,
        credentials=credentials(rows),
        observed_at=seen.observed_at,
        fresh=seen.fresh,
        own_now=link.own_now,
        active_owner=first.active_owner,
        trusts=tuple(beside.trusts.get((first.person_uid, seen.account.realm, seen.account.native_id), ())),
        held=_held(first.account_pk, link, suspects),
        owners=seen.owners,
        sign_on=sign_on.get(seen.source, ""),
        attested=first.attested,
    )


def _held(account_pk: int | None, link: _Link, suspects: _Suspects) -> HeldLink | None:
    if link.held_since is None or account_pk is None:
        return None
    _, *others = suspects[account_pk, LinkDecision.LINKED]
    return HeldLink(since=link.held_since, claims=tuple(other.suspect for other in others))


def _account_cases(session: Session, looked: Looked, suspects: _Suspects) -> Iterator[AccountCase]:
    with session.cursor("account_cases", row_factory=record_row(_ReviewRow)) as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(block("cases", "account_cases"), looked.values)
        for key, rows in groupby(cursor, key=lambda row: (row.account_pk, row.decision)):
            yield _account_case(list(rows), suspects[key])


def _account_case(rows: list[_ReviewRow], suspects: list[_SuspectRow]) -> AccountCase:
    first, seen = rows[0], rows[0].seen
    # The one whom the rules name: whoever holds it, or the likeliest who has surely left.
    gone = (row for row in suspects if row.suspect.departure and row.suspect.departure.confirmed)
    named = suspects[0] if first.held_since else next(gone, suspects[0])
    return AccountCase(
        account=seen.account,
        source=seen.source,
        source_kind=seen.source_kind,
        decision=first.decision,
        suspects=tuple(row.suspect for row in suspects),
        credentials=credentials(rows),
        observed_at=seen.observed_at,
        fresh=seen.fresh,
        episode=named.episode,
        held_since=first.held_since,
        in_bulk=seen.in_bulk,
        owners=seen.owners,
    )


def _orphan_cases(session: Session, looked: Looked) -> Iterator[OrphanCase]:
    temporary.make(session, "cases", looked.values, "orphan")
    with session.cursor(row_factory=class_row(_OrphanRow)) as cursor:
        rows = cursor.execute(block("cases", "orphans")).fetchall()
    named = _orphan_owners(session)
    for realm, group in groupby(rows, key=lambda row: row.realm):
        orphans = list(group)
        yield OrphanCase(
            realm=realm,
            source=orphans[0].source,
            source_kind=orphans[0].source_kind,
            accounts=tuple(
                Orphan(
                    native_id=row.native_id,
                    label=row.label,
                    owners=tuple(row.owners),
                    named=tuple(named.get((realm, row.native_id), ())),
                )
                for row in orphans
            ),
            recently_used=sum(row.recent for row in orphans),
            attested=orphans[0].attested,
        )


def _orphan_owners(session: Session) -> Mapping[tuple[str, str], list[NamedOwner]]:
    """By the account that names them: its realm and native id."""
    found: defaultdict[tuple[str, str], list[NamedOwner]] = defaultdict(list)
    with session.cursor(row_factory=record_row(_OrphanOwnerRow)) as cursor:
        for row in cursor.execute(block("cases", "orphan_owners")):
            found[row.realm, row.native_id].append(row.owner)
    return found
