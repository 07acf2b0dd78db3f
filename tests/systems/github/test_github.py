"""GitHub's issues, beyond what every tracker must do."""

import re
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from demo.certificates import make_certificate
from offboarding.interfaces import ConnectionFields, Tracker
from offboarding.model import TicketState
from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError
from offboarding.net.destinations import Destination
from offboarding.trackers.github import destinations
from offboarding.trackers.github.connection import greet
from tests.contract.tracker_contract import TrackerContract, draft
from tests.support.described.server import Answered, Asked, Description
from tests.support.rendered import shown
from tests.support.tracker_faults import Bench, TrackerFaults
from tests.systems.github.service import (
    REPOSITORY,
    GithubPeople,
    GithubPlace,
    KeptIssue,
    bench_of_github,
    configured,
    github,
    people_of,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Generator[GithubPlace]:
    tls = make_certificate(Path(tmp_path_factory.mktemp("tls")))
    with github(tls, Description("github")) as found:
        yield found
    assert found.service.wrong == []


@pytest.fixture
def own_place(place: GithubPlace) -> Generator[GithubPlace]:
    """One of the test's own, to be changed."""
    assert place.tls
    with github(place.tls, Description("github")) as found:
        yield found


@pytest.fixture
def tracker(place: GithubPlace) -> Tracker:
    return place.tracker()


@pytest.fixture
def people(place: GithubPlace) -> Generator[GithubPeople]:
    with people_of(place) as found:
        yield found


class TestContract(TrackerContract):
    """GitHub does what every tracker must."""

    shown = staticmethod(shown)


@pytest.fixture
def bench() -> Generator[Bench]:
    with bench_of_github() as found:
        yield found


class TestFaults(TrackerFaults):
    """Whatever happens while it's told."""


# --- controls ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{}, {"title": None}, {"title": "x", "labels": "urgent"}, {"title": "x", "body": 7}])
def test_control_a_request_that_github_would_not_take_is_refused(own_place: GithubPlace, body: dict[str, Any]) -> None:
    with people_of(own_place) as people:
        answer = people.rest.post(f"/repos/{REPOSITORY}/issues", json=body)

    assert answer.status_code == 422
    assert own_place.service.wrong
    assert own_place.kept.issues == {}


def test_control_an_answer_that_github_would_not_give_is_noticed(own_place: GithubPlace) -> None:
    asked = Asked(method="GET", path=f"/repos/{REPOSITORY}/issues/1", query={}, headers={}, body=None)

    assert Description("github").wrong_in_answer(asked, Answered(body={"number": 1, "title": "x"}))


def test_control_whoever_bears_no_token_is_refused(place: GithubPlace, people: GithubPeople) -> None:
    assert people.rest.get("/user", headers={"Authorization": "Bearer none"}).status_code == 401


# --- the description --------------------------------------------------------------------------------------------------


def test_what_people_write_around_the_checklist_stays(tracker: Tracker, people: GithubPeople) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    people.write(ref, f"Ann is on it.\r\n\r\n{people.item(ref)['body']}\r\n\r\nSee the wiki.")

    tracker.update(ref, replace(wanted, body="[x] 1. All done"))

    assert people.texts(ref)[0] == "Ann is on it. [x] 1. All done See the wiki."


def test_a_checklist_that_somebody_removed_comes_back_once(tracker: Tracker, people: GithubPeople) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    people.write(ref, "Ann is on it.")

    for body in ("[x] 1. Half done", "[x] 1. All done"):
        tracker.update(ref, replace(wanted, body=body))

    assert people.texts(ref)[0] == "[x] 1. All done Ann is on it."


def test_a_text_beside_much_of_people_s_still_fits(tracker: Tracker, people: GithubPeople) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    people.write(ref, f"{people.item(ref)['body']}\n{'x' * 64_000}")

    tracker.update(ref, replace(wanted, body="\n\n".join(f"[ ] {n}. {'key ' * 30}" for n in range(1, 90))))

    assert len(people.item(ref)["body"]) <= 65_536
    assert "more are left out of this text" in people.texts(ref)[0]


def test_no_label_of_an_account_mentions_anybody(tracker: Tracker, people: GithubPeople) -> None:
    ref = tracker.open(draft(body="[ ] 1. Account @corp/admins, closes #1 <img src=https://evil.example/x>"))

    assert "`@corp/admins`" in people.item(ref)["body"]
    assert "`#1`" in people.item(ref)["body"]


# --- labels, queues ---------------------------------------------------------------------------------------------------


def test_a_queue_is_a_label(place: GithubPlace, people: GithubPeople) -> None:
    tracker = place.tracker({"labels": {"aws": "team/cloud"}, "priorities": {"high": "P2"}})

    refs = [tracker.open(draft(queue=queue)) for queue in ("aws", "payments")]

    assert [sorted(people.labels(ref)) for ref in refs] == [
        ["P2", "offboarding", "team/cloud"],
        ["P2", "offboarding", "payments"],
    ]


def test_among_many_issues_the_oldest_of_a_key_is_found(own_place: GithubPlace) -> None:
    for number in range(1, 251):
        own_place.kept.issues[REPOSITORY, number] = KeptIssue(
            number=number,
            title=f"Old [offb-{number}]",
            body="",
            by="offboarding-bot",
            labels=["offboarding"],
            assignees=[],
        )
    tracker = own_place.tracker()

    assert [tracker.find(f"offb-{n}") is not None for n in (1, 100, 101, 250, 251)] == [True] * 4 + [False]
    listed = [line for line in own_place.service.asked if line == f"GET /repos/{REPOSITORY}/issues"]
    assert len(listed) == 3 + 4  # three pages, and then what's new each time
    assert own_place.service.wrong == []


def test_what_another_worker_opened_since_is_found(place: GithubPlace) -> None:
    wanted, (first, second) = draft(), (place.tracker(), place.tracker())
    assert first.find(wanted.key) is None

    ref = second.open(wanted)

    assert first.find(wanted.key) == ref


# --- moved, locked, renamed -------------------------------------------------------------------------------------------


def test_a_ticket_that_was_moved_is_seen_to_in_its_new_place(place: GithubPlace, people: GithubPeople) -> None:
    tracker, wanted = place.tracker(), draft()
    ref = tracker.open(wanted)
    there = place.kept.of(ref)
    moved = replace(there, comments=[], events=[])
    place.kept.issues["corp/elsewhere", there.number] = moved
    there.moved_to = "corp/elsewhere"

    tracker.update(ref, replace(wanted, body="[x] 1. All done"))
    tracker.comment(ref, "event", "Item 1 was seen dead.")
    tracker.close(ref, "All dead.")

    assert tracker.state(ref) is TicketState.CLOSED
    assert "All done" in moved.body
    assert len(moved.comments) == 2
    assert (there.state, there.comments) == ("open", [])


def test_a_ticket_that_was_moved_out_of_sight_is_missing(place: GithubPlace) -> None:
    tracker = place.tracker()
    ref = tracker.open(draft())
    place.kept.of(ref).moved_to = "secret/place"

    assert tracker.state(ref) is TicketState.MISSING


def test_a_repository_that_was_renamed_is_found(own_place: GithubPlace) -> None:
    own_place.kept.renamed_from = "corp/leavers"
    wanted = draft()

    ref = own_place.tracker({"repository": "corp/leavers"}).open(wanted)

    assert own_place.tracker({"repository": "corp/leavers"}).find(wanted.key) == ref


def test_a_locked_ticket_says_so(place: GithubPlace) -> None:
    tracker = place.tracker()
    ref = tracker.open(draft())
    place.kept.of(ref).locked = True

    with pytest.raises(FatalError, match="403, Unable to create comment because issue is locked"):
        tracker.comment(ref, "event", "A comment.")


def test_closed_as_done_and_opened_again_says_which(place: GithubPlace, people: GithubPeople) -> None:
    tracker = place.tracker()
    ref = tracker.open(draft())

    tracker.close(ref, "All dead.")
    assert people.item(ref)["state_reason"] == "completed"
    tracker.reopen(ref, "Works again.")
    assert people.item(ref)["state_reason"] == "reopened"


# --- refusals, told so that somebody can act --------------------------------------------------------------------------


def test_a_missing_right_is_named(place: GithubPlace) -> None:
    with pytest.raises(FatalError, match=r"403, Resource not accessible.* It needs issues=write\. Give the connection"):
        place.tracker(password="token-of-a-reader").open(draft())


def test_whose_labels_are_dropped_opens_nothing(own_place: GithubPlace) -> None:
    own_place.kept.drops_labels = True
    own_place.kept.labels.add("offboarding")

    with pytest.raises(FatalError, match=r"can't set labels in corp/offboarding: 403"):
        own_place.tracker().open(draft())
    assert own_place.kept.issues == {}


def test_a_wrong_token_is_fatal_and_shown_nowhere(place: GithubPlace) -> None:
    with pytest.raises(FatalError, match=r"401, Bad credentials\. Renew the token") as raised:
        place.tracker(password="ghp_wr0ngsecret").find("offb-1")

    chain = [raised.value, raised.value.__cause__, raised.value.__context__]
    assert "wr0ng" not in "".join(f"{error!r}{error}" for error in chain)


def test_a_repository_that_is_not_there_leaves_no_ticket_missing(place: GithubPlace) -> None:
    ref = place.tracker().open(draft())
    elsewhere = place.tracker({"repository": "corp/nowhere"})

    for ask in (lambda: elsewhere.find("offb-1"), lambda: elsewhere.state(ref)):
        with pytest.raises(FatalError, match="can't read repository corp/nowhere: 404, Not Found"):
            ask()


def test_a_repository_without_issues_says_so(own_place: GithubPlace) -> None:
    own_place.kept.has_issues = False

    with pytest.raises(FatalError, match="has no issues: switch them on"):
        own_place.tracker().find("offb-1")


WAITED = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


def limited(status: int, message: str, **headers: str) -> Answered:
    return Answered(
        status=status, body={"message": message}, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (limited(403, WAITED, Retry_After="60"), RetriableError, "Try again in 60 seconds"),
        (limited(429, WAITED, Retry_After="7"), RetriableError, "Try again in 7 seconds"),
        (limited(403, WAITED), RetriableError, "Try again in a minute"),
        (
            limited(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="4102444800"),
            RetriableError,
            r"limit of requests is used up: try again in \d{9,} seconds",
        ),
        (limited(502, "Server Error"), RetriableError, "502, Server Error"),
        (limited(403, "Resource protected by organization SAML enforcement"), FatalError, "SAML enforcement"),
        (Answered(status=200, body=[1]), FatalError, "not GitHub's answer"),
        (Answered(status=200, body={"full_name": 7}), FatalError, "not GitHub's answer"),
    ],
)
def test_an_answer_that_is_none(
    own_place: GithubPlace, answer: Answered, error: type[OffboardingError], said: str
) -> None:
    own_place.kept.refuses = answer

    with pytest.raises(error, match=said):
        own_place.tracker().find("offb-1")


def elsewhere(status: int, path: str, host: str = "") -> Answered:
    return Answered(status=status, body={"message": "Moved"}, headers={"Location": f"{host}{path}?token=t0ken"})


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (elsewhere(301, "/api/v3/repos/a/b"), FatalError, "301, it redirects to /api/v3/repos/a/b. Look where"),
        (elsewhere(301, f"/api/v3/repos/{REPOSITORY}"), FatalError, "301, it redirects to /api/v3/repos/corp"),
        (elsewhere(302, "/login"), FatalError, "302, it redirects to /login. Look where"),
        (elsewhere(307, "/api/v3/repositories/7"), RetriableError, "307, .*: it's being moved. Try again in a minute"),
        (elsewhere(301, "/", "http://127.0.0.1"), FatalError, "301, it redirects to http://127.0.0.1/. Look where"),
        (elsewhere(301, "/", "https://["), FatalError, "301, it redirects to no address. Look where"),
        (Answered(status=304), FatalError, "304, it redirects to nowhere. Look where"),
        (Answered(status=202, body={}), RetriableError, "it's still at it. Try again in a minute"),
    ],
)
def test_what_leads_elsewhere_is_a_sentence(
    own_place: GithubPlace, answer: Answered, error: type[OffboardingError], said: str
) -> None:
    own_place.kept.refuses = answer

    with pytest.raises(error, match=said) as caught:
        own_place.tracker().find("offb-1")

    assert "t0ken" not in str(caught.value)
    assert len(own_place.service.asked) <= 4


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://127.0.0.1/api/v3/next", r"not GitHub's answer \(AssertionError\)"),
        ("https://api.127.0.0.1:{port}/api/v3/next", r"it names another host, api\.127\.0\.0\.1:\d+\. Nothing is sent"),
    ],
)
def test_a_next_page_on_another_host_is_not_asked_for(own_place: GithubPlace, link: str, said: str) -> None:
    tracker = own_place.tracker()
    with people_of(own_place) as people:
        item = people.item(tracker.open(draft()))
    headers = {"Link": f'<{link.format(port=own_place.service.port)}>; rel="next"'}
    own_place.kept.refuses = Answered(body=[item | {"number": 99}], headers=headers)

    with pytest.raises(FatalError, match=said):
        tracker.find("offb-1")


def test_a_server_that_is_down_is_retriable(place: GithubPlace) -> None:
    with pytest.raises(RetriableError, match="no answer"):
        place.tracker(port=1).find("offb-1")


def test_a_certificate_that_nobody_vouches_for_is_fatal(place: GithubPlace) -> None:
    with pytest.raises(FatalError, match="ca_certs_file"):
        place.tracker(extra={}).find("offb-1")


def test_a_title_that_is_too_long_keeps_its_key(tracker: Tracker, people: GithubPeople) -> None:
    wanted = draft()
    long = replace(wanted, title=f"Rotate signing key {'k' * 400} [{wanted.key}]")

    ref = tracker.open(long)
    tracker.update(ref, long)

    assert len(people.title(ref)) == 256
    assert re.fullmatch(rf"Rotate signing key k+ \.\.\. k+ \[{wanted.key}\]", people.title(ref))
    assert tracker.find(wanted.key) == ref


def test_a_title_without_its_key_is_never_opened(tracker: Tracker) -> None:
    with pytest.raises(ValueError, match="must bear"):
        tracker.open(draft(title="No key here"))


# --- the connection ---------------------------------------------------------------------------------------------------


def pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return key.private_bytes(*form).decode()


def test_an_app_is_let_in_by_its_key(place: GithubPlace) -> None:
    assert place.tls
    extra = {"ca_certs_file": str(place.tls.authority), "installation_id": "417"}
    fields = place.connection(login="12345", password=pem(), extra=extra)

    assert greet(fields) == "The App is let in, and sees 1 repositories: corp/offboarding."
    tracker, wanted = place.tracker(login="12345", password=pem(), extra=extra), draft()
    assert tracker.open(wanted) == tracker.find(wanted.key)


def test_an_app_s_tokens_are_asked_for_within_the_same_bounds(place: GithubPlace, own_place: GithubPlace) -> None:
    assert own_place.tls
    extra = {"ca_certs_file": str(own_place.tls.authority), "installation_id": "417"}
    own_place.kept.refuses = elsewhere(307, "/login", f"https://127.0.0.1:{place.service.port}")

    with pytest.raises(FatalError, match=r"access_tokens: 307, it redirects to https://127\.0\.0\.1:"):
        own_place.tracker(login="12345", password=pem(), extra=extra).find("offb-1")


def test_a_token_says_whose_it_is(place: GithubPlace) -> None:
    assert greet(place.connection()) == "The token is taken, and is offboarding-bot's."


def test_a_key_of_another_kind_is_no_app_s(place: GithubPlace) -> None:
    made = ec.generate_private_key(ec.SECP256R1())
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    password = made.private_bytes(serialization.Encoding.PEM, form, plain).decode()

    with pytest.raises(ConfigError, match="no private key in PEM"):
        place.tracker(login="1", password=password, extra={"installation_id": "7"})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": ""}, "has no password"),
        ({"login": "1", "extra": {"installation_id": "7"}}, "no private key in PEM"),
        ({"extra": {"ca_certs_file": "/nowhere.pem"}}, "extra.ca_certs_file /nowhere.pem of corp_github"),
    ],
)
def test_a_connection_that_can_not_be_right(place: GithubPlace, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        place.tracker(**changes)


@pytest.mark.parametrize(
    ("fields", "leads_to"),
    [
        ({}, Destination(host="api.github.com", clear_text=False)),
        ({"host": "github.com"}, Destination(host="api.github.com", clear_text=False)),
        ({"host": "https://GitHub.com/"}, Destination(host="api.github.com", clear_text=False)),
        ({"host": "[2001:db8::7]", "port": 8443}, Destination(host="2001:db8::7", clear_text=False)),
        ({"host": "corp.ghe.com"}, Destination(host="api.corp.ghe.com", clear_text=False)),
        ({"host": "git.corp.example", "port": 8443}, Destination(host="git.corp.example", clear_text=False)),
        ({"host": "git.corp.example", "schema": "http"}, Destination(host="git.corp.example", clear_text=True)),
        ({"host": "https://git.corp.example/api/v3"}, Destination(host="git.corp.example", clear_text=False)),
    ],
)
def test_where_a_connection_leads(fields: dict[str, Any], leads_to: Destination) -> None:
    assert [*destinations(configured(), ConnectionFields(conn_id="c", **fields))] == [leads_to]


def test_a_comment_that_is_taken_and_dropped_is_refused_and_said_once_it_stands(
    place: GithubPlace, tracker: Tracker, people: GithubPeople, monkeypatch: pytest.MonkeyPatch
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
