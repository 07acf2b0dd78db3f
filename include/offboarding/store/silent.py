"""Findings that stand and that no rule says any more, with what is known of them now. Nothing is judged here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from psycopg.rows import class_row

from offboarding.model import Silent, SilentKey, SilentThing
from offboarding.store.connect import Session
from offboarding.store.departures import persons_asked
from offboarding.store.rows import Run, providers
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class _Any:
    of_keys: bool
    of_others: bool


def silent_findings(session: Session, run: Run, sign_on: Mapping[str, str]) -> Iterator[Silent]:
    """Yield those about keys, then all others, each in the order of their keys. Of some people's run, theirs alone.

    `sign_on`: by whose word people sign on to a source, by its name.

    Needs merge_findings, and the custody tables, which making the cases of keys leaves behind.
    """
    with session.cursor(row_factory=class_row(_Any)) as cursor:
        found = cursor.execute(block("silent", "any")).fetchone()
    assert found is not None
    values = {"run_id": run.run_id, "since": run.reads_since, "persons": persons_asked(session, run)}
    if found.of_keys:
        with session.cursor(row_factory=class_row(SilentKey)) as cursor:
            yield from cursor.execute(block("silent", "keys"), values).fetchall()
    if found.of_others:
        with session.cursor(row_factory=class_row(SilentThing)) as cursor:
            yield from cursor.execute(block("silent", "things"), values | providers(sign_on)).fetchall()
