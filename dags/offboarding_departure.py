"""Some people, now: what of theirs still works?

For departures that HR's feed tells. The tasks are the night's, about these people alone: rosters are read whole, since
they are quick and say who left; of directories and clouds only their accounts are asked for. Triggered by form or REST
with worker ids, mails or logins, each of which must stand for exactly one person.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from airflow.sdk import DAG, Param, TriggerRule, chain, get_current_context, task
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.definitions.retry_policy import ExceptionRetryPolicy, RetryAction, RetryRule

from include.offboarding import pipeline, wiring
from include.offboarding.errors import FatalError

context = cast("Callable[[], dict[str, Any]]", get_current_context)
SETTINGS = wiring.configured()
PARTS = [{"source": source.name, "part": part} for source in SETTINGS.sources for part in source.parts()]
HOPELESS = RetryRule(exception=FatalError, action=RetryAction.FAIL, reason="a person has to act first")
GOES_ON = TriggerRule.ALL_DONE_MIN_ONE_SUCCESS


@task(show_return_value_in_logs=False)
def open_run() -> int:
    """Begin the check, or find the run that this one began before it was retried."""
    with wiring.at_work() as (loaded, session):
        as_of = wiring.moment(context()["params"]["as_of"])
        return pipeline.open_departure(session, loaded.settings, caller=context()["run_id"], as_of=as_of).run_id


@task
def read_rosters(run_id: int) -> None:
    """Read who works here, one roster after the other, and find the people that were named."""
    with wiring.at_work() as (loaded, session):
        run = pipeline.find_run(session, run_id)
        for roster in loaded.settings.rosters:
            reader = wiring.roster(loaded.settings, roster.name, run.as_of)
            pipeline.read_roster(session, loaded.settings, run, roster, reader)
        pipeline.find_people(session, loaded.settings, run, context()["params"]["people"])


def of_each_source(work: Callable[..., object], run_id: int) -> Any:
    """A function of the pipeline, as a task for each part of each source."""

    @task(task_id=work.__name__, map_index_template="{{ label }}")
    def step(check: int, source: str, part: str) -> None:
        context()["label"] = f"{source} {part}".strip()
        with wiring.at_work() as (loaded, session):
            run = pipeline.find_run(session, check)
            reader = wiring.source(loaded.settings, source, part, run.as_of)
            work(session, loaded.settings, run, loaded.settings.source(source), part, reader)

    return step.partial(check=run_id).expand_kwargs(PARTS)


@task(trigger_rule=GOES_ON)
def correlate(run_id: int) -> None:
    """Whose each account is, with what was read now."""
    with wiring.at_work() as (loaded, session):
        pipeline.correlate(session, loaded.settings, pipeline.find_run(session, run_id))


@task(trigger_rule=GOES_ON)
def tell(run_id: int) -> None:
    """Judge these people's cases, look before anything is written outside, and tell the tracker."""
    with wiring.at_work() as (loaded, session):
        run = pipeline.find_run(session, run_id)
        pipeline.evaluate(session, loaded.settings, run)
        pipeline.guard(session, loaded.settings, run)
        pipeline.ticket(session, loaded.settings, run, wiring.tracker(loaded.settings))
        pipeline.report_departure(session, run)


with DAG(
    "offboarding_departure",
    schedule=None,
    dagrun_timeout=timedelta(minutes=30),
    default_args={"retries": 1, "retry_delay": 10, "retry_policy": ExceptionRetryPolicy(rules=[HOPELESS])},
    params=ParamsDict(
        {
            "people": Param(
                description="Worker ids (hr:10442), mails or logins, one a line",
                type="array",
                items={"type": "string", "minLength": 1},
                minItems=1,
            ),
            "as_of": Param(None, "The moment of the check", type=["null", "string"], format="date-time"),
        }
    ),
    tags=["offboarding"],
    doc_md=__doc__,
):
    opened = cast("int", open_run())
    read, collected = read_rosters(opened), of_each_source(pipeline.collect, opened)
    chain(read, collected, correlate(opened), of_each_source(pipeline.detail, opened), tell(opened))
