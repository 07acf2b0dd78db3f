"""One look of the guard: by what it asks, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from psycopg.rows import class_row, scalar_row

from offboarding.model import ABOUT_SOME, Count, RunKind
from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.departures import persons_asked
from offboarding.store.events import Change
from offboarding.store.rows import Run
from offboarding.store.sql import block, statements

DAY = timedelta(hours=20)
"""What runs let through in this time is counted together. Shorter than a day, so that a night which begins earlier than
the one before is never counted together with it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """What one look of the guard asks by."""

    session: Session
    run: Run
    read_run: int
    persons: Sequence[str] | None

    @classmethod
    def at(cls, session: Session, run: Run) -> "Looking":
        """For this run; a release stands on the last night's reads."""
        values = {"run_id": run.run_id}
        with session.cursor(row_factory=scalar_row) as cursor:
            read_run = cursor.execute(block("guard", "read_run"), values).fetchone() or run.run_id
        return cls(session=session, run=run, read_run=read_run, persons=persons_asked(session, run))

    @property
    def whole(self) -> bool:
        """Whether the run is about everyone."""
        return self.run.kind not in ABOUT_SOME

    def values(self, **more: object) -> Mapping[str, object]:
        """Parameters of the blocks."""
        run = self.run
        fixed = {"run_id": run.run_id, "as_of": run.as_of, "read_run": self.read_run, "persons": self.persons}
        fixed |= {"since": run.reads_since, "lately": run.as_of - DAY}
        # What waits since another run is that one's, or its night's.
        return {**fixed, "only_run": run.run_id if run.kind == RunKind.VERIFY else None, **more}

    def do(self, name: str, /, **more: object) -> None:
        """One block."""
        for statement in statements("guard", name):
            self.session.execute(statement, self.values(**more))

    def write(self, table: str, name: str, /, *, actor: str = "", **more: object) -> None:
        """One block that changes rows of people's decisions, into the record as well."""
        who = actor or f"run {self.run.run_id}"
        recorded.write(self.session, table, "guard", name, self.values(**more), actor=who)

    def changes(self, name: str, /, **more: object) -> list[Change]:
        """One block that changes findings' states."""
        with self.session.cursor(row_factory=class_row(Change)) as cursor:
            rows = cursor.execute(block("guard", name), self.values(**more)).fetchall()
        return sorted(rows, key=lambda change: change.finding_key)

    def counts(self, *names: str, **more: object) -> list[Count]:
        """What these blocks count."""
        found: list[Count] = []
        for name in names:
            with self.session.cursor(row_factory=class_row(Count)) as cursor:
                found += cursor.execute(block("guard", name), self.values(**more)).fetchall()
        return found

    def number(self, name: str, /, **more: object) -> int:
        """What one block counts."""
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(block("guard", name), self.values(**more)).fetchone() or 0
