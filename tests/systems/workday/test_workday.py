"""A report of Workday's: what every roster must do, and what Workday and reports of it do of their own."""

import socket
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from demo.certificates import make_certificate
from offboarding.config.init.asking import Answers
from offboarding.interfaces import Chooser, ConnectionFields, ReadContext, Roster
from offboarding.model import Worker
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.net.service import api
from offboarding.rosters import workday
from offboarding.rosters.workday._api.tenant import effective_date
from tests.contract.roster_contract import STATUSES, Publish, RosterContract, failure_of, publishing, row
from tests.support.described.server import Answered
from tests.support.full_disk import no_file_beyond
from tests.support.liars import lying
from tests.systems.workday.service import (
    ACCESS,
    NIGHT,
    PASSWORD,
    PROMPT,
    REFRESH,
    REPORT,
    SECRET,
    SETTINGS,
    Text,
    WorkdayPlace,
    workday_place,
)

pytestmark = pytest.mark.slow

YESTERDAY, TODAY = date(2026, 11, 23), date(2026, 11, 24)
AHEAD = {"effective_prompt": PROMPT}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[WorkdayPlace]:
    with workday_place(make_certificate(Path(tmp_path_factory.mktemp("tls")))) as place:
        yield place


@pytest.fixture
def place(running: WorkdayPlace) -> WorkdayPlace:
    """With nobody in it yet."""
    running.kept.__init__()  # as it was new
    running.service.asked.clear()
    return running


@pytest.fixture
def publish(place: WorkdayPlace) -> Publish:
    def held(rows: Sequence[Mapping[str, str]], there: Sequence[str], given: dict[str, Any]) -> Roster:
        place.kept.rows, place.kept.columns = [*rows], [*there]
        return place.roster(given)

    return publishing(held, statuses=STATUSES)


class TestContract(RosterContract):
    """A report does what every roster must."""


def ended(worker: Worker) -> tuple[str, date | None]:
    (job,) = worker.employments
    return job.status, job.last_working_on


def failure(roster: Roster) -> OffboardingError:
    return failure_of(roster, PASSWORD, SECRET, REFRESH, ACCESS)


# --- the moment -------------------------------------------------------------------------------------------------------


def test_a_day_that_there_is_not_costs_its_row_alone(publish: Publish) -> None:
    roster = publish([row("1", status="left", end="2026-02-31-08:00"), row("2")])
    assert [worker.worker_id for worker in roster.read()] == ["2"]
    assert [problem.text for problem in roster.left_out.problems] == ['"2026-02-31" is no date']


def test_whoever_left_east_of_the_pacific_is_at_work_there_still_unless_it_is_asked_ahead(place: WorkdayPlace) -> None:
    place.kept.add("1042", terminated_on=TODAY)

    assert [ended(worker) for worker in place.roster().read()] == [("active", None)]
    assert [ended(worker) for worker in place.roster(AHEAD).read()] == [("left", TODAY)]


def test_a_day_that_is_still_to_end_is_told_with_its_day_and_zone(place: WorkdayPlace) -> None:
    place.kept.add("1042", terminated_on=TODAY, location="Honolulu")
    (worker,) = place.roster(AHEAD).read()
    assert ended(worker) == ("left", TODAY)
    assert worker.employments[0].zone == "Pacific/Honolulu"


def test_the_last_day_of_work_comes_before_the_termination(place: WorkdayPlace) -> None:
    place.kept.add("1042", last_day_on=date(2026, 10, 30), terminated_on=YESTERDAY)
    (worker,) = place.roster().read()
    assert ended(worker) == ("left", date(2026, 10, 30))
    assert worker.employments[0].end_on == YESTERDAY


@pytest.mark.parametrize(
    ("as_of", "asked"),
    [
        pytest.param(datetime(2026, 11, 24, 9, 59, tzinfo=UTC), "2026-11-24-08:00", id="before it's tomorrow anywhere"),
        pytest.param(datetime(2026, 11, 24, 10, 0, tzinfo=UTC), "2026-11-25-08:00", id="tomorrow, somewhere"),
        pytest.param(datetime(2026, 6, 30, 12, 0, tzinfo=UTC), "2026-07-01-07:00", id="summer"),
        pytest.param(datetime(2026, 3, 7, 12, 0, tzinfo=UTC), "2026-03-08-07:00", id="the day it becomes summer"),
    ],
)
def test_ahead_is_the_latest_day_that_it_is_anywhere(as_of: datetime, asked: str) -> None:
    assert effective_date(as_of) == asked


def test_somebody_terminated_without_a_day_may_leave_tomorrow_and_what_was_known_stands(place: WorkdayPlace) -> None:
    place.kept.add("1042", terminated_on=TODAY)
    place.kept.add("1043")
    place.kept.hidden = {"Termination_Date", "Last_Day_of_Work"}
    roster = place.roster(AHEAD)
    assert [worker.worker_id for worker in roster.read()] == ["1043"]
    assert list(roster.left_out.records) == ["1042"]
    (problem,) = roster.left_out.problems
    assert problem.text.startswith("somebody terminated, and no day")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-13", date(2026, 11, 13)),
        ("2026-11-13-08:00", date(2026, 11, 13)),
        ("2026-11-13+14:00", date(2026, 11, 13)),
        ("2026-11-13Z", date(2026, 11, 13)),
        ("9999-12-31-08:00", None),
        ("13.11.2026", date(2026, 11, 13)),
    ],
)
def test_a_day_with_an_offset_is_the_day_that_stands_there(publish: Publish, written: str, day: date | None) -> None:
    rows = [row("1", status="left", last_working_day=written)]
    (worker,) = publish(rows, date_format=["%Y-%m-%d", "%d.%m.%Y"]).read()
    assert worker.employments[0].last_working_on == day


# --- who is in it -----------------------------------------------------------------------------------------------------


def test_a_contractor_turned_employee_has_two_profiles_and_both_are_told(place: WorkdayPlace) -> None:
    place.kept.add("1042", kind="Contingent Worker", terminated_on=date(2026, 5, 31))
    place.kept.add("1042", kind="Employee", hired_on=date(2026, 6, 1))
    told = [(worker.worker_id, *ended(worker)) for worker in place.roster().read()]
    assert told == [("1042", "left", date(2026, 5, 31)), ("1042", "active", None)]


def test_a_report_proves_nothing_of_whom_its_user_may_not_see(place: WorkdayPlace) -> None:
    place.kept.add("1042")
    place.kept.add("1043", location="Oakland")
    place.kept.sees = "Seoul"
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1042"]
    assert roster.summary is not None
    assert not roster.summary.proved
    assert roster.summary.origin == f"report {REPORT}"


def test_a_column_taken_off_the_report_costs_the_read(place: WorkdayPlace) -> None:
    place.kept.add("1042")
    place.kept.columns = [name for name in place.kept.columns if name != "Termination_Date"]
    error = failure(place.roster())
    assert isinstance(error, IncompleteReadError)
    assert 'there is no column "Termination_Date" for end' in str(error)


def test_a_status_that_may_not_be_seen_costs_the_read(place: WorkdayPlace) -> None:
    place.kept.add("1042")
    place.kept.hidden = {"Worker_Status"}
    error = failure(place.roster())
    assert isinstance(error, IncompleteReadError)
    assert "the status is empty" in str(error)


def test_a_mark_before_the_first_column_is_none_of_its_name(place: WorkdayPlace) -> None:
    place.kept.add("1042")
    place.kept.columns = ["\ufeffWorker_ID", *place.kept.columns[1:]]
    place.kept.rows = [{"\ufeffWorker_ID": "1042", "Worker_Status": "Active"}]
    assert [worker.worker_id for worker in place.roster().read()] == ["1042"]


def test_values_that_people_write_stay_values(publish: Publish) -> None:
    names = ['=HYPERLINK("x")', 'a "b", c', "two\nlines", "김민준", "<wd:Error>"]
    rows = [row(str(number), name=name) for number, name in enumerate(names, start=1)]
    assert [worker.name for worker in publish(rows).read()] == names


# --- how it's asked ---------------------------------------------------------------------------------------------------


def test_an_api_client_is_let_in_by_its_refresh_token(place: WorkdayPlace) -> None:
    place.kept.add("1042")
    roster = place.roster(connection=place.connection(by_token=True))
    assert [worker.worker_id for worker in roster.read()] == ["1042"]
    assert place.service.asked == ["POST /ccx/oauth2/acme/token", f"GET /ccx/service/customreport2/{REPORT}"]


def test_a_client_s_secret_that_is_not_taken_is_told_and_not_shown(place: WorkdayPlace) -> None:
    connection = place.connection(by_token=True, password="another-secret-of-the-client")
    error = failure(place.roster(connection=connection))
    assert isinstance(error, FatalError)
    assert "invalid_grant" in str(error)
    assert "another-secret" not in str(error)


def test_a_password_that_is_not_taken_is_the_connection_s(place: WorkdayPlace) -> None:
    error = failure(place.roster(connection=place.connection(password="another-password")))
    assert isinstance(error, FatalError)
    assert "401, invalid username or password. See the connection's login and password" in str(error)


def test_a_report_that_is_not_shared_names_what_its_user_needs(place: WorkdayPlace) -> None:
    error = failure(place.roster({"report": "acme/somebody/Else"}))
    assert isinstance(error, FatalError)
    assert "own the report or have it shared" in str(error)
    assert "docs/configuration/workday.md" in str(error)


def test_a_limit_is_waited_for_and_then_it_is_read(place: WorkdayPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []
    monkeypatch.setattr(api, "sleep", waits.append)
    place.kept.add("1042")
    place.kept.first = [Answered(status=429, headers={"Retry-After": "7"}), Answered(status=429)]
    assert len(list(place.roster().read())) == 1
    assert waits == [7, 60]


def test_a_report_that_fails_within_workday_is_tried_again(place: WorkdayPlace) -> None:
    place.kept.first = [Text(status=500, body="<wd:Message>Processing error occurred</wd:Message>")]
    error = failure(place.roster())
    assert isinstance(error, RetriableError)
    assert "500, Processing error occurred" in str(error)


def test_a_login_page_in_the_report_s_place_is_no_report(place: WorkdayPlace) -> None:
    place.kept.first = [Text(body="<!DOCTYPE html>\n<html><body>Sign in, please</body></html>")]
    assert isinstance(failure(place.roster()), IncompleteReadError)


def test_a_redirect_is_not_followed(place: WorkdayPlace) -> None:
    place.kept.first = [Answered(status=302, headers={"Location": "https://elsewhere.example/x?ticket=1"})]
    error = failure(place.roster())
    assert isinstance(error, FatalError)
    assert "redirects to https://elsewhere.example/x, and isn't followed" in str(error)
    assert len(place.service.asked) == 1


def test_a_report_larger_than_it_may_be_is_refused(place: WorkdayPlace) -> None:
    place.kept.rows = [{"Worker_ID": str(number), "Worker": "x" * 60_000} for number in range(20)]
    error = failure(place.roster({"max_megabytes": 1}))
    assert "an answer of more than 1 MB" in str(error)
    assert "raise max_megabytes" in str(error)


def test_a_report_that_the_disk_has_no_room_for_may_be_tried_again(place: WorkdayPlace) -> None:
    place.kept.rows = [{"Worker_ID": str(number), "Worker": "x" * 60_000} for number in range(20)]
    with no_file_beyond(1 << 16):
        error = failure(place.roster())

    assert isinstance(error, RetriableError)
    assert "Make room in this machine's folder of temporary files" in str(error)


@pytest.mark.parametrize(
    ("head", "error"),
    [
        pytest.param(b"Content-Length: 900\r\n", RetriableError, id="shorter than it says"),
        pytest.param(b"Transfer-Encoding: chunked\r\n", RetriableError, id="without its last chunk"),
        pytest.param(b"Connection: close\r\n", IncompleteReadError, id="says nothing of its end"),
    ],
)
def test_a_report_that_is_cut_off_counts_for_nobody(head: bytes, error: type[OffboardingError]) -> None:
    report = b"Worker_ID,Worker_Status\n1042,Active\n"
    body = b"%x\r\n%s\r\n" % (len(report), report) if b"chunked" in head else report

    def answer(asked: bytes) -> Iterable[bytes]:
        del asked
        yield b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body
        raise OSError("hung up")

    with lying(answer) as liar:
        fields: dict[str, Any] = {"conn_id": "hr_workday", "host": liar.host, "port": liar.port, "schema": "http"}
        connection = ConnectionFields(**fields, login="u", password=PASSWORD)
        own = {**SETTINGS, "columns": {"worker_id": "Worker_ID", "status": "Worker_Status"}}
        context = ReadContext(as_of=NIGHT, default_zone="Asia/Seoul")
        roster = workday.build(workday.Settings.model_validate(own), connection, context)
        assert isinstance(failure(roster), error)


def test_nobody_answers(place: WorkdayPlace) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert isinstance(failure(place.roster(connection=place.connection(port=port))), RetriableError)


@pytest.mark.parametrize("field", ["host", "login", "password"])
def test_a_connection_needs(place: WorkdayPlace, field: str) -> None:
    empty: dict[str, Any] = {field: ""}
    with pytest.raises(ConfigError, match=f"has no {field}"):
        place.roster(connection=place.connection(**empty))


# --- what is written for it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"report": "https://wd2.workday.com/ccx/service/customreport2/acme/o/r"}, "TENANT/OWNER/REPORT"),
        ({"report": "acme/o/r?format=json"}, "TENANT/OWNER/REPORT"),
        ({"prompts": {"format": "json"}}, "always asked for as CSV"),
        ({"prompts": {PROMPT: "2026-01-01"}, **AHEAD}, "leave out the latter"),
        ({"columns": {"worker_id": "ID"}}, "status is missing"),
    ],
)
def test_settings_that_can_not_be_meant(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        workday.Settings.model_validate(SETTINGS | wrong)


def test_prompts_are_asked_with(place: WorkdayPlace) -> None:
    place.kept.prompts = {PROMPT, "Include_Contingent"}
    place.kept.add("1042")
    assert len(list(place.roster({"prompts": {"Include_Contingent": "1"}} | AHEAD).read())) == 1


def flags(**given: str) -> Chooser:
    return Answers(given=given, interactive=False).about("hr")


def test_init_proposes_what_the_report_has(place: WorkdayPlace) -> None:
    place.kept.add("1042", terminated_on=YESTERDAY)
    place.kept.add("1043", location="Atlantis")
    proposal = workday.propose("hr_workday", place.connection(), flags(report=REPORT, effective_prompt=PROMPT))
    assert proposal.settings == {
        "report": REPORT,
        "coverage": "full",
        "columns": {
            "worker_id": "Worker_ID",
            "mail": "Work_Email",
            "login": "User_Name",
            "location": "Location",
            "type": "Worker_Type",
            "status": "Worker_Status",
            "start": "Hire_Date",
            "last_working_day": "Last_Day_of_Work",
            "end": "Termination_Date",
        },
        "effective_prompt": PROMPT,
        "statuses": {"Active": "active", "Terminated": "left"},
        "zones": {"Seoul": "Asia/Seoul"},
    }
    assert proposal.mail_domains == ("corp.example",)
    assert len(list(place.roster(proposal.settings).read())) == 2


def test_init_asks_whom_a_report_of_leavers_alone_lists(place: WorkdayPlace) -> None:
    place.kept.add("1042", terminated_on=YESTERDAY)
    with pytest.raises(ConfigError, match=r"--set hr\.coverage="):
        workday.propose("hr_workday", place.connection(), flags(report=REPORT))
    proposal = workday.propose("hr_workday", place.connection(), flags(report=REPORT, coverage="leavers"))
    assert proposal.settings["coverage"] == "leavers"


def test_init_asks_for_a_last_day_that_nobody_knows_and_takes_columns_that_are_named(place: WorkdayPlace) -> None:
    place.kept.columns = ["Worker_ID", "Lage", "DateofTermination"]
    place.kept.rows = [
        {"Worker_ID": "1042", "Lage": "Terminated", "DateofTermination": "2026-11-13"},
        {"Worker_ID": "1043", "Lage": "Active"},
    ]
    given = {"report": REPORT, "columns.status": "Lage"}
    with pytest.raises(ConfigError, match=r"DateofTermination\? .*--set hr\.columns\.end="):
        workday.propose("hr_workday", place.connection(), flags(**given))
    proposal = workday.propose("hr_workday", place.connection(), flags(**given, **{"columns.end": "DateofTermination"}))
    assert proposal.settings["columns"] == {"worker_id": "Worker_ID", "status": "Lage", "end": "DateofTermination"}
    assert proposal.settings["coverage"] == "full"


def test_init_says_what_comes_late_without_a_prompt(place: WorkdayPlace) -> None:
    place.kept.add("1042")
    proposal = workday.propose("hr_workday", place.connection(), flags(report=REPORT))
    assert "effective_prompt" not in proposal.settings
    assert any("up to 21 hours late" in note for note in proposal.notes)
    assert proposal.settings["coverage"] == "active", "nobody in it has left"
