"""What an evidence pack holds of a period: tables, row by row, all of one moment."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg.rows import class_row

from offboarding.model import SEEN, Resolution
from offboarding.store.connect import Session
from offboarding.store.sql import block

TABLES = ("leavers", "things", "findings", "waivers", "decisions", "runs", "reads", "record")
ATTESTED = (Resolution.ATTESTED, Resolution.OFF_LIST)
SEEN_DEAD = (*SEEN, Resolution.ROLE_SHUT, Resolution.KEY_GONE, Resolution.NOT_TRUSTED, Resolution.ACCESS_ENDED)
"""A system itself was seen to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceNight:
    """By which night a pack is judged: the last that ended."""

    run_id: int
    as_of: datetime
    reads_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Purges:
    """What was forgotten of decisions' words, ever."""

    words: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTable:
    """Rows as they come; each has a value for each column."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[object, ...]]


@contextmanager
def one_look(session: Session) -> Generator[None]:
    """Whatever is read within is of one moment, and nothing is written."""
    with session.transaction():
        session.execute(block("evidence", "one_look"))
        yield


def last_night(session: Session) -> EvidenceNight | None:
    """None where no night has ended."""
    with session.cursor(row_factory=class_row(EvidenceNight)) as cursor:
        return cursor.execute(block("evidence", "last_night")).fetchone()


def purges(session: Session) -> Purges:
    """Whether words of decisions were forgotten."""
    with session.cursor(row_factory=class_row(Purges)) as cursor:
        found = cursor.execute(block("evidence", "purges")).fetchone()
    assert found is not None
    return found


@contextmanager
def evidence(
    session: Session, name: str, night: EvidenceNight, *, begins: datetime, ends: datetime
) -> Generator[EvidenceTable]:
    """One of TABLES, of a period from its beginning to before its end. Needs `one_look`; read to its end within."""
    values = {"begins": begins, "ends": ends, **asdict(night), "seen": list(SEEN_DEAD), "attested": list(ATTESTED)}
    with session.cursor(f"evidence_{name}") as cursor:
        cursor.execute(block("evidence", name), values)
        columns = tuple(column.name for column in cursor.description or ())
        yield EvidenceTable(name=name, columns=columns, rows=iter(cursor))
