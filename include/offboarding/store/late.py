"""Tickets that are open past their due time."""

from dataclasses import dataclass
from datetime import datetime

from offboarding.model import TicketKind
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class LateTicket:
    """A ticket that is open past its due time."""

    ticket_key: str
    kind: TicketKind
    tracker: str
    ref: str
    url: str | None
    due_at: datetime
    finding_keys: list[str]
    """Of what holds it so, worst first."""


def past_due(session: Session, as_of: datetime) -> list[LateTicket]:
    """Tickets that something holds past its due time, which nobody was told of yet; the longest ones first."""
    with session.cursor(row_factory=record_row(LateTicket)) as cursor:
        return cursor.execute(block("tickets", "past_due"), {"as_of": as_of}).fetchall()


def note_past_due(session: Session, late: LateTicket) -> None:
    """People are told that it's past this due time, once."""
    session.execute(block("tickets", "note_past_due"), {"ticket_key": late.ticket_key, "due_at": late.due_at})
