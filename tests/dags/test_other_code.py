"""Whatever goes on with a run goes on with the code that began it: every task but those that begin one."""

import inspect
from collections.abc import Generator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.execution_time.context import set_current_context

from offboarding import wiring
from offboarding.model import RunKind
from offboarding.store import runs
from offboarding.store.connect import Session
from offboarding_airflow.work import RedError, RefusedError
from tests.support.source_tree import PROJECT
from tests.support.variants import some_of

BEGINS = {"open_run", "open.begin", "due.begin"}
DAGS = DagBag(dag_folder=PROJECT / "dags").dags
TASKS = {
    f"{dag} {task.task_id}": task
    for dag in ("offboarding_nightly", "offboarding_departure", "offboarding_verify")
    for task in DAGS[dag].tasks
    if task.task_id not in BEGINS
}


def done(task: Any, run_id: int) -> None:
    """What the task does, about a run, and about a roster or a part that nobody knows."""
    function = task.python_callable
    names = inspect.signature(function).parameters
    begun: Any = {"dag_run": SimpleNamespace(dag_id=task.dag_id, run_id="manual__1"), "run_id": "manual__1"}
    with set_current_context(begun):
        function(**{name: run_id if name in ("check", "begun") else "unknown" for name in names})


@some_of(6, "name", TASKS)
def test_nothing_is_done_in_a_run_that_another_dag_run_began(
    name: str, store: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user may write XComs, such as the id of an earlier run that ended well."""

    @contextmanager
    def at_work() -> Generator[tuple[Any, Session]]:
        yield SimpleNamespace(settings=SimpleNamespace(forms_url="https://forms.corp.example")), store

    monkeypatch.setattr(wiring, "at_work", at_work)
    monkeypatch.setattr(wiring, "queue", lambda _: object())
    run = runs.open_run(store, kind=RunKind.NIGHTLY, caller="a night", as_of=None)

    with pytest.raises(RefusedError, match="was not begun by this DAG run"):
        done(TASKS[name], run.run_id)


@some_of(6, "name", TASKS)
def test_other_code_does_nothing_in_it(name: str, store: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def at_work() -> Generator[tuple[Any, Session]]:
        yield SimpleNamespace(settings=SimpleNamespace(forms_url="https://forms.corp.example")), store

    monkeypatch.setattr(wiring, "at_work", at_work)
    run = runs.open_run(store, kind=RunKind.NIGHTLY, caller="a night", as_of=None)
    store.execute("update run set code = 'another'")

    with pytest.raises(RedError, match="was begun by other code") as refused:
        done(TASKS[name], run.run_id)

    assert not isinstance(refused.value, RefusedError), "the next try may be another machine's"
