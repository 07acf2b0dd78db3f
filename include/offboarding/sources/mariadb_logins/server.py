"""One look at a MariaDB or MySQL server: what it is, its accounts, and which of them are in a session.

Rights: docs/permissions/mariadb.md.
"""

import json
import ssl
import struct
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, cast

import pymysql

from offboarding.interfaces import ConnectionFields
from offboarding.model.days import epoch_moment
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.sources.mariadb_logins.settings import read_extra

RIGHTS = "docs/permissions/mariadb.md"
_CONNECT_SECONDS = 10
_DENIED = (1142, 1143, 1227)
"""A table, a column, a privilege (https://mariadb.com/kb/en/mariadb-error-code-reference/)."""
_AGAIN = (1040, 1053, 1203, 1205, 1226, 1317, 1969, 2002, 2003, 2006, 2013, 2014, 2055, 3024)
"""Too many connections, a shutdown, a limit, a lock, a query that was killed, or that took too long; the network."""
_UNFORMED = (
    *(struct.error, LookupError, ValueError, OverflowError, TypeError),
    *(AttributeError, NameError, AssertionError),
)
"""What an answer of no form that PyMySQL knows, or we, fails as."""
_OLDEST = {"MariaDB": (10, 4, 0), "MySQL": (8, 0, 14)}
"""What keeps accounts where they are looked for (https://dev.mysql.com/doc/relnotes/mysql/8.0/en/news-8-0-14.html)."""
_POWERS = (
    ("SUPER", 1 << 15),
    ("CREATE USER", 1 << 25),
    ("GRANT OPTION", 1 << 10),
    ("FILE", 1 << 9),
    ("INSERT", 1 << 1),
    ("UPDATE", 1 << 2),
    ("ROLE_ADMIN", 1 << 50),
    ("SET_ANY_DEFINER", 1 << 51),
    ("SYSTEM_VARIABLES_ADMIN", 1 << 52),
)
"""What makes an account privileged where it holds for everything (`*.*`), as bits of `access`; who may write anything
may write accounts (https://github.com/MariaDB/server/blob/main/sql/privilege.h). The last three are MySQL's alone, and
their bits ours (mysql_accounts.sql).
"""


class MissingGrantError(FatalError):
    """The login is in, and may not read what it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MariaDbAccount:
    """An account, as the server keeps it."""

    user: str
    host: str
    """Where it may come from: `10.%`."""
    locked: bool
    shut_out: str
    plugins: tuple[str, ...]
    no_password: bool
    factors: tuple[str, ...]
    old_password: bool
    password_set_at: datetime | None
    power: str
    """What makes it privileged; "" for nothing."""
    in_session: bool | None
    """A session of it is open. None where that can't be told: others' sessions aren't seen, or the same user has
    accounts for other hosts and a session of one of them, since the server tells sessions by the user's name.
    """

    @property
    def told(self) -> str:
        """As SQL writes it, which no other account is."""
        return f"{quoted(self.user)}@{quoted(self.host)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MariaDbServer:
    """An open session on it."""

    begin: str
    """What begins each sentence on it."""
    version: str
    is_mysql: bool
    reader: str
    """The account that reads, as `user@host`."""
    sees_sessions: bool
    """Others' sessions are seen."""
    opened: "pymysql.Connection[Any]"
    asked: Callable[[], None]

    @property
    def no_sessions(self) -> str:
        """What to do where others' sessions aren't seen."""
        return (
            "whether a locked account's sessions have ended can't be seen: grant process on *.* to the account that "
            f"reads, {self.reader} ({RIGHTS}). Until then a locked account is not checked."
        )

    def accounts(self) -> Iterator[MariaDbAccount]:
        """Each of them.

        They are read whole before the sessions: whoever got in just before an account was locked is seen then.
        """
        rows = _asked(self.opened, "mysql_accounts" if self.is_mysql else "accounts", self.begin, self.asked)
        users = None
        if self.sees_sessions:
            users = frozenset(user for (user,) in _asked(self.opened, "sessions", self.begin, self.asked))
        with _in_sentences(self.begin):
            yield from (_account(row, users) for row in rows)


@contextmanager
def looked_at(
    connection: ConnectionFields, where: str, seconds: float, asked: Callable[[], None]
) -> Generator[MariaDbServer]:
    """The server, for as long as the block runs; `asked` is called for each question.

    Raises ConfigError, RetriableError where nobody answers, MissingGrantError where a grant is missing, and FatalError
    where the login or the certificate is refused, or the server's accounts decide nothing.
    """
    begin = f"{where}: {connection.conn_id}"
    with _in_sentences(begin):
        opened = _connected(connection, seconds)
    try:
        answer = _asked(opened, "server", begin, asked)
        with _in_sentences(begin):
            ((version, reader, sees_sessions),) = answer
            is_mysql = "mariadb" not in version.lower()
            _refuse_unknown(begin, version, "MySQL" if is_mysql else "MariaDB")
            _refuse_open(begin, reader)
        yield MariaDbServer(
            begin=begin,
            version=f"MySQL {version}" if is_mysql else version,
            is_mysql=is_mysql,
            reader=reader,
            sees_sessions=bool(sees_sessions),
            opened=opened,
            asked=asked,
        )
    finally:
        opened.close()


def _account(row: tuple[Any, ...], users: frozenset[str] | None) -> MariaDbAccount:
    user, host, locked, shut_out, plugin, no_password, others, factors, old, changed, access, namesakes = row
    return MariaDbAccount(
        user=user,
        host=host,
        locked=bool(locked),
        shut_out=shut_out,
        plugins=(plugin, *_words(others)),
        no_password=bool(no_password),
        factors=_words(factors),
        old_password=bool(old),
        password_set_at=_moment(int(changed)),
        in_session=None if users is None else user in users and (None if namesakes else True),
        power=next((word for word, bit in _POWERS if int(access) & bit), ""),
    )


def _words(listed: str) -> tuple[str, ...]:
    return tuple(str(each) for each in cast("list[object]", json.loads(listed)))


def _refuse_unknown(begin: str, version: str, product: str) -> None:
    major, minor, patch = version.split("-", maxsplit=1)[0].split(".")[:3]
    if (int(major), int(minor), int(patch)) < _OLDEST[product]:
        oldest = ".".join(map(str, _OLDEST[product])).removesuffix(".0")
        why = f"is older than {oldest}, and keeps its accounts elsewhere"
        raise FatalError(f"{begin}: {product} {version} {why}. Upgrade it.")


def _refuse_open(begin: str, reader: str) -> None:
    """What MySQL calls everybody who comes in without being asked who they are."""
    if reader.startswith("skip-grants user@"):
        said = "runs with skip-grant-tables: whoever reaches it is let in, as anybody"
        raise FatalError(f"{begin}: the server {said}. Restart it without.")


def _asked(
    opened: "pymysql.Connection[Any]", query: str, begin: str, asked: Callable[[], None]
) -> list[tuple[Any, ...]]:
    asked()
    with _in_sentences(begin), opened.cursor() as rows:
        rows.execute(_text(query))
        return list(rows.fetchall())


def _moment(seconds: int) -> datetime | None:
    """None for 0, which is what a password has that was expired by hand, and for what is no moment."""
    return epoch_moment(seconds) if seconds else None


@contextmanager
def _in_sentences(begin: str) -> Generator[None]:
    """What fails within fails as one of our errors. PyMySQL takes an answer apart without a look at its form."""
    try:
        yield
    except pymysql.MySQLError as error:
        raise _our_error(error, begin) from error
    except _UNFORMED as error:
        said = f"what answers there speaks no MariaDB's protocol ({type(error).__name__})"
        raise FatalError(f"{begin}: {said}. Mend host and port of the connection.") from error


def _connected(connection: ConnectionFields, seconds: float) -> "pymysql.Connection[Any]":
    extra = read_extra(connection)
    local = connection.host.startswith("/")
    context = None if local or extra.tls == "none" else ssl.create_default_context(cafile=extra.ca_certs_file)
    return pymysql.connect(
        host=None if local else connection.host,
        unix_socket=connection.host if local else None,
        port=connection.port or 3306,
        user=connection.login,
        password=connection.password.encode(),  # as text it would be Latin-1
        charset="utf8mb4",
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=seconds,
        write_timeout=seconds,
        ssl=context,
        ssl_disabled=context is None,
        init_command="set session transaction read only",
    )


def _our_error(error: pymysql.MySQLError, begin: str) -> OffboardingError:
    code = error.args[0] if error.args else 0
    said = " ".join(str(error.args[1] if len(error.args) > 1 else error).split())
    if isinstance(getattr(error, "original_exception", None), ssl.SSLError):
        return FatalError(f"{begin}: {said}. Mend the certificate, or ca_certs_file in the connection's extra.")
    if code in _DENIED:
        return MissingGrantError(f"{begin}: {said}. Grant what is missing: {RIGHTS}.")
    if code in _AGAIN:
        return RetriableError(f"{begin}: {said}. See whether the server runs, can be reached, and isn't too busy.")
    return FatalError(f"{begin}: {said} ({code}). Mend the connection (host, login, password, extra), or see {RIGHTS}.")


def quoted(name: str) -> str:
    """As SQL writes a user or a host."""
    return "'" + name.replace("\\", "\\\\").replace("'", "''") + "'"


@cache
def _text(name: str) -> str:
    return resources.files(__package__ or "").joinpath(f"{name}.sql").read_text("utf-8")
