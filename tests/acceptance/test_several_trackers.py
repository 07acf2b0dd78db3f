"""Several trackers at once, and which of them is told of what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Account, IdentityKeyKind, TicketPage, TicketState
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.report import night as screen
from offboarding.report.pages.rows import ticket_link
from offboarding.runs import pipeline
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.tickets import moving
from tests.support.begun import Begun
from tests.support.office import HeardTracker, Office, access_key, login, user
from tests.support.small_company import LEFT, STAFF, job, number, owner, tag, worker
from tests.support.two_trackers import (
    CLOUD_USER,
    Away,
    TwoTrackers,
    drafts,
    kim_has_left,
    last,
    only,
    reds,
    routed,
    said_of,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def kim(office: Office) -> TwoTrackers:
    return kim_has_left(office)


def after_a_night(session: Session, tracker: Tracker) -> TwoTrackers:
    """Kim's ticket stands in secops."""
    kim = kim_has_left(Office(session=session, tracker=HeardTracker(tracker)))
    kim.night()
    return kim


def test_a_route_leads_to_another_tracker_and_its_queue(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD", "assignee": "lee"})

    assert kim.night().failed == ()

    assert "Access key" in only(kim.jira).draft.body
    assert "Access key" not in only(kim.inner()).draft.body
    assert [(each.queue, each.assignee) for each in drafts(kim.jira)] == [("CLOUD", "lee")]
    assert [(each.queue, each.assignee) for each in drafts(kim.inner())] == [(kim.queue, "")]
    assert numbers(kim) == {"secops #1", "jira #1"}, "with the tracker's name where there are several"


def test_the_first_that_fits_decides(kim: TwoTrackers) -> None:
    routed(
        kim,
        {"rules": ["leaver-access-key"], "severities": ["low"], "queue": "jira:NEVER"},
        {"accounts": ["arn:*:user/*"], "zones": ["Asia/Seoul"], "queue": "jira:CLOUD"},
        {"sources": ["aws"], "queue": "jira:NEVER"},
    )

    kim.night()

    assert [each.queue for each in drafts(kim.jira)] == ["CLOUD"]


def test_a_route_by_zone_or_location_fits_a_departure_that_an_employment_hides(kim: TwoTrackers) -> None:
    both = {"zones": ["Asia/Seoul"], "locations": ["Seoul"]}
    routed(kim, {"tickets": ["confirm"], **both, "queue": "jira:KOREA", "page": "oncall"})
    kim.hr.change("1042", employments=(LEFT, job(start="2019-05-01")), location="Seoul")
    oncall = Oncall()

    kim.night()
    paged(kim, oncall)

    assert [each.queue for each in drafts(kim.jira)] == ["KOREA"]
    assert len(oncall.called) == 1


def leavers(kim: TwoTrackers, count: int) -> dict[str, Account]:
    """Others have left instead, each with an access key: their users, by worker."""
    users = {
        each: user(f"AIDA{each}", tag(IdentityKeyKind.NUMBER, each)) for each in map(str, range(2001, 2001 + count))
    }
    kim.hr.workers = [*(worker(each, LEFT, mail=f"p{each}@corp.example") for each in users), STAFF]
    kim.directory.accounts, kim.cloud.accounts = [], list(users.values())
    kim.cloud.credentials = [access_key(f"AKIA{each}", of) for each, of in users.items()]
    return users


def queues(kim: TwoTrackers) -> dict[str, str]:
    """In jira, by worker."""
    people = [each.worker_id for each in kim.hr.workers]
    return {who: each.queue for each in drafts(kim.jira) for who in people if who in each.title}


def test_a_route_by_hrs_location(kim: TwoTrackers) -> None:
    routes = {"CASE": "seoul", "PATTERN": "kr-*", "JAMO": "서울", "BRACKETS": "Seoul [HQ]", "ANY": "*"}
    routed(kim, *({"locations": ["Nowhere", where], "queue": f"jira:{queue}"} for queue, where in routes.items()))
    told = {
        "Seoul": "CASE",
        "KR-Busan 2F": "PATTERN",
        # Put together otherwise.
        "\u1109\u1165\u110b\u116e\u11af": "JAMO",
        "Seoul [HQ]": "BRACKETS",
        # Brackets are no choice of letters.
        "Seoul H": "ANY",
        "Berlin": "ANY",
    }
    *people, unsaid = leavers(kim, len(told) + 1)
    for each, location in zip(people, told, strict=True):
        kim.hr.change(each, location=location)

    kim.night()

    assert queues(kim) == dict(zip(people, told.values(), strict=True))
    assert [unsaid in each.title for each in drafts(kim.inner())] == [True], "a pattern of anything fits no silence"


def test_a_route_by_owner(kim: TwoTrackers) -> None:
    said = {
        "2001": owner(IdentityKeyKind.LOGIN, "payments"),
        "2002": owner(IdentityKeyKind.MAIL, "ops@pay.example"),
        "2003": owner(IdentityKeyKind.MAIL, "lee@corp.example"),
        "2004": owner(IdentityKeyKind.MAIL, "p2004@corp.example"),
        "2005": owner(IdentityKeyKind.LOGIN, "billing"),
    }
    routed(
        kim,
        {"owners": ["Payments"], "queue": "jira:TEAM"},
        {"owners": ["*@pay.example"], "queue": "jira:PATTERN"},
        {"owners": ["1043"], "queue": "jira:WORKS-HERE"},
        {"owners": ["2004"], "queue": "jira:LEFT"},
        {"owners": ["2005", "AIDA2005"], "queue": "jira:WHOSE-IT-IS"},
    )
    users = leavers(kim, len(said))
    kim.cloud.accounts = [replace(of, keys=(*of.keys, said[each])) for each, of in users.items()]

    kim.night()

    assert queues(kim) == {"2001": "TEAM", "2002": "PATTERN", "2003": "WORKS-HERE"}
    assert len(drafts(kim.inner())) == 2


def test_a_route_by_owner_leads_elsewhere_and_hides_nothing(kim: TwoTrackers) -> None:
    """A leaver may write the tag: whatever it says, the same is told, to one queue or the other."""
    routed(kim, {"owners": ["*"], "queue": "jira:PAY"})
    kim.night()
    before = {finding.finding_key: finding.state for finding in reading.findings(kim.session)}
    tagged = replace(CLOUD_USER, keys=(*CLOUD_USER.keys, owner(IdentityKeyKind.LOGIN, "nobody")))
    kim.cloud.accounts = [tagged]

    kim.night()

    assert {finding.finding_key: finding.state for finding in reading.findings(kim.session)} == before
    assert drafts(kim.jira) == [], "what stands on a ticket stays there"


def test_a_source_s_own_queue_may_be_another_tracker_s(kim: TwoTrackers) -> None:
    kim.account_queues = {"111111111111": "jira:CLOUD"}

    kim.night()

    assert [each.queue for each in drafts(kim.jira)] == ["CLOUD"]


@pytest.mark.parametrize(
    "away",
    [
        RetriableError("trackers.jira: no answer"),
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


@pytest.mark.parametrize("broken", ["jira", "secops"])
def test_a_defect_in_one_keeps_no_other_back_and_is_raised(
    kim: TwoTrackers, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    defective = Away(KeyError("fields"))
    if broken == "jira":
        kim.away = KeyError("fields")
    else:
        monkeypatch.setattr(kim.tracker, "inner", defective)

    with pytest.raises(ExceptionGroup) as raised:
        kim.night()

    assert [repr(each) for each in raised.value.exceptions] == ["KeyError('fields')"]
    told = kim.jira if broken == "secops" else kim.inner()
    assert len(told.there()) == 1
    assert [each for each in reds(kim) if f"tracker {broken} hasn't been told of 1 change" in each]


def test_of_defects_in_two_each_keeps_its_trace(kim: TwoTrackers, monkeypatch: pytest.MonkeyPatch) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.away = KeyError("fields")
    monkeypatch.setattr(kim.tracker, "inner", Away(TypeError("no number")))

    with pytest.raises(ExceptionGroup) as raised:
        kim.night()

    assert {repr(each) for each in raised.value.exceptions} == {"KeyError('fields')", "TypeError('no number')"}


def test_one_that_the_configuration_names_no_longer_is_told_and_the_others_go_on(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.night()
    kim.directory.accounts.append(login("kim2", number("1042")))
    kim.named = ("secops",)

    with pytest.raises(FatalError, match=r"names no jira, and 1 ticket of it .* tracker move jira NAME"):
        kim.night()

    assert "kim2" in only(kim.inner()).draft.body
    assert [each for each in said_of(kim) if "nobody sees to the tickets of tracker jira" in each]
    assert numbers(kim) == {"secops #1", "jira #1"}, "with the tracker's name while tickets stand in a former one"


@pytest.mark.parametrize("named", [(), ("jira",)], ids=["none at all", "another"])
def test_where_its_tracker_is_named_no_longer_each_run_is_red(begun: Begun, named: Sequence[str]) -> None:
    kim = begun(after_a_night)
    kim.named = named

    for _ in range(2):
        with pytest.raises(FatalError, match=r"names no secops, and 1 ticket of it .* tracker move secops NAME"):
            kim.night()

    assert [each for each in said_of(kim) if "nobody sees to the tickets of tracker secops" in each]
    kim.named = ("secops", "jira")
    assert kim.night().failed == ()
    assert reds(kim) == ()


def numbers(kim: TwoTrackers) -> set[str]:
    """How lists, pages and the night's screen call Kim's tickets."""
    row = kim.session.execute("select max(run_id) from run").fetchone()
    assert row
    found = reading.findings(kim.session)
    links = [ticket_link(each) for each in found]
    told = screen.render(reading.night(kim.session, int(str(row[0]))), "UTC")
    shown = set(re.findall(r"ticket ((?:\w+ )?#\d+)", told))
    assert {link.text for link in links if link} == {f"ticket {each}" for each in shown}
    return shown


def test_a_number_is_said_alone_where_there_is_one(kim: TwoTrackers) -> None:
    kim.named = ("secops",)

    kim.night()

    assert numbers(kim) == {"#1"}


# --- who is called ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Oncall:
    """A pager, which calls once a key."""

    called: list[str] = field(default_factory=list[str])
    over: list[str] = field(default_factory=list[str])
    away: Exception | None = None

    def trigger(self, page: TicketPage) -> None:
        if self.away:
            raise self.away
        self.called.append(page.title)

    def resolve(self, key: str) -> None:
        if self.away:
            raise self.away
        self.over.append(key)


def paged(kim: TwoTrackers, oncall: Oncall) -> None:
    pipeline.page(kim.session, kim.settings, {"oncall": lambda: oncall})


def calling(session: Session, tracker: Tracker) -> TwoTrackers:
    """Whoever has an access key of a leaver calls somebody."""
    kim = kim_has_left(Office(session=session, tracker=HeardTracker(tracker)))
    routed(kim, {"rules": ["leaver-access-key"], "page": "oncall"})
    kim.night()
    return kim


@pytest.fixture
def called(begun: Begun) -> tuple[TwoTrackers, Oncall]:
    return begun(calling), Oncall()


def test_somebody_is_called_once_and_told_when_it_is_over(called: tuple[TwoTrackers, Oncall]) -> None:
    kim, oncall = called
    key = only(kim.inner()).draft.key
    for _ in range(2):
        paged(kim, oncall)
    assert oncall.called == [f"high: leaver-access-key in aws 111111111111 [{key}]"]
    assert oncall.over == []

    kim.cloud.credentials = []
    kim.night()
    for _ in range(2):
        paged(kim, oncall)

    assert only(kim.inner()).is_open, "the login holds it"
    assert (len(oncall.called), oncall.over) == (1, [key])


def test_a_move_calls_nobody_anew_and_ends_no_page_while_it_waits(called: tuple[TwoTrackers, Oncall]) -> None:
    kim, oncall = called
    key = only(kim.inner()).draft.key
    paged(kim, oncall)
    moving.move(kim.session, last(kim), ["secops", "jira"], "secops", "jira")
    kim.away = RetriableError("trackers.jira: no answer")
    with pytest.raises(RetriableError, match="jira"):
        kim.night()
    paged(kim, oncall)

    kim.away = None
    kim.night()
    paged(kim, oncall)

    assert (len(oncall.called), oncall.over) == (1, [])
    kim.cloud.credentials = []
    kim.night()
    paged(kim, oncall)
    assert oncall.over == [key], "as the pager knows it"


def test_a_ticket_that_is_opened_anew_calls_nobody_anew(called: tuple[TwoTrackers, Oncall]) -> None:
    kim, oncall = called
    paged(kim, oncall)
    kim.inner().people_turn(only(kim.inner()).ref, TicketState.MISSING)
    kim.night()

    paged(kim, oncall)

    assert (len(oncall.called), oncall.over) == (1, [])


def test_a_ticket_that_its_tracker_refuses_calls_all_the_same(kim: TwoTrackers) -> None:
    routed(kim, {"rules": ["leaver-access-key"], "page": "oncall"})
    kim.tracker.inner = Away(FatalError("trackers.secops: 422, Subject is too long"))
    oncall = Oncall()

    for _ in range(2):
        with pytest.raises(FatalError, match="422"):
            kim.night()
        paged(kim, oncall)

    assert len(oncall.called) == 1


def test_one_that_is_away_is_told_later(called: tuple[TwoTrackers, Oncall]) -> None:
    kim, oncall = called
    oncall.away = RetriableError("pagers.oncall: no answer")
    with pytest.raises(RetriableError, match="oncall"):
        paged(kim, oncall)

    oncall.away = None
    paged(kim, oncall)

    assert len(oncall.called) == 1


def test_what_works_again_calls_again(called: tuple[TwoTrackers, Oncall]) -> None:
    kim, oncall = called
    paged(kim, oncall)
    credentials, kim.cloud.credentials = kim.cloud.credentials, []
    kim.night()
    paged(kim, oncall)
    kim.cloud.credentials = credentials
    kim.night()

    paged(kim, oncall)

    assert (len(oncall.called), len(oncall.over)) == (2, 1)


def test_a_pager_that_the_configuration_names_no_longer_is_asked_for(called: tuple[TwoTrackers, Oncall]) -> None:
    kim, oncall = called
    paged(kim, oncall)
    kim.policy = {}

    with pytest.raises(FatalError, match="names no oncall"):
        pipeline.page(kim.session, kim.settings, {})


def test_where_no_route_calls_nobody_is_asked(begun: Begun) -> None:
    kim = begun(after_a_night)

    pipeline.page(kim.session, kim.settings, {"oncall": lambda: pytest.fail("asked for")})
