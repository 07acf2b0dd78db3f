"""Whole hours through Airflow, on real systems: one before the first night, and one after somebody's last day."""

import re
import sqlite3
from collections.abc import Generator
from dataclasses import dataclass

import pytest

from tests.support.dag_runs import AirflowHome, Ended, airflow_home
from tests.support.memory import Folder
from tests.support.tiny_company import LEAVER, LOGINS, MAILS, NAMES, READ, REFUSES, STAFF, TinyCompany, tiny_company

BEFORE, NIGHT, MIDNIGHT = "2026-11-24T09:05:00+09:00", "2026-11-26T01:30:00+09:00", "2026-11-27T00:05:00+09:00"
VERIFY = "offboarding_verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """They cost 10 seconds each, so every test looks at the same ones."""

    company: TinyCompany
    home: AirflowHome
    quiet: Ended
    """Before the first night."""
    tickets: list[str]
    """As the night left them, which was told of the other's last day."""
    midnight: Ended
    """Just after that day, when AWS hands out no keys' list any more."""
    tickets_then: list[str]


@pytest.fixture(scope="module")
def hours(in_memory: Folder) -> Generator[Hours]:
    folder = in_memory("tiny company")
    with airflow_home(folder / "airflow") as home, tiny_company(folder) as company:
        company.staff_leaves("2026-11-26")
        quiet = home.run(company.environment, BEFORE, dag=VERIFY)
        assert company.night(NIGHT) == 0
        tickets = company.tickets()
        company.aws.deny(READ, "AssumeRole")
        midnight = home.run(company.environment, MIDNIGHT, dag=VERIFY)
        yield Hours(
            company=company,
            home=home,
            quiet=quiet,
            tickets=tickets,
            midnight=midnight,
            tickets_then=company.tickets(),
        )


def test_where_nothing_is_open_nothing_is_done(hours: Hours) -> None:
    states = hours.quiet.states()

    assert hours.quiet.code == 0
    assert {task for task, state in states.items() if state == "success"} == {"open.begin", "due.begin"}
    assert set(states.values()) == {"success", "skipped"}
    assert not [line for line in hours.quiet.own if "run open" in line]


def test_what_is_open_is_looked_at_again_where_it_lies_and_nowhere_else(hours: Hours) -> None:
    read = {task for task in hours.midnight.states() if task.startswith("open.reread")}

    assert read == {"open.reread corp-ldap", f"open.reread aws {READ}"}


def test_a_system_that_fails_is_red_and_keeps_nothing_else_back(hours: Hours) -> None:
    states = hours.midnight.states()

    failed = {task for task, state in states.items() if state != "success"}
    assert hours.midnight.code == 1
    assert failed == {f"open.reread aws {READ}", "open.tell_open", f"due.collect aws {READ}", "due.tell_due"}
    said = [line for line in hours.midnight.own if line.startswith("!! Run ")]
    assert len(said) == 2
    assert all(f"aws {READ} couldn't be read" in line and REFUSES not in line for line in said)
    assert hours.midnight.tries()[f"open.reread aws {READ}"] == 1


def test_whose_last_day_has_ended_has_a_ticket_within_the_hour(hours: Hours) -> None:
    new = [title for title in hours.tickets_then if title not in hours.tickets]

    assert all(LEAVER in title for title in hours.tickets)
    assert new
    assert all(STAFF in title for title in new)
    said = "\n".join(hours.midnight.own)
    assert re.search(rf"last day ended.*hr:{STAFF}", said)
    assert re.search(rf"person checked.*worker=hr:{STAFF}", said)


def test_between_tasks_go_numbers_and_names_of_the_configuration(hours: Hours) -> None:
    kept = hours.home.rows("select task_id, value from xcom where dag_id = ? and key = 'return_value'", VERIFY)

    assert {str(task) for task, _ in kept} == {
        *(f"{group}.{task}" for group in ("open", "due") for task in ("begin", "find_parts")),
        "due.find_rosters",
    }


def test_no_name_no_mail_and_no_secret_lies_in_its_database_or_log(hours: Hours) -> None:
    with sqlite3.connect(hours.home.folder / "airflow.db") as database:
        told = "\n".join(database.iterdump())

    private = (*NAMES, *MAILS, *hours.company.secrets, *(f"uid={login}" for login in LOGINS))
    assert not [each for each in private if each in told or each in hours.midnight.output]
