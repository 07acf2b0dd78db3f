"""What waits for a person's word, as that person is shown it."""

from dataclasses import dataclass

from psycopg.rows import scalar_row

from offboarding.model import Severity
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFinding:
    """A finding that waits for a person."""

    hold_id: int | None
    """The line's; None where it's on none, as of a first read."""
    closes: bool
    """It would close, where others would be told."""
    finding_key: str
    rule: str
    severity: Severity
    id_space: str | None
    worker_id: str | None
    """None where it's about nobody."""
    total: int
    """So many wait there in the same way, those that aren't shown included."""


def waiting_findings(session: Session, *, shown: int) -> list[WaitingFinding]:
    """What waits now, line by line, the worst first, and no more of each line than `shown`; last what is on none."""
    with session.cursor(row_factory=record_row(WaitingFinding)) as cursor:
        return cursor.execute(block("guard", "waiting_findings"), {"shown": shown}).fetchall()


def waiting_digest(session: Session) -> str:
    """Return a digest of all that waits now, however much of it is shown."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return str(cursor.execute(block("guard", "waiting_digest")).fetchone())
