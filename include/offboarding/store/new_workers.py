"""Workers of a roster of which nothing is known yet: they wait outside the database, and go straight into place.

As `new_accounts` has it of accounts. What doesn't fit after all (a worker told twice, a person of whom another roster
told, a partial read) is merged as everything else is: see `give_back`.
docs/decisions/0083-a-first-read-goes-straight-into-place.md
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg.rows import scalar_row

from offboarding.model import Employment, EmploymentStatus, Worker
from offboarding.store.columns import LISTS
from offboarding.store.connect import Session
from offboarding.store.spool import Spool
from offboarding.store.sql import block, statements
from offboarding.store.staged_worker import RANKS, WorkerForm, employment_values, is_tangled, once

_COLUMNS = {
    "worker": (
        *("worker_pk", "roster", "id_space", "worker_id", "person_uid", "name", "manager", "location"),
        *("in_complete_read", "digest", "first_told_at", "observed_at"),
    ),
    "person": ("person_uid", "id_space", "worker_id", "first_seen_at", "shown_worker_pk"),
    "employment": ("worker_pk", *LISTS["employment"], "told_left_at"),
    "worker_key": ("worker_pk", "kind", "value", "loose", "space", "origin", "raw", "valid_from"),
}


@dataclass(slots=True, kw_only=True)
class NewWorkers:
    """Those of one read. To be closed."""

    session: Session
    roster: str
    id_space: str
    as_of: datetime
    observed_at: datetime
    form: WorkerForm
    workers: int = 0
    """How many records."""
    tangled: bool = False
    """One of them tells two employments from the same day."""
    _spool: Spool = field(init=False)

    def __post_init__(self) -> None:
        self._spool = Spool(self.session, _COLUMNS)

    def add(self, waiting: Sequence[Worker], digests: Sequence[bytes]) -> None:
        """These workers; they stand there as by a complete read."""
        worker, person, employment, key = map(self._spool.row, _COLUMNS)
        space, as_of, at = self.id_space, self.as_of, self.observed_at
        for pk, one, digest in zip(self._ids(len(waiting)), waiting, digests, strict=True):
            number, uid = one.worker_id, self.form.uid(one)
            worker((pk, self.roster, space, number, uid, one.name, one.manager, one.location, True, digest, as_of, at))
            person((uid, space, number, as_of, pk))
            for e in one.employments:
                left_at = as_of if _left_untold(e) else None
                employment((pk, *employment_values(e), left_at))
            for row in once(self.form.rows(one)):
                key((pk, *row, at))
            self.tangled = self.tangled or is_tangled(one)
        self.workers += len(waiting)

    def finish(self) -> None:
        """There are no more."""
        self._spool.finish()

    def placed(self) -> bool:
        """Put them where they stay. False where a table has one of these already, or one is told twice: none is."""
        tables = ("worker", "employment", "worker_key")
        return self._spool.placed(noted=tables, first=tables)

    def give_back(self) -> None:
        """Put them into a read's temporary tables, as if they had never waited here."""
        self.session.execute(block("new_workers", "make_room"))
        for table in ("worker", "employment", "worker_key"):
            self._spool.place(table, into=f"new_{table}")
        for statement in statements("new_workers", "give_back"):
            self.session.execute(statement, {"ranks": [rank.value for rank in RANKS]})

    def close(self) -> None:
        """Nothing of it is left outside the database."""
        self._spool.close()

    def _ids(self, many: int) -> Iterable[int]:
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(block("new_workers", "numbers"), {"many": many}).fetchall()


def _left_untold(one: Employment) -> bool:
    """Gone by HR's word, which gives no day."""
    return one.status is EmploymentStatus.LEFT and one.last_working_on is None and one.end_on is None
