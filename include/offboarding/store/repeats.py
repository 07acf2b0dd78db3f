"""Feeds that come again as they were: what the store says of an export that doesn't run any more."""

from datetime import datetime

from psycopg.rows import scalar_row

from include.offboarding.model import Problem, RosterSummary
from include.offboarding.store.connect import Session
from include.offboarding.store.sql import block


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
        text=f"it holds byte for byte what it held on {since.isoformat()}, {(as_of - since).days} days before this "
        "night's moment, and max_unchanged is over: nobody is taken to have left or come back by it",
        fix="See whether HR's export still runs, or delivers an old one again. If nobody has come or gone since, give "
        "the roster a longer max_unchanged, or never.",
    )
