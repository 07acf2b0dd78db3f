"""The life of a ticket, night after night, on a real store; tests/slow plays it in a real Roundup."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Account, IdentityKeyKind, Standing
from offboarding.model.errors import FatalError, RetriableError
from offboarding.store import findings, reading
from offboarding.store.connect import Session
from offboarding.store.events import broken_at
from tests.support.begun import Begun
from tests.support.desk import DeskPeople, SeenTicket, tickets_of
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
from tests.support.rows import note_all
from tests.support.small_company import LEFT, STAFF, WORKS, job, mail, number, tag, worker
from tests.support.variants import some_of

KIM_MAIL = "kim@corp.example"
KIM = worker("1042", LEFT, mail=KIM_MAIL, name="Kim Minjun")
KEY = "AKIAAAAAAAAAAAAAAAAA"
SECOND_KEY = "AKIABBBBBBBBBBBBBBBB"
AFTER = datetime(2026, 11, 20, 3, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 3, tzinfo=UTC)
MONTH = timedelta(days=31)


def directory_login(**changes: Any) -> Account:
    return login("kim", number("1042"), **changes)


def cloud_user(**changes: Any) -> Account:
    return user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"), **changes)


def kim_left(office: Office) -> Office:
    office.hr.workers = [KIM, STAFF]
    office.directory.accounts = [directory_login()]
    office.cloud.accounts = [cloud_user()]
    office.cloud.credentials = [access_key(KEY, cloud_user())]
    return office


@pytest.fixture
def kim(office: Office) -> Office:
    """Kim has left, and a login and an access key of his still work."""
    return kim_left(office)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = kim_left(Office(session=session, tracker=HeardTracker(tracker)))
    office.night()
    return office


@pytest.fixture
def ticketed(begun: Begun) -> Office:
    """A night has opened a ticket on both."""
    return begun(first_night)


def only(people: DeskPeople, office: Office) -> SeenTicket:
    """The one ticket that there is."""
    (ticket,) = tickets_of(people, office.queue)
    return ticket


def last_said(ticket: SeenTicket) -> str:
    return ticket.comments[-1] if ticket.comments else ""


def states(office: Office) -> dict[tuple[str, str], str]:
    """(rule, subject) -> state of every finding."""
    rows = office.session.execute("select rule, subject_native_id, state from finding").fetchall()
    return {(str(rule), str(subject)): str(state) for rule, subject, state in rows}


def resolutions(office: Office) -> set[str]:
    return {each.why for each in reading.findings(office.session, state="resolved")}


def close_all(office: Office) -> None:
    office.directory.change("kim", **locked())
    office.cloud.remove(KEY)


def night_of_the_end(session: Session, tracker: Tracker) -> Office:
    office = first_night(session, tracker)
    close_all(office)
    office.night()
    return office


@pytest.fixture
def closed(begun: Begun) -> Office:
    """All of it has been seen dead, and the ticket is closed."""
    return begun(night_of_the_end)


def works_again(office: Office) -> None:
    office.directory.change("kim", standing=Standing.WORKS, standing_reason="no lock")


def long_closed(office: Office) -> None:
    """As if the ticket had been closed more than a month ago."""
    office.session.execute("update ticket set closed_at = closed_at - %s", (MONTH,))


def decide(office: Office, verdict: str, account: Account, worker_id: str) -> None:
    """A person says whose an account is, or isn't."""
    office.session.execute(
        "insert into link_decision (realm, native_id, person_uid, verdict, reason, author)"
        " select %s, %s, person_uid, %s, 'asked them', 'analyst' from worker where worker_id = %s",
        (account.realm, account.native_id, verdict, worker_id),
    )
    note_all(office.session)


# --- a checklist from its first night to its end ---------------------------------------------------------------------


def test_everything_of_one_leaver_stands_on_one_ticket(ticketed: Office, people: DeskPeople) -> None:
    ticket = only(people, ticketed)
    assert ticket.title.startswith("Revoke what still works of worker 1042 (left 2026-11-13) [offb-")
    assert "Kim Minjun" in ticket.body
    assert "uid=kim,dc=corp" in ticket.body
    assert KEY in ticket.body
    assert ticket.body.count("[ ]") == 2
    assert (ticket.is_open, ticket.comments, ticketed.tracker.calls) == (True, (), ["open"])


def test_what_died_is_ticked_and_told_and_the_rest_holds_the_ticket(ticketed: Office, people: DeskPeople) -> None:
    ticketed.directory.change("kim", **locked())
    ticketed.night()

    ticket = only(people, ticketed)
    assert ticket.is_open
    assert ticket.body.count("[x]") == 1
    assert ticket.body.count("[ ]") == 1
    (comment,) = ticket.comments
    assert "seen dead: pwdAccountLockedTime 000001010000Z" in comment
    assert sorted(ticketed.tracker.calls) == ["comment", "update"]


def test_what_appears_later_is_added_and_told(ticketed: Office, people: DeskPeople) -> None:
    ticketed.cloud.credentials.append(access_key(SECOND_KEY, cloud_user()))
    ticketed.night()

    ticket = only(people, ticketed)
    assert SECOND_KEY in ticket.body
    (comment,) = ticket.comments
    assert "Access key AKIA...BBBB of arn:aws:iam::111111111111:user/aidakim" in comment
    assert comment.endswith(": added")


def test_it_closes_with_evidence_when_all_was_seen_dead(ticketed: Office, people: DeskPeople) -> None:
    close_all(ticketed)
    ticketed.night()

    ticket = only(people, ticketed)
    assert not ticket.is_open
    assert ticket.body.count("[x]") == 2
    assert "seen dead: pwdAccountLockedTime 000001010000Z" in last_said(ticket)
    assert "seen gone" in last_said(ticket)
    ticketed.night()
    assert ticketed.tracker.calls == []


def test_it_is_reopened_when_something_works_again(closed: Office, people: DeskPeople) -> None:
    works_again(closed)
    closed.night()

    ticket = only(people, closed)
    assert ticket.is_open
    assert "works again" in last_said(ticket)
    assert ticket.body.count("[ ]") == 1
    close_all(closed)
    closed.night()
    assert not only(people, closed).is_open


def test_long_after_its_end_a_new_ticket_takes_over(closed: Office, people: DeskPeople) -> None:
    long_closed(closed)

    works_again(closed)
    closed.night()
    closed.night()

    old, new = tickets_of(people, closed.queue)
    assert (old.is_open, new.is_open) == (False, True)
    assert "uid=kim,dc=corp" in new.body
    assert KEY not in new.body


def test_long_after_its_end_a_new_thing_gets_a_new_ticket(closed: Office, people: DeskPeople) -> None:
    long_closed(closed)

    closed.cloud.credentials = [access_key(SECOND_KEY, cloud_user())]
    closed.night()

    old, new = tickets_of(people, closed.queue)
    assert (old.is_open, new.is_open) == (False, True)
    assert SECOND_KEY in new.body


def test_a_new_thing_reopens_the_ticket_that_was_closed_lately(closed: Office, people: DeskPeople) -> None:
    closed.cloud.credentials = [access_key(SECOND_KEY, cloud_user())]
    closed.night()

    ticket = only(people, closed)
    assert ticket.is_open
    assert SECOND_KEY in ticket.body


# --- what people do to it --------------------------------------------------------------------------------------------


def test_closed_by_hand_while_something_works_it_is_reopened(ticketed: Office, people: DeskPeople) -> None:
    people.close(only(people, ticketed).ref)
    ticketed.night()

    ticket = only(people, ticketed)
    assert ticket.is_open
    assert "2 things on it still work" in last_said(ticket)
    people.close(ticket.ref)
    ticketed.night()
    assert only(people, ticketed).is_open


def test_a_deleted_ticket_is_renewed_once(ticketed: Office, people: DeskPeople) -> None:
    deleted = only(people, ticketed)

    people.delete(deleted.ref)
    ticketed.night()
    ticketed.night()

    ticket = only(people, ticketed)
    assert ticket.ref != deleted.ref
    assert ticket.title != deleted.title
    assert ticket.body.count("[ ]") == 2
    assert ticket.comments == ()


def test_a_deleted_ticket_is_not_renewed_for_what_died(ticketed: Office, people: DeskPeople) -> None:
    people.delete(only(people, ticketed).ref)
    close_all(ticketed)
    ticketed.night()
    ticketed.night()

    assert tickets_of(people, ticketed.queue) == []


def test_a_deleted_ticket_is_renewed_for_what_works_though_something_died(ticketed: Office, people: DeskPeople) -> None:
    people.delete(only(people, ticketed).ref)
    ticketed.directory.change("kim", **locked())
    ticketed.night()

    ticket = only(people, ticketed)
    assert "uid=kim,dc=corp" not in ticket.body
    assert KEY in ticket.body


def test_what_died_and_came_back_in_one_day_is_still_on_an_open_ticket_after_a_night_without_tracker(
    ticketed: Office, people: DeskPeople
) -> None:
    """The close of the night before waits in the outbox; said now, it would close a ticket on which something works."""
    close_all(ticketed)
    told = ticketed.tracker
    ticketed.tracker = Unreachable(told.inner)
    with pytest.raises(RetriableError):
        ticketed.night()
    ticketed.tracker = told

    works_again(ticketed)
    ticketed.night()

    assert only(people, ticketed).is_open


class Unreachable(HeardTracker):
    """A tracker that is down."""

    def __getattribute__(self, name: str) -> object:
        if name in {"find", "open", "update", "comment", "close", "reopen", "state"}:
            raise RetriableError("trackers.secops: connection refused. Try again in a minute")
        return super().__getattribute__(name)


# --- departures ------------------------------------------------------------------------------------------------------


def test_a_withdrawn_departure_closes_it_with_that_reason(ticketed: Office, people: DeskPeople) -> None:
    ticketed.hr.change("1042", employments=(WORKS,))
    ticketed.night()

    ticket = only(people, ticketed)
    assert not ticket.is_open
    assert "the departure was withdrawn" in last_said(ticket)


@some_of(
    1,
    ("language", "said"),
    [("ko", "퇴사가 취소되었습니다: 재직 중입니다(확인: hr)"), ("ja", "退職は取り消されました: 在職中です (確認: hr)")],
)
def test_a_withdrawn_departure_is_told_in_the_ticket_s_language(
    ticketed: Office, people: DeskPeople, language: str, said: str
) -> None:
    ticketed.policy = {"language": language}
    ticketed.hr.change("1042", employments=(WORKS,))
    ticketed.night()

    told = last_said(only(people, ticketed))
    assert "works here" not in told
    assert said in told


def test_a_departure_moved_into_the_future_closes_it_and_it_comes_back_then(
    ticketed: Office, people: DeskPeople
) -> None:
    ticketed.hr.change("1042", employments=(job("active", last="2026-12-01"),))
    ticketed.night()
    assert not only(people, ticketed).is_open

    ticketed.night(days=7)
    ticket = only(people, ticketed)
    assert ticket.is_open
    assert "left 2026-12-01" in ticket.title


def test_who_came_back_and_left_again_gets_another_ticket(ticketed: Office, people: DeskPeople) -> None:
    back = (*KIM.employments, job("active", start="2026-11-25"))
    ticketed.hr.change("1042", employments=back)
    ticketed.night()

    ticketed.hr.change("1042", employments=(*KIM.employments, job("left", start="2026-11-25", last="2026-11-26")))
    ticketed.night(days=2)

    old, new = [ticket for ticket in tickets_of(people, ticketed.queue) if ticket.title.startswith("Revoke")]
    assert (old.is_open, new.is_open) == (False, True)
    assert "left 2026-11-26" in new.title


# --- used after the departure ----------------------------------------------------------------------------------------


def night_of_use(session: Session, tracker: Tracker) -> Office:
    office = kim_left(Office(session=session, tracker=HeardTracker(tracker)))
    office.cloud.change(KEY, last_used_at=AFTER, last_used_service="s3", last_used_region="ap-northeast-2")
    office.night()
    return office


@pytest.fixture
def used(begun: Begun) -> Office:
    """Somebody used the key of Kim's a week after he left."""
    return begun(night_of_use)


def event_ticket(people: DeskPeople, office: Office) -> SeenTicket:
    (ticket,) = [each for each in tickets_of(people, office.queue) if each.title.startswith("Used after")]
    return ticket


def judge(office: Office) -> None:
    (key,) = office.session.execute("select finding_key from finding where rule = 'used-after-departure'").fetchall()
    findings.give_verdict(office.session, str(key[0]), reason="the backup job", author="analyst")


def test_use_after_the_departure_is_its_own_ticket_of_top_priority(used: Office, people: DeskPeople) -> None:
    ticket = event_ticket(people, used)

    assert ticket.priority in ("urgent", "critical"), "ours, and Roundup's"
    assert "worker 1042" in ticket.title
    assert len(tickets_of(people, used.queue)) == 2


def test_use_after_the_departure_closes_by_a_verdict_alone(used: Office, people: DeskPeople) -> None:
    close_all(used)
    used.night()
    assert event_ticket(people, used).is_open
    people.close(event_ticket(people, used).ref)
    used.night()
    assert event_ticket(people, used).is_open

    judge(used)
    used.night()

    ticket = event_ticket(people, used)
    assert not ticket.is_open
    assert "verdict: the backup job" in last_said(ticket)
    assert broken_at(used.session) is None


def test_the_use_that_was_judged_reopens_nothing_and_a_later_one_does(used: Office, people: DeskPeople) -> None:
    judge(used)
    used.night()
    used.night()
    assert not event_ticket(people, used).is_open
    assert used.tracker.calls == []

    used.cloud.change(KEY, last_used_at=LATER)
    used.night()

    ticket = event_ticket(people, used)
    assert ticket.is_open
    assert "2026-11-22 12:00 KST" in ticket.body


def test_a_use_that_nobody_judged_comes_back_with_the_departure(used: Office, people: DeskPeople) -> None:
    used.hr.change("1042", employments=(WORKS,))
    used.night()
    assert not event_ticket(people, used).is_open

    used.hr.change("1042", employments=KIM.employments)
    used.night()

    assert event_ticket(people, used).is_open


def test_a_use_is_told_at_once_though_it_cannot_be_told_what_works(kim: Office, people: DeskPeople) -> None:
    kim.cloud.change(KEY, standing=Standing.UNKNOWN, standing_reason="denied", last_used_at=AFTER)

    kim.night()

    assert event_ticket(people, kim).is_open


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_a_rejected_link_closes_its_items_with_that_reason_for_good(ticketed: Office, people: DeskPeople) -> None:
    decide(ticketed, "reject", cloud_user(), "1042")
    ticketed.night()
    (ticket,) = [each for each in tickets_of(people, ticketed.queue) if each.title.startswith("Revoke")]
    assert ticket.is_open
    assert "the link was rejected by analyst" in last_said(ticket)
    assert ticket.body.count("[x]") == 1

    ticketed.night()
    assert ticketed.tracker.calls == []


def test_a_confirmed_link_puts_what_works_on_a_ticket(office: Office, people: DeskPeople) -> None:
    office.hr.workers = [KIM, STAFF]
    nobodys = login("kiosk")
    office.directory.accounts = [nobodys]
    office.night()
    assert not any("1042" in ticket.title for ticket in tickets_of(people, office.queue))

    decide(office, "confirm", nobodys, "1042")
    office.night()

    (ticket,) = [each for each in tickets_of(people, office.queue) if "worker 1042" in each.title]
    assert "uid=kiosk,dc=corp" in ticket.body


def test_a_confirmed_link_ends_the_review(office: Office, people: DeskPeople) -> None:
    office.hr.workers = [KIM, STAFF]
    doubtful = login("relay", number("01042"))
    office.directory.accounts = [doubtful]
    office.night()
    assert "relay" in only(people, office).body

    decide(office, "confirm", doubtful, "1042")
    office.night()

    review, revoke = tickets_of(people, office.queue)
    assert (review.is_open, revoke.is_open) == (False, True)


def test_a_review_stays_open_when_its_evidence_is_edited_away(office: Office, people: DeskPeople) -> None:
    """Absence closes nothing: whoever may hold the account may have edited it."""
    office.hr.workers = [KIM, STAFF]
    office.directory.accounts = [login("relay", number("01042"))]
    office.night()

    office.directory.change("relay", keys=())
    office.night()

    assert all(ticket.is_open for ticket in tickets_of(people, office.queue))
    assert states(office)["probable-account", "relay"] == "open"

    office.directory.change("relay", **locked())
    office.night()
    assert states(office)["probable-account", "relay"] == "resolved"


def test_a_link_that_would_move_stays_with_its_items_until_they_die(ticketed: Office, people: DeskPeople) -> None:
    ticketed.directory.change("kim", keys=(number("1043"),))
    ticketed.night()
    revoke, review = tickets_of(people, ticketed.queue)
    assert states(ticketed)["leaver-account-works", "kim"] == states(ticketed)["link-moved", "kim"] == "open"
    assert revoke.body.count("[ ]") == 2
    assert "by what is said now it isn't theirs" in " ".join(revoke.body.split())
    assert "It stays worker 1042's until a person decides whose it is" in " ".join(review.body.split())

    ticketed.directory.change("kim", **locked())
    ticketed.night()
    assert states(ticketed)["leaver-account-works", "kim"] == states(ticketed)["link-moved", "kim"] == "resolved"
    assert [ticket.is_open for ticket in tickets_of(people, ticketed.queue)] == [True, False]


# --- what waits ------------------------------------------------------------------------------------------------------


def test_a_baseline_waits_until_a_person_releases_it(kim: Office, people: DeskPeople) -> None:
    kim.policy = {"baseline": "hold"}
    first = kim.night()
    kim.night()
    assert tickets_of(people, kim.queue) == []
    assert set(states(kim).values()) == {"held"}

    kim.release(first.run.run_id)

    assert only(people, kim).body.count("[ ]") == 2
    assert kim.tracker.calls == ["open"]
    kim.night()
    assert kim.tracker.calls == []


def test_what_came_after_a_baseline_is_told_though_the_baseline_waits(kim: Office, people: DeskPeople) -> None:
    kim.policy = {"baseline": "hold"}
    kim.night()

    kim.hr.change("1043", employments=(LEFT,))
    kim.directory.accounts.append(login("lee", number("1043")))
    kim.night()

    assert "worker 1043" in only(people, kim).title


def test_what_died_while_it_waited_is_never_told(kim: Office, people: DeskPeople) -> None:
    kim.policy = {"baseline": "hold"}
    first = kim.night()
    kim.cloud.remove(KEY)
    kim.night()

    kim.release(first.run.run_id)

    ticket = only(people, kim)
    assert "uid=kim,dc=corp" in ticket.body
    assert "AKIA" not in ticket.body


def test_over_the_maximum_the_whole_batch_waits(kim: Office, people: DeskPeople) -> None:
    kim.policy = {"max_new_tickets": 1}
    kim.hr.change("1043", employments=(LEFT,))
    kim.directory.accounts.append(login("lee", number("1043")))
    first = kim.night()
    second = kim.night()
    assert tickets_of(people, kim.queue) == []
    assert (first.guarded.over_maximum, second.guarded.over_maximum, first.failed) == (3, 3, ())

    kim.release(first.run.run_id)

    assert len(tickets_of(people, kim.queue)) == 2


def test_a_batch_that_shrank_below_the_maximum_goes_through(kim: Office, people: DeskPeople) -> None:
    kim.policy = {"max_new_tickets": 1}
    kim.hr.change("1043", employments=(LEFT,))
    kim.directory.accounts.append(login("lee", number("1043")))
    kim.night()

    kim.directory.change("lee", **locked())
    kim.night()

    assert "worker 1042" in only(people, kim).title


# --- what can't be told ----------------------------------------------------------------------------------------------

DENIED = "AWS 111111111111: iam:ListAccessKeys denied. Grant it to OffboardingAudit (docs/permissions/aws.md)"


def blind(office: Office) -> None:
    office.cloud.accounts = [cloud_user(standing=Standing.UNKNOWN, standing_reason="its keys couldn't be read")]
    office.cloud.credentials = [
        access_key(KEY, cloud_user(), standing=Standing.UNKNOWN, standing_reason="ListAccessKeys denied")
    ]


def test_what_cannot_be_told_waits_three_nights_and_then_asks_for_the_right(kim: Office, people: DeskPeople) -> None:
    kim.directory.accounts = []
    known = kim.cloud.credentials
    kim.cloud.credentials = [replace(known[0], standing=Standing.UNKNOWN, standing_reason="GetLoginProfile denied")]
    kim.night()
    assert states(kim)["leaver-access-key", KEY] == "unverified"
    kim.cloud.denied = DENIED
    kim.night()
    assert tickets_of(people, kim.queue) == []

    kim.night()

    ticket = only(people, kim)
    assert DENIED in " ".join(ticket.body.split())
    assert "Can't tell" in ticket.title
    kim.night()
    assert kim.tracker.calls == []

    kim.cloud.denied, kim.cloud.credentials = "", known
    kim.night()

    asked, revoke = tickets_of(people, kim.queue)
    assert (asked.is_open, revoke.is_open) == (False, True)
    assert KEY in revoke.body
    assert "can be told again" in last_said(asked)


def test_what_cannot_be_told_a_second_time_does_not_lose_its_ticket(kim: Office, people: DeskPeople) -> None:
    """The ticket that asks for a right is reopened, and what is told afterwards still gets its own."""
    kim.policy = {"unverified_nights": 1}
    kim.directory.accounts = []
    known = kim.cloud.credentials
    unknown = {"standing": Standing.UNKNOWN, "standing_reason": "denied"}
    kim.cloud.change(KEY, **unknown)
    kim.night()
    kim.cloud.credentials = []
    kim.night()

    kim.cloud.credentials = [access_key(SECOND_KEY, cloud_user(), **unknown)]
    kim.night()
    (asked,) = tickets_of(people, kim.queue)
    assert asked.is_open
    assert "AKIA...BBBB" in asked.body

    kim.cloud.credentials = [*known, access_key(SECOND_KEY, cloud_user())]
    kim.night()

    asked, revoke = tickets_of(people, kim.queue)
    assert (asked.is_open, revoke.is_open) == (False, True)
    assert SECOND_KEY in revoke.body


def test_an_open_item_that_cannot_be_told_any_more_stays_open_silently(ticketed: Office, people: DeskPeople) -> None:
    ticketed.cloud.change(KEY, standing=Standing.UNKNOWN, standing_reason="denied")
    ticketed.night()

    ticket = only(people, ticketed)
    assert ticket.is_open
    assert ticket.comments == ()
    assert "Not checked whether it works" in ticket.body


def test_a_source_that_cannot_be_read_opens_and_closes_nothing(ticketed: Office, people: DeskPeople) -> None:
    before = states(ticketed)

    close_all(ticketed)
    ticketed.cloud.credentials.append(access_key(SECOND_KEY, cloud_user()))
    ticketed.directory.error = FatalError("sources.corp-ldap: refused")
    ticketed.cloud.error = FatalError("sources.aws: AssumeRole denied")
    ticketed.hr.change("1043", employments=(LEFT,))
    told = ticketed.night()

    assert len(told.failed) == 2
    assert states(ticketed) == before
    assert only(people, ticketed).comments == ()
    assert only(people, ticketed).is_open


def test_a_source_that_was_not_read_for_a_week_asks_for_nothing_by_itself(kim: Office, people: DeskPeople) -> None:
    """New leavers' things in it can't be told: its own failure says so each night."""
    kim.hr.change("1042", employments=(WORKS,))
    kim.night()
    kim.hr.change("1042", employments=KIM.employments)
    kim.directory.error = FatalError("sources.corp-ldap: refused")
    kim.cloud.error = FatalError("sources.aws: AssumeRole denied")
    for _ in range(4):
        kim.night()

    assert tickets_of(people, kim.queue) == []


def test_a_roster_that_cannot_be_read_infers_and_withdraws_nothing(kim: Office, people: DeskPeople) -> None:
    freelancer = worker("V7", WORKS, mail="v7@vendor.example", logins=("v7",))
    kim.vendors.workers = [freelancer, worker("V8", WORKS)]
    kim.directory.accounts.append(login("v7", mail("v7@vendor.example"), number("V7")))
    kim.night()

    kim.hr.error = FatalError("rosters.hr: the file can't be read")
    kim.vendors.workers = []
    kim.vendors.error = FatalError("rosters.vendors: connection refused")
    told = kim.night()

    assert len(told.failed) == 2
    assert only(people, kim).comments == ()
    assert only(people, kim).is_open


def test_who_vanishes_from_a_list_of_who_works_here_has_left(kim: Office, people: DeskPeople) -> None:
    kim.vendors.workers = [
        worker("V7", job(), mail="v7@vendor.example", logins=("v7",)),
        *(worker(f"V{n}", job()) for n in range(20, 30)),
    ]
    kim.directory.accounts.append(login("v7", mail("v7@vendor.example"), login="v7"))
    kim.night()

    kim.vendors.workers = kim.vendors.workers[1:]
    kim.night()

    (ticket,) = [each for each in tickets_of(people, kim.queue) if "worker V7" in each.title]
    assert "uid=v7,dc=corp" in ticket.body


# --- what doesn't hold it, and where it goes -------------------------------------------------------------------------


def test_an_inactive_key_is_listed_and_does_not_hold_the_ticket(ticketed: Office, people: DeskPeople) -> None:
    ticketed.directory.change("kim", **locked())
    ticketed.cloud.change(KEY, **switched_off())
    ticketed.night()

    ticket = only(people, ticketed)
    assert not ticket.is_open
    assert states(ticketed)["leaver-access-key-inactive", KEY] == "open"
    ticketed.night()
    assert ticketed.tracker.calls == []

    ticketed.cloud.change(KEY, standing=Standing.WORKS, can_reactivate=False, standing_reason="Status Active")
    ticketed.night()
    assert only(people, ticketed).is_open


def test_an_inactive_key_that_shows_up_later_does_not_reopen_the_ticket(closed: Office, people: DeskPeople) -> None:
    closed.cloud.credentials = [access_key(SECOND_KEY, cloud_user(), **switched_off())]
    closed.night()

    assert not only(people, closed).is_open
    assert closed.tracker.calls == []


def test_an_inactive_key_beside_something_that_works_stands_on_its_ticket(kim: Office, people: DeskPeople) -> None:
    kim.cloud.change(KEY, **switched_off())

    kim.night()

    assert "AKIA...AAAA" in only(people, kim).body


def test_an_inactive_key_alone_opens_no_ticket(kim: Office, people: DeskPeople) -> None:
    kim.directory.accounts = []
    kim.cloud.change(KEY, **switched_off())

    kim.night()

    assert tickets_of(people, kim.queue) == []


def test_each_aws_account_may_have_its_own_queue(kim: Office, people: DeskPeople) -> None:
    payments = f"{kim.queue}-payments"
    other = user("AIDAKIM2", tag(IdentityKeyKind.NUMBER, "1042"), realm=OTHER_CLOUD)
    kim.clouds[OTHER_CLOUD] = System(realm=OTHER_CLOUD, accounts=[other], credentials=[access_key(SECOND_KEY, other)])
    kim.account_queues = {OTHER_CLOUD: payments}

    kim.night()

    (mine,) = tickets_of(people, kim.queue)
    (theirs,) = tickets_of(people, payments)
    assert SECOND_KEY in theirs.body
    assert SECOND_KEY not in mine.body

    kim.account_queues = {CLOUD: payments}
    kim.night()
    assert kim.tracker.calls == []


def test_a_confirmation_never_says_that_something_must_be_revoked(office: Office, people: DeskPeople) -> None:
    lapsed = worker("V9", replace(job(end="2026-11-20"), type="contractor"))
    office.vendors.workers = [lapsed]
    office.hr.workers = [STAFF]
    office.night()
    ticket = only(people, office)
    assert ticket.title.startswith("Confirm")
    assert "V9" in ticket.body

    office.vendors.workers = [replace(lapsed, employments=(job(end="2027-03-31"),))]
    office.night()

    ticket = only(people, office)
    assert not ticket.is_open
    assert "works here, says the roster" in last_said(ticket)
