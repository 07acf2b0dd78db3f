"""What HR's status says beside whether somebody works here, and what each means for access and for words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Employment, IdentityKeyKind, TicketDraft
from offboarding.store import notices
from offboarding.store.connect import Session
from offboarding.store.notices import NewNotice
from offboarding.store.reading.link_views import claims
from tests.support.deciding import confirm_departure
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, HeardTracker, Office, login
from tests.support.small_company import LEFT, STAFF, account, job, key, mail, number, owner, worker

pytestmark = pytest.mark.slow

RETIRED = job("left", last="2026-11-13", circumstance="retired")
DIED = job("left", last="2026-11-13", circumstance="deceased")


def kim(office: Office, *jobs: Employment) -> None:
    """As HR tells of Kim tonight."""
    office.hr.workers = [worker("1042", *jobs, mail="kim@corp.example", logins=("kimm",), name="Kim Minjun"), STAFF]


@pytest.fixture
def office(store: Session, tracker: Tracker) -> Office:
    """Kim has a login that works."""
    made = Office(session=store, tracker=HeardTracker(tracker))
    made.directory.accounts = [login("kim", number("1042"))]
    return made


def only(office: Office) -> TicketDraft:
    """The one ticket there is."""
    assert isinstance(office.tracker.inner, ListedTracker)
    (ticket,) = office.tracker.inner.there()
    return ticket.draft


@pytest.mark.parametrize(
    ("told", "title", "first"),
    [
        (
            DIED,
            "Shut what is still open of worker 1042 [",
            "Kim Minjun has died, says roster hr: status deceased",
        ),
        (
            RETIRED,
            "Revoke what still works of worker 1042 (left ",
            "Kim Minjun has retired, and Friday 13 November 2026",
        ),
        (
            LEFT,
            "Revoke what still works of worker 1042 (left ",
            "Kim Minjun's last working day was Friday 13 Nov",
        ),
    ],
    ids=["deceased", "retired", "left"],
)
def test_a_ticket_has_the_right_words(office: Office, told: Employment, title: str, first: str) -> None:
    kim(office, told)

    office.night()

    assert only(office).title.startswith(title)
    assert " ".join(only(office).body.split()).startswith(first)


@pytest.mark.parametrize(
    ("language", "word"), [("en", " left,"), ("en", "(left"), ("en", "departure"), ("ko", "퇴사"), ("ja", "退職")]
)
def test_of_somebody_who_died_nothing_says_that_they_left(office: Office, language: str, word: str) -> None:
    office.policy = {"language": language}
    kim(office, DIED)

    office.night()

    assert word not in only(office).title
    assert word not in only(office).body


@pytest.mark.parametrize(
    ("named", "assigned"),
    [("kimm", ""), ("Kim@corp.example", ""), ("kim", ""), ("analyst", "analyst")],
)
def test_no_ticket_comes_into_the_hands_of_whom_it_is_about(office: Office, named: str, assigned: str) -> None:
    office.policy = {"routes": [{"tickets": ["revoke"], "assignee": named}]}
    kim(office, DIED)

    office.night()

    assert only(office).assignee == assigned


def test_a_departure_that_hr_tells_otherwise_later_gets_the_other_words(office: Office) -> None:
    kim(office, LEFT)
    office.night()
    kim(office, DIED)

    office.night()

    assert only(office).title.startswith("Shut what is still open of worker 1042 [")
    office.night()
    assert office.tracker.calls == []


# --- away, and not gone -----------------------------------------------------------------------------------------------

SUSPENDED, ON_LEAVE, WORKS = job(circumstance="suspended"), job("leave"), job()
GARDEN = job(circumstance="garden_leave")


def stands(office: Office) -> list[tuple[str, str]]:
    """What is found of Kim."""
    told = office.session.execute("select rule, state from finding where person_uid is not null order by rule")
    return [(str(rule), str(state)) for rule, state in told.fetchall()]


@pytest.mark.parametrize(
    ("told", "shut", "away"),
    [
        (SUSPENDED, None, True),
        (GARDEN, None, True),
        (ON_LEAVE, None, False),
        (WORKS, None, False),
        (ON_LEAVE, ["leave"], True),
        (SUSPENDED, [], False),
        (GARDEN, ["suspended"], False),
        (job(circumstance="garden_leave", last="2026-12-31"), None, False),
        (job("future", start="2026-12-31", circumstance="suspended"), None, False),
    ],
    ids=[
        *(
            "suspended",
            "garden leave",
            "maternity leave or a sabbatical",
            "at work",
            "leave, by policy",
            "not suspended",
        ),
        *("not garden leave", "garden leave from a day on", "not here yet"),
    ],
)
def test_who_is_away_keeps_access_or_not_by_policy(
    office: Office, told: Employment, shut: list[str] | None, away: bool
) -> None:
    office.policy = {} if shut is None else {"shut_while": shut}
    kim(office, told)

    office.night()

    assert stands(office) == ([("leaver-account-works", "open")] if away else [])


@pytest.mark.parametrize(
    ("language", "word"), [("en", "departure"), ("en", "(left"), ("en", " left,"), ("ko", "퇴사"), ("ja", "退職")]
)
def test_whoever_is_suspended_has_not_left_in_words(office: Office, language: str, word: str) -> None:
    office.policy = {"language": language}
    kim(office, SUSPENDED)

    office.night()

    said = only(office).title + only(office).body.partition("ldapmodify")[0]
    assert word not in said
    assert "status suspended" in said


def test_a_suspension_that_is_lifted_leaves_no_departure_behind(office: Office) -> None:
    kim(office, WORKS)
    office.night()
    kim(office, SUSPENDED)
    office.night()
    assert only(office).title.startswith("Shut for now what works of worker 1042 [")
    kim(office, WORKS)

    office.night()

    assert stands(office) == [("leaver-account-works", "resolved")]
    assert isinstance(office.tracker.inner, ListedTracker)
    (ticket,) = office.tracker.inner.there()
    assert not ticket.is_open
    assert "they are to have access again: works here, says hr" in ticket.said[-1][1]
    told = office.session.execute("select basis, returned, valid_to is null from departure").fetchall()
    assert told == [("away", False, False)]
    for _ in range(2):
        office.night()
        assert office.tracker.calls == []


def test_use_while_suspended_is_no_use_after_a_departure(office: Office) -> None:
    kim(office, SUSPENDED)
    office.night()
    office.directory.change("kim", last_used_at=office.as_of, last_used_exact=True)

    office.night()

    assert stands(office) == [("leaver-account-works", "open")]
    used = office.session.execute("select used_after_departure from finding where person_uid is not null").fetchall()
    assert used == [(None,)]


def test_what_is_made_while_somebody_is_suspended_is_theirs_as_before(office: Office) -> None:
    kim(office, SUSPENDED)
    office.night()
    made = login("kim2", mail("kim@corp.example"), key(IdentityKeyKind.LOGIN, "kimm"))
    office.directory.accounts = [replace(made, created_at=office.as_of + timedelta(hours=1))]

    office.night()

    told = office.session.execute("select subject_native_id from finding where state = 'open' and rule like 'leaver%'")
    assert told.fetchall() == [("kim2",)]
    (claim,) = claims(office.session, DIRECTORY, "kim2")
    assert claim.left_at is None, "they haven't left"


def test_since_when_somebody_is_suspended_stays_and_the_ticket_with_it(office: Office) -> None:
    kim(office, SUSPENDED)
    office.night()
    for _ in range(2):
        office.night()
        assert office.tracker.calls == []

    assert office.session.execute("select count(*) from departure").fetchall() == [(1,)]


def test_a_suspension_that_ends_in_a_departure_goes_on_on_the_same_ticket(office: Office) -> None:
    kim(office, SUSPENDED)
    office.night()
    kim(office, job("left", last="2026-11-25"))

    office.night(days=2)

    assert only(office).title.startswith("Revoke what still works of worker 1042 (left 2026-11-25) [")
    assert stands(office) == [("leaver-account-works", "open")]


def test_a_departure_that_hr_takes_back_for_a_suspension_leaves_what_concerns_leavers_alone(office: Office) -> None:
    office.directory.accounts += [account("svc-build", owner(IdentityKeyKind.NUMBER, "1042"), service=True)]
    kim(office, LEFT)
    office.night()
    assert stands(office) == [("leaver-account-works", "open"), ("leaver-owned-service-account", "open")]
    kim(office, SUSPENDED)

    office.night()

    assert stands(office) == [("leaver-account-works", "open"), ("leaver-owned-service-account", "resolved")]
    told = office.session.execute("select resolution from finding where resolution is not null").fetchall()
    assert told == [("withdrawn",)]


def vanished_while_away(office: Office, told: Employment) -> None:
    """Kim, who owns a workload, is away, and no longer listed in the night after it."""
    office.policy = {"min_roster_percent": 0}
    office.directory.accounts += [account("svc-build", owner(IdentityKeyKind.NUMBER, "1042"), service=True)]
    kim(office, told)
    office.night()
    office.hr.workers = [STAFF]
    office.night()


@pytest.mark.parametrize(
    "told",
    [SUSPENDED, job(start="2026-11-20", circumstance="suspended"), job(circumstance="garden_leave", end="2026-11-26")],
    ids=["suspended", "suspended in the first month", "garden leave that has ended"],
)
def test_whoever_is_away_and_vanishes_may_have_left_and_a_person_says_so(office: Office, told: Employment) -> None:
    vanished_while_away(office, told)
    assert stands(office) == [("departure-hidden", "open"), ("leaver-account-works", "open")]

    confirm_departure(office.session, office.settings, departure="1042", reason="asked their manager", author="hr")
    office.night()

    assert stands(office) == [
        ("departure-hidden", "resolved"),
        ("leaver-account-works", "open"),
        ("leaver-owned-service-account", "open"),
    ]
    told_now = office.session.execute("select basis, confirmed from departure where valid_to is null").fetchall()
    assert told_now == [("inferred", True)]


def test_whoever_is_away_and_listed_again_is_away(office: Office) -> None:
    vanished_while_away(office, SUSPENDED)
    kim(office, SUSPENDED)

    office.night()

    assert stands(office) == [("departure-hidden", "resolved"), ("leaver-account-works", "open")]


def test_whoever_is_suspended_and_vanishes_has_left_by_a_notice(office: Office) -> None:
    vanished_while_away(office, SUSPENDED)
    ((person,),) = office.session.execute("select person_uid::text from departure where basis = 'away'").fetchall()
    told = NewNotice(
        notice_id="n-4f2a91",
        person_uid=str(person),
        left_at=office.as_of,
        zone="Asia/Seoul",
        reason="left",
        author="hr",
        max_days=30,
    )
    notices.add(office.session, told)

    office.night()

    assert stands(office) == [
        ("departure-hidden", "resolved"),
        ("leaver-account-works", "open"),
        ("leaver-owned-service-account", "open"),
    ]


def test_whoever_works_here_by_another_employment_works_here(office: Office) -> None:
    kim(office, SUSPENDED, job(start="2020-01-01"))

    office.night()

    assert stands(office) == []


def test_somebody_rehired_who_is_suspended_comes_back_as_such(office: Office) -> None:
    before = job("left", start="2010-01-01", last="2014-01-31")
    kim(office, before, SUSPENDED)
    office.night()
    assert stands(office) == [("leaver-account-works", "open")]
    kim(office, before, WORKS)

    office.night()

    assert stands(office) == [("leaver-account-works", "resolved")]
