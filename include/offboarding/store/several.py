"""Workers of whom one read tells as of several people: another column's numbers stand where theirs should."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from psycopg.rows import scalar_row

from offboarding.model import Problem, RosterSummary
from offboarding.store.connect import Session
from offboarding.store.sql import block, statements
from offboarding.store.staged_worker import RANKS

_NONSENSE = 10
"""A read that tells more than one worker in so many as several people is none of workers."""
_NAMED = 20
"""So many of them are named."""
_FIX = "See whether two columns are swapped, or a number was given twice."


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """What was taken out."""

    problems: Sequence[Problem]
    nonsense: bool
    """So many that nothing else of the read is to be believed either."""


def take_out_several(session: Session, summary: RosterSummary, workers: int) -> Several:
    """Take their records out of what was staged: believed, they would make one person of many, for good."""
    for statement in statements("rosters", "find_several"):
        session.execute(statement, {"ranks": [rank.value for rank in RANKS]})
    with session.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(block("rosters", "several")).fetchall()
    nonsense = len(found) * _NONSENSE > workers
    return Several(problems=tuple(_problems(summary, found, workers, nonsense=nonsense)), nonsense=nonsense)


def _problems(summary: RosterSummary, found: Sequence[str], workers: int, *, nonsense: bool) -> Iterator[Problem]:
    if nonsense:
        yield Problem(
            record=summary.origin,
            text=f"{len(found)} of its {workers} workers, such as {found[0]}, are told as several people each, with"
            " other names, mails or logins: nothing that it says is believed",
            fix=_FIX,
        )
        return
    for worker_id in found[:_NAMED]:
        yield Problem(
            record=f"{summary.origin}, worker {worker_id}",
            text="is told as several people, with other names, mails or logins: these records aren't believed",
            fix=_FIX,
        )
