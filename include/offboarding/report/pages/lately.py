"""How soon what leavers had was shut, over the last months, and how long it worked meanwhile."""

from dataclasses import dataclass

from offboarding.model import counted
from offboarding.store.reading.standings import RevokedLately

DAYS = 90
_HOUR = 3_600
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """The same in words; each "" where there is nothing to count."""

    revoked: str
    from_departure: str
    from_found: str
    exposure: str


def lately_revoked(seen: RevokedLately | None) -> Lately:
    """Of what was seen. None: no night has ended yet."""
    if seen is None:
        return Lately(revoked="", from_departure="", from_found="", exposure="")
    return Lately(
        revoked=counted(seen.revoked, "thing") if seen.revoked else "",
        from_departure=_spread(seen.median_seconds, seen.p90_seconds),
        from_found=_spread(seen.median_found_seconds, seen.p90_found_seconds),
        exposure=f"{_days(seen.exposed_seconds)}, of {counted(seen.exposed, 'thing')}" if seen.exposed else "",
    )


def _spread(median: float | None, p90: float | None) -> str:
    return "" if median is None or p90 is None else f"median {_took(median)}, 90 % within {_took(p90)}"


def _took(seconds: float) -> str:
    if seconds < 2 * _DAY:
        return counted(max(1, round(seconds / _HOUR)), "hour")
    return counted(round(seconds / _DAY), "day")


def _days(seconds: float) -> str:
    return counted(max(1, round(seconds / _DAY)), "day")
