"""What AWS, or something in its place, answers, in words of ours."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from boto3.session import Session
from botocore.config import Config

from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources.aws._api.client.answers import AnswerWatch
from offboarding.sources.aws._api.client.failures import CallerIdentity, speaking_of
from offboarding.sources.aws._api.client.refusals import Unanswered, asked

ASKER = CallerIdentity(source="aws", account_id="222222222222", role_name="OffboardingAudit", conn_id="aws_audit")
LOG_IN = b"<html><body>Please log in<br></body></html>"
NO_PAGE = b"<!doctype html>\n<title>404 Not Found</title>\n<p>There is no such page.<br>"
UNKNOWN = b"<ErrorResponse><Error><Code>InvalidAction</Code><Message>no</Message></Error></ErrorResponse>"
DENIED = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
THROTTLED = b"<ErrorResponse><Error><Code>Throttling</Code><Message>no</Message></Error></ErrorResponse>"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to whatever is asked; with status 0 nothing is, and the line goes dead."""

    status: int
    body: bytes = b""


class _Server(HTTPServer):
    said: Said


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, _Server)
        said = self.server.said
        if said.status:
            self.send_response(said.status)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name for it
        """Say nothing on the terminal."""


@contextmanager
def answering(said: Said, service: str = "iam") -> Generator[Any]:
    """A client of a service whose every call is answered so."""
    server = _Server(("127.0.0.1", 0), _Answering)
    server.said = said
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    session = Session(region_name="us-east-1", aws_access_key_id="AKIAX", aws_secret_access_key="not-one")
    AnswerWatch().watch(session)
    once = Config(retries={"total_max_attempts": 1})
    try:
        yield session.client(service, endpoint_url=f"http://127.0.0.1:{server.server_port}", config=once)  # pyrefly: ignore[no-matching-overload]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(Said(500, NO_PAGE), "HTTP 500, and nothing that can be read", id="moto's, of a call it lacks"),
        pytest.param(Said(404, NO_PAGE), "HTTP 404, and nothing that can be read", id="a page"),
        pytest.param(Said(404), "HTTP 404, and nothing that can be read", id="nothing"),
        pytest.param(Said(501, b"<html></html>"), "501, HTTP 501", id="not implemented"),
        pytest.param(Said(400, UNKNOWN), "InvalidAction, HTTP 400", id="unknown action"),
        pytest.param(Said(200, LOG_IN), "HTTP 200, and nothing that can be read", id="a proxy that wants a login"),
    ],
)
def test_a_call_that_is_lacking_is_named_with_its_status(said: Said, words: str) -> None:
    with answering(said) as iam:
        told = asked(iam.list_signing_certificates)

    assert isinstance(told, Unanswered)
    sentence = told.sentence(ASKER)
    assert f"ListSigningCertificates isn't answered as AWS does ({words}): what it alone tells is" in sentence
    assert "aws_audit" in sentence
    assert "Grant" not in sentence


@pytest.mark.parametrize("status", [404, 500])
def test_so_it_is_where_answers_are_json(status: int) -> None:
    with answering(Said(status, NO_PAGE), "kms") as kms:
        told = asked(kms.list_aliases)

    assert isinstance(told, Unanswered)
    assert told.sentence(ASKER).startswith(f"{ASKER}: ListAliases isn't answered as AWS does (HTTP {status}, and")


def test_a_missing_right_is_told_as_one() -> None:
    with answering(Said(403, DENIED)) as iam:
        told = asked(iam.list_signing_certificates)

    assert isinstance(told, Unanswered)
    assert "Grant iam:ListSigningCertificates" in told.sentence(ASKER)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(Said(400, THROTTLED), id="throttled"),
        pytest.param(Said(503, NO_PAGE), id="a gateway's page"),
        pytest.param(Said(502, LOG_IN), id="a gateway's page, as AWS's own look"),
        pytest.param(Said(0), id="hung up"),
    ],
)
def test_what_may_pass_is_no_lack(said: Said) -> None:
    with answering(said) as iam, pytest.raises(RetriableError), speaking_of(ASKER):
        asked(iam.list_signing_certificates)


def test_a_call_that_everything_needs_is_named_too() -> None:
    with answering(Said(501, b"<html></html>")) as iam, pytest.raises(FatalError) as told, speaking_of(ASKER):
        iam.list_users()

    assert "ListUsers isn't answered as AWS does (501, HTTP 501)" in str(told.value)


def test_a_page_in_place_of_an_answer_is_tried_again() -> None:
    with answering(Said(200, LOG_IN)) as iam, pytest.raises(RetriableError) as told, speaking_of(ASKER):
        iam.list_users()

    assert "what came to ListUsers (HTTP 200) is no answer of AWS's" in str(told.value)
    assert "aws_audit" in str(told.value)
    assert "not-one" not in str(told.value)
