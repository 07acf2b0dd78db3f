"""Tickets that go from one tracker to another, with what stands on them."""

from psycopg.rows import scalar_row

from offboarding.store import tickets
from offboarding.store.connect import Session
from offboarding.store.sql import block


def movable(session: Session, tracker: str) -> list[str]:
    """Keys of a tracker's tickets that aren't over, in the order in which they were wanted."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("tickets", "movable"), {"tracker": tracker}).fetchall()


def note_moved(session: Session, old_key: str, new_key: str, queue: str) -> None:
    """A ticket's items go to another tracker, and whatever joins them."""
    session.execute(block("tickets", "note_moved"), {"old_key": old_key, "new_key": new_key, "queue": queue})
    tickets.move_on(session, old_key, new_key)


def follow(session: Session) -> None:
    """What works again, and was over when its ticket moved, stands on the one that stands for that now."""
    session.execute(block("tickets", "follow"))
