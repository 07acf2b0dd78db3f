"""Whom tickets have called."""

from dataclasses import dataclass

from psycopg.rows import class_row

from offboarding.model import RoutingFacts
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding(RoutingFacts):
    """Something that holds a ticket open, or for which it will be."""

    ticket_key: str
    url: str


def holding(session: Session) -> list[Holding]:
    """All that does, ticket by ticket."""
    with session.cursor(row_factory=record_row(Holding)) as cursor:
        return cursor.execute(block("paging", "holding")).fetchall()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPage:
    """That somebody was called, and nobody has said since that it's over."""

    ticket_key: str
    pager: str
    called_as: str
    """The key that the pager knows it by: its first ticket's."""


def standing(session: Session) -> list[StandingPage]:
    """All that do."""
    with session.cursor(row_factory=class_row(StandingPage)) as cursor:
        return cursor.execute(block("paging", "standing")).fetchall()


def note_called(session: Session, ticket_key: str, pager: str) -> None:
    """Somebody was called."""
    session.execute(block("paging", "note_called"), {"ticket_key": ticket_key, "pager": pager})


def note_over(session: Session, call: StandingPage) -> None:
    """It was said that it's over."""
    session.execute(block("paging", "note_over"), {"called_as": call.called_as, "pager": call.pager})


def go_along(session: Session, old_key: str, new_key: str) -> None:
    """Whoever was called about what stands on a ticket was called about it where it goes."""
    session.execute(block("paging", "go_along"), {"old_key": old_key, "new_key": new_key})
