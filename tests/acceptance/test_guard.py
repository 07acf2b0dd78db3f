"""What the guard holds, night after night, on a real store, with a tracker in a list."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from offboarding.guard import releasing
from offboarding.interfaces import Tracker
from offboarding.model import Alert, Employment, IdentityKeyKind, Standing, TicketDraft, TicketRef
from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError
from offboarding.runs import order, pipeline, whole
from offboarding.store import alerts, reading
from offboarding.store.connect import Session
from offboarding.store.events import broken_at
from offboarding.store.messages import TakenMessage
from tests.support.alerts import HeardNotifier
from tests.support.begun import Begun
from tests.support.departure import departure
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.night import rows_of
from tests.support.office import (
    CLOUD,
    OTHER_CLOUD,
    HeardTracker,
    Office,
    System,
    access_key,
    locked,
    login,
    switched_off,
    user,
)
from tests.support.red import why_red
from tests.support.small_company import LEFT, WORKS, job, number, tag, worker
from tests.support.variants import some_of, variants
from tests.support.watching import hour
from tests.support.whole_night import whole_night

PEOPLE = [str(1001 + each) for each in range(12)]
FEW = {"leavers": {"absolute": 2}, "inferred": {"absolute": 2}, "withdrawn": {"absolute": 1}}
USED = datetime(2026, 11, 20, 3, tzinfo=UTC)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(each) for each in PEOPLE]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in PEOPLE]
    office.guard = dict(FEW)
    office.night()
    return office


@pytest.fixture
def company(begun: Begun) -> Office:
    """Twelve people with a login each, who all work here; no more than two may leave in a night."""
    return begun(first_night)


Accident = Callable[[Office], object]


def leave(office: Office, *ids: str, jobs: tuple[Employment, ...] = (LEFT,)) -> None:
    for each in ids:
        office.hr.change(each, employments=jobs)


def three_left(session: Session, tracker: Tracker) -> Office:
    office = first_night(session, tracker)
    leave(office, *PEOPLE[:3])
    office.night()
    return office


@pytest.fixture
def three(begun: Begun) -> Office:
    """Three have left, which is more than may: they wait."""
    return begun(three_left)


def last_run(office: Office) -> int:
    ((run_id,),) = office.session.execute("select max(run_id) from run").fetchall()
    return int(str(run_id))


def states(office: Office) -> dict[str, str]:
    """Account or credential -> state of its finding."""
    rows = office.session.execute("select subject_native_id, state from finding").fetchall()
    return {str(subject): str(state) for subject, state in rows}


def titles(people: ListedPeople, office: Office) -> list[str]:
    return [ticket.title for ticket in tickets_of(people, office.queue) if ticket.is_open]


def red(office: Office, run_id: int) -> tuple[str, ...]:
    return why_red(reading.night(office.session, run_id))


# --- a roster --------------------------------------------------------------------------------------------------------


def test_more_than_may_leave_wait_until_they_are_released_and_that_night_is_red(
    company: Office, people: ListedPeople
) -> None:
    leave(company, *PEOPLE[:3])

    first = company.night()

    assert titles(people, company) == []
    assert company.tracker.calls == []
    hold = company.holds["roster", "hr"]
    assert (hold.findings, hold.numbers) == (3, [{"measure": "actual", "value": 3, "base": 12, "bound": 2}])
    said = "the guard holds roster hr: 3 new leavers by HR's word of 12, 2 at most go through in a day"
    assert red(company, first.run.run_id) == (f"{said}; 3 findings of 3 people (3 high) wait",)

    assert red(company, company.night().run.run_id) == (), "it waits, and nothing is new"

    leave(company, PEOPLE[3])
    second = company.night()

    (joined,) = red(company, second.run.run_id)
    assert joined.startswith("1 finding of 1 person (1 high) joined what the guard holds on roster hr since run 2,")
    told = company.night()
    assert red(company, told.run.run_id) == ()
    assert company.holds["roster", "hr"].hold_id == hold.hold_id
    assert company.holds["roster", "hr"].findings == 4
    assert titles(people, company) == []

    company.session.execute("update run set reads_since = reads_since - interval '25 hours'")
    with pytest.raises(FatalError, match="are 25 hours old"):
        company.release(told.run.run_id, holds=[hold.hold_id])
    company.session.execute("update run set reads_since = reads_since + interval '25 hours'")
    assert ("roster", "hr") in company.holds
    company.release(told.run.run_id, holds=[hold.hold_id])

    assert (len(titles(people, company)), company.holds) == (4, {})
    with pytest.raises(FatalError, match="none that waits"):
        company.release(told.run.run_id, holds=[hold.hold_id])
    company.night()
    assert company.tracker.calls == []
    assert len(titles(people, company)) == 4
    who = company.session.execute("select distinct actor from finding_event where to_state = 'open'").fetchall()
    assert who == [("analyst",)]
    assert broken_at(company.session) is None


def broken_off(office: Office, caller: str, as_of: datetime | None = None) -> None:
    """A night's tasks up to the guard's, of a run that then reports nothing."""
    run = pipeline.open_run(office.session, office.settings, caller=caller, as_of=as_of)
    work = whole.work_of(office.session, office.settings, office.readers(), run)
    steps = {each: work[each] for each in ("read_roster", "collect", "correlate", "detail", "evaluate", "guard")}
    order.walk(steps, partial(whole.by_itself, office.session, run))


def test_what_trips_in_a_run_that_never_ends_fails_the_next_night(left: Office) -> None:
    leave(left, *PEOPLE[:2], jobs=(WORKS,))
    left.as_of += timedelta(days=1)
    broken_off(left, "broken off", left.as_of)
    assert left.holds["roster", "hr"].closings == 2

    (reason,) = red(left, left.night().run.run_id)

    assert reason.startswith("the guard holds roster hr: 2 departures taken back")
    assert red(left, left.night().run.run_id) == ()


def test_what_trips_as_an_ended_run_is_repeated_fails_the_next_night(company: Office) -> None:
    ended = company.night().run  # the repeated run is of the moment up to which the guard has accepted
    leave(company, *PEOPLE[:3])
    ((caller,),) = rows_of(company.session, "select caller from run where run_id = %s", ended.run_id)
    broken_off(company, caller)
    assert company.holds["roster", "hr"].findings == 3

    (reason,) = red(company, company.night().run.run_id)

    assert reason.startswith("the guard holds roster hr: 3 new leavers")


@some_of(1, "between", [1, 2])
def test_the_same_accident_again_is_held_again(three: Office, people: ListedPeople, between: int) -> None:
    leave(three, *PEOPLE[:3], jobs=(WORKS,))
    for _ in range(between):
        three.night()
    assert (titles(people, three), three.holds) == ([], {})
    assert set(states(three).values()) == {"resolved"}
    leave(three, *PEOPLE[:3])

    (reason,) = red(three, three.night().run.run_id)

    assert reason.startswith("the guard holds roster hr: 3 new leavers")
    assert titles(people, three) == []


def test_what_was_disabled_while_it_waited_and_is_active_again_joins_once_more(
    three: Office, people: ListedPeople
) -> None:
    first, *others = three.directory.accounts
    three.directory.accounts = [replace(first, **locked()), *others]
    assert red(three, three.night().run.run_id) == ()
    three.directory.accounts = [first, *others]

    (joined,) = red(three, three.night().run.run_id)

    assert joined.startswith("1 finding of 1 person (1 high) joined what the guard holds on roster hr")
    assert titles(people, three) == []


def test_the_others_go_on(company: Office, people: ListedPeople) -> None:
    leave(company, PEOPLE[0])
    company.night()
    leave(company, *PEOPLE[4:8])
    company.cloud.accounts = [user("AIDAONE", tag(IdentityKeyKind.NUMBER, PEOPLE[0]))]
    company.cloud.credentials = [access_key("AKIAONE", company.cloud.accounts[0])]
    company.vendors.workers = [worker("77", WORKS)]

    company.night()

    assert states(company)["AKIAONE"] == "open", "its departure was accepted before"
    assert {states(company)[f"u{each}"] for each in PEOPLE[4:8]} == {"held"}
    assert len(titles(people, company)) == 1


def test_rejected_nothing_of_it_is_told_and_the_next_night_compares_with_what_was_accepted(
    three: Office, people: ListedPeople
) -> None:
    hold = three.holds["roster", "hr"].hold_id
    three.reject(hold)
    assert titles(people, three) == []
    decided = three.session.execute("select status from guard_hold where hold_id = %s", (hold,)).fetchall()
    assert decided == [("rejected",)]
    said = three.session.execute(
        "select distinct text from finding_event where actor = 'analyst' and about is null"
    ).fetchall()
    assert said == [("rejected by analyst: HR's mistake",)]

    again = three.night()
    assert titles(people, three) == []
    assert red(three, again.run.run_id) != (), "the same three are asked for again"

    leave(three, PEOPLE[2], jobs=(WORKS,))
    three.night()

    assert len(titles(people, three)) == 2, "two at most, as on any night"
    assert three.holds == {}


def test_within_the_limits_again_it_waits_for_the_source_that_it_rests_on(three: Office, people: ListedPeople) -> None:
    leave(three, PEOPLE[2], jobs=(WORKS,))
    three.directory.error = FatalError("sources.corp-ldap: refused")

    told = three.night()

    assert (titles(people, three), three.holds) == ([], {})
    assert {states(three)[f"u{each}"] for each in PEOPLE[:2]} == {"held"}
    assert red(three, told.run.run_id) == ("corp-ldap couldn't be read",)
    three.directory.error = None
    three.night()
    assert len(titles(people, three)) == 2


def keys(office: Office) -> dict[str, str]:
    """Rule -> state, of access keys that were found before tonight's look."""
    rows = office.session.execute(
        "select rule, state from finding where first_run_id = 2 and subject_native_id in ('AKIAWORKS', 'AKIAOFF')"
    ).fetchall()
    return {str(rule): str(state) for rule, state in rows}


@some_of(1, "whole", [False, True], ids=["of each account", "of the whole look"])
def test_within_the_limits_again_it_waits_for_the_look_that_was_refused(
    company: Office, people: ListedPeople, whole: bool
) -> None:
    """The list of users can be read and their keys can't: whether they still work isn't known tonight."""
    company.cloud.accounts = [user(f"AIDA{each}", tag(IdentityKeyKind.NUMBER, each)) for each in PEOPLE[:3]]
    active, off, third = company.cloud.accounts
    company.cloud.credentials = [
        access_key("AKIAWORKS", active),
        access_key("AKIAOFF", off, **switched_off()),
        access_key("AKIATHIRD", third),
    ]
    leave(company, *PEOPLE[:3])
    company.night()
    assert set(states(company).values()) == {"held"}
    leave(company, PEOPLE[2], jobs=(WORKS,))
    company.cloud.denied = "" if whole else "access keys: ListAccessKeys denied"
    company.cloud.look_error = FatalError("sources.aws: refused") if whole else None

    told = company.night()

    assert company.holds == {}
    assert {states(company)[each] for each in ("u1001", "u1002")} == {"open"}, "the directory could be asked"
    assert keys(company) == {"leaver-access-key": "unverified", "leaver-access-key-inactive": "unverified"}
    texts = "".join(text for ticket in tickets_of(people, company.queue) for text in ticket.texts)
    assert "u1001" in texts
    assert "AKIAWORKS" not in texts
    assert any(reason.startswith(f"aws {CLOUD}") for reason in red(company, told.run.run_id))
    with pytest.raises(FatalError, match="nothing waits"):
        company.release(told.run.run_id)

    company.cloud.denied, company.cloud.look_error = "", None
    company.night()

    assert set(keys(company).values()) == {"open"}
    assert broken_at(company.session) is None


def test_named_by_a_person_they_are_not_held_and_wait_for_the_look_that_was_refused(
    company: Office, people: ListedPeople
) -> None:
    company.cloud.accounts = [user("AIDAONE", tag(IdentityKeyKind.NUMBER, PEOPLE[0]))]
    company.cloud.credentials = [access_key("AKIAONE", company.cloud.accounts[0])]
    leave(company, *PEOPLE[:3])
    company.night()
    company.cloud.denied = "access keys: ListAccessKeys denied"

    departure(company, PEOPLE[0])

    assert (states(company)[f"u{PEOPLE[0]}"], states(company)["AKIAONE"]) == ("open", "unverified")
    (title,) = titles(people, company)
    assert f"worker {PEOPLE[0]} " in title
    company.cloud.denied = ""
    departure(company, PEOPLE[0])
    assert states(company)["AKIAONE"] == "open"
    company.night()
    assert len(titles(people, company)) == 1


def by_message(*people: str) -> Any:
    return lambda _: TakenMessage(people=list(people), notices=[])


def test_departures_by_message_of_whom_a_held_feed_names_wait_with_it(company: Office, people: ListedPeople) -> None:
    """A system that sends them goes by the same records as the feed."""
    leave(company, *PEOPLE[:3])
    before = [departure(company, sent=by_message(each), hours=hours) for hours, each in enumerate(PEOPLE[:2], 1)]
    held_by_an_hour = company.holds["roster", "hr"]
    company.night()
    after = departure(company, sent=by_message(PEOPLE[2]), hours=1)

    assert titles(people, company) == []
    assert set(company.holds) == {("roster", "hr")}
    assert company.holds["roster", "hr"].hold_id == held_by_an_hour.hold_id
    assert held_by_an_hour.findings == 2
    assert "the guard holds roster hr: 3 new leavers" in before[0].red
    assert "joined what the guard holds on roster hr" in before[1].red
    assert after.red == "", "the night had counted them"


def test_departures_one_by_one_are_counted_over_a_day(company: Office, people: ListedPeople) -> None:
    company.policy = {"max_named": 2}
    leave(company, *PEOPLE[:5])

    # Of a run that gives an earlier moment than another before it, too.
    told = [departure(company, each, hours=hours) for hours, each in zip((3, 5, 2, 1), PEOPLE[:4], strict=True)]

    assert len(titles(people, company)) == 2
    assert [bool(each.red) for each in told] == [False, False, True, True]
    assert "people whom a person named: 3 people named at once, 2 at most go through in a day" in told[2].red
    assert "joined what the guard holds on people whom a person named" in told[3].red
    assert company.holds["named", ""].findings == 2


def test_nights_of_one_day_are_counted_together(company: Office, people: ListedPeople) -> None:
    for each in (PEOPLE[:2], PEOPLE[2:4]):
        leave(company, *each)
        company.as_of += timedelta(hours=3)
        told = company.night(days=0)

    assert len(titles(people, company)) == 2
    assert company.holds["roster", "hr"].numbers == [{"measure": "actual", "value": 4, "base": 12, "bound": 2}]
    company.release(told.run.run_id)
    leave(company, PEOPLE[4])
    company.as_of += timedelta(hours=3)
    company.night(days=0)
    assert (len(titles(people, company)), company.holds) == (5, {}), "what a person let through isn't counted again"


def test_what_is_revoked_run_by_run_is_counted_over_a_day(left: Office, people: ListedPeople) -> None:
    left.guard = {"closings": {"absolute": 1}}

    for each in PEOPLE[:2]:
        left.directory.change(f"u{each}", **locked())
        left.as_of += timedelta(hours=1)
        left.night(days=0)

    assert len(titles(people, left)) == 1
    assert left.holds["source", "corp-ldap"].closings == 1
    assert left.holds["source", "corp-ldap"].numbers[0]["value"] == 2


def test_announced_they_go_through(company: Office, people: ListedPeople) -> None:
    first, last = ((company.as_of + timedelta(days=each)).date().isoformat() for each in (1, 2))
    company.guard = {**FEW, "expect": [{"from": first, "to": last, "max": 3, "reason": "the plant is sold"}]}
    company.policy = {"max_new_tickets": 1}
    leave(company, *PEOPLE[:3])

    company.night()

    assert len(titles(people, company)) == 3


def test_a_use_after_a_departure_in_doubt_is_told_to_people_at_once_and_to_no_tracker(company: Office) -> None:
    company.cloud.accounts = [user("AIDAONE", tag(IdentityKeyKind.NUMBER, PEOPLE[0]))]
    company.cloud.credentials = [access_key("AKIAONE", company.cloud.accounts[0], last_used_at=USED)]
    leave(company, *PEOPLE[:3])
    company.night()
    heard = HeardNotifier()

    pipeline.alert(company.session, [heard])
    pipeline.alert(company.session, [heard])

    assert company.tracker.calls == []
    subjects = sorted(alert.subject for alert in heard.alerts)
    assert len(subjects) == 2
    assert subjects[0] == "Offboarding: the guard holds roster hr"
    assert subjects[1].startswith("Offboarding: used after the departure, and the departure is in doubt (f-")
    assert any(f"worker {PEOPLE[0]}" in alert.body or f"hr:{PEOPLE[0]}" in alert.body for alert in heard.alerts)


class AwayTracker(HeardTracker):
    """A tracker that nobody reaches."""

    def open(self, draft: TicketDraft) -> TicketRef:
        raise RetriableError("trackers.secops: connection refused")


def no_connection() -> Tracker:
    raise ConfigError("trackers.secops: There is no Airflow connection secops")


@some_of(1, "missing", [False, True], ids=["nobody answers", "its connection isn't there"])
def test_people_are_told_at_once_though_the_tracker_is_away(company: Office, missing: bool) -> None:
    heard, alert = HeardNotifier(), Alert(key="a", subject="Held", body="60 new leavers")
    leave(company, PEOPLE[0])
    readers = replace(company.readers(), trackers=lambda _: {})
    told = whole_night(company.session, company.settings, readers, caller="untold", as_of=company.as_of)
    alerts.note(company.session, alert, run_id=told.run.run_id)
    away = no_connection if missing else lambda: AwayTracker(company.tracker.inner)

    with pytest.raises(OffboardingError, match="no Airflow connection" if missing else "connection refused"):
        pipeline.conclude(company.session, company.settings, told.run, lambda _: {"secops": away}, lambda _: [heard])

    assert heard.alerts == [alert]


# --- what would close ------------------------------------------------------------------------------------------------


def two_left(session: Session, tracker: Tracker) -> Office:
    office = first_night(session, tracker)
    leave(office, *PEOPLE[:2])
    told = office.night()
    assert (office.tracker.calls, office.holds, red(office, told.run.run_id)) == (["open"] * 2, {}, ())
    return office


@pytest.fixture
def left(begun: Begun) -> Office:
    """As many left as may leave, and each has a ticket."""
    return begun(two_left)


def test_a_feed_that_takes_departures_back_closes_no_ticket_before_it_is_released(
    left: Office, people: ListedPeople
) -> None:
    before = states(left)
    leave(left, *PEOPLE[:2], jobs=(WORKS,))

    told = left.night()

    assert left.tracker.calls == []
    assert (len(titles(people, left)), states(left)) == (2, before)
    assert left.holds["roster", "hr"].closings == 2
    assert "2 departures taken back" in red(left, told.run.run_id)[0]

    leave(left, *PEOPLE[:2])
    left.night()

    assert (left.tracker.calls, left.holds, states(left)) == ([], {}, before)

    leave(left, *PEOPLE[:2], jobs=(WORKS,))
    left.release(left.night().run.run_id)

    assert (titles(people, left), left.holds) == ([], {})


def test_a_feed_in_doubt_words_no_ticket_anew_until_it_is_believed(left: Office, people: ListedPeople) -> None:
    """Swapped columns: other names, another last day, and more new leavers than may be."""
    told = {ticket.ref: (ticket.title, ticket.body) for ticket in tickets_of(people, left.queue)}
    for each in PEOPLE[:2]:
        left.hr.change(each, name="Somebody Else", employments=(job("left", end="2026-11-10"),))
    leave(left, *PEOPLE[2:9])

    left.night()

    assert left.holds["roster", "hr"]
    assert left.tracker.calls == []
    assert told == {ticket.ref: (ticket.title, ticket.body) for ticket in tickets_of(people, left.queue)}

    leave(left, *PEOPLE[2:9], jobs=(WORKS,))
    left.night()

    assert left.holds == {}
    assert all("2026-11-10" in ticket.title for ticket in tickets_of(people, left.queue))


def test_what_was_locked_all_at_once_waits_where_it_is_too_much(left: Office, people: ListedPeople) -> None:
    left.guard = {**FEW, "closings": {"absolute": 1}}
    for each in PEOPLE[:2]:
        left.directory.change(f"u{each}", **locked())

    left.night()

    assert len(titles(people, left)) == 2
    assert left.holds["source", "corp-ldap"].closings == 2
    left.guard = dict(FEW)
    left.night()
    assert titles(people, left) == []


def test_without_a_tracker_the_same_closings_wait(office: Office) -> None:
    """The first hour has none."""
    office.tracked = False
    office.guard = {"withdrawn": {"absolute": 1}}
    office.hr.workers = [worker(each, LEFT) for each in PEOPLE[:3]] + [worker(each) for each in PEOPLE[3:]]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in PEOPLE]
    office.night()
    before = states(office)
    assert set(before.values()) == {"open"}
    leave(office, *PEOPLE[1:3], jobs=(WORKS,))
    for each in (PEOPLE[0], *PEOPLE[3:]):
        office.directory.remove(f"u{each}")

    told = office.night()

    assert states(office) == before
    assert office.holds["roster", "hr"].closings == 2
    assert office.holds["source", "corp-ldap"].closings == 1
    assert any("2 departures taken back" in reason for reason in red(office, told.run.run_id))


def by_rule(office: Office) -> dict[str, str]:
    """Rule -> state, of rules that found one thing."""
    rows = office.session.execute("select rule, state from finding").fetchall()
    return {str(rule): str(state) for rule, state in rows}


@some_of(1, "waits", [True, False], ids=["the successor waits", "the successor is told"])
def test_a_finding_whose_successor_waits_stays_on_its_open_ticket(
    office: Office, people: ListedPeople, waits: bool
) -> None:
    """A leaver makes a probable account certainly theirs, at a moment at which the guard holds what that becomes."""
    office.hr.workers = [worker("1042", LEFT), worker(PEOPLE[1])]
    office.directory.accounts = [login("relay", number("01042"))]
    office.night()
    (review,) = titles(people, office)
    office.directory.change("relay", keys=login("relay", number("1042")).keys)
    office.guard = {"findings": {"absolute": 0}} if waits else {}

    told = office.night()

    rules = by_rule(office)
    if waits:
        assert rules == {"probable-account": "open", "leaver-account-works": "held"}
        assert titles(people, office) == [review]
        office.release(told.run.run_id)
    (revoke,) = titles(people, office)
    assert revoke != review
    assert by_rule(office) == {
        "probable-account": "resolved",
        "leaver-account-works": "open",
    }


def test_a_ticket_stays_open_while_another_thing_of_that_person_waits(left: Office, people: ListedPeople) -> None:
    """One login is locked, and the guard holds what was found beside it."""
    left.guard = {**FEW, "findings": {"absolute": 0}}
    left.directory.change(f"u{PEOPLE[0]}", **locked())
    keys_of(left, PEOPLE[0], 1)

    left.night()

    assert states(left)[f"u{PEOPLE[0]}"] == "resolved"
    assert of_person(left, PEOPLE[0]) == {("leaver-access-key", "held"): 1}
    assert len(titles(people, left)) == 2
    left.cloud.credentials.clear()
    left.night()
    assert len(titles(people, left)) == 1, "that is gone, too"


# --- a source --------------------------------------------------------------------------------------------------------


def test_a_source_that_returns_far_fewer_closes_and_opens_nothing(left: Office, people: ListedPeople) -> None:
    leave(left, PEOPLE[2])
    for each in (PEOPLE[0], *PEOPLE[5:]):
        left.directory.remove(f"u{each}")

    told = left.night()

    assert (left.tracker.calls, len(titles(people, left))) == ([], 2)
    assert ("source", "corp-ldap") in left.holds
    assert "accounts or keys fewer" in red(left, told.run.run_id)[0]

    left.directory.error = FatalError("sources.corp-ldap: refused")
    left.night()
    assert ("source", "corp-ldap") in left.holds, "it wasn't read, so it can't be within the limits"


def of_four_users(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(each, LEFT) for each in PEOPLE[:3]] + [worker(PEOPLE[3])]
    office.cloud.accounts = [user(f"AIDA{each}", tag(IdentityKeyKind.NUMBER, each)) for each in PEOPLE[:4]]
    office.cloud.credentials = [access_key(f"AKIA{each.native_id}", each) for each in office.cloud.accounts[:3]]
    return office


def small_night(session: Session, tracker: Tracker) -> Office:
    office = of_four_users(session, tracker)
    office.night()
    return office


@pytest.fixture
def small(begun: Begun) -> Office:
    """A cloud of four users, three of whom have left and have tickets; nobody has had time to do anything about it."""
    return begun(small_night)


@variants(2, lacks={"whole": (), "in part": ("ListServiceSpecificCredentials isn't answered",)}, more=[0, 8])
def test_a_small_system_that_is_all_gone_closes_nothing(
    store: Session, tracker: Tracker, people: ListedPeople, lacks: tuple[str, ...], more: int
) -> None:
    """Restarted empty, restored from nothing, another account's credentials: no person did all that in a night."""
    small = of_four_users(store, tracker)
    small.cloud.lacks = lacks
    small.hr.workers += [worker(each) for each in PEOPLE[4:][:more]]
    small.cloud.accounts += [user(f"AIDA{each}", tag(IdentityKeyKind.NUMBER, each)) for each in PEOPLE[4:][:more]]
    small.night()
    held, open_ones = states(small), titles(people, small)
    assert len(open_ones) == 3
    small.cloud.accounts, small.cloud.credentials = [], []

    told = small.night()

    assert (states(small), titles(people, small)) == (held, open_ones)
    assert small.holds["source", "aws"].closings == 3
    said = f"the guard holds source aws: {4 + more} accounts or keys fewer of {4 + more}"
    assert any(reason.startswith(said) for reason in red(small, told.run.run_id))

    small.release(told.run.run_id)
    assert (titles(people, small), small.holds) == ([], {})
    assert "the guard" not in "".join(red(small, small.night().run.run_id))


def test_a_small_system_that_shows_all_of_it_again_needs_no_decision(small: Office, people: ListedPeople) -> None:
    accounts, credentials = small.cloud.accounts, small.cloud.credentials
    small.cloud.accounts, small.cloud.credentials = [], []
    small.night()

    small.cloud.accounts, small.cloud.credentials = accounts, credentials
    small.night()

    assert (len(titles(people, small)), small.holds) == (3, {})


@some_of(1, "users", [2, 1])
def test_of_one_account_or_two_all_may_go(store: Session, tracker: Tracker, people: ListedPeople, users: int) -> None:
    small = of_four_users(store, tracker)
    del small.cloud.accounts[users:], small.cloud.credentials[users:]
    small.night()
    assert len(titles(people, small)) == users
    small.cloud.accounts, small.cloud.credentials = [], []

    told = small.night()

    assert (titles(people, small), small.holds, red(small, told.run.run_id)) == ([], {}, ())


def test_of_a_small_system_half_may_go(small: Office, people: ListedPeople) -> None:
    for each in PEOPLE[:2]:
        small.cloud.remove(f"AIDA{each}")

    told = small.night()

    assert (len(titles(people, small)), small.holds, red(small, told.run.run_id)) == (1, {}, ())


def test_a_small_system_that_is_no_longer_configured_is_no_system_that_is_gone(
    small: Office, people: ListedPeople
) -> None:
    small.clouds = {OTHER_CLOUD: System(realm=OTHER_CLOUD)}

    small.night()

    assert (len(titles(people, small)), small.holds) == (3, {})


def test_one_person_with_many_accounts_at_once_waits_alone(left: Office, people: ListedPeople) -> None:
    left.guard = {**FEW, "accounts": {"absolute": 3}}
    left.directory.accounts += [login(f"x{each}", number(PEOPLE[0])) for each in range(4)]
    left.directory.accounts.append(login("y", number(PEOPLE[1])))

    left.night()

    assert {states(left)[f"x{each}"] for each in range(4)} == {"held"}
    assert states(left)["y"] == "open"
    ((kind, name),) = left.holds
    assert kind == "person"
    assert name.endswith(PEOPLE[0])


def keys_of(office: Office, person: str, number_of_keys: int, **changes: Any) -> None:
    owner = user(f"AIDA{person}", tag(IdentityKeyKind.NUMBER, person))
    office.cloud.accounts.append(owner)
    office.cloud.credentials += [
        access_key(f"AKIA{person}{each:04}", owner, **changes) for each in range(number_of_keys)
    ]


def of_person(office: Office, person: str) -> Counter[tuple[str, str]]:
    """(rule, state) of the findings about keys of a person."""
    found = office.session.execute(
        "select rule, state from finding where starts_with(subject_native_id, %s)", (f"AKIA{person}",)
    )
    return Counter((str(rule), str(state)) for rule, state in found)


def test_101_keys_of_one_leaver_hold_that_person_alone(left: Office, people: ListedPeople) -> None:
    keys_of(left, PEOPLE[0], 101)
    keys_of(left, PEOPLE[1], 1)

    told = left.night()

    assert of_person(left, PEOPLE[1]) == {("leaver-access-key", "open"): 1}
    texts = "".join(text for ticket in tickets_of(people, left.queue) for text in ticket.texts)
    assert f"AKIA...{PEOPLE[1][-3:]}0"[:4] in texts
    assert of_person(left, PEOPLE[0]) == {("leaver-access-key", "held"): 101}
    assert set(left.holds) == {("person", f"hr:{PEOPLE[0]}")}
    (why,) = red(left, told.run.run_id)
    assert why.endswith("101 new findings, 20 at most go through in a day; 101 findings of 1 person (101 high) wait")

    leave(left, PEOPLE[2])
    keys_of(left, PEOPLE[2], 1)
    keys_of(left, PEOPLE[0], 1)
    left.cloud.credentials[-1] = replace(left.cloud.credentials[-1], native_id=f"AKIA{PEOPLE[0]}9999")
    later = left.night()

    assert of_person(left, PEOPLE[2]) == {("leaver-access-key", "open"): 1}
    (why,) = red(left, later.run.run_id)
    assert why.startswith(f"1 finding of 1 person (1 high) joined what the guard holds on person hr:{PEOPLE[0]}")


def test_what_no_line_holds_any_more_is_unverified_where_it_cannot_be_told(left: Office, people: ListedPeople) -> None:
    """Else a leaver trips their own line, deletes most of it, and nobody asks about the rest."""
    keys_of(left, PEOPLE[0], 101)
    left.night()
    odd = f"AKIA{PEOPLE[0]}0000"
    for each in range(1, 101):
        left.cloud.remove(f"AKIA{PEOPLE[0]}{each:04}")
    left.cloud.change(odd, standing=Standing.UNKNOWN, standing_reason="its state is written in no known way")

    for _ in range(2):
        told = left.night()

        assert (states(left)[odd], left.holds) == ("unverified", {})
        assert red(left, told.run.run_id) == ("of 1 finding it can't be told whether they work",)

    left.cloud.change(odd, standing=Standing.WORKS, standing_reason="")
    left.night()
    assert states(left)[odd] == "open"


def test_no_number_of_other_findings_holds_a_critical_one(left: Office) -> None:
    keys_of(left, PEOPLE[0], 101)
    keys_of(left, PEOPLE[0], 1)
    left.cloud.credentials[-1] = replace(
        left.cloud.credentials[-1], native_id=f"AKIA{PEOPLE[0]}9999", last_used_at=USED
    )

    left.night()

    assert of_person(left, PEOPLE[0]) == {("leaver-access-key", "held"): 102, ("used-after-departure", "open"): 1}


def test_101_uses_by_one_leaver_hold_no_other_leaver_s(left: Office) -> None:
    keys_of(left, PEOPLE[0], 101, last_used_at=USED)
    keys_of(left, PEOPLE[1], 1, last_used_at=USED)

    told = left.night()

    used = "used-after-departure"
    assert (of_person(left, PEOPLE[0])[used, "held"], of_person(left, PEOPLE[1])[used, "open"]) == (101, 1)
    assert set(left.holds) == {("person", f"hr:{PEOPLE[0]}")}
    assert "101 critical" in red(left, told.run.run_id)[0]


def test_more_people_with_critical_findings_than_go_through_wait(left: Office) -> None:
    left.guard = {**FEW, "criticals": {"absolute": 1}}
    for each in PEOPLE[:2]:
        keys_of(left, each, 1, last_used_at=USED)

    left.night()

    assert {state for each in PEOPLE[:2] for rule, state in of_person(left, each) if rule == "leaver-access-key"} == {
        "open"
    }
    assert set(left.holds) == {("critical", "")}
    assert left.holds["critical", ""].findings == 2


def test_a_person_s_line_stops_no_source_from_being_accepted(left: Office, people: ListedPeople) -> None:
    left.guard = {**FEW, "accounts": {"absolute": 3}}
    left.directory.accounts += [login(f"x{each}", number(PEOPLE[0])) for each in range(4)]
    left.night()
    left.directory.accounts += [login(f"y{each}", number(PEOPLE[1])) for each in range(2)]
    left.night()
    left.directory.accounts += [login(f"z{each}", number(PEOPLE[1])) for each in range(2)]

    left.night()

    assert set(left.holds) == {("person", f"hr:{PEOPLE[0]}")}, "four accounts in two nights, two at a time"
    left.reject(left.holds["person", f"hr:{PEOPLE[0]}"].hold_id)
    left.night()
    assert {states(left)[f"x{each}"] for each in range(4)} == {"held"}, "refused, and asked about again"
    left.release(left.session.execute("select max(run_id) from run").fetchone()[0])  # pyrefly: ignore[bad-argument-type, unsupported-operation]
    assert {states(left)[f"x{each}"] for each in range(4)} == {"open"}
    left.night()
    assert left.holds == {}


def test_101_keys_of_one_leaver_that_were_deleted_hold_no_other_s_closing_or_finding(
    left: Office, people: ListedPeople
) -> None:
    left.guard = {**FEW, "findings": {}}
    keys_of(left, PEOPLE[0], 101)
    left.night()
    left.cloud.credentials.clear()
    left.directory.change(f"u{PEOPLE[1]}", **locked())
    keys_of(left, PEOPLE[1], 1)

    left.night()

    assert left.holds == {}
    assert of_person(left, PEOPLE[1]) == {("leaver-access-key", "open"): 1}
    assert of_person(left, PEOPLE[0]) == {("leaver-access-key", "resolved"): 101}
    assert states(left)[f"u{PEOPLE[1]}"] == "resolved"


def test_an_account_that_is_gone_counts_as_gone_and_not_as_unlinked_too(left: Office) -> None:
    """8 of 60 are less than a fifth, and more than a tenth."""
    left.directory.accounts += [login(f"s{each}", number(PEOPLE[5])) for each in range(48)]
    left.night()
    for each in range(8):
        left.directory.remove(f"s{each}")

    left.night()

    assert left.holds == {}


# --- a rule, and all together ----------------------------------------------------------------------------------------


def test_a_rule_that_finds_too_much_waits_alone(left: Office) -> None:
    left.guard = {**FEW, "leavers": {}, "findings": {"absolute": 2}}
    leave(left, *PEOPLE[2:4])
    left.night()
    for each in PEOPLE[:2]:
        keys_of(left, each, 1)
    left.directory.accounts += [login(f"x{each}", number(each)) for each in PEOPLE[:3]]

    left.night()

    assert {state for each in PEOPLE[:2] for _, state in of_person(left, each)} == {"open"}
    assert {states(left)[f"x{each}"] for each in PEOPLE[:3]} == {"held"}
    assert {kind for kind, _ in left.holds} == {"source", "rule"}


# --- a first read ----------------------------------------------------------------------------------------------------


def test_a_first_read_goes_out_in_batches_the_worst_first(office: Office, people: ListedPeople) -> None:
    office.policy = {"baseline": "hold"}
    office.hr.workers = [worker(each, LEFT) for each in PEOPLE[:3]]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in PEOPLE[:3]]
    office.directory.change(f"u{PEOPLE[2]}", privileged=True)
    told = office.night()

    office.release(told.run.run_id, batch=1)

    (first,) = titles(people, office)
    assert f"worker {PEOPLE[2]} " in first
    office.night()
    assert len(titles(people, office)) == 1, "the rest waits for the next release"

    office.release(told.run.run_id, batch=2)
    assert len(titles(people, office)) == 3
    with pytest.raises(FatalError, match="nothing to release"):
        office.release(told.run.run_id)


def test_what_a_first_read_could_not_tell_is_no_part_of_the_baseline(office: Office) -> None:
    """Nobody is asked to release what is *not checked*, and nobody would see it wait."""
    office.policy = {"baseline": "hold"}
    office.hr.workers = [worker(PEOPLE[0], LEFT)]
    office.directory.accounts = [login("ukim", number(PEOPLE[0]), standing=Standing.UNKNOWN, standing_reason="denied")]
    told = office.night()
    assert red(office, told.run.run_id)
    office.directory.change("ukim", standing=Standing.WORKS, standing_reason="seen")

    office.night()

    assert states(office) == {"ukim": "open"}


def test_a_release_that_broke_off_is_taken_up_and_lets_no_more_through(
    office: Office, people: ListedPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.policy = {"baseline": "hold"}
    office.hr.workers = [worker(each, LEFT) for each in PEOPLE[:5]]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in PEOPLE[:5]]
    night_before = office.night().run.run_id
    with monkeypatch.context() as away:
        away.setattr(office.tracker.inner, "open", refuse)
        with pytest.raises(RetriableError):
            office.release(night_before, batch=2, caller="approval")
    assert titles(people, office) == []

    taken_up = office.release(night_before, batch=2, caller="approval")

    assert len(titles(people, office)) == 2
    assert sorted(states(office).values()) == ["held"] * 3 + ["open"] * 2
    assert office.release(night_before, batch=2, caller="approval").run_id == taken_up.run_id
    assert office.tracker.calls == []
    kept = office.session.execute("select status, waiting from run where kind = 'release' and finished_at is not null")
    assert kept.fetchall() == [("green", 3)]
    office.release(night_before, batch=2, caller="another approval")
    assert len(titles(people, office)) == 4


def test_what_an_answer_let_through_is_told_by_the_task_that_is_begun_anew(
    three: Office, people: ListedPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = three.readers().trackers(three.settings)
    with monkeypatch.context() as away:
        away.setattr(three.tracker.inner, "open", refuse)
        with pytest.raises(RetriableError):
            three.release(last_run(three), caller="by answer 7")
    assert titles(people, three) == []
    for another in ("by answer 17", "by answer 8", "er 7"):
        assert not releasing.taken_up(three.session, three.settings, tracker, caller=another)

    assert releasing.taken_up(three.session, three.settings, tracker, caller="by answer 7")

    assert len(titles(people, three)) == 3
    assert not releasing.taken_up(three.session, three.settings, tracker, caller="by answer 7")


def test_what_a_release_let_through_before_it_broke_off_the_next_hour_tells(
    three: Office, people: ListedPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(three.tracker.inner, "open", refuse)
        with pytest.raises(RetriableError):
            three.release(last_run(three))
    assert titles(people, three) == []

    hour(three)

    assert len(titles(people, three)) == 3


def refuse(_draft: TicketDraft) -> TicketRef:
    raise RetriableError("trackers.secops: no answer. Is it up?")


def test_what_rests_on_a_source_that_was_not_read_stays_when_released(three: Office) -> None:
    three.directory.error = FatalError("sources.corp-ldap: refused")
    told = three.night()

    three.release(told.run.run_id)

    assert three.tracker.calls == []
    three.directory.error = None
    three.night()
    assert {states(three)[f"u{each}"] for each in PEOPLE[:3]} == {"open"}


# --- what happens to feeds -------------------------------------------------------------------------------------------


@some_of(
    2,
    "accident",
    [
        pytest.param(lambda o: leave(o, *PEOPLE[2:]), id="everyone was terminated"),
        pytest.param(lambda o: o.hr.workers.clear(), id="everyone is gone"),
        pytest.param(
            lambda o: setattr(o.hr, "workers", [worker(f"9{each}", WORKS) for each in PEOPLE]), id="another company's"
        ),
        pytest.param(lambda o: leave(o, *PEOPLE, jobs=(job("active"),)), id="everyone is back"),
    ],
)
def test_a_feed_accident_opens_and_closes_no_ticket(left: Office, people: ListedPeople, accident: Accident) -> None:
    before = titles(people, left)

    accident(left)
    told = left.night()

    assert not {"open", "close", "reopen"} & set(left.tracker.calls)
    assert titles(people, left) == before
    assert red(left, told.run.run_id) != ()
