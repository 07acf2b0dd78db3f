"""Tickets that others take over from, with what stands on them: in another tracker, or later in the same."""

from collections.abc import Mapping

from psycopg.rows import scalar_row, tuple_row

from offboarding.model import TicketRef
from offboarding.store import tickets
from offboarding.store.connect import Session
from offboarding.store.sql import block
from offboarding.store.tickets import TicketRow


def movable(session: Session, tracker: str, *, named: bool) -> list[str]:
    """Keys of a tracker's tickets that aren't over, in the order in which they were wanted. `named`: by the
    configuration, so that those that have moved already are closed there by themselves.
    """
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("tickets", "movable"), {"tracker": tracker, "named": named}).fetchall()


def note_moved(session: Session, old_key: str, new_key: str, queue: str) -> None:
    """A ticket's items go to another tracker, and whatever joins them."""
    session.execute(block("tickets", "note_moved"), {"old_key": old_key, "new_key": new_key, "queue": queue})


def stands_as(session: Session, key: str) -> TicketRow | None:
    """The ticket that has taken over from this one, however often; None where it stands itself."""
    return _one(session, "stands_as", {"ticket_key": key})


def newest(session: Session, row: TicketRow, queue: str) -> TicketRow | None:
    """The newest ticket of the same people in a queue; None where there was none yet."""
    values = {"kind": row.kind, "holder": row.holder, "queue": queue, "episode": row.episode}
    return _one(session, "newest", values)


def would_join(session: Session, finding_key: str, queue: str) -> TicketRow | None:
    """The ticket that one goes onto which stands on none yet, by its queue; None where it gets one of its own."""
    (found,) = tickets.wanting(session, finding_key, queue)
    return tickets.ticket(session, found.ticket_key) if found.ticket_key else None


def standing_at(session: Session, row: TicketRow, ref: TicketRef) -> TicketRow | None:
    """Another than this one that stands there in its tracker; None for nobody's place, or its own."""
    return _one(session, "standing_at", {"ticket_key": row.ticket_key, "tracker": row.tracker, "ref": ref.ref})


def move_on(session: Session, old_key: str, new_key: str, *, says: str) -> None:
    """What isn't resolved moves to another ticket; `says`: what that says of it, as `put`."""
    session.execute(block("tickets", "move_on"), {"old_key": old_key, "new_key": new_key, "told": says})


def join_holders(session: Session) -> None:
    """Of people who turned out to be one, all tickets are that one's, and the oldest that is open stands."""
    session.execute(block("tickets", "join_holders"))


def overtaken(session: Session) -> list[tuple[TicketRow, TicketRow]]:
    """Tickets that haven't moved and aren't over though another stands for them, each with that one."""
    with session.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(block("tickets", "overtaken")).fetchall()
    return [(tickets.ticket(session, str(key)), tickets.ticket(session, str(there))) for key, there in found]


def follow(session: Session) -> None:
    """What works again, and was over when another ticket took over from its own, stands on the one that stands now."""
    session.execute(block("tickets", "follow"))


def _one(session: Session, name: str, values: Mapping[str, object]) -> TicketRow | None:
    with session.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(block("tickets", name), values).fetchone()
    return None if found is None else tickets.ticket(session, str(found))
