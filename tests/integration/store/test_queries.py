"""Each block of SQL, prepared against the migrated database: every table, column and type it names is there."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

import psycopg
import pytest
from psycopg import pq

from offboarding.config.policy import Scores
from offboarding.store import sql
from offboarding.store.connect import Session
from tests.support.database import undone

FILES = sorted(file.name.removesuffix(".sql") for file in (files(sql.__package__ or "") / "queries").iterdir())
BLOCKS = [(file, name) for file in FILES for name in sql.blocks(file)]
TEMPORARY = re.compile(rb"^create (or replace )?temp (table|view)", re.MULTILINE)
PARAMETER = re.compile(rb"%\((\w+)\)s|%s")
MOMENTS = ("as_of", "since", "observed_at", "left_at", "cut")
TYPES = dict.fromkeys(MOMENTS, psycopg.adapters.types["timestamptz"].oid) | dict.fromkeys(
    Scores.model_fields, psycopg.adapters.types["int4"].oid
)
"""Parameters that psycopg sends with their type; of the others PostgreSQL finds it out."""


class Values(dict[str, object]):
    """Something for each parameter."""

    def __missing__(self, name: str) -> object:
        if name in MOMENTS:
            return datetime(2026, 11, 24, tzinfo=UTC)
        return 1 if name in Scores.model_fields else None


def numbered(statement: bytes) -> tuple[bytes, list[int]]:
    """With PostgreSQL's own parameters, and their types where they have one."""
    names: list[bytes | None] = []

    def number(found: re.Match[bytes]) -> bytes:
        name: bytes | None = found[1]
        if name is None or name not in names:
            names.append(name)
        return b"$%d" % (names.index(name) + 1 if name else len(names))

    text = PARAMETER.sub(number, statement).replace(b"%%", b"%")
    return text, [TYPES.get(name.decode(), 0) if name else 0 for name in names]


def made(session: Session, statement: bytes) -> bool:
    """Whether a temporary table or view could be made; not before those that it is made from."""
    try:
        with session.transaction():
            session.execute(statement, Values())
    except psycopg.errors.UndefinedTable:
        return False
    return True


@pytest.fixture(scope="module")
def session(lasting_store: Session) -> Iterator[Session]:
    """With every temporary table and view of every file, empty."""
    with undone(lasting_store):
        waiting = [each for block in BLOCKS for each in sql.statements(*block) if TEMPORARY.search(each)]
        while waiting:
            left = [statement for statement in waiting if not made(lasting_store, statement)]
            assert len(left) < len(waiting), left
            waiting = left
        yield lasting_store


def test_each_can_be_prepared(session: Session) -> None:
    assert len(BLOCKS) > 500
    assert [wrong for block in BLOCKS if (wrong := refused(session, *block))] == []


def test_one_that_can_not_is_seen_and_hides_no_other(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "statements", lambda *_: [b"select gone from finding"])

    assert [refused(session, "tickets", "one"), refused(session, "tickets", "other")] == [
        'tickets.sql, one: column "gone" does not exist',
        'tickets.sql, other: column "gone" does not exist',
    ]


def refused(session: Session, file: str, name: str) -> str:
    """What PostgreSQL has against a block; "" where nothing."""
    with session.transaction(force_rollback=True):
        for statement in sql.statements(file, name):
            if TEMPORARY.search(statement):
                continue  # made above
            result = session.pgconn.prepare(b"", *numbered(statement))
            if result.status != pq.ExecStatus.COMMAND_OK:
                return f"{file}.sql, {name}: {result.get_error_message().splitlines()[0]}"
    return ""
