"""A PostgreSQL server whose logins are read: its owner, its pg_hba.conf, and a reader with a password."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from offboarding.interfaces import ConnectionFields, ReadContext, Source
from offboarding.model import Account, Standing
from offboarding.sources import postgres_logins
from offboarding.store import embedded
from tests.support.lasting import Lasting
from tests.support.memory import Folder
from tests.support.usual_read import AS_OF

READER = "offboarding_reader"
PASSWORD = "reader's \\ own"
LINES = "pg_catalog.pg_hba_file_rules()"
BY_PASSWORD = "host all all 0.0.0.0/0 scram-sha-256\nlocal all all scram-sha-256"
CONTEXT = ReadContext(as_of=AS_OF, default_zone="Asia/Seoul", service_patterns=("svc-*",))


@dataclass(slots=True, kw_only=True)
class LoginServer:
    """The server, as whoever administers it sees it."""

    data: Path
    connection: ConnectionFields
    """The reader's."""
    owner: psycopg.Connection[TupleRow]
    """Autocommits."""
    undo: list[str] = field(default_factory=list[str])

    def do(self, statement: str, *names: str) -> None:
        """As the owner; `{}` stands for a name."""
        self.owner.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # pyrefly: ignore[bad-argument-type] - a test's own

    def people(self, *logins: str) -> None:
        """Roles that log in with a password."""
        for login in logins:
            self.do("create role {} login password 'theirs'", login)

    def take(self, right: str) -> None:
        """From everybody and the reader, until the test ends."""
        for role in ("public", READER):
            self.owner.execute(f"revoke {right} from {role}".encode())
        self.undo.append(f"grant {right} to {'public' if LINES not in right else READER}")

    def rules(self, text: str = BY_PASSWORD) -> None:
        """What pg_hba.conf says below the owner's and the reader's lines."""
        first = f"local all {embedded.NAME} peer map=own\nlocal all {READER} scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(f"{first}{text}\n", encoding="utf-8")
        self.owner.execute("select pg_reload_conf()")

    def source(self, connection: ConnectionFields | None = None, **settings: Any) -> Source:
        """A new reader."""
        given = {"name": "pg-main", "kind": "postgres_logins", "connection": "pg_main", "cluster": "main"} | settings
        own = postgres_logins.Settings.model_validate(given)
        return postgres_logins.build(own, connection or self.connection, "", CONTEXT)

    def accounts(self, **settings: Any) -> dict[str, Account]:
        """By their names."""
        facts = self.source(**settings).collect()
        return {fact.login: fact for fact in facts if isinstance(fact, Account)}

    def standing(self, login: str) -> tuple[Standing, str]:
        """What is said of it."""
        account = self.accounts()[login]
        return account.standing, account.standing_reason

    def clean(self) -> None:
        """Take away what a test made."""
        for statement in self.undo:
            self.owner.execute(statement.encode())
        self.undo.clear()
        self.owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename not in (%s, %s)",
            (embedded.NAME, READER),
        )
        query = "select rolname from pg_roles where rolname !~ '^pg_' and rolname not in (%s, %s)"
        for (name,) in self.owner.execute(query, (embedded.NAME, READER)).fetchall():
            self.do("drop owned by {0}; drop role {0}", name)


@pytest.fixture(scope="session")
def login_host(lasting: Lasting, in_memory: Folder) -> embedded.EmbeddedServer:
    """A server of its own."""
    return lasting("logins", lambda: _started(in_memory("logins")))


@contextmanager
def _started(folder: Path) -> Generator[embedded.EmbeddedServer]:
    with embedded.server(folder, durable=False) as server:
        with server.connect(autocommit=True) as owner:
            owner.execute(
                sql.SQL("create role {} login password {}").format(sql.Identifier(READER), sql.Literal(PASSWORD))
            )
            owner.execute(f"grant execute on function {LINES} to {READER}".encode())
        yield server


@pytest.fixture
def login_server(login_host: embedded.EmbeddedServer) -> Generator[LoginServer]:
    """The server, without others' roles."""
    fields = login_host.connection_kwargs()
    connection = ConnectionFields(
        conn_id="pg_main",
        host=fields["host"],
        port=int(fields["port"]),
        login=READER,
        password=PASSWORD,
        schema=fields["dbname"],
    )
    with login_host.connect(autocommit=True) as owner:
        server = LoginServer(data=login_host.data, connection=connection, owner=owner)
        server.rules()
        yield server
        server.clean()


def nowhere(server: LoginServer) -> ConnectionFields:
    """Where nobody answers."""
    return replace(server.connection, host="127.0.0.1", port=9)
