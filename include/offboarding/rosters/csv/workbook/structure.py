"""What a sheet's XML says of its rows before their values are read."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from offboarding.rosters.csv.bounds import FileBounds, WrongFileError

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet. https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3"""
_MOST_MERGED = 100_000
_MOST_UNCALCULATED = 100_000
_CHUNK = 1 << 16
_AGAIN = "Open it in Excel and save it again, or have it exported as text (CSV)"
_DIGITS = "0123456789"
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedCells:
    """Cells of several rows that were made one; only the first has a value."""

    rows: range
    """All but the first."""
    columns: range


@dataclass(slots=True, kw_only=True)
class Structure:
    """Of a sheet."""

    uncalculated: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    """Row and column of each formula whose result nobody has saved."""
    merged: list[MergedCells] = field(default_factory=list[MergedCells])
    """In the order of their rows."""


def structure_of(sheet: BinaryIO, bounds: FileBounds) -> Structure:
    """Go through a sheet once.

    Raises WrongFileError where it's no XML, defines entities, has rows or cells in another order than from top to
    bottom and from left to right, or more than a sheet can have: a reader passes over those, and people with them.
    """
    reader = _RowOrder()
    try:
        while chunk := sheet.read(_CHUNK):
            reader.parser.Parse(chunk, False)
            bounds.check(0)
        reader.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise WrongFileError(f"is a damaged workbook ({error})", _AGAIN) from error
    reader.found.merged.sort(key=lambda merged: merged.rows.start)
    return reader.found


class _RowOrder:
    """Hears what the parser meets. Raises ValueError with what is wrong."""

    def __init__(self) -> None:
        self.found = Structure()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._begins
        self.parser.EndElementHandler = self._ends
        self.parser.EntityDeclHandler = self._entity
        self._row = 0
        self._column = 0
        self._has_formula = self._has_value = False

    def _begins(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "row":
                self._row, self._column = self._next_row(attributes.get("r")), 0
            case "c":
                self._column = self._next_column(attributes.get("r"))
                self._has_formula = self._has_value = False
            case "f":
                self._has_formula = True
            case "v" | "is":
                self._has_value = True
            case "mergeCell":
                self._merged(attributes.get("ref", ""))
            case _:
                pass

    def _ends(self, name: str) -> None:
        if name.rpartition(" ")[2] == "c" and self._has_formula and not self._has_value:
            if len(self.found.uncalculated) == _MOST_UNCALCULATED:
                raise ValueError(f"more than {_MOST_UNCALCULATED:,} formulas without a result")
            self.found.uncalculated.add((self._row, self._column))

    def _next_row(self, reference: str | None) -> int:
        row = int(reference) if reference else self._row + 1
        if not self._row < row <= MOST_ROWS:
            raise ValueError(f"row {row} after row {self._row}")
        return row

    def _next_column(self, reference: str | None) -> int:
        column = _column(reference.rstrip(_DIGITS)) if reference else self._column + 1
        if reference and reference[len(reference.rstrip(_DIGITS)) :] != str(self._row):
            raise ValueError(f"cell {reference} in row {self._row}")
        if not self._column < column <= MOST_COLUMNS:
            raise ValueError(f"cell {column} after cell {self._column} of row {self._row}")
        return column

    def _merged(self, reference: str) -> None:
        match = _RANGE.fullmatch(reference)
        if match is None or len(self.found.merged) == _MOST_MERGED:
            raise ValueError("cells that are merged as none can be")
        rows = range(int(match[2]) + 1, int(match[4]) + 1)
        if rows:
            columns = range(_column(match[1]), _column(match[3]) + 1)
            self.found.merged.append(MergedCells(rows=rows, columns=columns))

    def _entity(self, *_declared: object) -> None:
        raise ValueError("it defines entities of its own")


@functools.lru_cache(maxsize=MOST_COLUMNS)
def _column(letters: str) -> int:
    """Of A to XFD, from 1. Raises ValueError."""
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(f"a column called {letters[:10]}")
        column = min(column * 26 + ord(letter) - ord("A") + 1, MOST_COLUMNS + 1)
    return column


def covered(merged: Sequence[MergedCells], row: int) -> set[int]:
    """Columns whose cell in this row is part of one above."""
    return {column for cells in merged if row in cells.rows for column in cells.columns}
