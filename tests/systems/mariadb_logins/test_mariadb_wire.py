"""Whatever answers in a MariaDB server's place, a sentence comes of it."""

import random
import struct
from collections.abc import Callable
from typing import Any

import pytest

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.sources import mariadb_logins
from tests.support import echo
from tests.support.usual_read import CONTEXT

Record = Callable[[str, object], None]
_CAN = 1 << 9 | 1 << 15 | 1 << 19
GREETING = (
    b"\x0a11.8-MariaDB\0"
    + bytes(4)
    + b"saltsalt\0"
    + struct.pack("<HBHH", _CAN & 0xFFFF, 33, 2, _CAN >> 16)
    + b"\x15"
    + bytes(10)
    + b"saltsaltsalt\0mysql_native_password\0"
)
OK = b"\0\0\0\2\0\0\0"


def packet(number: int, data: bytes) -> bytes:
    return struct.pack("<I", len(data))[:3] + bytes([number]) + data


def anything(chance: random.Random, connection: Any) -> None:
    connection.sendall(chance.randbytes(chance.randint(1, 200)))


def another_greeting(chance: random.Random, connection: Any) -> None:
    greeting = bytearray(GREETING)
    for _ in range(3):
        greeting[chance.randrange(len(greeting))] = chance.randrange(256)
    connection.sendall(packet(0, bytes(greeting[: chance.randint(1, len(greeting))])))


def another_answer(chance: random.Random, connection: Any) -> None:
    connection.sendall(packet(0, GREETING))
    connection.recv(65_536)
    connection.sendall(packet(2, OK))
    while connection.recv(65_536):
        connection.sendall(packet(1, chance.randbytes(chance.randint(1, 60))))


def text(*values: str) -> bytes:
    return b"".join(bytes([len(value)]) + value.encode() for value in values)


def server_of(version: str, reader: str = "reader@%") -> Callable[[Any], None]:
    """What logs everybody in, and answers each question after the first with one row."""
    row = (version, reader, "1")
    column = text("def", "", "", "", "c", "") + b"\x0c" + struct.pack("<HIBHB", 45, 1020, 253, 0, 0) + bytes(2)
    end = b"\xfe\0\0\2\0"
    answer = [bytes([len(row)]), *([column] * len(row)), end, text(*row), end]

    def play(connection: Any) -> None:
        connection.sendall(packet(0, GREETING))
        connection.recv(65_536)
        connection.sendall(packet(2, OK))
        while question := connection.recv(65_536):
            packets = answer if b"version()" in question else [OK]
            connection.sendall(b"".join(packet(number, data) for number, data in enumerate(packets, start=1)))

    return play


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("10.3.39-MariaDB-log", "MariaDB 10.3.39-MariaDB-log is older than 10.4, and keeps its accounts elsewhere"),
        ("8.0.13", "MySQL 8.0.13 is older than 8.0.14, and keeps its accounts elsewhere"),
        ("8.0.11-TiDB-v8.5.0", "MySQL 8.0.11-TiDB-v8.5.0 is older than 8.0.14"),
        ("MariaDB", "speaks no MariaDB's protocol"),
    ],
)
def test_a_server_that_is_not_known_is_refused(version: str, says: str) -> None:
    settings = mariadb_logins.Settings.model_validate(
        {"name": "db", "kind": "mariadb_logins", "connection": "db", "cluster": "db"}
    )
    with echo.listening(server_of(version)) as port:
        fields = ConnectionFields(conn_id="db", host="127.0.0.1", port=port, login="reader", extra={"tls": "none"})
        with pytest.raises(FatalError, match=f"^sources.db: db: .*{says}"):
            list(mariadb_logins.build(settings, fields, "", CONTEXT).collect())


def test_a_server_that_asks_nobody_who_they_are_is_refused() -> None:
    """As MySQL's answers at skip-grant-tables."""
    settings = mariadb_logins.Settings.model_validate(
        {"name": "db", "kind": "mariadb_logins", "connection": "db", "cluster": "db"}
    )
    with echo.listening(server_of("9.7.4", "skip-grants user@skip-grants host")) as port:
        fields = ConnectionFields(conn_id="db", host="127.0.0.1", port=port, login="reader", extra={"tls": "none"})
        with pytest.raises(FatalError, match=r"^sources\.db: db: the server runs with skip-grant-tables: .*without\.$"):
            list(mariadb_logins.build(settings, fields, "", CONTEXT).collect())


@pytest.mark.parametrize("lie", [anything, another_greeting, another_answer])
def test_it_fails_in_a_sentence(lie: Callable[[random.Random, Any], None], record_property: Record) -> None:
    chance = random.Random(7)  # noqa: S311 - the same each time
    given = {"name": "db", "kind": "mariadb_logins", "connection": "db", "cluster": "db", "statement_seconds": 0.05}
    settings = mariadb_logins.Settings.model_validate(given)
    record_property("attacks", 12)
    record_property("silent", 0)
    for _ in range(12):
        with echo.listening(lambda connection: lie(chance, connection)) as port:
            fields = ConnectionFields(conn_id="db", host="127.0.0.1", port=port, login="reader", extra={"tls": "none"})
            with pytest.raises(OffboardingError, match=r"^sources\.db: db: "):
                list(mariadb_logins.build(settings, fields, "", CONTEXT).collect())
