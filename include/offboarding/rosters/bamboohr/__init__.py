"""Kind `bamboohr`: everybody whom a company's BambooHR lists.

BambooHR lists every employee, whatever the reader may see of them, says how many there are, and names each field that
may not be seen: a read that comes to that number is proved complete.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import LeftOut, Problem, RosterSummary, Worker
from offboarding.net.destinations import Destination
from offboarding.net.service.address import destination
from offboarding.rosters._records.listed import ListedRead, fields_of
from offboarding.rosters._records.returning import returning
from offboarding.rosters._records.spoiled import RESTRICTED
from offboarding.rosters.bamboohr.client import BambooApi, hidden_fields
from offboarding.rosters.bamboohr.proposing import propose
from offboarding.rosters.bamboohr.settings import BambooSettings

__all__ = ["BambooRoster", "Settings", "build", "destinations", "propose"]

Settings = BambooSettings
_ID, _STATUS, _ENDS, _SINCE = "employeeId", "status", "terminationDate", "employmentStatusEffectiveDate"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NONE = "0000-00-00"


def destinations(settings: BambooSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"rosters.{settings.name}", connection)


def build(settings: BambooSettings, connection: ConnectionFields, context: ReadContext) -> "BambooRoster":
    """The ready roster; nothing is contacted before `read`."""
    return BambooRoster(settings, BambooApi(settings, connection, f"rosters.{settings.name}"), context)


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
        IncompleteReadError as `ListedRead`.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        self._api.begin()
        read = ListedRead(self._settings, self._context, f"employees of {self._api.base.host}")
        pages = self._api.employees((*fields_of(self._settings), _SINCE))
        for worker in read.workers(pages, _fields):
            yield returning(worker, self._context.as_of)
        self.problems, self.left_out, self.summary = read.ended(self._api.total)


def _fields(employee: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    """BambooHR's number of somebody, and their fields: of those that the reader may not see that they are there."""
    number = employee.get(_ID)
    fields = {name: _text(value) for name, value in employee.items()}
    if _is_history(employee):
        fields[_ENDS] = ""
    return number if isinstance(number, str) else "", fields | dict.fromkeys(hidden_fields(employee), RESTRICTED)


def _is_history(employee: Mapping[str, object]) -> bool:
    """Whether somebody who is active now has a termination that came before what they are now: they were rehired."""
    ends, since = _text(employee.get(_ENDS)), _text(employee.get(_SINCE))
    days = all(_DAY.fullmatch(day) for day in (ends, since))
    return days and _text(employee.get(_STATUS)).casefold() == "active" and ends < since


def _text(value: object) -> str:
    if value is None or value == _NONE:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
