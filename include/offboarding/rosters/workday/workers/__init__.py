"""Kind `workday_workers`: every worker of a tenant of Workday's, by the web service Get_Workers.

Workday says how many there are, as far as its reader may see, of what was in force and entered by one moment: a read
that comes to that number is proved complete.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import LeftOut, Problem, RosterSummary, Worker
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import destination
from offboarding.rosters._records.columns import DAYS
from offboarding.rosters._records.days import WrittenDays
from offboarding.rosters._records.listed import ListedRead, fields_of
from offboarding.rosters._records.returning import returning
from offboarding.rosters.workday._api.tenant import DATED, effective_date
from offboarding.rosters.workday.workers.client import WorkdayWorkersApi
from offboarding.rosters.workday.workers.proposing import propose
from offboarding.rosters.workday.workers.settings import RESCINDED, STATUS, WorkdayWorkersSettings
from offboarding.rosters.workday.workers.soap import AsOf
from offboarding.rosters.workday.workers.workers import BadPathError, WorkerPaths, number_of, worker_in

__all__ = ["Settings", "WorkdayWorkersRoster", "build", "destinations", "propose"]

Settings = WorkdayWorkersSettings


def destinations(settings: WorkdayWorkersSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"rosters.{settings.name}", connection)


def build(
    settings: WorkdayWorkersSettings, connection: ConnectionFields, context: ReadContext
) -> "WorkdayWorkersRoster":
    """The ready roster; nothing is contacted before `read`. Raises ConfigError, for a column that is no XPath too."""
    where = f"rosters.{settings.name}"
    try:
        paths = WorkerPaths(fields_of(settings))
    except BadPathError as error:
        raise ConfigError(f"{where}: columns: {error}. Mend it: one is wd:Worker_Data/wd:Worker_ID") from error
    return WorkdayWorkersRoster(settings, WorkdayWorkersApi(settings, connection, where), paths, context)


class WorkdayWorkersRoster:
    """A roster in a tenant's workers."""

    def __init__(
        self, settings: WorkdayWorkersSettings, api: WorkdayWorkersApi, paths: WorkerPaths, context: ReadContext
    ) -> None:
        self._settings = settings
        self._api = api
        self._paths = paths
        self._context = context
        self._effective = effective_date(context.as_of)
        self.problems: Sequence[Problem] = ()
        self.left_out = LeftOut()
        self.summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Yield every profile that can be read, in Workday's order, a page's memory at a time.

        What is in force is asked for the day that it is furthest east: whoever leaves further west is told ahead, with
        the day. Raises RetriableError where it can't be had, or changes as it's read, FatalError where it's refused,
        and IncompleteReadError as `ListedRead`.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        own, api = self._settings, self._api
        api.begin()
        read = ListedRead(own, self._context, f"profiles of {own.tenant}")
        # What HR has entered by now, whatever moment the night is of.
        as_of = AsOf(effective=self._effective, entered=datetime.now(UTC))
        personal = any("wd:Personal_Data" in path for path in fields_of(own))
        days = WrittenDays(formats=own.date_format, standing=DATED)
        pages = api.workers(as_of, personal=personal)
        for worker in read.workers(pages, self._fields, dict.fromkeys(DAYS, days)):
            yield returning(worker, self._context.as_of)
        self.problems, self.left_out, self.summary = read.ended(api.total)

    def _fields(self, row: Mapping[str, object]) -> tuple[str, Mapping[str, str]]:
        """Workday's own id of a profile, and its fields."""
        worker = worker_in(row)
        fields = self._paths.fields(worker, date.fromisoformat(self._effective[:10]))
        begins = self._settings.columns.get("start")
        # By a first day to come they would be somebody who has yet to begin.
        if fields.get(STATUS) == RESCINDED and isinstance(begins, str) and begins in fields:
            fields[begins] = ""
        return number_of(worker), fields
