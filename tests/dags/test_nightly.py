"""The nightly DAG as Airflow reads it: what waits for what, and who may be asked again."""

import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pendulum
import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.models.taskinstance import TaskInstance
from airflow.sdk import DAG
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.timetables.base import DataInterval, TimeRestriction
from airflow.timetables.trigger import CronTriggerTimetable

from offboarding import wiring
from offboarding.interfaces.settings import MOST_READ_MINUTES
from offboarding.model import RunKind
from offboarding.model.errors import ConfigError
from offboarding.runs.ingest.bounds import TRIED_AGAIN_WITHIN, longest_read, seconds_for
from offboarding_airflow.work import RedError, RefusedError
from tests.support.source_tree import PROJECT

GOES_ON = "all_done_min_one_success"
FLOW = {
    "open_run": set[str](),
    "find_rosters": {"open_run"},
    "read_roster": {"open_run", "find_rosters"},
    "find_parts": {"open_run"},
    "collect": {"open_run", "find_parts"},
    "correlate": {"open_run", "read_roster", "collect"},
    "detail": {"open_run", "find_parts", "correlate"},
    "evaluate": {"open_run", "detail"},
    "guard": {"open_run", "evaluate"},
    "ticket": {"open_run", "guard"},
    "alert": {"open_run", "guard"},
    "ask_queue": {"open_run"},
    "report": {"open_run", "ticket", "alert", "ask_queue"},
    "propose": {"open_run", "report"},
    "ask": {"open_run", "report", "propose"},
    "keep_report": {"open_run", "report"},
    "end": {"open_run", "evaluate", "guard", "ticket", "alert", "report", "propose", "ask", "keep_report"},
}
"""Task -> what it waits for."""


@pytest.fixture(scope="module")
def bag() -> DagBag:
    return DagBag(dag_folder=PROJECT / "dags")


@pytest.fixture(scope="module")
def nightly(bag: DagBag) -> DAG:
    return bag.dags["offboarding_nightly"]


def of_task(dag: DAG, task_id: str, name: str) -> Any:
    """What was said of a task, mapped or not."""
    task: Any = dag.get_task(task_id)
    return task.partial_kwargs[name] if task.is_mapped else getattr(task, name)


def test_every_dag_is_read_without_error(bag: DagBag) -> None:
    assert bag.import_errors == {}
    names = ("nightly", "departure", "verify", "release", "decide", "decide_link", "approve")
    assert set(bag.dags) == {f"offboarding_{name}" for name in names}


def test_each_says_whose_it_is_and_what_it_does_in_a_sentence(bag: DagBag) -> None:
    for dag in bag.dags.values():
        tasks: list[Any] = dag.tasks
        assert {task.owner for task in tasks} == {"security"}
        assert dag.description
        assert dag.description.endswith((".", "?"))
        assert "offboarding" in dag.tags
        assert dag.doc_md
        assert dag.doc_md.strip().endswith(".")


def test_what_waits_for_what(nightly: DAG) -> None:
    assert {task.task_id: task.upstream_task_ids for task in nightly.tasks} == FLOW


def test_what_goes_on_whatever_failed_before(nightly: DAG) -> None:
    rules = {task.task_id: str(task.trigger_rule.value) for task in nightly.tasks}
    assert {task for task, rule in rules.items() if rule == GOES_ON} == {
        "correlate",
        "evaluate",
        "report",
        "ask",
        "keep_report",
    }
    others = FLOW.keys() - {"correlate", "evaluate", "report", "ask", "keep_report", "end"}
    assert {rules[task] for task in others} == {"all_success"}


def test_the_last_task_fails_with_those_it_waits_for(nightly: DAG) -> None:
    """The run's colour is its leaves': one leaf, and it goes on only where nobody was asked, since nothing waits."""
    assert [task.task_id for task in nightly.leaves] == ["end"]
    assert nightly.get_task("end").trigger_rule.value == "none_failed"


def test_a_roster_and_each_part_of_a_source_is_a_task(nightly: DAG) -> None:
    tasks: list[Any] = nightly.tasks
    mapped = {task.task_id: task.op_kwargs_expand_input.value for task in tasks if task.is_mapped}
    assert mapped.keys() == {"read_roster", "collect", "detail"}
    assert mapped["read_roster"].operator.task_id == "find_rosters"
    assert {mapped[task].operator.task_id for task in ("collect", "detail")} == {"find_parts"}


def test_nights_come_one_after_the_other_in_the_companys_zone(nightly: DAG) -> None:
    assert nightly.max_active_runs == 1
    assert nightly.catchup is False
    assert nightly.dagrun_timeout == timedelta(hours=6)
    timetable: Any = nightly.timetable
    assert (timetable.expression, str(timetable.timezone)) == ("30 1 * * *", "Asia/Seoul")


@pytest.mark.parametrize(("missed", "at_once"), [(0, False), (1, True), (5, True)])
def test_a_night_that_was_missed_while_paused_starts_at_once_and_only_the_newest(
    nightly: DAG, missed: int, at_once: bool
) -> None:
    """What docs/operations.md says of `unpause`, asked of Airflow's scheduler's own timetable."""
    told: Any = nightly.timetable
    timetable = CronTriggerTimetable(told.expression, timezone=told.timezone)
    now = pendulum.now("UTC")
    newest: Any = timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval.exact(now.subtract(days=30)), restriction=unbounded(nightly)
    )

    after: Any = timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval.exact(newest.run_after.subtract(days=missed)),
        restriction=unbounded(nightly),
    )

    assert now.subtract(days=1) < newest.run_after <= now
    assert (after.run_after == newest.run_after) is at_once
    assert at_once or after.run_after > now


def unbounded(dag: DAG) -> TimeRestriction:
    return TimeRestriction(earliest=dag.start_date, latest=dag.end_date, catchup=dag.catchup)  # pyrefly: ignore[bad-argument-type]


@pytest.mark.parametrize("told", ("2026-11-25T01:30:00+09:00", "2026-11-24T16:30:00Z", None))
def test_a_moment_is_taken(nightly: DAG, told: str | None) -> None:
    nightly.params.get_param("as_of").resolve(told)


@pytest.mark.parametrize("told", ("yesterday", "2026-11-25", 20261125, "2026-02-31T00:00:00Z"))
def test_what_is_no_moment_is_refused(nightly: DAG, told: object) -> None:
    with pytest.raises(Exception, match=r"date-time|is not of type|is not a"):
        nightly.params.get_param("as_of").resolve(told)


@pytest.mark.parametrize("task_id", FLOW)
def test_what_only_a_person_can_mend_is_not_tried_again(nightly: DAG, task_id: str) -> None:
    policy = of_task(nightly, task_id, "retry_policy")
    assert policy.evaluate(RefusedError("a right is missing"), 1, 3, None).action is RetryAction.FAIL
    assert policy.evaluate(RedError("a time-out"), 1, 3, None).action is not RetryAction.FAIL


@pytest.mark.parametrize("task_id", sorted(FLOW.keys() - {"end"}))
def test_what_may_work_in_a_minute_is_tried_again(nightly: DAG, task_id: str) -> None:
    assert of_task(nightly, task_id, "retries") == 2
    assert of_task(nightly, task_id, "retry_delay") == timedelta(minutes=1)
    assert [_waits(nightly, task_id, attempt) for attempt in (1, 2)] == ["1 to 2 minutes", "2 to 4 minutes"]


def _waits(dag: DAG, task_id: str, attempt: int) -> str:
    """How long Airflow waits after that attempt, which it draws by the task's name."""
    said = {name: of_task(dag, task_id, name) for name in ("retry_delay", "retry_exponential_backoff")}
    failed_at = pendulum.datetime(2026, 11, 28)
    instance: Any = SimpleNamespace(
        task=SimpleNamespace(**said, max_retry_delay=None),
        dag_id=dag.dag_id,
        task_id=task_id,
        logical_date=failed_at,
        try_number=attempt,
        end_date=failed_at,
        retry_delay_override=None,
    )
    minutes = (TaskInstance.next_retry_datetime(instance) - failed_at).total_seconds() / 60
    least = next(each for each in (0, 1, 2, 4) if minutes < max(2 * each, 1))
    return f"{least} to {2 * least} minutes"


def configured(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DagBag:
    path = tmp_path / "ours.yaml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("OFFBOARDING_CONFIG", os.fspath(path))
    found = DagBag(dag_folder=PROJECT / "dags")
    assert found.import_errors == {}
    return found


OURS = (PROJECT / "include" / "offboarding.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "zone", "cron"),
    [
        (OURS.replace("role_name: Off", "rol_name: Off", 1), "Asia/Seoul", "30 1 * * *"),
        (OURS.replace("kind: ldap", "kind: ldpa", 1), "Asia/Seoul", "30 1 * * *"),
        ("company: {time_zone: Asia/Seoul}\npolicy: {nightly: 15 2 * * *}\nsources: no", "Asia/Seoul", "15 2 * * *"),
        ("company: {time_zone: Asia/Seoul}\npolicy: {nightly: 99 2 * * *}", "Asia/Seoul", "30 1 * * *"),
        ("company: {time_zone: Asia/Seoul}\npolicy: {nightly: 15 2 * * *, max_namd: 3}", "Asia/Seoul", "15 2 * * *"),
        ("company: {time_zone: Asia}\npolicy: {nightly: 15 2 * * *}", "UTC", "15 2 * * *"),
        ("company: {time_zone: Asia/Seoul}\npolicy: {nightly: R 2 * * *}", "Asia/Seoul", "30 1 * * *"),
        ("company: {time_zone: Asia/Soul}\npolicy: {nightly: 15 2 * * *}", "UTC", "15 2 * * *"),
        ("company: [", "UTC", "30 1 * * *"),
        ("", "UTC", "30 1 * * *"),
    ],
)
def test_a_dag_file_is_read_whatever_the_configuration_says(
    text: str, zone: str, cron: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first task of each run loads it all, and fails with every mistake (test_whole_runs)."""
    dags = configured(text, tmp_path, monkeypatch).dags

    assert len(dags) == 7
    timetable: Any = dags["offboarding_nightly"].timetable
    assert (str(timetable.timezone), timetable.expression) == (zone, cron)
    with pytest.raises(ConfigError):
        wiring.configured()


def test_the_queue_of_the_configuration_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without, watched = (
        configured(text, tmp_path, monkeypatch).dags["offboarding_departure"].timetable
        for text in (OURS, OURS + "\nmessages: {kind: sqs, queue: 'https://sqs.example/1/leavers'}\n")
    )

    assert not getattr(without, "asset_condition", None)
    assert "https://sqs.example/1/leavers" in repr(watched)


@pytest.mark.parametrize(
    ("name", "kind", "phases", "attempts"),
    (
        ("nightly", RunKind.NIGHTLY, ("collect", "detail"), 3),
        ("departure", RunKind.DEPARTURE, ("read_roster", "collect", "detail"), 2),
        ("verify", RunKind.DEPARTURE, ("due.collect", "due.detail"), 2),
        ("verify", RunKind.VERIFY, ("open.reread",), 2),
    ),
)
def test_reads_leave_the_run_time_to_judge_and_to_report(
    bag: DagBag, name: str, kind: RunKind, phases: tuple[str, ...], attempts: int
) -> None:
    """Whatever a system does: a read ends before its task does, and all attempts before the run."""
    dag = bag.dags[f"offboarding_{name}"]
    longest = timedelta(seconds=seconds_for(kind, MOST_READ_MINUTES))
    earlier = (attempts - 1) * TRIED_AGAIN_WITHIN

    for phase in phases:
        assert of_task(dag, phase, "execution_timeout") > longest_read(kind)
    assert dag.dagrun_timeout is not None
    assert len(phases) * longest * (1 + earlier) < dag.dagrun_timeout


def test_every_task_of_a_night_ends_by_itself(nightly: DAG) -> None:
    assert all(of_task(nightly, task.task_id, "execution_timeout") for task in nightly.tasks)


def test_each_dag_has_the_time_that_the_page_of_limits_tells(bag: DagBag) -> None:
    page = (PROJECT / "docs/limits.md").read_text("utf-8")
    told = "6 hours a night, 55 minutes an hour's look, 30 minutes a departure or a decision"
    given = {name.removeprefix("offboarding_"): dag.dagrun_timeout for name, dag in bag.dags.items()}

    assert told in page
    assert (given["nightly"], given["verify"]) == (timedelta(hours=6), timedelta(minutes=55))
    assert given["departure"] == timedelta(minutes=30)
    assert {given[name] for name in ("decide", "decide_link", "approve")} == {timedelta(minutes=30)}
