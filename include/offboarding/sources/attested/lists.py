"""Lists that somebody gave: the newest by the day in its name, taken apart row by row."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from offboarding.interfaces import ReadContext
from offboarding.model import counted
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net import plain_file
from offboarding.sources.attested.settings import DELIMITERS, AttestedSettings, ListColumns

LARGEST = 32 * 1024 * 1024
"""Bytes of a list."""
_DAY = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_EARLIEST = date(1970, 1, 1)
_ON_ITS_WAY = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", "~")
"""How names end of what is still being copied: no list yet."""
_NO_DAY = "without a day in the name, such as 2026-11-20: write it there, or take out what is no list"
_SEVERAL_DAYS = "with several days in the name: leave the one of which the list is"
_TOO_EARLY = f"of a day before {_EARLIEST.year}: mend the name"
_TO_COME = "of a day that is to come: mend the name"
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
    """What it says, by the account's id."""
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
    wrong: tuple[str, ...] = ()
    """Why files can't count: a clause for each reason, with how many. What they're called may name somebody."""
    author: str = ""
    """Whose word it is; "" for a list that its system's owner gave."""


def newest(settings: AttestedSettings, context: ReadContext) -> GivenList:
    """The newest list of the past.

    Raises RetriableError where there's none yet, FatalError where it can't be read, or two are of its day.
    """
    return _stated(settings, context, settings.by_word) if settings.by_word else _filed(settings, context)


def _stated(settings: AttestedSettings, context: ReadContext, names: str) -> GivenList:
    """By a person's word: numbers or logins, as `names` says."""
    zone = ZoneInfo(context.default_zone)
    today = context.as_of.astimezone(zone).date()
    stated = context.stated(settings.system, today) if context.stated else None
    if stated is None:
        raise FatalError(
            f"sources.{settings.name}: nobody has said yet who gets in there. Whoever knows it says so: attest-people"
            f" {settings.name} (docs/configuration/attested.md)."
        )
    prefix = f"{settings.id_space}:" if settings.id_space else ""
    people = PeopleList()
    for word in stated.words:
        _take(people, 0, {names: word.removeprefix(prefix) if names == "number" else word})
    given_at = datetime.combine(stated.listed_on, datetime.min.time(), zone)
    return GivenList(day=stated.listed_on, given_at=given_at.astimezone(UTC), people=people, author=stated.author)


def _filed(settings: AttestedSettings, context: ReadContext) -> GivenList:
    where, folder, zone = f"sources.{settings.name}", settings.folder, ZoneInfo(context.default_zone)
    wrong, dated = Counter[str](), dict[datetime, list[Path]]()
    for path in _files(where, folder):
        try:
            dated.setdefault(_given_at(path.name, zone, context.as_of), []).append(path)
        except ListError as error:
            wrong[str(error)] += 1
    holds = tuple(f"{folder} holds {counted(wrong[why], 'file')} {why}" for why in sorted(wrong))
    if not dated:
        why = "; ".join((f"{folder} holds no list that counts", *holds))
        raise RetriableError(f"{where}: {why}. Ask {settings.owner} for one.")
    given_at = max(dated)
    day, (first, *others) = given_at.date(), dated[given_at]
    if others:
        raise FatalError(f"{where}: in {folder} there are {len(others) + 1} lists of {day}. Leave one of them.")
    people = _read(f"{where}: the list of {day} in {folder}", settings, first)
    return GivenList(day=day, given_at=given_at.astimezone(UTC), people=people, wrong=holds)


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
        dated = sorted((found[0], path) for path in _files(where, where) if (found := _DAY.findall(path.name)))
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
    if not known_by:
        found.nobody.append(number)
    elif _folded(found.rows.setdefault(_id(known_by), said)) != _folded(said):
        found.twice.setdefault(_id(known_by), number)


def _id(known_by: str) -> str:
    """An address isn't told in logs, where ids are; and it's the same however it's spelt."""
    if "@" not in known_by:
        return known_by
    return f"mail-{hashlib.sha256(known_by.casefold().encode()).hexdigest()[:16]}"


def _folded(said: Mapping[str, str]) -> Mapping[str, str]:
    """As it's compared: people write their addresses in any case."""
    return {name: value.casefold() for name, value in said.items()}


def _files(where: str, folder: str) -> list[Path]:
    """In the order of their names; hidden ones don't count, nor those that are still being copied."""
    try:
        paths = sorted((plain_file.PROJECT / folder).iterdir())
    except FileNotFoundError as error:
        raise RetriableError(f"{where}: there is no folder {folder}. Make it, and put a list there.") from error
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise FatalError(f"{where}: {folder} can't be listed ({said}). Let our user read it.") from error
    return [
        path
        for path in paths
        if not path.name.startswith((".", "~$")) and not path.name.casefold().endswith(_ON_ITS_WAY)
    ]


def _given_at(name: str, zone: ZoneInfo, as_of: datetime) -> datetime:
    """When the day in a name began. Raises ListError."""
    days = set(_DAY.findall(name))
    if len(days) > 1:
        raise ListError(_SEVERAL_DAYS)
    try:
        day = date.fromisoformat(next(iter(days), ""))
    except ValueError:
        raise ListError(_NO_DAY) from None
    if day < _EARLIEST:
        raise ListError(_TOO_EARLY)
    given_at = datetime.combine(day, datetime.min.time(), zone)
    if given_at > as_of:
        raise ListError(_TO_COME)
    return given_at


def _read(what: str, settings: AttestedSettings, path: Path) -> PeopleList:
    try:
        body = plain_file.read(path, LARGEST)
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise FatalError(f"{what} can't be read ({said}). Let our user read it.") from error
    if len(body) > LARGEST:
        raise FatalError(f"{what} is larger than {LARGEST // 1024 // 1024} MiB. Make it smaller.")
    try:
        return read_list(body, settings.columns, settings.delimiter)
    except ListError as error:
        raise FatalError(f"{what} {error}.") from error
