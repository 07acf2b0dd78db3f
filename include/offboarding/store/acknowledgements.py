"""Gaps that a company knows, entry by entry: those of the file, and those by a person's word."""

from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg.rows import class_row

from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.exceptions import ExceptionRow
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A gap that is known; "" where it doesn't say."""

    acknowledgement_id: int
    origin: str
    """file, or person."""
    finding: str
    """A finding's key, or its beginning."""
    source: str
    part: str
    roster: str
    queue: str
    """departures, where it's about their queue."""
    covers: str
    """unread, where it's also that it can't be read at all."""
    reason: str
    author: str
    """Of the file, its approver."""
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    """Taken back, or out of the file."""
    ended_by: str | None
    ended_for: str | None

    def stands(self, at: datetime) -> bool:
        """Whether it counts at this moment."""
        return self.ended_at is None and self.expires_at > at


def add(session: Session, row: ExceptionRow) -> int:
    """Write a person's word down. Returns its number."""
    made = ("exception", "acknowledgements", "insert_acknowledgement")
    (number,) = recorded.write(session, *made, asdict(row), actor=row.approver)
    return int(str(number))


def end(session: Session, acknowledgement_id: int, *, reason: str, author: str) -> None:
    """A person takes it back; it stays on record."""
    values = {"acknowledgement_id": acknowledgement_id, "reason": reason, "author": author}
    recorded.write(session, "exception", "acknowledgements", "end_acknowledgement", values, actor=author)


def acknowledgements(session: Session) -> list[Acknowledgement]:
    """All of them, newest first, those that ended too."""
    with session.cursor(row_factory=class_row(Acknowledgement)) as cursor:
        return cursor.execute(block("acknowledgements", "acknowledgements")).fetchall()
