"""Kind `bamboohr`: everybody whom a company's BambooHR lists.

BambooHR lists every employee, whatever the reader may see of them, says how many there are, and names each field that
may not be seen: a read that comes to that number is proved complete.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta, timezone
from itertools import chain
from typing import Any, cast

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext
from offboarding.model import Coverage, Employment, EmploymentStatus, LeftOut, Problem, RosterSummary, Worker, counted
from offboarding.model.errors import ConfigError, IncompleteReadError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import destination
from offboarding.rosters._records.columns import MissingColumnsError, layout
from offboarding.rosters._records.spoiled import RESTRICTED
from offboarding.rosters._records.table import TableRead, UnlikelyTableError
from offboarding.rosters.bamboohr.client import BambooApi, hidden_fields
from offboarding.rosters.bamboohr.settings import BambooSettings

__all__ = ["BambooRoster", "Settings", "build", "destinations", "propose"]

Settings = BambooSettings
_ID, _STATUS, _ENDS, _SINCE = "employeeId", "status", "terminationDate", "employmentStatusEffectiveDate"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NONE = "0000-00-00"
_LAST = timezone(timedelta(hours=-12))
"""Where each day ends last."""


def destinations(settings: BambooSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"rosters.{settings.name}", connection)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Which number is a worker's, zones of locations, and which fields may not be seen."""
    from offboarding.rosters.bamboohr.proposing import proposed  # noqa: PLC0415 - a night needs none of it

    return proposed(where, connection, asker)


def build(settings: BambooSettings, connection: ConnectionFields | None, context: ReadContext) -> "BambooRoster":
    """The ready roster; nothing is contacted before `read`."""
    where = f"rosters.{settings.name}"
    if connection is None:
        raise ConfigError(f"{where}: there is no connection {settings.connection}. Make it in Airflow.")
    return BambooRoster(settings, BambooApi(settings, connection, where), context)


class BambooRoster:
    """A roster in a company's list of employees."""

    def __init__(self, settings: BambooSettings, api: BambooApi, context: ReadContext) -> None:
        self._settings = settings
        self._api = api
        self._context = context
        self.problems: Sequence[Problem] = ()
        self.left_out = LeftOut()
        self.summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Yield everybody who can be read, in BambooHR's order, a page's memory at a time.

        Raises RetriableError where it can't be had, or changes as it's read, FatalError where it's refused, and
        IncompleteReadError where a field isn't there or mostly can't be seen, or (unless it lists leavers only) nobody
        is.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        self._api.begin()
        table = TableRead(self._settings, self._context, origin := f"employees of {self._api.base.host}")
        fields, seen = self._settings.fields, set[int | str]()
        pages = self._api.employees((*fields, _SINCE))
        first = next(pages, list[object]())
        try:
            if first:
                where = layout(self._settings.columns, _there(first, fields), self._settings.list_separator)
                rows = _rows(chain([first], pages), where.header, seen)
                for worker in table.workers(where, rows, self._label):
                    yield self._judged(worker)
        except MissingColumnsError as error:
            raise self._incomplete(
                str(error), "Mend columns of the roster: BambooHR drops what it doesn't know"
            ) from error
        except UnlikelyTableError as error:
            fix = error.fix or "Let the key's user see it, or mend columns, date_format or mail_domains of the roster"
            raise self._incomplete(error.text, fix) from error
        if not first and self._settings.coverage is not Coverage.LEAVERS:
            raise self._incomplete("nobody is listed", "See whose company the connection leads to")
        self._end(table, origin, len(seen))

    def _end(self, table: TableRead, origin: str, came: int) -> None:
        if came != self._api.total:
            text = f"{counted(came, 'employee')} came, where BambooHR counts {self._api.total}"
            table.problems.add(Problem(record=origin, text=text, fix="Read it again; if it stays, ask BambooHR why."))
        self.problems, self.left_out = table.problems.all(), table.spoiled.left_out()
        proved = came == self._api.total
        self.summary = RosterSummary(origin=origin, proved=proved, dated_at=None, rows=table.count)

    def _judged(self, worker: Worker) -> Worker:
        """Whoever isn't active before their first day hasn't begun; what ended earlier is another employment."""
        (job,) = worker.employments
        today = self._context.as_of.astimezone(_LAST).date()
        if job.status is not EmploymentStatus.LEFT or job.start_on is None or job.start_on < today:
            return worker
        future = replace(job, status=EmploymentStatus.FUTURE, end_on=None, last_working_on=None)
        ended = [replace(job, start_on=None)] if _is_before(job, job.start_on) else []
        return replace(worker, employments=(*ended, future))

    def _label(self, count: int, cells: Mapping[str, Any]) -> str:
        worker_id = str(cells.get("worker_id", "")).strip().strip(RESTRICTED)
        return f"{self._settings.connection} row {count}" + (f", worker {worker_id}" if worker_id else "")

    def _incomplete(self, what: str, fix: str) -> IncompleteReadError:
        return IncompleteReadError(
            f"rosters.{self._settings.name}: employees of {self._api.base.host}: {what}. "
            f"Nothing was concluded from this read; what is known stands, marked stale. {fix}."
        )


def _is_before(job: Employment, day: date) -> bool:
    last = job.last_working_on or job.end_on
    return last is not None and last < day


def _there(page: Sequence[object], fields: Sequence[str]) -> list[str]:
    """Which of the fields any of them has, be it hidden."""
    there = set[str]()
    for row in page:
        if isinstance(row, dict):
            employee = cast("dict[str, object]", row)
            there |= {*employee, *hidden_fields(employee)}
    return [name for name in fields if name in there]


def _rows(pages: Iterator[list[object]], header: Sequence[str], seen: set[int | str]) -> Iterator[Sequence[str]]:
    """Each employee's values once, in the header's order; none of what is no employee."""
    for page in pages:
        for row in page:
            employee = cast("dict[str, object]", row) if isinstance(row, dict) else {}
            given = employee.get(_ID)
            if isinstance(given, str) and given:
                number = int(given) if given.isdecimal() else given  # numbers take half the room
                if number in seen:
                    continue
                seen.add(number)
            yield _values(employee, header) if employee else ()


def _values(employee: Mapping[str, object], header: Sequence[str]) -> list[str]:
    hidden = {*hidden_fields(employee)}
    over = _is_history(employee)
    return [
        RESTRICTED if name in hidden else "" if over and name == _ENDS else _text(employee.get(name)) for name in header
    ]


def _is_history(employee: Mapping[str, object]) -> bool:
    """Whether somebody who is active now has a termination that came before what they are now: they were rehired."""
    ends, since = _text(employee.get(_ENDS)), _text(employee.get(_SINCE))
    days = all(_DAY.fullmatch(day) and day != _NONE for day in (ends, since))
    return days and _text(employee.get(_STATUS)).casefold() == "active" and ends < since


def _text(value: object) -> str:
    if value is None or value == _NONE:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
