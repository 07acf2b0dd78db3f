"""Whether the store was restored from a backup: it has forgotten what was pushed, decided and told since.

Recovery to a point in time begins a new time line and pg_restore makes new tables, so the store is seen in another
place. So does the promotion of a standby, which may lack the last transactions.
"""

from collections.abc import Iterator

from psycopg.rows import scalar_row

from offboarding.store.connect import Session
from offboarding.store.sql import block

RESTORED = (
    "the store was restored, or its server was replaced, since the last run: what was pushed, decided and reported"
    " after the backup is missing. Rosters pushed by SCIM count as partial until all of their users have been pushed"
    " again. See docs/operations.md, Restore"
)


def noticed(session: Session) -> Iterator[str]:
    """Yield a sentence where the store is another copy than the one that the last run saw. Needs a transaction.

    From then on pushed users are in doubt until the identity provider has asked for each (rosters/scim), and open
    tickets are reported again.
    """
    with session.cursor(row_factory=scalar_row) as cursor:
        restored_at = cursor.execute(block("restores", "note_place")).fetchone()
    if restored_at is not None:
        session.execute(block("restores", "doubt_tickets"))
        yield RESTORED


def doubt(session: Session) -> None:
    """Take the store for restored though it is where it was, as a copy of a whole server is. Needs a transaction."""
    session.execute(block("restores", "note_restored"))
    session.execute(block("restores", "doubt_tickets"))
