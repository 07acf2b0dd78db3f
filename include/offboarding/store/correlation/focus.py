"""What correlation looks at: everything the first time, and after that whatever has to do with what was written since.

Which notes are kept of that stands in migrations/0100_store.sql, what has to do with what in queries/focus.sql.
That nothing else could come out otherwise is held by tests/integration/store/test_focus.py.
"""

import hashlib
import itertools
import json
from collections.abc import Mapping

from psycopg.rows import scalar_row
from psycopg.types.json import Jsonb

from offboarding.store import temporary
from offboarding.store.connect import Session
from offboarding.store.sql import block, statements

FEWEST, PERCENT = 5, 33
"""So many accounts, and so many of a hundred, made within an hour are a load (docs/decisions/0099-made-in-bulk.md)."""
VIEWS = ("in_focus", "account_in_focus", "worker_in_focus")


def settings_digest(values: Mapping[str, object], placeholders: tuple[str, ...]) -> bytes:
    """Of everything that correlation is told but the moment: where it differs, everything is looked at."""
    said = {name: value.obj if isinstance(value, Jsonb) else value for name, value in values.items() if name != "as_of"}
    text = json.dumps({**said, "placeholders": placeholders}, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def begin(session: Session) -> None:
    """What has to come before anything is read: the first time, that nobody writes meanwhile."""
    if _is(session, "is_first", {}):
        _run(session, {}, "wait_for_writers")


def find_focus(session: Session, values: Mapping[str, object], *, everything: bool) -> bool:
    """Make the temporary views of VIEWS. Returns whether they show everything.

    Needs those of persons, and `source_setting`. `values`: correlation's own, and the digest of its settings.
    `everything`: whatever the notes say.
    """
    temporary.make(session, "focus", values, "noted", "focus_account")
    # What an account's age weighs is asked anew of all where another load is found.
    everything = (
        _is_loaded(session) or everything or _is(session, "is_everything", values) or not _grown(session, values)
    )
    _run(session, values, "focus_on_everything" if everything else "focus_on_part")
    return everything


def _is_loaded(session: Session) -> bool:
    """Whether accounts were made in bulk of which that wasn't known yet; notes it."""
    values = {"fewest": FEWEST, "percent": PERCENT}
    return session.execute(block("bulk_loads", "note_bulk_loads"), values).rowcount > 0


def _grown(session: Session, values: Mapping[str, object]) -> bool:
    """Whether the focus is complete; False where it became most of everything."""
    temporary.make(session, "focus", values, "named")
    _run(session, values, "focus_on_noted")
    is_first_pass = True
    for step in itertools.count():
        at_step = {**values, "step": step, "is_first_pass": is_first_pass}
        if _is(session, "focus_is_most", at_step):
            return False
        _run(session, at_step, "find_reached")
        if _is(session, "focus_is_most", at_step):
            return False
        if _is(session, "has_to_pass", at_step):
            _run(session, at_step, "pass_accounts")
            is_first_pass = False
        _run(session, at_step, "grow_focus")
        if not _is(session, "focus_grew", at_step):
            break
    return True


def note_correlated(session: Session, values: Mapping[str, object], *, everything: bool) -> None:
    """Write down what the next correlation needs to know of this one. `everything`: whether it looked at all."""
    _run(session, values, "forget_crowded" if everything else "forget_crowded_in_focus")
    _run(session, values, "note_crowded", "note_correlated")


def drop_views(session: Session) -> None:
    """Take away what shows the store's own tables: they couldn't be changed while it does."""
    for view in VIEWS:
        session.execute(b"drop view if exists pg_temp." + view.encode())


def _is(session: Session, question: str, values: Mapping[str, object]) -> bool:
    with session.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(block("focus", question), values).fetchone())


def _run(session: Session, values: Mapping[str, object], *names: str) -> None:
    for name in names:
        for statement in statements("focus", name):
            session.execute(statement, values)
