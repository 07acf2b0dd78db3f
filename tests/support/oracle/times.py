"""Days in a zone, as moments in UTC."""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

LAST_ZONE_ON_EARTH = timezone(timedelta(hours=-12))
FAR_DAY = date(9000, 1, 1)
"""Feeds write 9999-12-31 for "never"; what lies beyond this ends here."""


def day_start(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(min(day, FAR_DAY), time(), zone).astimezone(UTC)


def day_end(day: date, zone: tzinfo) -> datetime:
    """The midnight after."""
    return day_start(min(day, FAR_DAY) + timedelta(days=1), zone)


def day_of(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
