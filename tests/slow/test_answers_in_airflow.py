"""Answers and decisions under a whole Airflow, where tasks are cleared: an answer applies to what was shown, and a
decision is made by the person who triggered it. Nothing of Airflow is replaced.

One Airflow and one company, whose story goes on from test to test: they run in the file's order.
"""

from collections.abc import Generator
from dataclasses import dataclass

import httpx
import pytest

from demo.standalone import Standalone, standalone
from tests.support.memory import Folder
from tests.support.queued_company import PEOPLE, QueuedCompany, queued_company
from tests.support.standalone import QUICK

pytestmark = pytest.mark.timeout(600)
RELEASE = "offboarding_release"
APPROVE = "offboarding_approve"
ROLES = {"lead": "user", "other": "user"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The company, and the Airflow in which `lead` and `other` may answer."""

    company: QueuedCompany
    airflow: Standalone

    def asked(self) -> str:
        """Trigger the DAG as `other`; the run once its question waits."""
        run = self.airflow.users["other"].trigger(RELEASE)
        self.airflow.until(lambda: self.airflow.waits(RELEASE, run, "ask"), "a person is asked")
        return run

    def shown(self, run: str) -> int:
        """How many people the question names."""
        body = self.airflow.users["lead"].client.get(self._path(run)).raise_for_status().json()["body"]
        return sum(f"worker hr:{each}: " in body for each in PEOPLE)

    def answer(self, run: str, option: str) -> httpx.Response:
        given = {"chosen_options": [option], "params_input": {"reason": "asked HR"}}
        return self.airflow.users["lead"].client.patch(self._path(run), json=given)

    def clear(self, dag: str, run: str, task: str, **more: object) -> None:
        """A task of a run is cleared by `other`, as a User may."""
        given = {"dry_run": False, "dag_run_id": run, "task_ids": [task], "only_failed": False, **more}
        path = f"/api/v2/dags/{dag}/clearTaskInstances"
        self.airflow.users["other"].client.post(path, json=given).raise_for_status()

    def delete(self, dag: str, run: str, task: str) -> None:
        """The instance of a task is deleted by `other`, as a User may: Airflow forgets its attempts and question."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}"
        self.airflow.users["other"].client.delete(path).raise_for_status()
        self.begin_again(dag, run)

    def begin_again(self, dag: str, run: str) -> None:
        """A run that has ended is queued by `other`, as a User may."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}"
        self.airflow.users["other"].client.patch(path, json={"state": "queued"}).raise_for_status()

    def said(self, dag: str, run: str, task: str, attempt: int) -> str:
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/{attempt}"
        told = self.airflow.admin.client.get(path, headers={"Accept": "application/json"})
        # Until the attempt begins, Airflow has no log of it.
        return (
            ""
            if told.status_code == 404
            else "\n".join(str(each) for each in told.raise_for_status().json()["content"])
        )

    def decided(self) -> list[str]:
        """Of every hold that ended, how."""
        with self.company.at_the_store() as (_, session):
            rows = session.execute("select status from guard_hold where status in ('released', 'rejected')").fetchall()
        return [str(status) for (status,) in rows]

    @staticmethod
    def _path(run: str) -> str:
        return f"/api/v2/dags/{RELEASE}/dagRuns/{run}/taskInstances/ask/-1/hitlDetails"


@pytest.fixture(scope="module")
def desk(in_memory: Folder) -> Generator[Desk]:
    folder = in_memory("answers")
    (folder / "tmp").mkdir()
    with queued_company(folder, approvers=["lead", "other"]) as company:
        company.night("the first night, which is accepted")
        environment = {**company.environment, **QUICK, "TMPDIR": str(folder / "tmp")}
        with standalone(folder / "airflow", environment, roles=ROLES, dags=(RELEASE, APPROVE)) as airflow:
            yield Desk(company=company, airflow=airflow)


def test_a_cleared_question_that_has_not_changed_is_asked_again(desk: Desk) -> None:
    desk.company.leave(*PEOPLE[:2])
    desk.company.night("two have left")
    run = desk.asked()
    assert desk.shown(run) == 2
    before = _tries(desk, run)

    desk.clear(RELEASE, run, "ask")

    desk.airflow.until(
        lambda: desk.airflow.admin.task(RELEASE, run, "ask") == "awaiting_input" and _tries(desk, run) > before,
        "the same question waits again",
    )


@pytest.mark.parametrize("option", ["Approve", "Reject"])
def test_a_cleared_question_that_has_changed_is_asked_in_no_run_that_shows_the_old_one(desk: Desk, option: str) -> None:
    run = desk.airflow.admin.runs(RELEASE)[-1]
    if desk.airflow.admin.state(RELEASE, run) == "failed":
        run = desk.asked()
    # The scheduler has to know that the last try's process has ended.
    desk.airflow.until(lambda: desk.airflow.waits(RELEASE, run, "ask"), "the question waits")
    before, gone = desk.shown(run), 4 if option == "Approve" else 5
    desk.company.leave(*PEOPLE[:gone])
    desk.company.night(f"{gone} have left")

    desk.clear(RELEASE, run, "ask")

    assert desk.airflow.ended(RELEASE, run) == "failed"
    assert desk.shown(run) == before, "Airflow keeps the text of the first try"
    said = desk.said(RELEASE, run, "ask", _tries(desk, run))
    assert "This run asked another question before" in said, said
    desk.answer(run, option)
    assert desk.airflow.admin.task(RELEASE, run, "ask") == "failed"
    assert (desk.decided(), desk.company.tickets()) == ([], [])


@pytest.mark.parametrize("option", ["Reject", "Approve"])
def test_an_answer_to_what_has_changed_meanwhile_decides_nothing(desk: Desk, option: str) -> None:
    """Without a clear: nights go by between the question and its answer."""
    gone = 3 if option == "Reject" else 4
    run = desk.asked()
    desk.company.leave(*PEOPLE[:gone])
    desk.company.night(f"{gone} are left of them")

    assert desk.answer(run, option).status_code == 200

    assert desk.airflow.ended(RELEASE, run) == "failed"
    assert "has changed since it was shown" in desk.said(RELEASE, run, "ask", 1)
    assert (desk.decided(), desk.company.tickets()) == ([], [])


def test_a_deleted_question_that_has_changed_is_asked_in_no_run_that_asked_the_old_one(desk: Desk) -> None:
    """The page of whoever loaded it before still shows the old one."""
    run = desk.asked()
    desk.company.leave(*PEOPLE[:3])
    desk.company.night("three are left of them")

    # Both tasks: with one left, skipped or not, Airflow ends the run and asks nothing.
    desk.airflow.users["other"].client.delete(
        f"/api/v2/dags/{RELEASE}/dagRuns/{run}/taskInstances/revoke"
    ).raise_for_status()
    desk.delete(RELEASE, run, "ask")

    desk.airflow.until(
        lambda: "This run asked another question before" in desk.said(RELEASE, run, "ask", 1), "nothing is asked"
    )
    assert desk.airflow.ended(RELEASE, run) == "failed"
    desk.answer(run, "Approve")
    assert (desk.decided(), desk.company.tickets()) == ([], [])
    desk.company.leave(*PEOPLE[:4])
    desk.company.night("four are left of them again")


@pytest.mark.parametrize("counted", [True, False])
def test_a_refused_decision_is_not_taken_later_in_its_author_s_name(desk: Desk, *, counted: bool) -> None:
    """Lead asks for a run that there isn't; once there is, somebody else clears the task.

    Without `reset_dag_runs` a clear does not count in the run's clear_number, and the run has to be queued as well.
    """
    with desk.company.at_the_store() as (_, session):
        ((last,),) = session.execute("select max(run_id) from run").fetchall()
    run = desk.airflow.users["lead"].trigger(
        APPROVE, decision={"name": "release", "run": int(str(last)) + 1, "reason": "asked HR"}
    )
    assert desk.airflow.ended(APPROVE, run) == "failed"
    desk.company.night("now there is that run")

    desk.clear(APPROVE, run, "decide", reset_dag_runs=counted)
    if not counted:
        desk.begin_again(APPROVE, run)

    desk.airflow.until(
        lambda: "This run was cleared" in desk.said(APPROVE, run, "decide", 2), "the second try is refused"
    )
    assert desk.airflow.ended(APPROVE, run) == "failed"
    assert (desk.decided(), desk.company.tickets()) == ([], [])


def test_a_refused_decision_is_not_taken_later_by_a_task_that_was_deleted(desk: Desk) -> None:
    with desk.company.at_the_store() as (_, session):
        ((last,),) = session.execute("select max(run_id) from run").fetchall()
    run = desk.airflow.users["lead"].trigger(
        APPROVE, decision={"name": "release", "run": int(str(last)) + 1, "reason": "asked HR"}
    )
    assert desk.airflow.ended(APPROVE, run) == "failed"
    desk.company.night("now there is that run")

    desk.delete(APPROVE, run, "decide")

    desk.airflow.until(lambda: "This run was refused" in desk.said(APPROVE, run, "decide", 1), "it is refused again")
    assert desk.airflow.ended(APPROVE, run) == "failed"
    assert (desk.decided(), desk.company.tickets()) == ([], [])


def test_a_new_run_shows_the_new_question_and_its_answer_counts(desk: Desk) -> None:
    run = desk.asked()
    assert desk.shown(run) == 4

    assert desk.answer(run, "Approve").status_code == 200

    assert desk.airflow.ended(RELEASE, run) == "success", desk.said(RELEASE, run, "ask", 1)
    assert (desk.decided(), sorted(desk.company.tickets())) == (["released"], sorted(PEOPLE[:4]))


def _tries(desk: Desk, run: str) -> int:
    path = f"/api/v2/dags/{RELEASE}/dagRuns/{run}/taskInstances/ask"
    return int(desk.airflow.admin.client.get(path).raise_for_status().json()["try_number"])
