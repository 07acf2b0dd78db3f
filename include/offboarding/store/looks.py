"""Who looked at whom, or at which key, on a page: a chain beside the record, by the same hash.

A look is written down before anything is shown, so that whoever can't be written down sees nothing. It's no event of
the record's own, whose lock a night holds for as long as it merges (docs/decisions/0175-a-look-is-written-down.md).
Each night's end says in the record where this chain stood (`seal`), so that the hash that its report prints vouches for
it too.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from psycopg.rows import class_row

from offboarding.store.events import FIRST, Head, Saying, append_sayings, event_hash
from offboarding.store.locks import lock_findings, lock_looks
from offboarding.store.session import Session
from offboarding.store.sql import block

ABOUT = "looks"
"""What the record calls this chain."""


class LookKind(StrEnum):
    """What is looked at."""

    WORKER = "worker"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookKept:
    """A look as it is kept."""

    seq: int
    at: datetime
    viewer: str
    kind: str
    subject: str
    named: bool
    prev_hash: str
    hash: str

    def holds(self) -> bool:
        """Whether its hash is of what it says."""
        return self.hash == event_hash(
            self.prev_hash, (self.seq, self.at, self.viewer, self.kind, self.subject, self.named)
        )


def note(session: Session, *, viewer: str, kind: LookKind, subject: str, named: bool) -> None:
    """Write a look down, whatever else the session may do. `subject`: a person's uid, or a key's material."""
    with session.transaction():
        session.execute("set transaction read write")
        lock_looks(session)
        last = _head(session)
        seq, previous = (last.seq + 1, last.hash) if last else (1, FIRST)
        found = session.execute("select clock_timestamp()").fetchone()
        assert found is not None
        at = found[0]
        assert isinstance(at, datetime)
        values = {
            "seq": seq,
            "at": at,
            "viewer": viewer,
            "kind": kind.value,
            "subject": subject,
            "named": named,
            "prev_hash": previous,
            "hash": event_hash(previous, (seq, at, viewer, kind.value, subject, named)),
        }
        session.execute(block("looks", "insert_look"), values)


def seal(session: Session, *, run_id: int) -> None:
    """Say in the record where the chain stands, if anybody has looked since it last did.

    Not of a chain that has lost or changed what the record knows of it: else the record would vouch for that.
    """
    with session.transaction():
        end, sealed = _head(session), _sealed(session)
        if end is None or end == sealed or (sealed and _look_at(session, sealed.seq) != sealed):
            return
        lock_findings(session)
        text = json.dumps({"looks": end.seq, "hash": end.hash})
        append_sayings(session, [Saying(about=ABOUT, act="written", text=text)], run_id=run_id, actor=f"run {run_id}")


def broken_at(session: Session, *, most: int | None = None) -> int | None:
    """The first look that isn't what it was when written, whose forerunner is missing, or that the record knows
    otherwise; None for a whole chain. `most`: of so many at its end alone.
    """
    sealed, end = _sealed(session), _head(session)
    first = 1 if most is None or end is None else max(1, end.seq - most)
    expected, previous = first, FIRST if first == 1 else None
    for look in _every(session, first):
        as_sealed = sealed is None or look.seq != sealed.seq or look.hash == sealed.hash
        if look.seq != expected or previous not in (None, look.prev_hash) or not look.holds() or not as_sealed:
            return look.seq
        previous, expected = look.hash, expected + 1
    return expected if sealed and expected <= sealed.seq else None


def _head(session: Session) -> Head | None:
    with session.cursor(row_factory=class_row(Head)) as cursor:
        return cursor.execute(block("looks", "last_look")).fetchone()


def _look_at(session: Session, seq: int) -> Head | None:
    with session.cursor(row_factory=class_row(Head)) as cursor:
        return cursor.execute(block("looks", "look_at"), {"seq": seq}).fetchone()


def _sealed(session: Session) -> Head | None:
    with session.cursor(row_factory=class_row(Head)) as cursor:
        return cursor.execute(block("looks", "sealed")).fetchone()


def _every(session: Session, first: int) -> Iterator[LookKept]:
    with session.transaction(), session.cursor("every_look", row_factory=class_row(LookKept)) as cursor:
        rows: Iterable[LookKept] = cursor.execute(block("looks", "every_look"), {"first": first})
        yield from rows
