"""The whole check, every night: who left, and what of theirs still works?

Each task opens its own session on the store; between tasks go ids and names from the configuration, and nothing else.
A source that can't be read fails its own task, the others go on, and the night is red in the end.
"""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, chain, task
from airflow.sdk.definitions.param import ParamsDict

from dags.offboarding_tasks import (
    AS_OF,
    ASKED_AGAIN,
    GOES_ON,
    all_parts,
    each_part,
    each_roster,
    once,
    opened,
    told,
)
from include.offboarding import pipeline, wiring

SETTINGS = wiring.configured()


@task(retries=0)
def end(check: int) -> None:
    """Red where something was left unchecked: the report says what."""
    with wiring.at_work() as (_, session):
        pipeline.end(session, pipeline.find_run(session, check))


with DAG(
    "offboarding_nightly",
    schedule=CronTriggerTimetable(SETTINGS.policy.nightly, timezone=SETTINGS.company.time_zone),
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args={"retries": 2, "retry_delay": 60, "retry_policy": ASKED_AGAIN},
    params=ParamsDict({"as_of": AS_OF}),
    tags=["offboarding"],
    doc_md=__doc__,
):
    night = opened(pipeline.open_run)
    parts = all_parts(night)
    read = [each_roster(night, SETTINGS), each_part(pipeline.collect, night, parts)]
    correlated = once(pipeline.correlate, night, GOES_ON)
    detailed = each_part(pipeline.detail, night, parts)
    evaluated, guarded = once(pipeline.evaluate, night, GOES_ON), once(pipeline.guard, night)
    ticketed, reported = told(night), once(pipeline.report, night, GOES_ON)
    chain(read, correlated, detailed, evaluated, guarded, ticketed, reported)
    chain([evaluated, guarded, ticketed, reported], end(night))
