"""Somebody else's PostgreSQL, in which HR keeps its people: a reader with a password, and who owns the tables."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from offboarding.interfaces import ConnectionFields
from offboarding.store import embedded
from tests.support.lasting import Lasting
from tests.support.memory import Folder

READER = "hr_reader"
PASSWORD = "hr-Reader's \\ secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class HrDatabase:
    """The database as its owner sees it."""

    connection: ConnectionFields
    """What the checker is given: the reader's, who may read what `grant` named."""
    owner: psycopg.Connection[TupleRow]
    """Autocommits."""

    def grant(self, table: str) -> None:
        """Let the reader read a table."""
        self.owner.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), sql.Identifier(READER)))

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
        """Make a table of texts anew, NULL where a row holds nothing, with a column `position` for its order."""
        name = sql.Identifier(table)
        listed = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
        typed = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(column)) for column in columns)
        self.owner.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
        self.owner.execute(sql.SQL("CREATE TABLE {} (position serial, {})").format(name, typed))
        with (
            self.owner.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, listed)) as copy,
        ):
            for row in rows:
                copy.write_row([row.get(column) for column in columns])
        self.grant(table)


@pytest.fixture(scope="session")
def hr_server(lasting: Lasting, in_memory: Folder) -> embedded.EmbeddedServer:
    """A server of its own, which asks the reader for a password."""
    return lasting("hr", lambda: _started(in_memory("hr")))


@contextmanager
def _started(folder: Path) -> Generator[embedded.EmbeddedServer]:
    with embedded.server(folder, durable=False) as server:
        rules = server.data / "pg_hba.conf"
        rules.write_text(f"local all {READER} scram-sha-256\n{rules.read_text(encoding='utf-8')}", encoding="utf-8")
        with server.connect(autocommit=True) as owner:
            owner.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(READER), sql.Literal(PASSWORD))
            )
            owner.execute("SELECT pg_reload_conf()")
        yield server


@pytest.fixture
def hr_database(hr_server: embedded.EmbeddedServer) -> Iterator[HrDatabase]:
    """The database, without tables of others' tests."""
    fields = hr_server.connection_kwargs()
    connection = ConnectionFields(
        conn_id="hr_db",
        host=fields["host"],
        port=int(fields["port"]),
        login=READER,
        password=PASSWORD,
        schema=fields["dbname"],
    )
    with hr_server.connect(autocommit=True) as owner:
        yield HrDatabase(connection=connection, owner=owner)
        owner.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
