"""Revocations: what may be shut, what a person approved, and what became of it. Each change of a row is an event."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from offboarding.model import (
    Before,
    Revocable,
    RevocationStage,
    Severity,
)
from offboarding.model.errors import FatalError
from offboarding.store import keyed, recorded
from offboarding.store.connect import Session
from offboarding.store.locks import lock_findings
from offboarding.store.record_rows import record_row
from offboarding.store.revocation_candidates import ANY_SPACE, Candidate, IdentitySpaces
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRow:
    """A revocation, as far as it has come."""

    revocation_id: int
    finding_key: str
    status: RevocationStage
    works_again: bool
    """Its finding was seen to work again since: what stands there now isn't this revocation's."""
    source_now: str
    """What its source is called by now."""
    part_now: str
    proposed_at: datetime
    proposed_run: int
    source: str
    part: str
    step: str
    """What is set, as a clause."""
    caller: str | None
    """Whose answer approved it."""
    approved_by: str | None
    approved_at: datetime | None
    reason: str | None
    look_run: int | None
    before: dict[str, str] | None
    """What stood there, where its system did the step or may have."""
    may_come_late: bool
    """It was refused, and its system may still take the step."""
    taken_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    ended_for: str | None
    rule: str
    severity: Severity
    person_uid: str
    ticket_key: str | None
    id_space: str
    worker_id: str
    thing: Revocable


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenOff:
    """A revocation whose task or command didn't come to its end."""

    finding_key: str
    is_undo: bool
    """It was being opened again."""


def candidates(
    session: Session, *, sources: Sequence[str], subjects: Sequence[str], spaces: IdentitySpaces = ANY_SPACE
) -> list[Candidate]:
    """Open findings on tickets about what somebody has, of these systems and kinds of things, the worst first."""
    values = {"finding_key": None, "sources": list(sources), "subjects": list(subjects)}
    return _candidates(session, values, spaces)


def candidate(session: Session, key: str, spaces: IdentitySpaces = ANY_SPACE) -> Candidate | None:
    """One finding's thing, as it stands; None where its account isn't known any more."""
    return next(iter(_candidates(session, {"finding_key": key, "sources": [], "subjects": []}, spaces)), None)


def rows(session: Session, *statuses: RevocationStage, finding_key: str | None = None) -> list[RevocationRow]:
    """Revocations, the newest first: all, or those that stand so; of one finding."""
    return _rows(session, statuses=[each.value for each in statuses] or None, finding_key=finding_key)


def broken_off(session: Session) -> list[RevocationRow]:
    """Approved or being undone, and at no end; and refused within a day, where the step may come late."""
    return _rows(session, broken_off=True)


def broken_off_then(session: Session, run_id: int) -> list[BrokenOff]:
    """What was approved or being undone before a night, and was at no end when that ended."""
    with session.cursor(row_factory=class_row(BrokenOff)) as cursor:
        return cursor.execute(block("revocations", "broken_off_then"), {"run_id": run_id}).fetchall()


def row(session: Session, revocation_id: int) -> RevocationRow:
    """One, as it stands now. Raises FatalError where it's gone."""
    found = _rows(session, revocation_id=revocation_id)
    if not found:
        raise FatalError(f"revocation {revocation_id} isn't there any more: the record doesn't know it")
    return found[0]


def taken(session: Session) -> int:
    """How many were taken in the last 24 hours, by the store's clock."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("revocations", "taken")).fetchone() or 0


def propose(session: Session, found: Candidate, *, run_id: int, step: str) -> None:
    """A person may approve it from now on. Needs lock_findings, as all that follows."""
    values = {
        "finding_key": found.finding_key,
        "reopened": found.reopened,
        "run_id": run_id,
        "source": found.source,
        "part": found.part,
        "step": step,
        **asdict(found.thing),
    }
    _write(session, "propose", values, actor=f"run {run_id}")


def approve(session: Session, row: RevocationRow, *, author: str, reason: str, caller: str) -> bool:
    """A person approved it; False where it isn't proposed any more."""
    return _write(session, "approve", _of(row, author=author, reason=reason, caller=caller), actor=author)


def begin(session: Session, row: RevocationRow, *, run_id: int, caller: str, before: Before, most: int) -> bool:
    """What stood before is written down; False where so many were taken already, or this answer didn't approve it."""
    values = _of(row, run_id=run_id, caller=caller, before=Jsonb(dict(before)), most=most)
    return _write(session, "begin", values, actor=f"run {run_id}")


def done(session: Session, row: RevocationRow) -> None:
    """It's shut."""
    _write(session, "done", _of(row), actor=f"revocation of {row.approved_by}")


def end(
    session: Session,
    row: RevocationRow,
    status: RevocationStage,
    reason: str,
    *,
    author: str | None = None,
    in_doubt: bool = False,
) -> None:
    """It comes to nothing: refused, or lapsed. Or an author ends it, since nobody can look any more. Unless its system
    may have taken the step all the same, it's forgotten what stood before: nothing that stands there is ever ours.
    """
    values = _of(row, status=status.value, reason=reason, author=author, in_doubt=in_doubt)
    _write(session, "end", values, actor=author or f"revocation {row.revocation_id}")


def begin_undo(session: Session, row: RevocationRow, *, author: str, reason: str) -> bool:
    """A person takes it back; False where it isn't done."""
    return _write(session, "begin_undo", _of(row, author=author, reason=reason), actor=author)


def end_undo(session: Session, row: RevocationRow, *, undone: bool) -> None:
    """It was taken back, or wasn't."""
    _write(session, "undone" if undone else "keep", _of(row), actor=row.ended_by or "")


def doubts(session: Session) -> list[str]:
    """What isn't as the record says, and no run has seen to yet: nothing is shut by a store that somebody has written
    into. A finding that was set aside is left out by its own key.
    """
    rows_ = [str(each) for each in recorded.troubles(session)]
    states = [f"finding {each.finding_key[:8]} stands {each.from_state}" for each in recorded.states_changed(session)]
    misfits = [str(each) for each in keyed.misfits(session) if not each.told]
    episodes = [str(each) for each in keyed.other_episodes(session)]
    return [*rows_, *states, *misfits, *episodes]


@contextmanager
def locked(session: Session, *, whole: bool = False) -> Generator[None]:
    """A transaction in which nobody else changes findings or revocations.

    Raises FatalError where a revocation isn't as the record says: what is written next would vouch for it. `whole`: or
    anything at all isn't.
    """
    with session.transaction():
        lock_findings(session)
        hold_to_the_record(session, whole=whole)
        yield


def hold_to_the_record(session: Session, *, whole: bool = False) -> None:
    """Raises FatalError where a revocation isn't as the record says, or anything at all: no system is told anything."""
    found = doubts(session) if whole else [str(each) for each in recorded.troubles(session) if _is_ours(each)]
    if found:
        raise FatalError(
            "Nothing is shut, or opened again, since the store isn't as its record says:"
            f" {'; '.join(found[:3])}. See who wrote there: python -m offboarding audit verify. The next night puts it"
            " right."
        )


def _is_ours(trouble: recorded.Trouble) -> bool:
    return trouble.about.startswith("revocation:")


def _rows(session: Session, **values: object) -> list[RevocationRow]:
    given = {"statuses": None, "finding_key": None, "revocation_id": None, "broken_off": False, **values}
    with session.cursor(row_factory=record_row(RevocationRow)) as cursor:
        return cursor.execute(block("revocations", "rows"), given).fetchall()


def _candidates(session: Session, about: Mapping[str, object], spaces: IdentitySpaces) -> list[Candidate]:
    sources = [asdict(each) for each in spaces.sources]
    values = {**about, "spaces": Jsonb(sources), "mail_domains": list(spaces.mail_domains)}
    with session.cursor(row_factory=record_row(Candidate)) as cursor:
        return cursor.execute(block("revocations", "facts"), values).fetchall()


def _of(row: RevocationRow, **values: object) -> dict[str, object]:
    return {"revocation_id": row.revocation_id, **values}


def _write(session: Session, name: str, values: Mapping[str, object], *, actor: str) -> bool:
    return bool(recorded.write(session, "revocation", "revocations", name, values, actor=actor))
