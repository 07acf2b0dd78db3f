"""Roundup, beyond what every tracker must do: its own refusals, and networks that lose what was said."""

import html
import itertools
import re
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from demo.roundup import RoundupServer
from offboarding.interfaces import ConnectionFields, Tracker
from offboarding.model import TicketRef, TicketState
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.trackers.roundup import build
from tests.contract.tracker_contract import TrackerContract, draft
from tests.support.relay import Answer, Do, Plan, relay
from tests.support.tracker_faults import TrackerFaults
from tests.support.variants import some_of
from tests.systems.roundup.tracker import RoundupPeople, client, settings

CREATING = re.compile(r"POST /offb/rest/data/issue/@poe/.+")
EDITING = re.compile(r"PATCH /offb/rest/data/issue/\d+")
PAGE_OF_A_CRASH = """<body><p>Sun Nov 29 01:00:45 2026: An error occurred. Please check
                        the server log for more information.</p></body>"""
"""Word for word: roundup.scripts.roundup_server, run_cgi."""


class TestContract(TrackerContract):
    """Roundup does what every tracker must."""


def test_no_name_is_a_link_on_its_page_and_commands_are_exact(
    roundup: RoundupServer, tracker: Tracker, people: RoundupPeople
) -> None:
    command = "         ldapdelete uid=user1,dc=corp"
    names = "issue1, user 1, kim@corp.example, www.evil.example and https://evil.example/x"
    body = f"[ ] 1. Account {names}, corp-ldap (high, f-12345678)\n       - Lock it:\n{command}"
    ref = tracker.open(draft(body=body))
    tracker.comment(ref, "e1", f"Changed on this list:\n- {names} (f-12345678): added")
    tracker.close(ref, f"Moved to jira, SEC-1: {ref.url}")

    page = httpx.get(ref.url, auth=("analyst", roundup.passwords["analyst"]), trust_env=False).raise_for_status().text

    shown = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)
    moved, comment, checklist = (next(text for text in shown if word in text) for word in ("Moved", "added", "Lock"))
    assert re.findall(r'href="([^"]*)"', moved) == [ref.url]
    assert re.findall("<a [^>]*>(.*?)</a>", comment) == []
    assert re.findall("<a [^>]*>(.*?)</a>", checklist) == ["user1"], "of the command"
    assert "issue\u200b1, user\u200b 1, kim\u200b@corp.example" in html.unescape(checklist)
    assert people.texts(ref)[0].endswith(command)


class TestFaults(TrackerFaults):
    """Whatever happens while it's told."""


def through(server: RoundupServer, port: int, **changes: object) -> Tracker:
    """Our adapter, reaching the tracker through a relay; the tracker's own address is another, as behind a proxy."""
    connection = replace(server.connection("secops_roundup"), port=port)
    return build(settings(url=server.url, **changes), connection)


@contextmanager
def relayed(server: RoundupServer, plan: Plan, **changes: object) -> Generator[Tracker]:
    with relay(f"http://127.0.0.1:{server.port}", plan) as port:
        yield through(server, port, **changes)


def first(pattern: re.Pattern[str], action: Callable[[], Do | Answer]) -> Plan:
    """Do this to the first request that matches, and let the others pass."""
    matching = itertools.count()

    def plan(method: str, path: str) -> Do | Answer:
        return action() if pattern.fullmatch(f"{method} {path}") and next(matching) == 0 else Do.PASS

    return plan


# --- controls: the tracker refuses what it should, so that what it accepts means something ----------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [({"title": "x", "nonsense": "1"}, "nonsense not found"), ({"title": "x", "priority": "nope"}, "not a priority")],
)
def test_control_roundup_refuses_an_unknown_property_or_name(roundup, body, said) -> None:
    with client(roundup, "offboarding") as rest:
        answer = rest.post("issue", json=body)

    assert answer.status_code == 400
    assert said in answer.text


def test_control_roundup_refuses_who_does_not_log_in(roundup) -> None:
    assert httpx.get(f"{roundup.url}rest/data/issue", trust_env=False).status_code == 403


def test_control_roundup_refuses_a_change_from_elsewhere(roundup) -> None:
    with client(roundup, "offboarding") as rest:
        answer = rest.post("issue", json={"title": "x"}, headers={"Origin": "http://elsewhere.example"})

    assert answer.status_code == 400


def test_control_our_user_is_an_ordinary_one(roundup, tracker, people) -> None:
    ref = tracker.open(draft())
    etag = people.item(f"issue/{ref.ref}")["@etag"]

    with client(roundup, "offboarding") as rest:
        assert rest.delete(f"issue/{ref.ref}", headers={"If-Match": etag}).status_code == 403
        assert rest.post("status", json={"name": "ours"}).status_code == 403


# --- what a person sees -----------------------------------------------------------------------------------------------


def test_what_is_to_be_pasted_stands_on_the_page_as_it_was_written(roundup: RoundupServer, tracker: Tracker) -> None:
    """LDIF goes on behind a space at a line's start (RFC 2849), and a here-document ends at the very left."""
    ldif = (
        "ldapmodify <<'LDIF'\ndn: uid=kim,ou=people,dc=corp,\n dc=example\nreplace: x\nLDIF\n       - Undo:\n         x"
    )
    ref = tracker.open(draft(body=f"[ ] 1. Lock it:\n{ldif}"))

    page = httpx.get(ref.url, auth=("analyst", roundup.passwords["analyst"]), trust_env=False).text

    shown = [html.unescape(text) for text in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)]
    assert any(ldif in text for text in shown), page


def test_the_page_shows_title_and_checklist(tracker) -> None:
    wanted = draft(body="김민준: four things still work.\n[ ] 1  Access key AKIA...7Q3A")
    ref = tracker.open(wanted)
    tracker.comment(ref, "secret-event-name", "Item 2 was seen dead.")

    page = httpx.get(ref.url, trust_env=False).text

    assert wanted.title in page
    assert "김민준" in page
    assert "[ ] 1  Access key AKIA...7Q3A" in page
    assert "Item 2 was seen dead." in page
    assert "secret-event-name" not in page


def test_a_comment_keeps_the_very_status(tracker, people) -> None:
    ref = tracker.open(draft())
    people.edit(f"issue/{ref.ref}", status="in-progress")

    tracker.comment(ref, "event", "A comment.")

    assert people.status(ref) == "in-progress"


def test_a_checklist_that_somebody_removed_comes_back(tracker, people) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    people.edit(f"issue/{ref.ref}", messages=people.messages(ref), **{"@op": "remove"})
    assert people.texts(ref) == []

    tracker.update(ref, replace(wanted, body="[x] 1"))
    tracker.update(ref, replace(wanted, body="[x] 1"))

    assert people.texts(ref) == ["[x] 1"]


def test_the_same_words_are_said_again_when_they_are_due_again(tracker, people) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    tracker.close(ref, "All dead.")
    people.reopen(ref)

    tracker.close(ref, "All dead.")
    tracker.close(ref, "All dead.")

    assert people.texts(ref) == [wanted.body, "All dead.", "All dead."]


def test_done_could_be_better_counts_as_closed(tracker, people) -> None:
    ref = tracker.open(draft())
    people.edit(f"issue/{ref.ref}", status="done-cbb")

    assert tracker.state(ref) is TicketState.CLOSED


# --- queues, names ----------------------------------------------------------------------------------------------------


def test_a_queue_is_a_keyword_made_once(tracker, people, roundup) -> None:
    refs = [tracker.open(draft(queue="cloud payments")) for _ in range(2)]

    assert [people.keywords(ref) for ref in refs] == [["cloud payments"]] * 2
    with client(roundup, "analyst") as rest:
        assert rest.get("keyword", params={"name:": "cloud payments"}).json()["data"]["@total_size"] == 1


def test_a_queue_within_a_longer_keyword_is_another(tracker, people) -> None:
    tracker.open(draft(queue="directory-eu"))

    assert people.keywords(tracker.open(draft(queue="directory"))) == ["directory"]


def test_a_queue_goes_by_the_keyword_that_the_settings_name(roundup, people) -> None:
    tracker = build(settings(keywords={"aws": "Cloud team"}), roundup.connection("secops_roundup"))

    assert people.keywords(tracker.open(draft(queue="aws"))) == ["Cloud team"]


def test_a_queue_may_be_the_first_line(roundup, people) -> None:
    tracker = build(settings(queue_as="body"), roundup.connection("secops_roundup"))
    wanted = draft(queue="directory")
    ref = tracker.open(wanted)
    before = people.trace(ref)

    tracker.update(ref, wanted)

    assert people.texts(ref) == [f"Queue: directory\n\n{wanted.body}"]
    assert people.keywords(ref) == []
    assert people.trace(ref) == before


def test_names_of_a_tailored_tracker(roundup, people) -> None:
    tailored = settings(
        priorities={"high": "wish"}, open_status="need-eg", closed_statuses=["testing"], assigned_to="analyst"
    )
    tracker = build(tailored, roundup.connection("secops_roundup"))

    ref = tracker.open(draft())

    assert people.priority(ref) == "wish"
    assert people.status(ref) == "need-eg"
    assert people.item(f"issue/{ref.ref}")["attributes"]["assignedto"]["username"] == "analyst"
    tracker.close(ref, "All dead.")
    assert people.status(ref) == "testing"
    tracker.reopen(ref, "Works again.")
    assert people.status(ref) == "need-eg"


# --- refusals, told so that somebody can act --------------------------------------------------------------------------


def test_a_name_that_the_tracker_lacks_is_fatal(roundup) -> None:
    tracker = build(settings(priorities={"high": "panic"}), roundup.connection("secops_roundup"))

    with pytest.raises(FatalError, match=r"trackers\.secops: POST issue: 400, .*'panic' is not a priority.*classic"):
        tracker.open(draft())


def test_a_wrong_password_is_fatal_and_shown_nowhere(roundup) -> None:
    connection = replace(roundup.connection("secops_roundup", login="analyst"), password="wr0ng-secret")

    with pytest.raises(FatalError, match=r"401.*Check login and password") as raised:
        build(settings(), connection).find("offb-1")

    chain = [raised.value, raised.value.__cause__, raised.value.__context__]
    assert "wr0ng-secret" not in "".join(f"{error!r}{error}" for error in chain)


def test_a_missing_right_is_fatal_and_named(roundup) -> None:
    connection = replace(roundup.connection("secops_roundup"), login="powerless", password="powerless")
    with client(roundup, "admin") as admin:
        user = {"username": "powerless", "password": "powerless", "address": "p@corp.example", "roles": "Anonymous"}
        admin.post("user", json=user).raise_for_status()

    with pytest.raises(FatalError, match=r"403.*View, Create and Edit on issue and msg"):
        build(settings(), connection).open(draft())


def test_another_address_of_its_own_is_fatal_and_named(roundup) -> None:
    tracker = build(settings(url="https://tickets.corp.example/offb/"), roundup.connection("secops_roundup"))

    with pytest.raises(FatalError, match=r"not allowed to use Rest.*another address \(url\)"):
        tracker.open(draft())


def test_a_change_to_a_deleted_ticket_is_fatal(tracker, people) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    people.delete(ref)

    with pytest.raises(FatalError, match=r"409, .*retired"):
        tracker.update(ref, replace(wanted, title=f"Another [{wanted.key}]"))


def test_a_login_that_is_locked_out_is_told_from_a_tracker_that_is_busy(roundup) -> None:
    """Roundup counts failed logins by their name, whoever that is."""
    stranger = replace(roundup.connection("secops_roundup"), login="nobody-of-this-name", password="wr0ng-pass")
    tracker = build(settings(), stranger)
    for _ in range(4):
        with pytest.raises(FatalError, match="401"):
            tracker.find("offb-1")

    with pytest.raises(RetriableError, match=r"429, Logins occurring too fast.*tried too often with another password"):
        tracker.find("offb-1")


def test_a_title_without_its_key_is_never_opened(tracker) -> None:
    with pytest.raises(ValueError, match="must bear"):
        tracker.open(draft(title="No key here"))


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Answer(503, "<html>maintenance</html>"), RetriableError, "503, <html>maintenance"),
        (Answer(502), RetriableError, "502"),
        (Answer(400, PAGE_OF_A_CRASH), RetriableError, "Roundup failed at that itself, and its server's log"),
        (Answer(400, '{"error": {"msg": "Property keyword not found"}}'), FatalError, "properties or names differ"),
        (Answer(429, '{"error": {"msg": "Api rate limits exceeded"}}'), RetriableError, "rate limits"),
        (Answer(301, "", (("Location", "https://moved.example/"),)), FatalError, "redirects to https://moved.example/"),
        (Answer(404, "no such tracker"), FatalError, r"extra\.tracker"),
        (Answer(200, "<html>a portal's login page</html>"), FatalError, "not Roundup's answer"),
        (Answer(200, '{"data": {}}'), FatalError, "not Roundup's answer"),
    ],
)
def test_an_answer_that_is_none(roundup, answer: Answer, error: type[OffboardingError], said: str) -> None:
    with relayed(roundup, lambda *_: answer) as tracker, pytest.raises(error, match=said):
        tracker.find("offb-1")


# --- networks ---------------------------------------------------------------------------------------------------------


def test_a_server_that_is_down_is_retriable(roundup) -> None:
    with relay("http://127.0.0.1:1", lambda *_: Do.PASS) as port:
        pass  # and nobody listens there any more

    with pytest.raises(RetriableError, match="no answer"):
        through(roundup, port).find("offb-1")


def test_a_server_that_does_not_answer_in_time_is_retriable(roundup) -> None:
    with (
        relayed(roundup, lambda *_: Do.HANG, timeout_seconds=0.2) as tracker,
        pytest.raises(RetriableError, match="no whole answer within 0"),
    ):
        tracker.find("offb-1")


def test_a_certificate_is_verified_against_the_connection_s_authorities(roundup, tmp_path) -> None:
    certificate, key = self_signed(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with relay(f"http://127.0.0.1:{roundup.port}", lambda *_: Do.PASS, tls) as port:
        connection = replace(roundup.connection("secops_roundup"), port=port, schema="https")
        extra = {**connection.extra, "ca_certs_file": str(certificate)}

        with pytest.raises(FatalError, match="ca_certs_file"):
            build(settings(url=roundup.url), connection).find("offb-1")
        assert build(settings(url=roundup.url), replace(connection, extra=extra)).find("offb-1") is None


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "server.pem").write_bytes(certificate.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(private)
    return folder / "server.pem", folder / "server.key"


def test_a_ticket_whose_answer_was_lost_is_found_once(roundup, people: RoundupPeople) -> None:
    wanted = draft(queue="lost")
    with relayed(roundup, first(CREATING, lambda: Do.LOSE_ANSWER)) as tracker:
        with pytest.raises(RetriableError, match="POST issue: no answer"):
            tracker.open(wanted)

        found = tracker.find(wanted.key)

    assert isinstance(found, TicketRef)
    assert people.count(wanted.key) == 1
    assert people.texts(found) == [wanted.body]


def test_a_ticket_that_never_arrived_is_not_found_and_opened_with_one_text(roundup, people) -> None:
    wanted = draft()
    with relayed(roundup, first(CREATING, lambda: Answer(503))) as tracker:
        with pytest.raises(RetriableError):
            tracker.open(wanted)
        assert tracker.find(wanted.key) is None

        ref = tracker.open(replace(wanted, body="A newer text"))

    assert people.texts(ref) == ["A newer text"]


def test_a_request_that_the_network_repeats_makes_one_ticket(roundup, people) -> None:
    wanted = draft()
    with relayed(roundup, first(CREATING, lambda: Do.SEND_TWICE)) as tracker:
        with pytest.raises(RetriableError, match="came to Roundup twice"):
            tracker.open(wanted)

        assert tracker.find(wanted.key) is not None
    assert people.count(wanted.key) == 1


@pytest.mark.parametrize("lost", [EDITING, re.compile(r"POST /offb/rest/data/msg/@poe/.+")], ids=["edit", "message"])
@some_of(2, "call", ["comment", "close", "reopen"])
def test_what_was_said_but_not_heard_is_said_once(roundup, people, tracker, lost, call) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    if call == "reopen":
        people.close(ref)
    arguments = ("event", "Text.") if call == "comment" else ("Text.",)

    with relayed(roundup, first(lost, lambda: Do.LOSE_ANSWER)) as relayed_tracker:
        with pytest.raises(RetriableError):
            getattr(relayed_tracker, call)(ref, *arguments)
        getattr(relayed_tracker, call)(ref, *arguments)

    assert people.texts(ref) == [wanted.body, "Text."]
    assert tracker.state(ref) is (TicketState.CLOSED if call == "close" else TicketState.OPEN)


def test_an_edit_meanwhile_is_kept(roundup, people, tracker) -> None:
    wanted = draft()
    ref = tracker.open(wanted)

    def somebody_is_quicker() -> Do:
        people.say(ref, "I am on it.")
        return Do.PASS

    with relayed(roundup, first(EDITING, somebody_is_quicker)) as relayed_tracker:
        relayed_tracker.comment(ref, "event", "Item 2 was seen dead.")

    assert sorted(people.texts(ref)) == sorted([wanted.body, "I am on it.", "Item 2 was seen dead."])


def test_edits_without_end_are_retriable(roundup, people, tracker) -> None:
    wanted = draft()
    ref = tracker.open(wanted)
    titles = (f"Edited {n} [{wanted.key}]" for n in itertools.count())

    def plan(method: str, path: str) -> Do:
        if EDITING.fullmatch(f"{method} {path}"):
            people.edit(f"issue/{ref.ref}", title=next(titles))
        return Do.PASS

    with relayed(roundup, plan) as relayed_tracker, pytest.raises(RetriableError, match="being edited"):
        relayed_tracker.comment(ref, "event", "Text.")


def test_nothing_is_contacted_before_the_first_call(roundup) -> None:
    build(settings(), ConnectionFields(conn_id="nowhere", host="nowhere.invalid", login="a", password="b"))
