"""What asks a person about held findings, as Airflow reads it; and what it does with an answer."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.standard.operators import hitl
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput
from airflow.sdk.execution_time.context import set_current_context

from offboarding import wiring
from offboarding.config import loading
from offboarding.guard import releasing
from offboarding.model.errors import FatalError
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from offboarding_airflow import question as question_task
from offboarding_airflow.tasks import WAITS
from offboarding_airflow.work import RefusedError
from tests.support.source_tree import PROJECT

SETTINGS, TRACKER = SimpleNamespace(guard=SimpleNamespace(users=()), forms_url="https://desk/{form}"), ("secops", None)


def release() -> DAG:
    return DagBag(dag_folder=PROJECT / "dags").dags["offboarding_release"]


@pytest.fixture(scope="module")
def asking() -> Any:
    return release().get_task("ask")


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was decided."""
    found: list[dict[str, Any]] = []

    @contextmanager
    def at_work() -> Generator[tuple[SimpleNamespace, None]]:
        yield SimpleNamespace(settings=SETTINGS), None

    def answered(session: None, settings: object, run: int, trackers: object, **told: Any) -> None:
        del session, settings, trackers
        found.append({"run": run, **told})

    monkeypatch.setattr(wiring, "at_work", at_work)
    monkeypatch.setattr(wiring, "trackers", lambda _: TRACKER)
    monkeypatch.setattr(releasing, "answered", answered)
    return found


NOBODY = {"error": "The response timeout has passed.", "error_type": "timeout"}
"""What Airflow hands over where nobody answered."""


def event(option: str, *, by: dict[str, str] | None, **told: str | None) -> dict[str, Any]:
    """What Airflow hands over once somebody answered."""
    return {
        "chosen_options": [option],
        "params_input": told,
        "responded_at": datetime(2026, 11, 25, tzinfo=UTC),
        "responded_by_user": by,
        "timedout": by is None,
    }


CONTEXT = {"run_id": "manual__1"}
KIM = {"id": "3", "name": "kim"}


def test_it_asks_and_decides_in_one_task() -> None:
    """What one task hands to the next may be rewritten by whoever may edit the DAG's runs."""
    dag = release()

    assert [task.task_id for task in dag.tasks] == ["ask", "revoke"]
    assert dag.max_active_runs == 1


def test_what_is_asked_for_and_what_happens_without_an_answer(asking: Any) -> None:
    assert asking.options == ["Approve", "Reject"]
    assert asking.defaults is None
    assert asking.response_timeout == timedelta(hours=22)
    assert list(asking.serialized_params) == ["reason"]
    assert asking.assigned_users is None


def test_approvers_alone_may_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = yaml.safe_load((PROJECT / "include/offboarding.yaml").read_text(encoding="utf-8"))
    told["guard"] = {"approvers": ["lee", {"id": "3", "name": "kim"}]}
    (tmp_path / "offboarding.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    settings = loading.load(tmp_path / "offboarding.yaml").settings
    task: Any = release().get_task("ask")
    monkeypatch.setattr(releasing, "is_first_question", lambda *_: True)
    monkeypatch.setattr(question_task, "stored", lambda asks, _: (asks.subject, asks.body, asks.options))
    monkeypatch.setattr(hitl.HITLOperator, "execute", lambda *_: None)

    task.ask({"run_id": "manual__1"}, None, settings)

    assert task.assigned_users == [{"id": "lee", "name": "lee"}, {"id": "3", "name": "kim"}]


@pytest.mark.parametrize(("option", "approve"), [("Approve", True), ("Reject", False)])
def test_whoever_answered_is_the_author(
    asking: Any, answered: list[dict[str, Any]], option: str, approve: bool
) -> None:
    asking.execute_complete(CONTEXT, event(option, by=KIM, reason="asked HR"), of_run=418, seen="d1")

    who = {"author": "kim", "author_id": "3", "caller": "by answer manual__1", "seen": "d1"}
    assert answered == [{"run": 418, "approve": approve, "reason": "asked HR", **who}]


@pytest.mark.parametrize("told", [{}, {"reason": None}, {"reason": ""}], ids=["left out", "null", "empty"])
def test_without_a_reason_it_is_empty(asking: Any, answered: list[dict[str, Any]], told: dict[str, Any]) -> None:
    """Whether one is needed, the guard says."""
    asking.execute_complete(CONTEXT, event("Approve", by=KIM, **told), of_run=418)

    assert answered[0]["reason"] == ""


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("Approve", {"reason": "x" * 501}),
        ("Approve", {"reason": "asked HR", "of_run": 1}),
        ("Perhaps", {"reason": "asked HR"}),
    ],
    ids=["a long reason", "another field", "no option"],
)
def test_what_rest_takes_for_an_answer_and_is_none_ends_in_a_sentence(
    asking: Any, answered: list[dict[str, Any]], option: str, told: dict[str, Any]
) -> None:
    """The page offers nothing of the kind."""
    with pytest.raises(RefusedError, match="Nothing is decided: no Approve or Reject with a reason of 500") as refused:
        asking.execute_complete(CONTEXT, event(option, by=KIM, **told), of_run=418)

    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert answered == []


@pytest.fixture
def asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the store, which knows of no earlier question."""
    monkeypatch.setattr(releasing, "is_first_question", lambda *_: True)


def question(
    monkeypatch: pytest.MonkeyPatch,
    *events: object,
    holds: tuple[int, ...] = (3,),
    shown: tuple[object, ...] = (),
    waiting: str = "7c31",
    run_id: str = "manual__1",
) -> dict[str, Any]:
    """What a person is asked, where these lines wait. `shown`: what Airflow kept of the run's first try."""
    asked: list[dict[str, Any]] = []
    found = releasing.Question(
        of_run=418, subject="Let through what waits?", details="- hold 3", holds=holds, waiting=waiting
    )
    monkeypatch.setattr(releasing, "taken_up", lambda *_, **__: False)
    monkeypatch.setattr(releasing, "question", lambda *_: found)
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **given: asked.append(given))
    monkeypatch.setattr(question_task, "stored", lambda it, _: shown or (it.subject, it.body, it.options))
    task: Any = release().get_task("ask")
    with pytest.raises(TaskAwaitingInput) as waits:
        task.execute(
            {
                "run_id": run_id,
                "triggering_asset_events": {WAITS: list(events)} if events else {},
                "params": {"run": None},
                "task_instance": SimpleNamespace(id="1"),
            }
        )
    parked: Any = waits.value
    assert (parked.kwargs["of_run"], parked.kwargs["seen"]) == (418, found.seen)
    return asked[0]


@pytest.mark.usefixtures("answered", "asked_nothing")
@pytest.mark.parametrize(
    "shown",
    [
        ("Let through what waits? rule x", "- hold 3", ["Approve", "Reject"]),
        ("Let through what waits?", "- hold 2", ["Approve", "Reject"]),
        ("Let through what waits?", "- hold 3", ["Approve"]),
    ],
    ids=["subject", "body", "options"],
)
def test_nothing_is_asked_where_airflow_shows_another_question(
    monkeypatch: pytest.MonkeyPatch, shown: tuple[object, ...]
) -> None:
    """A cleared task keeps the text of its first try: test_answers_in_airflow.py tries it in a whole Airflow."""
    with pytest.raises(RefusedError, match="This run asked another question before"):
        question(monkeypatch, shown=shown)


@pytest.mark.usefixtures("answered")
def test_a_run_asks_one_question_also_where_airflow_has_forgotten_it(
    monkeypatch: pytest.MonkeyPatch, store: Session
) -> None:
    """The instance of a task is deleted: Airflow would show the new text, and an open page shows the first one."""

    @contextmanager
    def at_work() -> Generator[tuple[SimpleNamespace, Session]]:
        yield SimpleNamespace(settings=SETTINGS), store

    monkeypatch.setattr(wiring, "at_work", at_work)
    first = question(monkeypatch)

    assert question(monkeypatch) == first
    with pytest.raises(RefusedError, match="This run asked another question before"):
        question(monkeypatch, waiting="7c32")
    assert question(monkeypatch, waiting="7c32", run_id="manual__2") != first


@pytest.mark.usefixtures("answered", "asked_nothing")
def test_it_links_to_the_report_of_the_night_that_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.corp.example/af/")
    night = {"source_dag_id": "offboarding_nightly", "source_task_id": "ask", "extra": {"run": 418}}
    events = [SimpleNamespace(**night, source_run_id=f"scheduled__2026-11-2{day}T16:30:00+00:00") for day in (4, 5)]

    body = question(monkeypatch, *events)["body"]

    run = "scheduled__2026-11-25T16%3A30%3A00%2B00%3A00"
    page = f"https://airflow.corp.example/af/dags/offboarding_nightly/runs/{run}/tasks/report"
    assert body.startswith("- hold 3\n")
    assert body.endswith(f"\n\n[The night's report]({page})")


@pytest.mark.usefixtures("answered")
def test_a_departure_asks_about_no_night(asking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releasing, "taken_up", lambda *_, **__: False)
    event = SimpleNamespace(source_dag_id="offboarding_departure", source_task_id="ask", extra={"run": 7})

    with pytest.raises(AirflowSkipException, match="no night asks"):
        asking.execute({**CONTEXT, "triggering_asset_events": {WAITS: [event]}, "params": {"run": None}})


@pytest.mark.usefixtures("answered", "asked_nothing")
@pytest.mark.parametrize(
    ("holds", "options", "starred"),
    [((3,), ["Approve", "Reject"], True), ((), ["Approve"], False)],
    ids=["line", "first"],
)
def test_a_reason_is_asked_for_where_a_line_went_beyond_its_limit(
    monkeypatch: pytest.MonkeyPatch, holds: tuple[int, ...], options: list[str], starred: bool
) -> None:
    asked = question(monkeypatch, holds=holds)

    assert (asked["options"], asked["defaults"], asked["body"].splitlines()[0]) == (options, None, "- hold 3")
    # The page stars what may not be null, and takes no answer while that is empty.
    reason = asked["params"]["reason"]
    assert ("null" not in reason["schema"]["type"]) is starred
    assert reason["schema"]["title"] == "Reason"


@pytest.mark.parametrize(
    "told",
    [NOBODY, event("Approve", by=None, reason="asked HR")],
    ids=["nobody answered", "nobody is named"],
)
def test_nobodys_answer_decides_nothing(asking: Any, answered: list[dict[str, Any]], told: dict[str, Any]) -> None:
    with pytest.raises(AirflowSkipException, match="nobody decided"):
        asking.execute_complete(CONTEXT, told, of_run=418)

    assert answered == []


@pytest.mark.parametrize(
    ("name", "user_id", "may"),
    [
        ("kim", "3", True),
        ("kim", "4", False),
        ("lee", "lee", True),
        ("kim", None, True),
        ("3", None, False),
        ("Anonymous", "Anonymous", False),
    ],
)
def test_an_id_counts_where_it_is_told_else_the_name(name: str, user_id: str | None, may: bool) -> None:
    users = (SimpleNamespace(id="3", name="kim"), SimpleNamespace(id="lee", name="lee"))
    settings: Any = SimpleNamespace(guard=SimpleNamespace(users=users))

    if may:
        releasing.check_approver(settings, name=name, user_id=user_id)
        return
    with pytest.raises(FatalError, match=r"guard\.approvers says that kim, lee may$"):
        releasing.check_approver(settings, name=name, user_id=user_id)


@pytest.mark.parametrize(
    "name",
    ["Kim", "KIM", " kim", "kim ", "kim\n", "kim\u200b", "\u043aim", "\uff4b\uff49\uff4d", "k\u0131m", "kim,lee", ""],
    ids=ascii,
)
@pytest.mark.parametrize("by_id", [True, False], ids=["by id", "by name"])
def test_whoever_is_only_called_like_an_approver_is_none(
    name: str, by_id: bool, record_property: Callable[[str, object], None]
) -> None:
    """Airflow's own users may be called anything; look-alikes, case and spaces make another one."""
    settings: Any = SimpleNamespace(guard=SimpleNamespace(users=(SimpleNamespace(id="kim", name="kim"),)))
    record_property("attacks", 1)

    with pytest.raises(FatalError, match=r"guard\.approvers says that kim may$"):
        releasing.check_approver(settings, name="kim" if by_id and name else name, user_id=name if by_id else None)

    record_property("silent", 0)


@pytest.mark.parametrize(
    ("dag", "task_id", "given"),
    [
        ("offboarding_release", "revoke", None),
        ("offboarding_departure", "ask", 1),
        ("offboarding_nightly", "keep_report", 1),
    ],
)
def test_what_the_configuration_does_not_ask_for_is_skipped(
    dag: str, task_id: str, given: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = SimpleNamespace(revocation=None, night_report="")
    settings = SimpleNamespace(policy=policy, company=SimpleNamespace(time_zone="UTC"), forms_url="https://desk/{form}")
    monkeypatch.setattr(wiring, "at_work", lambda: nullcontext((SimpleNamespace(settings=settings), None)))
    monkeypatch.setattr(wiring, "logins", lambda _: frozenset[str]())
    monkeypatch.setattr(pipeline, "find_run", lambda *_, **__: SimpleNamespace(run_id=1))
    task: Any = DagBag(dag_folder=PROJECT / "dags").dags[dag].get_task(task_id)
    run: Any = {"dag_run": SimpleNamespace(dag_id=dag, run_id="manual__1"), "run_id": "manual__1"}

    with set_current_context(run), pytest.raises(AirflowSkipException, match="is not set"):
        task.execute(run) if given is None else task.python_callable(given)
