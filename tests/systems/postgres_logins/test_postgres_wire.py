"""Whatever speaks like a PostgreSQL server and isn't one, a sentence comes of it."""

import struct
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError
from offboarding.sources import postgres_logins
from tests.support import echo
from tests.support.usual_read import CONTEXT

TEXT, NUMBER, TRUTH = 25, 23, 16
"""Types, by their oids."""
RIGHTS = ([TEXT, TRUTH], ["execute on function pg_catalog.pg_hba_file_rules()", "t"])


def message(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack(">I", len(data) + 4) + data


def rows(types: Sequence[int], values: Sequence[str]) -> bytes:
    """One row, and its description (https://www.postgresql.org/docs/current/protocol-message-formats.html)."""
    columns = b"".join(b"c\0" + struct.pack(">IhIhih", 0, 0, each, -1, -1, 0) for each in types)
    cells = b"".join(struct.pack(">I", len(each)) + each.encode() for each in values)
    return (
        message(b"T", struct.pack(">H", len(types)) + columns)
        + message(b"D", struct.pack(">H", len(values)) + cells)
        + message(b"C", b"SELECT 1\0")
    )


def answering(*answers: tuple[Sequence[int], Sequence[str]]) -> Callable[[Any], None]:
    """What lets everybody in, and answers questions on the catalogs with these rows, one after the other."""

    def play(connection: Any) -> None:
        left = list(answers)
        connection.recv(65_536)
        connection.sendall(message(b"R", bytes(4)) + message(b"Z", b"I"))
        while asked := connection.recv(65_536):
            if asked[:1] != b"Q":
                answer = message(b"1", b"") + message(b"2", b"") + rows([TEXT], ["set"])
            elif b"pg_catalog." in asked and left:
                answer = rows(*left.pop(0))
            else:
                answer = message(b"C", b"BEGIN\0")
            connection.sendall(answer + message(b"Z", b"T"))

    return play


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([([TEXT], ["one column"])], id="other columns"),
        pytest.param([RIGHTS, ([TEXT] * 3, ["1", "2", "3"])], id="fewer of them"),
        pytest.param(
            [RIGHTS, ([TEXT, NUMBER, TRUTH, TEXT, TEXT], ["1", "eighteen", "f", "reader", "18"])], id="no number"
        ),
        pytest.param([RIGHTS, ([TEXT] * 5, ["1", "180000", "f", "reader", "18"])], id="a number as text"),
    ],
)
def test_it_fails_in_a_sentence(answers: Sequence[tuple[Sequence[int], Sequence[str]]]) -> None:
    settings = postgres_logins.Settings.model_validate(
        {"name": "db", "kind": "postgres_logins", "connection": "db", "cluster": "db"}
    )
    with echo.listening(answering(*answers)) as port:
        fields = ConnectionFields(
            conn_id="db", host="127.0.0.1", port=port, login="reader", extra={"sslmode": "disable"}
        )
        with pytest.raises(FatalError, match=r"^sources.db: db: .*See whether this is a PostgreSQL of version 13"):
            list(postgres_logins.build(settings, fields, "", CONTEXT).collect())
