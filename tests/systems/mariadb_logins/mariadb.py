"""A real MariaDB server for tests, whose accounts are read. Import the fixtures to have them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymysql
import pytest

from demo.certificates import make_certificate
from offboarding.interfaces import ConnectionFields, ReadContext, Source
from offboarding.model import Account, Standing
from offboarding.sources import mariadb_logins
from tests.support.lasting import Lasting
from tests.support.memory import Folder
from tests.support.unpacked import DATABASES, answers, relayed

READER, PASSWORD = "offboarding_logins", "리더's \\ own"
SYSTEM = ("root", "mariadb.sys", READER)
CONTEXT = ReadContext(
    as_of=datetime(2026, 11, 24, 16, 30, tzinfo=UTC), default_zone="Asia/Seoul", service_patterns=("svc-*",)
)


@dataclass(frozen=True, slots=True)
class Running:
    """Where it answers."""

    socket: Path
    port: int
    authority: Path
    """Who vouches for its certificate."""


@dataclass(slots=True, kw_only=True)
class MariaDb:
    """The server, as whoever administers it sees it."""

    running: Running
    owner: "pymysql.Connection[Any]"
    undo: list[str] = field(default_factory=list[str])

    @property
    def connection(self) -> ConnectionFields:
        """The reader's."""
        return ConnectionFields(conn_id="shop_db", host=str(self.running.socket), login=READER, password=PASSWORD)

    @property
    def accounts_right(self) -> str:
        """Without which no account is seen."""
        return "select on mysql.global_priv"

    def do(self, statement: str, *values: str) -> list[Any]:
        """As root; `%s` stands for a name or a word, in quotes."""
        with self.owner.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

    def people(self, *logins: str) -> None:
        """Accounts that log in with a password from anywhere."""
        for login in logins:
            self.do("create user %s@'%%' identified by 'theirs'", login)

    def take(self, right: str) -> None:
        """From the reader, until the test ends."""
        self.do(f"revoke {right} from {READER}@localhost")
        self.undo.append(f"grant {right.replace(' from ', ' to ')} to {READER}@localhost")

    def enter(self, login: str, password: str = "theirs") -> "pymysql.Connection[Any]":  # noqa: S107 - of a server that lives for one test
        """A session of somebody's, by this machine's socket. Raises pymysql.MySQLError where they aren't let in."""
        return pymysql.connect(unix_socket=str(self.running.socket), user=login, password=password)

    def source(self, connection: ConnectionFields | None = None, **settings: Any) -> Source:
        """A new reader."""
        given = {"name": "shop-db", "kind": "mariadb_logins", "connection": "shop_db", "cluster": "shop"} | settings
        own = mariadb_logins.Settings.model_validate(given)
        return mariadb_logins.build(own, connection or self.connection, "", CONTEXT)

    def accounts(self) -> dict[str, Account]:
        """By their labels."""
        return {fact.label: fact for fact in self.source().collect() if isinstance(fact, Account)}

    def standing(self, label: str) -> tuple[Standing, str]:
        """What is said of an account."""
        account = self.accounts()[label]
        return account.standing, account.standing_reason

    def clean(self) -> None:
        """Take away what a test made."""
        for statement in self.undo:
            self.do(statement)
        self.undo.clear()
        for user, host, role in self.do("select user, host, json_value(priv, '$.is_role') from mysql.global_priv"):
            if user not in SYSTEM:
                self.do("drop role %s", user) if role else self.do("drop user %s@%s", user, host)


@pytest.fixture(scope="session")
def mariadb_running(lasting: Lasting, in_memory: Folder) -> Running:
    """One for the whole session."""
    return lasting("mariadb", lambda: _started(in_memory("mariadb")))


@contextmanager
def _started(folder: Path) -> Generator[Running]:
    data, socket = folder / "data", folder / "socket"
    tls = make_certificate(folder / "tls")
    where = ["--no-defaults", f"--datadir={data}", "--user=root"]
    DATABASES.run(["mariadb-install-db", *where, "--auth-root-authentication-method=socket", "--skip-test-db"])
    certificate = (f"--ssl-cert={tls.certificate}", f"--ssl-key={tls.key}")
    command = ["mariadbd", *where, f"--socket={socket}", "--skip-networking", *certificate]
    with (
        DATABASES.running(command, folder / "log", lambda: answers(socket)),
        pymysql.connect(unix_socket=str(socket), user="root", autocommit=True) as owner,
        relayed(socket) as port,
    ):
        with owner.cursor() as cursor:
            cursor.execute(f"create user {READER}@localhost identified by %s", (PASSWORD,))
            cursor.execute(f"grant select on mysql.global_priv to {READER}@localhost")
            cursor.execute(f"grant select on mysql.roles_mapping to {READER}@localhost")
            cursor.execute(f"grant process on *.* to {READER}@localhost")
        yield Running(socket, port, tls.authority)


@pytest.fixture
def mariadb(mariadb_running: Running) -> Generator[MariaDb]:
    """The server, without others' accounts."""
    with pymysql.connect(unix_socket=str(mariadb_running.socket), user="root", autocommit=True) as owner:
        server = MariaDb(running=mariadb_running, owner=owner)
        yield server
        server.clean()
