"""Runs through Airflow beside the nights: one that may not be, departures, and decisions by the form."""

import json
import re
import sqlite3
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.dag_runs import AirflowHome, Ended, airflow_home
from tests.support.memory import Folder
from tests.support.tiny_company import LEAVER, LOGINS, MAILS, NAMES, REFUSES, STAFF, TinyCompany, tiny_company

NIGHT, BACKWARDS, LATER = "2026-11-26T01:30:00+09:00", "2026-11-24T01:30:00+09:00", "2026-11-26T09:00:00+09:00"
DEPARTURE = "offboarding_departure"
DECIDE, LINK = "offboarding_decide", "offboarding_decide_link"
REASON = "told by their team lead"
pytestmark = pytest.mark.timeout(600)
"""Airflow begins five times before the first test; a machine that is busy elsewhere takes minutes for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """One after the other, after a night by command: they cost seconds each, so every test looks at the same ones."""

    company: TinyCompany
    home: AirflowHome
    tickets: list[str]
    """As the night left them."""
    refused: Ended
    """A night whose as_of goes backwards."""
    departure: Ended
    """Of the leaver by mail, and of the other by worker id."""
    nobody: Ended
    """Of somebody whom no roster ever told of."""
    decided: Ended
    """A gap, acknowledged by the form."""
    refused_decision: Ended
    """A link to an account that isn't there."""


@pytest.fixture(scope="module")
def runs(in_memory: Folder) -> Generator[Runs]:
    folder = in_memory("tiny company")
    with airflow_home(folder / "airflow") as home, tiny_company(folder) as company:
        assert company.night(NIGHT) == 0
        tickets = company.tickets()
        refused = home.run(company.environment, BACKWARDS)
        later = {**company.environment, "OFFBOARDING_AS_OF": LATER}
        departure = home.run(later, dag=DEPARTURE, people=[MAILS[0], f"hr:{STAFF}"])
        nobody = home.run(later, dag=DEPARTURE, people=["nobody.at.all@corp.example"])
        until = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
        known = {"name": "acknowledge", "roster": "hr", "until": until, "reason": REASON}
        decided = home.run(company.environment, dag=DECIDE, decision=known)
        wrong = {"name": "link reject", "source": "corp-ldap", "account": "nobody-at-all", "worker": f"hr:{STAFF}"}
        refused_decision = home.run(company.environment, dag=LINK, decision={**wrong, "reason": REASON})
        yield Runs(
            company=company,
            home=home,
            tickets=tickets,
            refused=refused,
            departure=departure,
            nobody=nobody,
            decided=decided,
            refused_decision=refused_decision,
        )


class TestRefused:
    def test_a_night_is_not_checked_backwards(self, runs: Runs) -> None:
        assert runs.refused.code == 1
        (said,) = [line for line in runs.refused.own if line.startswith("!!")]
        assert "lies before the last night's, 2026-11-25T16:30:00+00:00 (run 1)" in said
        assert "Leave as_of out, or give a later one" in said
        assert runs.refused.own[-1] == said

    def test_nothing_runs_without_a_run(self, runs: Runs) -> None:
        states = runs.refused.states()

        assert states.pop("open_run") == "failed"
        assert set(states.values()) == {"upstream_failed"}

    def test_and_nothing_was_written(self, runs: Runs) -> None:
        with runs.company.at_the_store() as session:
            assert session.execute("select run_id, status from run where kind = 'nightly'").fetchall() == [(1, "green")]


class TestDeparture:
    def test_nothing_failed_and_everything_of_them_was_read(self, runs: Runs) -> None:
        states = runs.departure.states()

        parts = ("corp-ldap", "aws 111111111111", f"aws {REFUSES}")
        read = {*(f"{task} {part}" for task in ("collect", "detail") for part in parts), "read_roster hr"}
        assert runs.departure.code == 0
        assert states.pop("ask") == "skipped", "nothing may be revoked"
        own = ("open_run", "find_rosters", "find_parts", "find_people", "correlate", "tell", "end")
        assert states.keys() == {*read, *own}
        assert set(states.values()) == {"success"}

    def test_the_night_has_opened_the_ticket_already(self, runs: Runs) -> None:
        assert runs.company.tickets() == runs.tickets

    def test_it_says_of_each_whether_they_left_and_what_works(self, runs: Runs) -> None:
        said = "\n".join(runs.departure.own)

        assert re.search(rf"person checked.*worker=hr:{LEAVER}", said)
        assert re.search(rf"not a leaver at this moment.*worker=hr:{STAFF}", said)
        assert {"leaver-access-key", "leaver-account-works"} <= set(re.findall(r"rule=(\S+)", said))

    def test_whoever_nobody_knows_stops_it_before_a_system_is_asked(self, runs: Runs) -> None:
        states = runs.nobody.states()

        assert runs.nobody.code == 1
        assert {task for task, state in states.items() if state == "success"} == {
            "open_run",
            "find_rosters",
            "find_parts",
            "read_roster hr",
        }
        assert states["find_people"] == "failed"
        assert runs.nobody.own[-1] == (
            "!! Line 1 of people is nobody's worker id, mail or login: no roster has ever told of it."
        )


class TestDecision:
    def test_it_is_written_down_in_the_name_of_whoever_triggered_it(self, runs: Runs) -> None:
        assert runs.decided.code == 0
        with runs.company.at_the_store() as session:
            kept = session.execute("select roster, reason, approver, origin from exception").fetchall()
        # `airflow dags test` says of itself that it is the user.
        assert kept == [("hr", REASON, "dag_test", "person")]

    def test_the_log_says_what_by_its_number(self, runs: Runs) -> None:
        (said,) = [line for line in runs.decided.own if "decided" in line]

        assert re.search(r"decision=acknowledge\b.*number=1\b", said)

    def test_a_refusal_is_red_and_its_sentence_the_last_line(self, runs: Runs) -> None:
        assert runs.refused_decision.code == 1
        assert runs.refused_decision.own[-1] == ("!! corp-ldap has no account that is called so. Give its native id.")

    @pytest.mark.parametrize("which", ("decided", "refused_decision"))
    def test_no_reason_and_no_login_stands_in_the_log(self, runs: Runs, which: str) -> None:
        output = getattr(runs, which).output

        assert not [word for word in (REASON, "nobody-at-all", *LOGINS, *runs.company.secrets) if word in output]


class TestWhatAirflowKeeps:
    def test_between_a_departure_s_tasks_goes_no_name_but_numbers(self, runs: Runs) -> None:
        kept = runs.home.rows(
            "select task_id, key, value from xcom where run_id = ? and task_id not in ('find_parts', 'find_rosters')",
            runs.departure.run_id,
        )

        told = {(task, key): str(value) for task, key, value in kept}
        # Its button leads nowhere: nobody has told this Airflow its own address.
        assert json.loads(told.pop(("tell", "_link_TicketsLink"))) == ""
        assert told.keys() == {("open_run", "return_value"), ("find_people", "return_value")}
        assert all(value.isdigit() for value in told.values())

    def test_no_name_no_mail_and_no_secret_lies_in_its_database(self, runs: Runs) -> None:
        with sqlite3.connect(runs.home.folder / "airflow.db") as database:
            told = "\n".join(database.iterdump())

        # What a person wrote into the form stands in the run's conf, and in Airflow's log of who did what.
        told = told.replace(f'"people": ["{MAILS[0]}"', "").replace(f'\\"people\\": [\\"{MAILS[0]}\\"', "")
        assert not [each for each in (*NAMES, *MAILS, *LOGINS, *runs.company.secrets) if each in told]

    @pytest.mark.parametrize("which", ("refused", "departure", "nobody", "decided"))
    def test_no_name_no_mail_no_label_and_no_secret_stands_in_the_log(self, runs: Runs, which: str) -> None:
        output = getattr(runs, which).output

        labels = [f"uid={login}" for login in LOGINS] + [f"user/{login}" for login in LOGINS]
        assert not [each for each in (*NAMES, *MAILS, *labels, *runs.company.secrets) if each in output]
