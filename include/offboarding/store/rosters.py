"""Workers: staged by COPY, merged in one transaction under the roster's lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from offboarding.model import Coverage, LeftOut, Problem, ReadStatus, RosterSummary, Worker
from offboarding.model.errors import RetriableError
from offboarding.store import run_ends, runs, temporary
from offboarding.store.connect import Session
from offboarding.store.contradictions import contradictions
from offboarding.store.locks import lock_roster
from offboarding.store.new_workers import NewWorkers
from offboarding.store.repeats import came_again, repeated
from offboarding.store.rows import ReadBegun, RosterOutcome
from offboarding.store.several import take_out_several
from offboarding.store.sql import block, statements
from offboarding.store.staged_worker import RANKS, WorkerForm
from offboarding.store.staging import Stage
from offboarding.store.worker_stage import WORKER_COLUMNS, WorkerStage


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """A roster as configured."""

    name: str
    id_space: str
    login_realm: str | None
    coverage: Coverage


NOTHING = LeftOut()
_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vanished:
    inferred: int
    waiting: int
    forgotten: int = 0


@dataclass(slots=True, kw_only=True)
class RosterRead:
    """A read under way. `begin`, then `stage`, then `merge` or `fail`."""

    session: Session
    roster: RosterRow
    run_id: int
    as_of: datetime
    observed_at: datetime
    read_id: int
    _new: NewWorkers | None = None

    @classmethod
    def begin(cls, session: Session, roster: RosterRow, run_id: int, as_of: datetime) -> "RosterRead":
        """Write down that it began; a retry takes the same row again."""
        session.execute(
            block("rosters", "upsert_roster"),
            {
                "name": roster.name,
                "id_space": roster.id_space,
                "login_realm": roster.login_realm,
                "coverage": roster.coverage.value,
            },
        )
        run_ends.reopen(session, run_id)
        with session.cursor(row_factory=class_row(ReadBegun)) as cursor:
            begun = cursor.execute(
                block("rosters", "begin_roster_read"), {"run_id": run_id, "roster": roster.name}
            ).fetchone()
        assert begun is not None
        return cls(
            session=session,
            roster=roster,
            run_id=run_id,
            as_of=as_of,
            observed_at=begun.observed_at,
            read_id=begun.read_id,
        )

    def stage(self, workers: Iterable[Worker], form: WorkerForm) -> None:
        """Copy every worker into temporary tables, in constant memory, but for those who stand here already."""
        self.session.execute(block("rosters", "forget_merge"))
        temporary.emptied(self.session, "rosters", "stage_tables")
        stage = Stage(self.session, WORKER_COLUMNS, encoded=True)
        if self._knows_nothing():
            self._new = NewWorkers(
                session=self.session,
                roster=self.roster.name,
                id_space=self.roster.id_space,
                as_of=self.as_of,
                observed_at=self.observed_at,
                form=form,
            )
        staged = WorkerStage(session=self.session, stage=stage, roster=self.roster.name, form=form, new=self._new)
        for worker in workers:
            staged.add(worker)
        staged.finish()
        stage.finish()
        self.session.execute(block("rosters", "stage_statistics"))

    def merge(
        self,
        summary: RosterSummary,
        problems: Sequence[Problem],
        *,
        min_percent: float,
        absolute: int,
        percent: float,
        left_out: LeftOut = NOTHING,
    ) -> RosterOutcome:
        """Merge what was staged: everything it says, and, from a complete read alone, what its silence says.

        `absolute` and `percent` bound how many may be taken to have left at once.
        """
        with self.session.transaction():
            lock_roster(self.session, self.roster.name)
            old = repeated(self.session, self.roster.name, self.read_id, summary, self.as_of)
            again = came_again(self.session, self.roster.name, self.read_id, self.run_id, summary)
            placed = self._placed(is_whole=not (problems or old or again or left_out.workers or left_out.records))
            if not placed:
                self._fold()
            workers = self._workers()
            several = take_out_several(self.session, summary, workers)
            found = [*problems, *several.problems, *contradictions(self.session, summary)]
            found += self._of_nobody_known(summary, left_out)
            found += [old] if old and not found else []
            found += [again] if again else []
            last = self._last_complete()
            only_short = not found and last is not None and workers < last * min_percent / 100
            if only_short:
                found.append(_short(summary, workers, last or 0, self.run_id, self.roster.name))
            complete = not found
            vanished = _Vanished(inferred=0, waiting=0)
            # What was told then stands. To say it again could only take back what has been told since.
            if not (placed or old or again or several.nonsense or self._newer()):
                bound = max(absolute, int((last or 0) * percent / 100))
                vanished = self._write(complete=complete, only_short=only_short, bound=bound, left_out=left_out)
            outcome = self._finish(
                RosterOutcome(
                    roster=self.roster.name,
                    status=ReadStatus.COMPLETE if complete else ReadStatus.PARTIAL,
                    proved=summary.proved,
                    origin=summary.origin,
                    records=summary.rows,
                    workers=workers,
                    problems=tuple(map(str, (*found, *left_out.problems))),
                    inferred=vanished.inferred,
                    waiting=vanished.waiting,
                    forgotten=vanished.forgotten,
                    error="",
                ),
                dated_at=summary.dated_at,
                digest=summary.digest,
                only_short=only_short,
                came_again=again is not None,
            )
        self._close()
        return outcome

    def fail(self, error: str) -> RosterOutcome:
        """Write down that it couldn't be read; what is known stays."""
        self._close()
        return self._finish(
            RosterOutcome(
                roster=self.roster.name,
                status=ReadStatus.FAILED,
                proved=False,
                origin="",
                records=0,
                workers=0,
                problems=(),
                inferred=0,
                waiting=0,
                error=error,
            ),
            dated_at=None,
            digest="",
            only_short=False,
        )

    def _write(self, *, complete: bool, only_short: bool, bound: int, left_out: LeftOut) -> _Vanished:
        values = {
            "roster": self.roster.name,
            "id_space": self.roster.id_space,
            "as_of": self.as_of,
            "observed_at": self.observed_at,
            "complete": complete,
            "bound": bound,
            "read_id": self.read_id,
            "untold": [*left_out.workers, *left_out.records],
            "records_untold": list(left_out.records),
        }
        silence_tells = self.roster.coverage is not Coverage.LEAVERS
        steps = ["find_here", "insert_workers", "insert_persons", "withhold_departures"]
        steps += ["insert_employments", "insert_worker_keys"]
        steps += ["note_gone", "merge_workers", "merge_employments"]
        steps += ["drop_mistaken_keys", "merge_worker_keys"] if complete else ["merge_worker_keys"]
        if complete:
            steps += ["drop_employments", "close_worker_keys"]
        steps += ["note_mixed_keys"]
        if silence_tells and (complete or only_short):
            steps += ["mark_missing"]
        if silence_tells and complete:
            steps += ["mark_superseded"]
        for step in steps:
            for statement in statements("rosters", step):
                self.session.execute(statement, values)
        if not (complete and silence_tells):
            return _Vanished(inferred=0, waiting=0)
        with self.session.cursor(row_factory=scalar_row) as cursor:
            forgotten = cursor.execute(block("rosters", "forget_unaccepted"), values).fetchone() or 0
        with self.session.cursor(row_factory=class_row(_Vanished)) as cursor:
            vanished = cursor.execute(block("rosters", "infer_vanished"), values).fetchone()
        assert vanished is not None
        return replace(vanished, forgotten=forgotten)

    def _of_nobody_known(self, summary: RosterSummary, left_out: LeftOut) -> list[Problem]:
        """Whose record is garbled, and who was never told of: it may be the row of somebody who seems to be missing."""
        values = {"roster": self.roster.name, "told": list(left_out.garbled)}
        with self.session.cursor(row_factory=scalar_row) as cursor:
            unknown = cursor.execute(block("rosters", "never_told"), values).fetchall() if left_out.garbled else []
        return [_unknown(summary, unknown)] if unknown else []

    def _fold(self) -> None:
        values = {"observed_at": self.observed_at, "ranks": [rank.value for rank in RANKS]}
        with self.session.cursor(row_factory=scalar_row) as cursor:
            if cursor.execute(block("rosters", "ticked_by_mistake"), values).fetchone():
                raise RetriableError(
                    f"rosters.{self.roster.name}: another run has written workers of this roster that it had looked at"
                    " earlier. Read it again."
                )
        for statement in statements("rosters", "fold_twice"):
            self.session.execute(statement, values)

    def _knows_nothing(self) -> bool:
        """Whether no read of this roster has told anything yet."""
        values = {"roster": self.roster.name, "read_id": self.read_id}
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return bool(cursor.execute(block("rosters", "knows_nothing"), values).fetchone())

    def _placed(self, *, is_whole: bool) -> bool:
        """Whether the workers were put straight into place: told whole, each once, and still nothing is known."""
        new = self._new
        if new is None:
            return False
        if is_whole and not new.tangled and self._knows_nothing() and new.placed():
            return True
        new.give_back()
        new.close()
        self._new = None
        self.session.execute(block("rosters", "stage_statistics"))
        return False

    def _close(self) -> None:
        if self._new:
            self._new.close()

    def _workers(self) -> int:
        if self._new:
            return self._new.workers
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(block("rosters", "staged_counts")).fetchone() or 0

    def _last_complete(self) -> int | None:
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(
                block("rosters", "last_complete_workers"), {"roster": self.roster.name, "read_id": self.read_id}
            ).fetchone()

    def _newer(self) -> bool:
        values = {"roster": self.roster.name, "read_id": self.read_id, "observed_at": self.observed_at}
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return bool(cursor.execute(block("rosters", "newer_roster_read"), values).fetchone())

    def _finish(
        self,
        outcome: RosterOutcome,
        *,
        dated_at: datetime | None,
        digest: str,
        only_short: bool,
        came_again: bool = False,
    ) -> RosterOutcome:
        run_ends.reopen(self.session, self.run_id)
        self.session.execute(
            block("rosters", "finish_roster_read"),
            {
                "read_id": self.read_id,
                "status": outcome.status,
                "proved": outcome.proved,
                "origin": outcome.origin,
                "dated_at": dated_at,
                "digest": digest,
                "records": outcome.records,
                "workers": outcome.workers,
                "problems": Jsonb(list(outcome.problems)),
                "error": outcome.error,
                "only_short": only_short,
                "came_again": came_again,
                "inferred": outcome.inferred,
                "waiting": outcome.waiting,
            },
        )
        if not outcome.error:
            runs.expect_judging(self.session, self.run_id)
        return outcome


def retire_rosters(session: Session, configured: Sequence[str]) -> None:
    """Rosters that the configuration no longer names."""
    session.execute(block("rosters", "retire_rosters"), {"names": list(configured)})


def retired_rosters(session: Session) -> list[str]:
    """Return the names of rosters that are no longer configured, in order."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(name) for name in cursor.execute(block("rosters", "retired_rosters"))]


def _unknown(summary: RosterSummary, worker_ids: Sequence[str]) -> Problem:
    listed = ", ".join(worker_ids[:_LISTED]) + (" and others" if len(worker_ids) > _LISTED else "")
    return Problem(
        record=summary.origin,
        text=f"rows are left out of workers that it never told of before ({listed})",
        fix="Mend these rows: until then it isn't known who is missing, and nobody's absence is taken for leaving.",
    )


def _short(summary: RosterSummary, workers: int, last: int, run_id: int, roster: str) -> Problem:
    return Problem(
        record=summary.origin,
        text=f"{workers} workers, where the last complete read had {last}: nobody is taken to have left from this read",
        fix="Ask HR for the whole feed; if it really shrank: "
        f'python -m offboarding accept-read {run_id} {roster} --reason "..."',
    )
