"""What came by a form: each of its runs decides once, however often its task is begun."""

from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg.rows import class_row

from offboarding.store.connect import Session
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """A decision that a run of the form brings."""

    caller: str
    """The run's own name."""
    decision: str
    """Such as "link confirm"."""
    digest: str
    """Of all that it says."""
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One that was taken."""

    caller: str
    decision: str
    digest: str
    author: str
    submitted_at: datetime


def note(session: Session, new: NewSubmission) -> bool:
    """Write it down. False where this run has decided already; waits for another try of it that decides right now."""
    return session.execute(block("submissions", "insert_submission"), asdict(new)).rowcount == 1


def submission(session: Session, caller: str) -> Submission | None:
    """What this run decided; None where it hasn't yet."""
    with session.cursor(row_factory=class_row(Submission)) as cursor:
        return cursor.execute(block("submissions", "submission"), {"caller": caller}).fetchone()
