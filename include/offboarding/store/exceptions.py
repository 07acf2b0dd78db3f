"""What may stand for a while: entry by entry as the file had them, and what that does to findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from offboarding.model import Resolution, Resolved
from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.events import Change
from offboarding.store.locks import lock_findings
from offboarding.store.rows import Run
from offboarding.store.sql import block
from offboarding.store.staging import Stage

_COLUMNS = {
    "s_exception": (
        *("kind", "finding", "space", "worker", "source", "part", "roster", "account", "rule", "queue", "covers"),
        *("reason", "approver", "expires_at"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRow:
    """An entry of the file; None where it names none, which is any."""

    kind: str
    """exception or acknowledgement."""
    finding: str | None = None
    """A finding's key, whole or its beginning as it was typed."""
    space: str | None = None
    worker: str | None = None
    """A worker id in its normal form."""
    source: str | None = None
    part: str | None = None
    roster: str | None = None
    account: str | None = None
    """Native id or label."""
    rule: str | None = None
    queue: str | None = None
    covers: str | None = None
    """unread: also that it can't be read at all."""
    reason: str
    approver: str
    expires_at: datetime
    """The end of its last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Excepted:
    finding_key: str
    from_state: str
    details: dict[str, str]

    @property
    def change(self) -> Change:
        resolved = Resolved(resolution=Resolution.EXCEPTED, **self.details)
        return Change.ends(self.finding_key, self.from_state, "excepted", resolved)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryToDecide:
    """An exception of the file, as a person who decides on it has it."""

    expires_at: datetime
    valid_to: datetime | None
    """Since when the file no longer has it."""
    needs_decision: bool
    decided_by: str | None


def merge_exceptions(
    session: Session, rows: Sequence[ExceptionRow], at: datetime, *, needs_decision: bool = False
) -> None:
    """The file says this from `at` on: rows are written on change only, and end when it no longer says them.

    needs_decision: an exception of the file covers nothing until a person has decided on it.
    """
    with session.transaction():
        lock_findings(session)
        session.execute(block("exceptions", "stage_exceptions"))
        stage = Stage(session, _COLUMNS)
        for row in dict.fromkeys(rows):
            stage.add("s_exception", tuple(getattr(row, name) for name in _COLUMNS["s_exception"]))
        stage.finish()
        session.execute(block("exceptions", "resolve_findings"))
        values = {"at": at, "needs_decision": needs_decision}
        recorded.write(session, "exception", "exceptions", "merge_exceptions", values, actor="the exceptions file")
        session.execute("drop table s_exception")


def entry_to_decide(session: Session, exception_id: int) -> EntryToDecide | None:
    """Return an exception of the file by its number; None where there is none."""
    with session.cursor(row_factory=class_row(EntryToDecide)) as cursor:
        return cursor.execute(block("exceptions", "entry_to_decide"), {"exception_id": exception_id}).fetchone()


def decide(session: Session, exception_id: int, *, reason: str, author: str) -> None:
    """Write down that a person approves an exception of the file."""
    values = {"exception_id": exception_id, "reason": reason, "author": author}
    recorded.write(session, "exception_decision", "exceptions", "insert_exception_decision", values, actor=author)


def apply_exceptions(session: Session, run: Run) -> list[Change]:
    """Let stand what an exception covers, and have stand again what none covers any more. Needs lock_findings.

    What this run began has to be in the record: an entry that no run has gone by yet covers what is there by now.
    """
    values = {"run_id": run.run_id, "as_of": run.as_of}
    actor = f"run {run.run_id}"
    recorded.write(session, "exception", "exceptions", "note_known", values, actor=actor)
    recorded.write(session, "excepted_account", "exceptions", "note_excepted_accounts", values, actor=actor)
    with session.cursor(row_factory=class_row(Change)) as cursor:
        ended = cursor.execute(block("exceptions", "end_excepted"), {"as_of": run.as_of}).fetchall()
    with session.cursor(row_factory=class_row(_Excepted)) as cursor:
        begun = cursor.execute(block("exceptions", "begin_excepted"), {"as_of": run.as_of}).fetchall()
    return [*ended, *(each.change for each in begun)]
