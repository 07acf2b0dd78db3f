"""What isn't simply HR's word: departures that people told, and records that were put to a known person."""

from collections.abc import Iterator

from include.offboarding.report.wording import COMMAND, counted, labelled, whole_days, worker
from include.offboarding.store.notices import NoticeThen
from include.offboarding.store.reading import Night
from include.offboarding.store.reading.upcoming import DAYS

_MOST_LINES = 5


def told(night: Night) -> list[str]:
    """Notices that HR's feed doesn't confirm, and numbers that HR changed: neither goes by unsaid."""
    notices = labelled("Notices", _notices(night)) if night.notices else []
    upcoming = labelled("Upcoming", _upcoming(night)) if night.upcoming else []
    return [*notices, *upcoming, *labelled("Same people", _same_people(night))]


def _notices(night: Night) -> Iterator[str]:
    late = [notice for notice in night.notices if notice.late]
    waiting = f", {len(late)} of them for too long" if late else ""
    yield f"{counted(len(night.notices), 'departure')} that HR's feed doesn't tell yet{waiting} ({COMMAND} notice list)"
    yield from (_late(night, notice) for notice in late[:_MOST_LINES])
    if late:
        yield f'Have HR enter them; or take back what was wrong: {COMMAND} notice withdraw NOTICE --reason "..."'


def _upcoming(night: Night) -> Iterator[str]:
    people = counted(len(night.upcoming), "person leaves", "people leave")
    accounts = counted(sum(each.accounts for each in night.upcoming), "account")
    privileged = sum(each.privileged for each in night.upcoming)
    told = f", {privileged} privileged" if privileged else ""
    yield f"{people} within {DAYS} days, holding {accounts}{told}: {COMMAND} upcoming"


def _same_people(night: Night) -> Iterator[str]:
    """By what a new record was put to a person whom we knew: wrong evidence would join two people's accounts."""
    for each in night.same_people[:_MOST_LINES]:
        known = "already known" if each.record == each.known_as else f"{each.known_as}"
        yield f"{each.record} is {known}: {each.evidence}"
    if len(night.same_people) > _MOST_LINES:
        yield f"and {len(night.same_people) - _MOST_LINES} more: {COMMAND} worker ID"


def _late(night: Night, notice: NoticeThen) -> str:
    days = counted(whole_days(notice.left_at, night.run.as_of), "day")
    return f"{notice.notice_id}  worker {worker(notice.id_space, notice.worker_id)}, gone {days}, not confirmed by HR"
