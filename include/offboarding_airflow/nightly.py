"""The whole check, every night: who left, and what of theirs still works?

Begin with the log of `report`. A red night fails in `end`, whose last line says why; a source or roster that can't be
read fails its own task too, and the others go on. What the guard holds is asked about by `offboarding_release`, and
what may be shut.
"""

from datetime import timedelta

from airflow.sdk import DAG, TriggerRule, chain, task

from offboarding import wiring
from offboarding.model import RunKind
from offboarding.runs import pipeline
from offboarding.runs.order import NIGHT
from offboarding_airflow.keeping import keep_report
from offboarding_airflow.late import tell_late
from offboarding_airflow.links import NightLink, TicketsLink, linked
from offboarding_airflow.metrics import in_numbers
from offboarding_airflow.queue import ask_queue
from offboarding_airflow.reading import Reading
from offboarding_airflow.tasks import (
    AS_OF,
    GOES_ON,
    once,
    opened,
    own_run,
    told,
)
from offboarding_airflow.versions import CronTriggerTimetable, ParamsDict, due_within
from offboarding_airflow.waiting import ask, propose
from offboarding_airflow.work import at_work, tried_again

ONCE = (pipeline.correlate, pipeline.evaluate, pipeline.guard, in_numbers(pipeline.report))
RULES = {True: GOES_ON, False: TriggerRule.ALL_SUCCESS}
CONCLUDING = ("evaluate", "guard", "ticket", "alert", "report")
"""Where one of them fails, the run does."""


@task
def alert(check: int) -> None:
    """Tell people now, by mail or in Slack, what can't wait for the queue, and call who is to be called."""
    with at_work() as (loaded, session):
        own_run(session, check)
        try:
            pipeline.alert(session, wiring.notifiers(loaded.settings))
        finally:
            pipeline.page(session, loaded.settings, wiring.pagers(loaded.settings))


@task(retries=0, trigger_rule=TriggerRule.NONE_FAILED)
def end(check: int) -> None:
    """Red where something was left unchecked: the report says what."""
    with at_work() as (_, session):
        run = own_run(session, check)
        pipeline.expect_report(run)
        pipeline.end(session, run)


def define() -> None:
    """Make the DAG, by the schedules of the configuration as it is now."""
    due = wiring.schedules()
    with DAG(
        "offboarding_nightly",
        description="Who left, and what of theirs still works? The whole check, every night.",
        schedule=CronTriggerTimetable(due.nightly, timezone=due.time_zone),
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=6),
        **due_within(due.nightly_takes, tell_late),
        default_args={**tried_again(2, seconds=60), "execution_timeout": timedelta(hours=1)},
        params=ParamsDict({"as_of": AS_OF}),
        tags=["offboarding"],
        doc_md=__doc__,
    ):
        night = opened(pipeline.open_run)
        reading = Reading(kind=RunKind.NIGHTLY)
        parts = reading.parts(night)
        steps = {
            "read_roster": reading.rosters(night),
            **{work.__name__: reading.each(work, night, parts) for work in (pipeline.collect, pipeline.detail)},
            **{
                work.__name__: linked(once(work, night, RULES[NIGHT[work.__name__].goes_on]), NightLink())
                for work in ONCE
            },
            "ticket": linked(told(night), NightLink(), TicketsLink()),
            "alert": linked(alert(night), NightLink()),
            "ask_queue": ask_queue(night),
        }
        for name, step in NIGHT.items():
            for before in step.after:
                chain(steps[before], steps[name])
        # What the guard holds is asked about even if nothing is proposed, or could be proposed.
        proposed, asked, kept = propose(night), ask(night), linked(keep_report(night), NightLink())
        chain(steps["report"], proposed, asked)
        chain(steps["report"], [asked, kept])
        chain([*(steps[name] for name in CONCLUDING), proposed, asked, kept], linked(end(night), NightLink()))
