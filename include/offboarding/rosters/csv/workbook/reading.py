"""A workbook's sheets, and their rows as records."""

import warnings
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from offboarding.rosters._records.days import DayReader, WrittenDays
from offboarding.rosters._records.delimited import Record
from offboarding.rosters._records.spoiled import MERGED, UNCALCULATED
from offboarding.rosters.csv.bounds import FileBounds, WrongFileError
from offboarding.rosters.csv.workbook.cells import DAY, MOMENT, text_of
from offboarding.rosters.csv.workbook.structure import MergedCells, Structure, covered, structure_of

if TYPE_CHECKING:
    from openpyxl import Workbook as OpenWorkbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MOST_IN_MEMORY = 256 << 20
"""Bytes of all parts but the sheets: their texts, formats and names are held while it is read."""
MOST_TEXTS, MOST_FORMATS = 20_000_000, 500_000
"""Tags of the workbook's texts, four each, and of all other parts but the sheets: a few bytes of XML become objects of
up to 530 bytes. Excel itself keeps 65,490 formats.
"""
_TEXTS = "sharedStrings.xml"
_CHUNK = 1 << 16
_AT_ONCE = 64
_AGAIN = "Open it in Excel and save it again as .xlsx, or have it exported as text (CSV)"
_SHEETS = "xl/worksheets/"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSheet:
    """A sheet of an open workbook."""

    title: str
    hidden: bool
    worksheet: "ReadOnlyWorksheet"
    structure: Structure
    bounds: FileBounds

    def records(self) -> Iterator[Record]:
        """Each row that isn't blank, from the top. Raises WrongFileError where one can't be read."""
        # The size that a file tells of itself may be wrong, and rows beyond it would be left out.
        # https://openpyxl.readthedocs.io/en/stable/optimized.html#worksheet-dimensions
        self.worksheet.reset_dimensions()
        rows = enumerate(self.worksheet.iter_rows(), start=1)  # pyrefly: ignore[bad-argument-type]
        waiting, active = list(reversed(self.structure.merged)), list[MergedCells]()
        while chunk := _parsed(rows):
            self.bounds.check(0)
            for number, cells in chunk:
                while waiting and waiting[-1].rows.start <= number:
                    active.append(waiting.pop())
                active = [merged for merged in active if number in merged.rows]
                fields = self._fields(number, cells, covered(active, number))
                if any(field.strip() and field != MERGED for field in fields):
                    yield Record(row=number, last_row=number, fields=fields, addressed=True)

    def _fields(self, row: int, cells: Sequence[Any], merged: set[int]) -> tuple[str, ...]:
        fields = [_text(cell) for cell in cells]
        fields.extend("" for _ in range(len(fields), max(merged, default=0)))
        for column in merged:
            fields[column - 1] = MERGED
        if self.structure.uncalculated:
            for column, text in enumerate(fields, start=1):
                if not text and (row, column) in self.structure.uncalculated:
                    fields[column - 1] = UNCALCULATED
        while fields and not fields[-1].strip():
            fields.pop()
        return tuple(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """An open workbook."""

    sheets: Sequence[OpenSheet]
    """Those that hold cells, in their order."""
    epoch: datetime
    """The day that its serial numbers count from."""

    def days(self, formats: Sequence[str]) -> DayReader:
        """Reads its days, as cells and as text."""
        return _SheetDays(written=WrittenDays(formats=tuple(dict.fromkeys((*formats, DAY, MOMENT)))), epoch=self.epoch)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SheetDays:
    """Days of cells, of text in one of the declared formats, and of the number that a date is in a spreadsheet."""

    written: WrittenDays
    epoch: datetime

    def __call__(self, text: str, zone: str) -> date | None:
        try:
            return self.written(text, zone)
        except ValueError:
            if not _is_serial(text):
                raise
        return (self.epoch + timedelta(days=float(text))).date()


def _is_serial(text: str) -> bool:
    """Whether it may be the number of a day between 1927 and 2173 (or four years later, of the 1904 system)."""
    whole, _, part = text.partition(".")
    return len(whole) == 5 and whole.isdecimal() and whole.isascii() and (not part or part.isdecimal())


@contextmanager
def opened_workbook(stream: BinaryIO, bounds: FileBounds) -> Generator[Workbook]:
    """The workbook of a stream that can be gone through in any order.

    Raises WrongFileError where it is none, holds more than it may, or is damaged.
    """
    with zipfile.ZipFile(stream) as archive:
        _check_sizes(archive, bounds)
    opened = _opened(stream)
    try:
        sheets = [sheet for worksheet in opened.worksheets if (sheet := _sheet(worksheet, bounds))]
        yield Workbook(sheets=sheets, epoch=opened.epoch)
    finally:
        opened.close()


def _check_sizes(archive: zipfile.ZipFile, bounds: FileBounds) -> None:
    """By what the archive says: zipfile reads no more of a member than it announces."""
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise WrongFileError("is an encrypted zip", "Have it saved without a password")
    bounds.check(sum(entry.file_size for entry in entries))
    beside = sum(entry.file_size for entry in entries if not entry.filename.startswith(_SHEETS))
    if beside > MOST_IN_MEMORY:
        raise WrongFileError(
            f"holds more than {MOST_IN_MEMORY >> 20:,} MB beside its sheets", "Have it exported as text (CSV)"
        )
    held = [entry for entry in entries if not entry.filename.startswith(_SHEETS)]
    _check_tags(archive, [each for each in held if each.filename.endswith(_TEXTS)], MOST_TEXTS, bounds)
    _check_tags(archive, [each for each in held if not each.filename.endswith(_TEXTS)], MOST_FORMATS, bounds)


def _check_tags(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo], most: int, bounds: FileBounds) -> None:
    tags = 0
    for entry in entries:
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK):
                tags += chunk.count(b"<")
                bounds.check(0)
                if tags > most:
                    raise WrongFileError(
                        f"holds more than {most:,} texts or formats beside its sheets", "Have it exported as text (CSV)"
                    )


def _opened(stream: BinaryIO) -> "OpenWorkbook":
    from openpyxl import load_workbook  # noqa: PLC0415 - see interfaces

    with _explained():
        return load_workbook(stream, read_only=True, data_only=True, keep_links=False)


def _sheet(worksheet: Any, bounds: FileBounds) -> OpenSheet | None:
    """None where it is blank."""
    with _explained(), worksheet._get_source() as source:  # noqa: SLF001 - nothing else gives a sheet's XML
        structure = structure_of(source, bounds)
    sheet = OpenSheet(
        title=worksheet.title,
        hidden=worksheet.sheet_state != "visible",
        worksheet=worksheet,
        structure=structure,
        bounds=bounds,
    )
    return sheet if next(sheet.records(), None) else None


def _parsed(rows: Iterator[tuple[int, Any]]) -> list[tuple[int, Any]]:
    with _explained():
        return list(islice(rows, _AT_ONCE))


@contextmanager
def _explained() -> Generator[None]:
    """Turn whatever a reader of strangers' XML raises into our error, and what it warns of (extensions that it would
    not write again) into nothing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except WrongFileError:
        raise
    except Exception as error:
        raise WrongFileError(f"is no workbook that can be read ({type(error).__name__})", _AGAIN) from error


def _text(cell: Any) -> str:
    value, data_type = cell.value, cell.data_type
    # To look up a format takes time, and most cells are text or blank.
    number_format = cell.number_format if isinstance(value, int | float) else ""
    return text_of(value, data_type, number_format)
