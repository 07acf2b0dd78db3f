"""One ticket takes over from another: exactly one stands for the same people in the same queue."""

from offboarding.model import TicketStatus
from offboarding.store import moved_tickets, outbox, paging, tickets
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from offboarding.store.tickets import NewTicket, TicketRow


def hand_on(session: Session, run: Run, row: TicketRow, *, queue: str, tracker: str, renews: bool = False) -> str:
    """What stands on a ticket goes to the one that stands in that queue already, or to a new one; so does whom it has
    called, and what a person did there and nobody was told yet. Returns that one's key. Needs lock_findings.
    """
    there = tickets.newest(session, row, queue)
    joins = (
        there is not None
        and there.ticket_key != row.ticket_key
        and there.state != TicketStatus.CLOSED
        and there.moved_to is None
    )
    if there is not None and joins:
        key = there.ticket_key
    else:
        new = NewTicket(
            kind=row.kind,
            holder=row.holder,
            queue=queue,
            episode=row.episode,
            generation=max(row.generation, there.generation if there else 0) + 1,
            tracker=tracker,
            renews=row.ticket_key if renews else None,
        )
        key = tickets.want(session, run, new)
    if (queue, tracker) != (row.queue, row.tracker):
        moved_tickets.note_moved(session, row.ticket_key, key, queue)
    tickets.move_on(session, row.ticket_key, key, says="" if joins else "open")
    outbox.go_along(session, row.ticket_key, key)
    paging.go_along(session, row.ticket_key, key)
    return key
