"""The record of every change of a finding's state: each row holds the hash of the one before it.

Whoever edits or removes a row breaks the chain behind it, and `broken_at` says where.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from include.offboarding.store.connect import Session
from include.offboarding.store.sql import block

FIRST = "0" * 64
"""What the first row calls the hash before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A finding went from one state to another."""

    finding_key: str
    from_state: str | None
    to_state: str
    text: str
    """What was seen, or why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change as it is kept."""

    seq: int
    finding_key: str
    at: datetime
    run_id: int | None
    actor: str
    from_state: str | None
    to_state: str
    text: str
    prev_hash: str
    hash: str


def append_events(session: Session, changes: Sequence[Change], *, run_id: int | None, actor: str) -> None:
    """Write the changes down, in their order. Needs lock_findings, which keeps the chain single."""
    if not changes:
        return
    last = session.execute(block("events", "last_event")).fetchone()
    seq, previous = (int(str(last[0])), str(last[1])) if last else (0, FIRST)
    found = session.execute("select clock_timestamp()").fetchone()
    assert found is not None
    at = found[0]
    assert isinstance(at, datetime)
    statement = block("events", "copy_events")
    with session.cursor() as cursor, cursor.copy(statement) as copy:
        for change in changes:
            seq += 1
            row = (seq, change.finding_key, at, run_id, actor, change.from_state, change.to_state, change.text)
            digest = event_hash(previous, row)
            copy.write_row((*row, previous, digest))
            previous = digest


def event_hash(previous: str, row: Sequence[object]) -> str:
    """Of a row (seq, finding_key, at, run_id, actor, from_state, to_state, text), chained to the one before it."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    return hashlib.sha256(json.dumps([previous, *plain], ensure_ascii=False).encode()).hexdigest()


def broken_at(session: Session) -> int | None:
    """The first row that isn't what it was when written, or whose forerunner is missing; None for a whole chain."""
    previous, expected = FIRST, 1
    for event in _every(session):
        row = (
            *(event.seq, event.finding_key, event.at, event.run_id, event.actor, event.from_state, event.to_state),
            event.text,
        )
        if event.seq != expected or event.prev_hash != previous or event.hash != event_hash(previous, row):
            return event.seq
        previous, expected = event.hash, expected + 1
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the chain ended: kept outside this database, it shows a chain that was written anew."""

    seq: int
    """How many events there were."""
    hash: str
    """Of the last one."""


def head(session: Session, run_id: int | None = None) -> Head | None:
    """The chain's last event, or the last one when a run ended; None where nothing has happened yet."""
    with session.cursor(row_factory=class_row(Head)) as cursor:
        return cursor.execute(block("events", "head"), {"run_id": run_id}).fetchone()


def holds(session: Session, digest: str) -> int | None:
    """Which event has a hash that begins so (8 hexadecimal digits or more); None where none has."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("events", "seq_of_hash"), {"digest": digest}).fetchone()


def _every(session: Session) -> Iterator[Event]:
    with session.transaction(), session.cursor("every_event", row_factory=class_row(Event)) as cursor:
        rows: Iterable[Event] = cursor.execute(block("events", "every_event"))
        yield from rows
