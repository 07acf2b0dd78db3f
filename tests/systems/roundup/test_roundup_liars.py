"""A tracker that lies, or somebody in its place: the password goes nowhere else, and no answer is without end."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.trackers.roundup import Settings, build
from tests.support.liars import Liar, lying

Record = Callable[[str, object], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"


def asked(liar: Liar, record: Record, kind: type[OffboardingError]) -> str:
    """The sentence that a search of a ticket ends with."""
    fields: dict[str, Any] = {"host": "127.0.0.1", "port": liar.port, "schema": "http"}
    connection = ConnectionFields(conn_id="secops", login="offboarding", password="s3cret", **fields)
    tracker = build(Settings(name="secops", kind="roundup", connection="secops"), connection)
    record("attacks", 1)
    with pytest.raises(kind) as error:
        tracker.find("offb-1")
    record("silent", int(not str(error.value).startswith("trackers.secops: ")))
    assert "s3cret" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("status", (301, 302, 303, 307, 308))
def test_a_redirect_is_followed_nowhere(status: int, record_property: Record) -> None:
    with lying(lambda _: iter(())) as elsewhere:
        url = f"http://127.0.0.1:{elsewhere.port}/".encode()
        answer = b"HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, url)
        with lying(lambda _: [answer]) as liar:
            text = asked(liar, record_property, FatalError)

        assert f"it redirects to {url.decode()}" in text
        assert elsewhere.asked == []


def test_an_answer_without_end(record_property: Record) -> None:
    with lying(lambda _: itertools.chain([HEAD + b"\r\n"], itertools.repeat(b" " * 65536))) as liar:
        assert "an answer of more than 16 MB" in asked(liar, record_property, FatalError)


@pytest.mark.parametrize("packing", ("gzip", "br", "gzip, gzip, gzip"))
def test_a_packed_answer_is_not_unpacked(packing: str, record_property: Record) -> None:
    answer = HEAD + f"Content-Encoding: {packing}\r\n\r\n".encode() + b"\x1f\x8b"
    with lying(lambda _: [answer]) as liar:
        assert "its answer is packed, which we didn't ask for" in asked(liar, record_property, FatalError)


@pytest.mark.parametrize(
    "body", (b"", b"null", b"[]", b"[" * 100_000, json.dumps({"data": {"collection": 5}}).encode())
)
def test_an_answer_that_is_none(body: bytes, record_property: Record) -> None:
    answer = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with lying(lambda _: [answer]) as liar:
        assert "not Roundup's answer" in asked(liar, record_property, FatalError)
