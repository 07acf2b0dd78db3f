"""A read-only session on somebody else's PostgreSQL, whose every value comes as the server writes it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from psycopg import errors as sqlstates
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.net.destinations import is_local
from offboarding.rosters._records.decoding import marked
from offboarding.rosters._records.words import choice

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


@contextmanager
def session(connection: ConnectionFields, roster: str, timeout: timedelta) -> Generator[psycopg.Connection[TupleRow]]:
    """A session in one read-only transaction, in UTC, that is closed afterwards.

    `timeout` bounds each statement, and each portion of a cursor's rows. Raises ConfigError, FatalError where the
    server refuses us, RetriableError where it can't be reached, and both for what fails inside the block.
    """
    try:
        with psycopg.connect(make_conninfo("", **_parameters(connection, roster))) as opened:
            opened.read_only = True
            _take_text(opened)
            # Within the transaction, so that a pooler between us hands nothing of it to others.
            opened.execute(
                "SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true), "
                "set_config('statement_timeout', %s, true)",
                (str(int(timeout.total_seconds() * 1000)),),
            )
            yield opened
    except psycopg.Error as error:
        raise _our_error(error, connection, roster) from error


@contextmanager
def cursor(opened: psycopg.Connection[TupleRow], query: str) -> Generator[psycopg.ServerCursor[TupleRow]]:
    """The query's rows, fetched from the server in portions. It refuses a query that writes, and two at once."""
    with opened.cursor(name="offboarding_roster") as rows:
        rows.itersize = _ROWS_A_FETCH
        # As bytes: the text is the configuration's, which is trusted as code is; no value of anybody else enters it.
        rows.execute(query.encode())
        if opened.info.parameter_status("server_encoding") == "SQL_ASCII":
            # Such a server knows of no encoding, and would end the whole query at the first byte that isn't UTF-8.
            opened.execute("SELECT set_config('client_encoding', 'SQL_ASCII', true)")
        yield rows


def in_the_clear(opened: psycopg.Connection[TupleRow]) -> bool:
    """Whether what is read crosses a network unencrypted."""
    return not (is_local(opened.info.host) or opened.pgconn.ssl_in_use)


class _MarkingLoader(Loader):
    """UTF-8, with what isn't marked where it stands."""

    def load(self, data: Buffer) -> str:
        """The value as text."""
        return marked(bytes(data))


def column_names(rows: psycopg.ServerCursor[TupleRow]) -> list[str]:
    """As the query writes them; `rows.description` would take those of a database in SQL_ASCII for ASCII."""
    result = rows.pgresult
    return [marked(result.fname(place) or b"") for place in range(result.nfields)] if result else []


def column_types(rows: psycopg.ServerCursor[TupleRow]) -> list[int]:
    """Of each column its type's oid."""
    result = rows.pgresult
    return [result.ftype(place) for place in range(result.nfields)] if result else []


def _take_text(opened: psycopg.Connection[TupleRow]) -> None:
    """A number, date or uuid as the server writes it; datetime could hold neither infinity nor the year 10000."""
    for kind in opened.adapters.types:
        for oid in (kind.oid, kind.array_oid):
            if oid:
                opened.adapters.register_loader(oid, _MarkingLoader)


def _parameters(connection: ConnectionFields, roster: str) -> dict[str, str]:
    where = f"rosters.{roster}: connection {connection.conn_id}"
    if not connection.host:
        raise ConfigError(f"{where} has no host. Give the server's name, or the folder of its socket.")
    for name in connection.extra:
        if name not in _EXTRAS:
            raise ConfigError(
                f"{where}: its extra holds {name}, which is no parameter we pass on.{choice(name, _EXTRAS)}"
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


def _our_error(error: psycopg.Error, connection: ConnectionFields, roster: str) -> OffboardingError:
    """What the caller should do about an error. The server's main sentence alone: its details hold people's data."""
    where = f"rosters.{roster}: {connection.conn_id}"
    said = " ".join((error.diag.message_primary or str(error)).split())
    if error.sqlstate is None:
        return _connection_error(error, where, said)
    if isinstance(error, sqlstates.QueryCanceled):
        return RetriableError(f"{where}: {said}. Raise statement_timeout of the roster, or make the query faster.")
    if isinstance(error, sqlstates.InsufficientPrivilege):
        return FatalError(f"{where}: {said}. Grant the connection's user select on what the query reads.")
    if isinstance(error, psycopg.OperationalError):
        return RetriableError(f"{where}: {said}. Nothing was concluded from this read; it is tried again.")
    if isinstance(error, psycopg.DataError):
        return IncompleteReadError(
            f"{where}: {said}. Nothing was concluded from this read; what is known stands, marked stale. "
            "Mend the data, or query of the roster."
        )
    return FatalError(f"{where}: {said} (SQLSTATE {error.sqlstate}). Mend query of the roster.")


def _connection_error(error: psycopg.Error, where: str, said: str) -> OffboardingError:
    if not isinstance(error, psycopg.OperationalError) or any(word in said for word in _REFUSED):
        return FatalError(
            f"{where}: {said}. Mend the connection (host, login, password, schema, extra), or its rights."
        )
    return RetriableError(f"{where}: {said}. See whether the server runs and can be reached from here.")
