"""What a roster's read says in two ways."""

from datetime import date

from psycopg.rows import scalar_row

from offboarding.model import Problem, RosterSummary
from offboarding.store.connect import Session
from offboarding.store.sql import block


def contradictions(session: Session, summary: RosterSummary) -> list[Problem]:
    """Employments that are told in two ways, and numbers that are written in several. Needs a read's staged rows."""
    return [*_contradicted(session, summary), *_written_otherwise(session, summary)]


def _contradicted(session: Session, summary: RosterSummary) -> list[Problem]:
    rows = session.execute(block("rosters", "contradictions")).fetchall()
    return [
        Problem(
            record=f"{summary.origin}, worker {worker_id}",
            text=f"the employment from {_day(start_on)} is told in two ways",
            fix="Mend the feed; until then whoever is told to work here counts as working here.",
        )
        for worker_id, start_on in rows
    ]


def _written_otherwise(session: Session, summary: RosterSummary) -> list[Problem]:
    with session.cursor(row_factory=scalar_row) as cursor:
        numbers: list[list[str]] = cursor.execute(block("rosters", "written_otherwise")).fetchall()
    return [
        Problem(
            record=f"{summary.origin}, workers {' and '.join(map(repr, written))}",
            text=f"one number is written in {len(written)} ways",
            fix="Mend the feed: they count as one person, who works here if any of these records says so.",
        )
        for written in numbers
    ]


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else "an unknown day"
