"""A departure told before HR tells it, and taken back."""

import secrets
from datetime import UTC, datetime

from include.offboarding import intake, people
from include.offboarding.deciding.moments import last_moment
from include.offboarding.deciding.signing import signed
from include.offboarding.errors import FatalError
from include.offboarding.settings import Settings
from include.offboarding.store import notices
from include.offboarding.store.connect import Session
from include.offboarding.store.notices import NewNotice, Notice


def add_notice(session: Session, settings: Settings, *, who: str, last: str, reason: str, author: str) -> Notice:
    """Write down that somebody leaves, or has left. `who`: a worker id, mail or login; `last`: their last moment.

    Raises FatalError where `who` isn't exactly one person (it names the candidates), `last` is no moment with a zone,
    or a notice about them stands already.
    """
    now = datetime.now(UTC)
    reason, author = signed(reason, author)
    moment = last_moment(last, company_zone=settings.company.time_zone, now=now)
    with session.transaction():
        notices.lock_notices(session)
        person = people.one(session, intake.key_rules(settings), who)
        standing = next((each for each in notices.notices_about(session, person.person_uid) if each.stands), None)
        if standing is not None:
            raise FatalError(
                f"{standing.notice_id} about worker {person} stands already. Take that back first, if it's wrong:"
                f' python -m include.offboarding notice withdraw {standing.notice_id} --reason "..."'
            )
        new = NewNotice(
            notice_id=_free_id(session),
            person_uid=person.person_uid,
            left_at=moment.at,
            zone=moment.zone,
            reason=reason,
            author=author,
            max_days=settings.policy.notice_max_days,
        )
        notices.add(session, new)
        return notice_called(session, new.notice_id)


def withdraw_notice(session: Session, notice_id: str, *, reason: str, author: str) -> Notice:
    """Take it back: from the next run on HR's feed alone counts. Raises FatalError where there is none to take."""
    reason, author = signed(reason, author)
    with session.transaction():
        notices.lock_notices(session)
        known = notice_called(session, notice_id)
        if known.ended_at is not None:
            raise FatalError(f"{known.notice_id} has ended already: {known.ended_by}, {known.ended_for}")
        notices.end(session, known.notice_id, reason=reason, author=author)
        return notice_called(session, known.notice_id)


def notice_called(session: Session, notice_id: str) -> Notice:
    """The notice of this id. Raises FatalError where there is none."""
    found = notices.notice(session, notice_id.strip().lower())
    if found is None:
        raise FatalError(f"There is no notice {notice_id.strip()[:20]}. See: python -m include.offboarding notice list")
    return found


def _free_id(session: Session) -> str:
    """Short, since people type it, and drawn, so that nobody guesses the next one."""
    while notices.notice(session, found := f"n-{secrets.token_hex(3)}") is not None:
        pass
    return found
