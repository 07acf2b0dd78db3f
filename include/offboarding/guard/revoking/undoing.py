"""A person takes a revocation back."""

from offboarding.guard.revoking import settling
from offboarding.guard.revoking.settling import Revokers
from offboarding.model import RevocationStage, StepSeen
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.model.keys import short_finding
from offboarding.report import revocations as words
from offboarding.store import revocations
from offboarding.store.connect import Session
from offboarding.store.locks import revocations_held
from offboarding.store.revocations import RevocationRow

_LOOKED_AT_FIRST = (
    RevocationStage.DOING,
    RevocationStage.REFUSED,
    RevocationStage.UNSEEN,
    RevocationStage.UNDO_UNSEEN,
)
"""Whose system was told, and may have done it."""


def undo(session: Session, revokers: Revokers, finding_key: str, *, reason: str, author: str) -> RevocationRow:
    """Let it stand as before, by the connection that shut it. Broken off, it may be called again.

    Raises FatalError where nothing of this finding was shut, somebody changed it since, or the revocation isn't as the
    record says: then nothing is done.
    """
    reason = settling.on_a_ticket(reason)
    with revocations_held(session):
        revocations.hold_to_the_record(session)
        row = _newest(session, finding_key)
        if row.works_again:
            return _opened_meanwhile(session, revokers, row)
        if row.status in _LOOKED_AT_FIRST:
            row = _done_after_all(session, revokers, row)
        revoker = revokers(row.source_now, row.part_now)
        _begin(session, row, author=author, reason=reason)
        row = revocations.row(session, row.revocation_id)
        try:
            with settling.defects_told(row):
                revoker.undo(row.thing, row.before or {})
        except OffboardingError as error:
            _seen_to_the_end(session, revokers, row, error)
        else:
            settling.end_undo(session, row, StepSeen.BEFORE)
    return revocations.row(session, row.revocation_id)


def _seen_to_the_end(session: Session, revokers: Revokers, row: RevocationRow, why: OffboardingError) -> None:
    """Its system was told, and answered with an error: that says nothing of what it did. Raises why it isn't undone."""
    try:
        seen = settling.looked(revokers, row)
    except OffboardingError as error:
        kind = RetriableError if isinstance(error, RetriableError) else FatalError
        unseen = f"Whether it was undone can't be seen: {words.stopped(str(error))} Call it again."
        raise kind(f"{words.stopped(str(why))} {unseen}") from why
    settling.end_undo(session, row, seen)
    if seen is not StepSeen.BEFORE:
        raise why


def _newest(session: Session, finding_key: str) -> RevocationRow:
    """The one that last told its system anything: what stands there now is no older one's."""
    rows, short = revocations.rows(session, finding_key=finding_key), short_finding(finding_key)
    row = next((each for each in rows if each.taken_at is not None), None)
    if row is None or (row.status is RevocationStage.REFUSED and not row.may_come_late):
        stands = f": its revocation is {rows[0].status}" if rows else ""
        raise FatalError(f"nothing of {short} was shut{stands}. See: python -m offboarding revoke list")
    if row.status is RevocationStage.UNDONE:
        raise FatalError(f"nothing of {short} was shut since {row.ended_by} undid its revocation.")
    return row


def _opened_meanwhile(session: Session, revokers: Revokers, row: RevocationRow) -> RevocationRow:
    """By an undo that was broken off, or else by somebody whose thing it is now."""
    if row.status is RevocationStage.UNDOING:
        row = settling.settle_one(session, revokers, row)
    if row.status is not RevocationStage.UNDONE:
        raise FatalError(
            f"{short_finding(row.finding_key)} was seen to work again since it was shut, or still worked a day later:"
            " somebody else opened it, or it was never shut, and what stands there now isn't its revocation's."
            " Nothing was done."
        )
    return row


def _done_after_all(session: Session, revokers: Revokers, row: RevocationRow) -> RevocationRow:
    """Whether it was done is looked at first."""
    now = settling.settle_one(session, revokers, row)
    if now.status is not RevocationStage.DONE:
        raise FatalError(
            f"{short_finding(row.finding_key)} doesn't stand as its revocation sets it, which is {now.status}"
            f" ({words.clause(now.ended_for or '')}): there is nothing to undo."
        )
    return now


def _begin(session: Session, row: RevocationRow, *, author: str, reason: str) -> None:
    with revocations.locked(session):
        # Whatever else is under way of it is over: a person says that it isn't to be shut so.
        for other in revocations.rows(
            session, RevocationStage.PROPOSED, RevocationStage.APPROVED, finding_key=row.finding_key
        ):
            revocations.end(session, other, RevocationStage.LAPSED, "an earlier revocation of it is undone")
        if not revocations.begin_undo(session, row, author=author, reason=reason):
            raise FatalError(f"{short_finding(row.finding_key)} isn't shut any more: its revocation is {row.status}.")
