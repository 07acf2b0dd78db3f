"""The whole check, every night: who left, and what of theirs still works?

Each task opens its own session on the store; between tasks go ids and names from the configuration, and nothing else.
A source that can't be read fails its own task, the others go on, and the night is red in the end.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from airflow.sdk import DAG, CronTriggerTimetable, Param, TriggerRule, chain, get_current_context, task
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.definitions.retry_policy import ExceptionRetryPolicy, RetryAction, RetryRule

from include.offboarding import pipeline, wiring
from include.offboarding.errors import FatalError

context = cast("Callable[[], dict[str, Any]]", get_current_context)
SETTINGS = wiring.configured()
ROSTERS = [{"name": roster.name} for roster in SETTINGS.rosters]
HOPELESS = RetryRule(exception=FatalError, action=RetryAction.FAIL, reason="a person has to act first")
GOES_ON = TriggerRule.ALL_DONE_MIN_ONE_SUCCESS
"""Whatever failed before, as long as there is a run to speak of."""


@task(show_return_value_in_logs=False)
def open_run() -> int:
    """Begin the night, or find the run that this one began before it was retried."""
    with wiring.at_work() as (loaded, session):
        as_of = wiring.moment(context()["params"]["as_of"])
        return pipeline.open_run(session, loaded.settings, caller=context()["run_id"], as_of=as_of).run_id


@task(map_index_template="{{ label }}")
def read_roster(night: int, name: str) -> None:
    """Read who works here."""
    context()["label"] = name
    with wiring.at_work() as (loaded, session):
        run = pipeline.find_run(session, night)
        roster = wiring.roster(loaded.settings, name, run.as_of)
        pipeline.read_roster(session, loaded.settings, run, loaded.settings.roster(name), roster)


@task(show_return_value_in_logs=False)
def find_parts(night: int) -> list[dict[str, str]]:
    """What there is to read of each source; an organization's accounts are asked for."""
    with wiring.at_work() as (loaded, session):
        run = pipeline.find_run(session, night)
        ask = wiring.asker_of_parts(loaded.settings, run.as_of)
        found = pipeline.find_parts(session, loaded.settings, run, ask)
        return [{"source": source, "part": part} for source, part in found]


@task
def ticket(night: int) -> None:
    """Tell the tracker what the guard let through."""
    with wiring.at_work() as (loaded, session):
        pipeline.ticket(session, loaded.settings, pipeline.find_run(session, night), wiring.tracker(loaded.settings))


@task(retries=0)
def end(night: int) -> None:
    """Red where something was left unchecked: the report says what."""
    with wiring.at_work() as (_, session):
        pipeline.end(session, pipeline.find_run(session, night))


def of_each_source(work: Callable[..., object], night: int, parts: Any) -> Any:
    """A function of the pipeline, as a task for each part of each source."""

    @task(task_id=work.__name__, map_index_template="{{ label }}")
    def step(night: int, source: str, part: str) -> None:
        context()["label"] = f"{source} {part}".strip()
        with wiring.at_work() as (loaded, session):
            run = pipeline.find_run(session, night)
            reader = wiring.source(loaded.settings, source, part, run.as_of)
            work(session, loaded.settings, run, loaded.settings.source(source), part, reader)

    return step.partial(night=night).expand_kwargs(parts)


def of_the_night(work: Callable[..., object], night: int, rule: TriggerRule = TriggerRule.ALL_SUCCESS) -> Any:
    """A function of the pipeline, as one task."""

    @task(task_id=work.__name__, trigger_rule=rule)
    def step(night: int) -> None:
        with wiring.at_work() as (loaded, session):
            work(session, loaded.settings, pipeline.find_run(session, night))

    return step(night)


with DAG(
    "offboarding_nightly",
    schedule=CronTriggerTimetable(SETTINGS.policy.nightly, timezone=SETTINGS.company.time_zone),
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args={"retries": 2, "retry_delay": 60, "retry_policy": ExceptionRetryPolicy(rules=[HOPELESS])},
    params=ParamsDict({"as_of": Param(None, "The moment of the check", type=["null", "string"], format="date-time")}),
    tags=["offboarding"],
    doc_md=__doc__,
):
    night = cast("int", open_run())
    parts = find_parts(night)
    read = [read_roster.partial(night=night).expand_kwargs(ROSTERS), of_each_source(pipeline.collect, night, parts)]
    correlated = of_the_night(pipeline.correlate, night, GOES_ON)
    detailed = of_each_source(pipeline.detail, night, parts)
    evaluated, guarded = of_the_night(pipeline.evaluate, night, GOES_ON), of_the_night(pipeline.guard, night)
    told, reported = ticket(night), of_the_night(pipeline.report, night, GOES_ON)
    chain(read, correlated, detailed, evaluated, guarded, told, reported)
    chain([evaluated, guarded, told, reported], end(night))
