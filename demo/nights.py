"""The demo company's two nights, and the times of its days. Nothing here depends on today."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a night is called, and when it is."""

    as_of: datetime
    """With the company's own offset: what the DAG is told."""
    feed_on: date
    """The day in HR's file name."""

    @property
    def feed_at(self) -> datetime:
        """When HR wrote its files: a little after midnight, before the check."""
        return self.as_of.replace(hour=0, minute=10)


def _moment(day: int) -> Moment:
    as_of = datetime(2026, 11, day, 1, 30, tzinfo=ZoneInfo("Asia/Seoul"))
    return Moment(as_of=as_of, feed_on=as_of.date())


class Night(Enum):
    """The night before, and the night that a demo shows."""

    BEFORE = _moment(24)
    TONIGHT = _moment(25)

    @property
    def as_of(self) -> datetime:
        """The night's own moment."""
        return self.value.as_of

    @property
    def feed_on(self) -> date:
        """The day in HR's file name."""
        return self.value.feed_on

    @property
    def feed_at(self) -> datetime:
        """When HR wrote its files."""
        return self.value.feed_at


def day(text: str) -> date:
    """Return a calendar day, from its ISO form."""
    return date.fromisoformat(text)


def at(text: str, hour: int = 0, minute: int = 0) -> datetime:
    """Return a moment in UTC, from its day, hour and minute."""
    return datetime.combine(date.fromisoformat(text), time(hour, minute), UTC)
