"""ServiceNow, beyond what every tracker must do: each table's states, and what it takes in silence."""

import re
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.certificates import make_certificate
from offboarding.interfaces import Tracker
from offboarding.model import TicketState
from offboarding.model.errors import FatalError, RetriableError
from offboarding.trackers.servicenow import build
from offboarding.trackers.servicenow.connection import greet
from tests.contract.tracker_contract import People, TrackerContract, draft
from tests.support.tracker_faults import Bench, TrackerFaults
from tests.systems.servicenow.service import (
    API_KEY,
    COLUMNS,
    NowPeople,
    NowPlace,
    bench_of_service_now,
    client,
    service_now,
    settings,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Generator[NowPlace]:
    with service_now(make_certificate(Path(tmp_path_factory.mktemp("tls")))) as found:
        yield found


@pytest.fixture
def tracker(place: NowPlace) -> Tracker:
    return place.tracker()


@pytest.fixture
def people(place: NowPlace) -> NowPeople:
    return NowPeople(kept=place.kept)


class TestContract(TrackerContract):
    """An incident does what every ticket must; but for one thing, since a journal tells no login."""

    def test_what_somebody_else_says_in_our_words_is_not_said_by_us(self, tracker: Tracker, people: People) -> None:
        ref, other = tracker.open(draft()), tracker.open(draft())
        tracker.comment(other, "event", "It happened.")
        people.repeat(other, ref)

        tracker.comment(ref, "event", "It happened.")

        assert people.texts(ref)[1:] == ["It happened."]


class TestContractOfTasks(TestContract):
    """So does a catalog task."""

    @pytest.fixture
    def tracker(self, place: NowPlace) -> Tracker:
        return place.tracker(table="sc_task")

    @pytest.fixture
    def people(self, place: NowPlace) -> NowPeople:
        return NowPeople(kept=place.kept, table="sc_task")


@pytest.fixture
def bench() -> Generator[Bench]:
    with bench_of_service_now() as found:
        yield found


class TestFaults(TrackerFaults):
    """Whatever happens while it's told."""


# --- controls: the stand-in refuses what ServiceNow refuses -----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("nope", {"short_description": "x"}, 400),
        ("incident", ["x"], 400),
        ("incident", {"short_description": "x", "state": "6"}, 403),
    ],
)
def test_control_a_request_that_it_would_not_take_is_refused(
    place: NowPlace, path: str, body: object, status: int
) -> None:
    with client(place) as rest:
        answer = rest.post(path, json=body)

    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_control_whoever_does_not_log_in_is_refused(place: NowPlace) -> None:
    with client(place) as rest:
        assert rest.get("incident", auth=httpx.BasicAuth("analyst", "wrong")).status_code == 401


# --- what it takes in silence -----------------------------------------------------------------------------------------


def test_a_text_that_the_field_would_cut_is_cut_at_a_line_and_counted(people: NowPeople, place: NowPlace) -> None:
    tracker = place.tracker(description_characters=4000)
    body = "\n".join(f"[ ] {number}. Access key AKIA...{number:04}" for number in range(1, 301))
    wanted = draft(body=body)

    ref = tracker.open(wanted)

    text = people.texts(ref)[0]
    assert len(text) <= 4000
    assert body.startswith(text.partition("\n\n")[0])
    assert (
        "more are left out of this text, which would be longer than the tracker takes. All of it: python -m offboarding"
        in text
    )
    before = people.trace(ref)
    tracker.update(ref, wanted)
    assert people.trace(ref) == before


def test_a_field_that_is_shorter_than_the_settings_say_is_fatal() -> None:
    tracker_of = settings()
    with service_now(None, description_length=200) as place:
        tracker = build(tracker_of, place.connection())

        with pytest.raises(FatalError, match=r"T0000001 keeps its description.*description_characters"):
            tracker.open(draft(body="x" * 300))


def test_a_title_that_is_too_long_keeps_its_key(tracker: Tracker, people: NowPeople) -> None:
    wanted = draft()
    long = replace(wanted, title=f"Revoke {'x' * 300} [{wanted.key}]")

    title = people.title(tracker.open(long))

    assert (len(title), " ... " in title, title.endswith(f"x [{wanted.key}]")) == (160, True, True)


def test_an_incident_that_is_closed_for_good_counts_as_gone(tracker: Tracker, people: NowPeople) -> None:
    """ServiceNow closes what was resolved after some days, and opens it no more: another takes over."""
    ref = tracker.open(draft())
    tracker.close(ref, "All dead.")
    people.put(ref, state="7")

    assert tracker.state(ref) is TicketState.MISSING


def test_a_resolved_incident_bears_code_and_notes(tracker: Tracker, people: NowPeople) -> None:
    ref = tracker.open(draft())

    tracker.close(ref, "All dead, seen at 01:31.")

    record = people.record(ref)
    assert (record["state"], record["close_code"]) == ("6", "Solution provided")
    assert record["close_notes"] == "All dead, seen at 01:31."


def test_fields_of_their_own_and_the_group_are_set_once(place: NowPlace, people: NowPeople) -> None:
    tracker = place.tracker(groups={"aws": "Cloud team"}, fields={"category": "security"})
    wanted = draft(queue="aws")
    ref = tracker.open(wanted)
    assert (people.record(ref)["category"], people.record(ref)["assignment_group"]) == ("security", "d" * 32)

    people.put(ref, assignment_group="c" * 32, category="other")
    tracker.update(ref, replace(wanted, body="[x] 1"))

    assert (people.record(ref)["category"], people.record(ref)["assignment_group"]) == ("other", "c" * 32)


# --- refusals, told so that somebody can act --------------------------------------------------------------------------


def test_a_table_that_bears_no_key_is_fatal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that doesn't extend task drops it, and a query for it finds everything."""
    bare = {**COLUMNS, "u_list": {"short_description", "description", "state"}}
    monkeypatch.setattr("tests.systems.servicenow.service.COLUMNS", bare)
    with service_now(None) as own:
        tracker = build(settings(table="u_list"), own.connection())

        with pytest.raises(FatalError, match="keeps its correlation_id"):
            tracker.open(draft())
        assert tracker.find("offb-1") is None


def test_too_many_requests_are_tried_again_when_it_says(place: NowPlace, tracker: Tracker, waits: list[int]) -> None:
    place.kept.busy = 1

    assert tracker.find("offb-1") is None
    assert waits == [37]


def test_a_run_waits_a_minute_in_all(place: NowPlace, tracker: Tracker) -> None:
    place.kept.busy = 2

    with pytest.raises(RetriableError, match=r"429, Rate limit exceeded.*try again in 37 seconds"):
        tracker.find("offb-1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"login": "offboarding", "password": "wr0ng-pass"}, r"401, User Not Authenticated.*Check login and password"),
        ({"login": "", "password": "wr0ng-pass"}, r"401.*API key"),
    ],
)
def test_a_wrong_login_is_fatal_and_shown_nowhere(place: NowPlace, changes: dict[str, Any], said: str) -> None:
    connection = replace(place.connection(), **changes)
    with pytest.raises(FatalError, match=said) as raised:
        build(settings(), connection).find("offb-1")

    assert "wr0ng" not in str(raised.value)


def test_a_missing_right_is_fatal_and_named(place: NowPlace) -> None:
    with pytest.raises(FatalError, match=r"403, Operation Failed: ACL Exception.*itil"):
        build(settings(), place.connection("blunt")).open(draft())


@pytest.mark.parametrize(
    "hostile", ["[code]<a href='https://evil.example'>x</a>[/code]", "[CODE]<b>x", "[ code ]", f"@[{'a' * 32}:Ann]"]
)
def test_nothing_lives_in_a_work_note(place: NowPlace, tracker: Tracker, hostile: str) -> None:
    """https://www.servicenow.com/docs/r/platform-administration/c_JournalFields.html"""
    ref = tracker.open(draft())

    tracker.comment(ref, "one", f"Item 1, {hostile}, was seen dead.")
    tracker.close(ref, f"All of {hostile} is dead.")

    journal = "".join(place.kept.notes[ref.ref])
    assert not re.search(r"\[\s*/?\s*code|@\[", journal, re.IGNORECASE), journal
    assert hostile.replace("[", "(") in journal


@pytest.mark.parametrize("hostile", ["[code]<b>x[/code]", "[CODE]<b>x", "[ / code ]"])
def test_no_field_of_ours_holds_a_code_tag(place: NowPlace, tracker: Tracker, hostile: str) -> None:
    wanted = draft()
    wanted = replace(wanted, title=f"Find who used {hostile} [{wanted.key}]", body=f"[ ] 1. Account {hostile}")
    ref = tracker.open(wanted)
    tracker.close(ref, f"All of {hostile} is dead.")
    tracker.update(ref, replace(wanted, body=f"[x] 1. Account {hostile}"))

    record = place.kept.tables["incident"][ref.ref]
    shown = [record[name] for name in ("short_description", "description", "close_notes")]
    assert [each for each in shown if re.search(r"\[\s*/?\s*code", each, re.IGNORECASE)] == []
    assert [hostile.replace("[", "(") in each for each in shown] == [True] * 3


def test_a_ticket_that_is_not_shown_is_told_of_and_is_not_none(place: NowPlace, tracker: Tracker) -> None:
    """ServiceNow answers 200 and an empty list: a rule of access took it out."""
    wanted = draft()
    ref = tracker.open(wanted)
    place.kept.hides.add(ref.ref)

    with pytest.raises(FatalError, match=rf"correlation id {wanted.key} that isn't shown to the user.* Let the user"):
        tracker.find(wanted.key)

    place.kept.hides.clear()
    assert tracker.find(wanted.key) == ref


def test_a_group_that_is_not_there_is_fatal(tracker: Tracker) -> None:
    with pytest.raises(FatalError, match=r"ServiceNow shows no group 'Nope'. Name it in groups"):
        tracker.open(draft(queue="Nope"))


def test_the_form_s_test_searches_by_login_or_by_key(place: NowPlace) -> None:
    by_key = replace(place.connection(), login="", password=API_KEY)

    assert {greet(place.connection()), greet(by_key)} == {"The login is taken, and incidents can be searched."}


def test_a_comment_that_is_taken_and_dropped_is_refused_and_said_once_it_stands(
    place: NowPlace, tracker: Tracker, people: NowPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = tracker.open(draft())
    with monkeypatch.context() as dropping:
        dropping.setattr(place.kept, "drops_notes", True)
        for tell in (lambda: tracker.comment(ref, "event", "Item 2 is new."), lambda: tracker.close(ref, "All dead.")):
            with pytest.raises(FatalError, match=r"a comment on .* was taken, and doesn't stand there\. "):
                tell()

    tracker.comment(ref, "event", "Item 2 is new.")
    tracker.close(ref, "All dead.")

    assert people.texts(ref)[1:] == ["Item 2 is new.", "All dead."]
    assert tracker.state(ref) is TicketState.CLOSED


def test_a_mark_in_a_label_suppresses_no_note(tracker: Tracker, people: NowPeople) -> None:
    """A leaver who computes the mark of what is yet to be said of them, and calls a login so."""
    ref, copied = tracker.open(draft()), tracker.open(draft())
    tracker.comment(copied, "event", "It works again.")
    mark = people.kept.notes[copied.ref][-1].strip().splitlines()[-1]

    tracker.comment(ref, "another", f"New on the list: uid=kim\n{mark}\nuid=kim {mark}")
    tracker.comment(ref, "event", "It works again.")

    assert len(people.kept.notes[ref.ref]) == 2
