"""A webhook: told by signed messages, each of them once, and never asked."""

import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.certificates import make_certificate
from offboarding.interfaces import ConnectionFields, Tracker
from offboarding.model import TicketState
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.trackers.webhook import Webhook, build
from offboarding.trackers.webhook.connection import greet
from tests.contract.tracker_contract import People, TrackerContract, draft
from tests.support.described.server import Answered, Described, described
from tests.support.tracker_faults import Bench, TrackerFaults
from tests.systems.webhook.receiver import (
    AskedWebhook,
    Receiving,
    Witness,
    bench_of_webhook,
    new_secret,
    receiving,
    settings,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Generator[Receiving]:
    with receiving(make_certificate(Path(tmp_path_factory.mktemp("tls")))) as found:
        yield found


@pytest.fixture
def tracker(place: Receiving, monkeypatch: pytest.MonkeyPatch) -> AskedWebhook:
    monkeypatch.setattr("offboarding.trackers.webhook.Webhook", AskedWebhook)
    found = build(settings(), place.connection())
    assert isinstance(found, AskedWebhook)
    found.kept = place.kept
    return found


@pytest.fixture
def people(place: Receiving) -> Witness:
    return Witness(tracker=place.kept, receiving=place)


class TestContract(TrackerContract):
    """What arrives in the list behind the receiver is what every tracker must hold."""

    def test_what_a_person_reopened_is_closed_again(self, tracker: Tracker, people: People) -> None:
        """By another number: nobody noticed that it was open."""
        ref = tracker.open(draft())
        tracker.close(replace(ref, said=1), "All dead.")
        people.reopen(ref)

        tracker.close(replace(ref, said=2), "All dead.")

        assert tracker.state(ref) is TicketState.CLOSED

    def test_a_deleted_ticket_is_opened_afresh(self, tracker: Tracker, people: People) -> None:
        """Under another key alone: of this one nobody noticed that it's gone."""
        wanted = draft()
        people.delete(tracker.open(wanted))
        tracker.open(wanted)
        assert tracker.find(wanted.key) is None

        assert tracker.find(tracker.open(draft()).key)

    def test_what_somebody_else_made_with_a_key_of_ours_is_not_found(self, tracker: Tracker, people: People) -> None:
        """Under its id ours was opened before, so that it isn't again."""
        wanted = draft()
        first = tracker.open(wanted)
        people.copy(first)
        people.delete(first)

        tracker.open(wanted)

        assert tracker.find(wanted.key) is None


@pytest.fixture
def bench() -> Generator[Bench]:
    with bench_of_webhook() as found:
        yield found


class TestFaults(TrackerFaults):
    """Whatever happens while it's told."""


# --- one that can't be asked ------------------------------------------------------------------------------------------


@pytest.fixture
def webhook(place: Receiving) -> Webhook:
    return build(settings(), place.connection())


def test_nobody_can_tell_how_a_ticket_stands(place: Receiving, webhook: Webhook) -> None:
    ref = webhook.open(wanted := draft())
    webhook.close(ref, "All dead.")

    assert (webhook.find(wanted.key), webhook.state(ref)) == (TicketState.UNKNOWN, TicketState.UNKNOWN)
    assert place.kept.state(ref) is TicketState.CLOSED


def test_a_ticket_is_opened_under_one_id_whatever_its_text_says(place: Receiving, webhook: Webhook) -> None:
    wanted = draft()
    before = len(place.heard)

    webhook.open(wanted)
    webhook.open(replace(wanted, body="[ ] Another text", assignee="oncall"))

    assert len({message_id for message_id, _ in place.heard[before:]}) == 1
    assert [each.draft.body for each in place.kept.tickets if each.draft.key == wanted.key] == [wanted.body]


def test_what_is_said_anew_is_told_and_what_is_said_again_is_dropped(place: Receiving, webhook: Webhook) -> None:
    ref = webhook.open(wanted := draft())
    texts = [(1, "A"), (1, "A"), (2, "B"), (3, "A"), (3, "A")]

    for number, body in texts:
        webhook.update(replace(ref, said=number), replace(wanted, body=body))

    taken = [each["data"]["body"] for each in place.taken if each.get("ticket", {}).get("key") == wanted.key]
    assert taken[1:] == ["A", "B", "A"]


# --- who is believed --------------------------------------------------------------------------------------------------


def test_while_a_secret_is_changed_whoever_knows_either_takes_it(place: Receiving) -> None:
    both = place.connection(password=f"{new_secret()} {place.secret}")
    wanted = draft()

    build(settings(), both).open(wanted)

    assert place.kept.find(wanted.key)


def test_another_s_signature_is_refused_and_no_secret_shown(place: Receiving) -> None:
    other = new_secret()

    with pytest.raises(FatalError, match=r"soar: ticket.open offb-\w+: 401.*Compare the secret") as raised:
        build(settings(), place.connection(password=other)).open(draft())

    assert other not in str(raised.value)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_is_older_or_newer_than_five_minutes_is_refused(
    place: Receiving, webhook: Webhook, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    moment = time.time() + seconds
    monkeypatch.setattr("offboarding.trackers.webhook.signing.time.time", lambda: moment)

    wanted = draft()
    with pytest.raises(FatalError, match=r"401.*the clocks of both machines"):
        webhook.open(wanted)

    assert place.kept.find(wanted.key) is None


@pytest.mark.parametrize(
    "password",
    ["hunter2-hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%%", f"{new_secret()} {new_secret()} {new_secret()}"],
)
def test_what_is_no_secret_is_said_and_not_shown(place: Receiving, password: str) -> None:
    with pytest.raises(ConfigError, match="soar_webhook: its password is one secret") as raised:
        build(settings(), place.connection(password=password))

    assert password not in str(raised.value) or password == "whsec_"


def test_the_form_s_test_sends_a_ping(place: Receiving) -> None:
    assert greet(place.connection()) == "The receiver took a ping."
    assert place.taken[-1] == {"schema": 1, "type": "ping"}


# --- what a receiver answers ------------------------------------------------------------------------------------------


def answering(service: Described, **changes: Any) -> ConnectionFields:
    fields: dict[str, Any] = {"conn_id": "soar_webhook", "schema": "http", "host": "127.0.0.1", "port": service.port}
    return ConnectionFields(**(fields | {"password": new_secret()} | changes))


def opened(answer: Answered) -> object:
    with described(lambda _: answer, None, None) as service:
        ref = build(settings(), answering(service)).open(wanted := draft())
        return (ref.ref.replace(wanted.key, "KEY"), ref.url)


@pytest.mark.parametrize(
    ("body", "ref", "url"),
    [
        ({"ref": "OPS-12", "url": "https://ops.example/12"}, "OPS-12", "https://ops.example/12"),
        ({"ref": "OPS-12"}, "OPS-12", ""),
        ({"message": "Workflow was started"}, "KEY", ""),
        ({"ref": None, "url": None}, "KEY", ""),
        ({"ref": " ", "url": ""}, "KEY", ""),
        (["queued"], "KEY", ""),
        (None, "KEY", ""),
    ],
)
def test_a_receiver_may_say_how_it_calls_the_ticket(body: object, ref: str, url: str) -> None:
    assert opened(Answered(body=body)) == (ref, url)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"ref": "OPS 12"}, "ref"),
        ({"ref": "x" * 65}, "ref"),
        ({"ref": 12, "url": "javascript:alert(1)"}, "ref and url"),
    ],
)
def test_what_is_no_name_or_address_is_fatal(body: object, what: str) -> None:
    with pytest.raises(FatalError, match=f"offb-\\w+ was taken, but of the answer its {what} can't be used"):
        opened(Answered(body=body))


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Answered(status=429, headers={"Retry-After": "37"}), RetriableError, r"429.*try again in 37 seconds"),
        (Answered(status=503), RetriableError, r"503.*try again later"),
        (Answered(status=400, body={"why": "no queue"}), FatalError, r'400, {"why": "no queue"}.*schema'),
        (Answered(status=422, body={"why": "no queue"}), FatalError, r"422.*schema"),
        (Answered(status=401), FatalError, r"401\. Compare the secret"),
        (Answered(status=307, headers={"Location": "http://10.0.0.7/"}), FatalError, "it redirects to http://10"),
    ],
)
def test_a_refusal_is_told_in_the_receiver_s_words(answer: Answered, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        opened(answer)


@pytest.mark.parametrize("whole", [False, True], ids=["path", "host"])
def test_the_address_is_asked_to_the_letter_and_its_secret_shown_nowhere(whole: bool) -> None:
    path = "a/hook/0123456789abcdef0123?sig=fedcba98765432100123"
    with described(lambda asked: Answered(status=404, body=f"no {asked.path} here"), None, None) as service:
        where = {"host": f"http://127.0.0.1:{service.port}/{path}"} if whole else {"extra": {"path": f"/{path}"}}

        with pytest.raises(FatalError, match="404") as raised:
            build(settings(), answering(service, **where)).open(draft())

        assert service.asked == ["POST /a/hook/0123456789abcdef0123"]
        assert "0123456789abcdef" not in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"extra": {"pth": "hook"}}, "its extra holds pth, which nobody reads. Known: path, ca_certs_file"),
        ({"host": "https://ann:pa55word@hooks.example/"}, "its host holds a login"),
        ({"host": "ann:pa55word@hooks.example"}, "its host holds a login"),
    ],
)
def test_a_slip_in_the_connection_is_said(changes: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"conn_id": "soar", "host": "hooks.example", "password": new_secret(), **changes}

    with pytest.raises(ConfigError, match=said) as raised:
        build(settings(), ConnectionFields(**given))

    assert "pa55word" not in str(raised.value)


def test_a_path_that_is_none_is_said() -> None:
    connection = ConnectionFields(conn_id="soar", host="hooks.example", password=new_secret(), extra={"path": "ü"})

    with pytest.raises(ConfigError, match="connection soar: its path can't be one"):
        build(settings(), connection)


def test_whoever_is_away_may_be_back_later(place: Receiving) -> None:
    with receiving() as gone:
        connection = gone.connection()

    with pytest.raises(RetriableError, match=r"soar: ticket.open offb-\w+: no answer"):
        build(settings(), connection).open(draft())


def test_control_what_is_not_signed_is_not_taken(place: Receiving) -> None:
    before = len(place.taken)
    assert place.tls
    with httpx.Client(verify=False, trust_env=False) as client:  # noqa: S501 - whoever sends unsigned trusts anybody
        answer = client.post(f"https://127.0.0.1:{place.port}/hook", json={"type": "ping", "schema": 1})

    assert (answer.status_code, len(place.taken)) == (401, before)
