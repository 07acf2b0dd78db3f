"""Some people, now: what of theirs still works?

Trigger it with worker ids, mails or logins, each of which must stand for exactly one person, or with the ids of
notices, of departures that HR's feed doesn't tell yet. The log of `tell` says what these people still hold. Rosters are
read whole, since they say who left; directories and clouds are asked for these people's accounts alone
(docs/departure.md).
"""

from datetime import timedelta
from typing import cast

from airflow.sdk import DAG, Param, TriggerRule, chain, task

from offboarding import wiring
from offboarding.model import RunKind
from offboarding.runs import pipeline
from offboarding_airflow.links import TicketsLink, linked
from offboarding_airflow.queue import told, watched
from offboarding_airflow.reading import Reading
from offboarding_airflow.tasks import AS_OF, GOES_ON, context, once, opened, own_run
from offboarding_airflow.versions import AirflowSkipException, ParamsDict
from offboarding_airflow.waiting import ask_to_revoke
from offboarding_airflow.work import MOST_PEOPLE, at_work, tried_again

PEOPLE = Param(
    None,
    title="People",
    description="Worker ids, such as hr:10442, mails or logins, one a line. These or notices are needed.",
    type=["null", "array"],
    items={"type": "string", "pattern": r"\S"},
    maxItems=MOST_PEOPLE,
)
NOTICES = Param(
    None,
    title="Notices",
    description="Ids of departures told before HR tells them, such as n-4f2a91, one a line.",
    type=["null", "array"],
    items={"type": "string", "pattern": "^n-[0-9a-f]{6}$"},
    maxItems=MOST_PEOPLE,
)


@task(trigger_rule=GOES_ON, show_return_value_in_logs=False)
def find_people(begun: int) -> int:
    """Whom it's about. Everything that follows takes the run from here: without people nothing is done."""
    with at_work() as (loaded, session):
        run = own_run(session, begun)
        asked, came = context()["params"], told(context())
        queue = wiring.queue(loaded.settings) if came else None
        sent = pipeline.take_messages(session, run, queue, came) if queue else None
        if not pipeline.find_people(session, loaded.settings, run, asked["people"] or [], asked["notices"] or [], sent):
            raise AirflowSkipException("These messages came before, and were seen to.")
        return run.run_id


@task(trigger_rule=GOES_ON)
def tell(check: int) -> None:
    """What these people still hold. Red where something of theirs was left unchecked."""
    with at_work() as (loaded, session):
        run = own_run(session, check)
        pipeline.conclude(session, loaded.settings, run, wiring.trackers, wiring.notifiers, wiring.pagers)
        pipeline.report_departure(session, run)


@task(retries=0, trigger_rule=TriggerRule.NONE_FAILED)
def end(begun: int) -> None:
    """Red where nothing was concluded. Airflow colours a run by its last task: a skipped one must not make it green."""
    with at_work() as (_, session):
        pipeline.expect_report(own_run(session, begun))


def define() -> None:
    """Make the DAG, by the queue of the configuration as it is now."""
    with DAG(
        "offboarding_departure",
        description="What of some people's still works? Checked now, by their ids.",
        schedule=watched(wiring.schedules().queue),
        dagrun_timeout=timedelta(minutes=30),
        default_args=tried_again(1, seconds=10),
        params=ParamsDict({"people": PEOPLE, "notices": NOTICES, "as_of": AS_OF}),
        tags=["offboarding"],
        doc_md=__doc__,
    ):
        run = opened(pipeline.open_departure)
        reading = Reading(kind=RunKind.DEPARTURE)
        parts = reading.parts(run)
        found = find_people(run)
        check = cast("int", found)
        collected, detailed = (reading.each(work, check, parts) for work in (pipeline.collect, pipeline.detail))
        correlated, last = once(pipeline.correlate, check, GOES_ON), linked(tell(check), TicketsLink())
        chain([reading.rosters(run), parts], found, collected, correlated, detailed, last)
        asked = ask_to_revoke(check)
        chain([found, last], asked)
        chain([last, asked], end(run))
