"""One read of people whom a system lists page by page, with fields by name, and whom it counts."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import cast

from offboarding.interfaces import ReadContext
from offboarding.model import Coverage, LeftOut, Problem, RosterSummary, Worker, counted
from offboarding.rosters._records.columns import MissingColumnsError, layout
from offboarding.rosters._records.days import DayReader
from offboarding.rosters._records.settings import RecordSettings
from offboarding.rosters._records.spoiled import RESTRICTED
from offboarding.rosters._records.table import TableRead, UnlikelyTableError

Page = Sequence[object]
Fields = Mapping[str, str]
"""A person's fields by name; `RESTRICTED` for one that is there, and may not be seen."""
_PARTS = 32


class ListedRead:
    """What came of a read is known once `ended` is called."""

    def __init__(self, own: RecordSettings, context: ReadContext, system: str) -> None:
        """`system`: whose people they are, for people ("employees of acme.bamboohr.com")."""
        self._own = own
        self._system = system
        self._table = TableRead(own, context, system)
        self._came = 0
        self._numbers = array("q")
        """Whose rows came, by hash, once for those that follow one another. Of a hundred thousand it's a megabyte."""

    def workers(
        self,
        pages: Iterator[Page],
        fields_in: Callable[[Mapping[str, object]], tuple[str, Fields]],
        days: Mapping[str, DayReader] | None = None,
    ) -> Iterator[Worker]:
        """Yield everybody who can be read, a page's memory at a time; the pages don't overlap. `fields_in` a row: the
        system's own number of somebody, and their fields.

        Raises IncompleteReadError where a field isn't there or mostly can't be seen, or (unless the roster lists
        leavers alone) nobody is.
        """
        first = next(pages, ())
        fields = fields_of(self._own)
        try:
            if first:
                there = {name for _, each in map(fields_in, _objects(first)) for name in each}
                where = layout(self._own.columns, [name for name in fields if name in there], self._own.list_separator)
                rows = self._rows(chain((first,), pages), where.header, fields_in)
                yield from self._table.workers(where, rows, self._label, days)
        except MissingColumnsError as error:
            fix = "Mend columns of the roster, or let the connection's user see it"
            raise self._table.incomplete(str(error), fix) from error
        except UnlikelyTableError as error:
            fix = "Let the connection's user see it, or mend columns, date_format or mail_domains of the roster"
            raise self._table.incomplete(error.text, error.fix or fix) from error
        if not first and self._own.coverage is not Coverage.LEAVERS:
            raise self._table.incomplete("nobody is listed", "See whose company the connection leads to")

    def ended(self, total: int) -> tuple[Sequence[Problem], LeftOut, RosterSummary]:
        """What the roster says of its read; `total`: how many there are by the system's own count."""
        if self._came != total:
            text = f"{counted(self._came, 'employee')} came, where {total} are counted there"
            self._doubt(text)
        if again := _repeated(self._numbers):
            self._doubt(f"{counted(again, 'employee')} came twice: others may have taken their places, and not come")
        proved = self._came == total and not again
        summary = RosterSummary(origin=self._system, proved=proved, dated_at=None, rows=self._table.count)
        return self._table.problems.all(), self._table.spoiled.left_out(), summary

    def _doubt(self, text: str) -> None:
        fix = "Read it again; if it stays, ask the vendor why."
        self._table.problems.add(Problem(record=self._system, text=text, fix=fix))

    def _rows(
        self,
        pages: Iterator[Page],
        header: Sequence[str],
        fields_in: Callable[[Mapping[str, object]], tuple[str, Fields]],
    ) -> Iterator[Sequence[str]]:
        """Values in the header's order; none of what is no person."""
        for page in pages:
            for row in page:
                number, fields = fields_in(_object(row))
                self._came += bool(number)
                if number and self._numbers[-1:] != (own := array("q", [hash(number)])):
                    self._numbers.extend(own)
                yield [fields.get(name, RESTRICTED) for name in header] if fields else ()

    def _label(self, count: int, cells: Mapping[str, str]) -> str:
        worker_id = cells.get("worker_id", "").strip(f" {RESTRICTED}")
        return f"{self._own.connection} row {count}" + (f", worker {worker_id}" if worker_id else "")


def fields_of(own: RecordSettings) -> tuple[str, ...]:
    """The system's names of what is mapped, each once."""
    mapped = ((one,) if isinstance(one, str) else one for one in own.columns.values())
    return tuple(dict.fromkeys(name for names in mapped for name in names))


def _object(row: object) -> Mapping[str, object]:
    return cast("dict[str, object]", row) if isinstance(row, dict) else {}


def _objects(page: Page) -> Iterator[Mapping[str, object]]:
    return (_object(row) for row in page)


def _repeated(numbers: "array[int]") -> int:
    """How many of these stand there again; a part of them at a time, since a set of all is more than a read holds."""
    return len(numbers) - sum(len({each for each in numbers if each % _PARTS == part}) for part in range(_PARTS))
