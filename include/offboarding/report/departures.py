"""Departures that aren't simply HR's word: those that people told before it."""

from collections.abc import Iterator

from include.offboarding.report.wording import COMMAND, counted, labelled, whole_days, worker
from include.offboarding.store.notices import NoticeThen
from include.offboarding.store.reading import Night

_MOST_LINES = 5


def told(night: Night) -> list[str]:
    """Notices that HR's feed doesn't confirm; each that has stood for too long says what to do."""
    return labelled("Notices", _notices(night)) if night.notices else []


def _notices(night: Night) -> Iterator[str]:
    late = [notice for notice in night.notices if notice.late]
    waiting = f", {len(late)} of them for too long" if late else ""
    yield f"{counted(len(night.notices), 'departure')} that HR's feed doesn't tell yet{waiting} ({COMMAND} notice list)"
    yield from (_late(night, notice) for notice in late[:_MOST_LINES])
    if late:
        yield f'Have HR enter them; or take back what was wrong: {COMMAND} notice withdraw NOTICE --reason "..."'


def _late(night: Night, notice: NoticeThen) -> str:
    days = counted(whole_days(notice.left_at, night.run.as_of), "day")
    return f"{notice.notice_id}  worker {worker(notice.id_space, notice.worker_id)}, gone {days}, not confirmed by HR"
