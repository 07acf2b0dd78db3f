"""A store's rows: whether they are the very same ones (not only their values, but who wrote them last, and where they
lie), and decisions that a test wrote into tables itself.
"""

from psycopg import sql

from offboarding.store.connect import Session
from offboarding.store.events import Saying, append_sayings
from offboarding.store.locks import lock_findings
from offboarding.store.recorded import said

CHANGES = "select count(*) from finding_event where coalesce(about, '') not like 'run:%'"
"""How many events there are, but for those of how runs ended, of which each run that ends writes one."""

Versions = dict[str, frozenset[tuple[str, str]]]
"""Table -> (xmin, ctid) of each row: https://www.postgresql.org/docs/current/ddl-system-columns.html"""


def versions(session: Session) -> Versions:
    """Every row of every table of the store's."""
    tables = session.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace"
    ).fetchall()
    return {str(table): _rows(session, str(table)) for (table,) in tables}


def changed(before: Versions, after: Versions) -> dict[str, int]:
    """Table -> how many rows were written, changed or removed; only where there are any."""
    differing = {table: len(before[table] ^ after[table]) for table in after}
    return {table: count for table, count in differing.items() if count}


def _rows(session: Session, table: str) -> frozenset[tuple[str, str]]:
    rows = session.execute(sql.SQL("select xmin::text, ctid::text from {}").format(sql.Identifier(table))).fetchall()
    return frozenset((str(xmin), str(ctid)) for xmin, ctid in rows)


def note_all(session: Session) -> None:
    """Write down every decision as its row says, for a test that wrote the row itself."""
    with session.transaction():
        lock_findings(session)
        sayings = [Saying(about=about, act="written", text=text) for about, text in said(session, None).items()]
        append_sayings(session, sayings, run_id=None, actor="test")
