"""Tickets' rows, held against the keys that their items make.

A ticket's key is a hash of its kind, whose it is, queue, episode and generation: whoever edits one of these does not
edit the key to fit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from offboarding.model.keys import ticket_key
from offboarding.store.session import Session
from offboarding.store.sql import block

MOST_GENERATIONS = 100
"""How many tickets one after the other are looked at for the one that a key is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Misplaced:
    """A finding on a ticket of another kind, or of somebody else, than its own."""

    ticket_key: str
    finding_key: str
    kind: str
    holders: list[str]
    """Whose it is, and as whom they were known before two people turned out to be one."""
    queues: list[str]
    episode: int


def put_right(session: Session) -> list[str]:
    """Let each ticket be of its items' kind and person again. Returns a sentence for each that wasn't.

    What stands on a ticket that was never theirs goes to one of its own.
    """
    with session.cursor(row_factory=class_row(_Misplaced)) as cursor:
        found = cursor.execute(block("tickets", "misplaced")).fetchall()
    for each in found:
        made = next(_made_of(each), None)
        if made is None or not _restored(session, made):
            session.execute(block("tickets", "take_off"), {"finding_key": each.finding_key})
    return [
        f"ticket {key} had another kind or owner than its items: the row was edited in the store and is corrected"
        for key in sorted({each.ticket_key for each in found})
    ]


def _made_of(each: _Misplaced) -> Iterator[dict[str, object]]:
    for queue, holder, generation in product(each.queues, each.holders, range(1, MOST_GENERATIONS)):
        if ticket_key(each.kind, holder, queue, each.episode, generation) == each.ticket_key:
            values: dict[str, object] = {"ticket_key": each.ticket_key, "kind": each.kind, "holder": each.holders[0]}
            yield values | {"queue": queue, "episode": each.episode, "generation": generation}


def _restored(session: Session, values: dict[str, object]) -> bool:
    """Whether the row could be what it was: another may stand there."""
    try:
        with session.transaction():
            session.execute(block("tickets", "restore_row"), values)
    except UniqueViolation:
        return False
    return True
