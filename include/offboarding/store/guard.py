"""The guard: what of a run may be told outside, and what waits for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg.rows import class_row, scalar_row

from include.offboarding.errors import FatalError
from include.offboarding.store.connect import Session
from include.offboarding.store.departures import DEPARTURE, persons_asked
from include.offboarding.store.events import Change, append_events
from include.offboarding.store.locks import lock_findings
from include.offboarding.store.rows import Run
from include.offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardOutcome:
    """What the guard let through, and what waits."""

    opened: int
    baseline: int
    """Wait for the release of a baseline."""
    over_maximum: int
    """Wait because the batch wants more tickets than the policy allows."""
    new_tickets: int
    """How many tickets the batch wants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    baseline: int
    over_maximum: int


def guard(
    session: Session,
    run: Run,
    *,
    rules: Sequence[str],
    max_new_tickets: int,
    release_baselines: bool,
    max_named: int,
) -> GuardOutcome:
    """Look before anything is written outside: baselines wait for a person, as does a batch over the maximum, and what
    is found of more people at once than may be named without a second look.
    """
    with session.transaction():
        lock_findings(session)
        values = {"run_id": run.run_id, "rules": list(rules), "as_of": run.as_of}
        # A run about some people has seen no system whole: the first night is still to come.
        if run.kind != DEPARTURE:
            _begin_baselines(session, values, release=release_baselines)
        session.execute("drop table if exists candidate")
        session.execute(block("guard", "make_candidate"), {"persons": persons_asked(session, run)})
        with session.cursor(row_factory=scalar_row) as cursor:
            new_tickets = cursor.execute(block("guard", "new_ticket_count")).fetchone() or 0
            named = cursor.execute(block("guard", "named_count")).fetchone() or 0
        over = {"over": new_tickets > max_new_tickets, "named_over": named > max_named}
        opened = _changes(session, "open_candidates", {**values, **over})
        append_events(session, opened, run_id=run.run_id, actor=f"run {run.run_id}")
        with session.cursor(row_factory=class_row(_Held)) as cursor:
            held = cursor.execute(block("guard", "held_counts")).fetchone()
    assert held is not None
    return GuardOutcome(
        opened=len(opened), baseline=held.baseline, over_maximum=held.over_maximum, new_tickets=new_tickets
    )


def release(session: Session, run_id: int, *, reason: str, author: str) -> int:
    """A person lets through what waits since this run or earlier. Returns how many findings that are.

    Raises FatalError where nothing waits.
    """
    values = {"run_id": run_id, "reason": reason, "author": author}
    with session.transaction():
        lock_findings(session)
        with session.cursor(row_factory=scalar_row) as cursor:
            waiting = cursor.execute(block("guard", "waiting_count"), values).fetchone() or 0
        if not waiting:
            raise FatalError(f"nothing waits since run {run_id} or earlier: there is nothing to release")
        session.execute(block("guard", "note_release"), values)
        session.execute(block("guard", "release_baselines"), values)
    return waiting


def _begin_baselines(session: Session, values: Mapping[str, object], *, release: bool) -> None:
    for step in ("begin_roster_baselines", "begin_source_baselines", "begin_rule_baselines"):
        session.execute(block("guard", step), values)
    if release:
        released = {**values, "author": "policy", "reason": "policy.baseline: ticket"}
        session.execute(block("guard", "release_baselines"), released)


def _changes(session: Session, name: str, values: Mapping[str, object]) -> list[Change]:
    with session.cursor(row_factory=class_row(Change)) as cursor:
        return sorted(cursor.execute(block("guard", name), values).fetchall(), key=lambda change: change.finding_key)
