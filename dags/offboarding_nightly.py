"""The whole check, every night: who left, and what of theirs still works?

Each task opens its own session on the store; between tasks go ids and names from the configuration, and nothing else.
A source that can't be read fails its own task, the others go on, and the night is red in the end.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, Param, TriggerRule, dag, get_current_context, task
from airflow.sdk.definitions.retry_policy import ExceptionRetryPolicy, RetryAction, RetryRule

from include.offboarding import pipeline, wiring
from include.offboarding.errors import FatalError

SETTINGS = wiring.configured()
ONCE = ExceptionRetryPolicy(
    rules=[RetryRule(exception=FatalError, action=RetryAction.FAIL, reason="a person has to act first")]
)


@dag(
    schedule=CronTriggerTimetable(SETTINGS.policy.nightly, timezone=SETTINGS.company.time_zone),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1), "retry_policy": ONCE},
    params={
        "as_of": Param(
            None, type=["null", "string"], format="date-time", description="Departures are judged as of then; now."
        )
    },
    tags=["offboarding"],
    doc_md=__doc__,
)
def offboarding_nightly() -> None:
    @task(show_return_value_in_logs=False)
    def open_run() -> int:
        context = get_current_context()
        with wiring.at_work() as (loaded, session):
            as_of = wiring.moment(context["params"]["as_of"])
            return pipeline.open_run(session, loaded.settings, caller=context["run_id"], as_of=as_of).run_id

    @task(map_index_template="{{ label }}", show_return_value_in_logs=False)
    def read_roster(run_id: int, name: str) -> None:
        get_current_context()["label"] = name
        with wiring.at_work() as (loaded, session):
            run = pipeline.find_run(session, run_id)
            roster = wiring.roster(loaded.settings, name, run.as_of)
            pipeline.read_roster(session, loaded.settings, run, loaded.settings.roster(name), roster)

    @task(map_index_template="{{ label }}", show_return_value_in_logs=False)
    def collect(run_id: int, source: str, part: str) -> None:
        get_current_context()["label"] = f"{source} {part}".strip()
        with wiring.at_work() as (loaded, session):
            run = pipeline.find_run(session, run_id)
            reader = wiring.source(loaded.settings, source, part, run.as_of)
            pipeline.collect(session, loaded.settings, run, loaded.settings.source(source), part, reader)

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def correlate(run_id: int) -> None:
        with wiring.at_work() as (loaded, session):
            pipeline.correlate(session, loaded.settings, pipeline.find_run(session, run_id))

    @task(map_index_template="{{ label }}", show_return_value_in_logs=False)
    def detail(run_id: int, source: str, part: str) -> None:
        get_current_context()["label"] = f"{source} {part}".strip()
        with wiring.at_work() as (loaded, session):
            run = pipeline.find_run(session, run_id)
            reader = wiring.source(loaded.settings, source, part, run.as_of)
            pipeline.detail(session, loaded.settings, run, loaded.settings.source(source), part, reader)

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def evaluate(run_id: int) -> None:
        with wiring.at_work() as (loaded, session):
            pipeline.evaluate(session, loaded.settings, pipeline.find_run(session, run_id))

    @task
    def guard(run_id: int) -> None:
        with wiring.at_work() as (loaded, session):
            pipeline.guard(session, loaded.settings, pipeline.find_run(session, run_id))

    @task
    def ticket(run_id: int) -> None:
        with wiring.at_work() as (loaded, session):
            told = wiring.tracker(loaded.settings)
            pipeline.ticket(session, loaded.settings, pipeline.find_run(session, run_id), told)

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def report(run_id: int) -> None:
        with wiring.at_work() as (loaded, session):
            pipeline.report(session, loaded.settings, pipeline.find_run(session, run_id))

    @task(retries=0)
    def end(run_id: int) -> None:
        """Red where something was left unchecked: the report says what."""
        with wiring.at_work() as (_, session):
            pipeline.end(session, pipeline.find_run(session, run_id))

    run_id = open_run()
    parts = [{"source": source.name, "part": part} for source in SETTINGS.sources for part in source.parts()]
    read = read_roster.partial(run_id=run_id).expand(name=[roster.name for roster in SETTINGS.rosters])
    collected = collect.partial(run_id=run_id).expand_kwargs(parts)
    correlated = correlate(run_id)
    detailed = detail.partial(run_id=run_id).expand_kwargs(parts)
    evaluated = evaluate(run_id)
    guarded, told, reported = guard(run_id), ticket(run_id), report(run_id)
    [read, collected] >> correlated >> detailed >> evaluated >> guarded >> told >> reported
    [evaluated, guarded, told, reported] >> end(run_id)


offboarding_nightly()
