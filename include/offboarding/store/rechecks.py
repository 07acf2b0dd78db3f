"""What an hourly run watches: findings that are open, and people whose last day has ended meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from offboarding.model import AccountRef
from offboarding.store.connect import Session
from offboarding.store.departures import PersonCalled
from offboarding.store.rows import providers
from offboarding.store.sql import block, statements


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckTotals:
    """How things stand at the end of such a run, and what it changed."""

    open: int
    resolved: int
    reopened: int
    """Resolved before, and seen working again."""
    begun: int
    """Never seen before."""
    waiting: int
    """Of what this run found, on a line that the guard holds."""
    closings_waiting: int
    """Would have closed by this run, and stay as they are on the guard's word."""
    by_night: int
    """Open ones that take an inventory or HR's feed, and wait for the night."""
    tickets: int
    past_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    source: str
    part: str


def anything_open(session: Session) -> bool:
    """Whether there is anything to watch."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(block("rechecks", "anything_open")).fetchone())


def note_open(session: Session, run_id: int) -> None:
    """Write down whom the run is about: everyone with an open finding. It goes by the links that stand."""
    with session.transaction():
        for statement in (*statements("rechecks", "lean_on_links"), block("rechecks", "note_watched")):
            session.execute(statement, {"run_id": run_id})


def parts_to_reread(session: Session, sign_on: Mapping[str, str]) -> list[tuple[str, str]]:
    """The (source or verifier, part) pairs that tell of what is open. `sign_on`: by whose word people sign on."""
    with session.cursor(row_factory=class_row(_Part)) as cursor:
        rows = cursor.execute(block("rechecks", "parts_to_reread"), providers(sign_on)).fetchall()
    return [(row.source, row.part) for row in rows]


def accounts_to_reread(session: Session, realm: str, sign_on: Mapping[str, str]) -> list[AccountRef]:
    """Accounts of a system with open findings, or of people who have such where they sign on by it; by native id."""
    values = {"realm": realm, **providers(sign_on)}
    with session.cursor(row_factory=class_row(AccountRef)) as cursor:
        return cursor.execute(block("rechecks", "accounts_to_reread"), values).fetchall()


def due(session: Session, *, as_of: datetime, zone: str, pre_start_days: int) -> list[PersonCalled]:
    """Whose last day or moment has ended since the last night, and wasn't looked at since; none before the first."""
    # Who is away has no last day that could have ended.
    values = {"as_of": as_of, "zone": zone, "pre_start_days": pre_start_days, "shut_while": list[str]()}
    with session.transaction():
        session.execute("drop table if exists pg_temp.employment_span")
        for statement in statements("persons", "make_employment_span"):
            session.execute(statement, values)
        with session.cursor(row_factory=class_row(PersonCalled)) as cursor:
            return cursor.execute(block("rechecks", "due"), values).fetchall()


def totals(session: Session, run_id: int) -> RecheckTotals:
    """How things stand, and what this run changed."""
    with session.cursor(row_factory=class_row(RecheckTotals)) as cursor:
        found = cursor.execute(block("rechecks", "watched"), {"run_id": run_id}).fetchone()
    assert found is not None
    return found
