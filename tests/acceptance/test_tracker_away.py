"""A tracker that was away for nights hears once how things stand: nothing twice, and nothing is lost."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest

from offboarding.interfaces import Found
from offboarding.model import TicketRef, TicketState
from offboarding.model.errors import RetriableError
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.support.office import HeardTracker, Office, locked, login
from tests.support.small_company import LEFT, STAFF, number, worker

pytestmark = pytest.mark.slow

KIM = "1042"


class Away(HeardTracker):
    """Answers nobody while it's away; or loses what it answers to comments."""

    inner: ListedTracker  # pyrefly: ignore[bad-override-mutable-attribute]
    away = False
    loses_answers = False

    def find(self, key: str) -> Found:
        self._answer()
        return self.inner.find(key)

    def state(self, ref: TicketRef) -> TicketState:
        self._answer()
        return self.inner.state(ref)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        super().comment(ref, event_key, text)
        if self.loses_answers:
            raise RetriableError("trackers.secops: no whole answer")

    def _answer(self) -> None:
        if self.away:
            raise RetriableError("trackers.secops: no answer")


@pytest.fixture
def tracker() -> Away:
    return Away(ListedTracker())


@pytest.fixture
def kim(office: Office, tracker: Away) -> Office:
    """Kim has left, and a ticket tells of a login that works still."""
    office.tracker = tracker
    office.hr.workers = [worker(KIM, LEFT), STAFF]
    office.directory.accounts = [login("kim", number(KIM))]
    office.night()
    return office


def appears(kim: Office, name: str) -> None:
    kim.directory.accounts.append(login(name, number(KIM)))


def missed(kim: Office) -> None:
    with pytest.raises(RetriableError):
        kim.night()


def only(tracker: Away) -> ListedTicket:
    (ticket,) = tracker.inner.there()
    return ticket


def comments(tracker: Away) -> Sequence[str]:
    return [text for _, text in only(tracker).said]


def lines(text: str) -> list[str]:
    """Without keys of findings, and with no moment but that there is one."""
    short = re.sub(r" \(f-\w+\)", "", text)
    return re.sub(r"\d+ \w+ \d{4} \d\d:\d\d \w+", "MOMENT", short).splitlines()


def test_after_nights_away_one_comment_tells_what_is_so_now_and_when_each_was_seen(kim: Office, tracker: Away) -> None:
    tracker.away = True
    for name in ("kim2", "kim3", "kim4"):
        appears(kim, name)
        missed(kim)
    kim.directory.change("kim3", **locked())
    missed(kim)

    tracker.away = False
    kim.night()
    kim.night()

    (said,) = comments(tracker)
    dead = "- Account uid=kim3,dc=corp: seen dead: pwdAccountLockedTime 000001010000Z (MOMENT)"
    assert lines(said) == [
        "Changed on this list:",
        "- Account uid=kim2,dc=corp: added (MOMENT)",
        dead,
        "- Account uid=kim4,dc=corp: added (MOMENT)",
    ]
    assert only(tracker).draft.body.count("[ ]") == 3


def test_what_died_and_came_back_meanwhile_is_said_once(kim: Office, tracker: Away) -> None:
    appears(kim, "kim2")
    kim.night()
    told = len(comments(tracker))
    tracker.away = True
    kim.directory.change("kim2", **locked())
    missed(kim)
    kim.directory.accounts[1] = login("kim2", number(KIM))
    missed(kim)

    tracker.away = False
    kim.night()

    (said,) = comments(tracker)[told:]
    assert lines(said) == [
        "Changed on this list:",
        "- Account uid=kim2,dc=corp: works again, and came back once (MOMENT)",
    ]


def test_all_that_ended_meanwhile_closes_it_with_one_text(kim: Office, tracker: Away) -> None:
    tracker.away = True
    appears(kim, "kim2")
    missed(kim)
    for name in ("kim", "kim2"):
        kim.directory.change(name, **locked())
        missed(kim)

    tracker.away = False
    kim.night()

    (said,) = comments(tracker)
    assert [line.split(":")[0] for line in lines(said)] == [
        "Nothing is left to do here",
        "- Account uid=kim,dc=corp",
        "- Account uid=kim2,dc=corp",
    ]
    assert not only(tracker).is_open


def test_what_closed_it_and_no_longer_does_is_never_said(kim: Office, tracker: Away) -> None:
    tracker.away = True
    kim.directory.change("kim", **locked())
    missed(kim)
    kim.directory.accounts = [login("kim", number(KIM))]
    missed(kim)

    tracker.away = False
    kim.night()

    (said,) = comments(tracker)
    assert "works again" in said
    assert only(tracker).is_open


def test_a_comment_that_may_have_been_heard_is_said_as_it_was_and_the_rest_in_one(kim: Office, tracker: Away) -> None:
    tracker.loses_answers = True
    appears(kim, "kim2")
    missed(kim)
    tracker.loses_answers, tracker.away = False, True
    for name in ("kim3", "kim4"):
        appears(kim, name)
        missed(kim)

    tracker.away = False
    kim.night()

    first, second = comments(tracker)
    assert lines(first) == ["Changed on this list:", "- Account uid=kim2,dc=corp: added"]
    assert [line.split(":")[0] for line in lines(second)[1:]] == [
        "- Account uid=kim3,dc=corp",
        "- Account uid=kim4,dc=corp",
    ]


def test_what_may_stand_for_a_while_and_stands_again_is_said_each_time(kim: Office, tracker: Away) -> None:
    appears(kim, "kim2")
    kim.night()
    for _ in range(2):
        kim.let_stand = {
            "exceptions": [
                {
                    "source": "corp-ldap",
                    "account": "kim2",
                    "reason": "asked for",
                    "approver": "Soyeon",
                    "expires": (kim.as_of + timedelta(days=9)).date(),
                }
            ]
        }
        kim.night()
        kim.let_stand = {}
        kim.night()

    assert [lines(said)[1].split(": ")[1].split(" until")[0] for said in comments(tracker)] == [
        "added",
        *("excepted", "stands again, the exception has ended") * 2,
    ]
