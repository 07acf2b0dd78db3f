"""A person approved that things are shut: everything is looked at again, and then it's done, or said why not.

An approval is used by the task that heard it, or not at all: begun again after it was broken off, a task looks how far
it came, shuts nothing more, and asks anew. So nothing that stands in the store leads to a change outside.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from offboarding.config.settings import Settings
from offboarding.guard.releasing import check_approver
from offboarding.guard.revoking import settling
from offboarding.guard.revoking.proposing import ShownLine
from offboarding.guard.revoking.refusals import identity_spaces, refusal, refusal_by_name
from offboarding.guard.revoking.settling import Revokers
from offboarding.identity.folding import normal
from offboarding.interfaces import Revoker
from offboarding.model import ReadStatus, RevocationStage, StepSeen
from offboarding.model.errors import FatalError, OffboardingError, UncertainError
from offboarding.model.keys import short_finding
from offboarding.report import revocations as words
from offboarding.runs import pipeline
from offboarding.runs.whole import Readers, whole_departure
from offboarding.store import revocations
from offboarding.store.connect import Session
from offboarding.store.departures import PersonCalled
from offboarding.store.locks import revocations_held
from offboarding.store.reading.reads import roster_reads
from offboarding.store.revocation_candidates import Candidate
from offboarding.store.revocations import RevocationRow
from offboarding.store.rows import Run

log = structlog.get_logger("offboarding.guard.revoking")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """An approved revocation that came to nothing, or of which nobody could see what came of it."""

    finding_key: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswer:
    """What a person said."""

    chosen: Sequence[str]
    """Short keys of findings."""
    shown: Mapping[str, ShownLine]
    """By short keys: what they were shown. No one approves a proposal that was made since, or another authority."""
    reason: str
    author: str
    author_id: str | None = None
    caller: str
    """Whose task heard it."""
    as_of: datetime | None = None
    """Of the look before; now, if left out."""
    logins: Collection[str] = ()
    """Of the checker's own connections."""


def answered(
    session: Session, settings: Settings, readers: Readers, revokers: Revokers, answer: ApprovalAnswer
) -> None:
    """Do as a person answered.

    Raises FatalError where somebody may not, what they chose isn't proposed, or there is no reason: nothing is done
    then. And once all of it was seen to, where something that they approved wasn't done.
    """
    if not settings.guard.users:
        raise FatalError("Nothing is shut while guard.approvers names nobody who may approve it.")
    check_approver(settings, name=answer.author, user_id=answer.author_id)
    answer = replace(answer, reason=settling.on_a_ticket(answer.reason), logins=readers.logins(settings))
    if not answer.reason:
        raise FatalError("Nothing is shut without a reason: trigger offboarding_release again, and say why.")
    with revocations_held(session):
        approved = _approved(session, settings, answer)
        if not approved:
            return
        try:
            run = _look(session, settings, readers, approved, answer)
        except OffboardingError as error:
            for row in approved:
                settling.refuse(session, row, f"nothing could be looked at again: {error}")
            raise
        missed = [found for row in approved if (found := _seen_to(session, settings, run, revokers, row, answer))]
    try:
        pipeline.ticket(session, settings, run, readers.trackers(settings))
    except OffboardingError as error:
        if missed:
            raise FatalError(
                f"{_said(missed, len(approved))} Their tickets couldn't be told that yet: {error}"
            ) from error
        raise
    if missed:
        raise FatalError(f"{_said(missed, len(approved))} It stands on their tickets.")


def _approved(session: Session, settings: Settings, answer: ApprovalAnswer) -> list[RevocationRow]:
    """What they chose, written down as approved by them: all of it or nothing."""
    policy = settings.policy.revocation
    if policy is None:
        raise FatalError("policy.revocation isn't set: nothing is shut.")
    with revocations.locked(session, whole=True):
        proposed = {row.revocation_id: row for row in revocations.rows(session, RevocationStage.PROPOSED)}
        shown = {key: each.revocation_id for key, each in answer.shown.items()}
        if unknown := [key for key in answer.chosen if shown.get(key) not in proposed]:
            raise FatalError(
                f"{', '.join(unknown)} may not be shut any more, and nothing is: the next night asks anew."
            )
        chosen = [proposed[shown[key]] for key in dict.fromkeys(answer.chosen)]
        left = policy.most_a_day - revocations.taken(session)
        if len(chosen) > left:
            raise FatalError(
                f"{len(chosen)} are more than the {max(left, 0)} that may still be shut within these 24 hours"
                " (policy.revocation.most_a_day): nothing is shut. Choose fewer."
            )
        for row in chosen:
            revocations.approve(session, row, author=answer.author, reason=answer.reason, caller=answer.caller)
    return [revocations.row(session, row.revocation_id) for row in chosen]


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
        with settling.defects_told(row):
            revoker = revokers(row.source_now, row.part_now)
            why = _against(session, settings, run, row, answer) or _begun(session, settings, run, revoker, row, answer)
            if not why:
                row = revocations.row(session, row.revocation_id)
                why = _no_of(revoker, row)
            if not why:
                settling.done(session, row)
                return None
            settling.refuse(session, row, why)
            return NotDone(finding_key=row.finding_key, why=why)
    except OffboardingError as error:
        why = str(error)
    row = revocations.row(session, row.revocation_id)
    if row.status is RevocationStage.DOING:
        return _not_sure(session, revokers, row, why)
    settling.refuse(session, row, why)
    return NotDone(finding_key=row.finding_key, why=why)


def _no_of(revoker: Revoker, row: RevocationRow) -> str:
    """Why its system didn't do it, for certain; "" where it did. Raises UncertainError where it may have."""
    try:
        revoker.revoke(row.thing, row.before or {})
    except UncertainError:
        raise
    except OffboardingError as error:
        return str(error)
    return ""


def _not_sure(session: Session, revokers: Revokers, row: RevocationRow, why: str) -> NotDone | None:
    """Its system was told, and what it did about it isn't known."""
    try:
        seen = settling.looked(revokers, row)
        if seen is StepSeen.SET:
            settling.done(session, row)
            return None
        settling.refuse(session, row, why, in_doubt=True)
        return NotDone(finding_key=row.finding_key, why=why)
    except OffboardingError as error:
        # It stays as it is: `settle` looks at it before anything else is asked, and each night is red of it.
        unseen = (
            f"Whether it was done can't be seen ({words.clause(str(error))}), and is looked at before the next question"
        )
        why = f"{words.stopped(why)} {unseen}"
    settling.comment(session, row, words.unsure(row, why), event="unsure")
    return NotDone(finding_key=row.finding_key, why=why)


def _against(session: Session, settings: Settings, run: Run, row: RevocationRow, answer: ApprovalAnswer) -> str:
    """What speaks against it by what is known after the look."""
    found = revocations.candidate(session, row.finding_key, identity_spaces(settings))
    if found is None:
        return "its account isn't known any more"
    if found.thing != row.thing or (found.source, found.part) != (row.source, row.part):
        return "what it's about is called otherwise than when it was proposed"
    speaks_against = (
        refusal(settings, found, run.as_of, answer.logins)
        or _own_word(settings, found, answer)
        or _another_authority(found, row, answer)
    )
    if speaks_against:
        return speaks_against
    if found.seen_at is None or found.seen_at < run.reads_since:
        return "it couldn't be looked at again"
    if found.account_seen_at is None or found.account_seen_at < run.reads_since:
        return "its account couldn't be looked at again: whose it is, and what it's called, isn't known"
    whole = {each.name for each in roster_reads(session, [run.run_id]) if each.status is ReadStatus.COMPLETE}
    unheard = [roster.name for roster in settings.rosters if roster.name not in whole]
    return f"{', '.join(unheard)} couldn't be read whole: whether they're back isn't known" if unheard else ""


def _own_word(settings: Settings, found: Candidate, answer: ApprovalAnswer) -> str:
    """Return why this approver may not approve it: it follows from a notice or decision of their own; "" if not."""
    called = {
        answer.author,
        answer.author_id,
        *(each.name for each in settings.guard.users if each.id == answer.author_id),
    }
    names = {normal(name) for name in called if name}
    words = {"that they left": found.departure_by, "whose the account is": found.link_by}
    own = [what for what, authors in words.items() if names & set(map(normal, authors))]
    return f"{answer.author} said {' and '.join(own)}: another approver must approve it" if own else ""


def _another_authority(found: Candidate, row: RevocationRow, answer: ApprovalAnswer) -> str:
    """Return that it rests on something else than the approver was shown; "" if not."""
    shown = {each.revocation_id: each.authority for each in answer.shown.values()}
    if found.authority == shown.get(row.revocation_id):
        return ""
    return "when or on whose authority they left, or whose the account is, changed after it was shown to the approver"


def _begun(
    session: Session, settings: Settings, run: Run, revoker: Revoker, row: RevocationRow, answer: ApprovalAnswer
) -> str:
    """What stands there is written down, unless something came up since the look."""
    policy = settings.policy.revocation
    before = revoker.before(row.thing)
    called = revoker.called(row.thing)
    with revocations.locked(session, whole=True):
        named = refusal_by_name(settings, row.thing, called, answer.logins)
        if why := _against(session, settings, run, row, answer) or named:
            return why
        most = policy.most_a_day if policy else 0
        if revocations.begin(session, row, run_id=run.run_id, caller=answer.caller, before=before, most=most):
            return ""
    return f"{most} were shut within 24 hours already, or it isn't approved any more"


def _said(missed: Sequence[NotDone], approved: int) -> str:
    each = "; ".join(f"{short_finding(one.finding_key)}: {words.clause(one.why)}" for one in missed)
    return f"{len(missed)} of {approved} that were approved weren't shut: {each}."
