"""From one tracker to another: each ticket that isn't over is opened there, and then closed here with a link to it.

Where one stands there already for the same people, what goes along joins that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from offboarding.model import TicketCall, TicketRef, TicketStatus, tracker_of
from offboarding.model.errors import FatalError
from offboarding.model.tickets import queue_in
from offboarding.store import moved_tickets, outbox, tickets
from offboarding.store.connect import Session
from offboarding.store.locks import lock_findings
from offboarding.store.rows import Run
from offboarding.store.tickets import TicketRow
from offboarding.tickets.succession import hand_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A ticket on its way."""

    key: str
    ref: TicketRef | None
    """Where it stands now; None where it was wanted and isn't there yet."""
    queue: str
    """Where it goes, as the configuration writes it."""


def moves(session: Session, trackers: Sequence[str], old: str, new: str) -> list[Move]:
    """What `move` would do. Raises FatalError where there is no such tracker, or nothing of the old one is left."""
    if new not in trackers:
        raise FatalError(f"trackers: there is no {new} to move to. Name it in the configuration first.")
    if old == new:
        raise FatalError(f"trackers: the tickets of {old} are there already.")
    rows = [tickets.ticket(session, key) for key in moved_tickets.movable(session, old, named=old in trackers)]
    if not rows:
        raise FatalError(f"trackers: no ticket of {old} is open, or waits to be opened: there is nothing to move.")
    return [_move(row, trackers, new) for row in rows]


def move(session: Session, run: Run, trackers: Sequence[str], old: str, new: str) -> list[Move]:
    """Move all of them, in one transaction; whoever sees to tickets next tells the trackers. Raises as `moves`."""
    with session.transaction():
        lock_findings(session)
        made = moves(session, trackers, old, new)
        for each in made:
            row = tickets.ticket(session, each.key)
            successor = row.moved_to or hand_on(session, run, row, queue=each.queue, tracker=new)
            outbox.drop_pending(session, row.ticket_key)
            if old in trackers:
                # Even one that nobody has heard of: a night may be opening it right now, or have lost the answer.
                outbox.say(session, run, row.ticket_key, op=TicketCall.CLOSE, event_key=f"moved:{successor}", text="")
            else:
                tickets.note_closed(session, row.ticket_key)
    return made


def standing(session: Session, made: Sequence[Move]) -> int:
    """How many tickets stand open for what moved."""
    there = [moved_tickets.stands_as(session, each.key) for each in made]
    return len({row.ticket_key for row in there if row and row.state == TicketStatus.OPEN})


def _move(row: TicketRow, trackers: Sequence[str], new: str) -> Move:
    queue = queue_in(row.tracker, row.queue)
    if tracker_of(trackers, queue) != new:
        queue = f"{new}:{queue}"
    return Move(key=row.ticket_key, ref=row.known if row.ref else None, queue=queue)
