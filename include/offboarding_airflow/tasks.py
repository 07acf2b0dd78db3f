"""Tasks that the DAGs share: between them go ids and configured names."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from airflow.sdk import Asset, Param, TriggerRule, get_current_context, task

from offboarding import wiring
from offboarding.runs import pipeline
from offboarding_airflow.anchor import compare_with_anchor
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


CALLERS = {
    "offboarding_nightly": ("",),
    "offboarding_departure": ("departure ",),
    "offboarding_verify": ("verify ", "departure of verify "),
}
"""What stands before a DAG run's id in the name of the runs that it begins."""


def own_run(session: wiring.Session, check: int) -> Any:
    """Return the run that this DAG run began. Raises FatalError for another's: a user may write XComs."""
    begun = context()["dag_run"]
    return pipeline.find_run(session, check, callers=[f"{each}{begun.run_id}" for each in CALLERS[begun.dag_id]])


def asked_moment(session: wiring.Session) -> datetime | None:
    """The moment that this run is to begin by; None for now. Raises FatalError where its param looks far back."""
    asked = context()["params"]["as_of"]
    as_of = wiring.moment(asked)
    if asked and as_of:
        pipeline.refuse_earlier(session, as_of)
    return as_of


def opened(begin: Callable[..., Any]) -> int:
    """The run's id: of a run that begins here, or of the one that this task began before it was retried."""

    @task(show_return_value_in_logs=False)
    def open_run() -> int:
        with at_work() as (loaded, session):
            run = begin(session, loaded.settings, caller=context()["run_id"], as_of=asked_moment(session))
            return compare_with_anchor(session, run.run_id)

    return cast("int", open_run())


def once(work: Callable[..., object], check: int, rule: TriggerRule = TriggerRule.ALL_SUCCESS) -> Any:
    """A function of the pipeline, as one task."""

    @task(task_id=work.__name__, trigger_rule=rule)
    def step(check: int) -> None:
        with at_work() as (loaded, session):
            work(session, loaded.settings, own_run(session, check))

    return step(check)


def told(check: int) -> Any:
    """Tell the tracker what the guard let through."""

    @task
    def ticket(check: int) -> None:
        with at_work() as (loaded, session):
            run = own_run(session, check)
            pipeline.ticket(session, loaded.settings, run, wiring.trackers(loaded.settings))

    return ticket(check)
