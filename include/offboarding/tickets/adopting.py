"""What a tracker finds of a ticket's key: whether that is to be taken for the ticket."""

import structlog

from offboarding.model import TicketRef, TicketState
from offboarding.model.errors import FatalError
from offboarding.store import moved_tickets
from offboarding.store.connect import Session
from offboarding.store.tickets import TicketRow

log = structlog.get_logger("offboarding.ticket")


def unshared(
    session: Session, row: TicketRow, found: TicketRef | TicketState | None, *, takes_over: bool
) -> TicketRef | TicketState | None:
    """What a tracker finds of a ticket's key. Raises FatalError where that is another's: none is ever shared, and one
    that this store never set out to open is another store's. `takes_over`: such a one goes on as this store's.
    """
    if isinstance(found, TicketRef) and (other := moved_tickets.standing_at(session, row, found)):
        raise FatalError(
            f"trackers.{row.tracker}: ticket {found.ref} is that of {other.ticket_key}, and its title bears"
            f" [{row.ticket_key}]: none is opened for {row.ticket_key} while it does. Write [{other.ticket_key}] at its"
            f" end again: {found.url or found.ref}"
        )
    if isinstance(found, TicketRef) and not row.said_digest:
        _another_stores(row, found, takes_over=takes_over)
    return found


def _another_stores(row: TicketRow, ref: TicketRef, *, takes_over: bool) -> None:
    if not takes_over:
        raise FatalError(
            f"trackers.{row.tracker}: a ticket with the key {row.ticket_key} is there already ({ref.url or ref.ref}),"
            " and this store never opened one: another store tells this tracker. Give each a project of its own; or,"
            " where that store is gone or tells it no more, or this one was restored from an older copy, write"
            " takes_over: true in this tracker's entry"
        )
    log.warning("another store's ticket is taken over", key=row.ticket_key, tracker=row.tracker, ticket=ref.ref)
