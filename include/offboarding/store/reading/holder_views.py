"""Who may have held a key by a moment, at work or gone; and which keys somebody may have held.

Asked as if everybody who hadn't left yet left at that moment, so that the answer is graded as a finding would be.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from psycopg.rows import scalar_row

from offboarding.model import CustodyEvidence, Grade
from offboarding.store.connect import Session
from offboarding.store.custody import join_custody
from offboarding.store.reading.key_views import KeyView
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block, statements


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderQuery:
    """What is asked, and how."""

    as_of: datetime
    zone: str
    """Of days in sentences."""
    reserved: tuple[str, ...] = ()
    """Logins that say nothing, in normal form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderView:
    """Somebody who may have held a key, and why."""

    material: str
    person_uid: str
    id_space: str
    worker_id: str
    gone_at: datetime | None
    """When they left; None: they worked here at the moment that was asked for."""
    held: tuple[CustodyEvidence, ...]
    """Best grade first; at least one."""
    newer: bool
    """The material is newer than their departure."""

    @property
    def grade(self) -> Grade:
        """The best."""
        return self.held[0].grade


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    material: str
    person_uid: str
    id_space: str
    worker_id: str
    gone_at: datetime | None
    newer: bool
    told: CustodyEvidence


def holders_of(session: Session, key: KeyView, asked: HolderQuery) -> list[HolderView]:
    """Everyone who may have held the key, the surest first."""
    with as_if_gone(session, asked):
        return holders(session, asked, material=key.material)


def departed_holders_of(session: Session, material: str, asked: HolderQuery) -> list[HolderView]:
    """Everyone who has left and may have held the key, the surest first; who works here isn't asked about."""
    with session.transaction(force_rollback=True):
        session.execute("set transaction read write")
        join_custody(session, _values(asked))
        return holders(session, asked, material=material)


def keys_of(session: Session, person_uid: str, asked: HolderQuery) -> list[HolderView]:
    """Every key that somebody may have held, the surest first."""
    with as_if_gone(session, asked, [person_uid]):
        return holders(session, asked, person_uid=person_uid)


def everyone(session: Session, asked: HolderQuery) -> list[HolderView]:
    """Everybody who may have held any key, the surest first."""
    with as_if_gone(session, asked):
        return holders(session, asked)


@contextmanager
def as_if_gone(session: Session, asked: HolderQuery, only: Sequence[str] | None = None) -> Generator[None]:
    """As long as this lasts, custody's tables hold everybody, or these people alone, as if they left at that moment,
    who hadn't before. Whoever only looks may ask it, too: temporary tables are all that it makes, and it's undone.
    """
    who = "add_everyone" if only is None else "leave_some"
    values = _values(asked) | {"only": None if only is None else list(only)}
    with session.transaction(force_rollback=True):
        session.execute("set transaction read write")
        join_custody(session, values, besides=statements("holder_views", who))
        yield


def _values(asked: HolderQuery) -> dict[str, object]:
    return {"as_of": asked.as_of, "since": asked.as_of, "zone": asked.zone, "reserved": list(asked.reserved)}


def holders(
    session: Session, asked: HolderQuery, *, material: str | None = None, person_uid: str | None = None
) -> list[HolderView]:
    """Those of one key, of one person or all, by these tables."""
    values = {"as_of": asked.as_of, "material": material, "person_uid": person_uid}
    with session.cursor(row_factory=record_row(_Row)) as cursor:
        return _grouped(cursor.execute(block("holder_views", "holders"), values).fetchall())


def strangers(session: Session, name: str) -> list[str]:
    """Workers that an entry names and no roster has ever told of."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(worker) for worker in cursor.execute(block("holder_views", "strangers"), {"name": name})]


def _grouped(rows: Sequence[_Row]) -> list[HolderView]:
    """Rows of one person and key together, in the order of their best reason."""
    first: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows):
        first.setdefault((row.material, row.person_uid), number)
    together = sorted(rows, key=lambda row: first[row.material, row.person_uid])
    found = [_holder(list(of_one)) for _, of_one in groupby(together, key=lambda row: (row.material, row.person_uid))]
    return sorted(found, key=lambda holder: holder.grade.order)


def _holder(rows: Sequence[_Row]) -> HolderView:
    best = rows[0]
    return HolderView(
        material=best.material,
        person_uid=best.person_uid,
        id_space=best.id_space,
        worker_id=best.worker_id,
        gone_at=best.gone_at,
        held=tuple(row.told for row in rows),
        newer=best.newer,
    )
