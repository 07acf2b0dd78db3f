"""How soon what leavers had was shut, over the last months, and how long it worked meanwhile: in words, and by week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from offboarding.model import counted
from offboarding.model.days import by_clock, day_begins
from offboarding.report.pages.charts import Chart, Series, Shape, unknown
from offboarding.store.connect import Session
from offboarding.store.reading.standings import WeekStood, by_week, revoked_lately

DAYS = 90
WITHIN = timedelta(hours=26)
"""A night that ended longer ago is no last night's."""
_HOUR = 3_600
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week, in words; each "" where it isn't known, or there is nothing to count."""

    since: str
    """Its first day: a Monday, but of the first week, of which the last days alone count."""
    revoked: int
    median: str
    p90: str
    stood: str
    """How many findings stood open at its end; of the last week, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """All together in words, each "" where there is nothing to count; and by week."""

    revoked: str
    from_departure: str
    from_found: str
    exposure: str
    weeks: tuple[Week, ...]
    """The oldest first."""
    revoking: Chart | None
    """How soon things were shut, by week; None where none was."""
    standing: Chart | None
    """How many stood open; None where that isn't known of any week."""


def lately_revoked(session: Session, zone: str, now: datetime) -> Lately:
    """Of what was seen until now."""
    seen, moments = revoked_lately(session, now=now, days=DAYS), _moments(zone, now)
    before, *weeks = by_week(session, moments, within=WITHIN)
    days = tuple(f"{by_clock(at, ZoneInfo(zone)):%Y-%m-%d}" for at in moments[:-1])
    counts = accumulate((week.grown for week in weeks), initial=before.grown)
    stood = tuple(count if week.is_known else None for week, count in zip(weeks, list(counts)[1:], strict=True))
    return Lately(
        revoked=counted(seen.revoked, "thing") if seen.revoked else "",
        from_departure=_spread(seen.median_seconds, seen.p90_seconds),
        from_found=_spread(seen.median_found_seconds, seen.p90_found_seconds),
        exposure=f"{_days(seen.exposed_seconds)}, of {counted(seen.exposed, 'thing')}" if seen.exposed else "",
        weeks=tuple(map(_week, days, weeks, stood)),
        revoking=_revoking(days, weeks),
        standing=_standing(days, stood),
    )


def nothing_yet() -> Lately:
    """Before any night has ended."""
    return Lately(revoked="", from_departure="", from_found="", exposure="", weeks=(), revoking=None, standing=None)


def _moments(zone: str, now: datetime) -> list[datetime]:
    """The first moment that counts, each Monday's beginning in the company's zone, and now."""
    first = now - timedelta(days=DAYS)
    day = by_clock(first, ZoneInfo(zone)).date()
    monday = day + timedelta(days=7 - day.weekday())
    mondays = [day_begins(monday + timedelta(weeks=number), zone) for number in range(DAYS // 7 + 1)]
    return [first, *(each for each in mondays if each < now), now]


def _week(since: str, week: WeekStood, stood: int | None) -> Week:
    return Week(
        since=since,
        revoked=week.revoked,
        median=_took(week.median_seconds),
        p90=_took(week.p90_seconds),
        stood="" if stood is None else f"{stood:,}",
    )


def _revoking(days: tuple[str, ...], weeks: Sequence[WeekStood]) -> Chart | None:
    """A week in which nothing was seen shut is a gap: it was neither quick nor slow."""
    slowest = max((week.p90_seconds for week in weeks if week.p90_seconds is not None), default=None)
    if slowest is None:
        return None
    unit, seconds = ("hours", _HOUR) if slowest < 2 * _DAY else ("days", _DAY)

    def values(of: Sequence[float | None]) -> tuple[float | None, ...]:
        return tuple(None if each is None else round(each / seconds, 1) for each in of)

    median = Series(name="median", shape=Shape.LINE, values=values([week.median_seconds for week in weeks]))
    p90 = Series(name="90 % within", shape=Shape.DASHED, values=values([week.p90_seconds for week in weeks]))
    return Chart(unit=unit, labels=days, series=(median, p90))


def _standing(days: tuple[str, ...], stood: Sequence[int | None]) -> Chart | None:
    """What stood at the end of a week before which nobody had looked is a gap, and shown as one."""
    if not any(each is not None for each in stood):
        return None
    known = Series(name="open", shape=Shape.LINE, values=tuple(stood))
    return Chart(unit="findings", labels=days, series=(known, unknown("not known", [each is None for each in stood])))


def _spread(median: float | None, p90: float | None) -> str:
    return "" if median is None or p90 is None else f"median {_took(median)}, 90 % within {_took(p90)}"


def _took(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 2 * _DAY:
        return counted(max(1, round(seconds / _HOUR)), "hour")
    return counted(round(seconds / _DAY), "day")


def _days(seconds: float) -> str:
    return counted(max(1, round(seconds / _DAY)), "day")
