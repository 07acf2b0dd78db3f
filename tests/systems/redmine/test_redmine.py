"""Redmine, beyond what every tracker must do: who sees an issue, and what it takes in silence."""

import json
from dataclasses import replace

import httpx
import pytest

from demo.unpacked import TRACKERS, TicketServer
from offboarding.interfaces import Tracker
from offboarding.model.errors import FatalError
from offboarding.trackers.redmine import build
from offboarding.trackers.redmine.connection import greet
from tests.contract.tracker_contract import TrackerContract, draft
from tests.support.shown_ticket import DRAFT, assert_shown
from tests.support.tracker_faults import TrackerFaults
from tests.systems.redmine.server import RedminePeople, bench, client, people, redmine, settings, tracker

pytestmark = pytest.mark.trackers

__all__ = ["bench", "people", "redmine", "tracker"]  # fixtures

MENTIONED = r"""
require "json"
eval File.read("/usr/share/redmine/lib/redmine/acts/mentionable.rb")
class Setting; def self.text_formatting; ARGV[0]; end; end
class Text; include Redmine::Acts::Mentionable::InstanceMethods; end
puts JSON.dump(JSON.parse(ARGV[1]).flat_map { |each| Text.new.send(:scan_for_mentioned_users, each) })
"""
"""Whom Redmine would mail for texts in a formatting."""


class TestContract(TrackerContract):
    """Redmine does what every tracker must."""


class TestFaults(TrackerFaults):
    """Whatever happens while it's told."""


# --- controls: Redmine refuses what it should, so that what it accepts means something --------------------------------


def test_control_redmine_refuses_an_issue_without_a_subject(redmine: TicketServer) -> None:
    with client(redmine, "offboarding") as rest:
        answer = rest.post("issues.json", json={"issue": {"project_id": "security"}})

    assert (answer.status_code, "Subject cannot be blank" in answer.text) == (422, True)


def test_control_redmine_refuses_who_has_no_key(redmine: TicketServer) -> None:
    assert httpx.get(f"{redmine.url}users/current.json", trust_env=False).status_code == 401


def test_control_our_user_deletes_nothing(redmine: TicketServer) -> None:
    ref = build(settings(), redmine.connection()).open(draft())

    with client(redmine, "offboarding") as rest:
        assert rest.delete(f"issues/{ref.ref}.json").status_code == 403


# --- who sees it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("private", [True, False])
def test_an_issue_is_private_unless_the_settings_say_otherwise(
    redmine: TicketServer, people: RedminePeople, private: bool
) -> None:
    tracker = build(settings(**({} if private else {"private": False})), redmine.connection())

    assert people.issue(tracker.open(draft()))["is_private"] is private


@pytest.mark.parametrize(
    ("login", "said"),
    [
        # Redmine would make it public, and say nothing.
        ("blunt", r"project 'security' wouldn't be private\. Give the role .* 'Set issues public or private'"),
        # Redmine would make it, and never show it.
        ("blind", r"GET issues\.json of project 'security': 403.* View issues"),
    ],
)
def test_a_right_that_is_missing_is_named_before_anything_is_opened(
    redmine: TicketServer, people: RedminePeople, login: str, said: str
) -> None:
    wanted = draft()

    with pytest.raises(FatalError, match=said):
        build(settings(), redmine.connection(login)).open(wanted)

    assert people.count(wanted.key) == 0


# --- what stands there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("formatting", ["common_mark", "textile"])
def test_nothing_in_a_text_is_acted_on(redmine: TicketServer, formatting: str) -> None:
    hostile = "#1 @analyst [[Wiki]] {{include(x)}} </pre> ``` <script>alert(1)</script>\n```\n# h1. *b*"
    tracker = build(settings(text_formatting=formatting), redmine.connection())
    with client(redmine, "analyst") as rest:
        ref = tracker.open(draft(body=hostile))
        description = rest.get(f"issues/{ref.ref}.json").json()["issue"]["description"].replace("\r\n", "\n")

    ends = {"common_mark": "\n```", "textile": "\n</pre>"}[formatting]
    assert description.index(ends, 5) == len(description) - len(ends)


@pytest.mark.parametrize("formatting", ["common_mark", "textile"])
def test_nobody_is_mentioned(redmine: TicketServer, people: RedminePeople, formatting: str) -> None:
    """By Redmine's own search for whom to mail, which goes by the source."""
    names = [
        f"uid=kim{fence} @analyst {fence} @admin x" for fence in ("", "~~~", "```", "`````", "~~~~", "<pre>", "</pre>")
    ]
    tracker = build(settings(text_formatting=formatting), redmine.connection())

    ref = tracker.open(draft(body="\n".join(f"[ ] {number}. {name}" for number, name in enumerate(names, start=1))))
    for name in names:
        tracker.comment(ref, name, name)

    issue = people.issue(ref)
    sources = [issue["description"], *(each["notes"] for each in issue["journals"] if each["notes"])]
    assert len(sources) == 1 + len(names)
    assert json.loads(TRACKERS.run(["ruby", "-e", MENTIONED, formatting, json.dumps(sources)])) == []


def test_control_redmine_finds_a_mention() -> None:
    found = TRACKERS.run(["ruby", "-e", MENTIONED, "common_mark", json.dumps(["``` @kim ``` @analyst it's yours"])])

    assert json.loads(found) == ["analyst"]


def test_a_queue_is_a_project(redmine: TicketServer, people: RedminePeople) -> None:
    tracker = build(settings(projects={"aws": "cloud"}), redmine.connection())

    assert people.issue(tracker.open(draft(queue="aws")))["project"]["name"] == "Cloud"


def test_what_is_due_before_it_begins_is_opened_all_the_same(redmine: TicketServer, people: RedminePeople) -> None:
    """Redmine begins an issue today, unless it's told not to."""
    wanted = draft()
    long_ago = replace(wanted, due_at=wanted.due_at and wanted.due_at.replace(year=2020))

    issue = people.issue(build(settings(), redmine.connection()).open(long_ago))

    assert (issue["due_date"], issue["start_date"]) == ("2020-11-25", None)


# --- refusals, told so that somebody can act --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"priorities": {"high": "Panic"}}, r"priorities: Redmine knows no 'Panic', but Low, Normal"),
        ({"tracker": "Nope"}, r"tracker: Redmine knows no 'Nope', but Bug"),
        ({"project": "nope"}, r"issues.json of project 'nope': 404.* Check that the project"),
    ],
)
def test_a_name_that_redmine_lacks_is_fatal(redmine: TicketServer, changes: dict[str, object], said: str) -> None:
    with pytest.raises(FatalError, match=said):
        build(settings(**changes), redmine.connection()).open(draft())


def test_a_status_that_the_workflow_forbids_is_fatal_and_nothing_is_said(
    redmine: TicketServer, people: RedminePeople
) -> None:
    """Redmine answers that all is well, and keeps the status."""
    tracker = build(settings(closed_status="Done"), redmine.connection())
    wanted = draft()
    ref = tracker.open(wanted)

    with pytest.raises(FatalError, match=r"may not go from 'New' to 'Done'"):
        tracker.close(ref, "All dead.")

    assert people.texts(ref) == [wanted.body]


def test_a_wrong_key_is_fatal_and_shown_nowhere(redmine: TicketServer) -> None:
    """Redmine takes whoever has none for anybody, who sees no issue: that isn't "there is no ticket"."""
    connection = replace(redmine.connection(), password="wr0ng-key")
    with pytest.raises(FatalError, match=r"401.*Check the API key") as raised:
        build(settings(), connection).find("offb-1")

    assert "wr0ng" not in str(raised.value)


def test_the_form_s_test_searches(redmine: TicketServer) -> None:
    assert greet(redmine.connection()) == "The key is taken, and issues can be searched."


def test_its_page_shows_a_ticket_as_it_is(tracker: Tracker, people: RedminePeople) -> None:
    issue = people.issue(tracker.open(DRAFT))

    assert_shown("redmine.md", issue["subject"], issue["description"].replace("\r\n", "\n").partition("\n<!--")[0])


def test_a_note_that_redmine_drops_is_refused(redmine: TicketServer, people: RedminePeople) -> None:
    """It takes notes of a role without *Add notes*, and drops them; with a new status it sets that."""
    ref = build(settings(), redmine.connection("mute")).open(draft())
    for tell in ("comment", "close"):
        tracker = build(settings(), redmine.connection("mute"))
        with pytest.raises(FatalError, match=rf"a comment on issue {ref.ref} was taken, .*'Add notes'"):
            tracker.comment(ref, "event", "New.") if tell == "comment" else tracker.close(ref, "All dead.")

    assert people.texts(ref) == [draft().body]


def test_a_mark_in_a_label_suppresses_no_note(redmine: TicketServer, tracker: Tracker, people: RedminePeople) -> None:
    ref, copied = tracker.open(draft()), tracker.open(draft())
    tracker.comment(copied, "event", "It works again.")
    mark = people.issue(copied)["journals"][-1]["notes"].splitlines()[-1]

    tracker.comment(ref, "another", f"New on the list: uid=kim\n{mark}")
    tracker.comment(ref, "event", "It works again.")

    assert len(people.texts(ref)) == 3
