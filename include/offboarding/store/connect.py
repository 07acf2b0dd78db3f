"""Sessions with our PostgreSQL: schema `offboarding`, UTC, autocommit (transactions are begun where they belong)."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import psycopg
import structlog
from psycopg import sql
from psycopg.conninfo import make_conninfo

from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.destinations import is_local, keep_unlogged
from offboarding.store.migrate import migrate
from offboarding.store.pooler import is_shared
from offboarding.store.session import Session

keep_unlogged("psycopg")
log = structlog.get_logger("offboarding.store")

MINIMUM_VERSION = 150000
SCHEMA = "offboarding"
MEMORY = {"work_mem": "128MB", "maintenance_work_mem": "256MB", "temp_buffers": "64MB"}
"""What a session may take for a sort or a join, for an index, and for its temporary tables. A night is a few large
statements, and the server's own 4 MB are meant for hundreds of small ones; what isn't needed isn't taken.
"""

KEEPALIVES = {"tcp_keepalives_idle": "60s", "tcp_keepalives_interval": "10s", "tcp_keepalives_count": "6"}
"""How soon the server hears that a machine of ours is gone which said nothing (its power, its network): after two
minutes, where systems wait for two hours. Until then it keeps that session's locks, and who comes next waits for them.
"""

BOUNDS = (
    *("statement_timeout", "lock_timeout", "transaction_timeout"),
    *("idle_in_transaction_session_timeout", "idle_session_timeout"),
)
"""What a server may set at a role to end long statements and silent sessions. A night is few and long ones, and silent
while a system is asked: it goes by none of them, as pg_dump doesn't. Older servers lack some.
"""
_SET = """
select set_config(name, value, false) from unnest(%s::text[], %s::text[]) as wanted (name, value)
where current_setting(name, true) is not null
"""
_REFUSED = (
    *("authentication failed", "does not exist", "no pg_hba.conf entry", "is not permitted to log in"),
    *("certificate", "does not support SSL", "permission denied for database"),
)


@contextmanager
def opened(parameters: Mapping[str, str | int], *, schema: str = SCHEMA) -> Generator[Session]:
    """A session on a migrated store, closed at the end. Raises as `connected`."""
    with connected(parameters) as session:
        prepare(session, schema)
        yield session


@contextmanager
def connected(parameters: Mapping[str, str | int]) -> Generator[Session]:
    """A session on the server alone, closed at the end: nothing is made there.

    `parameters` are libpq's own words. Raises RetriableError where the server can't be reached, FatalError where it
    refuses, then or later, is older than PostgreSQL 15, or lies behind a pooler that shares sessions.
    """
    try:
        session = psycopg.connect(_conninfo(parameters), autocommit=True)
    except psycopg.OperationalError as error:
        raise _refused(error) from error
    with session:
        if session.info.server_version < MINIMUM_VERSION:
            raise FatalError(f"store: PostgreSQL {session.info.server_version // 10000} is too old. Use 15 or newer.")
        if not (session.pgconn.ssl_in_use or is_local(session.info.host)):
            log.warning("the store is spoken to without TLS: set sslmode in the extra of offboarding_store")
        if is_shared(session, _conninfo(parameters)):
            raise FatalError(
                "store: a pooler lies between that gives each transaction another session, such as PgBouncer with"
                " pool_mode = transaction. Connect to the server itself, or by a pool in session mode."
            )
        try:
            yield session
        except psycopg.errors.InsufficientPrivilege as error:
            raise FatalError(
                f"store: PostgreSQL refuses {session.info.user}: {error.diag.message_primary}. Grant what is missing"
                " (docs/permissions/postgres.md)."
            ) from error


def prepare(session: Session, schema: str = SCHEMA) -> None:
    """Set the session up, and bring the schema to the newest migration."""
    path = f"{sql.Identifier(schema).as_string(session)}, pg_temp"
    wanted = {"timezone": "UTC", "search_path": path, **MEMORY, **KEEPALIVES, **dict.fromkeys(BOUNDS, "0")}
    session.execute(_SET, (list(wanted), list(wanted.values())))
    migrate(session, schema)


LONGEST_LOOK = "30s"
"""For a statement of whoever looks or pushes: what takes longer is waited for by nobody, and costs the night."""


def only_look(session: Session) -> None:
    """Let a session that is set up change nothing from here on, and ask for nothing that takes long.

    But for a transaction that says so itself: a look that is written down (looks.py), and temporary tables that are
    undone at its end (reading/holder_views.py).
    """
    session.execute("set default_transaction_read_only = on")
    bound_statements(session)


def bound_statements(session: Session) -> None:
    """Let a session that is set up ask for nothing that takes long, a lock that somebody else holds included."""
    session.execute(sql.SQL("set statement_timeout = {}").format(sql.Literal(LONGEST_LOOK)))


def _conninfo(parameters: Mapping[str, str | int]) -> str:
    given = {name: str(value) for name, value in parameters.items() if value != ""}
    return make_conninfo("", **{"application_name": "offboarding", "connect_timeout": 10, **given})


def _refused(error: psycopg.OperationalError) -> FatalError | RetriableError:
    text = " ".join(str(error).split())
    if any(word in text for word in _REFUSED):
        return FatalError(f"store: PostgreSQL refused us: {text}. Mend the connection offboarding_store.")
    return RetriableError(f"store: PostgreSQL can't be reached: {text}. Check the connection offboarding_store.")
