"""Several trackers at once, and which of them is told of what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from offboarding.model import AccountKey, IdentityKeyKind, TicketPage, TicketState
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.report import night as screen
from offboarding.report.pages.rows import ticket_link
from offboarding.runs import pipeline
from offboarding.store import reading
from offboarding.tickets import moving
from tests.support.office import Office, login
from tests.support.small_company import LEFT, job, number, owner
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


def test_a_route_by_zone_fits_a_departure_that_an_employment_hides(kim: TwoTrackers) -> None:
    routed(kim, {"tickets": ["confirm"], "zones": ["Asia/Seoul"], "queue": "jira:KOREA", "page": "oncall"})
    kim.hr.change("1042", employments=(LEFT, job(start="2019-05-01")))
    oncall = Oncall()

    kim.night()
    paged(kim, oncall)

    assert [each.queue for each in drafts(kim.jira)] == ["KOREA"]
    assert len(oncall.called) == 1


@pytest.mark.parametrize(
    ("locations", "told", "goes"),
    [
        pytest.param(["seoul", "KR-*"], "Seoul", True, id="whatever its case"),
        pytest.param(["seoul", "kr-*"], "KR-Busan 2F", True, id="a pattern"),
        pytest.param(["서울"], "\u1109\u1165\u110b\u116e\u11af", True, id="put together otherwise"),
        pytest.param(["Seoul"], "Berlin", False, id="another"),
        pytest.param(["*"], "", False, id="none told"),
        pytest.param(["Seoul [HQ]"], "Seoul [HQ]", True, id="brackets are themselves"),
        pytest.param(["Seoul [HQ]"], "Seoul H", False, id="and no choice of letters"),
    ],
)
def test_a_route_by_hrs_location(kim: TwoTrackers, locations: list[str], told: str, goes: bool) -> None:
    routed(kim, {"locations": locations, "queue": "jira:KOREA"})
    kim.hr.change("1042", location=told)

    kim.night()

    assert bool(drafts(kim.jira)) is goes
    assert bool(drafts(kim.inner())) is not goes


def test_a_route_by_location_fits_a_departure_that_an_employment_hides(kim: TwoTrackers) -> None:
    routed(kim, {"tickets": ["confirm"], "locations": ["Seoul"], "queue": "jira:KOREA"})
    kim.hr.change("1042", employments=(LEFT, job(start="2019-05-01")), location="Seoul")

    kim.night()

    assert [each.queue for each in drafts(kim.jira)] == ["KOREA"]


@pytest.mark.parametrize(
    ("owners", "said", "goes"),
    [
        pytest.param(["Payments"], owner(IdentityKeyKind.LOGIN, "payments"), True, id="a team's tag"),
        pytest.param(["*@pay.example"], owner(IdentityKeyKind.MAIL, "ops@pay.example"), True, id="a pattern"),
        pytest.param(["1043"], owner(IdentityKeyKind.MAIL, "lee@corp.example"), True, id="who works here, by number"),
        pytest.param(["1042"], owner(IdentityKeyKind.MAIL, "kim@corp.example"), False, id="who left"),
        pytest.param(["1042", "AIDAKIM"], owner(IdentityKeyKind.LOGIN, "payments"), False, id="whose it is"),
        pytest.param(["*"], None, False, id="nobody named"),
    ],
)
def test_a_route_by_owner(kim: TwoTrackers, owners: list[str], said: AccountKey | None, goes: bool) -> None:
    routed(kim, {"owners": owners, "queue": "jira:PAY"})
    kim.cloud.accounts = [replace(CLOUD_USER, keys=(*CLOUD_USER.keys, *([said] if said else [])))]

    kim.night()

    assert [each.queue for each in drafts(kim.jira)] == (["PAY"] if goes else [])
    assert drafts(kim.inner()), "the directory's login names nobody"


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


@pytest.mark.parametrize("named", [(), ("jira",)], ids=["none at all", "another"])
def test_where_its_tracker_is_named_no_longer_each_run_is_red(kim: TwoTrackers, named: Sequence[str]) -> None:
    kim.night()
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


def test_a_number_is_said_with_its_tracker_s_name_where_there_are_several(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})

    kim.night()

    assert numbers(kim) == {"secops #1", "jira #1"}


def test_a_number_is_said_alone_where_there_is_one(kim: TwoTrackers) -> None:
    kim.named = ("secops",)

    kim.night()

    assert numbers(kim) == {"#1"}


def test_a_number_is_said_with_its_tracker_s_name_while_tickets_stand_in_a_former_one(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.night()
    kim.named = ("secops",)
    with pytest.raises(FatalError, match="names no jira"):
        kim.night()

    assert numbers(kim) == {"secops #1", "jira #1"}


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


@pytest.fixture
def called(kim: TwoTrackers) -> tuple[TwoTrackers, Oncall]:
    """Whoever has an access key of a leaver calls somebody."""
    routed(kim, {"rules": ["leaver-access-key"], "page": "oncall"})
    kim.night()
    return kim, Oncall()


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


def test_no_name_is_said_to_a_pager(called: tuple[TwoTrackers, Oncall]) -> None:
    kim, oncall = called
    paged(kim, oncall)

    assert not [word for word in ("Kim", "kim@", "AKIA") if word in oncall.called[0]]


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


def test_where_no_route_calls_nobody_is_asked(kim: TwoTrackers) -> None:
    kim.night()

    pipeline.page(kim.session, kim.settings, {"oncall": lambda: pytest.fail("asked for")})
