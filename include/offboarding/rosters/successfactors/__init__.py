"""Kind `successfactors`: everybody with an employment in a company's SAP SuccessFactors Employee Central.

SuccessFactors says how many people there are, as far as its reader may see: a read that comes to that number has every
page, and whom a right hides isn't counted either.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Employment, EmploymentStatus, HrStatus, LeftOut, Problem, RosterSummary, Worker
from offboarding.net.destinations import Destination
from offboarding.net.service.address import destination
from offboarding.rosters._records.columns import DAYS
from offboarding.rosters._records.days import FIRST_ZONE, LAST_ZONE
from offboarding.rosters._records.listed import ListedRead, fields_of
from offboarding.rosters._records.returning import returning
from offboarding.rosters._records.spoiled import RESTRICTED
from offboarding.rosters._records.words import folded
from offboarding.rosters.successfactors.client import SuccessFactorsApi
from offboarding.rosters.successfactors.days import ODataDays, day_before, standing_day
from offboarding.rosters.successfactors.paths import JOBS, PERSON, Thing, latest, text_of, thing_in, things_in, value_at
from offboarding.rosters.successfactors.proposing import propose
from offboarding.rosters.successfactors.settings import SuccessFactorsSettings

__all__ = ["Settings", "SuccessFactorsRoster", "build", "destinations", "propose"]

Settings = SuccessFactorsSettings
_NOT_BEGUN = "no job before the first day"
_TERMINATION = "26"
"""https://userapps.support.sap.com/sap/support/knowledge/en/2617429"""


def destinations(settings: SuccessFactorsSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"rosters.{settings.name}", connection)


def build(
    settings: SuccessFactorsSettings, connection: ConnectionFields, context: ReadContext
) -> "SuccessFactorsRoster":
    """The ready roster; nothing is contacted before `read`."""
    return SuccessFactorsRoster(settings, SuccessFactorsApi(settings, connection, f"rosters.{settings.name}"), context)


class SuccessFactorsRoster:
    """A roster in a company's Employee Central."""

    def __init__(self, settings: SuccessFactorsSettings, api: SuccessFactorsApi, context: ReadContext) -> None:
        statuses = {**settings.statuses, _NOT_BEGUN: HrStatus.FUTURE}
        self._settings = settings.model_copy(update={"statuses": statuses})
        self._api = api
        self._context = context
        self._on = context.as_of.astimezone(FIRST_ZONE).date()
        self._everywhere = context.as_of.astimezone(LAST_ZONE).date()
        self.problems: Sequence[Problem] = ()
        self.left_out = LeftOut()
        self.summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Yield every employment that can be read, a person's one after the other, a page's memory at a time.

        What is in force is asked for the day that it is furthest east: whoever leaves further west is told ahead, with
        the day. Raises RetriableError where it can't be had, FatalError where it's refused, and IncompleteReadError as
        `ListedRead`.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        own, api = self._settings, self._api
        api.begin()
        read = ListedRead(own, self._context, f"employments at {api.base.host}")
        days = ODataDays(own.date_format)
        pages = api.employments(fields_of(own), self._on)
        read_in = read.workers(pages, self._fields, dict.fromkeys(DAYS, days))
        workers = (returning(worker, self._context.as_of) for worker in read_in)
        for _, employments in groupby(workers, lambda worker: worker.worker_id):
            yield from _without_side_jobs(tuple(employments))
        # Of somebody who didn't come, one employment at least didn't.
        problems, self.left_out, self.summary = read.ended(api.rows + api.total - api.came)
        self.problems = (*problems, *self._slipped(self.summary))

    def _fields(self, row: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
        """The person's number, and the fields of one employment."""
        person, employment = thing_in(row, "person"), thing_in(row, "employment")
        if not person:
            return "", {}
        own = self._settings
        values = {path: value_at(person, employment, path, own.mail_type) for path in fields_of(own)}
        fields = {path: value for path, value in values.items() if value is not None}
        job = latest(things_in(employment, JOBS) or ())
        self._put_status(fields, job, standing_day(employment.get("startDate")))
        ends = own.columns.get("end")
        if isinstance(ends, str) and fields.get(ends) == "" and job is not None and _terminates(job):
            fields[ends] = day_before(job.get("startDate"))
        if self._may_be_to_come(fields, job):
            fields[str(own.columns["status"])] = RESTRICTED
        return text_of(person.get(PERSON)), fields

    def _put_status(self, fields: dict[str, str], job: Thing | None, starts: date | None) -> None:
        """Of whoever has no job: they haven't begun, or it may not be seen."""
        path = self._settings.columns.get("status")
        if not isinstance(path, str) or "/" not in path or fields.get(path):
            return
        begins_later = job is None and starts is not None and starts > self._on
        fields[path] = _NOT_BEGUN if begins_later else RESTRICTED

    def _may_be_to_come(self, fields: Mapping[str, str], job: Thing | None) -> bool:
        """Whether no day says when somebody leaves, and by the job, which is asked ahead, it may be a day to come."""
        own = self._settings
        path, begins = own.columns.get("status"), standing_day(job.get("startDate")) if job else None
        if not isinstance(path, str) or begins is None or begins <= self._everywhere:
            return False
        meant = {folded(word): each.status for word, each in own.statuses.items()}
        days = (fields.get(day, "") for name in DAYS[1:] if isinstance(day := own.columns.get(name), str))
        return meant.get(folded(fields.get(path, ""))) is EmploymentStatus.LEFT and not any(days)

    def _slipped(self, summary: RosterSummary | None) -> Iterator[Problem]:
        if self._api.by_offset and summary:
            yield Problem(
                record=summary.origin,
                text="pages came by the number of the row, and not of a snapshot: somebody may lie between two",
                fix="Read it again; if it stays, ask SAP why PerPerson has no snapshot.",
            )


def _terminates(job: Thing) -> bool:
    """Whether it begins with a termination, of which EmpEmployment may know no day: a rehire to come blanks that.

    https://blogs.sap.com/2017/11/21/successfactors-employee-central-integration-of-terminatedinactive-employee/
    """
    return value_at(job, {}, "eventNav/externalCode", "") == _TERMINATION


def _without_side_jobs(employments: Sequence[Worker]) -> Iterable[Worker]:
    """Without those that ended while another went on that had begun by then: a second job, or an assignment abroad.

    By SuccessFactors' own record they are one person's, so that it says nothing against itself.
    """
    jobs = [job for each in employments for job in each.employments]
    return [each for each in employments if not any(_was_beside(own, jobs) for own in each.employments)]


def _was_beside(own: Employment, jobs: Sequence[Employment]) -> bool:
    last = own.last_working_on or own.end_on
    if own.status is not EmploymentStatus.LEFT or last is None:
        return False
    goes_on = (EmploymentStatus.ACTIVE, EmploymentStatus.LEAVE)
    return any(job.status in goes_on and job.start_on is not None and job.start_on <= last for job in jobs)
