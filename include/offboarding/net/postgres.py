"""A read-only session on somebody else's PostgreSQL."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from psycopg import IsolationLevel
from psycopg import errors as sqlstates
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from offboarding.config.spelling import nearest
from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.net.destinations import is_local, keep_unlogged

keep_unlogged("psycopg")

_EXTRAS = (
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl", "sslnegotiation", "channel_binding"),
    *("gssencmode", "krbsrvname", "target_session_attrs", "connect_timeout", "options"),
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
)
"""libpq's parameters that a connection's extra may hold.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""
_CONNECT_SECONDS = 10
_ROWS_A_FETCH = 500
_REFUSED = (
    "authentication",
    "pg_hba.conf",
    "does not exist",
    "no password",
    "permission denied",
    "certificate",
    "sslmode",
    "support SSL",
)
"""libpq tells no SQLSTATE of a connection that failed; these words are in what no retry mends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """Who asks, and what its errors say is to be done."""

    where: str
    """What begins each sentence: `rosters.hr`."""
    timeout: timedelta
    """How long a statement may take, and each portion of a cursor's rows."""
    if_slow: str
    """What to do where that is too short: a clause."""
    if_refused: str
    """What to do where a right is missing."""
    if_wrong: str
    """What to do where the server makes nothing of what it was asked."""


@contextmanager
def session(connection: ConnectionFields, terms: SessionTerms) -> Generator[psycopg.Connection[TupleRow]]:
    """A session in one read-only transaction, which sees one state of the catalogs, in UTC; it is closed afterwards.

    Raises ConfigError, FatalError where the server refuses us, RetriableError where it can't be reached, and both for
    what fails inside the block.
    """
    try:
        with psycopg.connect(make_conninfo("", **_parameters(connection, terms.where))) as opened:
            opened.read_only = True
            opened.isolation_level = IsolationLevel.REPEATABLE_READ
            # Within the transaction, so that a pooler between us hands nothing of it to others.
            opened.execute(
                "SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true), "
                "set_config('statement_timeout', %s, true)",
                (str(int(terms.timeout.total_seconds() * 1000)),),
            )
            yield opened
    except psycopg.Error as error:
        raise _our_error(error, connection, terms) from error


@contextmanager
def cursor(
    opened: psycopg.Connection[TupleRow], query: bytes, parameters: Mapping[str, object] | None = None
) -> Generator[psycopg.ServerCursor[TupleRow]]:
    """The query's rows, fetched from the server in portions. It refuses a query that writes, and two at once.

    As bytes: its text is ours or the configuration's, which is trusted as code is; no value of anybody else enters it.
    """
    with opened.cursor(name="offboarding_read") as rows:
        rows.itersize = _ROWS_A_FETCH
        rows.execute(query, parameters)
        if opened.info.parameter_status("server_encoding") == "SQL_ASCII":
            # Such a server knows of no encoding, and would end the whole query at the first byte that isn't UTF-8.
            opened.execute("SELECT set_config('client_encoding', 'SQL_ASCII', true)")
        yield rows


def in_the_clear(opened: psycopg.Connection[TupleRow]) -> bool:
    """Whether what is read crosses a network unencrypted."""
    return not (is_local(opened.info.host) or opened.pgconn.ssl_in_use)


def _parameters(connection: ConnectionFields, asking: str) -> dict[str, str]:
    where = f"{asking}: connection {connection.conn_id}"
    if not connection.host:
        raise ConfigError(f"{where} has no host. Give the server's name, or the folder of its socket.")
    for name in connection.extra:
        if name not in _EXTRAS:
            raise ConfigError(
                f"{where}: its extra holds {name}, which is no parameter we pass on.{nearest(name, _EXTRAS)}"
            )
    given = {
        "host": connection.host,
        "port": connection.port or 5432,
        "user": connection.login,
        "password": connection.password,
        "dbname": connection.schema,
    }
    fixed = {"client_encoding": "utf8", "application_name": "offboarding"}
    every = {"connect_timeout": _CONNECT_SECONDS} | given | dict(connection.extra) | fixed
    return {name: str(value) for name, value in every.items() if value not in ("", None)}


def _our_error(error: psycopg.Error, connection: ConnectionFields, terms: SessionTerms) -> OffboardingError:
    """What the caller should do about an error. The server's main sentence alone: its details hold people's data."""
    where = f"{terms.where}: {connection.conn_id}"
    said = " ".join((error.diag.message_primary or str(error)).split())
    if error.sqlstate is None:
        return _connection_error(error, where, said)
    if isinstance(error, sqlstates.QueryCanceled):
        return RetriableError(f"{where}: {said}. {terms.if_slow}.")
    if isinstance(error, sqlstates.InsufficientPrivilege):
        return FatalError(f"{where}: {said}. {terms.if_refused}.")
    if isinstance(error, psycopg.OperationalError):
        return RetriableError(f"{where}: {said}. Nothing was concluded from this read; it is tried again.")
    if isinstance(error, psycopg.DataError):
        return IncompleteReadError(
            f"{where}: {said}. Nothing was concluded from this read; what is known stands, marked stale. "
            f"Mend the data, or else: {terms.if_wrong}."
        )
    return FatalError(f"{where}: {said} (SQLSTATE {error.sqlstate}). {terms.if_wrong}.")


def _connection_error(error: psycopg.Error, where: str, said: str) -> OffboardingError:
    if not isinstance(error, psycopg.OperationalError) or any(word in said for word in _REFUSED):
        return FatalError(
            f"{where}: {said}. Mend the connection (host, login, password, schema, extra), or its rights."
        )
    return RetriableError(f"{where}: {said}. See whether the server runs and can be reached from here.")
