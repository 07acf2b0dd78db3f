"""Tickets that their tracker refused, until they are told or over; and those at which it failed, until it doesn't."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import TicketKind
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedBefore:
    """What a ticket was refused by."""

    ticket_key: str
    settings_digest: str
    """Of what the configuration said of it then."""
    last_outbox_id: int
    """The last thing that was to be said on it by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedTicket:
    """A refusal as it's told."""

    ticket_key: str
    kind: TicketKind
    tracker: str
    ref: str | None
    """None where it was never opened."""
    words: str
    """The tracker's own, on one line."""
    refused_at: datetime
    """For the first time."""
    finding_key: str | None
    """The worst of what stands on it; None where that's nothing in particular."""


def of_tracker(session: Session, tracker: str) -> Mapping[str, RefusedBefore]:
    """By the tickets' keys."""
    with session.cursor(row_factory=record_row(RefusedBefore)) as cursor:
        found = cursor.execute(block("refusals", "of_tracker"), {"tracker": tracker}).fetchall()
    return {each.ticket_key: each for each in found}


def note(session: Session, key: str, *, words: str, settings_digest: str) -> None:
    """A ticket was refused, for the first time or again."""
    values = {"ticket_key": key, "words": words, "settings_digest": settings_digest}
    session.execute(block("refusals", "note"), values)


def taken(session: Session, key: str) -> None:
    """A ticket was told all that there was."""
    session.execute(block("refusals", "taken"), {"ticket_key": key})


def note_failure(session: Session, key: str, *, failed: bool) -> None:
    """Its tracker failed at it, which may pass; or didn't."""
    session.execute(block("refusals", "note_failure" if failed else "note_no_failure"), {"ticket_key": key})


def standing(session: Session, run_id: int) -> list[RefusedTicket]:
    """Those that stand by a run's end, of the people whom it's about; by tracker, those that stand longest first."""
    with session.cursor(row_factory=record_row(RefusedTicket)) as cursor:
        return cursor.execute(block("refusals", "standing"), {"run_id": run_id}).fetchall()
