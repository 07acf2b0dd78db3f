"""Whoever isn't employed, and has a first day to come: they haven't begun; what ended was another employment."""

from dataclasses import replace
from datetime import datetime

from offboarding.model import Circumstance, Employment, EmploymentStatus, Worker
from offboarding.rosters._records.days import LAST_ZONE


def returning(worker: Worker, as_of: datetime) -> Worker:
    """The worker of one employment, or of two where one has ended and another is to come."""
    (job,) = worker.employments
    if job.status is not EmploymentStatus.LEFT or job.start_on is None:
        return worker
    if job.start_on < as_of.astimezone(LAST_ZONE).date():
        return worker
    none = Circumstance.NONE
    future = replace(job, status=EmploymentStatus.FUTURE, end_on=None, last_working_on=None, circumstance=none)
    ended = [replace(job, start_on=None)] if ended_before(job) else []
    return replace(worker, employments=(*ended, future))


def settled(worker: Worker, as_of: datetime) -> Worker:
    """The same, and of whoever works here without an end that lies before their first day: they were rehired."""
    (job,) = worker.employments
    if job.status is EmploymentStatus.LEFT or not ended_before(job):
        return returning(worker, as_of)
    return replace(worker, employments=(replace(job, last_working_on=None, end_on=None),))


def ended_before(job: Employment) -> bool:
    """Whether its end lies before its first day: it's the end of an earlier one."""
    last = job.last_working_on or job.end_on
    return last is not None and job.start_on is not None and last < job.start_on
