"""Whether somebody is called by a word: so that no ticket about a person is ever put into their own hands."""

from psycopg.rows import scalar_row

from offboarding.store.connect import Session
from offboarding.store.sql import block


def bears(session: Session, finding_key: str, word: str) -> bool:
    """Whether the person of a finding bears, or bore, this number, login or mail. `word`: in normal form."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(block("tickets", "bears"), {"finding_key": finding_key, "word": word}).fetchone())
