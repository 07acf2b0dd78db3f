"""Values that can't be meant: bytes (a NUL, or what isn't of the encoding), cells of a spreadsheet that tell nothing, a
status or a day that nobody can read.

The value alone is left out. Its status or a day can't be done without: then the record is left out, and what was known
of its worker stands. Only where nobody knows whose the record is, or what else is lost with it, is the read partial.
docs/decisions/0085-one-record-costs-itself.md
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping

from offboarding.model import LeftOut
from offboarding.rosters._records.columns import DAYS
from offboarding.rosters._records.decoding import undecodable
from offboarding.rosters._records.likeness import LEAST
from offboarding.rosters._records.problems import BadRecordError, ProblemList

HOLE = "\0" * 512
"""In any encoding less than a disk's page (4,096 bytes), and longer than what forms let people write of themselves. A
hole of that size may have swallowed the ends of rows, and the people between them.
"""
_NUL = "a NUL character stands in the value"
_NUL_FIX = "Have the export write text alone; if every second character is one, the feed is utf-16."
UNCALCULATED, MERGED, CELL_ERROR, RESTRICTED = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
"""What stands for a cell whose text isn't in the file, or may not be seen: characters that Unicode keeps for such use,
and no text holds. https://www.unicode.org/faq/private_use.html#nonchar1
"""
_CELLS = {
    UNCALCULATED: (
        "a formula stands in the cell, and its result isn't in the file",
        "Open the file in Excel and save it, or have values alone exported.",
    ),
    MERGED: ("the cell is merged with the one above", "Have each row tell its own value."),
    CELL_ERROR: (
        "an error of the spreadsheet's stands in the cell",
        "Mend the formula, or have values alone exported.",
    ),
    RESTRICTED: ("the value may not be seen by whoever reads", "Let the connection's user see this field."),
}
SHEET_ERROR = re.compile(r"#(?:N/A|REF!|NAME\?|VALUE!|NULL!|NUM!|DIV/0!)|#+")
"""What spreadsheets write in place of a value, also into text: two people with `#N/A` for a login share nothing."""
_CELL = re.compile(f"[{''.join(_CELLS)}]")
_ITS_RECORD = ("status", *DAYS)
"""Without one of these a record says nothing that could be taken at its word."""
_WHOSE = ("worker_id", "previous_worker_ids")
"""Without one of these it isn't known who is missing from the rest. Systems write them, and nobody of themselves."""


def is_clean(cells: Collection[str]) -> bool:
    """Whether none of them is such a value: one look at all, since nearly every record is clean."""
    text = "".join(cells)
    if "#" in text and any(SHEET_ERROR.fullmatch(cell.strip()) for cell in cells):
        return False
    return "\0" not in text and (text.isascii() or not (undecodable(text) or _CELL.search(text)))


def readable(text: str) -> str:
    """The text of a spreadsheet's cell; "" where what it should be isn't in the file."""
    return "" if _CELL.search(text) else text


class SpoiledValues:
    """Of one read."""

    def __init__(self, origin: str, encoding: str, declare: str = "") -> None:
        self._encoding = encoding
        self._fix = f" If there are many: {declare}." if declare else ""
        self._values = ProblemList(
            origin, what="values", left_out="The value is left out, and all else of this worker counts."
        )
        self._records = ProblemList(origin, left_out="The row is left out, and what was known of this worker stands.")
        self._of_values: list[str] = []
        self._of_records: list[str] = []
        self._garbled: list[str] = []
        self._columns: Counter[str] = Counter()
        self._hidden: Counter[str] = Counter()

    def found(self, cells: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, BadRecordError]:
        """Our name of each column whose value is one, and what is said of it.

        Raises BadRecordError where it isn't known then whose the record is.
        """
        found = {name: error for name, value in cells.items() if (error := self._error(value, headers[name]))}
        self._columns.update(headers[name] for name in found)
        self._hidden.update(headers[name] for name in found if RESTRICTED in cells[name])
        for name, error in found.items():
            if name in _WHOSE:
                raise error
        return found

    def leave_out(self, found: Mapping[str, BadRecordError], worker_id: str, record: str) -> bool:
        """Note them. Returns whether the record is left out with them."""
        lost = next((error for name, error in found.items() if name in _ITS_RECORD), None)
        if lost:
            self._of_records.append(worker_id)
            self._records.add_record(record, lost)
            return True
        self._of_values.append(worker_id)
        for error in found.values():
            self._values.add_record(record, error)
        return False

    def leave_out_garbled(self, worker_id: str, record: str, error: BadRecordError) -> None:
        """Note that a worker's record has a status or a day that nobody can read."""
        self._of_records.append(worker_id)
        self._garbled.append(worker_id)
        self._records.add_record(record, error)

    def verdict(self, rows: int) -> str:
        """The sentence that says of which column most values are such: the feed is in another encoding, is damaged, or
        may not be seen.
        """
        for header, count in self._columns.items():
            if count >= LEAST and count * 2 > rows:
                if self._hidden[header] == count:
                    return f'the column "{header}" may not be seen in {count} of {rows} rows'
                return (
                    f'the column "{header}" holds NUL characters, or bytes that are not {self._encoding}, in {count} of'
                    f" {rows} rows"
                )
        return ""

    def first(self) -> tuple[str, BadRecordError] | None:
        """The first record that was left out."""
        return self._records.first()

    def left_out(self) -> LeftOut:
        """What is told of them, once all have passed."""
        problems = (*self._records.all(), *self._values.all())
        return LeftOut(
            problems=problems,
            workers=tuple(self._of_values),
            records=tuple(self._of_records),
            garbled=tuple(self._garbled),
        )

    def _error(self, value: str, header: str) -> BadRecordError | None:
        if is_clean((value,)):
            return None
        if "\0" in value:
            return BadRecordError(_NUL, _NUL_FIX, column=header)
        cell = CELL_ERROR if SHEET_ERROR.fullmatch(value.strip()) else _CELL.search(value)
        if cell:
            text, fix = _CELLS[cell[0]]
            return BadRecordError(text, fix, column=header)
        return BadRecordError(f"the value is not {self._encoding}", f"Mend the row.{self._fix}", column=header)
