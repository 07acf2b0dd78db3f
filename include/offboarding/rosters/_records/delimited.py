"""Delimited text to records (RFC 4180, any delimiter)."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    addressed: bool = False
    """A spreadsheet's: each field stands under its column, whatever stands beside it or is missing at its end."""

    def checked(self, columns: int) -> tuple[str, ...]:
        """The fields, if they are as many as the header's. Raises BadRecordError."""
        if self.flaw:
            raise BadRecordError(
                f"the quotation marks don't pair up ({self.flaw}){self._span()}",
                "Have the export put fields that hold one into quotation marks, and double those within.",
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


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Each record that isn't empty, in the file's order; one whose fields are all blank is empty.

    A quotation mark that is never closed takes in what follows up to `csv.field_size_limit`, 128 KiB unless set.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        row = reader.line_num + 1
        fields: list[str] = []
        flaw = ""
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            flaw = str(error)
        if flaw or any(field.strip() for field in fields):
            yield Record(row=row, last_row=reader.line_num, fields=tuple(fields), flaw=flaw)


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
