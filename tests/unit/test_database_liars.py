"""A database server that is silent, sends a byte now and then, or sends rows without end: it costs its own read alone.

As PostgreSQL (logins, a roster) and as MariaDB; each lies in its answer to the first question that a reader asks.
"""

import struct
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Coverage
from offboarding.rosters import postgres
from offboarding.runs.ingest import bounds
from offboarding.runs.ingest.bounds import ReadBoundError, bounded
from offboarding.sources import mariadb_logins, postgres_logins
from tests.support.liars import lying
from tests.support.variants import some_of

SECONDS = 2.0
LONGER = 30.0
"""Where the memory is full before the time is up."""
TIME, MEMORY = "read to its end", "memory"
"""What the read ends with."""
CONTEXT = ReadContext(as_of=datetime(2026, 11, 24, tzinfo=UTC), default_zone="Asia/Seoul")
Lie = Callable[[bytes], Iterator[bytes]]
Reader = Callable[[int], Iterable[object]]
WIDE = b"x" * (1 << 20)


def packed(kind: bytes, body: bytes) -> bytes:
    """A message of PostgreSQL's (https://www.postgresql.org/docs/current/protocol-message-formats.html)."""
    return kind + struct.pack("!I", len(body) + 4) + body


READY = packed(b"Z", b"I")
LET_IN = packed(b"R", struct.pack("!I", 0)) + packed(b"S", b"server_version\x0016.0\x00") + READY
DESCRIBED = packed(b"1", b"") + packed(b"2", b"")
COLUMN = packed(b"T", struct.pack("!H", 1) + b"a\x00" + struct.pack("!IHIhIH", 0, 0, 25, -1, 0xFFFFFFFF, 0))
ROW = packed(b"D", struct.pack("!HI", 1, len(WIDE)) + WIDE)


def silence(_: bytes) -> Iterator[bytes]:
    yield b""


def drip(_: bytes) -> Iterator[bytes]:
    """A row of a gigabyte, a byte at a time."""
    yield DESCRIBED + COLUMN + b"D" + struct.pack("!I", 1 << 29)
    while True:
        time.sleep(0.05)
        yield b"x"


def rows(_: bytes) -> Iterator[bytes]:
    yield DESCRIBED + COLUMN
    while True:
        yield ROW


def as_postgres(lie: Lie) -> Lie:
    """Let everybody in; then lie."""

    def answer(asked: bytes) -> Iterator[bytes]:
        if asked[4:8] == struct.pack("!I", 80877103):  # SSLRequest
            yield b"N"
        elif asked[4:8] == struct.pack("!I", 196608):
            yield LET_IN
        else:
            yield from lie(asked)

    return answer


def connection(port: int, **more: Any) -> ConnectionFields:
    return ConnectionFields(conn_id="db", host="127.0.0.1", port=port, login="reader", password="pw", **more)


def logins_of_postgres(port: int) -> Iterable[object]:
    given = {"name": "db", "kind": "postgres_logins", "connection": "db", "cluster": "main"}
    settings = postgres_logins.Settings.model_validate(given)
    return postgres_logins.build(settings, connection(port, schema="postgres"), "", CONTEXT).collect()


def roster_of_postgres(port: int) -> Iterable[object]:
    settings = postgres.Settings(
        name="hr", kind="postgres", connection="db", coverage=Coverage.FULL, query="select worker_id from workers"
    )
    return postgres.build(settings, connection(port, schema="hr"), CONTEXT).read()


@pytest.fixture(autouse=True)
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_MEGABYTES", 256)


def ends(reader: Reader, lie: Lie, exceeded: str, record: Callable[[str, object], None], greeting: bytes = b"") -> None:
    record("attacks", 1)
    seconds = SECONDS if exceeded == TIME else LONGER
    began = time.monotonic()
    with (
        lying(lie, greeting=greeting) as server,
        bounded("sources.db", seconds) as read,
        pytest.raises(ReadBoundError, match=exceeded),
    ):
        list(read.passed(reader(server.port)))
    assert time.monotonic() - began < seconds + 5


@some_of(1, ("lie", "exceeded"), ((silence, TIME), (drip, TIME), (rows, MEMORY)))
@some_of(1, "reader", (logins_of_postgres, roster_of_postgres), ids=lambda reader: reader.__name__)
def test_a_postgres_server_that_never_ends_costs_its_own_read(
    reader: Reader, lie: Lie, exceeded: str, record_property: Callable[[str, object], None]
) -> None:
    ends(reader, as_postgres(lie), exceeded, record_property)


def framed(number: int, body: bytes) -> bytes:
    """A packet of MariaDB's (https://mariadb.com/kb/en/0-packet/)."""
    return struct.pack("<I", len(body))[:3] + bytes([number % 256]) + body


DONE = b"\x00\x00\x00\x02\x00\x00\x00"
GREETING = framed(
    0,
    b"\x0a11.4.2-MariaDB\x00"
    + struct.pack("<I8sxHBHHB10x", 1, b"saltsalt", 0xF7FE, 45, 2, 0x81BF, 21)
    + b"saltsaltsalt\x00mysql_native_password\x00",
)
FIELDS_END = b"\xfe\x00\x00\x02\x00"
FIELD = b"\x03def\x00\x00\x00\x01a\x00\x0c" + struct.pack("<HIBHB2x", 45, 255, 253, 0, 0)


def drip_of_mariadb(_: bytes) -> Iterator[bytes]:
    yield b"\xfe\xff\xff\x01"
    while True:
        time.sleep(0.05)
        yield b"x"


def rows_of_mariadb(_: bytes) -> Iterator[bytes]:
    yield framed(1, b"\x01") + framed(2, FIELD) + framed(3, FIELDS_END)
    number = 4
    while True:
        yield framed(number, b"\xfd" + struct.pack("<I", len(WIDE))[:3] + WIDE)
        number += 1


def as_mariadb(lie: Lie) -> Lie:
    """Let everybody in; then lie."""

    def answer(asked: bytes) -> Iterator[bytes]:
        if b"select" in asked.lower():
            yield from lie(asked)
        else:
            yield framed(asked[3] + 1, DONE)

    return answer


def logins_of_mariadb(port: int) -> Iterable[object]:
    given = {"name": "db", "kind": "mariadb_logins", "connection": "db", "cluster": "main"}
    settings = mariadb_logins.Settings.model_validate(given)
    return mariadb_logins.build(settings, connection(port, extra={"tls": "none"}), "", CONTEXT).collect()


@some_of(1, ("lie", "exceeded"), ((silence, TIME), (drip_of_mariadb, TIME), (rows_of_mariadb, MEMORY)))
def test_a_mariadb_server_that_never_ends_costs_its_own_read(
    lie: Lie, exceeded: str, record_property: Callable[[str, object], None]
) -> None:
    ends(logins_of_mariadb, as_mariadb(lie), exceeded, record_property, GREETING)
