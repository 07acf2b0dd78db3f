"""Whole nights through Airflow, on real systems: a red one, a green one; then each task again."""

import json
import sqlite3
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.execution_time.context import set_current_context
from psycopg import sql

from offboarding.store.connect import Session
from tests.support.dag_runs import AirflowHome, Ended, airflow_home
from tests.support.memory import Folder
from tests.support.source_tree import PROJECT
from tests.support.tiny_company import LEAVER, LOGINS, MAILS, NAMES, REFUSES, TinyCompany, tiny_company

FIRST, SECOND, THIRD = (f"2026-11-{day}T01:30:00+09:00" for day in (25, 26, 27))
ADDRESS = "https://airflow.corp.example"
pytestmark = pytest.mark.timeout(600)
"""Airflow begins twice before the first test; a machine that is busy elsewhere takes minutes for that."""
OWN_TABLES = {"run", "roster_read", "source_read", "scope"}
"""What a read writes of itself, each time anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """Two runs, one after the other: they cost 10 seconds each, so every test looks at the same ones."""

    company: TinyCompany
    home: AirflowHome
    red: Ended
    """An AWS account refused."""
    reports: Path
    tickets: list[str]
    """As they stood after the red night."""
    green: Ended
    """It was let in, and as_of came from the environment."""


@pytest.fixture(scope="module")
def nights(in_memory: Folder) -> Generator[Nights]:
    folder = in_memory("tiny company")
    with airflow_home(folder / "airflow") as home, tiny_company(folder) as company:
        keep_reports(company, f"file://{folder}/reports")
        company.aws.deny(REFUSES, "AssumeRole")
        red = home.run({**company.environment, "AIRFLOW__API__BASE_URL": ADDRESS}, FIRST)
        tickets = company.tickets()
        company.aws.relent()
        green = home.run({**company.environment, "OFFBOARDING_AS_OF": SECOND})
        yield Nights(
            company=company,
            home=home,
            reports=folder / "reports",
            red=red,
            tickets=tickets,
            green=green,
        )


@pytest.fixture(scope="module")
def nightly() -> DAG:
    """Its tasks' functions; its connections and configuration are asked for when they run."""
    return DagBag(dag_folder=PROJECT / "dags").dags["offboarding_nightly"]


class TestRed:
    def test_everything_else_is_checked_and_the_run_is_red(self, nights: Nights) -> None:
        states = nights.red.states()

        assert nights.red.code == 1
        assert {task for task, state in states.items() if state == "failed"} == {f"collect aws {REFUSES}", "end"}
        assert {task for task, state in states.items() if state not in ("success", "failed")} == {"ask"}
        assert states["ask"] == "skipped", "nothing waits"

    def test_what_was_found_is_ticketed(self, nights: Nights) -> None:
        assert len(nights.tickets) == 3
        assert all(LEAVER in title for title in nights.tickets)

    def test_what_a_person_must_mend_was_asked_for_once(self, nights: Nights) -> None:
        assert nights.red.tries()[f"collect aws {REFUSES}"] == 1
        assert nights.company.aws.requests(REFUSES)["AssumeRole"] == 1 + 1, "red, green"

    def test_the_task_ends_with_what_where_and_what_to_do(self, nights: Nights) -> None:
        (said,) = [line for line in nights.red.own if line.startswith("!! sources.")]

        assert said.startswith(f"!! sources.aws {REFUSES}: AssumeRole on OffboardingAudit denied")
        assert "Grant sts:AssumeRole" in said
        assert "docs/permissions/aws.md" in said

    def test_the_runs_last_line_says_why_it_is_red_and_where_to_look(self, nights: Nights) -> None:
        last = nights.red.own[-1]

        assert last.startswith("!! Run 1 is red: ")
        assert f"aws {REFUSES} couldn't be read" in last
        assert "report" in last

    def test_nothing_of_airflows_stands_under_that_sentence(self, nights: Nights) -> None:
        """No frames, which nobody in IT reads."""
        said = [line for line in nights.red.output.splitlines() if line.strip()]
        (last,) = [number for number, line in enumerate(said) if "Run 1 is red: " in line]

        assert not [line for line in said if "Traceback" in line or line.lstrip().startswith("File ")]
        assert "Task exited" in said[last + 1]
        assert len(said) - last <= 4

    def test_the_report_names_what_was_not_checked(self, nights: Nights) -> None:
        report = "\n".join(nights.red.own)

        assert "RED" in report
        assert f"NOT CHECKED sources.aws {REFUSES}" in report


class TestGreen:
    def test_nothing_failed(self, nights: Nights) -> None:
        assert nights.green.code == 0
        states = nights.green.states()
        assert states.pop("ask") == "skipped", "nothing waits"
        assert set(states.values()) == {"success"}
        assert not [line for line in nights.green.own if line.startswith("!!")]

    def test_as_of_came_from_the_environment(self, nights: Nights) -> None:
        assert any("as_of=2026-11-25T16:30:00+00:00" in line for line in nights.green.own)

    def test_a_second_night_opens_no_second_ticket(self, nights: Nights) -> None:
        assert nights.company.tickets() == nights.tickets

    def test_a_mapped_task_bears_the_name_of_what_it_reads(self, nights: Nights) -> None:
        reads = {task for task in nights.green.states() if task.startswith(("read_roster", "collect", "detail"))}
        parts = ("corp-ldap", "aws 111111111111", f"aws {REFUSES}")
        assert reads == {"read_roster hr", *(f"{task} {part}" for task in ("collect", "detail") for part in parts)}


class TestWhatAirflowKeeps:
    def test_between_tasks_goes_a_number_and_what_there_is_to_read(self, nights: Nights) -> None:
        kept = nights.home.rows("select task_id, key, value from xcom")

        told = {(task, key): str(value) for task, key, value in kept if not key.startswith("_link_")}
        parts = json.loads(told.pop(("find_parts", "return_value")))
        assert {part["source"] for part in parts} == {"corp-ldap", "aws"}
        assert json.loads(told.pop(("find_rosters", "return_value"))) == [{"name": "hr"}]
        assert told.keys() == {("open_run", "return_value")}
        assert all(value.isdigit() for value in told.values())

    def test_tasks_lead_to_the_nights_page_and_to_what_is_open(self, nights: Nights) -> None:
        """The red night's last task too, which nobody would have to look further from."""
        kept = nights.home.rows(
            "select task_id, key, value from xcom where key like '@_link@_%' escape '@' and run_id = ?",
            nights.red.run_id,
        )

        told = {(task, key.removeprefix("_link_")): json.loads(value) for task, key, value in kept}
        night = f"/offboarding/runs/offboarding_nightly/{quote(nights.red.run_id, safe='')}"
        assert {task for task, link in told if link == "NightLink"} >= {"ticket", "alert", "report", "end"}
        assert {urlsplit(url).path for (_, link), url in told.items() if link == "NightLink"} == {night}
        assert [task for task, link in told if link == "TicketsLink"] == ["ticket"]
        assert urlsplit(told["ticket", "TicketsLink"]).path == "/offboarding/findings"

    def test_no_name_no_mail_and_no_secret_lies_in_its_database(self, nights: Nights) -> None:
        with sqlite3.connect(nights.home.folder / "airflow.db") as database:
            told = "\n".join(database.iterdump())
        assert not [each for each in (*NAMES, *MAILS, *LOGINS, *nights.company.secrets) if each in told]

    @pytest.mark.parametrize("which", ("red", "green"))
    def test_no_name_no_mail_no_label_and_no_secret_stands_in_the_log(self, nights: Nights, which: str) -> None:
        output = getattr(nights, which).output

        labels = [f"uid={login}" for login in LOGINS] + [f"user/{login}" for login in LOGINS]
        assert not [each for each in (*NAMES, *MAILS, *labels, *nights.company.secrets) if each in output]


class TestKept:
    def test_each_night_has_its_report_red_or_green(self, nights: Nights) -> None:
        red, green = sorted(nights.reports.iterdir())

        assert (red.name, green.name) == ("night-2026-11-24-run-1.html", "night-2026-11-25-run-2.html")
        text = red.read_text("utf-8")
        assert '<span class="verdict red">RED</span>' in text
        assert REFUSES in text
        assert LEAVER in text
        assert f'href="{ADDRESS}/offboarding/findings/f-' in text
        assert '<span class="verdict green">GREEN</span>' in green.read_text("utf-8")

    def test_it_names_nobody(self, nights: Nights) -> None:
        text = "\n".join(each.read_text("utf-8") for each in nights.reports.iterdir())

        assert not [each for each in (*NAMES, *MAILS, *nights.company.secrets) if each in text]


class TestAgain:
    """A worker that died after its work was done: the task runs again, in the same run, and so does all that follows
    (without `ticket` after `guard`, `end` is red).
    """

    @pytest.mark.parametrize(
        ("task_id", "told"),
        (
            ("read_roster", {"name": "hr"}),
            ("collect", {"source": "corp-ldap", "part": ""}),
            ("collect", {"source": "aws", "part": "111111111111"}),
            ("correlate", {}),
            ("detail", {"source": "corp-ldap", "part": ""}),
            ("detail", {"source": "aws", "part": "111111111111"}),
            ("evaluate", {}),
            ("guard", {}),
            ("ticket", {}),
            ("report", {}),
            ("end", {}),
        ),
        ids=lambda given: given if isinstance(given, str) else "-".join(given.values()) or "it",
    )
    def test_leaves_the_same_rows_and_tickets(
        self, nights: Nights, nightly: DAG, task_id: str, told: dict[str, str]
    ) -> None:
        task: Any = nightly.get_task(task_id)
        with nights.company.at_the_store() as session:
            before = dict(rows(session))

            with set_current_context(told_by(nights.green)):
                task.python_callable(2, **told)

            after = dict(rows(session))
        assert after == before
        assert nights.company.tickets() == nights.tickets

    def test_the_first_task_finds_its_run_again(self, nights: Nights, nightly: DAG) -> None:
        task: Any = nightly.get_task("open_run")
        with nights.company.at_the_store(), set_current_context(told_by(nights.green)):
            assert task.python_callable() == 2


@pytest.mark.slow
class TestNowhereToKeep:
    """The last of all: a night more."""

    def test_the_run_is_red_once_everything_else_is_done(self, nights: Nights) -> None:
        keep_reports(nights.company, "file:///dev/null/reports")

        ended = nights.home.run({**nights.company.environment, "OFFBOARDING_AS_OF": THIRD})

        states = ended.states()
        assert ended.code == 1
        assert (states.pop("keep_report"), states.pop("end"), states.pop("ask")) == (
            "failed",
            "upstream_failed",
            "skipped",
        )
        assert set(states.values()) == {"success"}
        assert ended.tries()["keep_report"] == 1, "a person has to act first"
        assert ended.own[-1].startswith("!! policy.night_report: file:///dev/null/reports can't be written to")
        assert nights.company.tickets() == nights.tickets


def keep_reports(company: TinyCompany, folder: str) -> None:
    """Set where they are kept."""
    path = Path(company.environment["OFFBOARDING_CONFIG"])
    given = yaml.safe_load(path.read_text("utf-8"))
    given["policy"]["night_report"] = folder
    path.write_text(yaml.safe_dump(given), encoding="utf-8")


def told_by(ended: Ended) -> Any:
    """Airflow's context, as far as the first task looks at it."""
    begun = SimpleNamespace(dag_id="offboarding_nightly", run_id=ended.run_id)
    return {"run_id": ended.run_id, "dag_run": begun, "params": {"as_of": None}}


def rows(session: Session) -> Iterator[tuple[str, list[str]]]:
    """Every table with its rows; of what a read writes of itself only how many rows there are, and of how a run ended
    nothing: it is written once more where a task is repeated.
    """
    tables = session.execute(
        "select tablename::text from pg_tables where schemaname = current_schema() order by tablename"
    ).fetchall()
    for (name,) in tables:
        table = sql.Identifier(str(name))
        found = session.execute(sql.SQL("select t::text from {} t").format(table)).fetchall()
        told = sorted(str(row) for (row,) in found if not (name == "finding_event" and ",run:" in str(row)))
        yield str(name), [str(len(told))] if name in OWN_TABLES else told
