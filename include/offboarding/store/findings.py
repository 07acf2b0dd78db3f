"""Findings: staged, merged, and closed with a reason. Each change of state is an event."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from include.offboarding.errors import FatalError
from include.offboarding.keys import finding_key, short_finding
from include.offboarding.model import Finding
from include.offboarding.store import recorded
from include.offboarding.store.connect import Session
from include.offboarding.store.departures import persons_asked
from include.offboarding.store.events import Change, append_events
from include.offboarding.store.exceptions import apply_exceptions
from include.offboarding.store.locks import lock_findings
from include.offboarding.store.putting_right import put_right_as_produced
from include.offboarding.store.rows import Run
from include.offboarding.store.sql import block, statements
from include.offboarding.store.staging import Stage

_COLUMNS = {
    "s_finding": (
        *("match_key", "rule", "realm", "source", "roster", "subject_kind", "subject_native_id", "subject_label"),
        *("account_native_id", "account_label", "person_uid", "episode", "severity", "standing", "standing_reason"),
        *("effect", "privileged", "relation", "used_after_departure", "last_used_at", "left_at", "basis", "evidence"),
        *("revoke", "warning", "holds_ticket", "ticket_kind", "queue", "due_hours", "attestable"),
    )
}


LetClose = Callable[[Sequence[Change]], Sequence[Change]]
"""Whoever may let stand what an evaluation would close (guarding.py)."""


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
    ticket_kind: str
    """revoke, rotate, event, review or confirm."""
    queue: str
    due_hours: float
    revoke: tuple[str, ...]
    """The finding's steps, written out for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a run's evaluation changed."""

    produced: int
    begun: int
    verified: int
    reopened: int
    resolved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    finding_key: str
    rule: str
    ticket_kind: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silent:
    """Whether findings stand that no rule says any more."""

    of_keys: bool
    of_others: bool


def lock_evaluation(session: Session) -> None:
    """One evaluation at a time, and the persons it is about, in the order of their ids. Needs an open transaction."""
    lock_findings(session)
    session.execute(block("findings", "lock_persons"))


def merge_findings(
    session: Session, run: Run, findings: Iterable[RoutedFinding], let_close: LetClose = list
) -> Evaluation:
    """Write down what the rules say, and close what they no longer say where it was seen.

    `let_close` is told what would close, and returns what does: it has let the rest stand again.

    Needs lock_evaluation, and the custody tables, which making the cases of keys leaves behind.
    """
    session.execute("drop table if exists s_finding, produced")
    session.execute(block("findings", "stage_tables"))
    stage = Stage(session, _COLUMNS)
    produced = 0
    for routed in findings:
        stage.add("s_finding", _row(routed))
        produced += 1
    stage.finish()
    for statement in statements("findings", "stage_index"):
        session.execute(statement)
    return _merged(session, run, produced, let_close)


def give_verdict(session: Session, short_key: str, *, reason: str, author: str) -> str:
    """A person's word on an event (used after departure): it resolves. Returns the finding's whole key.

    Raises FatalError where the key is unknown, not unique, or no event's.
    """
    with session.transaction():
        lock_findings(session)
        prefix = short_key.removeprefix("f-")
        with session.cursor(row_factory=class_row(_Judged)) as cursor:
            found = cursor.execute(block("findings", "finding_for_verdict"), {"prefix": prefix}).fetchall()
        judged = _one(found, short_key)
        if judged.ticket_kind != "event":
            raise FatalError(
                f"{short_finding(judged.finding_key)} is {judged.rule}: it closes when the thing is seen dead, not by a"
                " verdict. If it isn't theirs: python -m include.offboarding link reject"
            )
        if judged.state == "resolved":
            raise FatalError(f"{short_finding(judged.finding_key)} is resolved already")
        values = {"finding_key": judged.finding_key, "reason": reason, "author": author, "text": f"verdict: {reason}"}
        recorded.write(session, "verdict", "findings", "insert_verdict", values, actor=author)
        session.execute(block("findings", "resolve_by_verdict"), values)
        change = Change(
            finding_key=judged.finding_key, from_state=judged.state, to_state="resolved", text=f"verdict: {reason}"
        )
        append_events(session, [change], run_id=None, actor=author)
    return judged.finding_key


def _one(found: Sequence[_Judged], short_key: str) -> _Judged:
    if not found:
        raise FatalError(f"there is no finding {short_key}. See: python -m include.offboarding findings --state all")
    if len(found) > 1:
        raise FatalError(f"{short_key} begins several findings' keys. Give more of its digits.")
    return found[0]


def _merged(session: Session, run: Run, produced: int, let_close: LetClose) -> Evaluation:
    persons = persons_asked(session, run)
    values: dict[str, object] = {
        "run_id": run.run_id,
        "since": run.reads_since,
        "persons": persons,
        "as_of": run.as_of,
    }
    if persons is not None:
        for statement in statements("findings", "drop_unseen"):
            session.execute(statement, values)
    put_right_as_produced(session, run.run_id)
    changes = {name: _changes(session, name, values) for name in ("reopen", "verify")}
    session.execute(block("findings", "refresh"))
    changes["begin"] = _changes(session, "begin", values)
    if len(changes["begin"]) * 10 > produced:
        session.execute(block("findings", "analyze_findings"))
    changes["close"] = list(let_close(_closing(session, values)))
    # Last: what an exception covers stands by it, whether it began now or stood before.
    changes["except"] = apply_exceptions(session, run)
    every = [change for name in changes for change in changes[name]]
    append_events(session, every, run_id=run.run_id, actor=f"run {run.run_id}")
    return Evaluation(
        produced=produced,
        begun=len(changes["begin"]),
        verified=len(changes["verify"]),
        reopened=len(changes["reopen"]),
        resolved=len(changes["close"]),
    )


def _closing(session: Session, values: Mapping[str, object]) -> list[Change]:
    with session.cursor(row_factory=class_row(_Silent)) as cursor:
        silent = cursor.execute(block("findings", "silent")).fetchone()
    assert silent is not None
    asked = [*(["close_keys"] if silent.of_keys else []), *(["close"] if silent.of_others else [])]
    return [change for name in asked for change in _changes(session, name, values)]


def _changes(session: Session, name: str, values: Mapping[str, object]) -> list[Change]:
    with session.cursor(row_factory=class_row(Change)) as cursor:
        return sorted(cursor.execute(block("findings", name), values).fetchall(), key=lambda change: change.finding_key)


def _row(routed: RoutedFinding) -> Sequence[object]:
    f, s = routed.finding, routed.finding.subject
    key = finding_key(f.rule, f.realm, s.kind.value, s.account_native_id, s.native_id, f.person_uid, f.episode)
    return (
        *(key, f.rule, f.realm, routed.source, routed.roster, s.kind.value, s.native_id, s.label),
        *(
            s.account_native_id,
            s.account_label,
            UUID(f.person_uid) if f.person_uid else None,
            f.episode,
            routed.severity,
            f.standing.value,
        ),
        *(f.standing_reason, f.effect.value, f.privileged, f.relation.value if f.relation else None),
        *(f.used_after_departure, f.last_used_at, routed.left_at, routed.basis, Jsonb(list(f.evidence))),
        *(Jsonb(list(routed.revoke)), f.warning, f.holds_ticket, routed.ticket_kind, routed.queue, routed.due_hours),
        f.attestable,
    )
