"""What a tracker finds of a ticket's key: whether that is to be taken for the ticket."""

import structlog

from offboarding.model import TicketRef, TicketState
from offboarding.model.errors import FatalError
from offboarding.store import moved_tickets
from offboarding.store.connect import Session
from offboarding.store.tickets import TicketRow

log = structlog.get_logger("offboarding.ticket")


def unshared(session: Session, row: TicketRow, found: TicketRef | TicketState | None) -> TicketRef | TicketState | None:
    """What a tracker finds of a ticket's key. Raises FatalError where that is another's: none is ever shared."""
    if isinstance(found, TicketRef) and (other := moved_tickets.standing_at(session, row, found)):
        raise FatalError(
            f"trackers.{row.tracker}: ticket {found.ref} is that of {other.ticket_key}, and its title bears"
            f" [{row.ticket_key}]: none is opened for {row.ticket_key} while it does. Write [{other.ticket_key}] at its"
            f" end again: {found.url or found.ref}"
        )
    if isinstance(found, TicketRef) and not row.said_digest:
        _warn_of_another_store(row, found)
    return found


def _warn_of_another_store(row: TicketRow, ref: TicketRef) -> None:
    """A ticket with our key is there, which this store never opened."""
    log.warning(
        "a ticket with this key is there already, and this store has opened none: it's taken over. If another store"
        " tells the same tracker, give each a project or queue of its own",
        key=row.ticket_key,
        tracker=row.tracker,
        ticket=ref.ref,
    )
