"""Kind `personio`: everybody whom a company's Personio lists, with the attributes that its credential was granted.

Personio says how many there are: a read that comes to that number is proved complete. An attribute that wasn't granted
isn't there, which is no attribute without a value.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import LeftOut, Problem, RosterSummary, Worker
from offboarding.net.destinations import Destination
from offboarding.net.service.address import destination
from offboarding.rosters._records.columns import DAYS
from offboarding.rosters._records.days import WrittenDays
from offboarding.rosters._records.listed import ListedRead, fields_of
from offboarding.rosters.personio.client import PersonioApi, attributes_of, employee_id, value_of
from offboarding.rosters.personio.proposing import propose
from offboarding.rosters.personio.settings import PersonioSettings

__all__ = ["PersonioRoster", "Settings", "build", "destinations", "propose"]

Settings = PersonioSettings
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00:00(?:\.0+)?(?:Z|[+-]\d{2}:?\d{2})")
"""How a day is written: midnight where the company is. In any other zone it's another day."""


def destinations(settings: PersonioSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"rosters.{settings.name}", connection)


def build(settings: PersonioSettings, connection: ConnectionFields, context: ReadContext) -> "PersonioRoster":
    """The ready roster; nothing is contacted before `read`."""
    return PersonioRoster(settings, PersonioApi(settings, connection, f"rosters.{settings.name}"), context)


class PersonioRoster:
    """A roster in a company's list of employees."""

    def __init__(self, settings: PersonioSettings, api: PersonioApi, context: ReadContext) -> None:
        self._settings = settings
        self._api = api
        self._context = context
        self.problems: Sequence[Problem] = ()
        self.left_out = LeftOut()
        self.summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Yield everybody who can be read, in Personio's order, a page's memory at a time.

        Raises RetriableError where it can't be had, or changes as it's read, FatalError where it's refused, and
        IncompleteReadError as `ListedRead`.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        self._api.begin()
        read = ListedRead(self._settings, self._context, f"employees of {self._settings.connection}")
        pages = self._api.employees(fields_of(self._settings))
        days = WrittenDays(formats=self._settings.date_format, standing=_MIDNIGHT)
        yield from read.workers(pages, _fields, dict.fromkeys(DAYS, days))
        self.problems, self.left_out, self.summary = read.ended(self._api.total)


def _fields(employee: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
    """Personio's number of somebody, and the attributes that were granted."""
    fields = {name: _text(value) for name, value in attributes_of(employee).items()}
    return employee_id(employee), fields


def _text(value: object) -> str:
    """A value as text; of another thing (an office, a supervisor) its name, else its number."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    named = cast("dict[str, object]", value).get("attributes") if isinstance(value, dict) else None
    if isinstance(named, dict):
        about = cast("dict[str, object]", named)
        return _text(value_of(about.get("name")) or value_of(about.get("id")))
    return json.dumps(value, ensure_ascii=False)
