"""A real MySQL server for tests, beside a MariaDB. Import the fixtures to have them."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest

from demo.certificates import make_certificate
from tests.support.lasting import Lasting
from tests.support.memory import Folder
from tests.support.unpacked import MYSQL, answers, relayed
from tests.systems.mariadb_logins.mariadb import PASSWORD, READER, MariaDb, Running

PAGE = Path(__file__).parents[3] / "docs/permissions/mariadb.md"
SYSTEM = ("root", "mysql.infoschema", "mysql.session", "mysql.sys", READER)


@dataclass(slots=True, kw_only=True)
class MySql(MariaDb):
    """The server, as whoever administers it sees it."""

    @property
    def accounts_right(self) -> str:
        """Without which no account is seen."""
        return re.sub("^grant ", "", page_grants()[0]).partition(" to ")[0]

    def clean(self) -> None:
        """Take away what a test made."""
        for statement in self.undo:
            self.do(statement)
        self.undo.clear()
        self.do("set global mandatory_roles = ''")
        for user, host in self.do("select user, host from mysql.user"):
            if user not in SYSTEM:
                self.do("drop user %s@%s", user, host)


def page_grants() -> list[str]:
    """What the page says is to be granted, to the reader of this server."""
    (block,) = re.findall("## MySQL\n.*?```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    grants = [" ".join(each.split()) for each in block.split(";") if each.strip().startswith("grant ")]
    return [each.replace("'CHECKER'", "localhost") for each in grants]


@pytest.fixture(scope="session")
def mysql_running(lasting: Lasting, in_memory: Folder) -> Running:
    """One for the whole session."""
    if why := MYSQL.why_not():
        pytest.skip(why)
    return lasting("mysql", lambda: _started(in_memory("mysql")))


@contextmanager
def _started(folder: Path) -> Generator[Running]:
    socket = folder / "socket"
    tls = make_certificate(folder / "tls")
    where = ["--no-defaults", f"--datadir={folder / 'data'}", "--user=root", "--secure-file-priv=NULL"]
    MYSQL.run(["mysqld", *where, "--initialize-insecure"])
    here = [f"--socket={socket}", "--skip-networking", "--mysqlx=OFF", f"--pid-file={folder / 'pid'}"]
    certificate = [f"--ssl-cert={tls.certificate}", f"--ssl-key={tls.key}"]
    with (
        MYSQL.running(["mysqld", *where, *here, *certificate], folder / "log", lambda: answers(socket)),
        pymysql.connect(unix_socket=str(socket), user="root", autocommit=True) as owner,
        relayed(socket) as port,
    ):
        with owner.cursor() as cursor:
            cursor.execute(f"create user {READER}@localhost identified by %s", (PASSWORD,))
            for grant in page_grants():
                cursor.execute(grant)
            for plugin in ("auth_socket", "mysql_no_login"):
                cursor.execute(f"install plugin {plugin} soname '{plugin}.so'")
        yield Running(socket, port, tls.authority)


@pytest.fixture
def mysql(mysql_running: Running) -> Generator[MySql]:
    """The server, without others' accounts."""
    with pymysql.connect(unix_socket=str(mysql_running.socket), user="root", autocommit=True) as owner:
        server = MySql(running=mysql_running, owner=owner)
        yield server
        server.clean()
