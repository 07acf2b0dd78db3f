"""Kind `workday`: a custom report of Workday's that is enabled as a web service (RaaS), read as CSV.

One answer holds all of it, and is there whole before a row counts. What a report leaves out it doesn't say: the read is
presumed complete.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Coverage, EmploymentStatus, LeftOut, Problem, RosterSummary, Worker
from offboarding.net.destinations import Destination
from offboarding.net.service.address import destination
from offboarding.rosters._records.columns import DAYS, Layout, MissingColumnsError, layout
from offboarding.rosters._records.days import WrittenDays
from offboarding.rosters._records.decoding import decoded, undecodable
from offboarding.rosters._records.delimited import lines, records
from offboarding.rosters._records.problems import BadRecordError
from offboarding.rosters._records.table import TableRead, UnlikelyTableError
from offboarding.rosters.workday._api.tenant import DATED
from offboarding.rosters.workday.client import WorkdayApi
from offboarding.rosters.workday.proposing import propose
from offboarding.rosters.workday.settings import WorkdaySettings

__all__ = ["Settings", "WorkdayRoster", "build", "destinations", "propose"]

Settings = WorkdaySettings
_NO_DAY = BadRecordError(
    "somebody terminated, and no day: when they leave isn't told, or may not be seen",
    "Let the integration system user see the termination's date, or map it in columns.",
)


def destinations(settings: WorkdaySettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"rosters.{settings.name}", connection)


def build(settings: WorkdaySettings, connection: ConnectionFields, context: ReadContext) -> "WorkdayRoster":
    """The ready roster; nothing is contacted before `read`."""
    return WorkdayRoster(settings, WorkdayApi(settings, connection, f"rosters.{settings.name}"), context)


class WorkdayRoster:
    """A roster in the rows of a report."""

    def __init__(self, settings: WorkdaySettings, api: WorkdayApi, context: ReadContext) -> None:
        self._settings = settings
        self._api = api
        self._context = context
        self.problems: Sequence[Problem] = ()
        self.left_out = LeftOut()
        self.summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Yield the worker of each row that can be read, in the report's order, once the report is there whole.

        Raises RetriableError where it can't be had, FatalError where it's refused, and IncompleteReadError where a
        column isn't there, what should be a worker's is something else, or (unless it lists leavers only) no worker is.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        self._api.begin()
        table = TableRead(self._settings, self._context, origin := f"report {self._settings.report}")
        with tempfile.TemporaryFile() as file:
            self._api.fetch(file, self._context.as_of)
            file.seek(0)
            try:
                with decoded(file, "utf-8") as text:
                    yield from self._workers(text, table)
            except MissingColumnsError as error:
                raise table.incomplete(str(error), "Mend the report, or columns of the roster") from error
            except UnlikelyTableError as error:
                fix = error.fix or "Mend the report, or columns, date_format and mail_domains of the roster"
                raise table.incomplete(error.text, fix) from error
        if not table.count and self._settings.coverage is not Coverage.LEAVERS:
            raise table.incomplete("it has no row", "See what the integration system user may see")
        self.problems, self.left_out = table.problems.all(), table.spoiled.left_out()
        self.summary = RosterSummary(origin=origin, proved=False, dated_at=None, rows=table.count)

    def _workers(self, text: TextIO, table: TableRead) -> Iterator[Worker]:
        feed = records(lines(text), ",")
        where = self._layout(next((record.fields for record in feed if not record.flaw), ()))
        days = WrittenDays(formats=self._settings.date_format, standing=DATED)
        rows = (() if record.flaw else record.fields for record in feed)
        for worker in table.workers(where, rows, self._label, dict.fromkeys(DAYS, days)):
            if self._settings.effective_prompt and _ends_some_day(worker):
                table.spoiled.leave_out_garbled(worker.worker_id, worker.record, _NO_DAY)
            else:
                yield worker

    def _layout(self, header: Sequence[str]) -> Layout:
        if bad := undecodable("".join(header)):
            raise MissingColumnsError(f"its first line is not utf-8 (at {bad})")
        return layout(self._settings.columns, header, self._settings.list_separator)

    def _label(self, count: int, cells: Mapping[str, str]) -> str:
        worker_id = cells.get("worker_id", "").strip()
        return f"{self._settings.report} row {count + 1}" + (f", worker {worker_id}" if worker_id else "")


def _ends_some_day(worker: Worker) -> bool:
    """Whether somebody leaves on a day that isn't told: asked for a day ahead, it may be one to come."""
    return any(
        job.status is EmploymentStatus.LEFT and not (job.last_working_on or job.end_on) for job in worker.employments
    )
