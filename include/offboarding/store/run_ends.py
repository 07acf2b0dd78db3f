"""How each run ended, held against the record: its kind, moment, outcome and reads are an event of the record.

The event holds a digest of the reads, which whoever has the rows can make again (report/evidence/verify.py does). A run
whose row or reads stand otherwise was changed past the record. Nothing puts that right: a backup has what it was.
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
"""What an event calls the digest of a run's reads. One without it says nothing of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """A run that has ended, as its rows say."""

    run_id: int
    kind: str
    said: str
    """Its own row, as JSON."""
    head_seq: int | None
    head_hash: str | None

    def whole(self, reads: str) -> str:
        """What it says with the digest of its reads, as JSON."""
        return json.dumps({**json.loads(self.said), READS: reads}, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """What the record says of one."""

    run_id: int
    seq: int
    text: str
    first_seq: int
    first_hash: str

    @property
    def fields(self) -> dict[str, object] | None:
        """What it says; None where somebody made something else of it."""
        try:
            read: object = json.loads(self.text)
        except ValueError:
            return None
        return cast("dict[str, object]", read) if isinstance(read, dict) else None

    def is_head_of(self, run: _Ended) -> bool:
        """Whether the run keeps where the record first said how it ended; a release keeps nothing."""
        first = (None, None) if run.kind == RunKind.RELEASE else (self.first_seq, self.first_hash)
        return (run.head_seq, run.head_hash) == first


def troubles(session: Session, run_ids: Sequence[int] | None = None) -> list[str]:
    """Return a clause for each run, or each of some, whose end stands otherwise than its event says."""
    found = _troubles(session, run_ids)
    return [found[run_id] for run_id in sorted(found)]


@contextmanager
def followed(session: Session, run_ids: Sequence[int] | None, *, actor: str) -> Generator[None]:
    """Write down how these runs, or all, ended where that is changed within; not of one that stood otherwise before.

    Else whatever somebody wrote past the record would be recorded with it.
    """
    with session.transaction():
        lock_findings(session)
        aside = _troubles(session, run_ids)
        yield
        _write(session, _said(session, run_ids), aside, actor=actor)


@contextmanager
def ending(session: Session, run_id: int) -> Generator[None]:
    """Write down how a run ended that ends within, or ends once more."""
    with followed(session, [run_id], actor=f"run {run_id}"):
        yield


def reopen(session: Session, run_id: int) -> None:
    """Something of a run is read once more: if it has ended, the record tells no reads of it until it ends again."""
    if not _ended(session, [run_id]):
        return
    with session.transaction():
        lock_findings(session)
        aside = _troubles(session, [run_id])
        rows = _ended(session, [run_id])
        _write(session, {each.run_id: each.said for each in rows.values()}, aside, actor=f"run {run_id}")


def note_head(session: Session, run_id: int) -> None:
    """Keep with a run the event that says how it ended: its report prints that hash, which then vouches for it."""
    session.execute(block("run_ends", "note_head"), {"run_id": run_id})


def read_ahead(session: Session) -> list[int]:
    """Return the runs of which a roster's read claims to have begun later than now."""
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
    """What it says otherwise, as a clause; "" where it agrees."""
    then = event.fields
    same = then is not None and all(now.get(name) == value for name, value in then.items() if name != READS)
    if then is None or not same or not event.is_head_of(row):
        return f"run {row.run_id} says something else than its event ({event.seq})"
    if then.get(READS, now[READS]) != now[READS]:
        return f"the reads of run {row.run_id} are not those that its event tells ({event.seq})"
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
    # There may be millions of reads.
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
