"""The record: every change of a finding's state, and every decision. Each row holds the hash of the one before it.

Whoever edits or removes a row breaks the chain behind it, and `broken_at` says where.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from offboarding.model import Resolution, Resolved
from offboarding.store.session import Session
from offboarding.store.sql import block

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
    resolved: Resolved | None = None
    """The same in parts, where it closes or may stand."""

    @classmethod
    def ends(cls, finding_key: str, from_state: str, to_state: str, resolved: Resolved) -> "Change":
        """It's resolved or excepted, and why."""
        return cls(
            finding_key=finding_key, from_state=from_state, to_state=to_state, text=str(resolved), resolved=resolved
        )

    @property
    def resolution(self) -> Resolution | None:
        """Why, as a word."""
        return self.resolved.resolution if self.resolved else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What a row that holds a decision says from now on (recorded.py)."""

    about: str
    """Table and key: link_decision:12; or the links, or the record itself."""
    act: str
    """written, put back or set aside; of the record, broken."""
    text: str
    """The row's content, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedEvent:
    """A change or a saying as it is kept."""

    seq: int
    finding_key: str | None
    about: str | None
    """What a saying is about, which concerns no finding."""
    at: datetime
    run_id: int | None
    actor: str
    from_state: str | None
    to_state: str
    text: str
    prev_hash: str
    hash: str

    def holds(self, *, text: str | None = None) -> bool:
        """Whether its hash is of what it says; `text`: of these words instead."""
        said = self.text if text is None else text
        row = (
            *(self.seq, self.finding_key or self.about, self.at, self.run_id, self.actor, self.from_state),
            *(self.to_state, said),
        )
        return self.hash == event_hash(self.prev_hash, row)


def append_events(session: Session, changes: Sequence[Change], *, run_id: int | None, actor: str) -> None:
    """Write the changes down, in their order. Needs lock_findings, which keeps the chain single."""
    rows = [(each.finding_key, None, each.from_state, each.to_state, each.text, each.resolution) for each in changes]
    _append(session, rows, run_id=run_id, actor=actor)


def append_sayings(session: Session, sayings: Sequence[Saying], *, run_id: int | None, actor: str) -> None:
    """Write down what rows say, in their order. Needs lock_findings, too."""
    rows = [(None, saying.about, None, saying.act, saying.text, None) for saying in sayings]
    _append(session, rows, run_id=run_id, actor=actor)


_Row = tuple[str | None, str | None, str | None, str, str, Resolution | None]
"""The finding's key or what it is about; from which state, to which; the words, and the resolution that they say."""


def _append(session: Session, rows: Sequence[_Row], *, run_id: int | None, actor: str) -> None:
    if not rows:
        return
    last = session.execute(block("events", "last_event")).fetchone()
    seq, previous = (int(str(last[0])), str(last[1])) if last else (0, FIRST)
    found = session.execute("select clock_timestamp()").fetchone()
    assert found is not None
    at = found[0]
    assert isinstance(at, datetime)
    statement = block("events", "copy_events")
    with session.cursor() as cursor, cursor.copy(statement) as copy:
        for finding_key, about, from_state, to_state, text, resolution in rows:
            seq += 1
            said = (at, run_id, actor, from_state, to_state, text)
            digest = event_hash(previous, (seq, finding_key or about, *said))
            copy.write_row((seq, finding_key, about, *said, resolution, previous, digest))
            previous = digest


def event_hash(previous: str, row: Sequence[object]) -> str:
    """Of a row (seq, finding_key or about, at, run_id, actor, from_state, to_state, text), behind the one before."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    return hashlib.sha256(json.dumps([previous, *plain], ensure_ascii=False).encode()).hexdigest()


def broken_at(session: Session, *, since: "Head | None" = None) -> int | None:
    """The first row that isn't what it was when written, or whose forerunner is missing; None for a whole chain.

    `since`: from where the chain stood at some time on, and that this is still so.
    """
    expected, previous = (since.seq, None) if since else (1, FIRST)
    for event in _every(session, expected):
        as_noted = since is None or event.seq > since.seq or event.hash == since.hash
        if event.seq != expected or previous not in (None, event.prev_hash) or not event.holds() or not as_noted:
            return event.seq
        previous, expected = event.hash, expected + 1
    return since.seq if since and expected == since.seq else None


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


def hash_of(session: Session, seq: int) -> str | None:
    """The hash of an event by its number; None where there is none."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("events", "hash_of"), {"seq": seq}).fetchone()


def holds(session: Session, digest: str) -> int | None:
    """Which event has a hash that begins so (8 hexadecimal digits or more); None where none has."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("events", "seq_of_hash"), {"digest": digest}).fetchone()


def _every(session: Session, first: int) -> Iterator[ChainedEvent]:
    with session.transaction(), session.cursor("every_event", row_factory=class_row(ChainedEvent)) as cursor:
        rows: Iterable[ChainedEvent] = cursor.execute(block("events", "every_event"), {"first": first})
        yield from rows
