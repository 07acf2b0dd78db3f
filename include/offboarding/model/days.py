"""Where a calendar day begins and ends: in a zone, told in UTC; and what a zone's clock shows."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""What a person may write: further days are not meant, and cannot be turned into moments everywhere."""


def far_off(day: date) -> str:
    """Why a day that a person wrote is none that can be meant, as a clause; "" where it can."""
    if FIRST_DAY <= day <= LAST_DAY:
        return ""
    return f"{day} is no day between {FIRST_DAY} and {LAST_DAY}"


def day_begins(day: date, zone: str) -> datetime:
    """Its first moment, which is midnight but where a clock is put forward then."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def day_ends(day: date, zone: str) -> datetime:
    """Where the next one begins: a day may have 23 hours, or 25. In SQL it's the function `day_ends`."""
    return day_begins(day + timedelta(days=1), zone)


def by_clock(at: datetime, zone: tzinfo) -> datetime:
    """A moment as a zone's clock shows it; as it came where that would be in no year that can be written: who has
    something end never says 9999.
    """
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at


def moment_of(text: str) -> datetime | None:
    """What "2026-11-24 16:00" says, in UTC; None where there's no such moment: whoever names something may write so."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def epoch_moment(seconds: float) -> datetime | None:
    """Return the moment so many seconds after the beginning of 1970, in UTC; None outside the years 1 to 9999.

    A caller whose system declares another unit converts it. No unit is inferred from the size of a number.
    """
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None
