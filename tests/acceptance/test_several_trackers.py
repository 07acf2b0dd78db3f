"""Several trackers at once, and which of them is told of what."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from offboarding.interfaces import Tracker, Trackers
from offboarding.model import IdentityKeyKind, TicketDraft, TicketRef, TicketState
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.support.office import HeardTracker, Office, access_key, login, user
from tests.support.small_company import LEFT, STAFF, number, tag, worker
from tests.support.whole_night import Readers

KIM = worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun")
CLOUD_USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))


@dataclass(slots=True, kw_only=True)
class TwoTrackers(Office):
    """The office's own, and another that the configuration calls jira."""

    jira: ListedTracker = field(default_factory=ListedTracker)
    away: Exception | None = None
    """Why jira can't be asked."""
    gone: bool = False
    """The configuration no longer names jira."""

    def readers(self) -> Readers:
        return replace(Office.readers(self), trackers=lambda _: self.trackers())

    def trackers(self) -> Trackers:
        own: Trackers = {"secops": lambda: self.tracker}
        return own if self.gone else {**own, "jira": self._made}

    def _made(self) -> Tracker:
        if isinstance(self.away, ConfigError):
            raise self.away
        return Away(self.away) if self.away else self.jira

    def inner(self) -> ListedTracker:
        """The office's own, as people see it."""
        assert isinstance(self.tracker.inner, ListedTracker)
        return self.tracker.inner


class Away(ListedTracker):
    """One that answers nobody."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def find(self, key: str) -> TicketRef | None:
        raise self._error

    def state(self, ref: TicketRef) -> TicketState:
        raise self._error


@pytest.fixture
def kim(office: Office) -> TwoTrackers:
    """Kim has left, and a login and an access key of his still work."""
    made = TwoTrackers(session=office.session, tracker=HeardTracker(ListedTracker()))
    made.hr.workers = [KIM, STAFF]
    made.directory.accounts = [login("kim", number("1042"))]
    made.cloud.accounts = [CLOUD_USER]
    made.cloud.credentials = [access_key("AKIAAAAAAAAAAAAAAAAA", CLOUD_USER)]
    return made


def routed(kim: TwoTrackers, *routes: Mapping[str, Any]) -> None:
    kim.policy = {"routes": list(routes)}


def drafts(tracker: ListedTracker) -> list[TicketDraft]:
    return [ticket.draft for ticket in tracker.there()]


def only(tracker: ListedTracker) -> ListedTicket:
    (ticket,) = tracker.there()
    return ticket


def test_a_route_leads_to_another_tracker_and_its_queue(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD", "assignee": "lee"})

    assert kim.night().failed == ()

    assert "Access key" in only(kim.jira).draft.body
    assert "Access key" not in only(kim.inner()).draft.body
    assert [(each.queue, each.assignee) for each in drafts(kim.jira)] == [("CLOUD", "lee")]
    assert [(each.queue, each.assignee) for each in drafts(kim.inner())] == [(kim.queue, "")]


def test_the_first_that_fits_decides(kim: TwoTrackers) -> None:
    routed(
        kim,
        {"rules": ["leaver-access-key"], "severities": ["low"], "queue": "jira:NEVER"},
        {"accounts": ["arn:*:user/*"], "zones": ["Asia/Seoul"], "queue": "jira:CLOUD"},
        {"sources": ["aws"], "queue": "jira:NEVER"},
    )

    kim.night()

    assert [each.queue for each in drafts(kim.jira)] == ["CLOUD"]


def test_a_source_s_own_queue_may_be_another_tracker_s(kim: TwoTrackers) -> None:
    kim.account_queues = {"111111111111": "jira:CLOUD"}

    kim.night()

    assert [each.queue for each in drafts(kim.jira)] == ["CLOUD"]


@pytest.mark.parametrize(
    "away",
    [
        RetriableError("trackers.jira: no answer"),
        FatalError("trackers.jira: 401"),
        ConfigError("trackers.jira: There is no Airflow connection jira"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_one_that_is_away_keeps_no_other_back_and_is_told_once_it_is_back(kim: TwoTrackers, away: Exception) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.away = away

    with pytest.raises(type(away), match="jira"):
        kim.night()
    assert (len(kim.inner().there()), kim.jira.there()) == (1, [])

    kim.away = None
    assert kim.night().failed == ()
    assert (len(kim.inner().there()), len(kim.jira.there())) == (1, 1)


def test_one_that_the_configuration_names_no_longer_is_told_and_the_others_go_on(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.night()
    kim.directory.accounts.append(login("kim2", number("1042")))
    kim.gone = True

    with pytest.raises(FatalError, match=r"names no jira, and 1 ticket of it .* tracker move jira NAME"):
        kim.night()

    assert "kim2" in only(kim.inner()).draft.body
