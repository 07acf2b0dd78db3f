"""Stores of our own on a real PostgreSQL: a clone of a migrated database a test, and one for many examples."""

import itertools
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus

from offboarding.store import embedded
from offboarding.store.connect import Session, opened
from offboarding.store.withdrawals import put_on_trial
from tests.support.memory import Folder

TEMPLATE = "store_template"

_numbers = itertools.count(1)
_undone = itertools.count(1)


@pytest.fixture(scope="session")
def store_server(in_memory: Folder) -> Generator[embedded.EmbeddedServer]:
    """The server that every store of these tests lies on."""
    with stores(in_memory("store")) as server:
        yield server


@contextmanager
def stores(folder: Path) -> Generator[embedded.EmbeddedServer]:
    """A server with one migrated database to clone."""
    with embedded.server(folder, durable=False) as server:
        with server.connect(dbname="postgres", autocommit=True) as owner:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        with opened(server.connection_kwargs(dbname=TEMPLATE)) as session:
            # Tests play nights of their own days, many of which lie ahead of somebody's clock.
            put_on_trial(session)
        yield server


@contextmanager
def cloned(server: embedded.EmbeddedServer, template: str = TEMPLATE) -> Generator[str]:
    """The name of a fresh database, migrated and empty or as that one is now, dropped at the end.

    Its files are copied: in memory that takes a third less than to write each block to the log, as by default.
    """
    name = f"store_{next(_numbers)}"
    database = sql.Identifier(name)
    with server.connect(dbname="postgres", autocommit=True) as owner:
        owner.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(database, sql.Identifier(template))
        )
        try:
            yield name
        finally:
            _wait_until_left(owner, name)
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


def _wait_until_left(owner: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Until the sessions that were closed are gone, which takes a millisecond: DROP DATABASE looks ten times a second.

    Whoever stays is thrown out by it.
    """
    for _ in range(50):
        if not owner.execute("SELECT FROM pg_stat_activity WHERE datname = %s", (name,)).fetchall():
            return
        time.sleep(0.002)


@pytest.fixture
def store_template() -> str:
    """The database that a test's own begins as: an empty one, where its file or folder knows no better."""
    return TEMPLATE


@pytest.fixture
def store_parameters(store_server: embedded.EmbeddedServer, store_template: str) -> Generator[dict[str, str | int]]:
    """What `opened` takes, of a fresh store of this test's: for tests with several sessions, or with a process."""
    with cloned(store_server, store_template) as name:
        yield store_server.connection_kwargs(dbname=name)


@pytest.fixture
def store(store_parameters: dict[str, str | int]) -> Generator[Session]:
    """A session on a fresh store of this test's."""
    with opened(store_parameters) as session:
        yield session


@contextmanager
def copied(server: embedded.EmbeddedServer, parameters: Mapping[str, str | int]) -> Generator[dict[str, str | int]]:
    """What `opened` takes, of a copy of a store's files as they are now: nothing in it shows that it is one."""
    with server.connect(dbname="postgres", autocommit=True) as owner:
        statement = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
        owner.execute(statement, (parameters["dbname"],))
        _wait_until_left(owner, str(parameters["dbname"]))
    with cloned(server, str(parameters["dbname"])) as name:
        yield server.connection_kwargs(dbname=name)


@pytest.fixture(scope="session")
def lasting_store(store_server: embedded.EmbeddedServer) -> Generator[Session]:
    """A session on a store that many tests and examples share: each works in `undone(lasting_store)`."""
    with cloned(store_server) as name, opened(store_server.connection_kwargs(dbname=name)) as session:
        yield session


@contextmanager
def undone(session: Session) -> Generator[Session]:
    """Everything within is rolled back at the end, so that the next example finds an empty store.

    The code's own transactions become savepoints of this one. Its `now()` stands still; reads are dated by
    `clock_timestamp()`, which goes on.
    """
    with session.transaction(force_rollback=True):
        yield session
    if session.info.transaction_status is TransactionStatus.IDLE and next(_undone) % 4 == 0:
        # Temporary tables come and go by the dozen; their remains in the catalogue would slow each example down.
        session.execute("VACUUM pg_attribute, pg_class, pg_type, pg_depend, pg_index, pg_statistic")


def emptied(session: psycopg.Connection[tuple[object, ...]]) -> None:
    """Empty every table but the migrations' own, for what has to see committed rows."""
    tables = session.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        " AND relname NOT IN ('schema_migration', 'trial') ORDER BY relname"
    ).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(str(name)) for (name,) in tables)
    session.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))
