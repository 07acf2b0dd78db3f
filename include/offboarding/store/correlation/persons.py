"""Persons that turn out to be one: the older is kept, the other becomes its alias, and nothing is ticketed twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from offboarding.model.keys import finding_key
from offboarding.store import recorded, temporary
from offboarding.store.connect import Session
from offboarding.store.correlation.names import comparable, nothing_in_common
from offboarding.store.rows import PairOfPersons
from offboarding.store.sql import block, statements

_DECISIONS = {
    "revoke_double_decisions": "link_decision",
    "move_decisions": "link_decision",
    "move_notices": "notice",
    "move_words": "departure_word",
}
"""What moves a person's decisions to the one who is kept, and the table of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PersonRow:
    person_uid: UUID
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _AliasFinding:
    finding_key: str
    rule: str
    realm: str
    subject_kind: str
    subject_native_id: str
    account_native_id: str
    episode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Successor:
    one: int
    one_name: str
    other: int
    other_name: str


def merge_same_persons(session: Session, values: Mapping[str, object], as_of: datetime) -> list[UUID]:
    """Merge every pair, and forget the numbers that HR took back. Returns the uids that became aliases.

    Needs the temporary table `placeholder`.
    """
    temporary.make(session, "persons", values, "shared_mail", "shared_login", "bearer", "apart", "held_number")
    _tell_apart(session, values)
    with session.cursor(row_factory=class_row(PairOfPersons)) as cursor:
        pairs = cursor.execute(block("persons", "same_person")).fetchall()
    evidence = {frozenset((pair.one, pair.other)): pair.evidence for pair in pairs}
    merged: list[UUID] = []
    for group in _components(pairs):
        with session.cursor(row_factory=class_row(_PersonRow)) as cursor:
            persons = cursor.execute(block("persons", "lock_persons"), {"uids": list(group)}).fetchall()
        keeper = min(persons, key=lambda person: (person.first_seen_at, person.person_uid)).person_uid
        for alias in sorted(group - {keeper}):
            why = evidence.get(frozenset((alias, keeper)), "one person by way of another record")
            _merge(session, keeper, alias, why, as_of)
            merged.append(alias)
    session.execute(block("persons", "forget_taken_back"))
    return merged


def _tell_apart(session: Session, values: Mapping[str, object]) -> None:
    """Of whom one took over the other's mail and login: they stand in `apart`, and are merged by no mail and login.

    So that nobody whose name can't be compared joins these two: whoever came after the one, or was over before the
    other, is told from them likewise.
    """
    with session.cursor(row_factory=class_row(_Successor)) as cursor:
        pairs = cursor.execute(block("persons", "successors"), values).fetchall()
    apart = [each for each in pairs if nothing_in_common(each.one_name, each.other_name)]
    before, after = {each.one for each in apart}, {each.other for each in apart}
    apart += [
        each
        for each in pairs
        if (each.one in before or each.other in after) and not comparable(each.one_name, each.other_name)
    ]
    kept = {"ones": [each.one for each in apart], "others": [each.other for each in apart]}
    for statement in statements("persons", "keep_apart"):
        session.execute(statement, kept)


def _components(pairs: Iterable[PairOfPersons]) -> list[set[UUID]]:
    group_of: dict[UUID, set[UUID]] = {}
    for pair in pairs:
        joined = group_of.get(pair.one, {pair.one}) | group_of.get(pair.other, {pair.other})
        for uid in joined:
            group_of[uid] = joined
    return sorted({id(group): group for group in group_of.values()}.values(), key=min)


def _merge(session: Session, keeper: UUID, alias: UUID, evidence: str, as_of: datetime) -> None:
    values = {"keeper": keeper, "alias": alias, "evidence": evidence, "as_of": as_of}
    steps = ("merge_alias", "move_aliases", "move_workers", "end_departures_of_alias", "end_links_of_alias")
    for step in steps:
        session.execute(block("persons", step), values)
    for step, table in _DECISIONS.items():
        recorded.write(session, table, "persons", step, values, actor="two records of one person")
    with session.cursor(row_factory=class_row(_AliasFinding)) as cursor:
        findings = cursor.execute(block("persons", "findings_of_alias"), values).fetchall()
    for finding in findings:
        match_key = finding_key(
            finding.rule,
            finding.realm,
            finding.subject_kind,
            finding.account_native_id,
            finding.subject_native_id,
            str(keeper),
            finding.episode,
        )
        moved = {"keeper": keeper, "finding_key": finding.finding_key, "match_key": match_key}
        session.execute(block("persons", "move_finding"), moved)
    session.execute(block("persons", "move_tickets"), values)
    session.execute(block("persons", "hide_alias"), values)
