"""Every hour, until it's dead: does what was ticketed still work, and whose last day has ended meanwhile?

Two checks beside each other. `open`: exactly what open findings are about is looked at again, live; what is dead is
ticked, a ticket that somebody closed too early is opened again, and what is past due is told. `due`: a departure of
those whose last day has ended since the last night. Begin with the logs of `open.tell_open` and `due.tell_due`.
"""

from datetime import timedelta
from typing import Any, cast

from airflow.sdk import DAG, TriggerRule, chain, task, task_group

from offboarding import wiring
from offboarding.model import RunKind
from offboarding.runs import pipeline
from offboarding_airflow.anchor import compare_with_anchor
from offboarding_airflow.links import TicketsLink, linked
from offboarding_airflow.metrics import in_numbers
from offboarding_airflow.reading import Reading
from offboarding_airflow.tasks import AS_OF, GOES_ON, asked_moment, context, once, own_run
from offboarding_airflow.versions import CronTriggerTimetable, ParamsDict
from offboarding_airflow.work import at_work, tried_again


def begun(begin: Any, task_id: str) -> int:
    """The run's id; 0 where there is nothing to do, and nothing that follows is done."""

    @task.short_circuit(task_id=task_id, show_return_value_in_logs=False)
    def step() -> int:
        with at_work() as (loaded, session):
            run = begin(session, loaded.settings, caller=context()["run_id"], as_of=asked_moment(session))
            return compare_with_anchor(session, run.run_id) if run else 0

    return cast("int", step())


@task(show_return_value_in_logs=False)
def find_parts(check: int) -> list[dict[str, str]]:
    """What tells of open findings."""
    with at_work() as (loaded, session):
        own_run(session, check)
        return [{"source": source, "part": part} for source, part in pipeline.parts_to_verify(session, loaded.settings)]


@task(trigger_rule=TriggerRule.ALL_DONE)
def tell_open(check: int) -> None:
    """Judge those cases, tell the tracker and whoever is told at once. Red where something couldn't be looked at."""
    with at_work() as (loaded, session):
        run = own_run(session, check)
        pipeline.conclude(session, loaded.settings, run, wiring.trackers, wiring.notifiers, wiring.pagers)
        in_numbers(pipeline.report_verify)(session, run)


@task(trigger_rule=TriggerRule.ALL_DONE)
def tell_due(check: int) -> None:
    """Judge these people's cases, and tell the tracker. Red where something of theirs was left unchecked."""
    with at_work() as (loaded, session):
        run = own_run(session, check)
        pipeline.conclude(session, loaded.settings, run, wiring.trackers, wiring.notifiers, wiring.pagers)
        pipeline.report_departure(session, run)


@task_group(group_id="open")
def look_again() -> None:
    """What is open."""
    check = begun(pipeline.open_verify, "begin")
    parts = find_parts(check)
    reading = Reading(kind=RunKind.VERIFY)
    chain(parts, reading.each(pipeline.reread, check, parts), linked(tell_open(check), TicketsLink()))


@task_group(group_id="due")
def departures() -> None:
    """Whose last day has ended."""
    check = begun(pipeline.open_due, "begin")
    reading = Reading(kind=RunKind.DEPARTURE)
    parts = reading.parts(check)
    collected, detailed = (reading.each(work, check, parts) for work in (pipeline.collect, pipeline.detail))
    read = [reading.rosters(check), collected]
    chain(read, once(pipeline.correlate, check, GOES_ON), detailed, linked(tell_due(check), TicketsLink()))


def define() -> None:
    """Make the DAG, by the schedules of the configuration as it is now."""
    due = wiring.schedules()
    with DAG(
        "offboarding_verify",
        description="Every hour: is what was ticketed dead yet, and whose last day has ended?",
        schedule=CronTriggerTimetable(due.verify, timezone=due.time_zone),
        max_active_runs=1,
        dagrun_timeout=timedelta(minutes=55),
        default_args=tried_again(1, seconds=30),
        params=ParamsDict({"as_of": AS_OF}),
        tags=["offboarding"],
        doc_md=__doc__,
    ):
        look_again()
        departures()
