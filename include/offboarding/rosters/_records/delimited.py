"""Delimited text to records (RFC 4180, any delimiter)."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TextIO

from offboarding.model import counted
from offboarding.rosters._records.decoding import without_mark
from offboarding.rosters._records.problems import BadRecordError

LONGEST_LINE = 1 << 20
"""Characters. Of a longer one nothing is kept."""
_LINE_ENDS = ("\n", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of the feed."""

    row: int
    """The line it starts at; the file's first line is 1."""
    last_row: int
    """The line it ends at: a quoted field may hold line ends."""
    fields: tuple[str, ...]
    flaw: str = ""
    """Why it can't be read; "" where it can."""
    delimiters_apart: int = 0
    """Cut in two between its lines: how many delimiters, within quotation marks or not, each part holds at most."""
    addressed: bool = False
    """A spreadsheet's: each field stands under its column, whatever stands beside it or is missing at its end."""

    def checked(self, columns: int) -> tuple[str, ...]:
        """The fields, if they are as many as the header's. Raises BadRecordError."""
        if self.flaw:
            raise BadRecordError(
                f"the quotation marks don't pair up ({self.flaw}){self._span()}",
                "Have the export put fields that hold one into quotation marks, and double those within.",
            )
        if 0 < columns - 1 <= self.delimiters_apart:
            raise BadRecordError(
                "its lines could be several rows: a value that begins with a quotation mark took them in"
                f"{self._span()}",
                "Have the export put fields that hold a quotation mark into quotation marks, and double those within;"
                " and write values that hold the delimiter in one line.",
            )
        if self.addressed:
            return (*self.fields[:columns], *[""] * (columns - len(self.fields)))
        if len(self.fields) != columns:
            raise BadRecordError(
                f"{counted(len(self.fields), 'field')}, where the header has {columns}{self._span()}",
                "Look for a delimiter or quotation mark within a value: such a field has to be quoted.",
            )
        return self.fields

    def _span(self) -> str:
        return f", rows {self.row} to {self.last_row}" if self.last_row > self.row else ""


class _CountedLines:
    """Lines as they are, and how many delimiters each line of a record held."""

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._lines = iter(lines)
        self._delimiter = delimiter
        self._held: list[int] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._held.append(line.count(self._delimiter))
        return line

    def begin(self) -> None:
        """Count another record's."""
        self._held.clear()

    @property
    def apart(self) -> int:
        """The most that each of two parts holds, wherever the record is cut between its lines; 0 of one line."""
        whole = sum(self._held)
        return max((min(before, whole - before) for before in accumulate(self._held)), default=0)


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Each record that isn't empty, in the file's order; one whose fields are all blank is empty.

    A value that begins with a quotation mark ends at the next one, which may be lines later where the export doesn't
    quote: `checked` refuses a record whose lines could be several rows, of one line or more each. A quotation mark that
    is never closed takes in what follows up to `csv.field_size_limit`, 128 KiB unless set.
    """
    counted_lines = _CountedLines(lines, delimiter)
    reader = csv.reader(counted_lines, delimiter=delimiter, strict=True)
    while True:
        row = reader.line_num + 1
        counted_lines.begin()
        fields: list[str] = []
        flaw = ""
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            flaw = str(error)
        if flaw or any(field.strip() for field in fields):
            yield Record(
                row=row,
                last_row=reader.line_num,
                fields=tuple(fields),
                flaw=flaw,
                delimiters_apart=counted_lines.apart,
            )


def lines(text: TextIO) -> Iterator[str]:
    """A feed's lines as they are, without the byte order mark before the first, a bounded portion of each at a time."""
    first = True
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(_LINE_ENDS):
            line = _too_long(text)
        yield without_mark(line) if first else line
        first = False


def _too_long(text: TextIO) -> str:
    """Pass over the rest of a line, a portion at a time; what stands for it is too long for a field, too: its record
    can't be read, and the next one can.
    """
    while (rest := text.readline(LONGEST_LINE)) and not rest.endswith(_LINE_ENDS):
        pass
    return "x" * (csv.field_size_limit() + 1) + "\n"
