"""A person approved that things are shut: everything is looked at again, and then it's done, or said why not.

An approval is used by the task that heard it, or not at all: begun again after it was broken off, a task looks how far
it came, shuts nothing more, and asks anew. So nothing that stands in the store leads to a change outside.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from offboarding.config.settings import Settings
from offboarding.guard.releasing import check_approver
from offboarding.interfaces import Revoker
from offboarding.model import ReadStatus, RevocationStage, StepSeen, TicketCall
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.model.keys import short_finding
from offboarding.report import revocations as words
from offboarding.revoking.refusals import refusal
from offboarding.runs import pipeline
from offboarding.runs.whole import Readers, whole_departure
from offboarding.store import outbox, revocations, runs
from offboarding.store.connect import Session
from offboarding.store.departures import PersonCalled
from offboarding.store.locks import revocations_held
from offboarding.store.reading.reads import roster_reads
from offboarding.store.revocations import RevocationRow
from offboarding.store.rows import Run

log = structlog.get_logger("offboarding.revoking")

Revokers = Callable[[str, str], Revoker]
"""By a source's name and part, ready; raises ConfigError where there is none."""
BROKEN_OFF = "the task was broken off before it was done. Approve it anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswer:
    """What a person said."""

    chosen: Sequence[str]
    """Short keys of findings."""
    reason: str
    author: str
    author_id: str | None = None
    caller: str
    """Whose task heard it."""
    as_of: datetime | None = None
    """Of the look before; now, if left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """An approved revocation that came to nothing."""

    finding_key: str
    why: str


def answered(
    session: Session, settings: Settings, readers: Readers, revokers: Revokers, answer: ApprovalAnswer
) -> None:
    """Do as a person answered.

    Raises FatalError where somebody may not, what they chose isn't proposed, or there is no reason: nothing is done
    then. And once all of it was seen to, where something that they approved wasn't done.
    """
    check_approver(settings, name=answer.author, user_id=answer.author_id)
    if not answer.reason.strip():
        raise FatalError("Nothing is shut without a reason: trigger offboarding_release again, and say why.")
    with revocations_held(session):
        approved = _approved(session, settings, answer)
        if not approved:
            return
        run = _look(session, settings, readers, approved, answer)
        missed = [found for row in approved if (found := _seen_to(session, settings, run, revokers, row, answer))]
    _tell(session, settings, readers, run)
    if missed:
        raise FatalError(_said(missed, len(approved)))


def settle(session: Session, settings: Settings, readers: Readers, revokers: Revokers) -> None:
    """How far what was broken off has come: it's looked at where its system may have been told, and shuts nothing.

    What was approved and not begun is over with the task that heard it. Raises FatalError where that can't be seen.
    """
    with revocations_held(session):
        broken = revocations.rows(session, RevocationStage.APPROVED, RevocationStage.DOING)
        for row in broken:
            if row.status is RevocationStage.APPROVED:
                _refuse(session, None, row, BROKEN_OFF)
                continue
            seen = revokers(row.source, row.part).seen(row.thing, row.before or {})
            run = runs.run(session, row.look_run or row.proposed_run)
            if seen is StepSeen.SET:
                _done(session, run, row)
            else:
                why = BROKEN_OFF if seen is StepSeen.BEFORE else "somebody changed it meanwhile: look at it"
                _refuse(session, run, row, why)
    for run_id in {row.look_run for row in broken if row.look_run}:
        _tell(session, settings, readers, runs.run(session, run_id))


def _approved(session: Session, settings: Settings, answer: ApprovalAnswer) -> list[RevocationRow]:
    """What they chose, written down as approved by them: all of it or nothing."""
    policy = settings.policy.revocation
    if policy is None:
        raise FatalError("policy.revocation isn't set: nothing is shut.")
    with revocations.locked(session):
        _hold_to_the_record(session)
        proposed = {short_finding(row.finding_key): row for row in revocations.rows(session, RevocationStage.PROPOSED)}
        if unknown := [key for key in answer.chosen if key not in proposed]:
            raise FatalError(
                f"{', '.join(unknown)} may not be shut any more, and nothing is: the next night asks anew."
            )
        chosen = [proposed[key] for key in dict.fromkeys(answer.chosen)]
        left = policy.most_a_day - revocations.taken(session)
        if len(chosen) > left:
            raise FatalError(
                f"{len(chosen)} are more than the {max(left, 0)} that may still be shut within these 24 hours"
                " (policy.revocation.most_a_day): nothing is shut. Choose fewer."
            )
        for row in chosen:
            revocations.approve(session, row, author=answer.author, reason=answer.reason.strip(), caller=answer.caller)
    keys = {row.finding_key for row in chosen}
    return [row for row in revocations.rows(session, RevocationStage.APPROVED) if row.finding_key in keys]


def _look(
    session: Session, settings: Settings, readers: Readers, approved: Sequence[RevocationRow], answer: ApprovalAnswer
) -> Run:
    """HR, and whatever these people have, by the connections that read: as a departure's run looks at it."""
    people = {
        row.person_uid: PersonCalled(person_uid=row.person_uid, id_space=row.id_space, worker_id=row.worker_id)
        for row in approved
    }
    # Named by the moment, too: each try looks anew.
    caller = f"of revocation {answer.caller} {approved[0].revocation_id} {approved[0].approved_at}"
    return whole_departure(session, settings, readers, list(people.values()), caller=caller, as_of=answer.as_of)


def _seen_to(
    session: Session, settings: Settings, run: Run, revokers: Revokers, row: RevocationRow, answer: ApprovalAnswer
) -> NotDone | None:
    """One of them. What can't be done keeps none of the others back."""
    try:
        revoker = revokers(row.source, row.part)
        why = _against(session, settings, run, row) or _begun(session, settings, run, revoker, row, answer)
        if not why:
            row = revocations.row(session, row.revocation_id)
            revoker.revoke(row.thing, row.before or {})
            _done(session, run, row)
            return None
    except OffboardingError as error:
        why, row = str(error), revocations.row(session, row.revocation_id)
        if row.status is RevocationStage.DOING:
            try:
                seen = revokers(row.source, row.part).seen(row.thing, row.before or {})
            except OffboardingError as unseen:
                # It stays as it is: `settle` looks at it before anything else is asked.
                unknown = (
                    f"{why} Whether it was done can't be seen ({unseen}), and is looked at before the next question"
                )
                return NotDone(finding_key=row.finding_key, why=unknown)
            if seen is StepSeen.SET:
                _done(session, run, row)
                return None
    _refuse(session, run, row, why)
    return NotDone(finding_key=row.finding_key, why=why)


def _against(session: Session, settings: Settings, run: Run, row: RevocationRow) -> str:
    """What speaks against it by what is known after the look."""
    found = revocations.candidate(session, row.finding_key)
    if found is None:
        return "its account isn't known any more"
    if found.thing != row.thing or (found.source, found.part) != (row.source, row.part):
        return "what it's about is called otherwise than when it was proposed"
    if why := refusal(settings, found, run.as_of):
        return why
    if found.seen_at is None or found.seen_at < run.reads_since:
        return "it couldn't be looked at again"
    if found.account_seen_at is None or found.account_seen_at < run.reads_since:
        return "its account couldn't be looked at again: whose it is, and what it's called, isn't known"
    whole = {each.name for each in roster_reads(session, [run.run_id]) if each.status is ReadStatus.COMPLETE}
    unheard = [roster.name for roster in settings.rosters if roster.name not in whole]
    return f"{', '.join(unheard)} couldn't be read whole: whether they're back isn't known" if unheard else ""


def _begun(
    session: Session, settings: Settings, run: Run, revoker: Revoker, row: RevocationRow, answer: ApprovalAnswer
) -> str:
    """What stands there is written down, unless something came up since the look."""
    policy = settings.policy.revocation
    before = revoker.before(row.thing)
    with revocations.locked(session):
        _hold_to_the_record(session)
        if why := _against(session, settings, run, row):
            return why
        most = policy.most_a_day if policy else 0
        if revocations.begin(session, row, run_id=run.run_id, caller=answer.caller, before=before, most=most):
            return ""
    return f"{most} were shut within 24 hours already, or it isn't approved any more"


def _done(session: Session, run: Run, row: RevocationRow) -> None:
    with revocations.locked(session):
        revocations.done(session, row)
        _comment(session, run, row, words.done(row))
    log.info("revoked", finding=short_finding(row.finding_key), by=row.approved_by, run=run.run_id)


def _refuse(session: Session, run: Run | None, row: RevocationRow, why: str) -> None:
    with revocations.locked(session):
        revocations.end(session, row, RevocationStage.REFUSED, why)
        _comment(session, run or runs.run(session, row.proposed_run), row, words.refused(row, why))
    log.error("not revoked", finding=short_finding(row.finding_key), why=why)


def _comment(session: Session, run: Run, row: RevocationRow, text: str) -> None:
    if row.ticket_key:
        event_key = f"revocation:{row.revocation_id}"
        outbox.say(session, run, row.ticket_key, op=TicketCall.COMMENT, event_key=event_key, text=text)


def _tell(session: Session, settings: Settings, readers: Readers, run: Run) -> None:
    """What came of it stands on the tickets at once."""
    pipeline.ticket(session, settings, run, readers.trackers(settings))


def _hold_to_the_record(session: Session) -> None:
    if doubts := revocations.doubts(session):
        raise FatalError(
            f"Nothing is shut, since the store isn't as its record says: {'; '.join(doubts[:3])}. See who wrote there:"
            " python -m offboarding audit verify. The next night puts it right."
        )


def _said(missed: Sequence[NotDone], approved: int) -> str:
    each = "; ".join(f"{short_finding(one.finding_key)}: {one.why}" for one in missed)
    return f"{len(missed)} of {approved} that were approved weren't shut: {each}. It stands on their tickets."
