"""The decision's DAG as Airflow reads it: what its form takes, who may begin it, and what it hands over."""

import copy
from collections.abc import Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Param
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.sdk.exceptions import ParamValidationError
from airflow.sdk.execution_time.context import set_current_context
from airflow.serialization.serialized_objects import DagSerialization

from dags.offboarding_work import RedError, RefusedError
from offboarding import wiring
from offboarding.decisions import kinds, submitting
from tests.support.source_tree import PROJECT

FIELDS = {
    *("decision", "reason", "source", "account", "worker", "number", "finding", "run", "roster", "key", "until"),
    *("part", "queue", "who", "last", "notice", "departure", "holds", "batch"),
}


@pytest.fixture(scope="module")
def deciding() -> DAG:
    return DagBag(dag_folder=PROJECT / "dags").dags["offboarding_decide"]


def field(dag: DAG, name: str) -> Param:
    """A Param keeps what it was given last, so each test has its own."""
    return copy.deepcopy(dag.params.get_param(name))


def test_it_is_one_task(deciding: DAG) -> None:
    assert [task.task_id for task in deciding.tasks] == ["decide"]


def test_the_form_asks_for_what_decisions_need_and_for_no_author(deciding: DAG) -> None:
    assert set(deciding.params) == FIELDS
    assert not {"author", "by", "user"} & set(deciding.params)


def test_only_a_person_begins_it(deciding: DAG) -> None:
    timetable: Any = deciding.timetable
    assert timetable.can_be_scheduled is False
    kinds_of_runs: Any = deciding.allowed_run_types
    assert {kind.value for kind in kinds_of_runs} == {"manual"}


@pytest.mark.parametrize("name", kinds.forms())
def test_every_decision_is_taken(deciding: DAG, name: str) -> None:
    assert field(deciding, "decision").resolve(name) == name


@pytest.mark.parametrize("told", ["link confrim", "", None, 1, ["verdict"]], ids=repr)
def test_what_is_no_decision_is_refused(deciding: DAG, told: object) -> None:
    with pytest.raises(ParamValidationError):
        field(deciding, "decision").resolve(told)


def test_without_a_decision_it_is_not_begun(deciding: DAG) -> None:
    with pytest.raises(ParamValidationError):
        field(deciding, "decision").resolve()


@pytest.mark.parametrize("name", sorted(FIELDS - {"decision"}))
def test_every_other_field_may_stay_empty(deciding: DAG, name: str) -> None:
    assert field(deciding, name).resolve() is None
    assert field(deciding, name).resolve(None) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("reason", "asked their team"),
        ("reason", "two\nlines"),
        ("source", "corp-ldap"),
        ("account", "uid=kim,ou=people,dc=corp,dc=example"),
        ("worker", "hr:10442"),
        ("number", 4),
        ("finding", "f-7c31a0b2"),
        ("run", 418),
        ("until", "2026-12-20"),
        ("last", "now"),
        ("last", "2026-11-25T15:00+09:00"),
        ("last", "2026-11-25T15:00 Asia/Seoul"),
        ("last", "2026-11-25 America/Argentina/Buenos_Aires"),
        ("notice", "n-4f2a91"),
        ("departure", "d-418"),
        ("holds", [1, 2]),
        ("batch", 20),
        ("queue", "departures"),
    ],
)
def test_what_a_field_is_for_is_taken(deciding: DAG, name: str, told: object) -> None:
    assert field(deciding, name).resolve(told) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("reason", ""),
        ("reason", "   "),
        ("reason", "x" * 2001),
        ("reason", 7),
        ("source", [" "]),
        ("worker", 10442),
        ("queue", "arrivals"),
        ("number", "4"),
        ("number", 0),
        ("number", 1.5),
        ("finding", "the payroll one"),
        ("finding", "f-7c3"),
        ("run", -1),
        ("until", "20.12.2026"),
        ("until", "2026-02-30"),
        ("last", "tomorrow"),
        ("last", "25.11.2026 15:00"),
        ("notice", "4"),
        ("who", {"mail": "x"}),
        ("holds", []),
        ("holds", ["1"]),
        ("holds", 1),
    ],
)
def test_what_a_field_is_not_for_is_refused(deciding: DAG, name: str, told: object) -> None:
    with pytest.raises(ParamValidationError):
        field(deciding, name).resolve(told)


def test_the_api_refuses_what_the_form_refuses(deciding: DAG) -> None:
    """POST .../dagRuns validates against the DAG as the database holds it, and answers 400 to a ValueError."""
    stored = DagSerialization.from_dict(DagSerialization.to_dict(deciding))

    with pytest.raises(ParamValidationError):
        stored.params.deep_merge({"decision": "link confrim"}).validate()
    assert stored.params.deep_merge({"decision": "link revoke", "number": 4}).validate()["number"] == 4


def test_a_refusal_is_not_tried_again(deciding: DAG) -> None:
    task: Any = deciding.get_task("decide")

    assert task.retries == 1
    assert task.retry_policy.evaluate(RefusedError("refused"), 1, 2, None).action is RetryAction.FAIL
    assert task.retry_policy.evaluate(RedError("a time-out"), 1, 2, None).action is not RetryAction.FAIL


def test_whoever_triggered_the_run_is_the_author(deciding: DAG, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[tuple[object, ...]] = []

    def submit(session: object, settings: object, told: object, *, caller: str, author: str, tracker: object) -> None:
        del session, settings, tracker
        handed.append((told, caller, author))

    @contextmanager
    def at_work() -> Generator[tuple[SimpleNamespace, None]]:
        yield SimpleNamespace(settings=None), None

    monkeypatch.setattr(submitting, "submit", submit)
    monkeypatch.setattr(wiring, "at_work", at_work)
    run = SimpleNamespace(run_id="manual__1", triggering_user_name="soyeon.park", conf={"author": "somebody.else"})
    told = {"decision": "link revoke", "number": 4}
    task: Any = deciding.get_task("decide")
    with set_current_context({"dag_run": run, "params": told}):  # type: ignore[typeddict-item]
        task.python_callable()

    assert handed == [(told, "manual__1", "soyeon.park")]
