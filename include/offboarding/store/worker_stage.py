"""Workers on the way into the store: a record that stands there to the letter is ticked off, as accounts are.

`worker.digest` is that of the one record by which the last complete read told the worker; who was told in several
records, or by a partial read, has none. docs/decisions/0065-one-digest-an-account.md
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from psycopg.rows import scalar_row

from offboarding.model import Worker
from offboarding.store.columns import LISTS
from offboarding.store.connect import Session
from offboarding.store.new_workers import NewWorkers
from offboarding.store.sql import block
from offboarding.store.staged_worker import RANKS, WorkerForm, digests, employment_values, is_tangled, once
from offboarding.store.staging import Stage

WORKER_COLUMNS = {
    "s_worker": ("worker_id", "person_uid", "name", "manager", "location", "rank", "start_on", "digest"),
    "s_tangled": ("worker_id",),
    "s_employment": ("worker_id", *LISTS["employment"]),
    "s_worker_key": ("worker_id", "kind", "value", "loose", "space", "origin", "raw"),
}
"""Temporary tables of a read, with their columns in the order of staged rows."""
AT_ONCE = 5_000
"""Workers that are asked about in one question."""

_json = msgspec.json.Encoder()


@dataclass(slots=True, kw_only=True)
class WorkerStage:
    """Workers of one read, a few thousand at a time."""

    session: Session
    stage: Stage
    roster: str
    form: WorkerForm
    new: NewWorkers | None
    """All of them, where nothing of their roster is known."""
    _waiting: list[Worker] = field(default_factory=list[Worker])
    _known: bool | None = None

    def add(self, worker: Worker) -> None:
        """One record."""
        self._waiting.append(worker)
        if len(self._waiting) >= AT_ONCE:
            self._flush()

    def finish(self) -> None:
        """Whatever still waits."""
        self._flush()
        if self.new:
            self.new.finish()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        made = digests(waiting, self.form.form)
        if self.new:
            self.new.add(waiting, made)
            return
        for number in self._others(waiting, made) if self._is_known() else range(len(waiting)):
            self._stage(waiting[number], made[number])

    def _stage(self, worker: Worker, digest: bytes) -> None:
        rank = min(RANKS.index(employment.status) for employment in worker.employments)
        start_on = max((e.start_on for e in worker.employments if e.start_on), default=None)
        row = (worker.worker_id, self.form.uid(worker), worker.name, worker.manager, worker.location, rank, start_on)
        self.stage.add("s_worker", (*row, digest))
        if is_tangled(worker):
            self.stage.add("s_tangled", (worker.worker_id,))
        for e in worker.employments:
            self.stage.add("s_employment", (worker.worker_id, *employment_values(e)))
        for row in once(self.form.rows(worker)):
            self.stage.add("s_worker_key", (worker.worker_id, *row))

    def _is_known(self) -> bool:
        if self._known is None:
            with self.session.cursor(row_factory=scalar_row) as cursor:
                known = cursor.execute(block("rosters", "knows_digests"), {"roster": self.roster}).fetchone()
            self._known = bool(known)
        return self._known

    def _others(self, waiting: Sequence[Worker], made: Sequence[bytes]) -> Sequence[int]:
        """The numbers of those that don't stand in the store as they are told; the rest is ticked off there."""
        values = {
            "roster": self.roster,
            "worker_ids": _json.encode([worker.worker_id for worker in waiting]).decode(),
            "digests": b"".join(made),
        }
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(block("rosters", "tick_off"), values).fetchall()
