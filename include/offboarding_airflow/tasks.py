"""Tasks that the DAGs share: between them go ids and configured names."""

from collections.abc import Callable
from typing import Any, cast

from airflow.sdk import Asset, Param, TriggerRule, get_current_context, task

from offboarding import wiring
from offboarding.runs import pipeline
from offboarding_airflow.work import at_work

context = cast("Callable[[], dict[str, Any]]", get_current_context)
GOES_ON = TriggerRule.ALL_DONE_MIN_ONE_SUCCESS
"""Whatever failed before, as long as there is a run to speak of."""
WAITS = Asset("offboarding_waits")
"""Something waits for a person: each event holds the run's id, and begins an offboarding_release."""
AS_OF = Param(
    None,
    "The moment of the check; now, if left empty.",
    title="As of",
    type=["null", "string"],
    format="date-time",
)


def opened(begin: Callable[..., Any]) -> int:
    """The run's id: of a run that begins here, or of the one that this task began before it was retried."""

    @task(show_return_value_in_logs=False)
    def open_run() -> int:
        with at_work() as (loaded, session):
            as_of = wiring.moment(context()["params"]["as_of"])
            return begin(session, loaded.settings, caller=context()["run_id"], as_of=as_of).run_id

    return cast("int", open_run())


def each_roster(check: int, settings: Any) -> Any:
    """Read who works here, a task a roster. The DAG that is made reads the settings."""

    @task(map_index_template="{{ task.op_kwargs.name }}")
    def read_roster(check: int, name: str) -> None:
        with at_work() as (loaded, session):
            run = pipeline.find_run(session, check)
            reader = wiring.roster(loaded.settings, name, run.as_of)
            pipeline.read_roster(session, loaded.settings, run, loaded.settings.roster(name), reader)

    return read_roster.partial(check=check).expand_kwargs([{"name": roster.name} for roster in settings.rosters])


def all_parts(check: int) -> Any:
    """What there is to read of each source; an organization's accounts are asked for."""

    @task(show_return_value_in_logs=False)
    def find_parts(check: int) -> list[dict[str, str]]:
        with at_work() as (loaded, session):
            run = pipeline.find_run(session, check)
            ask = wiring.asker_of_parts(loaded.settings, run.as_of)
            found = pipeline.find_parts(session, loaded.settings, run, ask)
            return [{"source": source, "part": part} for source, part in found]

    return find_parts(check)


def each_part(work: Callable[..., object], check: int, parts: Any) -> Any:
    """A function of the pipeline, as a task for each part of each source."""

    @task(task_id=work.__name__, map_index_template="{{ (task.op_kwargs.source ~ ' ' ~ task.op_kwargs.part) | trim }}")
    def step(check: int, source: str, part: str) -> None:
        with at_work() as (loaded, session):
            run = pipeline.find_run(session, check)
            reader = wiring.source(loaded.settings, source, part, run.as_of)
            work(session, loaded.settings, run, loaded.settings.source(source), part, reader)

    return step.partial(check=check).expand_kwargs(parts)


def once(work: Callable[..., object], check: int, rule: TriggerRule = TriggerRule.ALL_SUCCESS) -> Any:
    """A function of the pipeline, as one task."""

    @task(task_id=work.__name__, trigger_rule=rule)
    def step(check: int) -> None:
        with at_work() as (loaded, session):
            work(session, loaded.settings, pipeline.find_run(session, check))

    return step(check)


def told(check: int) -> Any:
    """Tell the tracker what the guard let through."""

    @task
    def ticket(check: int) -> None:
        with at_work() as (loaded, session):
            run = pipeline.find_run(session, check)
            pipeline.ticket(session, loaded.settings, run, wiring.trackers(loaded.settings))

    return ticket(check)
