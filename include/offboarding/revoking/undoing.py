"""A person takes a revocation back."""

from offboarding.interfaces import Revoker
from offboarding.model import RevocationStage, TicketCall
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.model.keys import short_finding
from offboarding.report import revocations as words
from offboarding.revoking.approving import Revokers
from offboarding.store import outbox, revocations, runs
from offboarding.store.connect import Session
from offboarding.store.locks import revocations_held
from offboarding.store.revocations import RevocationRow


def undo(session: Session, revokers: Revokers, finding_key: str, *, reason: str, author: str) -> RevocationRow:
    """Let it stand as before, by the connection that shut it. Broken off, it may be called again.

    Raises FatalError where nothing of this finding was shut, or somebody changed it since: then nothing is done.
    """
    with revocations_held(session):
        row = _of(session, finding_key)
        revoker: Revoker = revokers(row.source, row.part)
        with revocations.locked(session):
            revocations.begin_undo(session, row, author=author, reason=reason)
        try:
            revoker.undo(row.thing, row.before or {})
        except OffboardingError:
            with revocations.locked(session):
                revocations.end_undo(session, row, author=author, undone=False)
            raise
        with revocations.locked(session):
            revocations.end_undo(session, row, author=author, undone=True)
            _comment(session, row, words.undone(row, author, reason))
    return revocations.row(session, row.revocation_id)


def _of(session: Session, finding_key: str) -> RevocationRow:
    found = revocations.rows(session, RevocationStage.DONE, RevocationStage.UNDOING, finding_key=finding_key)
    if not found:
        raise FatalError(f"nothing of {short_finding(finding_key)} was shut. See: python -m offboarding revoke list")
    return found[0]


def _comment(session: Session, row: RevocationRow, text: str) -> None:
    if row.ticket_key:
        run = runs.run(session, row.look_run or row.proposed_run)
        event_key = f"revocation:{row.revocation_id}:undone"
        outbox.say(session, run, row.ticket_key, op=TicketCall.COMMENT, event_key=event_key, text=text)
