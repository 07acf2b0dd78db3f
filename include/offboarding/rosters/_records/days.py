"""Calendar days as feeds write them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from offboarding.rosters._records.words import shown

HIGH_DAY = date(9999, 12, 31)
"""How SAP and many databases write that there is no end; no day at all."""
FIRST_ZONE = timezone(timedelta(hours=14))
"""Where each day begins: the Line Islands."""
LAST_ZONE = timezone(timedelta(hours=-12))
"""Where each day ends last."""
_SAMPLES = (datetime(2026, 11, 24, 13, 5, 9, tzinfo=UTC), datetime(1999, 3, 31, 1, 2, 3, tzinfo=UTC))
_DIGITS = {"%Y": 4, "%y": 2, "%m": 2, "%d": 2, "%j": 3, "%H": 2, "%M": 2, "%S": 2}
_PACKED = re.compile("%[YymdjHMS]%[YymdjHMS]")
"""Two numbers without a divider."""
_YEARS = ("%Y", "%y", "%G", "%c", "%x")


class DayReader(Protocol):
    """Reads a column's days."""

    def __call__(self, text: str, zone: str) -> date | None:
        """The day; None where the value says that there is none.

        `zone`, an IANA name, is where an instant becomes a day. Raises ValueError with the sentence to show.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDays:
    """Days written in one of several formats."""

    formats: tuple[str, ...]
    """In `datetime.strptime`'s language."""
    standing: re.Pattern[str] | None = None
    """What a whole value looks like whose first group is its day (ISO) in every zone; it's tried first."""

    def __call__(self, text: str, zone: str) -> date | None:
        """The day. A value that two formats read as two days is refused, not guessed."""
        return self._read(text, zone, _known)

    def is_day(self, text: str) -> bool:
        """Whether a value that hardly comes again, a name or number, is one: nothing is kept of it."""
        try:
            return self._read(text, "UTC", _parsed) is not None
        except ValueError:
            return False

    def _read(self, text: str, zone: str, parsed: Callable[[str, str, str], date | None]) -> date | None:
        if self.standing and (match := self.standing.fullmatch(text)):
            return iso_day(match[1])
        days = sorted({day for day in (parsed(text, form, zone) for form in self.formats) if day})
        if not days:
            raise ValueError(f"{shown(text)} is no date ({self._named()})")
        if len(days) > 1:
            raise ValueError(f"{shown(text)} may be {' or '.join(map(str, days))} ({self._named()})")
        return real_day(days[0])

    def _named(self) -> str:
        return f"format{'s' if len(self.formats) > 1 else ''} {', '.join(self.formats)}"


def parsed_moment(text: str, form: str) -> datetime | None:
    """Return the moment that a text is by strptime's format, without a zone where the text has none; None where it is
    none.

    strptime takes 2026113 for %Y%m%d, which is the 3rd of November or the 13th of January. Of numbers without a divider
    each must have all its digits.
    """
    if _PACKED.search(form) and not _digits_of(form).fullmatch(text):
        return None
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the day is HR's own, in the worker's zone
    except ValueError:
        return None


@cache
def _digits_of(form: str) -> re.Pattern[str]:
    parts = re.split("(%.)", form)
    return re.compile(
        "".join(
            rf"\d{{{_DIGITS[part]}}}" if part in _DIGITS else ".*" if part.startswith("%") else re.escape(part)
            for part in parts
        )
    )


def _parsed(text: str, form: str, zone: str) -> date | None:
    moment = parsed_moment(text, form)
    return day_in(moment, zone) if moment else None


# The same days come again and again, and strptime is a third of what reading a feed takes.
_known = lru_cache(maxsize=8192)(_parsed)


def day_in(moment: datetime, zone: str) -> date:
    """The calendar day of an instant in a zone; a moment without a zone is taken as it stands.

    Raises ValueError where that day is outside the calendar.
    """
    if moment.tzinfo is None or moment.date() == HIGH_DAY:
        return moment.date()
    try:
        return moment.astimezone(ZoneInfo(zone)).date()
    except OverflowError as error:
        raise ValueError(f"{moment} has no day in {zone}") from error


def iso_day(text: str) -> date | None:
    """The day that 2026-11-24 says, None for the one that means "no end". Raises ValueError with the sentence."""
    try:
        return real_day(date.fromisoformat(text))
    except ValueError as error:
        raise ValueError(f"{shown(text)} is no date") from error


def real_day(day: date) -> date | None:
    """None for the day that means "no end"."""
    return None if day == HIGH_DAY else day


def database_day(text: str, zone: str) -> date | None:
    """The day of a date or timestamp as PostgreSQL writes it (DateStyle ISO); None for infinity.

    https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-SPECIAL-VALUES
    """
    if text in ("infinity", "-infinity"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{shown(text)} is no day between the years 1 and 9999") from error
    return real_day(day_in(moment, zone))


def check_formats(formats: Iterable[str]) -> None:
    """Raise ValueError unless each format tells a whole day."""
    for form in formats:
        if not _names_day(form):
            raise ValueError(f'"{form}" tells no whole day: year, month and day are needed, such as %Y-%m-%d')


def _names_day(form: str) -> bool:
    # The year first: strptime warns of days without a year.
    if not any(year in form for year in _YEARS):
        return False
    try:
        return all(datetime.strptime(day.strftime(form), form).date() == day.date() for day in _SAMPLES)  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
