"""The departure DAG as Airflow reads it: what its form takes, what waits for what, and what ends it."""

import copy
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Param
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.sdk.exceptions import ParamValidationError
from airflow.sdk.execution_time.context import set_current_context

from offboarding import wiring
from offboarding.model import RunKind
from offboarding.store import runs
from offboarding.store.connect import Session
from offboarding_airflow.work import RedError, RefusedError
from tests.support.source_tree import PROJECT

SETTINGS = SimpleNamespace(forms_url="https://forms.corp.example")
GOES_ON = "all_done_min_one_success"
FLOW = {
    "open_run": set[str](),
    "find_parts": {"open_run"},
    "find_rosters": {"open_run"},
    "read_roster": {"open_run", "find_rosters"},
    "find_people": {"open_run", "find_parts", "read_roster"},
    "collect": {"find_people", "find_parts"},
    "correlate": {"find_people", "collect"},
    "detail": {"find_people", "find_parts", "correlate"},
    "tell": {"find_people", "detail"},
    "ask": {"find_people", "tell"},
    "end": {"open_run", "tell", "ask"},
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

    assert {task for task, rule in rules.items() if rule == GOES_ON} == {"find_people", "correlate", "tell", "ask"}
    for task in ("correlate", "tell", "ask"):
        assert not FLOW[task] & {"open_run", "find_parts", "read_roster"}


def test_the_run_fails_with_what_is_told_though_nobody_is_asked(departure: DAG) -> None:
    """A skipped task is no failure, and Airflow colours a run by its last task."""
    assert [task.task_id for task in departure.leaves] == ["end"]
    assert departure.get_task("end").trigger_rule.value == "none_failed"


@pytest.mark.parametrize(("dag", "caller"), [("departure", "departure manual__1"), ("nightly", "manual__1")])
def test_a_run_whose_tasks_were_skipped_is_red(
    dag: str, caller: str, store: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an empty list Airflow makes no task, and skips what follows: a user may write XComs."""
    monkeypatch.setattr(wiring, "at_work", lambda: nullcontext((SimpleNamespace(settings=SETTINGS), store)))
    run = runs.open_run(store, kind=RunKind.NIGHTLY, caller=caller, as_of=None)
    name = f"offboarding_{dag}"
    end: Any = DagBag(dag_folder=PROJECT / "dags").dags[name].get_task("end")
    begun: Any = {"dag_run": SimpleNamespace(dag_id=name, run_id="manual__1"), "run_id": "manual__1"}

    with set_current_context(begun), pytest.raises(RefusedError, match="was not reported"):
        end.python_callable(run.run_id)


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


@pytest.mark.parametrize("task_id", [each for each in FLOW if each != "end"])
def test_what_may_work_in_a_moment_is_tried_once_more(departure: DAG, task_id: str) -> None:
    policy = of_task(departure, task_id, "retry_policy")

    assert of_task(departure, task_id, "retries") == 1
    assert of_task(departure, task_id, "retry_delay") == timedelta(seconds=10)
    assert policy.evaluate(RefusedError("nobody is named"), 1, 2, None).action is RetryAction.FAIL
    assert policy.evaluate(RedError("a time-out"), 1, 2, None).action is not RetryAction.FAIL
