"""GitLab's issues, beyond what every tracker must do."""

import re
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import make_certificate
from offboarding.interfaces import ConnectionFields, Tracker
from offboarding.model import TicketState
from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError
from offboarding.net.destinations import Destination
from offboarding.trackers.gitlab import Settings, destinations
from offboarding.trackers.gitlab.connection import greet
from tests.contract.tracker_contract import TrackerContract, draft
from tests.support.described.server import Answered, Description
from tests.support.rendered import shown
from tests.support.tracker_faults import Bench, TrackerFaults
from tests.systems.gitlab.service import ELSEWHERE, GitlabPeople, GitlabPlace, bench_of_gitlab, gitlab, people_of

pytestmark = pytest.mark.slow

ISSUES, LABELS = "/projects/7/issues", "/projects/7/labels"
ISSUE = f"{ISSUES}/1"
EVENTS = f"{ISSUE}/resource_state_events"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Generator[GitlabPlace]:
    with gitlab(make_certificate(Path(tmp_path_factory.mktemp("tls"))), Description("gitlab")) as found:
        yield found
    assert found.service.wrong == []


@pytest.fixture
def own_place(place: GitlabPlace) -> Generator[GitlabPlace]:
    """One of the test's own, to be changed."""
    with gitlab(place.tls, Description("gitlab")) as found:
        yield found


@pytest.fixture
def tracker(place: GitlabPlace) -> Tracker:
    return place.tracker()


@pytest.fixture
def people(place: GitlabPlace) -> Generator[GitlabPeople]:
    with people_of(place) as found:
        yield found


class TestContract(TrackerContract):
    """GitLab does what every tracker must."""

    shown = staticmethod(shown)


@pytest.fixture
def bench() -> Generator[Bench]:
    with bench_of_gitlab() as found:
        yield found


class TestFaults(TrackerFaults):
    """Whatever happens while it's told."""


# --- controls ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/projects/7/issues", {}),
        ("POST", "/projects/7/issues", {"title": "x", "assignee_ids": "11"}),
        # What it doesn't know GitLab drops, and says nothing.
        ("POST", "/projects/7/issues", {"title": "x", "asignee_ids": [11]}),
        ("POST", "/projects/7/issues", {"title": "x", "confidential": "very"}),
        ("PUT", "/projects/7/issues/1", {}),
        ("PUT", "/projects/7/issues/1", {"state_event": "closed"}),
        ("GET", "/projects/7/issues?state=open", None),
        ("GET", "/projects/7/issue", None),
        ("POST", "/projects/7/issues/1/notes", {}),
        ("POST", "/projects/7/issues/1/notes", {"body": 1}),
        ("POST", "/projects/7/issues/1/notes", {"body": "x", "internl": True}),
        ("GET", "/projects/7/issues/1/notes?sort=ascending", None),
        ("GET", "/projects/7/issues/1/resource_state_events?page=first", None),
        # What it doesn't know of a query it drops as well, and tells everybody who works there.
        ("GET", "/users?user_name=ann", None),
        ("GET", "/users?active=perhaps", None),
        ("POST", "/projects/7/labels", {"name": "x"}),
        ("POST", "/projects/7/labels", {"name": "x", "color": 7}),
        ("POST", "/projects/7/labels", {"name": "x", "color": "red", "colour": "red"}),
        ("GET", "/projects/7/labels/x?include_ancestor_groups=all", None),
        ("PUT", "/projects/7/labels/x", {}),
        ("PUT", "/projects/7/labels/x", {"name": "y"}),
        ("GET", "/projects/7?statistic=true", None),
        ("GET", "/user?name=ann", None),
    ],
)
def test_control_what_gitlab_does_not_describe_is_refused(
    own_place: GitlabPlace, method: str, path: str, body: dict[str, Any] | None
) -> None:
    with people_of(own_place) as people:
        answer = people.rest.request(method, path, json=body)

    assert answer.status_code == 422, answer.text
    assert own_place.service.wrong
    assert own_place.kept.issues == []


@pytest.mark.parametrize("body", [{"title": "x" * 256}, {"title": "x", "due_date": "tomorrow"}])
def test_control_what_gitlab_does_not_take_is_refused(own_place: GitlabPlace, body: dict[str, Any]) -> None:
    with people_of(own_place) as people:
        assert people.rest.post("/projects/7/issues", json=body).status_code == 400

    assert own_place.kept.issues == []


@pytest.mark.parametrize(
    ("asked", "body", "spoiled", "said"),
    [
        (f"GET {ISSUE}", None, lambda told: told | {"iid": "1"}, "'1' is not of type 'integer'"),
        (f"GET {ISSUE}", None, lambda told: told | {"due_date": "tomorrow"}, "'tomorrow' is not a 'date'"),
        (f"GET {ISSUE}", None, lambda told: told | {"state": "open"}, "'open' is not one of"),
        (f"GET {ISSUE}", None, lambda told: told | {"assignees": told["author"]}, "is not of type 'array'"),
        (f"GET {ISSUE}", None, lambda told: told | {"assignee": []}, "is not valid under any"),
        (f"GET {ISSUE}", None, lambda told: _without(told, "title"), "'title' is a required property"),
        (f"GET {ISSUE}", None, lambda told: [told], "is not of type 'object'"),
        (f"PUT {ISSUE}", {"title": "y"}, lambda told: _without(told, "id"), "'id' is a required property"),
        (f"GET {ISSUES}", None, lambda told: told[0], "is not of type 'array'"),
        (f"GET {ISSUES}", None, lambda told: [_without(told[0], "iid")], "'iid' is a required property"),
        (f"POST {ISSUES}", {"title": "y"}, lambda told: told | {"labels": "x"}, "'x' is not of type 'array'"),
        ("GET /issues", None, lambda told: told[0], "is not of type 'array'"),
        (f"GET {ISSUE}/notes", None, lambda told: told[0], "is not of type 'array'"),
        (f"GET {ISSUE}/notes", None, lambda told: [told[0] | {"system": 0}], "0 is not of type 'boolean'"),
        (f"POST {ISSUE}/notes", {"body": "y"}, lambda told: _without(told, "body"), "'body' is a required property"),
        (f"GET {EVENTS}", None, lambda told: told[0], "is not of type 'array'"),
        (f"GET {EVENTS}", None, lambda told: [_without(told[0], "state")], "'state' is a required property"),
        ("GET /users?username=ann", None, lambda told: told[0], "is not of type 'array'"),
        ("GET /users?username=ann", None, lambda told: [told[0] | {"id": "11"}], "'11' is not of type 'integer'"),
        ("GET /user", None, lambda told: _without(told, "username"), "'username' is a required property"),
        ("GET /projects/7", None, lambda told: told | {"archived": "no"}, "'no' is not of type 'boolean'"),
        (f"POST {LABELS}", {"name": "y", "color": "red"}, lambda told: told | {"id": None}, "None for not nullable"),
        (f"GET {LABELS}/x", None, lambda told: _without(told, "color"), "'color' is a required property"),
        (f"PUT {LABELS}/x", {"color": "red"}, lambda told: told | {"name": 1}, "1 is not of type 'string'"),
    ],
)
def test_control_an_answer_that_gitlab_would_not_give_is_noticed(
    own_place: GitlabPlace, asked: str, body: dict[str, Any] | None, spoiled: Callable[[Any], Any], said: str
) -> None:
    with people_of(own_place) as people:
        people.rest.post(ISSUES, json={"title": "x", "labels": "x", "assignee_ids": [11]}).raise_for_status()
        people.rest.put(ISSUE, json={"state_event": "close"}).raise_for_status()
        told = people.rest.request(*asked.split(), json=body).raise_for_status()
        assert own_place.service.wrong == []

        own_place.kept.refuses = Answered(status=told.status_code, body=spoiled(told.json()))
        people.rest.request(*asked.split(), json=body)

    (wrong,) = own_place.service.wrong
    assert said in wrong


def _without(told: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in told.items() if each != name}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", ISSUES, {"title": "x"}, 200),
        ("POST", f"{ISSUE}/notes", {"body": "x"}, 202),
        ("POST", LABELS, {"name": "x", "color": "red"}, 200),
        ("GET", ISSUE, None, 201),
        ("DELETE", f"{ISSUE}/notes/1", None, 200),
    ],
)
def test_control_a_status_that_gitlab_does_not_answer_with_is_noticed(
    own_place: GitlabPlace, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    own_place.kept.refuses = Answered(status=status, body={})
    with people_of(own_place) as people:
        people.rest.request(method, path, json=body)

    (wrong,) = own_place.service.wrong
    assert f"Unknown response http status: {status}" in wrong


def test_control_whoever_bears_no_token_is_refused(people: GitlabPeople) -> None:
    assert people.rest.get("/user", headers={"PRIVATE-TOKEN": "none"}).status_code == 401


# --- what it looks like -----------------------------------------------------------------------------------------------


def test_a_ticket_is_confidential_and_has_a_day(place: GitlabPlace, tracker: Tracker, people: GitlabPeople) -> None:
    wanted = draft()
    ref = tracker.open(wanted)

    assert people.item(ref)["confidential"] is True
    assert people.item(ref)["due_date"] == "2026-11-25"
    tracker.update(ref, replace(wanted, due_at=None))
    assert people.item(ref)["due_date"] is None
    public = place.tracker({"confidential": False}).open(draft(due_at=None))
    assert (people.item(public)["confidential"], people.item(public)["due_date"]) == (False, None)


def test_a_queue_is_a_label(place: GitlabPlace, people: GitlabPeople) -> None:
    tracker = place.tracker({"labels": {"aws": "team::cloud"}, "priorities": {"high": "P2"}})

    refs = [tracker.open(draft(queue=queue)) for queue in ("aws", "payments")]

    assert [sorted(people.item(ref)["labels"]) for ref in refs] == [
        ["P2", "offboarding", "team::cloud"],
        ["P2", "offboarding", "payments"],
    ]


def test_what_people_write_around_the_checklist_stays(tracker: Tracker, people: GitlabPeople) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    people.edit(ref, description=f"Ann is on it.\n\n{people.item(ref)['description']}\n\nSee the wiki.")

    tracker.update(ref, replace(wanted, body="[x] 1. All done"))

    assert people.texts(ref)[0] == "Ann is on it. [x] 1. All done See the wiki."


def test_a_title_that_is_too_long_keeps_its_key(tracker: Tracker, people: GitlabPeople) -> None:
    wanted = draft()
    long = replace(wanted, title=f"Rotate signing key {'k' * 400} [{wanted.key}]")

    ref = tracker.open(long)
    tracker.update(ref, long)

    assert len(people.title(ref)) == 255
    assert re.fullmatch(rf"Rotate signing key k+ \.\.\. k+ \[{wanted.key}\]", people.title(ref))
    assert tracker.find(wanted.key) == ref


def test_no_word_is_a_command_of_gitlab_s(tracker: Tracker, people: GitlabPeople) -> None:
    """Lines that begin with a slash are done by it (https://docs.gitlab.com/user/project/quick_actions)."""
    ref = tracker.open(draft(body="/close\n/assign @ann"))
    tracker.comment(ref, "event", "/close")

    for text in (
        people.item(ref)["description"],
        people.rest.get(f"/projects/7/issues/{ref.ref.split('#')[1]}/notes").text,
    ):
        assert "\n/" not in text
        assert '"/' not in text


# --- moved ------------------------------------------------------------------------------------------------------------


def test_a_ticket_that_was_moved_is_seen_to_in_its_new_place(place: GitlabPlace) -> None:
    tracker, wanted = place.tracker(), draft()
    ref = tracker.open(wanted)
    moved = place.kept.move(ref)

    assert tracker.state(ref) is TicketState.OPEN
    tracker.update(ref, replace(wanted, body="[x] 1. All done"))
    tracker.comment(ref, "event", "Item 1 was seen dead.")
    tracker.close(ref, "All dead.")

    assert (moved.state, len(moved.notes)) == ("closed", 2)
    assert "All done" in moved.description
    assert place.kept.of(ref).notes == []
    found = tracker.find(wanted.key)
    assert found
    assert found.ref == f"{ELSEWHERE}#{moved.iid}"


def test_a_ticket_that_was_moved_out_of_sight_is_missing(place: GitlabPlace) -> None:
    tracker, wanted = place.tracker(), draft()
    ref = tracker.open(wanted)
    place.kept.move(ref).hidden = True

    assert tracker.state(ref) is TicketState.MISSING
    assert tracker.find(wanted.key) is None


# --- refusals, told so that somebody can act --------------------------------------------------------------------------


def test_a_guest_opens_nothing(own_place: GitlabPlace) -> None:
    with pytest.raises(FatalError, match=r"can't set labels in .*: 403, 403 Forbidden\. Give .* the role Reporter"):
        own_place.tracker(password="token-of-a-guest").open(draft())

    assert own_place.kept.issues == []


def test_somebody_of_another_project_gets_no_ticket(place: GitlabPlace, people: GitlabPeople) -> None:
    """GitLab leaves out in silence who is no member."""
    ref = place.tracker().open(draft(assignee="stranger"))

    assert people.assignee(ref) == ""
    assert "stranger" in people.texts(ref)[1]


@pytest.mark.parametrize(("language", "told"), [("ko", "아직 담당자가 없습니다."), ("ja", "まだ担当者がいません。")])
def test_whom_a_ticket_was_meant_for_is_told_in_its_language(
    place: GitlabPlace, people: GitlabPeople, language: str, told: str
) -> None:
    ref = place.tracker({"language": language}).open(draft(assignee="stranger"))

    assert people.texts(ref)[1].endswith(told)


def test_a_wrong_token_is_fatal_and_shown_nowhere(place: GitlabPlace) -> None:
    with pytest.raises(FatalError, match=r"401, 401 Unauthorized\. Renew the token") as raised:
        place.tracker(password="glpat-wr0ngsecret").find("offb-1")

    chain = [raised.value, raised.value.__cause__, raised.value.__context__]
    assert "wr0ng" not in "".join(f"{error!r}{error}" for error in chain)


def test_a_project_that_is_not_there_leaves_no_ticket_missing(place: GitlabPlace) -> None:
    ref = place.tracker().open(draft())
    elsewhere = place.tracker({"project": "corp/nowhere"})

    for ask in (lambda: elsewhere.find("offb-1"), lambda: elsewhere.state(ref)):
        with pytest.raises(FatalError, match="can't read project corp/nowhere: 404, 404 Project Not Found"):
            ask()


def test_a_project_without_issues_says_so(own_place: GitlabPlace) -> None:
    own_place.kept.issues_access = "disabled"

    with pytest.raises(FatalError, match="has no issues: switch them on"):
        own_place.tracker().find("offb-1")


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Answered(status=429, body="Retry later"), RetriableError, "429, .*try again in a minute"),
        (Answered(status=502, body="<html>"), RetriableError, "502"),
        (Answered(status=403, body={"error": "insufficient_scope"}), FatalError, "insufficient_scope.*scope api"),
        (Answered(status=200, body=[1]), FatalError, "not GitLab's answer"),
        (Answered(status=200, body={"id": 7}), FatalError, "not GitLab's answer"),
    ],
)
def test_an_answer_that_is_none(
    own_place: GitlabPlace, answer: Answered, error: type[OffboardingError], said: str
) -> None:
    own_place.kept.refuses = answer

    with pytest.raises(error, match=said):
        own_place.tracker().find("offb-1")


def test_a_server_that_is_down_is_retriable(place: GitlabPlace) -> None:
    with pytest.raises(RetriableError, match="no answer"):
        place.tracker(port=1).find("offb-1")


def test_a_certificate_that_nobody_vouches_for_is_fatal(place: GitlabPlace) -> None:
    with pytest.raises(FatalError, match="ca_certs_file"):
        place.tracker(extra={}).find("offb-1")


# --- the connection ---------------------------------------------------------------------------------------------------


def test_a_token_says_whose_it_is(place: GitlabPlace) -> None:
    assert greet(place.connection()) == "The token is taken, and is offboarding-bot's."


@pytest.mark.parametrize("changes", [{"password": ""}, {"host": ""}, {"extra": {"ca_certs_file": "/nowhere.pem"}}])
def test_a_connection_that_can_not_be_right(place: GitlabPlace, changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        place.tracker(**changes)


def test_where_a_connection_leads() -> None:
    settings = Settings(name="g", kind="gitlab", connection="c", project="a/b")
    fields = ConnectionFields(conn_id="c", host="git.corp.example", schema="http")

    assert [*destinations(settings, fields)] == [Destination(host="git.corp.example", clear_text=True)]


def test_a_comment_that_is_taken_and_dropped_is_refused_and_said_once_it_stands(
    place: GitlabPlace, tracker: Tracker, people: GitlabPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = tracker.open(draft())
    with monkeypatch.context() as dropping:
        dropping.setattr(place.kept, "drops_comments", True)
        for tell in (lambda: tracker.comment(ref, "event", "Item 2 is new."), lambda: tracker.close(ref, "All dead.")):
            with pytest.raises(FatalError, match=r"a comment on .* was taken, and doesn't stand there\. "):
                tell()

    tracker.comment(ref, "event", "Item 2 is new.")
    tracker.close(ref, "All dead.")

    assert people.texts(ref)[1:] == ["Item 2 is new.", "All dead."]
    assert tracker.state(ref) is TicketState.CLOSED
