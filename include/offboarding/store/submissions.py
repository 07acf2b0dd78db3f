"""What came by a form: each of its runs decides once, however often its task is begun."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from offboarding.model import SubmissionOutcome
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """A decision that a run of the form brings."""

    caller: str
    """The run's own name."""
    form: str
    """Such as "link revoke"."""
    digest: str
    """Of all that it says."""
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A run of a form, since its first attempt."""

    caller: str
    form: str
    digest: str
    author: str
    submitted_at: datetime
    """The first attempt."""
    outcome: SubmissionOutcome


def begin(session: Session, new: NewSubmission) -> bool:
    """Store the first attempt of a run. False where the run has made one."""
    return session.execute(block("submissions", "insert_submission"), asdict(new)).rowcount == 1


def end(session: Session, caller: str, outcome: Literal[SubmissionOutcome.REFUSED, SubmissionOutcome.DECIDED]) -> bool:
    """Store what came of a run. False where it ended before; waits for another attempt that decides right now."""
    return session.execute(block("submissions", "end_submission"), {"caller": caller, "outcome": outcome}).rowcount == 1


def submission(session: Session, caller: str) -> Submission | None:
    """Return the first attempt of a run and what came of it; None where the run has made none."""
    with session.cursor(row_factory=record_row(Submission)) as cursor:
        return cursor.execute(block("submissions", "submission"), {"caller": caller}).fetchone()
