"""What HR's status says beside whether somebody works here, and what each means for access and for words."""

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Employment, TicketDraft
from offboarding.store.connect import Session
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import LEFT, STAFF, job, number, worker

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
