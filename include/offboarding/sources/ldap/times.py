"""Times as directories write them: generalizedTime (RFC 4517 3.3.13) and FILETIME (MS-DTYP 2.3.3)."""

import re
from datetime import UTC, datetime, timedelta

_GENERALIZED = re.compile(
    r"(?P<day>\d{8})(?P<hour>\d\d)(?:(?P<minute>\d\d)(?P<second>\d\d)?)?(?:[.,](?P<fraction>\d+))?"
    r"(?:Z|(?P<sign>[+-])(?P<zone_hours>\d\d)(?P<zone_minutes>\d\d)?)",
    re.ASCII,
)
_NEVER_COMES_BACK = re.compile(r"0000010100(?:00){1,2}(?:[.,]0+)?Z", re.ASCII)


def generalized_time(text: str) -> datetime:
    """That moment, in UTC. A fraction is one of the smallest unit given; a 60th second is the next minute's first.

    Raises ValueError without the text: it may be anything that somebody typed.
    """
    found = _GENERALIZED.fullmatch(text)
    if found is None:
        raise ValueError("no generalizedTime such as 20261124130000Z")
    minute, second = found["minute"], found["second"]
    unit = timedelta(seconds=1) if second else timedelta(minutes=1) if minute else timedelta(hours=1)
    fraction = float(f"0.{found['fraction'] or 0}")
    day = datetime(int(found["day"][:4]), int(found["day"][4:6]), int(found["day"][6:]), tzinfo=UTC)
    if int(found["hour"]) > 23 or int(minute or 0) > 59 or int(second or 0) > 60:
        raise ValueError("no time of day")
    clock = timedelta(hours=int(found["hour"]), minutes=int(minute or 0), seconds=int(second or 0))
    zone = timedelta(hours=int(found["zone_hours"] or 0), minutes=int(found["zone_minutes"] or 0))
    ahead = zone if found["sign"] == "+" else -zone
    try:
        return day + clock + unit * fraction - ahead
    except OverflowError:
        raise ValueError("no moment between the years 1 and 9999") from None


def is_permanent_lock(text: str) -> bool:
    """Whether a pwdAccountLockedTime is the mark that only an administrator sets: 000001010000Z (slapo-ppolicy(5))."""
    return _NEVER_COMES_BACK.fullmatch(text) is not None


_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_FILETIME_DIGITS = 19
_NEVER = 0x7FFF_FFFF_FFFF_FFFF


def filetime(text: str) -> datetime | None:
    """A count of 100 nanoseconds since 1601 as that moment, in UTC; None for never, which is 0 and the largest.

    What lies beyond the year 9999 is never, too. Raises ValueError without the text.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _FILETIME_DIGITS):
        raise ValueError("no count of 100 nanoseconds since 1601")
    ticks = int(text)
    if ticks in {0, _NEVER}:
        return None
    try:
        return _FILETIME_EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
