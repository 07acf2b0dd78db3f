"""Where a calendar day begins and ends: in a zone, told in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_begins(day: date, zone: str) -> datetime:
    """Its first moment, which is midnight but where a clock is put forward then."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def day_ends(day: date, zone: str) -> datetime:
    """Where the next one begins: a day may have 23 hours, or 25. In SQL it's the function `day_ends`."""
    return day_begins(day + timedelta(days=1), zone)
