"""Whom tickets have called."""

from dataclasses import dataclass

from psycopg.rows import tuple_row

from offboarding.model import RoutingFacts
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding(RoutingFacts):
    """Something that holds a ticket open in its tracker."""

    ticket_key: str
    url: str


def holding(session: Session) -> list[Holding]:
    """All that does, ticket by ticket."""
    with session.cursor(row_factory=record_row(Holding)) as cursor:
        return cursor.execute(block("paging", "holding")).fetchall()


def standing(session: Session) -> list[tuple[str, str]]:
    """Keys of tickets that have called somebody, each with the pager, and haven't said since that it's over."""
    with session.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(block("paging", "standing")).fetchall()


def note_called(session: Session, ticket_key: str, pager: str) -> None:
    """Somebody was called."""
    session.execute(block("paging", "note_called"), {"ticket_key": ticket_key, "pager": pager})


def note_over(session: Session, ticket_key: str, pager: str) -> None:
    """It was said that it's over."""
    session.execute(block("paging", "note_over"), {"ticket_key": ticket_key, "pager": pager})
