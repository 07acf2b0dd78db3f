"""What fits a whole file: its encoding, delimiter and ways of writing days. Where several fit, all are told."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, takewhile

from offboarding.rosters._records.days import parsed_moment
from offboarding.rosters._records.delimited import Record, records
from offboarding.rosters._records.problems import BadRecordError
from offboarding.rosters._records.proposing import known_columns
from offboarding.rosters._records.spoiled import readable
from offboarding.rosters._records.titles import MOST_TITLES, Totals, filled, is_title, stands_above
from offboarding.rosters._records.words import composed
from offboarding.rosters.csv.ending import MOST_BELOW

ENCODINGS = ("utf-8", "cp949", "cp932", "cp950", "gb18030", "cp1252")
"""Those that HR's systems write, by the number of letters they can tell apart; Excel's own for each language."""
DELIMITERS = (",", ";", "\t", "|")
DATE_FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y. %m. %d.", "%Y.%m.%d."),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y"),
    *("%d.%m.%y", "%y.%m.%d", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d"),
    *("%Y년 %m월 %d일", "%Y년%m월%d일", "%Y年%m月%d日"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"),
)
_MISWRITTEN = 0.05
"""Of a column's days so many at most may be none."""
FIRST_YEAR, LAST_YEAR = 1930, 2100
"""Nobody began to work before; 9999-12-31 is no day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file read in one way."""

    delimiter: str
    header: Sequence[str]
    """In the form in which column names are compared."""
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    """Of each of these, as people count them."""
    titles: Sequence[Record] = ()
    """What stands above the header."""
    totals: Sequence[Record] = ()
    """What stands below the rows."""


def decodings(content: bytes) -> dict[str, str]:
    """Encoding -> text, for each that decodes all of it and gives likely text; one of those that give the same text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return {"utf-16": content.decode("utf-16")}
    texts: dict[str, str] = {}
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            # Text in another encoding is never valid UTF-8 by chance, beyond a letter or two.
            return {encoding: text}
        if text not in texts.values():
            texts[encoding] = text
    return _likeliest(texts)


def tables(text: str) -> dict[str, Table]:
    """Delimiter -> table, for each by which every row has as many fields as the header; most known columns first."""
    found: dict[str, Table] = {}
    for delimiter in DELIMITERS:
        table = table_of(records(text.splitlines(keepends=True), delimiter), delimiter)
        if table is not None:
            found[delimiter] = table
    most = max((len(known_columns(table.header)) for table in found.values()), default=0)
    return {d: table for d, table in found.items() if len(known_columns(table.header)) == most}


def date_formats(values: Sequence[str], candidates: Iterable[str] = DATE_FORMATS) -> list[str]:
    """The formats that read every value; of those that read each as the same day, in the same order of day, month and
    year, the first alone. Another order may read tomorrow's values as other days.
    """
    read: dict[tuple[tuple[date, ...], str], str] = {}
    different = tuple(dict.fromkeys(values))
    for form in candidates:
        days = _days(different, form)
        if days is not None:
            read.setdefault((days, _order(form)), form)
    return list(read.values())


def nearly_date_formats(values: Sequence[str]) -> list[str]:
    """Where none reads every value: those that read all but a few, and of these the ones that leave the fewest."""
    different = list(dict.fromkeys(values))
    forms: dict[tuple[str, ...], list[str]] = {}
    for form in DATE_FORMATS:
        forms.setdefault(tuple(unread_by([form], different)), []).append(form)
    fewest = min(map(len, forms))
    if fewest > max(1, _MISWRITTEN * len(different)) or fewest == len(different):
        return []
    nearly = {left: each for left, each in forms.items() if len(left) == fewest}
    return [
        form
        for left, each in nearly.items()
        for form in date_formats([value for value in different if value not in left], each)
    ]


def unread_by(formats: Sequence[str], values: Iterable[str]) -> list[str]:
    """The values that none of these formats reads as a day."""
    return [value for value in values if all(_days((value,), form) is None for form in formats)]


def column(table: Table, header: str) -> list[str]:
    """What stands in a column, blanks left out."""
    return list(numbered(table, header).values())


def numbered(table: Table, header: str) -> dict[int, str]:
    """The same by the numbers of the rows."""
    place = list(table.header).index(composed(header))
    cells = ((number, row[place].strip()) for number, row in zip(table.numbers, table.rows, strict=True))
    return {number: cell for number, cell in cells if cell}


def table_of(feed: Iterable[Record], delimiter: str) -> Table | None:
    """The records as a table, what people put around it apart; None where they are none."""
    read = list(feed)
    if any(record.flaw for record in read):
        return None
    titles = list(takewhile(is_title, read[: MOST_TITLES + 1]))
    if len(titles) in (len(read), MOST_TITLES + 1):
        titles = []  # of a table of two columns each row looks like one
    if len(read) == len(titles):
        return None
    header, below = read[len(titles)], read[len(titles) + 1 :]
    if len(header.fields) < 2 or not all(stands_above(title, header) for title in titles):
        return None
    totals = _totals(below, header)
    rows = below[: len(below) - len(totals)]
    if any(len(record.fields) != len(header.fields) and not record.addressed for record in rows):
        return None
    return Table(
        delimiter=delimiter,
        header=[composed(cell) for cell in header.fields],
        rows=[[readable(cell) for cell in record.checked(len(header.fields))] for record in rows],
        numbers=[record.row for record in rows],
        titles=titles,
        totals=totals,
    )


def _totals(below: Sequence[Record], header: Record) -> list[Record]:
    """The last records that tell a total, or a note below it, and no worker."""
    for first in range(max(0, len(below) - MOST_BELOW), len(below)):
        total, *notes = below[first:]
        above = below[:first]
        if _is_total(total, above, header) and all(_is_note(record, above, header) for record in notes):
            return [total, *notes]
    return []


def _is_note(record: Record, above: Sequence[Record], header: Record) -> bool:
    """Whether it is no worker's below a total: of a sheet a cell or two, of text a line with too few fields."""
    if record.addressed:
        return is_title(record)
    return 2 * len(record.fields) < len(header.fields) or _is_total(record, above, header)


def _is_total(record: Record, above: Sequence[Record], header: Record) -> bool:
    if not filled(record.fields) or not is_title(record):
        return False
    totals = Totals(filled(record.fields)[0], header.fields)
    for one in above:
        with suppress(BadRecordError):
            totals.check(one)
    try:
        totals.check(record)
    except BadRecordError:
        return True
    return False


def _order(form: str) -> str:
    """Of year, month and day: "ymd"."""
    return "".join(re.findall("%([ymd])", re.sub("%[bB]", "%m", form).replace("%Y", "%y")))


def _days(values: Sequence[str], form: str) -> tuple[date, ...] | None:
    days: list[date] = []
    for value in values:
        moment = parsed_moment(value, form)
        if moment is None:
            return None
        day = moment.date()
        if not (FIRST_YEAR <= day.year <= LAST_YEAR or day == date(9999, 12, 31)):
            return None
        days.append(day)
    return tuple(days)


def _likeliest(texts: Mapping[str, str]) -> dict[str, str]:
    """Those with the most known columns, and of these the ones with the fewest things that nobody writes."""
    first_lines = {encoding: text.partition("\n")[0] for encoding, text in texts.items()}
    known = {encoding: _known_in(line) for encoding, line in first_lines.items()}
    best = {encoding for encoding in texts if known[encoding] == max(known.values())}
    odd = {encoding: _oddities(texts[encoding]) for encoding in best}
    return {
        encoding: text for encoding, text in texts.items() if encoding in best and odd[encoding] == min(odd.values())
    }


def _known_in(line: str) -> int:
    return max(len(known_columns(line.strip().replace('"', "").split(delimiter))) for delimiter in DELIMITERS)


def _oddities(text: str) -> int:
    """Words with letters of two scripts, signs within, or characters that aren't any; each word once."""
    return sum(_is_odd(word) for word in set(_WORD.findall(text)))


def _is_odd(word: str) -> bool:
    kinds = [_kind(letter) for letter in word]
    return "none" in kinds or any(pair in _ODD for pair in pairwise(kinds))


_WORD = re.compile(r"""[^\s,;|"]*[^\x00-\x7f][^\s,;|"]*""")
"""A word that isn't plain ASCII."""
_OPERATORS = "\xd7\xf7"
"""Times and divided by: they lie among the letters of cp1252."""
_ODD = {
    *(("latin", "east"), ("east", "latin"), ("sign", "latin"), ("latin", "sign")),
    *(("sign", "sign"), ("sign", "east"), ("east", "sign")),
}


def _kind(letter: str) -> str:
    if letter.isascii():
        return "latin" if letter.isalpha() and letter.islower() else ""
    if "\x80" <= letter <= "\xbf" or letter in _OPERATORS:
        return "sign"
    category = unicodedata.category(letter)
    if category in {"Cn", "Co", "Cc", "Cs"}:
        return "none"
    if not category.startswith("L"):
        return ""
    return "latin" if "LATIN" in unicodedata.name(letter, "") else "east"
