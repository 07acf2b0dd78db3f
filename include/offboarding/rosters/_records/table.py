"""One read of a table whose columns are known: its workers, what is wrong with single records, and with the whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

import structlog

from offboarding.interfaces import ReadContext
from offboarding.model import Worker, counted
from offboarding.model.errors import IncompleteReadError
from offboarding.rosters._records.columns import Layout
from offboarding.rosters._records.days import DayReader
from offboarding.rosters._records.likeness import Likeness
from offboarding.rosters._records.problems import NOTHING_CONCLUDED, BadRecordError, ProblemList
from offboarding.rosters._records.returning import rehired
from offboarding.rosters._records.settings import RecordSettings
from offboarding.rosters._records.spoiled import SpoiledValues
from offboarding.rosters._records.workers import WorkerReader

_log = structlog.get_logger("offboarding.rosters")


class UnlikelyTableError(Exception):
    """It can't be the table that it should be. Never leaves the roster: it becomes an IncompleteReadError."""

    def __init__(self, text: str, fix: str) -> None:
        super().__init__(text)
        self.text = text
        self.fix = fix
        """What to do; "" where that is the roster's own matter."""


class TableRead:
    """What came of a read is known once `workers` has ended."""

    def __init__(self, settings: RecordSettings, context: ReadContext, origin: str) -> None:
        self.problems = ProblemList(origin)
        self.spoiled = SpoiledValues(origin, "utf-8")
        self.count = 0
        """Records, those that can't be read too."""
        self._settings = settings
        self._context = context
        self._origin = origin

    def workers(
        self,
        where: Layout,
        records: Iterable[Sequence[Any]],
        label: Callable[[int, Mapping[str, Any]], str],
        days: Mapping[str, DayReader] | None = None,
    ) -> Iterator[Worker]:
        """Yield the worker of each record that can be read. `label` says where one stands, by its number from 1 and
        its cells (none where it has too few or too many).

        Raises UnlikelyTableError, after the last, where none could be read, or columns hold what they shouldn't.
        """
        own = self._settings
        domains = self._context.mail_domains if own.mail_domains is None else own.mail_domains
        likeness = Likeness(where.headers, own.date_format, domains)
        reader = WorkerReader(own, self._context.default_zone, where, self.spoiled, days)
        read = 0
        for record in records:
            self.count += 1
            whole = len(record) == where.width
            cells = where.cells(["" if value is None else value for value in record]) if whole else {}
            shown = label(self.count, cells)
            try:
                worker = reader.worker(cells, shown) if whole else _cut(record, where)
            except BadRecordError as error:
                self.problems.add_record(shown, error)
                continue
            if worker:
                read += 1
                likeness.see(worker)
                yield rehired(worker, self._context.as_of)
        if self.count and not read:
            raise UnlikelyTableError(*self.problems.none_readable(self.count, self.spoiled.first()))
        if odd := self.spoiled.verdict(self.count) or likeness.verdict():
            raise UnlikelyTableError(odd, "")
        if reader.without_zone:
            _log.info("locations without a time zone", roster=own.name, rows=reader.without_zone)

    def incomplete(self, what: str, fix: str) -> IncompleteReadError:
        """The error for a read that can't be trusted."""
        return IncompleteReadError(
            f"rosters.{self._settings.name}: {self._origin}: {what}. {NOTHING_CONCLUDED}. {fix}."
        )


def _cut(record: Sequence[object], where: Layout) -> NoReturn:
    raise BadRecordError(
        f"{counted(len(record), 'cell')} under {counted(where.width, 'column')}", "See whether the record is whole."
    )
