"""A company's SuccessFactors: what every roster must do, and what SuccessFactors does of its own."""

import base64
import json
import ssl
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from demo.certificates import make_certificate
from demo.okta_app import other_key
from offboarding.config.init.asking import Answers
from offboarding.interfaces import Roster
from offboarding.model import Worker
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.net.service import api
from offboarding.rosters import successfactors
from offboarding.rosters.successfactors.assertion import SamlKey
from offboarding.rosters.successfactors.days import ODataDays
from tests.contract.roster_contract import STATUSES, Publish, RosterContract, failure_of, publishing
from tests.support.described.server import Answered, Nested
from tests.systems.successfactors.service import (
    CLIENT,
    TOKEN,
    KeptEmployment,
    KeptJob,
    KeptPerson,
    SuccessFactorsPlace,
    key_pair,
    signed_by,
    successfactors_place,
)

pytestmark = pytest.mark.slow

LAST = date(2026, 11, 13)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[SuccessFactorsPlace]:
    with successfactors_place(make_certificate(Path(tmp_path_factory.mktemp("tls")))) as place:
        yield place


@pytest.fixture
def place(running: SuccessFactorsPlace) -> Generator[SuccessFactorsPlace]:
    """With nobody in it yet; nothing that is asked or said differs from the description."""
    running.kept.__init__()  # as it was new
    running.service.asked.clear()
    yield running
    assert running.service.wrong == []


@pytest.fixture
def publish() -> Generator[Publish]:
    """Under any names, which the description knows nothing of; 20 on a page."""
    with successfactors_place(None) as place:

        def held(rows: Sequence[Mapping[str, str]], there: Sequence[str], given: dict[str, Any]) -> Roster:
            place.kept.most = 20
            place.kept.people = [
                KeptPerson(
                    number=str(at),
                    employments=[KeptEmployment(user=str(at), jobs=[KeptJob(starts=date(2020, 3, 2))])],
                    plain={name: each.get(name) for name in there},
                )
                for at, each in enumerate(rows)
            ]
            return place.roster(given)

        yield publishing(held, statuses=STATUSES)


class TestContract(RosterContract):
    """The people of Employee Central do what every roster must."""


def told(workers: Iterable[Worker]) -> list[tuple[str, date | None, date | None]]:
    """Of each employment: what it is, its first day and its end."""
    jobs = [job for worker in workers for job in worker.employments]
    return [(job.status, job.start_on, job.last_working_on or job.end_on) for job in jobs]


def failure(roster: Roster) -> OffboardingError:
    return failure_of(roster, key_pair()[0], TOKEN)


# --- who has left -----------------------------------------------------------------------------------------------------


def test_somebody_who_works_here_and_somebody_who_left(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042").terminate(date(2026, 11, 30) - timedelta(days=15), LAST)
    place.kept.add("1043", job={"manager": "1001"})
    roster = place.roster()
    gone, here = roster.read()
    (job,) = gone.employments
    assert (job.status, job.last_working_on, job.end_on) == ("left", LAST, date(2026, 11, 15))
    assert told([here]) == [("active", date(2020, 3, 2), None)]
    assert (here.worker_id, here.name, here.mail, here.manager, here.location) == (
        "1043",
        "Employee 1043",
        "w1043@corp.example",
        "1001",
        "1710-SEL",
    )
    assert here.employments[0].zone == "Asia/Seoul"
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved
    assert roster.summary.rows == 2


def test_a_termination_to_come_is_a_planned_end(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042").terminate(date(2026, 12, 31))
    assert told(place.roster().read()) == [("active", date(2020, 3, 2), date(2026, 12, 31))]


def test_whose_last_day_is_over_in_the_east_alone_is_told_with_that_day(place: SuccessFactorsPlace) -> None:
    """It's the 25th on the Line Islands, and the 24th in Honolulu: the day decides there, whatever the status says."""
    place.kept.add("1042", job={"location": "1720-HNL"}).terminate(date(2026, 11, 24))
    (worker,) = place.roster().read()
    assert told([worker]) == [("left", date(2020, 3, 2), date(2026, 11, 24))]


def test_the_end_that_a_rehire_to_come_blanks_is_told_by_the_job(place: SuccessFactorsPlace) -> None:
    """SAP's own trap: EmpEmployment isn't effective-dated, and holds what is to be."""
    employment = place.kept.add("1042")
    employment.terminate(LAST)
    employment.ends = None
    assert told(place.roster().read()) == [("left", date(2020, 3, 2), LAST)]


def test_a_job_that_was_changed_after_the_termination_tells_no_day(place: SuccessFactorsPlace) -> None:
    employment = place.kept.add("1042")
    employment.terminate(LAST)
    employment.ends = None
    employment.jobs.append(KeptJob(starts=date(2026, 11, 20), code="T", event="5"))
    assert told(place.roster().read()) == [("left", date(2020, 3, 2), None)]


@pytest.mark.parametrize(("begins", "is_told"), [(date(2026, 11, 24), True), (date(2026, 11, 25), False)])
def test_somebody_terminated_without_a_day_may_be_at_work_until_the_day_has_ended_everywhere(
    place: SuccessFactorsPlace, begins: date, is_told: bool
) -> None:
    """It's asked ahead: of a job that begins on the 25th nothing else says that the 24th is the last day."""
    place.kept.add("1042").terminate(begins - timedelta(days=1))
    place.kept.add("1043")
    columns = {**successfactors.Settings.model_fields["columns"].default}
    del columns["end"], columns["last_working_day"]
    roster = place.roster({"columns": columns})
    expected = [("1042", "left")] * is_told + [("1043", "active")]
    assert [(each.worker_id, each.employments[0].status) for each in roster.read()] == expected
    assert list(roster.left_out.records) == [] if is_told else ["1042"]


def test_a_rehire_under_another_employment_goes_on(place: SuccessFactorsPlace) -> None:
    """The order of employments isn't fixed: the new one stands first here."""
    place.kept.add("1042").terminate(date(2024, 5, 31))
    place.kept.another("1042", "1042-1", starts=date(2026, 2, 1))
    workers = list(place.roster().read())
    assert {worker.worker_id for worker in workers} == {"1042"}
    assert sorted(told(workers), key=str) == [
        ("active", date(2026, 2, 1), None),
        ("left", date(2020, 3, 2), date(2024, 5, 31)),
    ]


def test_a_rehire_under_the_same_employment_has_an_end_that_is_history(place: SuccessFactorsPlace) -> None:
    employment = place.kept.add("1042", starts=date(2026, 2, 1))
    employment.last = date(2024, 5, 31)
    assert told(place.roster().read()) == [("active", date(2026, 2, 1), None)]


def test_whoever_comes_back_next_month_has_left_and_is_to_come(place: SuccessFactorsPlace) -> None:
    employment = place.kept.add("1042")
    employment.terminate(LAST)
    employment.ends, employment.starts = None, date(2026, 12, 1)
    assert told(place.roster().read()) == [("left", None, LAST), ("future", date(2026, 12, 1), None)]


def test_whoever_has_not_begun_has_no_job_yet(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042", starts=date(2026, 12, 1))
    assert told(place.roster().read()) == [("future", date(2026, 12, 1), None)]


@pytest.mark.parametrize("kind", ["GA", "ST"])
def test_a_second_employment_that_ended_ends_nothing(place: SuccessFactorsPlace, kind: str) -> None:
    """A global assignment, or a second job: by SuccessFactors' own record they are one person's."""
    place.kept.add("1042", job={"code": "D" if kind == "GA" else "A"})
    place.kept.another("1042", "1042-GA", starts=date(2025, 1, 1), kind=kind).terminate(LAST)
    status = "leave" if kind == "GA" else "active"
    assert told(place.roster().read()) == [(status, date(2020, 3, 2), None)]


def test_a_contractor_who_became_an_employee_has_one_that_goes_on(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042", contingent=True).terminate(date(2025, 12, 31))
    place.kept.another("1042", "1042-E", starts=date(2026, 1, 1))
    columns = {**successfactors.Settings.model_fields["columns"].default, "type": "employmentNav/isContingentWorker"}
    workers = list(place.roster({"columns": columns}).read())
    assert {(job.status, job.type) for each in workers for job in each.employments} == {
        ("active", "false"),
        ("left", "true"),
    }


@pytest.mark.parametrize(
    ("code", "status"),
    [("A", "active"), ("U", "leave"), ("P", "leave"), ("D", "leave"), ("S", "active"), ("R", "left"), ("O", "left")],
)
def test_sap_s_own_codes_are_known(place: SuccessFactorsPlace, code: str, status: str) -> None:
    place.kept.add("1042", job={"code": code})
    assert [job.status for each in place.roster().read() for job in each.employments] == [status]


def test_a_code_of_the_company_s_own_costs_its_row_alone(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042", job={"code": "SABBATICAL"})
    place.kept.add("1043")
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1043"]
    assert list(roster.left_out.records) == ["1042"]


def test_a_private_mail_is_no_mail_even_where_it_is_the_primary_one(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042")
    place.kept.people[0].mails = {"P": "me@home.example"}
    assert [worker.mail for worker in place.roster().read()] == [""]


def test_a_dependant_is_no_worker_and_is_counted(place: SuccessFactorsPlace) -> None:
    place.kept.people.append(KeptPerson(number="D-1"))
    place.kept.add("1042")
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1042"]
    assert roster.summary is not None
    assert roster.summary.proved


# --- what may not be seen ---------------------------------------------------------------------------------------------


def test_a_job_that_may_not_be_seen_is_no_departure_and_no_employment(place: SuccessFactorsPlace) -> None:
    for number in ("1042", "1043", "1044"):
        place.kept.add(number)
    place.kept.hidden_jobs = {"1042"}
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1043", "1044"]
    assert list(roster.left_out.records) == ["1042"]
    assert [problem.text for problem in roster.left_out.problems] == ["the value may not be seen by whoever reads"]


def test_jobs_that_may_mostly_not_be_seen_cost_the_read(place: SuccessFactorsPlace) -> None:
    for number in range(12):
        place.kept.add(str(number))
    place.kept.hidden_jobs = {str(number) for number in range(8)}
    error = failure(place.roster())
    assert isinstance(error, IncompleteReadError)
    assert "may not be seen in 8 of 12 rows" in str(error)


def test_a_property_that_may_not_be_seen_is_refused_by_name(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042")
    place.kept.hidden = {"employmentNav/endDate"}
    error = failure(place.roster())
    assert isinstance(error, FatalError)
    assert "400, [COE0021]Invalid property names: employmentNav/endDate" in str(error)


def test_whoever_is_outside_the_target_population_is_not_counted_either(place: SuccessFactorsPlace) -> None:
    """So no count tells it: they vanish, which of a full roster is nobody's departure (test_successfactors_people)."""
    place.kept.add("1042")
    place.kept.add("1043")
    place.kept.hidden_people = {"1042"}
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1043"]
    assert roster.summary is not None
    assert roster.summary.proved


def test_a_login_by_the_user_is_refused_since_leavers_have_none() -> None:
    columns = {"worker_id": "personIdExternal", "status": "x", "login": "employmentNav/userNav/username"}
    with pytest.raises(ValidationError, match="tells no User of whoever is inactive"):
        successfactors.Settings.model_validate(
            {"name": "hr", "kind": "successfactors", "connection": "c", "coverage": "full", "columns": columns}
        )


def test_sap_tells_no_user_of_whoever_is_inactive(place: SuccessFactorsPlace) -> None:
    """The reason why: what the stand-in is held to."""
    place.kept.add("1042").terminate(LAST)
    (person,) = asked(place, "$select=employmentNav/userNav/userId&$expand=employmentNav/userNav&asOfDate=2026-11-25")
    assert person["employmentNav"]["results"][0]["userNav"] is None


def test_a_column_that_there_is_not_costs_the_read(place: SuccessFactorsPlace) -> None:
    with successfactors_place(None) as plain:
        plain.kept.add("1042")
        columns = {"worker_id": "personIdExternal", "status": "nothingLikeIt"}
        error = failure(plain.roster({"columns": columns}))
    assert isinstance(error, IncompleteReadError)
    assert 'there is no column "nothingLikeIt" for status' in str(error)


# --- to its end -------------------------------------------------------------------------------------------------------


def test_every_page_is_read_and_counted(place: SuccessFactorsPlace) -> None:
    place.kept.most = 3
    for number in range(10):
        place.kept.add(str(number))
    roster = place.roster()
    assert len(list(roster.read())) == 10
    assert len(_urls(place)) == 4
    assert roster.summary is not None
    assert roster.summary.proved


def test_whoever_is_entered_or_purged_meanwhile_hides_nobody(place: SuccessFactorsPlace) -> None:
    """A snapshot is a list of keys, made as the first page is."""
    place.kept.most = 2
    for number in range(6):
        place.kept.add(str(number))
    place.kept.between_pages = lambda: place.kept.people.pop(0) and None  # pyrefly: ignore[bad-assignment]
    assert [worker.worker_id for worker in place.roster().read()] == [str(number) for number in range(6)]


def test_pages_by_the_number_of_the_row_prove_nothing(place: SuccessFactorsPlace) -> None:
    """SuccessFactors falls back to these in silence; whoever leaves the list hides another."""
    place.kept.most, place.kept.has_snapshots = 2, False
    for number in range(6):
        place.kept.add(str(number))
    roster = place.roster()
    list(roster.read())
    assert [problem.text for problem in roster.problems] == [
        "pages came by the number of the row, and not of a snapshot: somebody may lie between two"
    ]


def test_fewer_than_successfactors_counts_prove_nothing(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042")
    place.kept.total = 2
    roster = place.roster()
    assert len(list(roster.read())) == 1
    assert [problem.text for problem in roster.problems] == ["1 employee came, where 2 are counted there"]
    assert roster.summary is not None
    assert not roster.summary.proved


def test_pages_that_lead_in_a_circle_are_no_list(place: SuccessFactorsPlace) -> None:
    place.kept.most, place.kept.loops = 2, True
    for number in range(4):
        place.kept.add(str(number))
    assert isinstance(failure(place.roster()), FatalError)


def test_pages_that_lead_elsewhere_are_not_followed(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042")
    body = {"d": {"results": [], "__count": "1", "__next": "https://elsewhere.example/odata/v2/PerPerson?$skiptoken=x"}}
    place.kept.first = [_token_given(), Answered(body=body)]
    assert "lies on another host" in str(failure(place.roster()))


# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("/Date(1492041600000)/", "Asia/Seoul", date(2017, 4, 13)),
        ("/Date(1492041600000)/", "Pacific/Honolulu", date(2017, 4, 13)),
        ("/Date(1492098664000)/", "Asia/Seoul", date(2017, 4, 13)),
        ("/Date(1492041600000+0000)/", "Pacific/Honolulu", date(2017, 4, 13)),
        ("/Date(1492098664000+0000)/", "Asia/Seoul", date(2017, 4, 14)),
        ("/Date(1492098664000+0000)/", "Pacific/Honolulu", date(2017, 4, 13)),
        ("/Date(1492009200000+0540)/", "Pacific/Honolulu", date(2017, 4, 13)),
        ("/Date(-86400000)/", "UTC", date(1969, 12, 31)),
        ("/Date(253402214400000)/", "UTC", None),
        ("/Date(253402300799000+0060)/", "UTC", None),
        ("2026-11-13", "UTC", date(2026, 11, 13)),
    ],
)
def test_a_day_without_an_offset_stands_and_an_instant_is_the_worker_s(text: str, zone: str, day: date | None) -> None:
    assert ODataDays(("%Y-%m-%d",))(text, zone) == day


@pytest.mark.parametrize(
    "text",
    ["/Date()/", "/Date(999999999999999)/", "/Date(-62135596800000-60)/", "/Date(1e3)/", "/Date(1+0)", "Date(0)"],
)
def test_what_is_no_day_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        ODataDays(("%Y-%m-%d",))(text, "UTC")


# --- how it's asked ---------------------------------------------------------------------------------------------------


def test_the_api_user_is_let_in_once_a_read_by_a_signed_word(place: SuccessFactorsPlace) -> None:
    place.kept.most = 1
    for number in range(3):
        place.kept.add(str(number))
    list(place.roster().read())
    assert place.kept.users == ["API_OFFBOARDING"]


def test_a_word_by_another_key_or_for_another_client_lets_nobody_in(place: SuccessFactorsPlace) -> None:
    key, certificate = key_pair("another")
    extra = place.connection().extra
    own = place.connection(password=key, extra={**extra, "certificate": certificate})
    error = failure(place.roster(connection=own))
    assert isinstance(error, FatalError)
    assert "401, Unable to verify the signature of the SAML assertion. See the API user" in str(error)
    error = failure(place.roster(connection=place.connection(extra={**extra, "client_id": "another"})))
    assert isinstance(error, FatalError)


def test_a_word_is_in_force_for_minutes_alone(place: SuccessFactorsPlace) -> None:
    """A control of the stand-in's: an old one, and one that was tampered with, are none."""
    own = SamlKey("rosters.hr", place.connection())
    now = datetime.now(UTC)
    fresh = own.assertion("https://acme.example/oauth/token", now)
    assert signed_by(fresh, key_pair()[1], CLIENT) == "API_OFFBOARDING"
    assert signed_by(own.assertion("https://a.example/", now - timedelta(minutes=11)), key_pair()[1], CLIENT) == ""
    changed = base64.b64decode(fresh).replace(b"API_OFFBOARDING", b"SFADMIN")
    assert signed_by(base64.b64encode(changed).decode(), key_pair()[1], CLIENT) == ""


@pytest.mark.parametrize("name", ["company_id", "client_id", "certificate"])
def test_a_connection_needs_of_its_extra(place: SuccessFactorsPlace, name: str) -> None:
    extra = {each: value for each, value in place.connection().extra.items() if each != name}
    with pytest.raises(ConfigError, match=name):
        place.roster(connection=place.connection(extra=extra))


@pytest.mark.parametrize("field", ["host", "login", "password"])
def test_a_connection_needs(place: SuccessFactorsPlace, field: str) -> None:
    empty: dict[str, Any] = {field: ""}
    with pytest.raises(ConfigError, match=f"has no {field}"):
        place.roster(connection=place.connection(**empty))


_KEY_OF_NO_ALGORITHM = "-----BEGIN PRIVATE KEY-----\nMAwCAQAwBQYDKgMEBAA=\n-----END PRIVATE KEY-----\n"
"""PKCS#8 of the OID 1.2.3.4."""


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("a-plain-password", "is no private key in PEM"),
        (_KEY_OF_NO_ALGORITHM, "is no RSA key"),
        (other_key(), "is no RSA key"),
        (key_pair("another")[0], "is another key's"),
    ],
)
def test_what_is_no_key_of_the_client_s_is_told(place: SuccessFactorsPlace, password: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        place.roster(connection=place.connection(password=password))
    assert password not in str(caught.value)


def test_a_role_that_lacks_the_api_is_told_what_it_needs(place: SuccessFactorsPlace) -> None:
    refused = {
        "error": {"code": "COE_GENERAL_FORBIDDEN", "message": {"lang": "en-US", "value": "[COE0020]No permission"}}
    }
    place.kept.first = [_token_given(), Answered(status=403, body=refused)]
    assert "HRIS OData API (read-only). See docs/configuration/successfactors.md" in str(failure(place.roster()))


def test_a_limit_is_waited_for_and_then_it_is_read(place: SuccessFactorsPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []
    monkeypatch.setattr(api, "sleep", waits.append)
    place.kept.add("1042")
    place.kept.first = [_token_given(), Answered(status=429, headers={"Retry-After": "7"})]
    assert len(list(place.roster().read())) == 1
    assert waits == [7]


def test_a_limit_that_never_ends_is_another_hour_s(place: SuccessFactorsPlace) -> None:
    place.kept.first = [_token_given(), Answered(status=429, headers={"Retry-After": "86400"})]
    assert isinstance(failure(place.roster()), RetriableError)


@pytest.mark.parametrize("answer", [Answered(body=[]), Answered(body={"d": {}}), Answered(body={"d": []}), Nested()])
def test_what_is_no_list_of_people_is_refused(answer: Answered) -> None:
    with successfactors_place(None) as place:
        place.kept.first = [_token_given(), answer]
        error = failure(place.roster())
    assert isinstance(error, FatalError)
    assert "not SuccessFactors's answer" in str(error)


def test_what_is_no_person_costs_itself() -> None:
    with successfactors_place(None) as place:
        place.kept.add("1042")
        (person,) = asked(place, f"$select={','.join(_ASKED)}&asOfDate=2026-11-25&$expand=employmentNav")
        jobs = [None, 7, {"emplStatusNav": [7]}, {"emplStatusNav": {"externalCode": ["A"]}}]
        odd = {"startDate": True, "endDate": 7, "jobInfoNav": {"results": jobs}}
        strange = person | {"personIdExternal": "1043", "emailNav": 7, "employmentNav": {"results": [odd]}}
        untold = person | {"personIdExternal": "1044", "employmentNav": None}
        rows = [None, 7, "x", [], person, strange, untold]
        place.kept.first = [_token_given(), Answered(body={"d": {"results": rows, "__count": "3"}})]
        roster = place.roster()
        assert [worker.worker_id for worker in roster.read()] == ["1042"]
        assert len(roster.problems) == 4
        assert list(roster.left_out.records) == ["1043", "1044"]


_ASKED = (
    *("personIdExternal", "personalInfoNav/firstName", "personalInfoNav/lastName", "emailNav/emailAddress"),
    *("emailNav/emailTypeNav/externalCode", "employmentNav/startDate", "employmentNav/endDate"),
    *("employmentNav/lastDateWorked", "employmentNav/jobInfoNav/location"),
    *("employmentNav/jobInfoNav/emplStatusNav/externalCode", "employmentNav/jobInfoNav/eventNav/externalCode"),
    "employmentNav/jobInfoNav/managerEmploymentNav/personIdExternal",
)


def asked(place: SuccessFactorsPlace, query: str) -> Any:
    """The company itself, by a request of the test's own."""
    trusted = ssl.create_default_context(cafile=str(place.tls.authority)) if place.tls else True
    scheme = "https" if place.tls else "http"
    address = f"{scheme}://127.0.0.1:{place.service.port}/odata/v2/PerPerson?{query}"
    answer = httpx.get(address, headers={"Authorization": f"Bearer {TOKEN}"}, verify=trusted)
    return answer.json().get("d", {}).get("results")


def _urls(place: SuccessFactorsPlace) -> list[str]:
    return [str(each) for each in place.service.asked if "PerPerson" in each]


def _token_given() -> Answered:
    return Answered(body={"access_token": TOKEN, "token_type": "Bearer", "expires_in": 86399})


@pytest.mark.parametrize(
    "query",
    [
        "$select=employmentNav/terminatedOn",
        "$select=personIdExternal&customPageSize=5000",
        "$select=personIdExternal&paging=offset",
        "$select=personIdExternal&asOf=2026-11-25",
        "$select=personIdExternal&asOfDate=today",
        "$select=personIdExternal&$expand=jobInfoNav",
    ],
)
def test_a_request_that_sap_would_not_take_is_noted(running: SuccessFactorsPlace, query: str) -> None:
    running.service.wrong.clear()
    asked(running, query)
    assert len(running.service.wrong) == 1
    running.service.wrong.clear()


@pytest.mark.parametrize(
    "person",
    [
        {"personIdExternal": 7},
        {"personIdExternal": "7", "terminatedOn": None},
        {"employmentNav": [{}]},
        {"employmentNav": {"results": [{"endDate": "2026-11-13"}]}},
    ],
)
def test_an_answer_that_sap_would_not_give_is_noted(running: SuccessFactorsPlace, person: dict[str, Any]) -> None:
    running.kept.__init__()
    meta = {"__metadata": {"uri": "https://acme.example/odata/v2/PerPerson('7')", "type": "SFOData.PerPerson"}}
    running.kept.first = [Answered(body={"d": {"results": [meta | person]}})]
    asked(running, "$select=personIdExternal")
    assert len(running.service.wrong) == 1
    running.service.wrong.clear()


# --- what is proposed -------------------------------------------------------------------------------------------------


FLAGS = Answers(given={"statuses.SABB": "leave"}, interactive=False).about("hr")


def test_init_asks_what_the_company_s_own_codes_mean(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042", job={"code": "SABB", "location": "Seoul"})
    place.kept.add("1043", job={"location": "Atlantis"})
    place.kept.people.append(KeptPerson(number="D-1"))
    proposal = successfactors.propose("hr_sf", place.connection(), FLAGS)
    assert proposal.settings["coverage"] == "full"
    assert proposal.settings["zones"] == {"Seoul": "Asia/Seoul"}
    assert dict(proposal.settings["statuses"])["SABB"] == "leave"  # pyrefly: ignore[no-matching-overload] - a mapping
    assert proposal.mail_domains == ("corp.example",)
    assert proposal.notes == ("Proposed from 2 employments of 3 people.",)
    read = place.roster(json.loads(json.dumps(proposal.settings)))
    assert len(list(read.read())) == 2


def test_init_says_that_no_status_may_be_seen(place: SuccessFactorsPlace) -> None:
    place.kept.add("1042")
    place.kept.hidden_jobs = {"1042"}
    proposal = successfactors.propose("hr_sf", place.connection(), FLAGS)
    assert proposal.settings == {"coverage": "full"}
    assert len(proposal.warnings) == 1
