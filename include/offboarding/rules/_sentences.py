"""Moments and departures in words. Everything is in UTC, and says so; nothing depends on when it's written."""

from datetime import UTC, datetime

from offboarding.model import Basis, Departure, counted

_WORD_OF = {
    Basis.ACTUAL: "says {roster}",
    Basis.NOTICE: "by notice, before {roster} told it",
    Basis.PLANNED: "as {roster} had planned it",
    Basis.INFERRED: "judging by their absence from {roster}",
}


def at(moment: datetime) -> str:
    """Return a moment, such as "2026-11-23 02:10 UTC"."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ended(departure: Departure) -> str:
    """Return when it was over, such as "at the end of 2026-11-13 (Asia/Seoul)"."""
    if departure.exact:
        return f"on {at(departure.left_at)}"
    if departure.left_on is None:
        return f"by {at(departure.left_at)}, when it was first told"
    return f"at the end of {departure.left_on.isoformat()} ({departure.zone})"


def left(worker_id: str, departure: Departure) -> str:
    """Return that somebody left, when, and by whose word."""
    word = _WORD_OF[departure.basis].format(roster=departure.roster)
    by = f": {departure.told}" if departure.told else ""
    return f"Worker {worker_id} left {ended(departure)}, {word}{by}."


def days_after(moment: datetime, departure: Departure) -> str:
    """Return how long after the departure a moment was, in whole days."""
    days = (moment - departure.left_at).days
    if days < 1:
        return "less than a day after the departure"
    return f"{counted(days, 'day')} after the departure"
