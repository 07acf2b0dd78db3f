"""A whole revocation on real systems: asked as Airflow asks, answered, done, seen dead, and undone.

The directory lets its reader write nothing, and the second login nothing but the lock. Every call that anybody makes of
AWS, and every message that anybody sends to the directory, is noted with whose it is.
"""

import os
import re
from collections.abc import Generator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.standard.operators import hitl
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput
from airflow.serialization.serialized_objects import DagSerialization
from botocore.client import BaseClient
from ldap3.core.connection import Connection

from offboarding import wiring
from offboarding.cli.entry import main
from offboarding.guard.revoking import proposing, settling
from offboarding.guard.revoking.proposing import RevocationQuestion, ShownLine
from offboarding.guard.revoking.settling import NotSeen
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.store import runs
from offboarding_airflow import question
from offboarding_airflow.revoking import NOTHING, RevokeOperator
from offboarding_airflow.work import RedError, RefusedError
from tests.support.memory import Folder
from tests.support.revoker import REVOKER, second_connections
from tests.support.source_tree import PROJECT
from tests.support.tiny_company import LEAVER, LOGINS, MAILS, NAMES, READ, REFUSES, TinyCompany, tiny_company
from tests.systems.aws import cloud
from tests.systems.ldap import directory

NIGHTS = [f"2026-11-{day}T01:30:00+09:00" for day in (24, 25, 26)]
KIM = {"id": "3", "name": "sam"}
WHERE = {"ask": "2026-11-24T09:00:00+09:00", "again": "2026-11-25T09:00:00+09:00"}
MADE = "_make_api_call"
"""By which boto3's clients make every call."""
READERS = {"corp_ldap": directory.READER, "aws_audit": "AKIA0000000000CALLER"}
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def company(in_memory: Folder) -> Generator[TinyCompany]:
    with tiny_company(in_memory("revoking"), second_connections("lee", KIM)) as made:
        yield made


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """By login, or for AWS by the key that a request is signed with: what was asked."""
    found: dict[str, set[str]] = {}
    assumed: dict[str, Any] = {}
    call: Any = getattr(BaseClient, MADE)

    def of_aws(self: Any, operation: str, given: Any) -> Any:
        key = self._request_signer._credentials.access_key
        answer = call(self, operation, given)
        if operation == "AssumeRole":
            assumed[answer["Credentials"]["AccessKeyId"]] = key
        found.setdefault(assumed.get(key, key), set()).add(operation)
        return answer

    def of_ldap(name: str) -> Any:
        real = getattr(Connection, name)

        def asked(self: Any, *given: Any, **named: Any) -> Any:
            found.setdefault(str(self.user), set()).add(name)
            return real(self, *given, **named)

        return asked

    monkeypatch.setattr(BaseClient, MADE, of_aws)
    for name in ("search", "modify", "modify_dn", "add", "delete"):
        monkeypatch.setattr(Connection, name, of_ldap(name))
    return found


def night(company: TinyCompany, number: int) -> int:
    """A night by command, and what it proposes, as the DAG's last task does."""
    company.night(NIGHTS[number])
    with mock.patch.dict(os.environ, company.environment), wiring.at_work() as (loaded, session):
        last = runs.last_finished_night(session)
        assert last is not None
        proposing.propose(session, loaded.settings, last)
        return proposing.waiting(session, loaded.settings)


def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a person is asked, and what the task is parked with."""
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **given: shown.append(given))
    monkeypatch.setattr(question, "stored", lambda it, _: (it.subject, it.body, it.options))
    with pytest.raises(TaskAwaitingInput) as waits:
        task().execute({"run_id": "manual__1", "task_instance": SimpleNamespace(id="1")})
    parked: Any = waits.value
    return {**shown[0], "offered": parked.kwargs["offered"]}


def task() -> RevokeOperator:
    found: Any = DagBag(dag_folder=PROJECT / "dags").dags["offboarding_release"].get_task("revoke")
    return found


def answer(
    chosen: list[str], offered: dict[str, dict[str, Any]], *, by: dict[str, str] | None = KIM, reason: str = "asked HR"
) -> None:
    event = {
        "chosen_options": chosen,
        "params_input": {"reason": reason},
        "responded_at": datetime(2026, 11, 24, tzinfo=UTC),
        "responded_by_user": by,
        "timedout": False,
    }
    task().execute_complete({"run_id": "manual__1"}, event, offered=offered)


def findings(company: TinyCompany) -> dict[str, str]:
    with company.at_the_store() as session:
        rows = session.execute("select rule, state from finding where ticket_kind = 'revoke'").fetchall()
    return {str(rule): str(state) for rule, state in rows}


def test_a_departure_asks_as_well(company: TinyCompany, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in company.environment.items():
        monkeypatch.setenv(name, value)

    bag = DagBag(dag_folder=PROJECT / "dags")

    assert bag.import_errors == {}
    # As the scheduler reads them.
    assert all(DagSerialization.to_dict(dag) for dag in bag.dags.values())
    asks = bag.dags["offboarding_departure"].get_task("ask")
    assert (asks.upstream_task_ids, asks.trigger_rule.value) == ({"find_people", "tell"}, "all_done_min_one_success")
    assert [task.task_id for task in bag.dags["offboarding_release"].tasks] == ["ask", "revoke"]
    # Where nothing can be proposed, what the guard holds is asked about all the same, and the night is red.
    nightly = bag.dags["offboarding_nightly"]
    asks = nightly.get_task("ask")
    assert (asks.upstream_task_ids, asks.trigger_rule.value) == (
        {"open_run", "report", "propose"},
        "all_done_min_one_success",
    )
    assert {"propose", "ask"} < nightly.get_task("end").upstream_task_ids


def test_what_nobody_can_see_is_told_where_nothing_is_asked(
    company: TinyCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in company.environment.items():
        monkeypatch.setenv(name, value)

    def unseen(error: OffboardingError) -> None:
        found = [NotSeen(finding_key="7c31a0b2" * 4, error=error)]
        monkeypatch.setattr(settling, "settle", lambda *_: found)

    unseen(FatalError("the account was closed."))
    with pytest.raises(RefusedError, match="What came of f-7c31a0b2, which was broken off, can't be seen: the account"):
        task().execute({"run_id": "manual__1"})
    # Tried again.
    unseen(RetriableError("no answer"))
    with pytest.raises(RedError, match="no answer") as tried:
        task().execute({"run_id": "manual__1"})
    assert not isinstance(tried.value, RefusedError)


def test_the_doctor_has_the_second_connection_log_in(
    company: TinyCompany, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in company.environment.items():
        monkeypatch.setenv(name, value)

    main(["doctor"])

    said = capsys.readouterr().out
    assert re.search(r"^revoker +corp-ldap +good +logs in; shuts only what", said, re.MULTILINE)
    assert re.search(rf"^revoker +aws {READ} +good", said, re.MULTILINE)
    assert re.search(rf"^revoker +aws {REFUSES} +FAILED", said, re.MULTILINE)
    assert "Grant sts:AssumeRole on it to the user behind connection aws_revoke" in " ".join(said.split())


def test_from_the_question_to_the_undo(
    company: TinyCompany,
    heard: dict[str, set[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {**company.environment, "OFFBOARDING_AS_OF": WHERE["ask"]}.items():
        monkeypatch.setenv(name, value)
    assert night(company, 0) == 3
    by_readers = {login: set(asked) for login, asked in heard.items()}
    assert set(by_readers) == set(READERS.values())

    shown = asked(monkeypatch)
    rules = ("leaver-account-works", "leaver-access-key", "leaver-console-password")
    keys = {rule: company.short(rule) for rule in rules}
    assert shown["options"] == [*shown["offered"], NOTHING]
    assert (shown["multiple"], shown["defaults"]) == (True, None)
    assert sorted(shown["offered"]) == sorted(keys.values())
    assert shown["assigned_users"] == [{"id": "lee", "name": "lee"}, KIM]
    said = shown["subject"] + shown["body"]
    assert f"of `hr:{LEAVER}`: set Inactive" in said
    assert not [name for name in (*NAMES, *MAILS, *LOGINS) if name in said]
    assert asked(monkeypatch) == shown
    # The same text, and proposals made since: this run asked about others.
    made_since = {
        key: ShownLine(revocation_id=100, authority=each["authority"]) for key, each in shown["offered"].items()
    }
    other = RevocationQuestion(subject=shown["subject"], details=shown["body"], offered=made_since)
    with monkeypatch.context() as later:
        later.setattr(proposing, "question", lambda *_: other)
        with pytest.raises(RefusedError, match="asked another question before"):
            task().execute({"run_id": "manual__1", "task_instance": SimpleNamespace(id="1")})

    # Whoever may not, or chooses what wasn't offered, or nothing at all, changes nothing.
    for chosen, by, ends in (
        ([keys["leaver-access-key"]], {"id": "9", "name": "kim"}, RefusedError),
        (["f-00000000"], KIM, RefusedError),
        ([keys["leaver-access-key"], NOTHING], KIM, RefusedError),
        ([NOTHING], KIM, AirflowSkipException),
        ([keys["leaver-access-key"]], None, AirflowSkipException),
    ):
        with pytest.raises(ends):
            answer(chosen, shown["offered"], by=by)
    writers = {REVOKER, cloud.key_id("revoker")}
    assert not writers & set(heard)

    answer(list(keys.values()), shown["offered"])

    assert heard[REVOKER] == {"search", "modify"}
    wrote = {name for name in heard[cloud.key_id("revoker")] if not name.startswith(("Get", "List", "Assume"))}
    assert wrote == {"UpdateAccessKey", "PutUserPolicy"}
    monkeypatch.setenv("OFFBOARDING_AS_OF", NIGHTS[1])
    assert night(company, 1) == 0
    # A password that is denied everything still is one: its finding is one step less bad, and stands.
    stands = findings(company)
    assert [stands[rule] for rule in rules] == ["resolved", "resolved", "open"]

    assert main(["revoke", "list"]) == 0
    listed = capsys.readouterr().out
    assert all(key in listed for key in keys.values())
    # Nothing was broken off.
    assert main(["revoke", "settle", keys["leaver-access-key"], "--reason", "gone", "--author", "lee"]) == 1
    assert "was broken off. See: python -m offboarding revoke list" in capsys.readouterr().err
    for key in keys.values():
        assert main(["revoke", "undo", key, "--reason", "a mistake", "--author", "lee"]) == 0
    assert main(["revoke", "undo", keys["leaver-access-key"], "--reason", "twice", "--author", "lee"]) == 1
    operator = company.aws.operator(READ)
    keys_there = operator.list_access_keys(UserName="mjkim")["AccessKeyMetadata"]
    assert [each.get("Status") for each in keys_there] == ["Active"]
    assert operator.list_user_policies(UserName="mjkim")["PolicyNames"] == []
    assert night(company, 2) == 0
    stands = findings(company)
    assert {rule: stands[rule] for rule in rules} == dict.fromkeys(rules, "open")

    # In all of that, whoever reads changed nothing.
    for login in READERS.values():
        assert not {name for name in heard[login] if name.startswith(("Update", "Put", "Delete", "Create", "modify"))}
        assert heard[login] <= {*by_readers[login], "GetAccessKeyLastUsed"}
