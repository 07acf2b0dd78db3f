"""Tickets that go from one tracker to another: exactly one is open, whatever happens on the way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from offboarding.guard import releasing
from offboarding.interfaces import Tracker
from offboarding.model import Standing, TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError, RetriableError
from offboarding.runs import pipeline
from offboarding.store import moved_tickets, runs
from offboarding.store.connect import Session, opened
from offboarding.store.rows import Run
from offboarding.tickets import moving
from offboarding.tickets.plan import TicketPlan
from tests.support.begun import Begun
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, locked, login
from tests.support.small_company import LEFT, STAFF, number, scoped, worker
from tests.support.two_trackers import (
    KIM,
    Away,
    TwoTrackers,
    drafts,
    kim_has_left,
    last,
    only,
    reds,
    routed,
    said_of,
    tell,
    told_nowhere,
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


def on_its_way(session: Session, tracker: Tracker) -> TwoTrackers:
    """It is to go to jira."""
    kim = after_a_night(session, tracker)
    told = moving.move(kim.session, last(kim), ["secops", "jira"], "secops", "jira")
    assert [(each.ref and each.ref.ref, each.queue) for each in told] == [("1", f"jira:{kim.queue}")]
    return kim


@pytest.fixture
def ticketed(begun: Begun) -> TwoTrackers:
    return begun(after_a_night)


@pytest.fixture
def moved(begun: Begun) -> TwoTrackers:
    return begun(on_its_way)


def test_a_ticket_moves_with_what_stands_on_it_and_leads_to_its_successor(moved: TwoTrackers) -> None:
    tell(moved)

    (old,), (new,) = moved.inner().there(), moved.jira.there()
    assert (old.is_open, new.is_open) == (False, True)
    assert f"Moved to jira, {new.ref.ref}: {new.ref.url}" in old.said[-1][1]
    assert new.draft.queue == moved.queue
    assert "Access key" in new.draft.body
    assert moved.night().failed == ()
    assert (len(moved.inner().there()), len(moved.jira.there())) == (1, 1)


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


def test_what_is_held_goes_to_where_the_ticket_of_its_group_went(moved: TwoTrackers) -> None:
    tell(moved)
    moved.guard = {"accounts": {"absolute": 1}}
    moved.directory.accounts += [login(name, number("1042")) for name in ("kim2", "kim3")]
    told = moved.night()
    held = moved.session.execute("select finding_key from finding where state = 'held'").fetchall()

    joins = [moved_tickets.would_join(moved.session, str(key), moved.queue) for (key,) in held]

    assert [each and (each.tracker, each.ref) for each in joins] == [("jira", "1")] * 2
    assert moved_tickets.would_join(moved.session, str(held[0][0]), "another") is None
    releasing.release(
        moved.session, moved.settings, told.run.run_id, moved.trackers(), reason="looked", author="analyst"
    )
    assert {f"uid={name}," in only(moved.jira).draft.body for name in ("kim2", "kim3")} == {True}


@pytest.mark.parametrize("gone", [False, True], ids=["named still", "named no longer"])
def test_what_joins_it_later_follows_it_where_its_queue_still_leads_to_the_old_one(
    moved: TwoTrackers, gone: bool
) -> None:
    tell(moved)
    if gone:
        moved.named = ("jira",)
    moved.directory.accounts.append(login("kim2", number("1042")))

    assert moved.night().failed == ()

    assert "kim2" in only(moved.jira).draft.body
    assert len(moved.inner().there()) == 1
    assert told_nowhere(moved) == []


def test_broken_off_it_stays_open_and_what_joins_it_on_its_way_follows_it(moved: TwoTrackers) -> None:
    """Who refuses is named, and not who waits for it."""
    moved.away = RetriableError("trackers.jira: no answer")
    moved.directory.accounts.append(login("kim2", number("1042")))
    with pytest.raises(RetriableError, match="jira"):
        moved.night()
    assert only(moved.inner()).is_open
    assert "Access key" in only(moved.inner()).draft.body
    assert [each.partition(" hasn't")[0] for each in reds(moved)] == ["tracker jira"]

    moved.away = None
    moved.night()

    assert (only(moved.inner()).is_open, only(moved.jira).is_open) == (False, True)
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


def test_what_was_over_when_it_moved_and_works_again_follows_it(ticketed: TwoTrackers) -> None:
    kim = ticketed
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


def test_from_one_that_the_configuration_names_no_longer(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.night()
    kim.named = ("secops",)
    kim.policy = {}

    moving.move(kim.session, last(kim), ["secops"], "jira", "secops")
    kim.night()

    assert {each.queue for each in drafts(kim.inner())} == {kim.queue, "CLOUD"}
    assert only(kim.jira).is_open, "left to people"


def test_what_cannot_move_is_said(ticketed: TwoTrackers) -> None:
    for old, new, why in (
        ("secops", "jrai", "there is no jrai"),
        ("jira", "secops", "no ticket of jira"),
        ("jira", "jira", "there already"),
    ):
        with pytest.raises(FatalError, match=why):
            moving.moves(ticketed.session, ["secops", "jira"], old, new)


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


def untold_night(kim: TwoTrackers) -> Run:
    """A night whose tickets are yet to be told."""
    run_id = kim.untold(days=1)
    runs.close_run(kim.session, run_id, red=[], waiting=0)
    return runs.run(kim.session, run_id)


def test_one_whose_opening_was_never_heard_of_is_closed_where_it_was_all_the_same(kim: TwoTrackers) -> None:
    def lost() -> None:
        raise RetriableError("trackers.secops: no whole answer")

    kim.tracker = HeardTracker(Interruptible(lost))
    run = untold_night(kim)
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
    run = untold_night(kim)
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


# --- long afterwards --------------------------------------------------------------------------------------------------


def long_ago(kim: TwoTrackers) -> None:
    """As if what is closed had been closed for longer than a ticket is opened again."""
    kim.session.execute("update ticket set closed_at = closed_at - interval '60 days'")


def stand(kim: TwoTrackers) -> list[str]:
    """Trackers, by the tickets that people have open before them."""
    trackers = {"secops": kim.inner(), "jira": kim.jira}
    return [name for name, tracker in trackers.items() for each in tracker.there() if each.is_open]


@pytest.mark.parametrize("gone", [False, True], ids=["named still", "named no longer"])
def test_closed_for_long_after_it_moved_it_makes_one_of_what_comes_back_and_what_is_new(
    moved: TwoTrackers, gone: bool
) -> None:
    tell(moved)
    if gone:
        moved.named = ("jira",)
    moved.directory.change("kim", **locked())
    moved.cloud.credentials = []
    moved.night()
    long_ago(moved)
    moved.directory.accounts = [login("kim", number("1042")), login("kim2", number("1042"))]

    moved.night()

    assert (stand(moved), told_nowhere(moved)) == (["jira"], [])
    assert {f"uid={each}" in moved.jira.there()[-1].draft.body for each in ("kim,", "kim2,")} == {True}


@pytest.mark.parametrize("later", [False, True], ids=["soon", "long afterwards"])
def test_what_joins_after_where_it_went_was_deleted_comes_onto_the_one_in_its_place(
    moved: TwoTrackers, later: bool
) -> None:
    tell(moved)
    moved.jira.people_turn(only(moved.jira).ref, TicketState.MISSING)
    moved.night()
    moved.directory.accounts.append(login("kim2", number("1042")))
    if later:
        long_ago(moved)

    moved.night()

    assert (stand(moved), told_nowhere(moved)) == (["jira"], [])
    assert [text for _, text in only(moved.jira).said if "kim2" in text], "said, and not on the list alone"


def test_where_one_stands_already_what_moves_joins_it(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": f"jira:{kim.queue}"})
    kim.night()
    assert stand(kim) == ["secops", "jira"]
    routed(kim)

    moving.move(kim.session, last(kim), ["secops", "jira"], "jira", "secops")
    tell(kim)

    assert (stand(kim), told_nowhere(kim), reds(kim)) == (["secops"], [], ())
    assert [text for _, text in only(kim.inner()).said if "Access key" in text]
    assert f"Moved to secops, {only(kim.inner()).ref.ref}" in only(kim.jira).said[-1][1]
    assert kim.night().failed == ()
    for old, new in (("secops", "jira"), ("jira", "secops")):
        moving.move(kim.session, last(kim), ["secops", "jira"], old, new)
        tell(kim)
        assert (stand(kim), told_nowhere(kim)) == ([new], [])


def test_an_older_ticket_s_things_that_come_back_are_told_on_the_one_that_stands(kim: TwoTrackers) -> None:
    """Closed for long, others made a new one; then what had stood on the first works again."""
    keys, kim.cloud.credentials = kim.cloud.credentials, []
    kim.night()
    kim.directory.change("kim", **locked())
    kim.night()
    long_ago(kim)
    kim.cloud.credentials = keys
    kim.night()
    assert stand(kim) == ["secops"]
    kim.directory.accounts = [login("kim", number("1042"))]

    kim.night()

    assert (stand(kim), told_nowhere(kim), reds(kim)) == (["secops"], [], ())
    assert [text for _, text in kim.inner().there()[-1].said if "uid=kim" in text]


def test_a_queue_of_a_tracker_that_is_gone_is_no_queue_of_another(kim: TwoTrackers) -> None:
    routed(kim, {"sources": ["aws"], "queue": "jira:CLOUD"})
    kim.night()
    keys, kim.cloud.credentials = kim.cloud.credentials, []
    kim.night()
    assert not only(kim.jira).is_open
    kim.named = ("secops",)
    routed(kim)
    kim.night()
    kim.cloud.credentials = keys

    kim.night()

    assert {each.queue for each in drafts(kim.inner())} == {kim.queue, "CLOUD"}
    assert told_nowhere(kim) == []


def test_what_was_held_goes_by_the_routes_of_the_day_on_which_it_is_told(kim: TwoTrackers) -> None:
    kim.policy = {"baseline": "hold", "routes": [{"sources": ["aws"], "queue": "jira:CLOUD"}]}
    told = kim.night()
    kim.policy = {"baseline": "hold"}
    kim.named = ("secops",)

    kim.release(told.run.run_id)

    assert [each.queue for each in drafts(kim.inner())] == [kim.queue]


SECOND = worker("2042", LEFT, name="Kim Minjun")


def two_of_them(session: Session, tracker: Tracker) -> TwoTrackers:
    """A second leaver, who has a ticket in the same queue since the second night."""
    kim = after_a_night(session, tracker)
    kim.hr.workers.append(SECOND)
    kim.directory.accounts.append(login("kim2", number("2042")))
    kim.night()
    assert stand(kim) == ["secops", "secops"]
    return kim


def one_after_all(session: Session, tracker: Tracker) -> TwoTrackers:
    """They turned out to be one person."""
    two = two_of_them(session, tracker)
    turn_out_to_be_one(two)
    return two


@pytest.fixture
def two(begun: Begun) -> TwoTrackers:
    return begun(two_of_them)


@pytest.fixture
def one(begun: Begun) -> TwoTrackers:
    return begun(one_after_all)


def turn_out_to_be_one(two: TwoTrackers) -> None:
    same = (replace(each, mail=KIM.mail, logins=(scoped("kim"),)) for each in (KIM, SECOND))
    two.hr.workers = [*same, STAFF, worker("1060", LEFT)]
    two.night()


def test_of_two_who_turn_out_to_be_one_the_older_ticket_stands_and_the_other_leads_to_it(one: TwoTrackers) -> None:
    two = one
    assert two.night().failed == ()

    first, second = two.inner().there()
    assert (first.is_open, second.is_open) == (True, False)
    assert f"Moved to secops, {first.ref.ref}" in second.said[-1][1]
    assert [text for _, text in first.said if "kim2" in text], "said, and not on the list alone"
    assert (told_nowhere(two), reds(two), len(second.said)) == ([], (), 1)


def test_where_the_younger_of_two_who_turn_out_to_be_one_had_another_ticket_the_older_stands(two: TwoTrackers) -> None:
    two.inner().people_turn(two.inner().there()[1].ref, TicketState.MISSING)
    two.night()

    turn_out_to_be_one(two)

    first, second = two.inner().there()
    assert (first.is_open, second.is_open, told_nowhere(two)) == (True, False, [])


def test_where_the_older_ticket_is_over_the_one_that_is_open_stands(two: TwoTrackers) -> None:
    two.directory.change("kim", **locked())
    two.cloud.credentials = []
    two.night()

    turn_out_to_be_one(two)

    first, second = two.inner().there()
    assert (first.is_open, second.is_open) == (False, True)
    two.directory.change("kim", standing=Standing.WORKS, standing_reason="no lock")
    two.night()
    assert (first.is_open, second.is_open, told_nowhere(two), reds(two)) == (False, True, [], ())


def test_two_who_were_taken_for_one_and_are_two_again_lose_nothing(one: TwoTrackers) -> None:
    two = one
    other = replace(SECOND, mail="other@corp.example", logins=(scoped("other"),))
    two.hr.workers = [replace(KIM, logins=(scoped("kim"),)), STAFF, other, worker("1060", LEFT)]
    two.night()
    two.directory.accounts.append(login("kim3", number("2042")))
    two.directory.change("kim2", **locked())
    two.night()
    two.directory.change("kim2", standing=Standing.WORKS, standing_reason="no lock")

    two.night()

    assert (stand(two), told_nowhere(two), reds(two)) == (["secops"], [], ())
    assert {each in two.inner().there()[0].draft.body for each in ("uid=kim,", "uid=kim2,", "uid=kim3,")} == {True}


def test_two_who_were_one_before_tickets_were_joined_are_seen_to_by_the_next_plan(two: TwoTrackers) -> None:
    """As an earlier version left them: the second one's ticket bears a name that is an alias by now."""
    before = two.session.execute("select ticket_key, holder, generation from ticket").fetchall()
    turn_out_to_be_one(two)
    with two.session.transaction():
        two.session.execute("delete from outbox where op = 'close'")
        two.session.execute("update ticket set generation = generation + 100")
        for key, holder, generation in before:
            two.session.execute(
                "update ticket set holder = %s, generation = %s, state = 'open', moved_to = null where ticket_key = %s",
                (holder, generation, key),
            )
    two.inner().people_turn(two.inner().there()[1].ref, TicketState.OPEN)

    two.night()

    assert (stand(two), told_nowhere(two)) == (["secops"], [])
    assert two.inner().there()[0].is_open


# --- from one that shows nothing, or is away --------------------------------------------------------------------------


class Hiding(ListedTracker):
    """Shows its user none of its tickets while it hides them."""

    hides = False

    def find(self, key: str) -> TicketRef | None:
        return None if self.hides else super().find(key)

    def state(self, ref: TicketRef) -> TicketState:
        return TicketState.MISSING if self.hides else super().state(ref)


def test_from_one_that_shows_nothing_any_more_they_move_all_the_same(kim: TwoTrackers) -> None:
    kim.tracker = HeardTracker(inner := Hiding())
    kim.night()
    inner.hides = True
    with pytest.raises(FatalError, match="refused by secops"):
        kim.night()

    moving.move(kim.session, last(kim), ["secops", "jira"], "secops", "jira")

    assert kim.night().failed == ()
    assert only(kim.jira).is_open
    assert reds(kim) == ()
    inner.hides = False
    assert kim.night().failed == ()
    assert not inner.there()[-1].is_open, "closed once it's shown"
    assert reds(kim) == ()


def test_a_tracker_that_was_mended_after_they_moved_is_believed_again(kim: TwoTrackers) -> None:
    kim.tracker = HeardTracker(inner := Hiding())
    kim.night()
    inner.hides = True
    with pytest.raises(FatalError, match="refused by secops"):
        kim.night()
    kim.named = ("jira",)
    moving.move(kim.session, last(kim), ["jira"], "secops", "jira")
    kim.night()
    kim.named = ("jira", "secops")
    inner.hides = False
    kim.hr.workers.append(worker("1050", LEFT))
    kim.directory.accounts.append(login("lee", number("1050")))
    routed(kim, {"sources": ["corp-ldap"], "queue": "secops:LDAP"})
    kim.night()
    (lees,) = (each for each in inner.there() if "1050" in each.draft.title)

    inner.people_turn(lees.ref, TicketState.MISSING)

    assert kim.night().failed == ()
    assert [each.is_open for each in inner.there() if "1050" in each.draft.title] == [True]


def test_one_that_leaves_the_configuration_before_it_was_told_is_left_to_people(moved: TwoTrackers) -> None:
    old, moved.tracker.inner = moved.tracker.inner, Away(RetriableError("trackers.secops: no answer"))
    with pytest.raises(RetriableError, match="secops"):
        moved.night()
    moved.named, moved.tracker.inner = ("jira",), old
    with pytest.raises(FatalError, match=r"names no secops, and 1 ticket of it .* tracker move secops NAME"):
        moved.night()

    moving.move(moved.session, last(moved), ["jira"], "secops", "jira")

    assert moved.night().failed == ()
    assert (stand(moved), reds(moved)) == (["secops", "jira"], ())
