"""What stood by an exception or an acknowledgement at a run's moment."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from offboarding.model import Severity
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.rows import RegisterEffect
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptedThen:
    """A finding that stands by an exception."""

    finding_key: str
    rule: str
    severity: Severity
    expires_at: datetime | None
    """When the last exception that covers it ends; None where the file has none any more."""
    is_new: bool
    """The night before it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgedThen:
    """A gap that is known; None where the entry names none."""

    source: str | None
    part: str | None
    roster: str | None
    finding: str | None
    """A finding's key; a shorter one was not one finding's, and names none."""
    queue: str | None
    """departures, where it's about their queue."""
    covers: str | None
    """unread, where it's also that it can't be read at all."""
    expires_at: datetime
    in_part: bool
    """Of a roster: its last night before the entry read it in part, or there was none."""
    was_read: bool
    """A roster, since the entry began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UncoveredThen:
    """What bears a label that an exception names, and didn't when the entry began."""

    source: str
    native_id: str
    """"" where nothing bore the label."""
    expires_at: datetime
    """When the last entry that names it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalThen:
    """A critical finding that an exception names, which covers none."""

    finding_key: str
    rule: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEffectThen(RegisterEffect):
    """What the custody register alone did to a finding, and whether the night before it did not."""

    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedThen:
    """An entry by a short key that began no finding, or several, when it was first read: it names none."""

    kind: str
    """exception or acknowledgement."""
    finding: str
    expires_at: datetime
    is_new: bool
    """The night before did not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndecidedThen:
    """An exception of the file that covers nothing until an approver has decided on it; None: it names none."""

    exception_id: int
    finding: str | None
    space: str | None
    worker: str | None
    source: str | None
    rule: str | None
    expires_at: datetime


def excepted_then(session: Session, run_id: int) -> list[ExceptedThen]:
    """Findings that stood by an exception when this run ended, those whose exception ends first first."""
    with session.cursor(row_factory=record_row(ExceptedThen)) as cursor:
        return cursor.execute(block("exceptions", "excepted_then"), {"run_id": run_id}).fetchall()


def acknowledged_then(session: Session, run_id: int) -> list[AcknowledgedThen]:
    """Acknowledgements that counted at this run's moment, those that end first first."""
    with session.cursor(row_factory=class_row(AcknowledgedThen)) as cursor:
        return cursor.execute(block("exceptions", "acknowledged_then"), {"run_id": run_id}).fetchall()


def uncovered_then(session: Session, run_id: int) -> list[UncoveredThen]:
    """What this run was the first to see so; by source."""
    with session.cursor(row_factory=class_row(UncoveredThen)) as cursor:
        return cursor.execute(block("exceptions", "uncovered_then"), {"run_id": run_id}).fetchall()


def unresolved_then(session: Session, run_id: int) -> list[UnresolvedThen]:
    """Entries that counted at this run's moment and name no finding by their short key; by key."""
    with session.cursor(row_factory=class_row(UnresolvedThen)) as cursor:
        return cursor.execute(block("exceptions", "unresolved_then"), {"run_id": run_id}).fetchall()


def critical_then(session: Session, run_id: int) -> list[CriticalThen]:
    """Critical findings that stood when this run ended and that an exception names; by key."""
    with session.cursor(row_factory=class_row(CriticalThen)) as cursor:
        return cursor.execute(block("exceptions", "critical_then"), {"run_id": run_id}).fetchall()


def register_effects_then(session: Session, run_id: int) -> list[RegisterEffectThen]:
    """Findings that the custody register alone lowered or prevented in this run, the worst first."""
    with session.cursor(row_factory=record_row(RegisterEffectThen)) as cursor:
        return cursor.execute(block("night", "register_effects_then"), {"run_id": run_id}).fetchall()


def undecided_then(session: Session, run_id: int) -> list[UndecidedThen]:
    """Exceptions of the file that waited for a decision when this run ended; by number."""
    with session.cursor(row_factory=class_row(UndecidedThen)) as cursor:
        return cursor.execute(block("exceptions", "undecided_then"), {"run_id": run_id}).fetchall()
