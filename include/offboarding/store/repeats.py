"""Feeds that come again as they were: by an export that doesn't run any more, or after another one came in between."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from offboarding.model import Problem, RosterSummary, counted
from offboarding.store.connect import Session
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class _Between:
    """The very same was read before, and then something else."""

    first_run: int
    first_at: datetime
    last_at: datetime
    other_run: int
    other_at: datetime
    other_dated_at: datetime | None


def came_again(session: Session, roster: str, read_id: int, run_id: int, summary: RosterSummary) -> Problem | None:
    """The sentence for a read of what an earlier complete one held, where another one came between them.

    An older date of its own shows it, whatever the size; else so much time that it can't be chance, or that it has
    somebody at work who is known as leaving or gone by then.
    """
    if not summary.digest:
        return None
    with session.cursor(row_factory=class_row(_Between)) as cursor:
        values = {"roster": roster, "read_id": read_id, "digest": summary.digest}
        found = cursor.execute(block("rosters", "told_between"), values).fetchone()
    if found is None or not (
        _is_older(summary.dated_at, found.other_dated_at)
        or _is_long_ago(found, summary)
        or _takes_back(session, roster)
    ):
        return None
    return Problem(
        record=summary.origin,
        text=f"an older file delivered again: it holds byte for byte what roster {roster} held on "
        f"{found.first_at.isoformat()} (run {found.first_run}), and on {found.other_at.isoformat()} (run "
        f"{found.other_run}) it held something else, which stands. Nothing is taken from it",
        fix="Have HR deliver today's file. If the older one really is right: "
        f'python -m offboarding accept-read {run_id} {roster} --reason "...", and the next run takes it.',
    )


def _is_older(dated_at: datetime | None, other_dated_at: datetime | None) -> bool:
    return dated_at is not None and other_dated_at is not None and dated_at < other_dated_at


def _takes_back(session: Session, roster: str) -> bool:
    """Whether a departure would be taken back. Needs the read staged."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(block("rosters", "takes_back"), {"roster": roster}).fetchone())


def _is_long_ago(found: _Between, summary: RosterSummary) -> bool:
    return summary.not_by_chance_at is not None and found.last_at <= summary.not_by_chance_at


def repeated(session: Session, roster: str, read_id: int, summary: RosterSummary, as_of: datetime) -> Problem | None:
    """The sentence for a read of what the last complete reads held too, for longer than it may be."""
    if not summary.digest or summary.changed_after_at is None:
        return None
    values = {"roster": roster, "read_id": read_id, "digest": summary.digest}
    with session.cursor(row_factory=scalar_row) as cursor:
        since = cursor.execute(block("rosters", "unchanged_since"), values).fetchone()
    if since is None or since > summary.changed_after_at:
        return None
    return Problem(
        record=summary.origin,
        text=f"it holds byte for byte what it held on {since.isoformat()}, "
        f"{counted((as_of - since).days, 'day')} before this night's moment, and "
        "max_unchanged is over: nobody is taken to have left or come back by it",
        fix="See whether HR's export still runs, or delivers an old one again. If nobody has come or gone since, give "
        "the roster a longer max_unchanged, or never.",
    )
