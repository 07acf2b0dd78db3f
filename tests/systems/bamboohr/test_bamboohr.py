"""A company's BambooHR: what every roster must do, and what BambooHR does of its own."""

import base64
import ssl
from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from demo.certificates import make_certificate
from offboarding.config.init.asking import Answers
from offboarding.interfaces import Roster
from offboarding.model import Worker
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.net.service import api
from offboarding.rosters import bamboohr
from tests.contract.roster_contract import STATUSES, Publish, RosterContract, failure_of, publishing
from tests.support.described.server import Answered, Nested
from tests.systems.bamboohr.service import KEY, BambooPlace, bamboo_place

pytestmark = pytest.mark.slow

BASIC = base64.b64encode(f"{KEY}:x".encode()).decode()
GONE = {"status": "Inactive", "terminationDate": "2026-11-13", "employmentStatusEffectiveDate": "2026-11-13"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[BambooPlace]:
    with bamboo_place(make_certificate(Path(tmp_path_factory.mktemp("tls")))) as place:
        yield place


@pytest.fixture
def place(running: BambooPlace) -> Generator[BambooPlace]:
    """With nobody in it yet; nothing that is asked or said differs from the description."""
    running.kept.__init__()  # as it was new
    running.service.asked.clear()
    yield running
    assert running.service.wrong == []


@pytest.fixture
def publish() -> Generator[Publish]:
    """Under any names, which the description knows nothing of; 20 on a page."""
    with bamboo_place(None) as place:

        def held(rows: Sequence[Mapping[str, str]], there: Sequence[str], given: dict[str, Any]) -> Roster:
            place.kept.most = 20
            place.kept.fields = {*there}
            place.kept.employees = [{"employeeId": str(number), **each} for number, each in enumerate(rows)]
            return place.roster(given)

        yield publishing(held, statuses=STATUSES)


class TestContract(RosterContract):
    """A list of employees does what every roster must."""


def told(worker: Worker) -> list[tuple[str, date | None, date | None]]:
    """Of each employment: what it is, its first day and its end."""
    return [(job.status, job.start_on, job.end_on) for job in worker.employments]


def failure(roster: Roster) -> OffboardingError:
    return failure_of(roster, KEY, BASIC)


# --- who has left -----------------------------------------------------------------------------------------------------


def test_somebody_who_works_here_and_somebody_who_left(place: BambooPlace) -> None:
    place.kept.add("1042", **GONE)
    place.kept.add("1043", firstName="Minjun", lastName="Kim")
    roster = place.roster()
    gone, here = roster.read()
    assert told(gone) == [("left", date(2020, 3, 2), date(2026, 11, 13))]
    assert told(here) == [("active", date(2020, 3, 2), None)]
    assert (here.worker_id, here.name, here.mail, here.location) == (
        "1043",
        "Minjun Kim",
        "w1043@corp.example",
        "Seoul",
    )
    assert here.employments[0].zone == "Asia/Seoul"
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved
    assert roster.summary.rows == 2


def test_a_termination_to_come_is_a_planned_end(place: BambooPlace) -> None:
    place.kept.add("1042", terminationDate="2026-11-30")
    (worker,) = place.roster().read()
    assert told(worker) == [("active", date(2020, 3, 2), date(2026, 11, 30))]


def test_whoever_was_rehired_has_a_termination_that_is_history(place: BambooPlace) -> None:
    place.kept.add("1042", terminationDate="2024-05-31", employmentStatusEffectiveDate="2026-02-01")
    (worker,) = place.roster().read()
    assert told(worker) == [("active", date(2020, 3, 2), None)]


def test_an_end_that_is_no_older_than_what_they_are_now_stands(place: BambooPlace) -> None:
    place.kept.add("1042", terminationDate="2026-11-13", employmentStatusEffectiveDate="2026-11-13")
    (worker,) = place.roster().read()
    assert told(worker) == [("active", date(2020, 3, 2), date(2026, 11, 13))]


@pytest.mark.parametrize("starts", ["2026-11-24", "2026-12-01"])
def test_whoever_has_not_begun_has_not_left(place: BambooPlace, starts: str) -> None:
    place.kept.add("1042", status="Inactive", hireDate=starts)
    (worker,) = place.roster().read()
    assert told(worker) == [("future", date.fromisoformat(starts), None)]


def test_whoever_comes_back_next_month_has_left_and_is_to_come(place: BambooPlace) -> None:
    place.kept.add("1042", **(GONE | {"hireDate": "2026-12-01"}))
    (worker,) = place.roster().read()
    assert told(worker) == [("left", None, date(2026, 11, 13)), ("future", date(2026, 12, 1), None)]


def test_inactive_without_a_day_has_left_and_nobody_says_when(place: BambooPlace) -> None:
    place.kept.add("1042", status="Inactive")
    place.kept.add("1043", status="Inactive", terminationDate="0000-00-00")
    assert [told(worker) for worker in place.roster().read()] == [[("left", date(2020, 3, 2), None)]] * 2


def test_a_private_mail_is_never_asked_for(place: BambooPlace) -> None:
    place.kept.add("1042", workEmail=None)
    (worker,) = place.roster().read()
    assert worker.mail == ""
    assert not any("homeEmail" in asked or "bestEmail" in asked for asked in place.service.asked)


def test_bamboohr_s_own_number_may_be_the_worker_s(place: BambooPlace) -> None:
    place.kept.add("1042", employeeId="77")
    columns = {"worker_id": "employeeId", "status": "status", "manager": "reportsToId"}
    assert [worker.worker_id for worker in place.roster({"columns": columns}).read()] == ["77"]


def test_somebody_without_a_number_is_told_and_nothing_is_concluded(place: BambooPlace) -> None:
    place.kept.add("1042")
    place.kept.add("1043", employeeNumber=None)
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1042"]
    assert [problem.text for problem in roster.problems] == ["the worker id is empty"]


# --- what may not be seen ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["terminationDate", "status", "hireDate"])
def test_a_day_or_status_that_may_not_be_seen_is_not_none(place: BambooPlace, field: str) -> None:
    one = place.kept.add("1042", **GONE)
    place.kept.add("1043")
    place.kept.hidden_of = {one["employeeId"]: {field}}
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1043"]
    assert list(roster.left_out.records) == ["1042"]
    (problem,) = roster.left_out.problems
    assert problem.text == "the value may not be seen by whoever reads"
    assert problem.record == f'hr_bamboo row 1, worker 1042, column "{field}"'


def test_a_mail_that_may_not_be_seen_ends_no_mail_that_was_known(place: BambooPlace) -> None:
    one = place.kept.add("1042")
    place.kept.hidden_of = {one["employeeId"]: {"workEmail"}}
    roster = place.roster()
    (worker,) = roster.read()
    assert worker.mail == ""
    assert list(roster.left_out.workers) == ["1042"]


def test_a_number_that_may_not_be_seen_is_nobody_s(place: BambooPlace) -> None:
    one = place.kept.add("1042")
    place.kept.add("1043")
    place.kept.hidden_of = {one["employeeId"]: {"employeeNumber"}}
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1043"]
    assert [problem.text for problem in roster.problems] == ["the value may not be seen by whoever reads"]


@pytest.mark.parametrize("field", ["workEmail", "terminationDate", "employeeNumber"])
def test_a_right_that_is_taken_away_costs_the_read(place: BambooPlace, field: str) -> None:
    for number in range(12):
        place.kept.add(str(number))
    place.kept.hidden = {field}
    error = failure(place.roster())
    assert isinstance(error, IncompleteReadError)
    assert field in str(error)
    assert "may not be seen" in str(error)


def test_nobody_is_filtered_or_sorted_out(place: BambooPlace) -> None:
    """BambooHR leaves whoever may not be seen out of such a list."""
    one = place.kept.add("1042")
    place.kept.hidden_of = {one["employeeId"]: {"status"}}
    place.kept.add("1043")
    assert len(asked(place, "page[limit]=250&sort=status")["data"]) == 1
    roster = place.roster()
    list(roster.read())
    assert roster.summary is not None
    assert roster.summary.rows == 2


def asked(place: BambooPlace, query: str) -> Any:
    """The company itself, by a request of the test's own."""
    assert place.tls
    trusted = ssl.create_default_context(cafile=str(place.tls.authority))
    address = f"https://127.0.0.1:{place.service.port}/api/v1/employees?{query}"
    return httpx.get(address, headers={"Authorization": f"Basic {BASIC}"}, verify=trusted).json()


def test_a_field_that_there_is_not_costs_the_read(place: BambooPlace) -> None:
    with bamboo_place(None) as plain:
        plain.kept.add("1042")
        columns = {"worker_id": "employeeNumber", "status": "status", "end": "terminatedOn"}
        error = failure(plain.roster({"columns": columns}))
    assert isinstance(error, IncompleteReadError)
    assert 'there is no column "terminatedOn" for end' in str(error)


def test_a_request_that_bamboohr_would_not_take_is_noted(running: BambooPlace) -> None:
    running.service.wrong.clear()
    asked(running, "fields=terminatedOn")
    asked(running, "page[limit]=5000")
    asked(running, "onlyCurrent=false")
    assert len(running.service.wrong) == 3
    running.service.wrong.clear()


def test_an_answer_that_bamboohr_would_not_give_is_noted(running: BambooPlace) -> None:
    running.kept.__init__()
    running.kept.first = [Answered(body={"data": [{"employeeId": 7}], "meta": {"total": 1}})]
    asked(running, "page[limit]=5")
    assert len(running.service.wrong) == 1
    running.service.wrong.clear()


# --- to its end -------------------------------------------------------------------------------------------------------


def test_every_page_is_read_and_counted(place: BambooPlace) -> None:
    place.kept.most = 3
    for number in range(10):
        place.kept.add(str(number))
    roster = place.roster()
    assert len(list(roster.read())) == 10
    assert len(place.service.asked) == 4
    assert roster.summary is not None
    assert roster.summary.proved


def test_fewer_than_bamboohr_counts_prove_nothing(place: BambooPlace) -> None:
    place.kept.add("1042")
    place.kept.total = 2
    roster = place.roster()
    assert len(list(roster.read())) == 1
    (problem,) = roster.problems
    assert problem.text == "1 employee came, where 2 are counted there"
    assert roster.summary is not None
    assert not roster.summary.proved


def test_a_list_that_changes_as_it_is_read_is_read_again(place: BambooPlace) -> None:
    place.kept.most = 2
    for number in range(4):
        place.kept.add(str(number))

    def deleted() -> None:
        del place.kept.employees[1]

    place.kept.between_pages = deleted
    error = failure(place.roster())
    assert isinstance(error, RetriableError)
    assert "the list changed as it was read" in str(error)


def test_pages_that_lead_in_a_circle_are_no_list(place: BambooPlace) -> None:
    for number in range(4):
        place.kept.add(str(number))
    place.kept.loops = True
    assert isinstance(failure(place.roster()), FatalError)


# --- how it's asked ---------------------------------------------------------------------------------------------------


def test_a_key_that_is_not_taken_is_told_in_bamboohr_s_words(place: BambooPlace) -> None:
    error = failure(place.roster(connection=place.connection(password="another-key")))
    assert isinstance(error, FatalError)
    assert "401, Invalid API key. Make a new API key" in str(error)


def test_a_key_whose_user_may_not_is_told_what_it_needs(place: BambooPlace) -> None:
    place.kept.first = [Answered(status=403)]
    error = failure(place.roster())
    assert "an access level that sees every employee. See docs/configuration/bamboohr.md" in str(error)


@pytest.mark.parametrize("status", [429, 503])
def test_a_limit_is_waited_for_and_then_it_is_read(
    place: BambooPlace, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    waits: list[int] = []
    monkeypatch.setattr(api, "sleep", waits.append)
    place.kept.add("1042")
    place.kept.first = [Answered(status=status, headers={"Retry-After": "7"})]
    assert len(list(place.roster().read())) == 1
    assert waits == [7]


def test_a_limit_that_never_ends_is_another_hour_s(place: BambooPlace) -> None:
    place.kept.first = [Answered(status=429, headers={"Retry-After": "86400"})]
    assert isinstance(failure(place.roster()), RetriableError)


@pytest.mark.parametrize(
    "answer",
    [Answered(body=[]), Answered(body={"data": [], "meta": {}}), Answered(body={"data": {}}), Nested()],
)
def test_what_is_no_list_of_employees_is_refused(answer: Answered) -> None:
    with bamboo_place(None) as place:
        place.kept.first = [answer]
        error = failure(place.roster())
    assert isinstance(error, FatalError)
    assert "not BambooHR's answer" in str(error)


def test_what_is_no_employee_costs_itself() -> None:
    with bamboo_place(None) as place:
        place.kept.add("1042")
        (employee,) = asked_plainly(place)["data"]
        strange = {"lastName": ["x"], "workEmail": {"a": 1}, "hireDate": True, "terminationDate": 7}
        rows = [None, 7, "x", [], employee, employee | strange | {"employeeId": "2", "employeeNumber": "1043"}]
        meta = {"total": 2, "page": {"limit": 9, "nextCursor": None, "prevCursor": None}}
        place.kept.first = [Answered(body={"data": rows, "meta": meta, "_links": {}})]
        roster = place.roster()
        assert [worker.worker_id for worker in roster.read()] == ["1042"]
        assert len(roster.problems) == 4
        assert list(roster.left_out.records) == ["1043"]


def asked_plainly(place: BambooPlace) -> Any:
    fields = "employeeNumber,workEmail,hireDate,terminationDate,locationName,employmentStatusName"
    address = f"http://127.0.0.1:{place.service.port}/api/v1/employees?fields={fields}"
    return httpx.get(address, headers={"Authorization": f"Basic {BASIC}"}).json()


@pytest.mark.parametrize("field", ["host", "password"])
def test_a_connection_needs(place: BambooPlace, field: str) -> None:
    empty: dict[str, Any] = {field: ""}
    with pytest.raises(ConfigError, match=f"has no {field}"):
        place.roster(connection=place.connection(**empty))


# --- what is written for it -------------------------------------------------------------------------------------------


def test_a_connection_without_a_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="connection"):
        bamboohr.Settings.model_validate({"name": "hr", "kind": "bamboohr", "connection": " ", "coverage": "full"})


def test_columns_without_a_status_are_refused() -> None:
    given = {"name": "hr", "kind": "bamboohr", "connection": "c", "coverage": "full", "columns": {"worker_id": "a"}}
    with pytest.raises(ValidationError, match="status is missing"):
        bamboohr.Settings.model_validate(given)


NOBODY = Answers(given={}, interactive=False).about("hr")


def test_init_proposes_hr_s_number_where_everybody_has_one(place: BambooPlace) -> None:
    place.kept.add("1042")
    place.kept.add("1043", locationName="Atlantis")
    proposal = bamboohr.propose("hr_bamboo", place.connection(), NOBODY)
    assert proposal.settings == {"coverage": "full", "zones": {"Seoul": "Asia/Seoul"}}
    assert proposal.mail_domains == ("corp.example",)
    assert proposal.warnings == ()


def test_init_takes_bamboohr_s_own_where_somebody_has_none_and_says_what_is_hidden(place: BambooPlace) -> None:
    place.kept.add("1042", employeeNumber=None)
    place.kept.hidden = {"terminationDate"}
    proposal = bamboohr.propose("hr_bamboo", place.connection(), NOBODY)
    assert proposal.settings["columns"] == {
        "worker_id": "employeeId",
        "name": ["firstName", "lastName"],
        "mail": "workEmail",
        "location": "locationName",
        "type": "employmentStatusName",
        "status": "status",
        "start": "hireDate",
        "end": "terminationDate",
    }
    (warning,) = proposal.warnings
    assert "terminationDate" in warning
    place.kept.hidden = set()
    assert [worker.worker_id for worker in place.roster(proposal.settings).read()] == ["9000"]


def test_whoever_should_have_begun_and_is_not_active_has_left(place: BambooPlace) -> None:
    place.kept.add("1042", status="Inactive", hireDate="2026-12-01")
    (worker,) = place.roster(as_of=datetime(2027, 1, 1, tzinfo=UTC)).read()
    assert [job.status for job in worker.employments] == ["left"]
