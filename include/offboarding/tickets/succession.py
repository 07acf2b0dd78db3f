"""One ticket takes over from another: exactly one stands for the same people in the same queue."""

from offboarding.model import TicketCall, TicketStatus
from offboarding.store import moved_tickets, outbox, paging, tickets
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from offboarding.store.tickets import NewTicket, TicketRow


def hand_on(session: Session, run: Run, row: TicketRow, *, queue: str, tracker: str, renews: bool = False) -> str:
    """What stands on a ticket goes to the one that stands in that queue already, or to a new one; so does whom it has
    called, and what a person did there and nobody was told yet. Returns that one's key. Needs lock_findings.
    """
    there = moved_tickets.newest(session, row, queue)
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
    _give(session, row, key, says="" if joins else "open")
    return key


def give_way(session: Session, run: Run) -> None:
    """Of tickets of the same people in a queue the last generation stands, and each other that is open leads to it: two
    people turned out to be one, or a defect of an earlier version made them. Needs lock_findings.
    """
    moved_tickets.join_holders(session)
    for row, there in moved_tickets.overtaken(session):
        _lead_on(session, run, row, there)


def shown_again(session: Session, run: Run, row: TicketRow) -> None:
    """One that was missing is open in its tracker, and leads to what stands for it by now. Needs lock_findings."""
    there = moved_tickets.stands_as(session, row.ticket_key)
    if there and row.state == TicketStatus.CLOSED and row.moved_to is None:
        _lead_on(session, run, row, there)


def _lead_on(session: Session, run: Run, row: TicketRow, there: TicketRow) -> None:
    moved_tickets.note_moved(session, row.ticket_key, there.ticket_key, there.queue)
    _give(session, row, there.ticket_key, says="")
    outbox.drop_pending(session, row.ticket_key)
    event_key = f"moved:{there.ticket_key}"
    outbox.say(session, run, row.ticket_key, op=TicketCall.CLOSE, event_key=event_key, text="")


def _give(session: Session, row: TicketRow, key: str, *, says: str) -> None:
    moved_tickets.move_on(session, row.ticket_key, key, says=says)
    outbox.go_along(session, row.ticket_key, key)
    paging.go_along(session, row.ticket_key, key)
