"""The decisions' DAGs as Airflow reads them: what each form takes, who may begin it, and what it hands over."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.api_fastapi.core_api import security
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.sdk.exceptions import ParamValidationError
from airflow.sdk.execution_time.context import set_current_context
from airflow.serialization.serialized_objects import DagSerialization
from fastapi import HTTPException

from offboarding import wiring
from offboarding.config import loading
from offboarding.decisions import kinds, submitting
from offboarding.decisions.kinds import Right
from offboarding_airflow.pages import guard
from offboarding_airflow.work import RedError, RefusedError, at_work
from tests.support.source_tree import PROJECT

NAMES = {
    "offboarding_decide_link": ["link confirm", "link reject", "link revoke"],
    "offboarding_approve": ["accept-read", "exception approve", "reject", "release"],
    "offboarding_decide": [
        *("acknowledge", "acknowledge withdraw", "attest", "attest-people", "departure confirm", "departure deny"),
        *("notice add", "notice withdraw", "verdict"),
    ],
}
LINK = "offboarding_decide_link"


@pytest.fixture(scope="module")
def deciding() -> dict[str, DAG]:
    dags = DagBag(dag_folder=PROJECT / "dags").dags
    return {name: dag for name, dag in dags.items() if "decision" in dag.tags}


def held(dag: DAG, conf: dict[str, object]) -> object:
    """Return what the DAG takes. REST resolves each param of a run against the DAG as the database holds it."""
    stored = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    return stored.params.deep_merge(conf).validate()["decision"]


@pytest.mark.parametrize(
    ("base", "written", "found"),
    [
        ("https://af.example/x/", "", "https://af.example/x/offboarding/decide/{form}"),
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
def test_each_right_is_a_dag_of_one_task_which_only_a_person_begins(deciding: dict[str, DAG], name: str) -> None:
    dag: Any = deciding[name]
    assert set(deciding) == set(NAMES)
    assert [task.task_id for task in dag.tasks] == ["decide"]
    assert dag.timetable.can_be_scheduled is False
    assert {kind.value for kind in dag.allowed_run_types} == {"manual"}
    assert dag.is_paused_upon_creation is False


@pytest.mark.parametrize("name", NAMES)
def test_it_takes_the_decisions_of_its_right_and_says_what_each_does(deciding: dict[str, DAG], name: str) -> None:
    (param,) = deciding[name].params
    assert param == "decision"
    assert deciding[name].params.get_param(param).schema["properties"]["name"]["enum"] == NAMES[name]
    for each in NAMES[name]:
        kind = kinds.submitted()[each]
        assert f"- `{each}` ({', '.join(kind.fields.model_fields)}): {kind.about}" in (deciding[name].doc_md or "")


@pytest.mark.parametrize("name", kinds.submitted())
def test_what_is_missing_or_unknown_is_named_before_a_run_begins(deciding: dict[str, DAG], name: str) -> None:
    """REST answers 400 with the sentence of the ValueError."""
    dag = next(dag for each, dag in deciding.items() if name in NAMES[each])
    whole = {"name": name, **{each: GIVEN[each] for each in kinds.submitted()[name].fields.model_fields}}
    for field, declared in kinds.submitted()[name].fields.model_fields.items():
        others = {each: given for each, given in whole.items() if each != field}
        if declared.is_required():
            with pytest.raises(ParamValidationError, match=f"'{field}' is a required property"):
                held(dag, {"decision": others})
        else:
            assert held(dag, {"decision": others}) == others
    with pytest.raises(ParamValidationError, match="'author' was unexpected"):
        held(dag, {"decision": {**whole, "author": "lee"}})


GIVEN: dict[str, object] = {
    "reason": "asked their\nteam",
    "source": "111111111111",
    "account": "uid=kim,ou=people,dc=corp,dc=example",
    "worker": "hr:10442",
    "number": 4,
    "finding": "f-7c31a0b2",
    "run": 418,
    "roster": "hr",
    "part": "111111111111",
    "covers": "unread",
    "key": "payment-callback",
    "listed_on": "2026-11-20",
    "people": "hr:10442 hr:10443",
    "until": "2026-12-20",
    "who": "hr:10442",
    "last": "2026-11-25T15:00 Asia/Seoul",
    "notice": "n-4f2a91",
    "departure": "d-418",
    "holds": [1, 2],
    "batch": 20,
    "queue": "departures",
    "entry": 7,
}


@pytest.mark.parametrize(
    ("name", "field", "given"),
    [
        ("link reject", "reason", "   "),
        ("link reject", "reason", "x" * 2001),
        ("link reject", "source", [" "]),
        ("link reject", "worker", 10442),
        ("acknowledge", "queue", "arrivals"),
        ("link revoke", "number", "4"),
        ("link revoke", "number", 0),
        ("link revoke", "number", 1.5),
        ("verdict", "finding", "f-7c3"),
        ("release", "run", -1),
        ("acknowledge", "until", "20.12.2026"),
        ("acknowledge", "until", "2026-02-30"),
        ("notice add", "last", "tomorrow"),
        ("notice withdraw", "notice", "4"),
        ("notice add", "who", {"mail": "x"}),
        ("reject", "holds", []),
        ("reject", "holds", ["1"]),
        ("release", "holds", 1),
    ],
)
def test_what_a_field_is_not_for_is_refused(deciding: dict[str, DAG], name: str, field: str, given: object) -> None:
    dag = next(dag for each, dag in deciding.items() if name in NAMES[each])
    fields = {each: GIVEN[each] for each in kinds.submitted()[name].fields.model_fields}
    assert held(dag, {"decision": {"name": name, **fields}})
    with pytest.raises(ParamValidationError):
        held(dag, {"decision": {"name": name, **fields, field: given}})


@pytest.mark.parametrize("given", [{}, {"decision": {}}, {"decision": {"name": "release", "run": 1, "reason": "x"}}])
def test_a_decision_of_another_right_or_none_is_refused(deciding: dict[str, DAG], given: dict[str, object]) -> None:
    with pytest.raises(ParamValidationError):
        held(deciding[LINK], given)


def test_who_may_only_attest_sees_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """By Airflow's right to trigger each DAG; how Airflow checks it: tests/slow/test_standalone.py."""

    def access(method: str, entity: object, param_dag_id: str) -> Callable[..., None]:
        def check(request: object, user: object) -> None:
            if (method, param_dag_id) != ("POST", "offboarding_decide"):
                raise HTTPException(403)

        return check

    monkeypatch.setattr(security, "requires_access_dag", access)
    request, user = SimpleNamespace(state=SimpleNamespace()), SimpleNamespace(get_name=lambda: "lee")
    guard.noting()(request, user)

    viewer = request.state.viewer
    assert (viewer.may_trigger("offboarding_decide"), viewer.may_decide) == (True, False)


@pytest.mark.parametrize("name", NAMES)
def test_a_refusal_is_not_tried_again(deciding: dict[str, DAG], name: str) -> None:
    task: Any = deciding[name].get_task("decide")

    assert task.retries == 1
    assert task.retry_policy.evaluate(RefusedError("refused"), 1, 2, None).action is RetryAction.FAIL
    assert task.retry_policy.evaluate(RedError("a time-out"), 1, 2, None).action is not RetryAction.FAIL


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What was submitted: the decision, the right, the run, the author, and whether Airflow tried it before."""
    found: list[tuple[object, ...]] = []

    def submit(
        session: object,
        settings: object,
        given: object,
        *,
        right: Right,
        caller: str,
        author: str,
        trackers: object,
        is_retry: bool,
    ) -> None:
        del session, settings, trackers
        found.append((given, right, caller, author, is_retry))

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
    with set_current_context({"dag_run": run, "params": {"decision": given}, "ti": instance}):
        task.python_callable(*task.op_args)


def test_whoever_triggered_the_run_is_the_author(deciding: dict[str, DAG], handed: list[tuple[object, ...]]) -> None:
    given = {"name": "link revoke", "number": 4}
    begin(deciding[LINK], given)

    # Runs of two DAGs may have the same name.
    assert handed == [(given, Right.LINK, f"{LINK} manual__1", "soyeon.park", False)]


def test_a_further_attempt_is_handed_over_as_one(deciding: dict[str, DAG], handed: list[tuple[object, ...]]) -> None:
    """Airflow counts attempts from one, and again so once a task instance was deleted."""
    begin(deciding[LINK], {"number": 4}, attempt=2)

    assert [is_retry for *_, is_retry in handed] == [True]


def test_a_form_that_was_filled_in_more_than_a_day_ago_decides_nothing(
    deciding: dict[str, DAG], handed: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its first attempt never reached the store, nothing shows that somebody else queued it again."""
    monkeypatch.setattr(submitting, "has_decided", lambda *_: decided)
    decided, now = False, datetime.now(UTC)
    with pytest.raises(RefusedError, match="Fill in the form again"):
        begin(deciding[LINK], {}, run_after=now - timedelta(hours=25))
    assert handed == []
    begin(deciding[LINK], {}, run_after=now - timedelta(hours=23))
    assert len(handed) == 1

    decided = True
    begin(deciding[LINK], {}, run_after=now - timedelta(days=30))
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
