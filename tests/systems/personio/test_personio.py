"""A company's Personio: what every roster must do, and what Personio does of its own."""

from collections.abc import Generator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from demo.certificates import make_certificate
from offboarding.config.init.asking import Answers
from offboarding.interfaces import Roster
from offboarding.model import Worker
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.net.service import api
from offboarding.rosters import personio
from tests.contract.roster_contract import STATUSES, Publish, RosterContract, failure_of, publishing
from tests.support.described.server import Answered, Asked, Nested
from tests.systems.personio.service import CLIENT, SECRET, TOKEN, PersonioPlace, description, personio_place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[PersonioPlace]:
    with personio_place(make_certificate(Path(tmp_path_factory.mktemp("tls")))) as place:
        yield place


@pytest.fixture
def place(running: PersonioPlace) -> Generator[PersonioPlace]:
    """With nobody in it yet; nothing that is asked or said differs from the description."""
    running.kept.__init__()  # as it was new
    running.service.asked.clear()
    yield running
    assert running.service.wrong == []


@pytest.fixture
def publish() -> Generator[Publish]:
    """Under any names; 15 on a page."""
    with personio_place(None) as place:

        def held(rows: Sequence[Mapping[str, str]], there: Sequence[str], given: dict[str, Any]) -> Roster:
            place.kept.most = 15
            place.kept.granted = {*there, "id"}
            place.kept.employees = [{"id": number, **each} for number, each in enumerate(rows)]
            return place.roster(given)

        yield publishing(held, statuses=STATUSES)


class TestContract(RosterContract):
    """A list of employees does what every roster must."""


def told(worker: Worker) -> tuple[str, date | None, date | None]:
    """What an employment is, its last working day and its end."""
    (job,) = worker.employments
    return job.status, job.last_working_on, job.end_on


def failure(roster: Roster) -> OffboardingError:
    return failure_of(roster, SECRET, TOKEN)


# --- who has left -----------------------------------------------------------------------------------------------------


def test_who_works_here_and_who_left(place: PersonioPlace) -> None:
    place.kept.add(1042, status="inactive", last_working_day="2026-10-30", termination_date="2026-11-13")
    place.kept.add(1043, first_name="Minjun", last_name="Kim", supervisor=1042)
    place.kept.add(1044, status="leave")
    place.kept.add(1045, status="onboarding", hire_date="2026-12-01")
    roster = place.roster()
    gone, here, leave, future = roster.read()
    assert told(gone) == ("left", date(2026, 10, 30), date(2026, 11, 13))
    assert told(here) == ("active", None, None)
    assert (here.worker_id, here.name, here.mail) == ("1043", "Minjun Kim", "w1043@corp.example")
    assert (here.manager, here.location, here.employments[0].zone) == ("1042", "Munich", "Europe/Berlin")
    assert [leave.employments[0].status, future.employments[0].status] == ["leave", "future"]
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved


@pytest.mark.parametrize("office", ["Munich", "New York", "Atlantis"])
def test_a_day_is_the_one_that_stands_there_wherever_somebody_works(place: PersonioPlace, office: str) -> None:
    """Midnight in Munich is the day before in New York, and in UTC."""
    place.kept.add(1042, status="inactive", termination_date="2026-11-13", office=office)
    (worker,) = place.roster().read()
    assert told(worker) == ("left", None, date(2026, 11, 13))


def test_a_termination_to_come_leaves_somebody_active_with_their_days(place: PersonioPlace) -> None:
    place.kept.add(1042, last_working_day="2026-11-30", termination_date="2026-12-31")
    (worker,) = place.roster().read()
    assert told(worker) == ("active", date(2026, 11, 30), date(2026, 12, 31))


def test_whoever_was_rehired_has_ends_that_are_history(place: PersonioPlace) -> None:
    ends = {"last_working_day": "2024-05-17", "termination_date": "2024-05-31"}
    place.kept.add(1042, hire_date="2026-02-01", **ends)
    place.kept.add(1043, hire_date="2026-12-01", status="onboarding", **ends)
    place.kept.add(1044, hire_date="2024-05-31", **ends)
    place.kept.add(1045, hire_date="2026-02-01", status="inactive", **ends)
    jobs = [[(job.last_working_on, job.end_on) for job in worker.employments] for worker in place.roster().read()]
    last, ended = date(2024, 5, 17), date(2024, 5, 31)
    assert jobs == [[(None, None)], [(last, ended), (None, None)], [(None, ended)], [(last, ended)]]


# --- what was granted -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attribute", ["status", "termination_date", "last_working_day", "hire_date", "email", "office"]
)
def test_an_attribute_that_was_not_granted_is_no_attribute_without_a_value(
    place: PersonioPlace, attribute: str
) -> None:
    place.kept.add(1042)
    place.kept.granted.discard(attribute)
    error = failure(place.roster())
    assert isinstance(error, IncompleteReadError)
    assert f'there is no column "{attribute}"' in str(error)
    assert "let the connection's user see it" in str(error)


def test_a_column_that_nobody_needs_may_be_left_out(place: PersonioPlace) -> None:
    place.kept.add(1042)
    place.kept.granted = {"id", "status"}
    columns = {"worker_id": "id", "status": "status"}
    assert [worker.worker_id for worker in place.roster({"columns": columns}).read()] == ["1042"]
    assert not any("email" in asked for asked in place.service.asked)


# --- to its end -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5, 9, 10])
def test_every_page_is_read_and_counted(place: PersonioPlace, people: int) -> None:
    place.kept.most = 3
    for number in range(1, people + 1):
        place.kept.add(number)
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == [str(number) for number in range(1, people + 1)]
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved
    assert roster.summary.rows == people


def test_fewer_than_personio_counts_prove_nothing(place: PersonioPlace) -> None:
    place.kept.add(1042)
    place.kept.total = 2
    roster = place.roster()
    assert len(list(roster.read())) == 1
    assert [problem.text for problem in roster.problems] == ["1 employee came, where 2 are counted there"]


@pytest.mark.parametrize("changed", ["deleted", "added"])
def test_whoever_is_deleted_or_added_hides_nobody_behind_them(place: PersonioPlace, changed: str) -> None:
    place.kept.most = 3
    for number in range(1, 7):
        place.kept.add(number)

    def change() -> None:
        place.kept.between_pages = None
        if changed == "deleted":
            del place.kept.employees[0]
        else:
            place.kept.employees.insert(0, place.kept.employees[0] | {"id": 99})

    place.kept.between_pages = change
    error = failure(place.roster())
    assert isinstance(error, RetriableError)
    assert "the list changed as it was read" in str(error)


def test_whoever_comes_twice_may_stand_where_somebody_did_not_come(place: PersonioPlace) -> None:
    """One who came moves behind as it's read, and one who didn't before: the number is right."""
    place.kept.most = 3
    first, second, third, fourth, fifth, sixth = (place.kept.add(number) for number in range(1, 7))

    def change() -> None:
        place.kept.between_pages = None
        place.kept.employees[:] = [first, fifth, third, fourth, second, sixth]

    place.kept.between_pages = change
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1", "2", "3", "4", "2", "6"]
    (problem,) = roster.problems
    assert problem.text == "1 employee came twice: others may have taken their places, and not come"
    assert roster.summary is not None
    assert roster.summary.proved is False


# --- how it's asked ---------------------------------------------------------------------------------------------------


def test_one_token_is_fetched_for_a_read(place: PersonioPlace) -> None:
    place.kept.most = 2
    for number in range(1, 5):
        place.kept.add(number)
    list(place.roster().read())
    assert place.service.asked == ["POST /v1/auth", *["GET /v1/company/employees"] * 3]


def test_a_credential_that_is_not_taken_is_told_and_not_shown(place: PersonioPlace) -> None:
    error = failure(place.roster(connection=place.connection(password="another-secret")))
    assert isinstance(error, FatalError)
    assert "403, Wrong credentials" in str(error)
    assert "See the credential" in str(error)
    assert "another-secret" not in str(error)
    assert CLIENT not in str(error)


def test_a_credential_that_may_not_read_employees_is_told_so(place: PersonioPlace) -> None:
    let_in = Answered(body={"success": True, "data": {"token": TOKEN}})
    place.kept.first = [let_in, Answered(status=403, body={"success": False, "error": {"message": "No access"}})]
    error = failure(place.roster())
    assert "403, No access. The credential needs to read employees. See docs/configuration/personio.md" in str(error)


def test_a_limit_is_waited_for_and_then_it_is_read(place: PersonioPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []
    monkeypatch.setattr(api, "sleep", waits.append)
    place.kept.add(1042)
    place.kept.first = [Answered(status=429), Answered(status=429, headers={"Retry-After": "7"})]
    assert len(list(place.roster().read())) == 1
    assert waits == [60, 7]


@pytest.mark.parametrize("answer", [Answered(body=[]), Answered(body={"success": True, "data": []}), Nested()])
def test_what_is_no_list_of_employees_is_refused(answer: Answered) -> None:
    with personio_place(None) as place:
        place.kept.first = [Answered(body={"success": True, "data": {"token": TOKEN}}), answer]
        error = failure(place.roster())
    assert isinstance(error, FatalError)
    assert "not Personio's answer" in str(error)


def test_what_is_no_employee_costs_itself() -> None:
    with personio_place(None) as place:
        place.kept.add(1042)
        good = place.kept._told(place.kept.employees[0], sorted(place.kept.granted))
        bad = good | {"id": {"value": 1043}, "hire_date": {"value": ["x"]}}
        lacks = {name: each for name, each in good.items() if name != "status"} | {"id": {"value": 1044}}
        rows = [{"attributes": good}, None, 7, [], {"attributes": 7}, {"attributes": bad}, {"attributes": lacks}]
        let_in = Answered(body={"success": True, "data": {"token": TOKEN}})
        place.kept.first = [let_in, Answered(body={"data": rows, "metadata": {"total_elements": 3}})]
        roster = place.roster()
        assert [worker.worker_id for worker in roster.read()] == ["1042"]
        assert len(roster.problems) == 4
        assert list(roster.left_out.records) == ["1043", "1044"]


def test_a_request_or_an_answer_that_is_not_personio_s_is_noted() -> None:
    def asked(**query: str) -> Asked:
        return Asked(method="GET", path="/v1/company/employees", query=query, headers={}, body=None)

    assert description().wrong_in_request(asked(limit="500"))
    assert description().wrong_in_request(asked(page="2"))
    assert description().wrong_in_request(asked(limit="100", offset="0")) == ""
    assert description().wrong_in_answer(asked(), Answered(body={"success": True, "data": [{"attributes": {}}]}))


@pytest.mark.parametrize("field", ["host", "login", "password"])
def test_a_connection_needs(place: PersonioPlace, field: str) -> None:
    empty: dict[str, Any] = {field: ""}
    with pytest.raises(ConfigError, match=f"has no {field}"):
        place.roster(connection=place.connection(**empty))


# --- what is written for it -------------------------------------------------------------------------------------------


def test_columns_without_a_status_are_refused() -> None:
    given = {"name": "hr", "kind": "personio", "connection": "c", "coverage": "full", "columns": {"worker_id": "id"}}
    with pytest.raises(ValidationError, match="status is missing"):
        personio.Settings.model_validate(given)


NOBODY = Answers(given={}, interactive=False).about("hr")


def test_init_proposes_zones_and_says_what_was_not_granted(place: PersonioPlace) -> None:
    place.kept.add(1042)
    place.kept.add(1043, office=None)
    proposal = personio.propose("hr_personio", place.connection(), NOBODY)
    assert proposal.settings == {"coverage": "full", "zones": {"Munich": "Europe/Berlin"}}
    assert proposal.mail_domains == ("corp.example",)
    assert proposal.warnings == ()
    place.kept.granted -= {"termination_date"}
    (warning,) = personio.propose("hr_personio", place.connection(), NOBODY).warnings
    assert "wasn't granted: termination_date." in warning
