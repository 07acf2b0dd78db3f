"""The moment that a run is told to be of."""

import os
from datetime import UTC, datetime

from offboarding.model.days import far_off
from offboarding.model.errors import ConfigError


def moment(given: str | None) -> datetime | None:
    """A moment from a DAG's param, else from OFFBOARDING_AS_OF. Raises ConfigError where it has no zone."""
    if not (text := given or os.environ.get("OFFBOARDING_AS_OF")):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"as_of: {text!r} is no moment, such as 2026-11-25T01:30:00+09:00") from error
    # Of a day with an offset Python takes the offset for a time of day.
    timed = not {"T", "t", " "}.isdisjoint(text)
    if at.tzinfo is None or not timed:
        mended = f"{at.replace(tzinfo=None).isoformat()}+09:00" if timed else f"{at.date()}T00:00+09:00"
        raise ConfigError(f"as_of: {text!r} names no {'zone' if timed else 'time of day'}. Write it so: {mended}")
    if why := far_off(at.date()):
        raise ConfigError(f"as_of: {why}.")
    return at.astimezone(UTC)
