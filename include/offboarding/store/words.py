"""People's words on departures that HR leaves open: planned ends that have passed, and people who vanished."""

from dataclasses import dataclass
from datetime import date, datetime

from psycopg.rows import class_row

from offboarding.model import DepartureVerdict
from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEnd:
    """A departure that HR leaves open, and the last word on it."""

    departure_id: int
    person_uid: str
    id_space: str
    worker_id: str
    basis: str
    """planned, inferred, or hidden: they left by one record, and work here by another."""
    left_at: datetime
    left_on: date | None
    zone: str
    confirmed: bool
    """It counts: by a person's word, or since the roster tells leaving by its silence."""
    roster: str
    told: str
    valid_from: datetime
    verdict: DepartureVerdict | None
    """confirm, deny, or None where nobody has said anything."""
    reason: str | None
    author: str | None
    decided_at: datetime | None
    until: datetime | None
    """A denial's end: then it's asked again; None where it counts for good."""
    ended_at: datetime | None = None
    """Since when HR leaves it open no more."""
    ended_because: str = ""

    @property
    def name(self) -> str:
        """What people call it: d-418."""
        return f"d-{self.departure_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    departure_id: int
    person_uid: str
    basis: str
    left_at: datetime


def lock_words(session: Session) -> None:
    """One hand on words at a time; held to the end of the transaction."""
    session.execute(block("words", "lock"))


def open_ends(session: Session) -> list[OpenEnd]:
    """Departures that HR leaves open, longest gone first; those that were denied too, as long as that counts."""
    with session.cursor(row_factory=record_row(OpenEnd)) as cursor:
        return cursor.execute(block("words", "open_ends")).fetchall()


def ended_ends(session: Session) -> list[OpenEnd]:
    """Departures that HR left open once and leaves open no more, longest gone first."""
    with session.cursor(row_factory=record_row(OpenEnd)) as cursor:
        return cursor.execute(block("words", "ended_ends")).fetchall()


def of_departure(session: Session, departure_id: int) -> OpenEnd | None:
    """The open end that a departure was about, although it may have been written anew since."""
    with session.cursor(row_factory=class_row(_End)) as cursor:
        end = cursor.execute(block("words", "end_of_departure"), {"departure_id": departure_id}).fetchone()
    if end is None:
        return None
    its = (end.person_uid, end.basis, end.left_at)
    return next((each for each in open_ends(session) if (each.person_uid, each.basis, each.left_at) == its), None)


def say(session: Session, end: OpenEnd, *, verdict: DepartureVerdict, reason: str, author: str, days: int) -> None:
    """Write down a word, confirm or deny; a denial counts for so many days."""
    values = {"person_uid": end.person_uid, "basis": end.basis, "left_at": end.left_at, "verdict": verdict}
    values |= {"reason": reason, "author": author, "days": days}
    recorded.write(session, "departure_word", "words", "insert_word", values, actor=author)
