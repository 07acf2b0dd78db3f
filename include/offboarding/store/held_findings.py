"""Which findings wait on which of the guard's lines, and what of leavers began to wait in a run."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from offboarding.model import LineKind, RunKind
from offboarding.store.connect import Session
from offboarding.store.guard_look import Looking
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class NewlyHeld:
    """Findings of leavers that began to wait on a hold in one run."""

    hold_id: int
    findings: int
    people: int
    severities: dict[str, int]
    """How many findings of each severity, the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvent:
    """A use after a departure that waits on a line, so that there is no ticket of it."""

    finding_key: str
    line_kind: LineKind
    source: str
    roster: str
    left_at: datetime | None
    last_used_at: datetime | None
    id_space: str
    worker_id: str


def note_held(look: Looking) -> list[NewlyHeld]:
    """Store which findings wait on which lines, and return those of leavers that this run put there."""
    look.do("clear_held")
    look.do("note_held", reports=look.run.kind != RunKind.RELEASE)
    look.do("count_held")
    look.do("note_joined")
    return joined(look.session, look.run.run_id)


def joined(session: Session, run_id: int) -> list[NewlyHeld]:
    """Return the findings of leavers that began to wait on a hold in a run, by hold."""
    with session.cursor(row_factory=class_row(NewlyHeld)) as cursor:
        return cursor.execute(block("guard", "joined"), {"run_id": run_id}).fetchall()


def held_events(look: Looking) -> list[HeldEvent]:
    """Uses after a departure that wait on a line."""
    with look.session.cursor(row_factory=class_row(HeldEvent)) as cursor:
        return cursor.execute(block("guard", "held_events")).fetchall()
