"""A schema beside the real one, for a trial: made, filled by the same code, and dropped at the end, come what may."""

import re
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from offboarding.model.errors import FatalError
from offboarding.store.connect import Session, connected, prepare
from offboarding.store.sql import block
from offboarding.store.withdrawals import put_on_trial

LEFT_OVER = timedelta(days=1)
"""A trial takes no day: what is older was left by a process that was killed."""
_STAMP = "%Y%m%d%H%M%S"
_MADE_AT = re.compile(r"_(\d{14})_")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCoverage:
    """How much of a source could be linked."""

    source: str
    working: int
    """Accounts that aren't dead."""
    linked: int


@contextmanager
def trial(parameters: Mapping[str, str | int]) -> Generator[Session]:
    """A session on a migrated schema of its own, which is gone afterwards, also on Ctrl-C and errors.

    What trials of other days left behind is removed first. Raises as `connect.connected`, and FatalError where the role
    may not make a schema.
    """
    now = datetime.now(UTC)
    name = f"offboarding_trial_{now.strftime(_STAMP)}_{secrets.token_hex(4)}"
    with connected(parameters) as session:
        try:
            _begin(session, name, now)
            put_on_trial(session)
            yield session
        finally:
            # It may be in the middle of a statement that was broken off: it ends with its session, and another cleans.
            session.close()
            with connected(parameters) as cleaner:
                _drop(cleaner, name)


def linked_by_source(session: Session) -> list[LinkCoverage]:
    """By the source's name."""
    with session.cursor(row_factory=class_row(LinkCoverage)) as cursor:
        return cursor.execute(block("trial", "linked_by_source")).fetchall()


def _begin(session: Session, name: str, now: datetime) -> None:
    try:
        prepare(session, name)
    except psycopg.errors.InsufficientPrivilege as error:
        raise FatalError(
            "store: the role may not make a schema, which a trial needs for as long as it runs. Grant create on the"
            " database to it (docs/permissions/postgres.md)."
        ) from error
    _drop_left_over(session, now)


def _drop_left_over(session: Session, now: datetime) -> None:
    for (schema,) in session.execute(block("trial", "trial_schemas")).fetchall():
        found = _MADE_AT.search(str(schema))
        assert found is not None
        if datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) < now - LEFT_OVER:
            _drop(session, str(schema))


def _drop(session: Session, schema: str) -> None:
    session.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
