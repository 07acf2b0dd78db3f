"""Moments as people write them: nothing is taken for a moment that names no zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from offboarding.model.days import day_ends, far_off
from offboarding.model.errors import FatalError

_FORMS = "such as 2026-11-25T15:00+09:00, 2026-11-25T15:00 Asia/Seoul, 2026-11-25 Asia/Seoul for a day's end, or now"
_FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant, and the zone in which people tell its day."""

    at: datetime
    """UTC."""
    zone: str


def last_moment(text: str, *, company_zone: str, now: datetime) -> Moment:
    """Somebody's last moment at work: `now`, a moment with an offset or a zone's name, or a day with a zone's name.

    Raises FatalError for what is no moment, names no zone, or lies more than a year off.
    """
    words = text.split()
    if words == ["now"]:
        return Moment(at=now.astimezone(UTC), zone=company_zone)
    found = _named(words) if len(words) == 2 else _with_offset(text.strip(), company_zone)
    if not now - _FURTHEST <= found.at <= now + _FURTHEST:
        where = "ahead" if found.at > now else "ago"
        raise FatalError(f"The last moment {found.at.isoformat()} is more than a year {where}: is the year right?")
    return found


def _named(words: list[str]) -> Moment:
    when, name = words
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise FatalError(f"The last moment's zone {name!r} is no IANA time zone, such as Asia/Seoul.") from error
    if "T" not in when:
        return Moment(at=day_ends(_day(when), name), zone=name)
    local = _moment(when)
    if local.tzinfo is not None:
        raise FatalError(f"The last moment {when!r} has an offset and a zone: give one of them, {_FORMS}.")
    return Moment(at=local.replace(tzinfo=zone).astimezone(UTC), zone=name)


def _with_offset(text: str, company_zone: str) -> Moment:
    at = _moment(text)
    if at.tzinfo is None:
        raise FatalError(f"The last moment {text!r} names no zone: write it {_FORMS}.")
    return Moment(at=at.astimezone(UTC), zone=company_zone)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise FatalError(f"The last moment {text!r} is none: write it {_FORMS}.") from error
    _require_near(found.date())
    return found


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise FatalError(f"The last moment {text!r} is no day: write it {_FORMS}.") from error
    _require_near(found)
    return found


def _require_near(day: date) -> None:
    if why := far_off(day):
        raise FatalError(f"The last moment {why}: is the year right?")
