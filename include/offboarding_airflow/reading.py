"""Tasks that read: the rosters, what there is to read of each source, and each of its parts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from airflow.sdk import task

from offboarding import wiring
from offboarding.model import RunKind
from offboarding.runs import pipeline
from offboarding_airflow.tasks import own_run
from offboarding_airflow.work import at_work

PART = "{{ (task.op_kwargs.source ~ ' ' ~ task.op_kwargs.part) | trim }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The reads of one DAG's runs."""

    kind: RunKind

    @property
    def timeout(self) -> timedelta:
        """How long a task that reads may take: as long as a read of its kind at most, with a third more for the store.

        A read ends itself before, at its own `max_read_minutes`; this ends what cannot be interrupted from within.
        """
        return pipeline.longest_read(self.kind) * 4 / 3

    def rosters(self, check: int) -> Any:
        """Read who works here, a task for each roster."""

        @task(show_return_value_in_logs=False)
        def find_rosters(check: int) -> list[dict[str, str]]:
            with at_work() as (loaded, session):
                own_run(session, check)
                return [{"name": roster.name} for roster in loaded.settings.rosters]

        @task(map_index_template="{{ task.op_kwargs.name }}", execution_timeout=self.timeout)
        def read_roster(check: int, name: str) -> None:
            with at_work() as (loaded, session):
                run = own_run(session, check)
                reader = wiring.roster(loaded.settings, name, run.as_of)
                pipeline.read_roster(session, loaded.settings, run, loaded.settings.roster(name), reader)

        return read_roster.partial(check=check).expand_kwargs(find_rosters(check))

    def parts(self, check: int) -> Any:
        """What there is to read of each source; an organization's accounts are asked for."""

        @task(show_return_value_in_logs=False, execution_timeout=self.timeout)
        def find_parts(check: int) -> list[dict[str, str]]:
            with at_work() as (loaded, session):
                run = own_run(session, check)
                ask = wiring.asker_of_parts(loaded.settings, run.as_of)
                found = pipeline.find_parts(session, loaded.settings, run, ask)
                return [{"source": source, "part": part} for source, part in found]

        return find_parts(check)

    def each(self, work: Callable[..., object], check: int, parts: Any) -> Any:
        """A function of the pipeline, as a task for each part of each source."""

        @task(task_id=work.__name__, map_index_template=PART, execution_timeout=self.timeout)
        def step(check: int, source: str, part: str) -> None:
            with at_work() as (loaded, session):
                run = own_run(session, check)
                reader = wiring.source(loaded.settings, source, part, run.as_of)
                work(session, loaded.settings, run, loaded.settings.source(source), part, reader)

        return step.partial(check=check).expand_kwargs(parts)
