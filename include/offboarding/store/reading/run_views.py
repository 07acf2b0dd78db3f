"""Runs, and what each read."""

from dataclasses import dataclass, replace
from datetime import datetime

from offboarding.model import RunKind
from offboarding.store.connect import Session
from offboarding.store.reading.reads import PartView, RosterView, roster_reads, source_reads
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A night, or the release of one."""

    run_id: int
    kind: RunKind
    as_of: datetime
    started_at: datetime
    finished_at: datetime | None
    status: str | None
    """green or red; None while it runs, or where it never ended."""
    waiting: int | None
    """How many findings were held when it ended."""
    withdrawn_at: datetime | None
    """Since when it counts no more."""
    rosters: tuple[RosterView, ...] = ()
    parts: tuple[PartView, ...] = ()


def runs(session: Session, *, last: int | None = None) -> list[RunView]:
    """Newest first; `last`: no more than so many."""
    return _runs(session, "runs", last)


def last_night(session: Session) -> RunView | None:
    """The night that ended last, red or green; None where none ever ran to its end."""
    return next(iter(_runs(session, "last_night", None)), None)


def _runs(session: Session, name: str, last: int | None) -> list[RunView]:
    with session.transaction():
        with session.cursor(row_factory=record_row(RunView)) as cursor:
            rows = cursor.execute(block("reading", name), {"last": last}).fetchall()
        run_ids = [row.run_id for row in rows]
        rosters, parts = roster_reads(session, run_ids), source_reads(session, run_ids)
    return [
        replace(
            row,
            rosters=tuple(roster for roster in rosters if roster.run_id == row.run_id),
            parts=tuple(part for part in parts if part.run_id == row.run_id),
        )
        for row in rows
    ]
