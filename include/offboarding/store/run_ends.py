"""Events of the record that hold how each run ended: its kind, moments, status and a digest of its reads.

report/evidence/verify.py computes the same digest from an evidence pack. A run whose row or reads differ from its last
event was edited in the store. No run restores it: a backup holds the former rows.
"""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import cast

from psycopg.rows import class_row, scalar_row

from offboarding.model import RunKind
from offboarding.store.events import Saying, append_sayings
from offboarding.store.locks import lock_findings
from offboarding.store.session import Session
from offboarding.store.sql import block

READS = "reads"
"""The digest of a run's reads, in an event's text. An event without it does not cover the reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """The row of a run that has ended."""

    run_id: int
    kind: str
    said: str
    """The row, as JSON."""
    head_seq: int | None
    head_hash: str | None

    def whole(self, reads: str) -> str:
        """Return the event's text: the row with the digest of its reads, as JSON."""
        return json.dumps({**json.loads(self.said), READS: reads}, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """The last event about a run, and the place of the first one."""

    run_id: int
    seq: int
    text: str
    first_seq: int
    first_hash: str

    @property
    def fields(self) -> dict[str, object] | None:
        """The text's JSON object; None if the text was edited into something else."""
        try:
            read: object = json.loads(self.text)
        except ValueError:
            return None
        return cast("dict[str, object]", read) if isinstance(read, dict) else None

    def is_head_of(self, run: _Ended) -> bool:
        """Return whether the run's row names the first event about its end; a release's row names none."""
        first = (None, None) if run.kind == RunKind.RELEASE else (self.first_seq, self.first_hash)
        return (run.head_seq, run.head_hash) == first


def troubles(session: Session, run_ids: Sequence[int] | None = None) -> list[str]:
    """Return a clause for each run, or each of `run_ids`, whose row or reads differ from its last event."""
    found = _troubles(session, run_ids)
    return [found[run_id] for run_id in sorted(found)]


@contextmanager
def followed(session: Session, run_ids: Sequence[int] | None, *, actor: str) -> Generator[None]:
    """Record how these runs, or all, ended if the block changes that.

    A run that differed from its last event before the block gets no event: it would record an edit of the store.
    """
    with session.transaction():
        lock_findings(session)
        aside = _troubles(session, run_ids)
        yield
        _write(session, _said(session, run_ids), aside, actor=actor)


@contextmanager
def ending(session: Session, run_id: int) -> Generator[None]:
    """Record how a run ended that the block ends, for the first time or again."""
    with followed(session, [run_id], actor=f"run {run_id}"):
        yield


def reopen(session: Session, run_id: int) -> None:
    """Record, of a run that has ended and reads again, that its reads are not covered until it ends again."""
    if not _ended(session, [run_id]):
        return
    with session.transaction():
        lock_findings(session)
        aside = _troubles(session, [run_id])
        rows = _ended(session, [run_id])
        _write(session, {each.run_id: each.said for each in rows.values()}, aside, actor=f"run {run_id}")


def note_head(session: Session, run_id: int) -> None:
    """Store with a run the first event about its end, whose hash the run's report prints."""
    session.execute(block("run_ends", "note_head"), {"run_id": run_id})


def read_ahead(session: Session) -> list[int]:
    """Return the runs with a roster read that is dated in the future."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("run_ends", "read_ahead")).fetchall()


def reads_digest(rows: Iterable[Sequence[object]]) -> str:
    """Return SHA-256 over a run's reads, in whichever order they come."""
    lines = sorted(json.dumps([_plain(value) for value in row]) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _write(session: Session, said: Mapping[int, str], aside: Mapping[int, str], *, actor: str) -> None:
    last = _recorded(session, list(said))
    for run_id, text in said.items():
        if run_id not in aside and (run_id not in last or last[run_id].fields != json.loads(text)):
            saying = Saying(about=f"run:{run_id}", act="written", text=text)
            append_sayings(session, [saying], run_id=run_id, actor=actor)


def _troubles(session: Session, run_ids: Sequence[int] | None) -> dict[int, str]:
    ended, said, recorded = _ended(session, run_ids), _said(session, run_ids), _recorded(session, run_ids)
    missing = [run_id for run_id in recorded if run_id not in ended]
    with session.cursor(row_factory=scalar_row) as cursor:
        open_ones = cursor.execute(block("run_ends", "known"), {"run_ids": missing}).fetchall() if missing else []
    found = {run_id: f"run {run_id} has no event in the record" for run_id in ended if run_id not in recorded}
    for run_id, event in recorded.items():
        if run_id not in ended:
            what = "has not ended" if run_id in open_ones else "is gone"
            found[run_id] = f"run {run_id} {what}, and has an event ({event.seq})"
        elif what := _differs(ended[run_id], json.loads(said[run_id]), event):
            found[run_id] = what
    return found


def _differs(row: _Ended, now: Mapping[str, object], event: _Recorded) -> str:
    """Return how a run differs from its last event, as a clause; "" if it does not."""
    then = event.fields
    same = then is not None and all(now.get(name) == value for name, value in then.items() if name != READS)
    if then is None or not same or not event.is_head_of(row):
        return f"run {row.run_id} says something else than its event ({event.seq})"
    if then.get(READS, now[READS]) != now[READS]:
        return f"the reads of run {row.run_id} differ from its event ({event.seq})"
    return ""


def _said(session: Session, run_ids: Sequence[int] | None) -> dict[int, str]:
    digests = dict(_digests(session, run_ids))
    none = reads_digest(())
    return {run_id: row.whole(digests.get(run_id, none)) for run_id, row in _ended(session, run_ids).items()}


def _ended(session: Session, run_ids: Sequence[int] | None) -> dict[int, _Ended]:
    with session.cursor(row_factory=class_row(_Ended)) as cursor:
        rows = cursor.execute(block("run_ends", "ended"), _of(run_ids)).fetchall()
    return {row.run_id: row for row in rows}


def _digests(session: Session, run_ids: Sequence[int] | None) -> Iterator[tuple[int, str]]:
    # By a server-side cursor: there may be millions of reads.
    with session.transaction(), session.cursor("run_reads") as cursor:
        cursor.execute(block("run_ends", "reads"), _of(run_ids))
        for run_id, rows in groupby(cursor, key=lambda row: int(str(row[0]))):
            yield run_id, reads_digest(row[1:] for row in rows)


def _recorded(session: Session, run_ids: Sequence[int] | None) -> dict[int, _Recorded]:
    with session.cursor(row_factory=class_row(_Recorded)) as cursor:
        rows = cursor.execute(block("run_ends", "recorded"), _of(run_ids)).fetchall()
    return {row.run_id: row for row in rows}


def _of(run_ids: Sequence[int] | None) -> dict[str, object]:
    return {"run_ids": None if run_ids is None else list(run_ids)}
