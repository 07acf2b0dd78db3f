"""What isn't simply HR's word: departures that people told, and records that were put to a known person."""

from collections.abc import Iterator

from offboarding.model import Basis, counted
from offboarding.report.wording import COMMAND, first_of, labelled, whole_days, worker
from offboarding.store.notices import NoticeThen
from offboarding.store.reading import Night
from offboarding.store.reading.upcoming import DAYS, LeavesSoon

_MOST_LINES = 5


def told(night: Night) -> list[str]:
    """Notices that HR's feed doesn't confirm, and numbers that HR changed: neither goes by unsaid."""
    notices = labelled("Notices", _notices(night)) if night.notices else []
    upcoming = labelled("Upcoming", _upcoming(night)) if night.upcoming else []
    hidden = labelled("Hidden", _hidden(night)) if night.hidden else []
    alike = labelled("Alike", _alike(night)) if night.alike else []
    return [*notices, *upcoming, *labelled("Same people", _same_people(night)), *hidden, *alike]


def _notices(night: Night) -> Iterator[str]:
    late = [notice for notice in night.notices if notice.late]
    waiting = f", {len(late)} of them for too long" if late else ""
    yield f"{counted(len(night.notices), 'departure')} that HR's feed doesn't tell yet{waiting} ({COMMAND} notice list)"
    yield from first_of([_late(night, notice) for notice in late], _MOST_LINES)
    if late:
        yield f'Have HR enter them; or take back what was wrong: {COMMAND} notice withdraw NOTICE --reason "..."'


def _upcoming(night: Night) -> Iterator[str]:
    people = counted(len(night.upcoming), "person leaves", "people leave")
    accounts = counted(sum(each.accounts for each in night.upcoming), "account")
    privileged = sum(each.privileged for each in night.upcoming)
    of_them = f", {privileged} privileged" if privileged else ""
    yield f"{people} within {DAYS} days, holding {accounts}{of_them}: {COMMAND} upcoming"
    yield from first_of([_to_rotate(each) for each in night.upcoming if each.rotate], _MOST_LINES)
    if unseen := sum(each.rotate is None for each in night.upcoming):
        later = counted(unseen, "person who leaves later", "people who leave later")
        yield f"of {later} it wasn't looked at what they may know: {COMMAND} exposure ID"


def _to_rotate(each: LeavesSoon) -> str:
    """They work here still, and nothing says that they did anything: whoever replaces it has until their last day."""
    who, known = worker(each.id_space, each.worker_id), counted(each.rotate or 0, "key or secret", "keys and secrets")
    leaves = "whose contract ends" if each.basis == Basis.PLANNED else "who leaves"
    return f"rotate {known} by {each.left_on}, for worker {who}, {leaves} then: {COMMAND} exposure {who}"


def _same_people(night: Night) -> Iterator[str]:
    """By what a new record was put to a person whom we knew: wrong evidence would join two people's accounts."""
    lines = [
        f"{each.record} is {'already known' if each.record == each.known_as else each.known_as}: {each.evidence}"
        for each in night.same_people
    ]
    yield from first_of(lines, _MOST_LINES, f": {COMMAND} worker ID")


def _hidden(night: Night) -> Iterator[str]:
    """Whom HR says of that they left, and who count as working here by another employment."""
    settled = sum(each.settled for each in night.hidden)
    known = f", {settled} of them settled by a person" if settled else ""
    people = counted(len(night.hidden), "departure")
    yield f"{people} beside an employment that goes on{known}: {COMMAND} departure list"
    unsettled = [
        f"worker {worker(each.id_space, each.worker_id)},"
        f" gone {counted(whole_days(each.left_at, night.run.as_of), 'day')},"
        f" works here as {worker(each.here_space, each.here_worker_id)}"
        for each in night.hidden
        if not each.settled
    ]
    yield from first_of(unsettled, _MOST_LINES)


def _alike(night: Night) -> Iterator[str]:
    """Two people, or one whose number was written otherwise: they aren't taken for one."""
    lines = [
        f"worker {worker(each.id_space, each.worker_id)} has left, and {worker(each.id_space, each.here_worker_id)}"
        " works here: taken for two people"
        for each in night.alike
    ]
    yield from first_of(lines, _MOST_LINES)


def _late(night: Night, notice: NoticeThen) -> str:
    days = counted(whole_days(notice.left_at, night.run.as_of), "day")
    return f"{notice.notice_id}  worker {worker(notice.id_space, notice.worker_id)}, gone {days}, not confirmed by HR"
