"""One roster, night after night, in a real store: short words for tests of what one read does to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from offboarding.config.policy import MaxInferred, Policy
from offboarding.config.settings import Settings
from offboarding.model import Coverage, LeftOut, Problem, Worker
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from offboarding.store.rows import RosterOutcome
from tests.support import oracle
from tests.support.night import ListedRoster, rows_of, settings_of
from tests.support.small_company import worker

BROKEN = (Problem(record="row 7", text="no worker id", fix="Give it one."),)


def night_of(day: int) -> datetime:
    """Of November 2026, after Seoul's midnight: that day has ended there."""
    return datetime(2026, 11, day, 16, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A roster of the realm corp, and what the store knows by it."""

    session: Session
    coverage: Coverage = Coverage.FULL
    bound: int = 5
    min_percent: float = 0
    name: str = "hr"

    @property
    def settings(self) -> Settings:
        roster = oracle.RosterRead(
            name=self.name, id_space="hr", login_realm="corp", coverage=self.coverage, workers=()
        )
        policy = Policy(max_inferred=MaxInferred(absolute=self.bound, percent=0), min_roster_percent=self.min_percent)
        return settings_of(oracle.Company(as_of=night_of(1), rosters=(roster,)), policy)

    def read(
        self,
        day: int,
        *workers: Worker,
        problems: Sequence[Problem] = (),
        left_out: LeftOut | None = None,
        caller: str = "",
    ) -> RosterOutcome:
        """A night: the read, and what correlation makes of it."""
        settings = self.settings
        run = pipeline.open_run(self.session, settings, caller=caller or f"night {day}", as_of=night_of(day))
        roster = ListedRoster(workers, problems, left_out or LeftOut())
        outcome = pipeline.read_roster(self.session, settings, run, settings.roster(self.name), roster)
        pipeline.correlate(self.session, settings, run)
        return outcome

    def correlate(self, day: int) -> None:
        settings = self.settings
        run = pipeline.open_run(self.session, settings, caller=f"night {day}", as_of=night_of(day))
        pipeline.correlate(self.session, settings, run)

    def left(self) -> dict[str, str]:
        """Leavers' worker ids, with the basis."""
        rows = self.ask(
            "select w.worker_id, d.basis from departure d join worker w using (worker_pk)"
            " where d.valid_to is null and not d.returned"
        )
        return dict[str, str](rows)

    def vanished(self) -> set[str]:
        """Who is taken to have left."""
        return {worker_id for (worker_id,) in self.ask("select worker_id from worker where vanished_at is not null")}

    def ask(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        return rows_of(self.session, query, *values)


def listed(*numbers: int) -> list[Worker]:
    """Workers of these numbers, at work since 2015."""
    return [worker(str(number)) for number in numbers]
