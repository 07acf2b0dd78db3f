"""Workers on the way into the store: a record that stands there to the letter is ticked off, as accounts are.

`worker.digest` is that of the one record by which the last complete read told the worker; who was told in several
records, or by a partial read, has none. docs/decisions/0065-one-digest-an-account.md
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Protocol
from uuid import UUID

import msgspec
from psycopg.rows import scalar_row

from include.offboarding.model import EmploymentStatus, Worker
from include.offboarding.store.account_stage import KeyRow
from include.offboarding.store.connect import Session
from include.offboarding.store.sql import block
from include.offboarding.store.staging import Stage

WORKER_COLUMNS = {
    "s_told_worker": ("worker_id", "digest"),
    "s_worker": ("worker_id", "person_uid", "name", "manager", "location", "rank", "start_on", "digest"),
    "s_tangled": ("worker_id",),
    "s_employment": ("worker_id", "start_on", "status", "last_working_on", "end_on", "zone", "type"),
    "s_worker_key": ("worker_id", "kind", "value", "loose", "space", "origin", "raw"),
}
"""Temporary tables of a read, with their columns in the order of staged rows."""
RANKS = list(EmploymentStatus)
"""Of a worker's records the one with the first of these is the one whose name people read."""
AT_ONCE = 5_000
"""Workers that are asked about in one question."""

_encoder = msgspec.msgpack.Encoder()
# All but where it stands in the feed.
_told: "attrgetter[tuple[object, ...]]" = attrgetter(*(f.name for f in fields(Worker) if f.name != "record"))


class WorkerForm(Protocol):
    """Makes what the store needs of a worker beside the record."""

    @property
    def form(self) -> bytes:
        """Digest of everything that these rest on beside the worker."""
        ...

    def uid(self, worker: Worker) -> UUID:
        """The person's, should the worker be new."""
        ...

    def rows(self, worker: Worker) -> Iterable[KeyRow]:
        """Identity keys in their normal form."""
        ...


@dataclass(slots=True, kw_only=True)
class WorkerStage:
    """Workers of one read, a few thousand at a time."""

    session: Session
    stage: Stage
    roster: str
    form: WorkerForm
    _waiting: list[Worker] = field(default_factory=list[Worker])
    _known: bool | None = None

    def add(self, worker: Worker) -> None:
        """One record."""
        self._waiting.append(worker)
        if len(self._waiting) >= AT_ONCE:
            self.finish()

    def finish(self) -> None:
        """Whatever still waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        form = self.form.form
        digests = [
            hashlib.blake2b(_encoder.encode(_told(worker)), digest_size=16, key=form).digest() for worker in waiting
        ]
        same = self._same(waiting, digests) if self._is_known() else frozenset[tuple[object, ...]]()
        for worker, digest in zip(waiting, digests, strict=True):
            if (worker.worker_id, digest) not in same:
                self._stage(worker, digest)

    def _stage(self, worker: Worker, digest: bytes) -> None:
        rank = min(RANKS.index(employment.status) for employment in worker.employments)
        start_on = max((e.start_on for e in worker.employments if e.start_on), default=None)
        row = (worker.worker_id, self.form.uid(worker), worker.name, worker.manager, worker.location, rank, start_on)
        self.stage.add("s_worker", (*row, digest))
        if len({employment.start_on for employment in worker.employments}) < len(worker.employments):
            self.stage.add("s_tangled", (worker.worker_id,))
        for e in worker.employments:
            self.stage.add(
                "s_employment",
                (worker.worker_id, e.start_on, e.status, e.last_working_on, e.end_on, e.zone, e.type),
            )
        for kind, value, loose, space, origin, _, raw in _once(self.form.rows(worker)):
            self.stage.add("s_worker_key", (worker.worker_id, kind, value, loose, space, origin, raw))

    def _is_known(self) -> bool:
        if self._known is None:
            with self.session.cursor(row_factory=scalar_row) as cursor:
                known = cursor.execute(block("rosters", "knows_digests"), {"roster": self.roster}).fetchone()
            self._known = bool(known)
        return self._known

    def _same(self, waiting: Sequence[Worker], digests: Sequence[bytes]) -> frozenset[tuple[object, ...]]:
        """Worker ids and digests of those that stand in the store as they are told; they are ticked off there."""
        for worker, digest in zip(waiting, digests, strict=True):
            self.stage.add("s_told_worker", (worker.worker_id, digest))
        self.stage.flush("s_told_worker")
        values = {"roster": self.roster}
        same = frozenset(self.session.execute(block("rosters", "tick_off"), values).fetchall())
        self.session.execute(block("rosters", "ask_anew"))
        return same


def _once(rows: Iterable[KeyRow]) -> Iterable[KeyRow]:
    """Each value once, should a record give it twice: as the present one rather than a former one."""
    found: dict[tuple[str, str, str], KeyRow] = {}
    for row in rows:
        kind, value, _, space, origin, _, raw = row
        other = found.setdefault((kind, value, space), row)
        if other is not row and (origin, raw) < (other[4], other[6]):
            found[kind, value, space] = row
    return found.values()
