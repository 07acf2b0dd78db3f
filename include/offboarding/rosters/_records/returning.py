"""First days that begin another employment than the one whose end the same row tells."""

from dataclasses import replace
from datetime import date, datetime

from offboarding.model import Circumstance, Employment, EmploymentStatus, Worker
from offboarding.rosters._records.days import LAST_ZONE


def rehired(worker: Worker, as_of: datetime) -> Worker:
    """Return the worker of one row with a new employment where the first day lies after an end.

    Who works here since that day has no end that came before it. Where the day is to come, the earlier employment keeps
    its end, and another is to begin. Who has left since keeps the end that HR gives: no other day is known.
    """
    (job,) = worker.employments
    if not (_is_over(job, job.last_working_on) or _is_over(job, job.end_on)):
        return worker
    last, end = (None if _is_over(job, day) else day for day in (job.last_working_on, job.end_on))
    present = replace(job, last_working_on=last, end_on=end)
    if _is_to_come(job, as_of):
        return replace(worker, employments=(_earlier(job), _to_come(present)))
    return worker if job.status is EmploymentStatus.LEFT else replace(worker, employments=(present,))


def returning(worker: Worker, as_of: datetime) -> Worker:
    """Return the worker as one who has yet to begin, where they aren't employed and their first day is to come.

    After `rehired`; for systems that call those who have yet to begin as they call those who left.
    """
    job = worker.employments[-1]
    if job.status is not EmploymentStatus.LEFT or not _is_to_come(job, as_of):
        return worker
    future = _to_come(replace(job, end_on=None, last_working_on=None))
    return replace(worker, employments=(*worker.employments[:-1], future))


def _earlier(job: Employment) -> Employment:
    """The employment that is over when the row's first day comes."""
    last, end = (day if _is_over(job, day) else None for day in (job.last_working_on, job.end_on))
    status = EmploymentStatus.LEFT if job.status is EmploymentStatus.FUTURE else job.status
    return replace(job, status=status, start_on=None, last_working_on=last, end_on=end)


def _to_come(job: Employment) -> Employment:
    return replace(job, status=EmploymentStatus.FUTURE, circumstance=Circumstance.NONE)


def _is_over(job: Employment, day: date | None) -> bool:
    return day is not None and job.start_on is not None and day < job.start_on


def _is_to_come(job: Employment, as_of: datetime) -> bool:
    return job.start_on is not None and job.start_on >= as_of.astimezone(LAST_ZONE).date()
