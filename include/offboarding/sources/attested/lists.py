"""Lists that somebody gave: the newest by the day in its name, taken apart row by row."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from offboarding.interfaces import ReadContext
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net import plain_file
from offboarding.sources.attested.settings import DELIMITERS, AttestedSettings, ListColumns

LARGEST = 32 * 1024 * 1024
"""Bytes of a list."""
_DAY = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
_USUAL: Mapping[str, Sequence[str]] = {
    "account": ("id", "user id", "account id"),
    "login": ("login", "user", "username", "user name", "account"),
    "mail": ("mail", "e-mail", "email", "email address"),
    "number": ("employee number", "employee id", "number", "staff no", "staff number", "personnel number"),
}
"""Headings by which `init` knows a column, in small letters."""


class ListError(ValueError):
    """It's no such list. A clause with the fix, which repeats nothing of it but its headings."""


@dataclass(slots=True, kw_only=True)
class PeopleList:
    """Whom a list names."""

    rows: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """What it says, by the account, login or number that it's known by; of a list of addresses by those, in small
    letters."""
    twice: dict[str, int] = field(default_factory=dict[str, int])
    """Rows that say otherwise of one that was told above them: its id, and the first such row."""
    nobody: list[int] = field(default_factory=list[int])
    """Rows that name nobody, or aren't as long as the heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenList:
    """The newest list, and what is wrong with the others."""

    day: date
    given_at: datetime
    """The day's beginning in the company's zone: a list never seems newer than it is."""
    people: PeopleList
    wrong: tuple[str, ...]
    """Files that can't count: a clause each."""


def newest(settings: AttestedSettings, context: ReadContext) -> GivenList:
    """The newest list of the past.

    Raises RetriableError where there's none yet, FatalError where it can't be read, or two are of its day.
    """
    where, zone = f"sources.{settings.name}", ZoneInfo(context.default_zone)
    wrong, dated = list[str](), dict[datetime, list[Path]]()
    for path in _files(where, settings.folder):
        given_at = _given_at(path.name, zone)
        if given_at is None:
            wrong.append(f"{_shown(path)} has no day in its name, such as 2026-11-20: rename it or take it out")
        elif given_at > context.as_of:
            wrong.append(f"{_shown(path)} is of a day that is to come: mend its name")
        else:
            dated.setdefault(given_at, []).append(path)
    if not dated:
        why = "; ".join(("there is no list that counts", *wrong))
        raise RetriableError(f"{where}: in {settings.folder} {why}. Ask {settings.owner} for one.")
    given_at = max(dated)
    first, *others = dated[given_at]
    if others:
        raise FatalError(
            f"{where}: in {settings.folder} there are {len(others) + 1} lists of {given_at.date()}. Leave one of them."
        )
    people = _read(where, settings, first)
    return GivenList(day=given_at.date(), given_at=given_at.astimezone(UTC), people=people, wrong=tuple(wrong))


def read_list(body: bytes, columns: ListColumns, delimiter: str) -> PeopleList:
    """What a list says. Raises ListError."""
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, UnicodeDecodeError):
        # Not `from error`: it may hold what stands there.
        raise ListError("isn't CSV in UTF-8. Save it so") from None
    heading = [cell.strip() for cell in rows[0]] if rows else []
    for wanted in columns.named.values():
        if heading.count(wanted) != 1:
            how_many = "no column" if wanted not in heading else "more than one column"
            raise ListError(f"has {how_many} {wanted}. Mend its heading, or columns and delimiter")
    places = {name: heading.index(wanted) for name, wanted in columns.named.items()}
    found = PeopleList()
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            whole = len(row) == len(heading)
            _take(found, number, {name: row[at].strip() for name, at in places.items()} if whole else {})
    if not found.rows and not found.nobody:
        raise ListError(
            "names nobody. A list without anybody shows nothing: where nobody gets in any more, take the source out"
        )
    return found


def proposed(where: str) -> dict[str, object]:
    """Folder, columns and delimiter, by the newest list of a folder. Raises ConfigError."""
    try:
        dated = sorted((found[1], path) for path in _files(where, where) if (found := _DAY.search(path.name)))
        body = plain_file.read(dated[-1][1], LARGEST) if dated else b""
    except (OSError, RetriableError, FatalError) as error:
        raise ConfigError(f"{where}: no list can be read there ({type(error).__name__}). Put one there.") from error
    first = body.decode("utf-8-sig", "replace").partition("\n")[0].strip("\r")
    delimiter = max(DELIMITERS, key=first.count)
    heading = {cell.strip().strip('"').casefold(): cell.strip().strip('"') for cell in first.split(delimiter)}
    columns = {name: heading[known] for name, usual in _USUAL.items() for known in usual[::-1] if known in heading}
    if not columns.keys() - {"account"}:
        raise ConfigError(
            f"{where}: no file there, with a day in its name such as portal-2026-11-20.csv, has a column that is called"
            " login, mail or employee number. Write the entry by hand (docs/configuration/attested.md)."
        )
    entry: dict[str, object] = {"folder": where, "columns": columns}
    return entry if delimiter == "," else entry | {"delimiter": delimiter}


def _take(found: PeopleList, number: int, said: Mapping[str, str]) -> None:
    # Where the system has ids, a row without one would be somebody else once it's filled in.
    by = ("account",) if "account" in said else ("login", "number", "mail")
    known_by = next((said[name] for name in by if said.get(name)), "")
    if "@" in known_by:
        known_by = known_by.casefold()
    if not known_by:
        found.nobody.append(number)
    elif _folded(found.rows.setdefault(known_by, said)) != _folded(said):
        found.twice.setdefault(known_by, number)


def _folded(said: Mapping[str, str]) -> Mapping[str, str]:
    """As it's compared: people write their addresses in any case."""
    return {name: value.casefold() for name, value in said.items()}


def _files(where: str, folder: str) -> list[Path]:
    """In the order of their names; hidden ones don't count."""
    try:
        paths = sorted((plain_file.PROJECT / folder).iterdir())
    except FileNotFoundError as error:
        raise RetriableError(f"{where}: there is no folder {folder}. Make it, and put a list there.") from error
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise FatalError(f"{where}: {folder} can't be listed ({said}). Let our user read it.") from error
    return [path for path in paths if not path.name.startswith(".")]


def _given_at(name: str, zone: ZoneInfo) -> datetime | None:
    found = _DAY.search(name)
    try:
        return datetime.combine(date.fromisoformat(found[1]), datetime.min.time(), zone) if found else None
    except ValueError:
        return None


def _read(where: str, settings: AttestedSettings, path: Path) -> PeopleList:
    try:
        body = plain_file.read(path, LARGEST)
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise FatalError(f"{where}: {_shown(path)} can't be read ({said}). Let our user read it.") from error
    if len(body) > LARGEST:
        raise FatalError(f"{where}: {_shown(path)} is larger than {LARGEST // 1024 // 1024} MiB. Make it smaller.")
    try:
        return read_list(body, settings.columns, settings.delimiter)
    except ListError as error:
        raise FatalError(f"{where}: {_shown(path)} {error}.") from error


def _shown(path: Path) -> str:
    return path.name if path.name.isprintable() else repr(path.name.encode("utf-8", "surrogateescape"))
