"""What is yet to be said to the tracker, ticket by ticket."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from psycopg.rows import scalar_row, tuple_row
from psycopg.types.json import Jsonb

from offboarding.model import Sentence, TicketCall, as_kept, kept
from offboarding.model.sentences import Kept
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.rows import Run
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Something yet to be said to the tracker."""

    outbox_id: int
    op: TicketCall
    event_key: str
    text: str
    """A sentence where it's told in the tracker's language."""
    made_of: Kept | None
    """What the sentence was made of."""


def say(
    session: Session, run: Run, key: str, *, op: TicketCall, event_key: str, text: str, goes_along: bool = False
) -> None:
    """Put it into the outbox; the same event twice makes one row. `goes_along`: it's said wherever what stands on the
    ticket goes; all else is planned anew there.
    """
    made_of = Jsonb(kept(text)) if isinstance(text, Sentence) else None
    values = {
        "ticket_key": key,
        "op": op,
        "event_key": event_key,
        "text": text,
        "made_of": made_of,
        "run_id": run.run_id,
        "goes_along": goes_along,
    }
    session.execute(block("tickets", "insert_outbox"), values)


def pending(session: Session, key: str) -> list[Pending]:
    """What is yet to be said of a ticket, in order."""
    with session.cursor(row_factory=record_row(Pending)) as cursor:
        found = cursor.execute(block("tickets", "pending"), {"ticket_key": key}).fetchall()
    return [replace(each, text=as_kept(each.text, each.made_of)) if each.made_of else each for each in found]


def done(session: Session, pending: Pending) -> None:
    """It has been said."""
    session.execute(block("tickets", "done"), {"outbox_id": pending.outbox_id})


def drop_pending(session: Session, key: str) -> None:
    """Whatever was yet to be said of it isn't any more."""
    session.execute(block("tickets", "drop_pending"), {"ticket_key": key})


def go_along(session: Session, old_key: str, new_key: str) -> None:
    """What was yet to be said of what moves on is said where it goes."""
    session.execute(block("tickets", "go_along"), {"old_key": old_key, "new_key": new_key})


def set_out(session: Session, key: str, digest: str) -> int:
    """A ticket's tracker is told this now. Returns its number: the last one again, where this is what was told last."""
    with session.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(block("tickets", "set_out"), {"ticket_key": key, "digest": digest}).fetchone()
    assert found is not None
    return int(str(found))


def unsaid(session: Session, key: str) -> None:
    """What was told last was refused, and so not heard."""
    session.execute(block("tickets", "unsaid"), {"ticket_key": key})


def to_drain(session: Session, tracker: str, persons: Sequence[str] | None) -> list[str]:
    """Keys of a tracker's tickets to see to: with something to say, and every open one; or some people's alone."""
    values = {"tracker": tracker, "persons": None if persons is None else list(persons)}
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("tickets", "to_drain"), values).fetchall()


def elsewhere(session: Session, trackers: Sequence[str]) -> list[tuple[str, int]]:
    """Other trackers that tickets stand in or are wanted for, and how many, by their names."""
    with session.cursor(row_factory=tuple_row) as cursor:
        found: list[tuple[str, int]] = cursor.execute(
            block("tickets", "elsewhere"), {"trackers": list(trackers)}
        ).fetchall()
    return found


def leaving(session: Session) -> set[str]:
    """Trackers of tickets that have moved to another, and are yet to be closed there."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return set(cursor.execute(block("tickets", "leaving")).fetchall())
