"""What a person says of a roster's read: that it is right, though it looks wrong."""

from dataclasses import dataclass

from psycopg.rows import class_row

from offboarding.model.errors import FatalError
from offboarding.store import recorded, run_ends
from offboarding.store.connect import Session
from offboarding.store.locks import lock_roster
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRead:
    """What comes of a person's word on a read."""

    left: int
    """Workers no longer listed who count as having left."""
    by_next: bool
    """Nothing had been taken from it, an older file: the next read of the same takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Acceptable:
    read_id: int
    status: str
    only_short: bool
    came_again: bool
    waiting: int
    workers: int
    accepted: bool
    is_last: bool


def accept_read(session: Session, run_id: int, roster: str, *, reason: str, author: str) -> AcceptedRead:
    """A person says that a short read is the truth, that those beyond the bound have left, or an older file is right.

    Raises FatalError where there is nothing to accept, or a newer read has come since.
    """
    with session.transaction():
        lock_roster(session, roster)
        with session.cursor(row_factory=class_row(_Acceptable)) as cursor:
            read = cursor.execute(block("rosters", "acceptable_read"), {"run_id": run_id, "roster": roster}).fetchone()
        if read is None:
            raise FatalError(f"run {run_id} has no read of roster {roster}. See: python -m offboarding runs")
        if not read.is_last:
            raise FatalError(f"roster {roster} has been read again since run {run_id}. Accept that read instead.")
        if read.accepted or not (read.only_short or read.waiting or read.came_again):
            raise FatalError(
                f"the read of {roster} in run {run_id} is {read.status} and doesn't wait for acceptance."
                " Only a read that is merely short, one whose missing workers wait, or one of an older file that was"
                " delivered again can be accepted."
            )
        values = {"read_id": read.read_id, "author": author, "reason": reason}
        with run_ends.followed(session, [run_id], actor=author):
            recorded.write(session, "roster_read", "rosters", "accept_read", values, actor=author)
        if read.came_again:
            return AcceptedRead(left=0, by_next=True)
        values = {"roster": roster, "read_id": read.read_id}
        return AcceptedRead(left=session.execute(block("rosters", "infer_accepted"), values).rowcount, by_next=False)
