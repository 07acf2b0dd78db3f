"""Several trackers at once, and which of them is told of what."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from offboarding.interfaces import Tracker, Trackers
from offboarding.model import AccountKey, IdentityKeyKind, TicketDraft, TicketPage, TicketRef, TicketState
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.report import night as screen
from offboarding.report.pages.rows import ticket_link
from offboarding.runs import pipeline
from offboarding.store import reading, runs
from offboarding.store.connect import opened
from offboarding.store.rows import Run
from offboarding.tickets import moving
from offboarding.tickets.plan import TicketPlan
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.support.office import HeardTracker, Office, access_key, locked, login, user
from tests.support.red import why_red
from tests.support.small_company import LEFT, STAFF, job, number, owner, tag, worker
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
    kim.gone = True

    with pytest.raises(FatalError, match=r"names no jira, and 1 ticket of it .* tracker move jira NAME"):
        kim.night()

    assert "kim2" in only(kim.inner()).draft.body
    assert [each for each in said_of(kim) if "nobody sees to the tickets of tracker jira" in each]


def said_of(kim: TwoTrackers) -> tuple[str, ...]:
    """What of trackers makes the newest run red, though its report never came."""
    return tuple(each for each in reds(kim) if "tracker" in each)


def reds(kim: TwoTrackers) -> tuple[str, ...]:
    run_id = kim.session.execute("select max(run_id) from run").fetchone()
    assert run_id
    return tuple(why_red(reading.night(kim.session, int(str(run_id[0])), "Asia/Seoul")))


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
    kim.gone = True

    kim.night()

    assert numbers(kim) == {"#1"}


def test_a_number_is_said_with_its_tracker_s_name_while_tickets_stand_in_a_former_one(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.night()
    kim.gone = True
    with pytest.raises(FatalError, match="names no jira"):
        kim.night()

    assert numbers(kim) == {"secops #1", "jira #1"}


# --- from one to another ----------------------------------------------------------------------------------------------


@pytest.fixture
def moved(kim: TwoTrackers) -> TwoTrackers:
    """Kim's ticket stands in secops, and is to go to jira."""
    kim.night()
    told = moving.move(kim.session, last(kim), ["secops", "jira"], "secops", "jira")
    assert [(each.ref and each.ref.ref, each.queue) for each in told] == [("1", f"jira:{kim.queue}")]
    return kim


def last(kim: TwoTrackers) -> Run:
    night = runs.last_finished_night(kim.session)
    assert night is not None
    return night


def tell(kim: TwoTrackers) -> None:
    for _ in range(2):
        pipeline.ticket(kim.session, kim.settings, last(kim), kim.trackers())


def test_a_ticket_moves_with_what_stands_on_it_and_leads_to_its_successor(moved: TwoTrackers) -> None:
    tell(moved)

    (old,), (new,) = moved.inner().there(), moved.jira.there()
    assert (old.is_open, new.is_open) == (False, True)
    assert f"Moved to jira, {new.ref.ref}: {new.ref.url}" in old.said[-1][1]
    assert new.draft.queue == moved.queue
    assert "Access key" in new.draft.body
    assert moved.night().failed == ()
    assert (len(moved.inner().there()), len(moved.jira.there())) == (1, 1)


def test_who_refuses_is_named_and_not_who_waits_for_it(moved: TwoTrackers) -> None:
    moved.away = RetriableError("trackers.jira: no answer")

    with pytest.raises(RetriableError, match="jira"):
        moved.night()

    assert reds(moved) == ("tracker jira hasn't been told of 1 change",)


def test_broken_off_it_is_gone_on_with(moved: TwoTrackers) -> None:
    moved.away = RetriableError("trackers.jira: no answer")
    with pytest.raises(RetriableError, match="jira"):
        tell(moved)
    assert only(moved.inner()).is_open

    moved.away = None
    moved.night()
    moved.night()

    assert (only(moved.inner()).is_open, only(moved.jira).is_open) == (False, True)


def test_nobody_closes_it_by_the_list_that_went_away(moved: TwoTrackers) -> None:
    moved.away = RetriableError("trackers.jira: no answer")

    with pytest.raises(RetriableError, match="jira"):
        moved.night()

    assert only(moved.inner()).is_open
    assert "Access key" in only(moved.inner()).draft.body


def test_what_dies_afterwards_closes_it_there(moved: TwoTrackers) -> None:
    tell(moved)
    moved.directory.change("kim", **locked())
    moved.cloud.credentials = []

    moved.night()

    assert not only(moved.jira).is_open


def test_what_joins_it_later_comes_onto_the_same_ticket(moved: TwoTrackers) -> None:
    tell(moved)
    routed(moved, {"tickets": ["revoke"], "queue": f"jira:{moved.queue}"})
    moved.directory.accounts.append(login("kim2", number("1042")))

    moved.night()

    assert "kim2" in only(moved.jira).draft.body
    assert len(moved.inner().there()) == 1


@pytest.mark.parametrize("gone", [False, True], ids=["named still", "named no longer"])
def test_what_joins_it_later_follows_it_where_its_queue_still_leads_to_the_old_one(
    moved: TwoTrackers, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    tell(moved)
    if gone:
        monkeypatch.setattr(TwoTrackers, "trackers", lambda self: {"jira": self._made})
    moved.directory.accounts.append(login("kim2", number("1042")))

    assert moved.night().failed == ()

    assert "kim2" in only(moved.jira).draft.body
    assert len(moved.inner().there()) == 1
    assert told_nowhere(moved) == []


def test_what_joins_it_on_its_way_follows_it(moved: TwoTrackers) -> None:
    moved.away = RetriableError("trackers.jira: no answer")
    moved.directory.accounts.append(login("kim2", number("1042")))
    with pytest.raises(RetriableError, match="jira"):
        moved.night()

    moved.away = None
    moved.night()

    assert "kim2" in only(moved.jira).draft.body
    assert told_nowhere(moved) == []


def test_what_joins_it_later_follows_it_there_and_back_and_there(moved: TwoTrackers) -> None:
    tell(moved)
    for old, new in (("jira", "secops"), ("secops", "jira")):
        moving.move(moved.session, last(moved), ["secops", "jira"], old, new)
        tell(moved)
    moved.directory.accounts.append(login("kim2", number("1042")))

    moved.night()

    _, there = moved.jira.there()
    assert there.is_open
    assert "kim2" in there.draft.body
    assert told_nowhere(moved) == []


def test_what_was_over_when_it_moved_and_works_again_follows_it(kim: TwoTrackers) -> None:
    kim.night()
    kim.directory.change("kim", **locked())
    kim.night()
    moving.move(kim.session, last(kim), ["secops", "jira"], "secops", "jira")
    tell(kim)
    kim.directory.accounts = [login("kim", number("1042"))]

    kim.night()

    assert "uid=kim" in only(kim.jira).draft.body
    assert "uid=kim" in only(kim.jira).said[-1][1]
    assert told_nowhere(kim) == []


def test_no_night_is_green_that_plans_no_ticket_for_what_works(
    kim: TwoTrackers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the defect."""
    monkeypatch.setattr(TicketPlan, "_place", lambda *_: None)

    with pytest.raises(FatalError, match="2 findings on no ticket that anybody reads"):
        kim.night()

    assert len([each for each in reds(kim) if "2 findings on no ticket that anybody reads" in each]) == 1
    monkeypatch.undo()
    assert kim.night().failed == ()
    assert (told_nowhere(kim), reds(kim)) == ([], ())


def told_nowhere(kim: TwoTrackers) -> list[str]:
    """Things that work, and that no ticket tells which people have open before them."""
    stands = {
        f"[{ticket.draft.key}]": ticket.draft.body
        for tracker in (kim.inner(), kim.jira)
        for ticket in tracker.there()
        if ticket.is_open
    }
    rows = kim.session.execute(
        "select subject_label, t.ticket_key from finding f left join ticket t using (ticket_key) where f.state = 'open'"
    ).fetchall()
    return [str(label) for label, key in rows if str(label) not in stands.get(f"[{key}]", "")]


def test_from_one_that_the_configuration_names_no_longer(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.night()
    kim.gone = True
    kim.policy = {}

    moving.move(kim.session, last(kim), ["secops"], "jira", "secops")
    kim.night()

    assert {each.queue for each in drafts(kim.inner())} == {kim.queue, "CLOUD"}
    assert only(kim.jira).is_open, "left to people"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("secops", "jrai", "there is no jrai"),
        ("jira", "secops", "no ticket of jira"),
        ("jira", "jira", "there already"),
    ],
)
def test_what_cannot_move_is_said(kim: TwoTrackers, old: str, new: str, why: str) -> None:
    kim.night()

    with pytest.raises(FatalError, match=why):
        moving.moves(kim.session, ["secops", "jira"], old, new)


def test_there_and_back_before_it_was_opened_leaves_one_open(moved: TwoTrackers) -> None:
    """Moved to where nobody answers, and back."""
    moving.move(moved.session, last(moved), ["secops", "jira"], "jira", "secops")
    tell(moved)

    first, second = moved.inner().there()
    assert (first.is_open, second.is_open, moved.jira.there()) == (False, True, [])
    assert f"Moved to secops, {second.ref.ref}" in first.said[-1][1]
    assert moved.night().failed == ()
    assert said_of(moved) == ()


class Interruptible(ListedTracker):
    """One that calls somebody between making a ticket and saying so."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    def open(self, draft: TicketDraft) -> TicketRef:
        ref = super().open(draft)
        meanwhile, self._meanwhile = self._meanwhile, lambda: None
        meanwhile()
        return ref


def begun(kim: TwoTrackers) -> Run:
    """A night whose tickets are yet to be told."""
    run_id = kim.untold(days=1)
    runs.close_run(kim.session, run_id, red=[], waiting=0)
    return runs.run(kim.session, run_id)


def test_one_whose_opening_was_never_heard_of_is_closed_where_it_was_all_the_same(kim: TwoTrackers) -> None:
    def lost() -> None:
        raise RetriableError("trackers.secops: no whole answer")

    kim.tracker = HeardTracker(Interruptible(lost))
    run = begun(kim)
    with pytest.raises(RetriableError):
        pipeline.ticket(kim.session, kim.settings, run, kim.trackers())

    moving.move(kim.session, run, ["secops", "jira"], "secops", "jira")
    tell(kim)

    assert (only(kim.inner()).is_open, only(kim.jira).is_open) == (False, True)
    assert kim.night().failed == ()
    assert (told_nowhere(kim), reds(kim)) == ([], ())


def test_one_that_moves_while_a_night_opens_it_is_closed_where_it_was(
    kim: TwoTrackers, store_parameters: dict[str, Any]
) -> None:
    def moves() -> None:
        with opened(store_parameters) as other:
            moving.move(other, run, ["secops", "jira"], "secops", "jira")

    kim.tracker = HeardTracker(Interruptible(moves))
    run = begun(kim)
    pipeline.ticket(kim.session, kim.settings, run, kim.trackers())

    kim.night()

    assert (only(kim.inner()).is_open, only(kim.jira).is_open) == (False, True)
    assert (told_nowhere(kim), reds(kim)) == ([], ())


def test_what_is_over_before_it_was_opened_where_it_goes_is_closed_where_it_was(moved: TwoTrackers) -> None:
    moved.directory.change("kim", **locked())
    moved.cloud.credentials = []

    moved.night()

    assert moved.jira.there() == []
    assert not only(moved.inner()).is_open
    assert only(moved.inner()).said[-1][1] == "Nothing is left to do here."
    assert reds(moved) == ()


def test_what_moved_is_closed_by_the_same_run_that_opens_it(moved: TwoTrackers) -> None:
    pipeline.ticket(moved.session, moved.settings, last(moved), moved.trackers())

    assert (only(moved.inner()).is_open, only(moved.jira).is_open) == (False, True)


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
