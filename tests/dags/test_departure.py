"""The departure DAG as Airflow reads it: what its form takes, what waits for what, and what ends it."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Param
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.sdk.exceptions import ParamValidationError

from offboarding_airflow.work import RedError, RefusedError
from tests.support.source_tree import PROJECT

GOES_ON = "all_done_min_one_success"
FLOW = {
    "open_run": set[str](),
    "find_parts": {"open_run"},
    "read_roster": {"open_run"},
    "find_people": {"open_run", "find_parts", "read_roster"},
    "collect": {"find_people", "find_parts"},
    "correlate": {"find_people", "collect"},
    "detail": {"find_people", "find_parts", "correlate"},
    "tell": {"find_people", "detail"},
}
"""Task -> what it waits for."""


@pytest.fixture(scope="module")
def departure() -> DAG:
    return DagBag(dag_folder=PROJECT / "dags").dags["offboarding_departure"]


def of_task(dag: DAG, task_id: str, name: str) -> Any:
    """What was said of a task, mapped or not."""
    task: Any = dag.get_task(task_id)
    return task.partial_kwargs[name] if task.is_mapped else getattr(task, name)


def form(dag: DAG, field: str = "people") -> Param:
    """A field. A Param keeps what it was given last, so each test has its own."""
    return copy.deepcopy(dag.params.get_param(field))


def test_what_waits_for_what(departure: DAG) -> None:
    assert {task.task_id: task.upstream_task_ids for task in departure.tasks} == FLOW


def test_nothing_goes_on_without_people(departure: DAG) -> None:
    """Whatever goes on after a failure waits for the people themselves, and for nothing that succeeds without them."""
    rules = {task.task_id: str(task.trigger_rule.value) for task in departure.tasks}

    assert {task for task, rule in rules.items() if rule == GOES_ON} == {"find_people", "correlate", "tell"}
    for task in ("correlate", "tell"):
        assert not FLOW[task] & {"open_run", "find_parts", "read_roster"}


def test_the_runs_colour_is_the_last_tasks(departure: DAG) -> None:
    assert [task.task_id for task in departure.leaves] == ["tell"]


def test_it_runs_when_somebody_asks_and_ends_by_itself(departure: DAG) -> None:
    timetable: Any = departure.timetable
    assert timetable.can_be_scheduled is False
    assert departure.dagrun_timeout == timedelta(minutes=30)


@pytest.mark.parametrize(
    "told", (["10442"], ["hr:10442", "minjun.kim@corp.example", "mjkim"], [f"{number}" for number in range(100)])
)
def test_people_are_taken(departure: DAG, told: list[str]) -> None:
    assert form(departure).resolve(told) == told


@pytest.mark.parametrize(
    "told",
    ([""], ["  "], "10442", 10442, [10442], ["10442", None], {"people": "10442"}, ["1"] * 101),
    ids=repr,
)
def test_what_names_nobody_is_refused(departure: DAG, told: object) -> None:
    with pytest.raises(ParamValidationError):
        form(departure).resolve(told)


@pytest.mark.parametrize(
    "told", ("n-4f2a91", ["4f2a91"], ["n-4F2A91"], ["n-4f2a9"], ["n-4f2a91 "], ["kim@corp.example"]), ids=repr
)
def test_notices_are_named_by_their_ids_alone(departure: DAG, told: object) -> None:
    with pytest.raises(ParamValidationError):
        form(departure, "notices").resolve(told)
    assert form(departure, "notices").resolve(["n-4f2a91", "n-000000"]) == ["n-4f2a91", "n-000000"]


def test_either_may_be_left_out(departure: DAG) -> None:
    """Who names nobody at all is refused by the run itself: a form can't ask for one of two, and so stars neither."""
    for field in ("people", "notices"):
        assert form(departure, field).resolve() is None
        assert form(departure, field).resolve([]) == []


@pytest.mark.parametrize("task_id", FLOW)
def test_what_may_work_in_a_moment_is_tried_once_more(departure: DAG, task_id: str) -> None:
    policy = of_task(departure, task_id, "retry_policy")

    assert of_task(departure, task_id, "retries") == 1
    assert of_task(departure, task_id, "retry_delay") == timedelta(seconds=10)
    assert policy.evaluate(RefusedError("nobody is named"), 1, 2, None).action is RetryAction.FAIL
    assert policy.evaluate(RedError("a time-out"), 1, 2, None).action is not RetryAction.FAIL
