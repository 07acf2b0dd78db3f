"""What people put around a table: titles above its header, and totals below its rows."""

from collections.abc import Sequence

from offboarding.rosters._records.delimited import Record
from offboarding.rosters._records.problems import BadRecordError
from offboarding.rosters._records.spoiled import MERGED
from offboarding.rosters._records.words import shown

MOST_TITLES = 20
"""Rows above the header."""
_CELLS_OF_A_TITLE = 2
_LEAST_COLUMNS = 3
"""Of a narrower table a worker's row can't be told from a total's."""
_DIVIDERS = str.maketrans("", "", ",.' \u00a0\u202f")


def filled(fields: Sequence[str]) -> list[int]:
    """The indexes of fields that aren't blank."""
    return [index for index, field in enumerate(fields) if field.strip() and field != MERGED]


def is_title(record: Record) -> bool:
    """Whether it may be a title: "Staff list" alone, or "As of" and a day."""
    return not record.flaw and len(filled(record.fields)) <= _CELLS_OF_A_TITLE


def stands_above(title: Record, header: Record) -> bool:
    """Whether it's no worker's row that was sorted above the header: it has fewer than half as many cells."""
    return 2 * len(filled(title.fields)) < len(filled(header.fields))


class Totals:
    """Tells rows like "Total: 812" from workers' by all that a file's rows hold."""

    def __init__(self, place: int, header: Sequence[str]) -> None:
        self._place = place
        """Where the worker's number stands."""
        self._columns = len(header)
        self._wide = len(filled(header)) >= _LEAST_COLUMNS
        self._shapes: set[tuple[bool, ...]] = set()
        self._lonely = 0
        """Rows so far that tell a number alone."""
        self._rows = 0

    def check(self, record: Record) -> None:
        """Raise BadRecordError where a row tells nothing but what stands as worker's number, perhaps with a count
        beside it, and that is unlike the numbers of those above it, or says how many they are.
        """
        if not self._may_tell(record):
            return
        text = self._number(record)
        lonely = self._is_lonely(record.fields)
        if lonely and self._is_unlike(text):
            raise BadRecordError(
                f"nothing but {shown(text)} stands in it: a total or a note, and no worker",
                "Have the export made without it; where it counts the rows, declare it as trailer.",
                plain="nothing but a total or a note stands in it",
            )
        self._rows += 1
        self._lonely += lonely
        self._shapes.add(_shape(text))

    def is_note(self, record: Record) -> bool:
        """Return whether a record below a total can be no worker's: a total too, a line of text that the delimiter cuts
        into fewer than half as many fields as the header has, or in a sheet a cell or two without a worker's number.
        """
        if not self._wide or record.flaw:
            return False
        if self._may_tell(record) and self._is_lonely(record.fields) and self._is_unlike(self._number(record)):
            return True
        if record.addressed:
            return is_title(record) and not self._number(record)
        return 2 * len(record.fields) < self._columns

    def _may_tell(self, record: Record) -> bool:
        return self._wide and not record.flaw and len(record.fields) > self._place

    def _number(self, record: Record) -> str:
        return "".join(record.fields[self._place : self._place + 1]).strip()

    def _is_unlike(self, text: str) -> bool:
        """Whether it is unlike the numbers so far, or counts them."""
        counts = text == str(self._rows) and not self._lonely
        return bool(text and self._shapes and (_shape(text) not in self._shapes or counts))

    def _is_lonely(self, fields: Sequence[str]) -> bool:
        # Nearly every row has more cells than that, and is seen so at once.
        if len(list(filter(str.strip, fields))) > _CELLS_OF_A_TITLE:
            return False
        return all(place == self._place or _is_count(fields[place]) for place in filled(fields))


def _shape(text: str) -> tuple[bool, ...]:
    return (text.isdigit(), text.isalpha(), text.isalnum(), " " in text)


def _is_count(text: str) -> bool:
    return text.strip().translate(_DIVIDERS).isdigit()
