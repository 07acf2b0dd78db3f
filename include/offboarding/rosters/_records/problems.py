"""What is wrong with single records: collected, and bounded however long the feed."""

from offboarding.model import Problem

LISTED = 20
"""So many are told one by one; a feed in a wrong format has one a row."""


NOTHING_CONCLUDED = "Nothing was concluded from this read; what is known stands, marked stale"


class BadRecordError(Exception):
    """A record that can't be read. Never leaves the roster: it becomes a Problem."""

    def __init__(self, text: str, fix: str, *, column: str = "", plain: str = "") -> None:
        super().__init__(text)
        self.text = text
        """What is wrong, with the offending value."""
        self.fix = fix
        """What to do."""
        self.column = column
        """The column's name as the feed writes it; "" where the whole record is meant."""
        self.plain = plain or text
        """The same without the value, for logs: in a feed whose columns are swapped any value may be a name."""


class ProblemList:
    """The first problems of a read one by one, and a count of the rest."""

    def __init__(self, origin: str, *, what: str = "rows", left_out: str = "The row is left out.") -> None:
        self._origin = origin
        self._what = what
        self._left_out = left_out
        self._whole: list[Problem] = []
        self._records: list[Problem] = []
        self._more = 0
        self._first: tuple[str, BadRecordError] | None = None

    def add(self, problem: Problem) -> None:
        """Note a problem of the whole feed; it is always listed."""
        self._whole.append(problem)

    def add_record(self, record: str, error: BadRecordError) -> None:
        """Note that a record can't be read."""
        self._first = self._first or (_where(record, error), error)
        if len(self._records) == LISTED:
            self._more += 1
            return
        where = _where(record, error)
        self._records.append(Problem(record=where, text=error.text, fix=f"{self._left_out} {error.fix}"))

    def first(self) -> tuple[str, BadRecordError] | None:
        """The first record that was noted: where, and what of it."""
        return self._first

    def none_readable(self, rows: int, otherwise: tuple[str, BadRecordError] | None = None) -> tuple[str, str]:
        """What to say, and to do, when no row could be read: they have one cause, and the first tells it, or
        `otherwise` where none was noted here.
        """
        first = self._first or otherwise
        assert first is not None
        where, error = first
        return f"none of {rows} rows can be read; the first: {where}: {error.plain}", error.fix.rstrip(".")

    def all(self) -> tuple[Problem, ...]:
        """The feed's own first, then the records', then one that counts the records not listed."""
        return (*self._whole, *self._records, *([self._rest()] if self._more else []))

    def _rest(self) -> Problem:
        return Problem(
            record=self._origin,
            text=f"{self._more} more {self._what} are left out that are not listed here",
            fix="Mend those above first; often they have one cause.",
        )


def _where(record: str, error: BadRecordError) -> str:
    return f'{record}, column "{error.column}"' if error.column else record
