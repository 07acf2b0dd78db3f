"""CSV that people edit in a spreadsheet, and that comes back as it went out.

A spreadsheet runs a cell that begins with = + - or @, some in their full width, too
(https://owasp.org/www-community/attacks/CSV_Injection), and makes numbers and days of ids that look like them: 00042
becomes 42, 222222222222 becomes 2.22E+11, MAR1 becomes 1 March. Such cells go out behind an apostrophe, which is taken
off again when they're read. Excel reads and saves with semicolons where commas are decimal: a part of a cell behind a
semicolon is guarded in the same way. It saves with tabs as "Unicode text", and in the machine's own code page unless
UTF-8 is asked for.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from offboarding.config.spelling import nearest
from offboarding.model.errors import FatalError

FORMAT = "csv"
"""What such files are called."""
BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the machine's own code page."""
MOST_BYTES = 50_000_000
_DELIMITERS = ",;\t"
_RUN = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_RUN_INSIDE = re.compile(r"""(?<=;)(?=["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20|%'])""")
"""Where a cell would begin, and be run, if semicolons divided them."""
_GUARD_INSIDE = re.compile(rf"(?<=;)'{_RUN_INSIDE.pattern.removeprefix('(?<=;)')}")
_SHORT_NUMBER = re.compile(r"(?:0|[1-9]\d{0,9})(?:\.\d{1,2})?")
_NUMBER = re.compile(r"[\d\s.,:/%$\u20ac()-]*\d[\d\s.,:/%$\u20ac()-]*|\d+([.,]\d*)?e[+-]?\d+", re.IGNORECASE)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = re.compile(rf"{_MONTH}[\s./-]?\d+([\s,./-]+\d+)?|\d+[\s./-]?{_MONTH}([\s./-]?\d+)?", re.IGNORECASE)
_TRUTH = re.compile(r"true|false", re.IGNORECASE)
_REWRITTEN = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A line below the heading."""

    number: int
    """In the file, where the line begins; the heading's is 1."""
    cells: Mapping[str, str]
    """By column, without outer blanks; the columns that were asked for are always there."""
    beyond: str = ""
    """What stands behind the last column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file as it came back."""

    columns: tuple[str, ...]
    lines: tuple[SheetLine, ...]

    def column(self, name: str) -> str:
        """A column as a spreadsheet shows it: "reason (B)"."""
        return f"{name} ({letters(self.columns.index(name))})" if name in self.columns else name


def written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the file's text: RFC 4180, with the mark by which Excel knows UTF-8."""
    yield BOM
    yield _row(columns)
    yield from map(line, rows)


def line(row: Sequence[str]) -> str:
    """A line of it, each cell guarded."""
    return _row([guarded(cell) for cell in row])


def guarded(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet would run it or make something else of it; as `shown`."""
    cell = _RUN_INSIDE.sub("'", shown(cell))
    if runs(cell) or cell.startswith(("|", "%", "'")) or (not _SHORT_NUMBER.fullmatch(cell) and _looks_else(cell)):
        return f"'{cell}"
    return cell


def harmless(cell: str) -> str:
    """The cell, behind an apostrophe only where a spreadsheet would run it, whatever divides the cells; as `shown`."""
    cell = _RUN_INSIDE.sub("'", shown(cell))
    return f"'{cell}" if runs(cell) else cell


def runs(cell: str) -> bool:
    """Whether a spreadsheet takes it for a formula."""
    return _RUN.match(cell) is not None


def shown(cell: str) -> str:
    """The cell without what a terminal would act on, or what ends its line: that is spelled out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cell)


def plain(cell: str) -> str:
    """What it was before it was guarded."""
    return _GUARD_INSIDE.sub("", cell.removeprefix("'"))


def rewritten(cell: str) -> bool:
    """Whether a spreadsheet has made a rounded number of an id; what it was can't be told."""
    return _REWRITTEN.fullmatch(cell) is not None


def read(path: Path, needed: Sequence[str], wanted: Sequence[str] = ()) -> Sheet:
    """A file of these columns, in any order; others are passed over. Empty lines are left out.

    Raises FatalError where it can't be read, isn't UTF-8 or UTF-16, or lacks a needed column.
    """
    text, before = _text(path), 0
    # What some programs write ahead of the heading, for Excel.
    if text[:4].lower() == "sep=":
        _, _, text = text.partition("\n")
        before = 1
    columns, delimiter = _heading(path, text, needed)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[SheetLine] = []
    try:
        next(reader)
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                named = dict(zip(columns, (plain(cell.strip()) for cell in cells), strict=False))
                asked = {name: named.get(name, "") for name in (*needed, *wanted)}
                beyond = "".join(cells[len(columns) :]).strip()
                lines.append(SheetLine(number=begins + before, cells=asked, beyond=beyond))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FatalError(f"{path.name}: line {reader.line_num + before} is no CSV: {error}. Save it anew.") from error
    return Sheet(columns=columns, lines=tuple(lines))


def letters(index: int) -> str:
    """A column's letters, from A for 0 on."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _heading(path: Path, text: str, needed: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The columns, and what divides them: whatever finds the most of those that are needed."""
    first = text.partition("\n")[0].rstrip("\r")
    found = [(tuple(_names(first, delimiter)), delimiter) for delimiter in _DELIMITERS]
    columns, delimiter = max(found, key=lambda one: len(set(one[0]) & set(needed)))
    missing = [name for name in needed if name not in columns]
    if missing:
        near = nearest(missing[0], [name for name in columns if name not in needed])
        raise FatalError(f"{path.name}: line 1 names no column {missing[0]}.{near} Needed: {', '.join(needed)}.")
    twice = [name for name in needed if columns.count(name) > 1]
    if twice:
        raise FatalError(f"{path.name}: line 1 names the column {twice[0]} twice. Take one out.")
    return columns, delimiter


def _names(first: str, delimiter: str) -> Iterator[str]:
    for cells in csv.reader([first], delimiter=delimiter):
        yield from (plain(cell.strip()).lower() for cell in cells)


def _text(path: Path) -> str:
    try:
        # A device or a film would be read for long.
        with path.open("rb") as file:
            octets = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FatalError(f"{path}: {error.strerror}.") from error
    if len(octets) > MOST_BYTES:
        raise FatalError(f"{path.name}: is longer than {MOST_BYTES // 1_000_000} MB. Divide it.")
    utf16 = octets[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return octets.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise FatalError(f'{path.name}: line {line} is no UTF-8. Save it as "CSV UTF-8".') from error


def _looks_else(cell: str) -> bool:
    text = cell.strip()
    return any(pattern.fullmatch(text) for pattern in (_NUMBER, _DAY, _TRUTH))


def _row(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
