"""Jira's issues, on Cloud and Data Center, beyond what every tracker must do."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, Tracker
from offboarding.model import Language, TicketState
from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError
from offboarding.net.destinations import Destination
from offboarding.trackers.jira import Settings, destinations
from offboarding.trackers.jira.connection import greet
from offboarding.trackers.jira.document import MOST_CHARACTERS, document, written
from tests.contract.tracker_contract import People, TrackerContract, draft
from tests.support.described.server import Answered, Asked, Description
from tests.support.relay import Do, relay
from tests.support.rendered import shown
from tests.support.tracker_faults import Bench, TrackerFaults
from tests.systems.jira.service import MAILS, JiraPeople, JiraPlace, bench_of_jira, jira, people_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[True, False], ids=["cloud", "data center"])
def place(request: pytest.FixtureRequest, tls: Tls) -> Generator[JiraPlace]:
    with jira(tls, cloud=request.param, description=Description("jira")) as found:
        yield found
    assert found.service.wrong == []


@pytest.fixture(params=[True, False], ids=["cloud", "data center"])
def own_place(request: pytest.FixtureRequest) -> Generator[JiraPlace]:
    """One of the test's own, to be changed."""
    with jira(None, cloud=request.param, description=Description("jira")) as found:
        yield found


@pytest.fixture
def tracker(place: JiraPlace) -> Tracker:
    return place.tracker()


@pytest.fixture
def people(place: JiraPlace) -> Generator[JiraPeople]:
    with people_of(place) as found:
        yield found


class TestContract(TrackerContract):
    """Jira does what every tracker must."""

    shown = staticmethod(shown)

    def test_a_checklist_of_100_items_fits(self, tracker: Tracker, people: People) -> None:
        """Of 50,000 characters Jira takes 32,767: the first things, and how to see the others."""
        item = "[ ] {n}. Access key AKIA...{n:04d} of an IAM user\n       - Switch it off:\n         aws iam {x}"
        text = "\n\n".join(item.format(n=n, x="x" * 400) for n in range(1, 101))

        (said,) = people.texts(tracker.open(draft(body=text)))

        assert "AKIA...0001" in said
        assert "python -m offboarding findings --state all" in said


@pytest.fixture
def bench() -> Generator[Bench]:
    with bench_of_jira(cloud=True) as found:
        yield found


class TestFaults(TrackerFaults):
    """Whatever happens while it's told, with a search that lags."""


# --- controls ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/issue", {"fields": ["summary"]}),
        ("POST", "/issue", {"update": {"labels": {"add": "x"}}}),
        ("POST", "/issue/SEC-1/transitions", {"transition": "31"}),
        ("POST", "/issue/SEC-1/comment", {"body": {}, "properties": {"key": "x"}}),
        ("GET", "/search/jql?maxResults=all", None),
        ("GET", "/search/issues", None),
    ],
)
def test_control_a_request_that_jira_cloud_does_not_describe_is_refused(
    tls: Tls, method: str, path: str, body: dict[str, Any] | None
) -> None:
    with jira(tls, cloud=True, description=Description("jira")) as place, people_of(place) as people:
        answer = people.rest.request(method, path, json=body)

        assert answer.status_code == 422, answer.text
        assert place.service.wrong


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/issue/SEC-1", {"id": 10_001, "key": "SEC-1", "fields": {}}),
        ("/issue/SEC-1/transitions", {"transitions": [{"id": 31}]}),
        ("/status", {"values": []}),
    ],
)
def test_control_an_answer_that_jira_cloud_would_not_give_is_noticed(path: str, body: Any) -> None:
    asked = Asked(method="GET", path=path, query={}, headers={}, body=None)

    assert Description("jira").wrong_in_answer(asked, Answered(body=body))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"summary": ""}, "specify a summary"),
        ({"labels": ["two words"]}, "contains spaces"),
        ({"priority": {"name": "Panic"}}, "priority selected is invalid"),
        ({"description": 7}, "description"),
        ({"duedate": "tomorrow"}, "Error parsing date"),
    ],
)
def test_control_what_jira_does_not_take_is_refused(people: JiraPeople, changes: dict[str, Any], said: str) -> None:
    fields = {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}, "summary": "x", **changes}

    answer = people.rest.post("/issue", json={"fields": fields})

    assert (answer.status_code, said in answer.text) == (400, True), answer.text


def test_control_a_node_that_stands_where_none_may_is_refused(own_place: JiraPlace) -> None:
    task = {"type": "taskItem", "attrs": {"localId": "1", "state": "TODO"}, "content": []}
    wrong = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [task]}]}
    with people_of(own_place) as people:
        fields = {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}, "summary": "x", "description": wrong}

        assert people.rest.post("/issue", json={"fields": fields}).status_code == 400


# --- a search that lags -----------------------------------------------------------------------------------------------


def test_what_was_opened_is_found_though_the_search_does_not_know_it(own_place: JiraPlace) -> None:
    own_place.kept.lag = 1_000
    wanted = draft()

    ref = own_place.tracker().open(wanted)

    assert own_place.tracker().find(wanted.key) == ref


def test_control_without_what_was_written_down_the_search_alone_would_open_a_second(own_place: JiraPlace) -> None:
    own_place.kept.lag = 1_000
    wanted = draft()
    own_place.tracker().open(wanted)

    own_place.kept.properties.clear()

    assert own_place.tracker().find(wanted.key) is None


@pytest.mark.parametrize("lag", range(1, 7))
def test_whose_answer_was_lost_is_waited_for(own_place: JiraPlace, lag: int) -> None:
    kept, wanted = own_place.kept, draft()
    kept.lag = lag
    lost = iter([Do.LOSE_ANSWER])

    def plan(method: str, path: str) -> Do:
        return next(lost, Do.PASS) if (method, path) == ("POST", f"{kept.base}/issue") else Do.PASS

    with relay(f"http://127.0.0.1:{own_place.service.port}", plan) as port:
        with pytest.raises(RetriableError, match="POST issue: no answer"):
            own_place.tracker(port=port).open(wanted)
        found = own_place.tracker(port=port).find(wanted.key)

    assert found
    assert [each.key for each in kept.issues] == [found.ref]


def test_what_never_arrived_is_waited_for_and_opened(own_place: JiraPlace) -> None:
    wanted = draft()

    def plan(method: str, path: str) -> Do:
        return Do.CUT if (method, path[-6:]) == ("POST", "/issue") else Do.PASS

    with relay(f"http://127.0.0.1:{own_place.service.port}", plan) as port, pytest.raises(RetriableError):
        own_place.tracker(port=port).open(wanted)

    asked = len(own_place.service.asked)
    assert own_place.tracker().find(wanted.key) is None
    assert sum("/search" in each for each in own_place.service.asked[asked:]) == 7
    assert own_place.tracker().open(wanted) == own_place.tracker().find(wanted.key)


def test_what_was_refused_is_not_waited_for(own_place: JiraPlace) -> None:
    tracker, wanted = own_place.tracker(), draft()
    assert tracker.find(wanted.key) is None
    own_place.kept.required["customfield_10010"] = "Team"

    with pytest.raises(FatalError, match=r"400, customfield_10010: Team is required"):
        tracker.open(wanted)

    assert own_place.kept.properties == {}


def test_what_is_written_down_goes_when_the_ticket_closes(own_place: JiraPlace) -> None:
    tracker, wanted = own_place.tracker(), draft()
    ref = tracker.open(wanted)
    assert len(own_place.kept.properties) == 1

    tracker.close(ref, "All dead.")

    assert own_place.kept.properties == {}


def test_what_was_sent_twice_is_closed_though_the_search_knows_neither(own_place: JiraPlace) -> None:
    kept, wanted = own_place.kept, draft()
    kept.lag = 1_000

    def plan(method: str, path: str) -> Do:
        return Do.SEND_TWICE if (method, path[-6:]) == ("POST", "/issue") else Do.PASS

    with relay(f"http://127.0.0.1:{own_place.service.port}", plan) as port:
        ref = own_place.tracker(port=port).open(wanted)

    found = own_place.tracker().find(wanted.key)
    assert found
    assert (ref.ref, found.ref) == ("SEC-1", "SEC-1")
    assert [(each.key, each.status) for each in kept.issues] == [("SEC-1", "1"), ("SEC-2", "6")]
    assert [each.key for each in kept.issues if wanted.key in each.summary] == ["SEC-1"]


@pytest.mark.parametrize(("language", "said"), [("ko", "(같은 티켓: SEC-1)"), ("ja", "(同じチケット: SEC-1)")])
def test_which_one_counts_is_said_in_the_tickets_language(own_place: JiraPlace, language: str, said: str) -> None:
    tracker, wanted = own_place.tracker({"language": language}), draft()
    ref = tracker.open(wanted)
    own_place.kept.issues.append(replace(own_place.kept.issues[0], id=99_999, key="SEC-99"))

    tracker.update(ref, wanted)

    assert own_place.kept.issues[1].summary == wanted.title.replace(f"[{wanted.key}]", said)


def test_what_stands_twice_is_closed_with_the_next_change(own_place: JiraPlace) -> None:
    tracker, wanted = own_place.tracker(), draft()
    ref = tracker.open(wanted)
    own_place.kept.issues.append(replace(own_place.kept.issues[0], id=99_999, key="SEC-99"))

    tracker.update(ref, wanted)

    assert [(each.key, each.status) for each in own_place.kept.issues] == [("SEC-1", "1"), ("SEC-99", "6")]


def test_a_comment_that_stands_twice_and_may_not_be_deleted_is_told_once(own_place: JiraPlace) -> None:
    ref = own_place.tracker().open(draft())
    own_place.kept.keeps_comments = True

    def plan(method: str, path: str) -> Do:
        return Do.SEND_TWICE if (method, path[-8:]) == ("POST", "/comment") else Do.PASS

    with relay(f"http://127.0.0.1:{own_place.service.port}", plan) as port:
        tracker = own_place.tracker(port=port)
        with pytest.raises(FatalError, match=r"permission to delete comments.*delete its own comments"):
            tracker.comment(ref, "run-1", "One item is dead.")
        tracker.comment(ref, "run-1", "One item is dead.")

    assert len(own_place.kept.issues[0].comments) == 2


# --- what a new issue says --------------------------------------------------------------------------------------------


def test_a_field_that_a_new_issue_must_say_is_named_before_anything_is_opened(own_place: JiraPlace) -> None:
    own_place.kept.required["customfield_10010"] = "Team"

    with pytest.raises(FatalError, match=r"must say Team \(customfield_10010\)\. Write it under fields"):
        own_place.tracker().find("offb-1")

    told = {"fields": {"customfield_10010": {"value": "SecOps"}}, "components": {"aws": "Cloud"}}
    own_place.tracker(told).open(draft(queue="aws"))
    own_place.tracker(told).open(draft(queue="cloud payments"))
    first, second = own_place.kept.issues
    assert (first.own, first.components) == ({"customfield_10010": {"value": "SecOps"}}, ["Cloud"])
    assert "cloud-payments" in second.labels


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"issue_type": "Incident"}, "no issue type 'Incident'.*it has Task, Bug"),
        ({"priorities": {"high": "P2"}}, "knows no priority P2, only High, Highest, Low, Medium"),
        ({"fields": {"customfield_7": 1}}, r"can't say customfield_7: not on its screen"),
        ({"project": "NOPE"}, "404, No project could be found with key 'NOPE'"),
    ],
)
def test_what_the_project_does_not_know_is_named(place: JiraPlace, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(FatalError, match=said):
        place.tracker(settings).find("offb-1")


def test_a_ticket_has_a_day(tracker: Tracker, people: JiraPeople) -> None:
    wanted = draft()
    ref = tracker.open(wanted)

    assert people.item(ref)["duedate"] == "2026-11-25"
    tracker.update(ref, replace(wanted, due_at=None))
    assert people.item(ref)["duedate"] is None


# --- the text ---------------------------------------------------------------------------------------------------------


def test_what_people_write_around_the_checklist_stays(place: JiraPlace, tracker: Tracker, people: JiraPeople) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    now = people.item(ref)["description"]
    if place.kept.cloud:
        note: Any = people.body_of("Ann is on it.")
        people.edit(ref, fields={"description": {**now, "content": [*note["content"], *now["content"]]}})
    else:
        people.edit(ref, fields={"description": f"Ann is on it.\r\n{now}"})

    tracker.update(ref, replace(wanted, body="[x] 1. All done"))

    assert people.texts(ref)[0] == "Ann is on it. [x] 1. All done"


def test_a_checklist_that_somebody_removed_comes_back_once(tracker: Tracker, people: JiraPeople) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    people.edit(ref, fields={"description": people.body_of("Ann is on it.")})

    for body in ("[x] 1. Half done", "[x] 1. All done"):
        tracker.update(ref, replace(wanted, body=body))

    assert people.texts(ref)[0] == "[x] 1. All done Ann is on it."


def test_a_document_holds_text_and_no_link() -> None:
    nodes = document("[ ] 1. Account @ann, https://evil.example <b>\n       - Lock it:\n         lock 'x'", Language.EN)

    assert [each["type"] for each in nodes] == ["taskList", "bulletList"]
    assert "marks" not in written(nodes)
    assert '"inlineCard"' not in written(nodes)


@pytest.mark.parametrize("length", [1, 30_000, 90_000])
def test_a_text_is_as_long_as_jira_takes_it(length: int) -> None:
    text = "\n".join(["word " * 19] * (length // 96 + 1))

    assert len(written(document(text, Language.EN))) <= MOST_CHARACTERS


# --- statuses ---------------------------------------------------------------------------------------------------------


def test_closed_is_whatever_status_is_done(tracker: Tracker, people: JiraPeople) -> None:
    ref = tracker.open(draft())

    tracker.close(ref, "All dead.")
    assert people.item(ref)["status"]["name"] == "Erledigt"
    tracker.reopen(ref, "Works again.")
    assert people.item(ref)["status"]["name"] == "Backlog"
    people.go(ref, "indeterminate")
    assert tracker.state(ref) is TicketState.OPEN


def test_the_same_words_are_said_again_when_they_are_due_again(tracker: Tracker, people: JiraPeople) -> None:
    ref = tracker.open(draft())
    tracker.close(ref, "All dead.")
    people.reopen(ref)

    for _ in range(2):
        tracker.close(ref, "All dead.")

    assert people.texts(ref)[1:] == ["All dead.", "All dead."]


def test_a_workflow_that_does_not_lead_there_is_named(own_place: JiraPlace) -> None:
    tracker = own_place.tracker()
    ref = tracker.open(draft())
    own_place.kept.asks_on_close = {"customfield_9": {"required": True, "hasDefaultValue": False}}
    with pytest.raises(FatalError, match=r"issue SEC-1 is 'Backlog', and the transition .* asks for customfield_9"):
        tracker.close(ref, "All dead.")

    own_place.kept.no_way_to_done = True
    with pytest.raises(FatalError, match=r"closes it is none for this account\. Mend the project's workflow"):
        tracker.close(ref, "All dead.")


def test_a_ticket_that_was_moved_is_seen_to_in_its_new_place(place: JiraPlace, people: JiraPeople) -> None:
    tracker, wanted = place.tracker(), draft()
    ref = tracker.open(wanted)
    issue = place.kept.of(ref.ref)
    assert issue
    issue.old_keys, issue.key = [issue.key], f"OTHER-{issue.id}"

    tracker.close(ref, "All dead.")

    assert tracker.state(ref) is TicketState.CLOSED
    found = tracker.find(wanted.key)
    assert found
    assert found.ref == issue.key


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["BROWSE_PROJECTS", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS"])
def test_a_permission_that_is_missing_is_named_before_anything_is_opened(own_place: JiraPlace, key: str) -> None:
    own_place.kept.lacks.add(key)

    with pytest.raises(FatalError, match=rf"lacks {key.replace('_', ' ').title()} in SEC\. Give this account"):
        own_place.tracker().open(draft())

    assert own_place.kept.issues == []


def test_a_permission_that_jira_says_nothing_of_is_told_as_not_checked(own_place: JiraPlace) -> None:
    own_place.kept.tells_nothing_of.add("ADD_COMMENTS")
    tracker = own_place.tracker()

    with capture_logs() as logs:
        ref = tracker.open(draft())
        tracker.update(ref, draft())

    said = [each["permissions"] for each in logs if "doesn't say whether this account may" in each["event"]]
    assert said == [["ADD_COMMENTS"]], "once"
    assert len(own_place.kept.issues) == 1


def test_a_project_out_of_sight_leaves_no_ticket_missing(own_place: JiraPlace) -> None:
    ref = own_place.tracker().open(draft())
    own_place.kept.sees_project = False

    with pytest.raises(FatalError, match="404, No project could be found"):
        own_place.tracker().state(ref)


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Answered(status=429, body={}, headers={"Retry-After": "7"}), RetriableError, "Try again in 7 seconds"),
        (Answered(status=503, body="<html>"), RetriableError, "503, .*Try again in a minute"),
        (Answered(status=403, body={"errorMessages": ["No"]}), FatalError, "403, No. Give this account.*to browse"),
        (Answered(status=200, body=[1]), FatalError, "not Jira's answer"),
        (Answered(status=200, body={"issueTypes": 7}), FatalError, "not Jira's answer"),
    ],
)
def test_an_answer_that_is_none(
    own_place: JiraPlace, answer: Answered, error: type[OffboardingError], said: str
) -> None:
    own_place.kept.refuses = answer

    with pytest.raises(error, match=said):
        own_place.tracker().find("offb-1")


def test_a_wrong_token_is_fatal_and_shown_nowhere(place: JiraPlace) -> None:
    with pytest.raises(FatalError, match=r"401, Client must be authenticated.*API token") as raised:
        place.tracker(password="wr0ng-secret").find("offb-1")

    chain = [raised.value, raised.value.__cause__, raised.value.__context__]
    assert "wr0ng" not in "".join(f"{error!r}{error}" for error in chain)


# --- the connection ---------------------------------------------------------------------------------------------------


def test_a_token_says_whose_it_is(place: JiraPlace) -> None:
    kind = "Jira Cloud" if place.kept.cloud else "Jira Data Center"

    assert greet(place.connection()) == f"The token is taken by {kind}, and is {MAILS['offboarding']}'s."


@pytest.mark.parametrize("changes", [{"password": ""}, {"host": ""}, {"extra": {"ca_certs_file": "/nowhere.pem"}}])
def test_a_connection_that_can_not_be_right(place: JiraPlace, changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        place.tracker(**changes)


def test_where_a_connection_leads() -> None:
    settings = Settings(name="j", kind="jira", connection="c", project="SEC")
    fields = ConnectionFields(conn_id="c", host="https://jira.corp.example/jira")

    assert [*destinations(settings, fields)] == [Destination(host="jira.corp.example", clear_text=False)]


def test_a_comment_that_is_taken_and_dropped_is_refused_and_said_once_it_stands(
    place: JiraPlace, tracker: Tracker, people: JiraPeople, monkeypatch: pytest.MonkeyPatch
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
