"""Who leaves soon, and what they hold: so that revocation can be prepared. No finding, and no ticket."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from psycopg.rows import class_row

from offboarding.store.connect import Session
from offboarding.store.sql import block

DAYS = 14
"""So many days ahead, unless somebody asks otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavesSoon:
    """Somebody who works here still."""

    person_uid: str
    id_space: str
    worker_id: str
    left_at: datetime
    left_on: date
    zone: str
    basis: str
    """actual (HR's day), planned (a contract's end) or notice."""
    told: str
    accounts: int
    """Linked to them, and not known to be dead."""
    credentials: int
    """On these, as far as they are known before somebody has left."""
    privileged: int
    """How many of the accounts are."""
    labels: list[str]
    """What these accounts are called, each after its source."""
    rotate: int | None = None
    """How many keys and secrets are to be rotated since they may know them; None where that wasn't looked at."""


def upcoming(session: Session, *, as_of: datetime, days: int, zone: str) -> list[LeavesSoon]:
    """Who leaves within so many days after a moment, the first first. `zone`: where a worker's own is unknown."""
    values = {"as_of": as_of, "until": as_of + timedelta(days=days), "zone": zone}
    with session.transaction():
        session.execute(block("upcoming", "make_upcoming"), values)
        with session.cursor(row_factory=class_row(LeavesSoon)) as cursor:
            found = cursor.execute(block("upcoming", "upcoming")).fetchall()
        session.execute("drop table upcoming")
    return found
