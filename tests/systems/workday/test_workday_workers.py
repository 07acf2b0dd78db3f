"""A tenant's workers: what every roster must do, and what Workday's Get_Workers does of its own."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
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
from offboarding.rosters.workday import workers as workday_workers
from offboarding.rosters.workday.workers.settings import COLUMNS as PATHS
from offboarding.rosters.workday.workers.soap import NAMESPACES, AsOf, question
from tests.contract.roster_contract import STATUSES, Publish, RosterContract, failure_of, publishing
from tests.support.described.server import Answered
from tests.systems.workday.service import ACCESS, PASSWORD, REFRESH, SECRET, Text
from tests.systems.workday.workers_service import (
    WorkersPlace,
    enveloped,
    etree,
    faulted,
    not_as_described,
    rows_as_profiles,
    tag,
    workers_place,
)

pytestmark = pytest.mark.slow

LAST = date(2026, 11, 13)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[WorkersPlace]:
    with workers_place(make_certificate(Path(tmp_path_factory.mktemp("tls")))) as place:
        yield place


@pytest.fixture
def place(running: WorkersPlace) -> Generator[WorkersPlace]:
    """With nobody in it yet; nothing that is asked or said differs from the schema."""
    running.kept.__init__()  # as it was new
    yield running
    assert running.kept.wrong == []


@pytest.fixture
def publish() -> Generator[Publish]:
    """Under any names, which the schema knows nothing of; 20 on a page."""
    with workers_place(None) as place:

        def held(rows: Sequence[Mapping[str, str]], there: Sequence[str], given: dict[str, Any]) -> Roster:
            place.kept.most = 20
            place.kept.profiles = rows_as_profiles(rows, there)
            return place.roster(given)

        yield publishing(held, column=tag, statuses=STATUSES, page_size=20)


class TestContract(RosterContract):
    """The workers of a tenant do what every roster must."""


def told(workers: Iterable[Worker]) -> list[tuple[str, date | None, date | None]]:
    """Of each employment: what it is, its first day and its end."""
    jobs = [job for worker in workers for job in worker.employments]
    return [(job.status, job.start_on, job.last_working_on or job.end_on) for job in jobs]


def failure(roster: Roster) -> OffboardingError:
    return failure_of(roster, PASSWORD, SECRET, REFRESH, ACCESS)


# --- who has left -----------------------------------------------------------------------------------------------------


def test_somebody_who_works_here_and_somebody_who_left(place: WorkersPlace) -> None:
    place.kept.add("1042", terminated_on=date(2026, 11, 20), last_day_on=LAST)
    place.kept.add("1043", manager="1001")
    roster = place.roster()
    gone, here = roster.read()
    (job,) = gone.employments
    assert (job.status, job.last_working_on, job.end_on) == ("left", LAST, date(2026, 11, 20))
    assert told([here]) == [("active", date(2020, 3, 2), None)]
    assert (here.worker_id, here.name, here.mail, here.manager, here.location) == (
        "1043",
        "Worker 1043",
        "w1043@corp.example",
        "1001",
        "Seoul",
    )
    assert [login.value for login in here.logins] == ["w1043"]
    assert (here.employments[0].zone, here.employments[0].type) == ("Asia/Seoul", "Employee_ID")
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved
    assert roster.summary.rows == 2


def test_whoever_is_inactive_is_asked_for(place: WorkersPlace) -> None:
    """Where nothing is said, Get_Workers leaves them out, and with them who left."""
    place.kept.add("1042", terminated_on=LAST)
    assert len(list(place.roster().read())) == 1
    (request,) = place.kept.asked
    assert request.findtext("wd:Request_Criteria/wd:Exclude_Inactive_Workers", "", NAMESPACES) == "false"


def test_it_is_asked_for_the_day_that_it_is_furthest_east_as_entered_by_now(place: WorkersPlace) -> None:
    """Without a zone a moment is Pacific time's, and whoever left in Seoul is told 17 hours late."""
    place.kept.add("1042", terminated_on=date(2026, 11, 24))
    assert told(place.roster().read()) == [("left", date(2020, 3, 2), date(2026, 11, 24))]
    (request,) = place.kept.asked
    by = request.find("wd:Response_Filter", NAMESPACES)
    assert by.findtext("wd:As_Of_Effective_Date", "", NAMESPACES) == "2026-11-25-08:00"
    entered = datetime.fromisoformat(by.findtext("wd:As_Of_Entry_DateTime", "", NAMESPACES))
    assert entered.tzinfo is not None
    assert abs((datetime.now(UTC) - entered).total_seconds()) < 300


def test_a_termination_to_come_is_told_once_it_is_effective_somewhere(place: WorkersPlace) -> None:
    place.kept.add("1042", terminated_on=date(2026, 12, 31))
    assert told(place.roster().read()) == [("active", date(2020, 3, 2), None)]


def test_a_contract_s_end_is_planned_and_a_termination_comes_first(place: WorkersPlace) -> None:
    place.kept.add("1042", is_contingent=True, ends_on=date(2026, 12, 31))
    place.kept.add("1043", is_contingent=True, ends_on=date(2026, 12, 31), terminated_on=LAST)
    assert told(place.roster().read()) == [
        ("active", date(2020, 3, 2), date(2026, 12, 31)),
        ("left", date(2020, 3, 2), LAST),
    ]


def test_a_hire_to_come_is_not_active_and_is_no_leaver(place: WorkersPlace) -> None:
    place.kept.add("1042", hired_on=date(2026, 12, 1))
    assert told(place.roster().read()) == [("future", date(2026, 12, 1), None)]


def test_a_hire_to_come_that_was_rescinded_has_left_by_no_day(place: WorkersPlace) -> None:
    """Accounts are made ahead of the first day, which is no longer one to come."""
    place.kept.add("1042", hired_on=date(2026, 12, 1), is_rescinded=True)
    assert told(place.roster().read()) == [("left", None, None)]


def test_whoever_was_terminated_and_is_hired_again_next_month_has_left_and_is_to_come(place: WorkersPlace) -> None:
    place.kept.add("1042", terminated_on=LAST, hired_on=date(2026, 12, 1))
    assert told(place.roster().read()) == [("left", None, LAST), ("future", date(2026, 12, 1), None)]


def test_a_conversion_has_two_profiles_of_one_number(place: WorkersPlace) -> None:
    """They needn't follow each other."""
    place.kept.add("1042", is_contingent=True, terminated_on=date(2025, 12, 31))
    place.kept.add("1043")
    place.kept.add("1042", hired_on=date(2026, 1, 1))
    workers = list(place.roster().read())
    assert [worker.worker_id for worker in workers] == ["1042", "1043", "1042"]
    assert told(workers[::2]) == [
        ("left", date(2020, 3, 2), date(2025, 12, 31)),
        ("active", date(2026, 1, 1), None),
    ]


def test_profiles_of_two_numbers_may_be_told_by_the_universal_id(place: WorkersPlace) -> None:
    universal = "<wd:Universal_Identifier_Reference><wd:ID wd:type='Universal_Identifier_ID'>U-7</wd:ID>"
    more = f"{universal}</wd:Universal_Identifier_Reference>"
    place.kept.add("C-42", is_contingent=True, terminated_on=date(2025, 12, 31), more=more)
    place.kept.add("1042", hired_on=date(2026, 1, 1), more=more)
    own = "wd:Universal_Identifier_Reference/wd:ID[@wd:type='Universal_Identifier_ID']"
    workers = list(place.roster({"columns": {**PATHS, "worker_id": own}}).read())
    assert [worker.worker_id for worker in workers] == ["U-7", "U-7"]


@pytest.mark.parametrize(
    ("given", "status", "circumstance"),
    [
        ({"is_away": True}, "leave", ""),
        ({"terminated_on": LAST, "is_retired": True}, "left", "retired"),
        ({"is_rescinded": True}, "left", ""),
    ],
)
def test_what_flags_come_to(place: WorkersPlace, given: dict[str, Any], status: str, circumstance: str) -> None:
    place.kept.add("1042", **given)
    ((job,),) = [worker.employments for worker in place.roster().read()]
    assert (job.status, job.circumstance) == (status, circumstance)


def test_a_private_mail_is_no_mail(place: WorkersPlace) -> None:
    place.kept.add("1042", mails={"HOME": "me@home.example"})
    assert [worker.mail for worker in place.roster().read()] == [""]


def test_no_personal_data_is_asked_for_where_none_is_mapped(place: WorkersPlace) -> None:
    place.kept.add("1042")
    columns = {name: path for name, path in PATHS.items() if name not in {"name", "mail"}}
    assert len(list(place.roster({"columns": columns}).read())) == 1
    (request,) = place.kept.asked
    assert request.findtext("wd:Response_Group/wd:Include_Personal_Information", "", NAMESPACES) == "false"


# --- what may not be seen ---------------------------------------------------------------------------------------------


def test_a_status_that_may_not_be_seen_is_no_departure(place: WorkersPlace) -> None:
    for number in ("1042", "1043", "1044"):
        place.kept.add(number)
    place.kept.hidden_status = {"1042"}
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1043", "1044"]
    assert list(roster.left_out.records) == ["1042"]


def test_statuses_that_may_mostly_not_be_seen_cost_the_read(place: WorkersPlace) -> None:
    for number in range(12):
        place.kept.add(str(number))
    place.kept.hidden_status = {str(number) for number in range(8)}
    error = failure(place.roster())
    assert isinstance(error, IncompleteReadError)
    assert '"Status" may not be seen in 8 of 12 rows' in str(error)


def test_somebody_terminated_without_a_day_may_be_one_of_tomorrow_s(place: WorkersPlace) -> None:
    place.kept.add("1042", terminated_on=LAST)
    place.kept.add("1043")
    place.kept.hides_days = True
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1043"]
    assert list(roster.left_out.records) == ["1042"]


def test_a_constrained_group_sees_fewer_and_they_are_not_counted_either(place: WorkersPlace) -> None:
    """So no count tells it: they vanish, which of a full roster is nobody's departure (test_workday_workers_list)."""
    place.kept.add("1042")
    place.kept.add("1043", location="Honolulu")
    place.kept.sees = "Seoul"
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1042"]
    assert roster.summary is not None
    assert roster.summary.proved


def test_a_path_that_leads_nowhere_costs_the_read(place: WorkersPlace) -> None:
    place.kept.add("1042")
    error = failure(place.roster({"columns": {**PATHS, "former_mail": "wd:Worker_Data/wd:Former_Mail"}}))
    assert isinstance(error, IncompleteReadError)
    assert 'there is no column "wd:Worker_Data/wd:Former_Mail" for former_mail' in str(error)


def test_a_path_that_few_have_may_say_so(place: WorkersPlace) -> None:
    place.kept.add("1042")
    columns = {**PATHS, "former_mail": "string(wd:Worker_Data/wd:Former_Mail)"}
    assert [worker.former_mails for worker in place.roster({"columns": columns}).read()] == [()]


def test_what_is_no_path_is_told_before_anybody_is_asked(place: WorkersPlace) -> None:
    with pytest.raises(ConfigError, match="is no XPath"):
        place.roster({"columns": {**PATHS, "login": "wd:Worker_Data/["}})


# --- to its end -------------------------------------------------------------------------------------------------------


def test_every_page_is_read_and_counted_by_one_day_and_moment(place: WorkersPlace) -> None:
    for number in range(10):
        place.kept.add(str(number))
    roster = place.roster({"page_size": 3})
    assert len(list(roster.read())) == 10
    filters = [
        [request.findtext(f"wd:Response_Filter/wd:{name}", "", NAMESPACES) for request in place.kept.asked]
        for name in ("As_Of_Effective_Date", "As_Of_Entry_DateTime", "Page")
    ]
    assert [len({*each}) for each in filters] == [1, 1, 4]
    assert roster.summary is not None
    assert roster.summary.proved


def test_fewer_than_workday_counts_prove_nothing(place: WorkersPlace) -> None:
    place.kept.add("1042")
    place.kept.total = 2
    roster = place.roster()
    assert len(list(roster.read())) == 1
    assert [problem.text for problem in roster.problems] == ["1 employee came, where 2 are counted there"]
    assert roster.summary is not None
    assert not roster.summary.proved


def test_a_number_that_changes_as_it_is_read_is_another_list(place: WorkersPlace) -> None:
    for number in range(4):
        place.kept.add(str(number))
    place.kept.between_pages = lambda: place.kept.profiles.pop() and None  # pyrefly: ignore[bad-assignment]
    error = failure(place.roster({"page_size": 2}))
    assert isinstance(error, RetriableError)
    assert "the list changed as it was read" in str(error)


def test_an_answer_as_of_another_day_is_none(place: WorkersPlace) -> None:
    place.kept.add("1042")
    place.kept.as_of = "2026-11-24"
    assert "not Workday's answer" in str(failure(place.roster()))


# --- how it's asked, and how an answer is read ------------------------------------------------------------------------


def test_by_a_refresh_token_no_password_goes_along(place: WorkersPlace) -> None:
    place.kept.add("1042")
    assert len(list(place.roster(connection=place.connection(by_token=True)).read())) == 1
    as_of = AsOf(effective="2026-11-25-08:00", entered=datetime.now(UTC))
    assert b"Security" not in question(as_of, 1, 10, version="v43.0", personal=True, login=None)


def test_a_login_that_is_not_taken_is_told_in_workday_s_words(place: WorkersPlace) -> None:
    """It comes with 500, as each fault does, and no waiting helps."""
    error = failure(place.roster(connection=place.connection(password="another-p&ssword")))
    assert isinstance(error, FatalError)
    assert "500, invalid username or password. See the connection's login" in str(error)


def test_a_user_who_may_not_is_told_what_is_needed(place: WorkersPlace) -> None:
    sentence = "Processing error occurred. The task submitted is not authorized."
    place.kept.first = [faulted("SOAP-ENV:Server.processingError", sentence)]
    error = failure(place.roster())
    assert isinstance(error, FatalError)
    assert "not authorized. The user's security group needs Get" in str(error)
    assert "docs/configuration/workday_workers.md" in str(error)


@pytest.mark.parametrize(
    "answer", [faulted("SOAP-ENV:Server", "An internal error occurred"), Text(status=503, body="<html>Away</html>")]
)
def test_what_may_pass_is_tried_again(place: WorkersPlace, answer: Answered) -> None:
    place.kept.first = [answer]
    assert isinstance(failure(place.roster()), RetriableError)


def test_a_limit_is_waited_for_and_then_it_is_read(place: WorkersPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []
    monkeypatch.setattr(api, "sleep", waits.append)
    place.kept.add("1042")
    place.kept.first = [Text(status=429, body="", headers={"Retry-After": "7"})]
    assert len(list(place.roster().read())) == 1
    assert waits == [7]


_BOMB = "<!DOCTYPE b [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
_FILE = "<!DOCTYPE b [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "<html>Sign in</html>",
        "<env:Envelope",
        enveloped(""),
        enveloped("<wd:Get_Workers_Response xmlns:wd='urn:com.workday/bsvc'/>"),
        f"{_BOMB}<b>&b;</b>",
        f"{_FILE}<b>&a;</b>",
        "<!DOCTYPE b><b/>",
        "<a>" * 100_000,
        b"\xff\xfe\x00",
    ],
    ids=["nothing", "json", "page", "cut", "empty", "no results", "entities", "file", "doctype", "deep", "bytes"],
)
def test_what_is_no_answer_of_workday_s_is_refused(place: WorkersPlace, body: str | bytes) -> None:
    place.kept.first = [Text(body=body)]
    error = failure(place.roster())
    assert isinstance(error, FatalError)
    assert "not Workday's answer" in str(error)


def test_entities_in_an_answer_are_refused_even_around_workers(place: WorkersPlace) -> None:
    """What is right but for a definition: nothing of it is read."""
    place.kept.add("1042")
    list(place.roster().read())
    (request,) = place.kept.asked
    whole = place.kept._workers(request).raw.decode()
    place.kept.first = [Text(body=whole.replace("?>", f"?>{_FILE}", 1).replace("w1042<", "&a;<", 1))]
    assert "not Workday's answer" in str(failure(place.roster()))


@pytest.mark.parametrize("field", ["host", "login", "password"])
def test_a_connection_needs(place: WorkersPlace, field: str) -> None:
    empty: dict[str, Any] = {field: ""}
    with pytest.raises(ConfigError, match=f"has no {field}"):
        place.roster(connection=place.connection(**empty))


@pytest.mark.parametrize("own", [{"tenant": "a/b"}, {"version": "latest"}, {"page_size": 1000}, {"tenant": ""}])
def test_settings_that_lead_nowhere_are_refused(place: WorkersPlace, own: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        place.roster(own)


# --- controls of the stand-in's ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (b"Exclude_Inactive_Workers", b"Exclude_Inactive"),
        (b">10<", b">5000<"),
        (b"2026-11-25-08:00", b"today"),
        (b"Include_Employment_Information", b"Include_Everything"),
    ],
)
def test_a_question_that_workday_would_not_take_is_noted(said: bytes, instead: bytes) -> None:
    as_of = AsOf(effective="2026-11-25-08:00", entered=datetime(2026, 11, 24, tzinfo=UTC))
    asked = question(as_of, 1, 10, version="v43.0", personal=True, login=("u", "p"))
    body = "env:Body"
    assert not_as_described(etree.fromstring(asked).find(body, NAMESPACES)[0]) == ""
    assert not_as_described(etree.fromstring(asked.replace(said, instead)).find(body, NAMESPACES)[0]) != ""


def test_an_answer_that_workday_would_not_give_is_noted(running: WorkersPlace) -> None:
    running.kept.__init__()
    running.kept.add("1042", more="<wd:Worker_Name>x</wd:Worker_Name>")
    list(running.roster().read())
    assert len(running.kept.wrong) == 1


# --- what is proposed -------------------------------------------------------------------------------------------------


FLAGS = Answers(given={"tenant": "acme"}, interactive=False).about("hr")


def test_init_proposes_zones_and_says_whose_status_may_not_be_seen(place: WorkersPlace) -> None:
    place.kept.add("1042")
    place.kept.add("1043", location="Atlantis")
    place.kept.hidden_status = {"1043"}
    proposal = workday_workers.propose("hr_workday", place.connection(), FLAGS)
    assert proposal.settings == {"tenant": "acme", "coverage": "full", "zones": {"Seoul": "Asia/Seoul"}}
    assert proposal.mail_domains == ("corp.example",)
    assert proposal.notes == ("Proposed from 2 profiles.",)
    (warning,) = proposal.warnings
    assert warning.startswith("The status of 1 profile may not be seen")
