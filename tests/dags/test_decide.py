"""The decisions' DAGs as Airflow reads them: what each form takes, who may begin it, and what it hands over."""

import copy
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, Param
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.sdk.exceptions import ParamValidationError
from airflow.sdk.execution_time.context import set_current_context
from airflow.serialization.serialized_objects import DagSerialization

from offboarding import wiring
from offboarding.config import loading
from offboarding.decisions import forms, submitting
from offboarding_airflow.work import RedError, RefusedError, at_work
from tests.support.source_tree import PROJECT

DECIDE = "offboarding_decide_"
NAMES = (
    *("accept_read", "acknowledge", "acknowledge_withdraw", "attest", "attest_people", "departure"),
    *("exception_approve", "link", "link_revoke", "notice_add", "notice_withdraw", "reject", "release", "verdict"),
)


@pytest.fixture(scope="module")
def deciding() -> dict[str, DAG]:
    """By their names behind "offboarding_decide_"."""
    dags = DagBag(dag_folder=PROJECT / "dags").dags
    return {name.removeprefix(DECIDE): dag for name, dag in dags.items() if name.startswith(DECIDE)}


def field(dag: DAG, name: str) -> Param:
    """A Param keeps what it was given last, so each test has its own."""
    return copy.deepcopy(dag.params.get_param(name))


def test_each_form_is_a_dag_of_one_task(deciding: dict[str, DAG]) -> None:
    assert sorted(deciding) == sorted(NAMES)
    assert {tuple(task.task_id for task in dag.tasks) for dag in deciding.values()} == {("decide",)}


@pytest.mark.parametrize(
    ("base", "written", "found"),
    [
        ("https://af.example/x/", "", "https://af.example/x/dags/offboarding_decide_{form}"),
        ("https://af.example", "https://desk/{form}", "https://desk/{form}"),
        ("", "", ""),
    ],
)
def test_a_task_knows_where_the_forms_are(monkeypatch: pytest.MonkeyPatch, base: str, written: str, found: str) -> None:
    loaded = replace(loading.load(), settings=wiring.configured().model_copy(update={"forms_url": written}))
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base)
    monkeypatch.setattr(wiring, "at_work", lambda: nullcontext((loaded, None)))

    with at_work() as (at_hand, _):
        assert at_hand.settings.forms_url == found


@pytest.mark.parametrize("name", NAMES)
def test_only_a_person_begins_it_and_nobody_must_unpause_it(deciding: dict[str, DAG], name: str) -> None:
    dag: Any = deciding[name]
    assert dag.timetable.can_be_scheduled is False
    assert {kind.value for kind in dag.allowed_run_types} == {"manual"}
    assert dag.is_paused_upon_creation is False


@pytest.mark.parametrize("form", forms.every().values(), ids=lambda form: form.name)
def test_it_asks_for_its_decisions_fields_and_for_no_author(deciding: dict[str, DAG], form: forms.Form) -> None:
    dag = deciding[form.name.replace(" ", "_").replace("-", "_")]

    assert list(dag.params) == list(form.schemas(wiring.configured()))
    assert not {"author", "by", "user"} & set(dag.params)
    assert {"offboarding", "decision"} <= set(dag.tags)
    assert dag.description == form.says
    assert dag.doc_md
    assert form.about in dag.doc_md
    assert ("guard.approvers" in dag.doc_md) is form.by_approvers


@pytest.mark.parametrize(("name", "choices"), [("link", ("confirm", "reject")), ("departure", ("confirm", "deny"))])
def test_what_may_be_chosen_is_taken_and_nothing_else(
    deciding: dict[str, DAG], name: str, choices: tuple[str, ...]
) -> None:
    for choice in choices:
        assert field(deciding[name], "decision").resolve(choice) == choice
    for told in ("confrim", "", None, 1, [choices[0]]):
        with pytest.raises(ParamValidationError):
            field(deciding[name], "decision").resolve(told)
    with pytest.raises(ParamValidationError):
        field(deciding[name], "decision").resolve()


@pytest.mark.parametrize("name", NAMES)
def test_it_is_not_begun_without_what_is_needed_and_the_rest_may_stay_empty(
    deciding: dict[str, DAG], name: str
) -> None:
    for one in deciding[name].params:
        param = field(deciding[name], one)
        if "null" in param.schema["type"]:
            assert param.resolve() is None
            assert param.resolve(None) is None
            continue
        with pytest.raises(ParamValidationError):
            param.resolve()
        with pytest.raises(ParamValidationError):
            param.resolve(None)


@pytest.mark.parametrize(
    ("dag", "name", "told"),
    [
        ("link", "reason", "asked their team"),
        ("link", "reason", "two\nlines"),
        ("link", "source", "corp-ldap"),
        ("link", "source", "111111111111"),
        ("link", "account", "uid=kim,ou=people,dc=corp,dc=example"),
        ("link", "worker", "hr:10442"),
        ("link_revoke", "number", 4),
        ("verdict", "finding", "f-7c31a0b2"),
        ("release", "run", 418),
        ("acknowledge", "until", "2026-12-20"),
        ("notice_add", "last", "now"),
        ("notice_add", "last", "2026-11-25T15:00+09:00"),
        ("notice_add", "last", "2026-11-25T15:00 Asia/Seoul"),
        ("notice_add", "last", "2026-11-25 America/Argentina/Buenos_Aires"),
        ("notice_withdraw", "notice", "n-4f2a91"),
        ("departure", "departure", "d-418"),
        ("reject", "holds", [1, 2]),
        ("release", "holds", [1, 2]),
        ("release", "batch", 20),
        ("acknowledge", "queue", "departures"),
    ],
)
def test_what_a_field_is_for_is_taken(deciding: dict[str, DAG], dag: str, name: str, told: object) -> None:
    assert field(deciding[dag], name).resolve(told) == told


@pytest.mark.parametrize(
    ("dag", "name", "told"),
    [
        ("link", "reason", ""),
        ("link", "reason", "   "),
        ("link", "reason", "x" * 2001),
        ("link", "reason", 7),
        ("link", "source", [" "]),
        ("link", "worker", 10442),
        ("acknowledge", "queue", "arrivals"),
        ("link_revoke", "number", "4"),
        ("link_revoke", "number", 0),
        ("link_revoke", "number", 1.5),
        ("verdict", "finding", "the payroll one"),
        ("verdict", "finding", "f-7c3"),
        ("release", "run", -1),
        ("acknowledge", "until", "20.12.2026"),
        ("acknowledge", "until", "2026-02-30"),
        ("notice_add", "last", "tomorrow"),
        ("notice_add", "last", "25.11.2026 15:00"),
        ("notice_withdraw", "notice", "4"),
        ("notice_add", "who", {"mail": "x"}),
        ("reject", "holds", []),
        ("reject", "holds", ["1"]),
        ("release", "holds", 1),
    ],
)
def test_what_a_field_is_not_for_is_refused(deciding: dict[str, DAG], dag: str, name: str, told: object) -> None:
    with pytest.raises(ParamValidationError):
        field(deciding[dag], name).resolve(told)


def test_the_api_refuses_what_the_form_refuses(deciding: dict[str, DAG]) -> None:
    """POST .../dagRuns validates against the DAG as the database holds it, and answers 400 to a ValueError."""
    stored = DagSerialization.from_dict(DagSerialization.to_dict(deciding["link_revoke"]))

    for refused in ({}, {"number": "4"}):
        with pytest.raises(ParamValidationError):
            stored.params.deep_merge(refused).validate()
    assert stored.params.deep_merge({"number": 4}).validate()["number"] == 4


@pytest.mark.parametrize("name", NAMES)
def test_a_refusal_is_not_tried_again(deciding: dict[str, DAG], name: str) -> None:
    task: Any = deciding[name].get_task("decide")

    assert task.retries == 1
    assert task.retry_policy.evaluate(RefusedError("refused"), 1, 2, None).action is RetryAction.FAIL
    assert task.retry_policy.evaluate(RedError("a time-out"), 1, 2, None).action is not RetryAction.FAIL


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What was decided: the form's name, its fields, the run, the author, and whether Airflow tried it before."""
    found: list[tuple[object, ...]] = []

    def submit(
        session: object,
        settings: object,
        form: forms.Form,
        given: object,
        *,
        caller: str,
        author: str,
        trackers: object,
        is_retry: bool,
    ) -> None:
        del session, settings, trackers
        found.append((form.name, given, caller, author, is_retry))

    @contextmanager
    def at_work() -> Generator[tuple[SimpleNamespace, None]]:
        yield SimpleNamespace(settings=None), None

    monkeypatch.setattr(submitting, "submit", submit)
    monkeypatch.setattr(wiring, "at_work", at_work)
    return found


def begin(dag: DAG, given: object, *, max_tries: int = 1, attempt: int = 1, **told: object) -> None:
    """Run the form's task in a run that somebody triggered."""
    run = SimpleNamespace(
        dag_id=dag.dag_id,
        run_id="manual__1",
        triggering_user_name="soyeon.park",
        conf={"author": "x"},
        **{"clear_number": 0, "run_after": datetime.now(UTC), **told},
    )
    task: Any = dag.get_task("decide")
    instance: Any = SimpleNamespace(max_tries=max_tries, try_number=attempt, task=task)
    with set_current_context({"dag_run": run, "params": given, "ti": instance}):  # type: ignore[typeddict-item]
        task.python_callable()


def test_whoever_triggered_the_run_is_the_author(deciding: dict[str, DAG], handed: list[tuple[object, ...]]) -> None:
    given = {"number": 4}
    for name in ("link_revoke", "acknowledge_withdraw"):
        begin(deciding[name], given)

    # Runs of two DAGs may be called the same.
    assert handed == [
        ("link revoke", given, f"{DECIDE}link_revoke manual__1", "soyeon.park", False),
        ("acknowledge withdraw", given, f"{DECIDE}acknowledge_withdraw manual__1", "soyeon.park", False),
    ]


def test_a_further_attempt_is_handed_over_as_one(deciding: dict[str, DAG], handed: list[tuple[object, ...]]) -> None:
    """Airflow counts attempts from one, and again so once a task instance was deleted."""
    begin(deciding["link_revoke"], {"number": 4}, attempt=2)

    assert [is_retry for *_, is_retry in handed] == [True]


def test_a_form_that_was_filled_in_more_than_a_day_ago_decides_nothing(
    deciding: dict[str, DAG], handed: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its first attempt never reached the store, nothing shows that somebody else queued it again."""
    monkeypatch.setattr(submitting, "has_decided", lambda *_: decided)
    decided, now = False, datetime.now(UTC)
    with pytest.raises(RefusedError, match="Fill in the form again"):
        begin(deciding["link_revoke"], {}, run_after=now - timedelta(hours=25))
    assert handed == []
    begin(deciding["link_revoke"], {}, run_after=now - timedelta(hours=23))
    assert len(handed) == 1

    decided = True
    begin(deciding["link_revoke"], {}, run_after=now - timedelta(days=30))
    assert len(handed) == 2, "one that has decided says so, as before"


@pytest.mark.parametrize("name", NAMES)
def test_a_cleared_run_decides_in_nobody_s_name(
    deciding: dict[str, DAG], handed: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Airflow doesn't say who cleared it. A run that has decided says so and does nothing, as before."""
    monkeypatch.setattr(submitting, "has_decided", lambda _, caller: caller.endswith("manual__1") and decided)
    decided = False
    with pytest.raises(RefusedError, match="Nothing is decided"):
        begin(deciding[name], {}, clear_number=1)
    with pytest.raises(RefusedError, match="Nothing is decided"):
        begin(deciding[name], {}, max_tries=2)
    assert handed == []

    decided = True
    begin(deciding[name], {}, clear_number=1)
    assert len(handed) == 1
