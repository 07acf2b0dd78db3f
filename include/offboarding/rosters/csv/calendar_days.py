"""On which days HR delivers, and how long ago that was in such days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from offboarding.model.days import day_begins, day_ends

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_DAYS = 3660
"""No calendar makes that fresh, and a clock that began in 1970 is no reason to walk through it."""
_TICK = timedelta(microseconds=1)
_USUAL = {"daily": _WEEK, "weekdays": _WEEK[:5]}


def _days(value: object) -> object:
    days = _USUAL.get(value) if isinstance(value, str) else value
    listed = cast("Sequence[object]", days) if isinstance(days, list | tuple) else ()
    if not listed or any(day not in _WEEK for day in listed):
        raise ValueError(f"is daily, weekdays, or a list of days: {', '.join(_WEEK)}")
    return listed


DeliveryDays = Annotated[
    tuple[Weekday, ...],
    BeforeValidator(_days, json_schema_input_type=Literal["daily", "weekdays"] | tuple[Weekday, ...]),
]
"""`daily`, `weekdays`, or a list of days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """The days of a week on which a feed is delivered, but for holidays."""

    days: Sequence[Weekday]
    holidays: frozenset[date]
    zone: str
    """IANA name: where these days are."""

    def age(self, made_at: datetime, as_of: datetime) -> timedelta:
        """How much time has passed, days without delivery not counted; below zero where it lies ahead."""
        # In UTC: between two times of one zone Python counts what a clock on the wall shows.
        begin, end = made_at.astimezone(UTC), as_of.astimezone(UTC)
        if (end - begin).days > _LONG_DAYS:
            return end - begin
        return end - begin - sum(self._idle(begin, end), timedelta())

    def earlier(self, as_of: datetime, age: timedelta) -> datetime | None:
        """The moment whose age is this; None where that is more than ten years ago."""
        if age.days > _LONG_DAYS:
            return None
        zone, end, left = ZoneInfo(self.zone), as_of.astimezone(UTC), age
        while True:
            day = (end - _TICK).astimezone(zone).date()
            begin = day_begins(day, self.zone)
            if self._delivers(day):
                if end - begin >= left:
                    return end - left
                left -= end - begin
            end = begin

    def _idle(self, made_at: datetime, as_of: datetime) -> Iterable[timedelta]:
        zone = ZoneInfo(self.zone)
        day, last = made_at.astimezone(zone).date(), as_of.astimezone(zone).date()
        while day <= last:
            if not self._delivers(day):
                yield min(day_ends(day, self.zone), as_of) - max(day_begins(day, self.zone), made_at)
            day += timedelta(days=1)

    def _delivers(self, day: date) -> bool:
        return _WEEK[day.weekday()] in self.days and day not in self.holidays
