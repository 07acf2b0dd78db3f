"""The hourly DAG as Airflow reads it: what waits for what, what ends it, and that hours come one after the other."""

from datetime import timedelta
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.definitions.retry_policy import RetryAction

from offboarding_airflow.work import RedError, RefusedError
from tests.support.source_tree import PROJECT

FLOW = {
    "open.begin": set[str](),
    "open.find_parts": {"open.begin"},
    "open.reread": {"open.begin", "open.find_parts"},
    "open.tell_open": {"open.begin", "open.reread"},
    "due.begin": set[str](),
    "due.find_parts": {"due.begin"},
    "due.find_rosters": {"due.begin"},
    "due.read_roster": {"due.begin", "due.find_rosters"},
    "due.collect": {"due.begin", "due.find_parts"},
    "due.correlate": {"due.begin", "due.read_roster", "due.collect"},
    "due.detail": {"due.begin", "due.find_parts", "due.correlate"},
    "due.tell_due": {"due.begin", "due.detail"},
}
"""Task -> what it waits for."""
GOES_ON = {
    "open.tell_open": "all_done",
    "due.correlate": "all_done_min_one_success",
    "due.tell_due": "all_done",
}


@pytest.fixture(scope="module")
def verify() -> DAG:
    return DagBag(dag_folder=PROJECT / "dags").dags["offboarding_verify"]


def of_task(dag: DAG, task_id: str, name: str) -> Any:
    """What was said of a task, mapped or not."""
    task: Any = dag.get_task(task_id)
    return task.partial_kwargs[name] if task.is_mapped else getattr(task, name)


def test_what_waits_for_what(verify: DAG) -> None:
    assert {task.task_id: task.upstream_task_ids for task in verify.tasks} == FLOW


def test_what_goes_on_whatever_failed_before(verify: DAG) -> None:
    rules = {task.task_id: str(task.trigger_rule.value) for task in verify.tasks}
    assert rules == dict.fromkeys(FLOW, "all_success") | GOES_ON


def test_the_runs_colour_is_that_of_what_is_told(verify: DAG) -> None:
    assert {task.task_id for task in verify.leaves} == {"open.tell_open", "due.tell_due"}


def test_where_there_is_nothing_to_do_nothing_else_is_done(verify: DAG) -> None:
    """Whatever else goes on after a failure."""
    for group in ("open", "due"):
        begin: Any = verify.get_task(f"{group}.begin")
        assert begin.ignore_downstream_trigger_rules is True


def test_hours_come_one_after_the_other_in_the_companys_zone(verify: DAG) -> None:
    timetable: Any = verify.timetable
    assert (timetable.expression, str(timetable.timezone)) == ("5 * * * *", "Asia/Seoul")
    assert (verify.max_active_runs, verify.catchup) == (1, False)
    assert verify.dagrun_timeout is not None
    assert verify.dagrun_timeout < timedelta(hours=1)


@pytest.mark.parametrize("task_id", FLOW)
def test_what_may_work_in_a_moment_is_tried_once_more(verify: DAG, task_id: str) -> None:
    policy = of_task(verify, task_id, "retry_policy")

    assert of_task(verify, task_id, "retries") == 1
    assert policy.evaluate(RefusedError("a right is missing"), 1, 2, None).action is RetryAction.FAIL
    assert policy.evaluate(RedError("a time-out"), 1, 2, None).action is not RetryAction.FAIL
