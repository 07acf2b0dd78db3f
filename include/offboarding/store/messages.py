"""Receipts of messages that named people, each done once, however often it comes; and whether their queue answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from offboarding.store.connect import Session
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMessage:
    """Whom a run's messages name, all together."""

    people: list[str]
    notices: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLook:
    """Whether the queue could be asked in a run."""

    asked_at: datetime | None
    """None: its task didn't come to it."""
    waiting: int
    """Messages that nobody took, for as long as was looked."""
    error: str
    """Why it couldn't be asked."""
    answered_at: datetime | None
    """When it answered last before this run; None where it never did."""
    waiting_since: datetime | None
    """Since which look there has always been something on it that nobody takes."""


def expect_look(session: Session, run_id: int) -> None:
    """This run is to ask the queue."""
    session.execute(block("messages", "expect_look"), {"run_id": run_id})


def note_look(session: Session, run_id: int, *, waiting: int = 0, error: str = "") -> None:
    """Write down what came of asking it."""
    session.execute(block("messages", "note_look"), {"run_id": run_id, "waiting": waiting, "error": error})


def look_then(session: Session, run_id: int) -> QueueLook | None:
    """What came of it in a run; None where no queue was configured, or the run asks none."""
    with session.cursor(row_factory=class_row(QueueLook)) as cursor:
        return cursor.execute(block("messages", "look_then"), {"run_id": run_id}).fetchone()


def receive(
    session: Session, *, message_id: str, people: Sequence[str], notices: Sequence[str], refused: str, handle: str
) -> None:
    """Write down that it came; again is the same row."""
    values = {"message_id": message_id, "people": list(people), "notices": list(notices)}
    session.execute(block("messages", "receive"), {**values, "refused": refused, "handle": handle})


def take(session: Session, run_id: int, message_ids: Sequence[str]) -> int:
    """They are the run's from now on, as far as they aren't done. Returns how many of them ever came."""
    session.execute(block("messages", "take"), {"run_id": run_id, "message_ids": list(message_ids)})
    return len(session.execute(block("messages", "known"), {"message_ids": list(message_ids)}).fetchall())


def not_a_message(session: Session, run_id: int, reason: str) -> None:
    """Something began this run that is no message; its report says why it isn't."""
    session.execute(block("messages", "not_a_message"), {"run_id": run_id, "reason": reason})


def handles(session: Session, run_id: int, message_ids: Sequence[str]) -> list[str]:
    """By what the run's messages, and these, are deleted from their queue, as far as they weren't."""
    with session.cursor(row_factory=scalar_row) as cursor:
        values = {"run_id": run_id, "message_ids": list(message_ids)}
        return [str(row) for row in cursor.execute(block("messages", "handles"), values)]


def note_deleted(session: Session, deleted: Sequence[str]) -> None:
    """The queue was told to delete these deliveries."""
    session.execute(block("messages", "note_deleted"), {"handles": list(deleted)})


def take_over(session: Session, run_id: int) -> None:
    """What an earlier run took and didn't come to its end with is this run's."""
    session.execute(block("messages", "take_over"), {"run_id": run_id})


def taken(session: Session, run_id: int) -> TakenMessage:
    """Whom the run's messages name that aren't done yet."""
    with session.cursor(row_factory=class_row(TakenMessage)) as cursor:
        found = cursor.execute(block("messages", "taken"), {"run_id": run_id}).fetchone()
    assert found is not None
    return found


def refuse(session: Session, run_id: int, word: str, reason: str) -> None:
    """An id in the run's messages is nobody's: the messages that hold it say so."""
    session.execute(block("messages", "refuse"), {"run_id": run_id, "word": word, "reason": reason})


def refusals(session: Session, run_id: int) -> list[str]:
    """Why something of the run's messages was set aside, a sentence a message."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(row) for row in cursor.execute(block("messages", "refusals"), {"run_id": run_id}).fetchall()]


def done(session: Session, run_id: int) -> None:
    """These people were checked."""
    session.execute(block("messages", "done"), {"run_id": run_id})
