"""A table's first rows, a whole company's at once: indexes are made when these have been written, and nothing is noted.

Row by row, an index takes as long as the table itself; over rows that lie there, a quarter of that. PostgreSQL 18
documentation, 14.4 "Populating a Database".
"""

from collections.abc import Generator
from contextlib import contextmanager

from psycopg import sql
from psycopg.errors import LockNotAvailable

from offboarding.store.connect import Session
from offboarding.store.sql import block


@contextmanager
def first_load(session: Session, *tables: str) -> Generator[bool]:
    """Without their indexes, within the caller's transaction, for those of the tables that nobody uses and have no row.

    Yields whether that is all of them.

    Nobody else reads or writes these until the transaction ends; where it fails, the indexes are as they were.
    """
    without = [(table, *_dropped(session, table)) for table in tables if _is_empty(session, table)]
    yield len(without) == len(tables)
    for table, *definitions in without:
        for definition in definitions:
            session.execute(definition.encode())
        session.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))


@contextmanager
def unnoted(session: Session, *tables: str) -> Generator[None]:
    """Whatever is inserted within, in the caller's transaction, is noted nowhere: a first correlation looks at it all.

    Only as long as there was none, and where nobody else is writing to these tables. PostgreSQL keeps all that a
    statement writes for its triggers, on disk where it's much: a tenth of a first read.
    """
    quiet = [table for table in tables if _is_first(session) and _locked(session, table, "share row exclusive")]
    # Asked again: from here on none can begin before these rows are there (queries/focus.sql, wait_for_writers).
    quiet = quiet if _is_first(session) else []
    for table in quiet:
        session.execute(f"alter table {table} disable trigger note_insert".encode())
    yield
    for table in quiet:
        session.execute(f"alter table {table} enable trigger note_insert".encode())


def _is_first(session: Session) -> bool:
    return session.execute(block("focus", "is_first")).fetchone() == (True,)


def _is_empty(session: Session, table: str) -> bool:
    """Whether it's without a row, and nobody else's now, as dropping an index needs it."""
    if _has_rows(session, table):
        return False
    return _locked(session, table, "access exclusive") and not _has_rows(session, table)


def _locked(session: Session, table: str, mode: str) -> bool:
    """Whether it could be locked at once. To wait, with locks of one's own, could be for who waits for these."""
    try:
        with session.transaction():
            session.execute(f"lock table {table} in {mode} mode nowait".encode())
    except LockNotAvailable:
        return False
    return True


def _has_rows(session: Session, table: str) -> bool:
    found = session.execute(sql.SQL("select 1 from {} limit 1").format(sql.Identifier(table)))
    return found.fetchone() is not None


def _dropped(session: Session, table: str) -> list[str]:
    """Drop the table's indexes; returns what makes them again."""
    found = session.execute(block("first_load", "indexes"), {"table": table}).fetchall()
    for drop, _ in found:
        session.execute(str(drop).encode())
    return [str(make) for _, make in found]
