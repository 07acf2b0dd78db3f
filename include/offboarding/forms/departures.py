"""Departures that HR doesn't tell yet, and those that it leaves open."""

from include.offboarding.deciding import departures, notices
from include.offboarding.forms.fields import Departure, LastMoment, NoticeId, Reason, Who
from include.offboarding.forms.kinds import Desk, Ids, decision
from include.offboarding.store.words import OpenEnd


@decision("notice add")
def add(desk: Desk, *, who: Who, last: LastMoment, reason: Reason) -> Ids:
    """Somebody leaves, or has left, and HR's feed doesn't know it yet."""
    made = notices.add_notice(desk.session, desk.settings, who=who, last=last, reason=reason, author=desk.author)
    return {"notice": made.notice_id, "worker": f"{made.id_space}:{made.worker_id}"}


@decision("notice withdraw")
def withdraw(desk: Desk, *, notice: NoticeId, reason: Reason) -> Ids:
    """A notice was wrong, or is no longer needed."""
    ended = notices.withdraw_notice(desk.session, notice, reason=reason, author=desk.author)
    return {"notice": ended.notice_id, "worker": f"{ended.id_space}:{ended.worker_id}"}


@decision("departure confirm")
def confirm(desk: Desk, *, departure: Departure, reason: Reason) -> Ids:
    """They left."""
    end = departures.confirm_departure(
        desk.session, desk.settings, departure=departure, reason=reason, author=desk.author
    )
    return _ids(end)


@decision("departure deny")
def deny(desk: Desk, *, departure: Departure, reason: Reason) -> Ids:
    """They didn't leave."""
    return _ids(
        departures.deny_departure(desk.session, desk.settings, departure=departure, reason=reason, author=desk.author)
    )


def _ids(end: OpenEnd) -> Ids:
    return {"departure": end.name, "worker": f"{end.id_space}:{end.worker_id}"}
