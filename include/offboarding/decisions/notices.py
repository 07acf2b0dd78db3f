"""A departure told before HR tells it, and taken back."""

import secrets
from datetime import UTC, datetime

from offboarding.decisions.fields import LastMoment, NoticeId, Reason, Who
from offboarding.decisions.kinds import ConfiguredContext, Decided, DecisionContext, decision, of_field
from offboarding.decisions.moments import last_moment
from offboarding.decisions.signing import said
from offboarding.identity import people
from offboarding.model.errors import FatalError
from offboarding.report.wording import COMMAND, moment, worker
from offboarding.runs.ingest import reads
from offboarding.store import notices
from offboarding.store.connect import Session
from offboarding.store.notices import NewNotice, Notice


@decision("notice add", example='hr:10442 --last "2026-11-25T15:00 Asia/Seoul" --reason "dismissed, told by legal"')
def add(context: ConfiguredContext, *, who: Who, last: LastMoment, reason: Reason) -> Decided[Notice]:
    """Say that somebody leaves, or has left: it counts from their last moment on, whatever HR's feed says, until that
    says so too.

    Raises FatalError where `who` isn't exactly one person (it names the candidates), `last` is no moment with a zone,
    or a notice about them stands already.
    """
    reason = said(reason)
    made = _written(context, who=who, last=last, reason=reason)
    whose = worker(made.id_space, made.worker_id)
    gone = (
        f"worker {whose} is gone from {moment(made.left_at, made.zone)} on, whatever HR's feed says, until it says so"
        " too."
    )
    return _decided(
        made,
        f"Notice {made.notice_id}: {gone}",
        f'Check them now: trigger the DAG offboarding_departure with {{"notices": ["{made.notice_id}"]}}'
        " (docs/departure.md). The next night does in any case.",
        f"What they may know, and what to rotate first: {COMMAND} exposure {whose}",
        f'To take it back: {COMMAND} notice withdraw {made.notice_id} --reason "..."',
        on_trial=f"notice: {gone}",
    )


@decision("notice withdraw", example='n-4f2a91 --reason "the other Kim was meant"')
def withdraw(context: DecisionContext, *, notice: NoticeId, reason: Reason) -> Decided[Notice]:
    """Take a notice back: from the next run on HR's feed alone counts. It stays on record.

    Raises FatalError where there is none to take.
    """
    reason = said(reason)
    with context.session.transaction():
        notices.lock_notices(context.session)
        with of_field("notice"):
            known = _called(context.session, notice)
        if known.ended_at is not None:
            raise FatalError(f"{known.notice_id} has ended already: {known.ended_by}, {known.ended_for}")
        notices.end(context.session, known.notice_id, reason=reason, author=context.author)
        ended = _called(context.session, known.notice_id)
    whose = worker(ended.id_space, ended.worker_id)
    stays = "They remain a leaver, since HR's feed says so itself" if ended.confirmed_at else "HR's feed alone counts"
    return _decided(
        ended, f"Notice {ended.notice_id} about worker {whose} is taken back. {stays}, from the next run on."
    )


def _decided(made: Notice, *says: str, on_trial: str = "") -> Decided[Notice]:
    ids = {"notice": made.notice_id, "worker": f"{made.id_space}:{made.worker_id}"}
    return Decided(made=made, ids=ids, says=says, on_trial=on_trial)


def _written(context: ConfiguredContext, *, who: str, last: str, reason: str) -> Notice:
    session, settings = context.session, context.settings
    with of_field("last"):
        when = last_moment(last, company_zone=settings.company.time_zone, now=datetime.now(UTC))
    with session.transaction():
        notices.lock_notices(session)
        with of_field("who"):
            person = people.one(session, reads.key_rules(settings), who)
        standing = next((each for each in notices.notices_about(session, person.person_uid) if each.stands), None)
        if standing is not None:
            raise FatalError(
                f"{standing.notice_id} about worker {person} stands already. Take that back first, if it's wrong:"
                f' {COMMAND} notice withdraw {standing.notice_id} --reason "..."'
            )
        new = NewNotice(
            notice_id=_free_id(session),
            person_uid=person.person_uid,
            left_at=when.at,
            zone=when.zone,
            reason=reason,
            author=context.author,
            max_days=settings.policy.notice_max_days,
        )
        notices.add(session, new)
        return _called(session, new.notice_id)


def _called(session: Session, notice_id: str) -> Notice:
    found = notices.notice(session, notice_id.strip().lower())
    if found is None:
        raise FatalError(f"There is no notice {notice_id.strip()[:20]}. See: {COMMAND} notice list")
    return found


def _free_id(session: Session) -> str:
    """Short, since people type it, and drawn, so that nobody guesses the next one."""
    while notices.notice(session, found := f"n-{secrets.token_hex(3)}") is not None:
        pass
    return found
