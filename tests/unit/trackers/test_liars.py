"""Whoever is told may lie: no redirect takes a secret elsewhere, no call is without end, no secret is half hidden."""

import json
import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from offboarding.config.loading import kind_module, kinds
from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketDraft, TicketPage, TicketPriority, TicketRef
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from tests.support.liars import Liar, lying
from tests.support.variants import some_of, variants

OWN: dict[str, dict[str, Any]] = {
    "github": {"repository": "corp/it"},
    "gitlab": {"project": "corp/it"},
    "jira": {"project": "SEC"},
    "redmine": {"project": "security"},
}
SECRET = "whsec_" + b64encode(b"a secret of a connection, kept").decode()
DRAFT = TicketDraft(
    key="offb-12345678",
    title="Disable Kim Minjun's account",
    body="[ ] kim.minjun works",
    priority=TicketPriority.HIGH,
    queue="",
    due_at=None,
)
TRACKERS = sorted(kinds("trackers"))
Tell = Callable[[], object]
Said = Callable[..., str]


def teller(kind: str, liar: Liar, seconds: float = 30) -> Tell:
    """What tells a tracker, or a pager, something."""
    connection = ConnectionFields(
        conn_id="told", login="offboarding", password=SECRET, host="127.0.0.1", port=liar.port, schema="http"
    )
    if kind == "pagerduty":
        module = kind_module("pagers", kind)
        pager = module.build(module.Settings(name="told", kind=kind, connection="told"), connection)
        return lambda: pager.trigger(TicketPage(key=DRAFT.key, title="critical", url="", source="ldap"))
    module = kind_module("trackers", kind)
    given = {"name": "told", "kind": kind, "connection": "told", "timeout_seconds": seconds, **OWN.get(kind, {})}
    tracker = module.build(module.Settings.model_validate(given), connection)
    if kind == "webhook":
        return lambda: tracker.update(TicketRef(ref=DRAFT.key, url="", key=DRAFT.key), DRAFT)
    return lambda: tracker.find(DRAFT.key)


@pytest.fixture
def said(record_property: Callable[[str, object], None]) -> Said:
    """What one of a kind says of a liar, counted as an attack."""

    def said(kind: str, liar: Liar, expected: type[OffboardingError], seconds: float = 30) -> str:
        tell = teller(kind, liar, seconds)
        record_property("attacks", 1)
        with pytest.raises(expected) as raised:
            tell()
        record_property("silent", int(not re.match(r"(trackers|pagers)\.told: ", str(raised.value))))
        assert SECRET not in str(raised.value)
        return str(raised.value)

    return said


def answering(status: str, body: bytes, *headers: str) -> Callable[[bytes], list[bytes]]:
    """The same to whatever is asked."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return lambda _: ["\r\n".join(head).encode() + b"\r\n\r\n" + body]


@some_of(4, "status", (301, 302, 303, 307, 308))
@pytest.mark.parametrize("kind", [*TRACKERS, "pagerduty"])
def test_a_redirect_is_followed_nowhere_and_told_without_its_query(said: Said, kind: str, status: int) -> None:
    with lying(lambda _: iter(())) as elsewhere:
        place = f"http://127.0.0.1:{elsewhere.port}/login"
        with lying(answering(f"{status} Moved", b"", f"Location: {place}?token=t0ken#here")) as liar:
            text = said(kind, liar, FatalError)

        assert elsewhere.asked == []
    assert f": {status}, it redirects to {place}. " in text
    assert "t0ken" not in text


@pytest.mark.parametrize("kind", [*TRACKERS, "pagerduty"])
def test_a_time_of_thousands_of_digits_is_none(said: Said, kind: str) -> None:
    told = ("Retry-After", "RateLimit-Reset", "X-RateLimit-Reset", "X-Total-Count")
    headers = ["X-RateLimit-Remaining: 0", *(f"{name}: {'9' * 5_000}" for name in told)]
    with lying(answering("429 Too Many Requests", b"{}", *headers)) as liar:
        text = said(kind, liar, RetriableError)

    assert "again" in text
    assert "999" not in text


@variants(2, kind=TRACKERS, of=["headers", "body"])
def test_a_trickle_ends(said: Said, kind: str, of: str) -> None:
    def trickle(_: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 99999\r\n\r\n" if of == "body" else b"")
        while True:
            time.sleep(0.05)
            yield b" " if of == "body" else b"X-More: 1\r\n"

    began = time.monotonic()
    with lying(trickle) as liar:
        text = said(kind, liar, RetriableError, seconds=0.3)
    assert "no whole answer within 0.3 seconds" in text
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("kind", ["redmine", "roundup", "rt", "servicenow"])
def test_an_answer_that_is_none_is_told_in_a_sentence(said: Said, kind: str) -> None:
    body = json.dumps({"data": {"collection": 5}, "page": "x", "issues": 5, "result": 5}).encode()
    with lying(answering("200 OK", body)) as liar:
        text = said(kind, liar, FatalError)

    assert "answer (" in text
    assert "[{" not in text
    assert "pydantic" not in text


def test_a_page_is_no_receiver_s_answer(said: Said) -> None:
    with lying(answering("200 OK", b"<html>Sign in</html>", "Content-Type: text/html; charset=utf-8")) as liar:
        assert "200, but a page answered, not the receiver" in said("webhook", liar, FatalError)


@pytest.mark.parametrize("body", [b"", b"ok"], ids=["nothing", "a word"])
def test_what_a_server_calls_a_page_by_itself_is_none(body: bytes) -> None:
    with lying(answering("200 OK", body, "Content-Type: text/html; charset=utf-8")) as liar:
        teller("webhook", liar)()


@pytest.mark.parametrize("kind", [*TRACKERS, "pagerduty"])
def test_of_a_secret_that_is_said_back_no_part_is_left(said: Said, kind: str) -> None:
    words = "x" * 185 + f" {SECRET}"
    body = json.dumps({"message": words, "errorMessages": [words], "errors": [words], "error": words}).encode()
    with lying(answering("400 Bad Request", body)) as liar:
        text = said(kind, liar, OffboardingError)

    assert SECRET[:10] not in text
