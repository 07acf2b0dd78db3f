"""Request Tracker, beyond what every tracker must do: its own refusals, and what it takes in silence."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from demo.unpacked import TicketServer, password_in
from offboarding.interfaces import Tracker
from offboarding.model import TicketState
from offboarding.model.errors import FatalError
from offboarding.trackers.rt import build
from offboarding.trackers.rt.connection import greet
from tests.contract.tracker_contract import TrackerContract, draft
from tests.support.shown_ticket import DRAFT, assert_shown
from tests.support.tracker_faults import TrackerFaults
from tests.systems.rt.server import RtPeople, bench, client, people, rt, settings, tracker

pytestmark = pytest.mark.trackers

__all__ = ["bench", "people", "rt", "tracker"]  # fixtures


class TestContract(TrackerContract):
    """RT does what every tracker must."""


class TestFaults(TrackerFaults):
    """Whatever happens while it's told."""


# --- controls: RT refuses what it should, so that what it accepts means something -------------------------------------


def test_control_rt_refuses_a_ticket_without_a_queue(rt: TicketServer) -> None:
    with client(rt, "offboarding") as rest:
        answer = rest.post("ticket", json={"Subject": "x"})

    assert (answer.status_code, "Queue not set" in answer.text) == (400, True)


def test_control_rt_refuses_who_has_no_token(rt: TicketServer) -> None:
    assert httpx.get(f"{rt.url}REST/2.0/tickets", trust_env=False).status_code == 401


def test_the_analyst_logs_in_by_a_browser_that_sends_no_secure_cookie_in_clear(
    rt: TicketServer, tracker: Tracker
) -> None:
    """As Safari, which makes no exception of this machine."""
    opened = draft()
    ref = tracker.open(opened)
    with httpx.Client(base_url=rt.url, trust_env=False, follow_redirects=True, timeout=60) as browser:
        asked = browser.get("").text
        (after,) = re.findall(r'name="next" value="(\w+)"', asked)
        browser.post("NoAuth/Login.html", data={"user": "analyst", "pass": password_in(rt.folder), "next": after})

        assert opened.key in browser.get(f"Ticket/Display.html?id={ref.ref}").text


def test_control_our_user_owns_and_deletes_nothing(rt: TicketServer, people: RtPeople) -> None:
    ref = build(settings(), rt.connection()).open(draft())

    with client(rt, "offboarding") as rest:
        rest.delete(f"ticket/{ref.ref}")
        rest.put(f"ticket/{ref.ref}/take")

    assert (people.status(ref), people.assignee(ref)) == ("new", "")


# --- what RT takes in silence -----------------------------------------------------------------------------------------


def test_a_queue_without_the_field_gets_no_ticket(rt: TicketServer) -> None:
    """RT would drop the checklist, and make a ticket that says nothing."""
    wanted = draft(queue="Bare")
    tracker = build(settings(), rt.connection())

    with pytest.raises(FatalError, match=r"'Bare' shows no custom field 'Offboarding checklist'.*one text area"):
        tracker.open(wanted)

    assert tracker.find(wanted.key) is None


def test_a_status_that_rt_does_not_know_is_fatal(rt: TicketServer) -> None:
    """RT answers 200, and leaves the ticket as it was."""
    tracker = build(settings(closed_statuses=["done"]), rt.connection())
    ref = tracker.open(draft())

    with pytest.raises(FatalError, match=r"keeps its Status: .*'done' isn't a valid status"):
        tracker.close(ref, "All dead.")


def test_markup_in_a_checklist_is_text(rt: TicketServer, people: RtPeople) -> None:
    body = "[ ] 1  <script>alert(1)</script> &amp; <b>uid=kim</b>\n       <br> cn=<name>"
    ref = build(settings(), rt.connection()).open(draft(body=body))

    assert people.texts(ref) == [body]


def test_a_queue_goes_by_the_name_that_the_settings_give_it(rt: TicketServer, people: RtPeople) -> None:
    ref = build(settings(queues={"aws": "Cloud team"}), rt.connection()).open(draft(queue="aws"))

    assert people.queue(ref) == "Cloud team"


def test_the_due_time_stands_in_its_own_field(rt: TicketServer, people: RtPeople) -> None:
    tracker = build(settings(), rt.connection())
    wanted = draft()
    ref = tracker.open(wanted)
    assert people.ticket(ref)["Due"] == "2026-11-25T04:30:00Z"

    tracker.update(ref, replace(wanted, due_at=wanted.due_at and wanted.due_at + timedelta(days=1)))
    assert people.ticket(ref)["Due"] == "2026-11-26T04:30:00Z"

    tracker.update(ref, replace(wanted, due_at=None))
    assert people.ticket(ref)["Due"] == "1970-01-01T00:00:00Z"


# --- what people merge ------------------------------------------------------------------------------------------------


def test_two_of_ours_that_people_merge_are_two_lists_still(rt: TicketServer, people: RtPeople) -> None:
    tracker = build(settings(), rt.connection())
    kept, gone = draft(body="[ ] 1  Kim's"), draft(body="[ ] 1  Lee's")
    into, merged = (replace(tracker.open(each), key=each.key) for each in (kept, gone))

    people.put(merged, MergeInto=int(into.ref))

    assert [tracker.state(each) for each in (into, merged)] == [TicketState.OPEN, TicketState.MISSING]
    assert (tracker.find(kept.key), tracker.find(gone.key)) == (into, None)


def test_what_people_merge_into_a_ticket_of_their_own_goes_on_there(rt: TicketServer, people: RtPeople) -> None:
    tracker, wanted = build(settings(), rt.connection()), draft()
    ref = replace(tracker.open(wanted), key=wanted.key)
    made = people.analyst.post("ticket", json={"Queue": "General", "Subject": "Kim leaves"}).raise_for_status().json()

    people.put(ref, MergeInto=int(made["id"]))
    assert tracker.state(ref) is TicketState.OPEN
    tracker.update(ref, wanted)

    assert tracker.state(ref) is TicketState.OPEN
    assert people.texts(ref) == [wanted.body]


# --- refusals, told so that somebody can act --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"password": "1-14-wrong"}, "401.*Check the token"), ({"host": "127.0.0.1/elsewhere"}, "not RT's answer")],
)
def test_a_connection_that_is_wrong_is_named(rt: TicketServer, changes: dict[str, Any], said: str) -> None:
    connection = replace(rt.connection(), **changes)
    with pytest.raises(FatalError, match=said) as raised:
        build(settings(), connection).find("offb-1")

    assert str(raised.value).startswith("trackers.secops: GET tickets")
    assert connection.password not in str(raised.value)


def test_missing_rights_are_named(rt: TicketServer) -> None:
    with pytest.raises(FatalError, match="CreateTicket"):
        build(settings(), rt.connection("powerless")).open(draft())


def test_a_ticket_that_is_not_shown_is_told_of_and_is_not_missing(rt: TicketServer) -> None:
    """RT takes it, and finds nothing: nobody is told of their own rights."""
    tracker, wanted = build(settings(), rt.connection("blind")), draft()
    ref = tracker.open(wanted)

    assert tracker.find(wanted.key) is None
    with pytest.raises(FatalError, match=r"403.* ShowTicket"):
        tracker.state(ref)


def test_the_form_s_test_searches(rt: TicketServer) -> None:
    assert greet(rt.connection()) == "The token is taken, and tickets can be searched."


def test_its_page_shows_a_ticket_as_it_is(tracker: Tracker, people: RtPeople) -> None:
    ref = tracker.open(DRAFT)

    assert_shown("rt.md", people.title(ref), people.texts(ref)[0])


def test_a_new_login_that_made_no_ticket_yet_says_nothing_again(rt: TicketServer, people: RtPeople) -> None:
    """REST 2 says who somebody is by what they made alone."""
    ref = build(settings(), rt.connection()).open(draft())
    build(settings(), rt.connection()).comment(ref, "event", "It happened.")

    build(settings(), rt.connection("oncall")).comment(ref, "event", "It happened.")

    assert people.texts(ref)[1:] == ["It happened."]
