"""Findings: staged, merged, and closed with a reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from offboarding.model import (
    Finding,
    FindingState,
    Resolution,
    Resolved,
    Sentence,
    TicketKind,
    WrittenStep,
)
from offboarding.model.errors import FatalError
from offboarding.model.keys import finding_key, short_finding
from offboarding.store import recorded, temporary
from offboarding.store.connect import Session
from offboarding.store.departures import persons_asked
from offboarding.store.events import Change, Saying, append_events, append_sayings
from offboarding.store.locks import lock_findings
from offboarding.store.putting_right import put_right_as_produced
from offboarding.store.rows import Run
from offboarding.store.spoken import made_of
from offboarding.store.sql import block, statements
from offboarding.store.staging import Stage

_COLUMNS = {
    "s_finding": (
        *("match_key", "rule", "realm", "source", "roster", "subject_kind", "subject_native_id", "subject_label"),
        *("account_native_id", "account_label", "person_uid", "episode", "severity", "standing", "standing_reason"),
        *("effect", "privileged", "relation", "used_after_departure", "last_used_at", "left_at", "basis", "evidence"),
        *("revoke", "warning", "is_workload", "holds_ticket", "ticket_kind", "queue", "due_hours"),
        *("comes_first", "of_keys", "attestable", "worked_in", "location", "part", "owners", "made_of"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedFinding:
    """A finding with what the case and the policy add: whose word it rests on, how bad, how soon, told to whom."""

    finding: Finding
    source: str
    """The source's name, "" for a worker's finding; of a key the reader's where it's trusted, else where it lies."""
    roster: str
    left_at: datetime | None
    basis: str | None
    severity: str
    ticket_kind: TicketKind
    comes_first: bool
    of_keys: bool
    attestable: bool
    worked_in: str
    """In which time zone, as the departure has it; "" where there is none."""
    location: str
    """And where, in HR's word."""
    part: str
    """Of the source, as routes name it."""
    queue: str
    due_hours: float
    revoke: tuple[WrittenStep, ...]
    """The finding's steps, written out for a person."""

    @property
    def key(self) -> str:
        """The finding's."""
        f, s = self.finding, self.finding.subject
        return finding_key(f.rule, f.realm, s.kind.value, s.account_native_id, s.native_id, f.person_uid, f.episode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What the rules said, written down: how much, and what began, could be told, or works again."""

    produced: int
    begun: Sequence[Change]
    verified: Sequence[Change]
    reopened: Sequence[Change]
    doubted: Sequence[Change]
    """Resolved, seen to work since, and unverified now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    finding_key: str
    standing_reason: str
    evidence: list[str]


Retelling = Callable[[Sequence[str], Sentence, str], Sequence[str]]
"""Evidence, why it can't be told, and what was said of its standing before -> evidence that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    finding_key: str
    rule: str
    ticket_kind: str
    state: str


def lock_evaluation(session: Session) -> None:
    """One evaluation at a time, and the persons it is about, in the order of their ids. Needs an open transaction."""
    lock_findings(session)
    session.execute(block("findings", "lock_persons"))


def merge_findings(session: Session, run: Run, findings: Iterable[RoutedFinding]) -> Merged:
    """Write down what the rules say. Needs lock_evaluation.

    What they say no more is silent from here on (silent.py), as long as the session's next evaluation hasn't begun.
    """
    session.execute("drop table if exists produced")
    temporary.emptied(session, "findings", "stage_tables")
    stage = Stage(session, _COLUMNS)
    produced = 0
    for routed in findings:
        stage.add("s_finding", _row(routed))
        produced += 1
    stage.finish()
    for statement in statements("findings", "stage_index"):
        session.execute(statement)
    return _merged(session, run, produced)


def resolve(session: Session, closings: Sequence[Change]) -> None:
    """These close, each for its own reason."""
    if closings:
        session.execute(block("findings", "resolve"), as_resolved(closings))


def as_resolved(closings: Sequence[Change]) -> dict[str, list[object]]:
    """Return why findings close as columns: keys, resolutions, details, made_of."""
    every = [(change.finding_key, change.resolved) for change in closings if change.resolved]
    return {
        "keys": [key for key, _ in every],
        "resolutions": [resolved.resolution.value for _, resolved in every],
        "details": [Jsonb(_details(resolved)) for _, resolved in every],
        "made_of": [Jsonb(made_of((resolved.reason,), ())) for _, resolved in every],
    }


def leave_open(session: Session, reasons: Mapping[str, Sentence], retelling: Retelling) -> None:
    """Say of these, by their keys, that it can't be told whether they work, and why; they stand as they stood."""
    if not reasons:
        return
    with session.cursor(row_factory=class_row(_Evidence)) as cursor:
        found = cursor.execute(block("findings", "evidence"), {"keys": list(reasons)}).fetchall()
    retold = [
        (reasons[it.finding_key], retelling(it.evidence, reasons[it.finding_key], it.standing_reason)) for it in found
    ]
    values = {
        "keys": [each.finding_key for each in found],
        "reasons": [str(reason) for reason, _ in retold],
        "evidence": [Jsonb([str(text) for text in evidence]) for _, evidence in retold],
        "made_of": [Jsonb(made_of((reason, *evidence), ())) for reason, evidence in retold],
    }
    session.execute(block("findings", "leave_open"), values)


def _details(resolved: Resolved) -> dict[str, str]:
    known = {each.name: str(getattr(resolved, each.name)) for each in fields(resolved) if each.name != "resolution"}
    return {name: value for name, value in known.items() if value}


def give_verdict(session: Session, key: str, *, reason: str, author: str) -> str:
    """A person's word on an event (used after departure): it resolves. Returns the finding's whole key.

    Raises FatalError where the whole key is unknown, or no event's.
    """
    with session.transaction():
        lock_findings(session)
        with session.cursor(row_factory=class_row(_Judged)) as cursor:
            judged = cursor.execute(block("findings", "finding_for_verdict"), {"finding_key": key}).fetchone()
        if judged is None:
            raise FatalError(f"there is no finding {key}. See: python -m offboarding findings --state all")
        if judged.ticket_kind != TicketKind.EVENT:
            raise FatalError(
                f"{short_finding(judged.finding_key)} is {judged.rule}: it closes when the thing is seen dead, not by a"
                " verdict. If it isn't theirs: python -m offboarding link reject"
            )
        if judged.state == FindingState.RESOLVED:
            raise FatalError(f"{short_finding(judged.finding_key)} is resolved already")
        values = {"finding_key": judged.finding_key, "reason": reason, "author": author}
        recorded.write(session, "verdict", "findings", "insert_verdict", values, actor=author)
        resolved = Resolved(resolution=Resolution.VERDICT, reason=reason)
        change = Change.ends(judged.finding_key, judged.state, "resolved", resolved)
        resolve(session, [change])
        append_events(session, [change], run_id=None, actor=author)
    return judged.finding_key


def _merged(session: Session, run: Run, produced: int) -> Merged:
    persons = persons_asked(session, run)
    values: dict[str, object] = {"run_id": run.run_id, "since": run.reads_since, "persons": persons, "as_of": run.as_of}
    if persons is not None:
        for statement in statements("findings", "drop_unseen"):
            session.execute(statement, values)
    put_right_as_produced(session, run.run_id)
    reopened, verified, doubted = (_changes(session, name, values) for name in ("reopen", "verify", "doubt"))
    severities = _severities(session, "severities_changed", {})
    session.execute(block("findings", "refresh"))
    begun = _changes(session, "begin", values)
    severities += _severities(session, "severities_begun", {"keys": [change.finding_key for change in begun]})
    append_sayings(session, severities, run_id=run.run_id, actor=f"run {run.run_id}")
    if len(begun) * 10 > produced:
        session.execute(block("findings", "analyze_findings"))
    return Merged(produced=produced, begun=begun, verified=verified, reopened=reopened, doubted=doubted)


def _changes(session: Session, name: str, values: Mapping[str, object]) -> list[Change]:
    with session.cursor(row_factory=class_row(Change)) as cursor:
        return sorted(cursor.execute(block("findings", name), values).fetchall(), key=lambda change: change.finding_key)


def _severities(session: Session, name: str, values: Mapping[str, object]) -> list[Saying]:
    rows = session.execute(block("findings", name), values).fetchall()
    return [Saying(about=f"severity:{key}", act=str(severity), text="") for key, severity in rows]


def _row(routed: RoutedFinding) -> Sequence[object]:
    f, s = routed.finding, routed.finding.subject
    return (
        *(routed.key, f.rule, f.realm, routed.source, routed.roster, s.kind.value, s.native_id, s.label),
        *(
            s.account_native_id,
            s.account_label,
            UUID(f.person_uid) if f.person_uid else None,
            f.episode,
            routed.severity,
            f.standing.value,
        ),
        *(str(f.standing_reason), f.effect.value, f.privileged, f.relation.value if f.relation else None),
        *(
            f.used_after_departure,
            f.last_used_at,
            routed.left_at,
            routed.basis,
            Jsonb([str(text) for text in f.evidence]),
        ),
        *(
            Jsonb(msgspec.to_builtins(routed.revoke, enc_hook=str)),
            str(f.warning),
            f.is_workload,
            f.holds_ticket,
            routed.ticket_kind,
            routed.queue,
            routed.due_hours,
        ),
        *(routed.comes_first, routed.of_keys, routed.attestable, routed.worked_in, routed.location, routed.part),
        list(f.owners),
        Jsonb(made_of((f.standing_reason, f.warning, *f.evidence), routed.revoke)),
    )
