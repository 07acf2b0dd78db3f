"""Names of files: patterns over them, and the dates in them."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from functools import cache
from zoneinfo import ZoneInfo

_WILD = re.compile(r"[*?\[]")
_DIGITS = {"%Y": 4, "%y": 2, "%m": 2, "%d": 2, "%j": 3, "%H": 2, "%M": 2, "%S": 2}
"""What may stand in a name's date: digits alone, and always as many."""
_SAMPLES = (date(2026, 11, 24), date(1999, 3, 31))


def folder_of(key: str) -> str:
    """The folder's part of a path, with its slash; "" where there is none."""
    return key[: key.rfind("/") + 1]


def literal_prefix(pattern: str) -> str:
    """What every path that a pattern matches begins with."""
    wild = _WILD.search(pattern)
    return pattern[: wild.start()] if wild else pattern


def matches(path: str, pattern: str) -> bool:
    """Whether a shell pattern matches a path, as `glob` has it: `*` stays within a folder, `**/` is any number of them,
    and a hidden name is matched only by a pattern that begins as it does.
    """
    return _match(path.split("/"), pattern.split("/"))


def _match(names: Sequence[str], parts: Sequence[str]) -> bool:
    if not names or not parts:
        return not names and not parts
    if parts == ["**"]:
        return not any(map(_is_hidden, names))
    if parts[0] == "**":
        return _match(names, parts[1:]) or (not _is_hidden(names[0]) and _match(names[1:], parts))
    hidden = _is_hidden(names[0]) and not _is_hidden(parts[0])
    return not hidden and fnmatchcase(names[0], parts[0]) and _match(names[1:], parts[1:])


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def checked_date_form(form: str) -> str:
    """The form, if a name's date can be found and told by it. Raises ValueError."""
    unknown = [directive for directive in re.findall(r"%.", form) if directive not in _DIGITS]
    if unknown:
        raise ValueError(f"{unknown[0]} can't stand in a name's date; what can: {' '.join(_DIGITS)}")
    if any(_parsed(sample.strftime(form), form) != sample for sample in _SAMPLES):
        raise ValueError(f'"{form}" tells no whole day: year, month and day are needed, such as %Y%m%d')
    return form


def date_in(name: str, form: str, zone: str) -> datetime | None:
    """The first date in a name, in the zone of the clock that gave it, told in UTC; None where there is none.

    A day alone is its midnight, so that a file never seems younger than it is.
    """
    for found in re.finditer(_date_pattern(form), name):
        moment = _moment(found[0], form)
        if moment is not None:
            return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return None


@cache
def _date_pattern(form: str) -> re.Pattern[str]:
    parts = re.split(r"(%.)", form)
    inner = "".join(rf"\d{{{_DIGITS[part]}}}" if part in _DIGITS else re.escape(part) for part in parts)
    return re.compile(rf"(?<!\d){inner}(?!\d)")


def _moment(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added by who knows it
    except ValueError:
        return None


def _parsed(text: str, form: str) -> date | None:
    moment = _moment(text, form) if re.search("%[Yy]", form) else None
    return moment.date() if moment else None
