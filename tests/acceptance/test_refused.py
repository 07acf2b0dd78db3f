"""A ticket that its tracker refuses: written down, told, left alone for an hour, and tried again by each night."""

from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest
from structlog.testing import capture_logs

from offboarding.config.settings import Settings
from offboarding.interfaces import Found, Trackers
from offboarding.model import TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.model.keys import short_finding
from offboarding.report import night as screen
from offboarding.store import embedded, reading
from offboarding.store.connect import opened
from offboarding.store.reading import Night
from tests.support.database import cloned
from tests.support.departure import departure
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, locked, login
from tests.support.red import why_red
from tests.support.small_company import AFTER, LEFT, STAFF, job, number, worker
from tests.support.watching import hour
from tests.support.whole_night import Readers

pytestmark = pytest.mark.slow

SAID = "trackers.secops: POST issue: 400, Field\x1b[2J 'category' is\nmandatory. Set it by fields"
SHOWN = "trackers.secops: POST issue: 400, Field\\x1b[2J 'category' is mandatory. Set it by fields"


@dataclass(slots=True, kw_only=True)
class Refusing(HeardTracker):
    """A tracker that takes some tickets, and refuses whatever is written on others."""

    inner: ListedTracker = field(default_factory=ListedTracker)  # pyrefly: ignore[bad-override-mutable-attribute]
    calls: list[str] = field(default_factory=list[str])
    words: dict[str, str] = field(default_factory=dict[str, str])
    """What it says of tickets whose text holds this."""
    asked: Exception | None = None
    """What it says of everything, even a search."""

    def find(self, key: str) -> Found:
        if self.asked:
            raise self.asked
        return self.inner.find(key)

    def open(self, draft: TicketDraft) -> TicketRef:
        self.calls.append("open")
        self._look(draft.body)
        return self.inner.open(draft)

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        self.calls.append("update")
        self._look(self.inner.ticket(ref).draft.body)
        self.inner.update(ref, draft)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        self.calls.append("comment")
        self._look(self.inner.ticket(ref).draft.body)
        self.inner.comment(ref, event_key, text)

    def _look(self, text: str) -> None:
        for part, words in self.words.items():
            if part in text:
                raise FatalError(words)


@dataclass(slots=True, kw_only=True)
class Refused(Office):
    """An office, its tracker, and another that the configuration calls jira."""

    own: Refusing
    """The same as `tracker`."""
    jira: Refusing = field(default_factory=Refusing)
    two: bool = False

    def readers(self) -> Readers:
        return replace(Office.readers(self), trackers=lambda _: self.trackers())

    def trackers(self) -> Trackers:
        own: Trackers = {"secops": lambda: self.own}
        return {**own, "jira": lambda: self.jira} if self.two else own

    def refuses(self, part: str = "kim") -> None:
        """From now on."""
        self.own.words = {part: SAID}

    def last(self) -> Night:
        """The newest run, as a report tells it."""
        row = self.session.execute("select max(run_id) from run").fetchone()
        assert row
        return reading.night(self.session, int(str(row[0])))

    def screen(self) -> str:
        return " ".join(screen.render(self.last(), "UTC").split())

    def words(self) -> list[str]:
        return [each.words for each in self.last().tickets.refused]


@pytest.fixture
def kim(office: Office) -> Refused:
    """Kim and Lee have left, and a login of each still works."""
    own = Refusing()
    made = Refused(session=office.session, tracker=own, own=own)
    made.hr.workers = [worker("1042", LEFT), worker("1050", LEFT), STAFF]
    made.directory.accounts = [login("kim", number("1042")), login("lee", number("1050"))]
    return made


def night(kim: Refused, error: str) -> None:
    with pytest.raises(OffboardingError, match=error):
        kim.night()


def test_it_stands_in_the_report_with_its_words_and_what_to_do(kim: Refused) -> None:
    kim.refuses()

    night(kim, r"^1 ticket was refused by secops \(offb-\w+\): its words stand above")

    assert len(kim.own.inner.there()) == 1, "the other was told"
    (each,) = kim.last().tickets.refused
    assert (each.tracker, each.ref, each.words) == ("secops", None, SHOWN)
    assert why_red(kim.last()) == (f"secops refuses ticket {each.ticket_key}: {SHOWN}",)
    said = kim.screen()
    about = f"{short_finding(str(each.finding_key))} {each.ticket_key}"
    assert f"REFUSED {about} in secops, never opened, since 20" in said
    assert "Mend what these words say there, or in the configuration: trackers.secops." in said


def test_the_hour_leaves_it_alone_and_is_red_and_the_next_night_tells_it(kim: Refused) -> None:
    kim.refuses()
    night(kim, "refused by secops")
    since = kim.last().tickets.refused[0].refused_at

    told = hour(kim)

    assert kim.own.calls == []
    assert f": {SHOWN}" in told.red
    night(kim, "refused by secops")
    assert kim.last().tickets.refused[0].refused_at == since
    kim.own.words = {}
    kim.night()
    assert (len(kim.own.inner.there()), kim.words(), why_red(kim.last())) == (2, [], ())
    assert "REFUSED" not in kim.screen()
    assert hour(kim).red == ""


def test_the_hour_tries_it_once_the_settings_change_that_it_was_refused_by(kim: Refused) -> None:
    kim.refuses()
    night(kim, "refused by secops")
    kim.own.words = {}
    kim.policy = {"routes": [{"sources": ["corp-ldap"], "assignee": "analyst"}]}

    told = hour(kim)

    assert (kim.own.calls, told.red) == (["open"], "")


def test_refused_by_an_hour_it_is_left_alone_by_the_next(kim: Refused) -> None:
    kim.night()
    kim.refuses("kim")
    kim.directory.change("kim", **locked())
    with pytest.raises(FatalError, match="refused by secops"):
        hour(kim)
    assert kim.own.calls

    told = hour(kim, hours=2)

    assert (kim.own.calls, SHOWN in told.red) == ([], True)


@pytest.mark.parametrize(("severity", "tried"), [("critical", True), ("high", False)])
def test_the_hour_tries_what_is_new_on_a_ticket_that_is_urgent(kim: Refused, severity: str, tried: bool) -> None:
    later = {"due_hours": {"other": 500, "privileged": 500}}
    kim.policy = {"severities": {"leaver-account-works": severity}, **later}
    kim.night()
    kim.directory.accounts.append(login("kim2", number("1042")))
    kim.refuses("kim")
    night(kim, "refused by secops")
    assert hour(kim).red
    assert kim.own.calls == [], "nothing is new"
    kim.own.words = {}
    kim.directory.change("kim2", **locked())

    told = hour(kim, hours=2)

    assert (bool(kim.own.calls), told.red == "") == (tried, tried)


def test_the_hour_tries_what_is_past_due(kim: Refused) -> None:
    """It's raised, and so becomes urgent."""
    kim.night()
    kim.directory.accounts.append(login("kim2", number("1042")))
    kim.refuses("kim")
    night(kim, "refused by secops")
    kim.own.words = {}

    assert hour(kim).red == ""

    assert "comment" in kim.own.calls


def test_what_has_nothing_left_to_tell_is_refused_no_more(kim: Refused) -> None:
    kim.refuses()
    night(kim, "refused by secops")
    kim.directory.change("kim", **locked())

    told = hour(kim)

    assert (kim.own.calls, told.red, kim.words()) == ([], "", [])


def test_where_nothing_may_be_asked_no_single_ticket_is_refused(kim: Refused) -> None:
    kim.own.asked = FatalError("trackers.secops: 401, who are you? Check login and password")

    night(kim, "^trackers.secops: 401, who are you")

    assert kim.words() == []
    assert why_red(kim.last()) == ("the tracker hasn't been told of 2 changes",)


class Expiring(Refusing):
    """Its token ends while it's told of the second ticket."""

    def open(self, draft: TicketDraft) -> TicketRef:
        if self.calls:
            self.asked = FatalError("trackers.secops: 401, the token has expired. Make another")
            raise self.asked
        return super().open(draft)


def test_a_token_that_ends_after_a_refusal_has_no_other_ticket_refused(kim: Refused) -> None:
    kim.own = kim.tracker = Expiring(words={"uid=": SAID})

    night(kim, "^trackers.secops: 401, the token has expired")

    assert kim.words() == [SHOWN]
    kim.own = kim.tracker = Refusing(inner=kim.own.inner)
    assert SHOWN in hour(kim).red
    assert len(kim.own.inner.there()) == 1, "what was only kept back is told by the hour"


def test_each_tracker_that_is_down_is_told_in_a_line_of_its_own(kim: Refused) -> None:
    kim.two = True
    kim.policy = {"routes": [{"accounts": ["*lee*"], "queue": "jira:SEC"}]}
    for name, tracker in (("secops", kim.own), ("jira", kim.jira)):
        tracker.asked = RetriableError(f"trackers.{name}: no answer")

    with pytest.raises(RetriableError) as raised:
        kim.night()

    assert str(raised.value).splitlines() == ["trackers.secops: no answer", "trackers.jira: no answer"]
    assert why_red(kim.last()) == (
        "tracker jira hasn't been told of 1 change",
        "tracker secops hasn't been told of 1 change",
    )


def test_a_departure_tells_of_its_own_people_s_alone(kim: Refused) -> None:
    kim.refuses()
    night(kim, "refused by secops")

    assert departure(kim, "hr:1050").red == ""
    assert kim.words() == []
    with pytest.raises(FatalError, match="refused by secops"):
        departure(kim, "hr:1042")
    assert kim.own.calls == ["open"]
    assert kim.words() == [SHOWN]


class Sealing(ListedTracker):
    """Lets nobody edit what is closed, as a workflow of Jira's may; a comment it takes."""

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        if not self.ticket(ref).is_open and self.ticket(ref).draft != draft:
            raise FatalError("trackers.secops: PUT issue: 400, the issue isn't editable")
        super().update(ref, draft)


def test_what_people_closed_where_nobody_edits_what_is_closed_ends_with_a_comment(kim: Refused) -> None:
    inner = Sealing()
    kim.tracker = kim.own = Refusing(inner=inner)
    kim.night()
    (ticket,) = [each for each in inner.there() if "1042" in each.draft.title]
    inner.people_turn(ticket.ref, TicketState.CLOSED)
    kim.directory.change("kim", **locked())

    kim.night()

    assert "seen dead" in ticket.said[-1][1]
    assert (why_red(kim.last()), ticket.is_open) == ((), False)


def test_what_cannot_be_edited_while_it_is_open_is_refused(kim: Refused) -> None:
    kim.night()
    kim.own.words = {"kim": SAID}
    kim.directory.change("kim", **locked())

    night(kim, "refused by secops")

    assert all(each.is_open for each in kim.own.inner.there())


# --- opened, and not shown to us --------------------------------------------------------------------------------------


class Hiding(ListedTracker):
    """Takes tickets, and shows its user none while it hides them."""

    hides = True

    def find(self, key: str) -> TicketRef | None:
        return None if self.hides else super().find(key)

    def state(self, ref: TicketRef) -> TicketState:
        return TicketState.MISSING if self.hides else super().state(ref)


@pytest.mark.parametrize("shown_before", [False, True], ids=["never shown", "shown at first"])
def test_a_ticket_that_is_not_shown_once_it_was_opened_is_not_opened_every_night(
    kim: Refused, shown_before: bool
) -> None:
    kim.own.inner = hiding = Hiding()
    if shown_before:
        hiding.hides = False
        kim.night()
        hiding.hides = True

    for _ in range(3):
        night(kim, "^2 tickets were refused by secops")
        with suppress(OffboardingError):
            hour(kim)

    # Where they were shown before one of them is opened anew: it may have been deleted.
    assert len(hiding.tickets) == (3 if shown_before else 2)
    assert ["isn't shown to us: it isn't opened again" in each for each in kim.words()] == [True, True]
    hiding.hides = False
    kim.night()
    assert kim.night().failed == ()
    assert (kim.words(), len(hiding.tickets)) == ([], 3 if shown_before else 2)


def test_one_that_was_opened_anew_and_is_not_shown_either_is_not_opened_again(kim: Refused) -> None:
    """A rule of the tracker's hides each ticket, a while after it was opened."""
    kim.night()

    for _ in range(3):
        for each in kim.own.inner.tickets:
            each.state = TicketState.MISSING
        with suppress(OffboardingError):
            kim.night()
        with suppress(OffboardingError):
            hour(kim)

    assert len(kim.own.inner.tickets) == 4, "each was opened anew once: somebody may have deleted it"
    assert ["isn't shown to us: it isn't opened again" in each for each in kim.words()] == [True, True]
    for each in kim.own.inner.tickets[2:]:
        each.state = TicketState.OPEN
    assert kim.night().failed == ()
    assert kim.words() == []


def test_one_that_was_hidden_and_opened_anew_is_closed_with_a_link_once_it_is_shown_again(kim: Refused) -> None:
    kim.night()
    hidden, _ = kim.own.inner.tickets
    hidden.state = TicketState.MISSING
    kim.night()
    *_, stands = kim.own.inner.tickets
    hidden.state = TicketState.OPEN

    assert kim.night().failed == ()

    assert (hidden.is_open, stands.is_open) == (False, True)
    assert hidden.said[-1][1] == f"Moved to secops, {stands.ref.ref}: {stands.ref.url}"
    kim.own.inner.people_turn(hidden.ref, TicketState.OPEN)
    said = len(hidden.said)
    assert kim.night().failed == ()
    assert (len(hidden.said), len(kim.own.inner.tickets)) == (said, 3), "told once; what people do with it is theirs"
    assert why_red(kim.last()) == ()


def test_one_that_was_hidden_until_all_was_over_is_closed_once_it_is_shown_again(kim: Refused) -> None:
    kim.night()
    (hidden,) = [each for each in kim.own.inner.tickets if "1042" in each.draft.title]
    hidden.state = TicketState.MISSING
    kim.night()
    *_, stands = kim.own.inner.tickets
    kim.directory.change("kim", **locked())
    kim.night()
    assert not stands.is_open
    hidden.state = TicketState.OPEN

    kim.night()

    assert (hidden.is_open, len(kim.own.inner.tickets)) == (False, 3)


@pytest.mark.parametrize("state", [TicketState.MISSING, TicketState.CLOSED])
def test_one_that_was_opened_anew_and_is_not_open_again_is_told_nothing(kim: Refused, state: TicketState) -> None:
    kim.night()
    hidden, _ = kim.own.inner.tickets
    hidden.state = TicketState.MISSING
    kim.night()
    hidden.state = state

    kim.night()

    assert (kim.own.calls, hidden.said, why_red(kim.last())) == ([], [], ())


def test_what_ends_while_its_ticket_is_not_shown_is_refused_no_more(kim: Refused) -> None:
    kim.own.inner = hiding = Hiding()
    night(kim, "^2 tickets were refused by secops")
    for name in ("kim", "lee"):
        kim.directory.change(name, **locked())

    assert kim.night().failed == ()

    assert why_red(kim.last()) == ()
    hiding.hides = False
    assert kim.night().failed == ()
    assert [each.is_open for each in hiding.there()] == [False, False], "closed once they are shown"


# --- answered by something that may pass ------------------------------------------------------------------------------


class Ill(ListedTracker):
    """Answers 500 of some of its tickets."""

    of: Container[str] = ()

    def state(self, ref: TicketRef) -> TicketState:
        if ref.ref in self.of:
            raise RetriableError(f"trackers.secops: GET {ref.ref}: 500. Try again later")
        return super().state(ref)


@pytest.fixture
def ill(kim: Refused) -> Ill:
    """Two tickets stand in it, and two people more have left since."""
    kim.own.inner = made = Ill()
    kim.night()
    kim.hr.workers = [*kim.hr.workers, worker("1051", LEFT), worker("1052", LEFT)]
    kim.directory.accounts += [login("han", number("1051")), login("ito", number("1052"))]
    return made


def test_one_that_the_tracker_fails_at_keeps_no_other_back(kim: Refused, ill: Ill) -> None:
    ill.of = {"1"}

    with pytest.raises(RetriableError, match="GET 1: 500"):
        kim.night()

    assert len(ill.there()) == 4
    assert kim.last().tickets.deaf == {"secops": "trackers.secops: GET 1: 500. Try again later"}
    ill.of = ()
    assert kim.night().failed == ()


class Choking(ListedTracker):
    """Fails at whatever tells of certain accounts."""

    def open(self, draft: TicketDraft) -> TicketRef:
        if "poison" in draft.body:
            raise RetriableError("trackers.secops: POST issue: 500. Try again later")
        return super().open(draft)


def test_those_that_failed_before_go_last_so_that_they_keep_no_other_back_for_good(kim: Refused) -> None:
    """Used after they left: the worst, so they went first."""
    kim.own.inner = Choking()
    kim.directory.accounts = [login(f"poison{n}", number("1042"), last_used_at=AFTER) for n in range(3)]
    kim.directory.accounts.append(login("lee", number("1050")))
    with pytest.raises(RetriableError, match="POST issue: 500"):
        kim.night()

    with pytest.raises(RetriableError, match="POST issue: 500"):
        hour(kim)

    assert ["lee" in each.draft.body for each in kim.own.inner.there()] == [True]


def test_where_several_in_a_row_fail_the_tracker_is_left_alone(kim: Refused, ill: Ill) -> None:
    kim.night()
    ill.of = {"1", "2", "3", "4"}

    with pytest.raises(RetriableError, match="GET 3: 500"):
        kim.night()


# --- told by another store already ------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Second(Office):
    """A second store that tells the same tracker."""

    takes_over: bool = False

    @property
    def settings(self) -> Settings:
        settings = Office.settings.__get__(self)
        (entry,) = settings.trackers
        return settings.model_copy(update={"trackers": (entry.model_copy(update={"takes_over": self.takes_over}),)})


def test_a_ticket_that_another_store_opened_is_not_written_over_unless_it_is_to_be_taken_over(
    kim: Refused, store_server: embedded.EmbeddedServer
) -> None:
    """A trial's store and the real one tell one project of people who are to be confirmed."""
    with cloned(store_server) as name, opened(store_server.connection_kwargs(dbname=name)) as session:
        trial = Second(session=session, tracker=kim.own, queue=kim.queue)
        for office, leaver in ((kim, "1042"), (trial, "1044")):
            office.hr.workers = [worker(leaver, LEFT, job(start="2019-05-01")), STAFF]
            office.directory.accounts = [login("kim", number(leaver))]
        kim.night()
        (ticket,) = kim.own.inner.there()
        before = ticket.draft

        for _ in range(2):
            with pytest.raises(FatalError, match="refused by secops"):
                trial.night()

        assert (kim.own.inner.there(), ticket.draft, ticket.said) == ([ticket], before, [])
        (run_id,) = session.execute("select max(run_id) from run").fetchone() or (0,)
        (refused,) = reading.night(session, int(str(run_id))).tickets.refused
        assert f"is there already ({ticket.ref.url}), and this store never opened one" in refused.words
        trial.takes_over = True
        with capture_logs() as logs:
            trial.night()
        assert [each["ticket"] for each in logs if "is taken over" in each["event"]] == [ticket.ref.ref]
        assert "1044" in ticket.draft.body


@pytest.mark.parametrize(("forged", "other"), [("kim", "lee"), ("lee", "kim")])
def test_a_row_that_cannot_be_read_costs_its_own_ticket(kim: Refused, forged: str, other: str) -> None:
    kim.night()
    kim.session.execute("alter table finding drop constraint finding_told_basis_check")
    kim.session.execute("update finding set told_basis = 'gone' where account_native_id = %s", (forged,))
    kim.directory.accounts = [
        replace(each, **locked()) if each.native_id == other else each for each in kim.directory.accounts
    ]

    night(kim, r"^1 ticket can't be told, since a row of the store can't be read \(offb-\w+: .*told_basis")

    assert [each.state for each in kim.own.inner.there() if forged not in each.draft.body] == [TicketState.CLOSED]
