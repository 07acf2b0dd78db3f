"""What people were asked: in a run of the DAG that asks, one question a task."""

import hashlib
import json
from collections.abc import Sequence

from psycopg.rows import scalar_row

from offboarding.store.connect import Session
from offboarding.store.sql import block


def is_first(session: Session, caller: str, parts: Sequence[object]) -> bool:
    """Return whether this task of a run has asked no other question; if it has asked none, store this one as its first.

    `caller`: the run's name, and the task; `parts`: what is shown and what an answer decides about, in JSON's types.
    """
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    values = {"caller": caller, "digest": digest}
    session.execute(block("questions", "insert_question"), values)
    with session.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(block("questions", "is_first_question"), values).fetchone())
