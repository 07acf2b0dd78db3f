"""How far a revocation has come that was broken off: looked at in its system, never by what the store says alone."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from offboarding.config.settings import Settings
from offboarding.interfaces import Revoker
from offboarding.model import RevocationStage, StepSeen, TicketCall
from offboarding.model.errors import FatalError, OffboardingError, RetriableError, UncertainError
from offboarding.model.keys import short_finding
from offboarding.model.texts import is_storable
from offboarding.report import revocations as words
from offboarding.runs import pipeline
from offboarding.runs.whole import Readers
from offboarding.store import outbox, revocations, runs
from offboarding.store.connect import Session
from offboarding.store.locks import revocations_held
from offboarding.store.revocations import RevocationRow

log = structlog.get_logger("offboarding.guard.revoking")

Revokers = Callable[[str, str], Revoker]
"""By a source's name and part, ready; raises ConfigError where there is none."""
DEFECT = "a defect of ours, whose trace stands in the log ({})"
BROKEN_OFF = "the task was broken off before it was done"
CHANGED = "somebody changed it meanwhile: look at it"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSeen:
    """A revocation or an undo that was broken off, and why nobody could see what came of it."""

    finding_key: str
    error: OffboardingError

    def __str__(self) -> str:
        """A sentence."""
        short = short_finding(self.finding_key)
        return f"What came of {short}, which was broken off, can't be seen: {words.stopped(str(self.error))}"


def settle(session: Session, settings: Settings, readers: Readers, revokers: Revokers) -> list[NotSeen]:
    """How far what was broken off has come: it's looked at where its system may have been told, and shuts nothing.

    What was approved and not begun is over with the task that heard it. What was refused in doubt is looked at for a
    day, since such a step may come late. Returns what couldn't be seen, which is to be told: it stays as it is. Raises
    FatalError where a revocation isn't as the record says.
    """
    unseen: list[NotSeen] = []
    with revocations_held(session):
        broken = revocations.broken_off(session)
        for row in broken:
            try:
                settle_one(session, revokers, row)
            except OffboardingError as error:
                revocations.hold_to_the_record(session)
                unseen.append(NotSeen(finding_key=row.finding_key, error=error))
    for run_id in {row.look_run for row in broken if row.look_run}:
        pipeline.ticket(session, settings, runs.run(session, run_id), readers.trackers(settings))
    return unseen


def raise_unseen(unseen: Sequence[NotSeen]) -> None:
    """All of it as one error, if there is any: RetriableError where some of it may be seen in a minute."""
    if unseen:
        kind = RetriableError if any(isinstance(each.error, RetriableError) for each in unseen) else FatalError
        raise kind("\n".join(map(str, unseen)))


def settle_one(session: Session, revokers: Revokers, row: RevocationRow) -> RevocationRow:
    """By what its system shows. Raises what keeps it from being seen."""
    if row.status is RevocationStage.APPROVED:
        refuse(session, row, BROKEN_OFF)
        return revocations.row(session, row.revocation_id)
    revocations.hold_to_the_record(session)
    seen = looked(revokers, row)
    if row.status is RevocationStage.UNDOING:
        end_undo(session, row, seen, broken_off=True)
    elif seen is StepSeen.SET and not row.works_again:
        done(session, row)
    elif row.status is RevocationStage.DOING:
        refuse(session, row, BROKEN_OFF if seen is StepSeen.BEFORE else CHANGED, in_doubt=True)
    return revocations.row(session, row.revocation_id)


def give_up(session: Session, revokers: Revokers, finding_key: str, *, reason: str, author: str) -> RevocationRow:
    """A person ends what was broken off: by what its system shows, or as unseen where nobody can look any more.

    Raises FatalError where nothing of this finding was broken off, RetriableError where it may be seen in a minute.
    """
    reason = on_a_ticket(reason)
    standing = (RevocationStage.APPROVED, RevocationStage.DOING, RevocationStage.UNDOING)
    with revocations_held(session):
        row = next(iter(revocations.rows(session, *standing, finding_key=finding_key)), None)
        if row is None:
            raise FatalError(
                f"no revocation of {short_finding(finding_key)} was broken off. See: python -m offboarding revoke list"
            )
        try:
            return settle_one(session, revokers, row)
        except RetriableError as error:
            raise RetriableError(
                f"{words.stopped(str(error))} It may be seen in a minute, and nothing was ended: try again. Where that"
                " system is gone for good, take its source out of the configuration first."
            ) from error
        except OffboardingError as error:
            why = str(error)
        is_undo = row.status is RevocationStage.UNDOING
        stage = RevocationStage.UNDO_UNSEEN if is_undo else RevocationStage.UNSEEN
        text = (words.undo_unseen if is_undo else words.unseen)(row, author, reason, why)
        with revocations.locked(session):
            revocations.end(session, row, stage, reason, author=author, in_doubt=True)
            comment(session, row, text, event=stage.value)
    return revocations.row(session, row.revocation_id)


def looked(revokers: Revokers, row: RevocationRow) -> StepSeen:
    """How its thing stands, by the connection that shuts it. Changes nothing. A defect of ours hides it as well as an
    answer that doesn't come.
    """
    with defects_told(row):
        return revokers(row.source_now, row.part_now).seen(row.thing, row.before or {})


@contextmanager
def defects_told(row: RevocationRow) -> Generator[None]:
    """A defect of ours ends as any error does of which nobody knows what was done, and its trace stands in the log."""
    try:
        yield
    except OffboardingError:
        raise
    except Exception as error:
        log.exception("a defect of ours", finding=short_finding(row.finding_key))
        raise UncertainError(DEFECT.format(type(error).__name__)) from error


def done(session: Session, row: RevocationRow) -> None:
    """It's shut: as it was to be, or later than was thought."""
    late = row.status in (RevocationStage.REFUSED, RevocationStage.UNSEEN)
    with revocations.locked(session):
        revocations.done(session, row)
        for other in revocations.rows(session, RevocationStage.PROPOSED, finding_key=row.finding_key):
            revocations.end(session, other, RevocationStage.LAPSED, "it's shut already")
        if row.status is not RevocationStage.UNDO_UNSEEN:
            comment(session, row, words.late(row) if late else words.done(row), event="late" if late else "")
    log.info("revoked", finding=short_finding(row.finding_key), by=row.approved_by, late=late)


def refuse(session: Session, row: RevocationRow, why: str, *, in_doubt: bool = False) -> None:
    """It comes to nothing. In doubt, its system may have taken the step all the same."""
    with revocations.locked(session):
        revocations.end(session, row, RevocationStage.REFUSED, why, in_doubt=in_doubt)
        comment(session, row, words.refused(row, why))
    log.error("not revoked", finding=short_finding(row.finding_key), why=why)


def end_undo(session: Session, row: RevocationRow, seen: StepSeen, *, broken_off: bool = False) -> None:
    """It stands as before, or else the revocation does. Of an undo that was broken off nobody has heard that yet."""
    undone = seen is StepSeen.BEFORE
    with revocations.locked(session):
        revocations.end_undo(session, row, undone=undone)
        if undone:
            comment(session, row, words.undone(row), event="undone")
        elif broken_off:
            comment(session, row, words.not_undone(row, seen), event="not_undone")


def on_a_ticket(reason: str) -> str:
    """A person's reason as a ticket shows it. Raises FatalError where it can't be kept."""
    if not is_storable(reason):
        raise FatalError("The reason holds a NUL, or half of a character, and nothing is done: write it anew.")
    return words.in_a_line(reason)


def comment(session: Session, row: RevocationRow, text: str, *, event: str = "") -> None:
    """On its ticket, once for each event."""
    if row.ticket_key:
        run = runs.run(session, row.look_run or row.proposed_run)
        event_key = ":".join(("revocation", str(row.revocation_id), *([event] if event else [])))
        outbox.say(session, run, row.ticket_key, op=TicketCall.COMMENT, event_key=event_key, text=text, goes_along=True)
