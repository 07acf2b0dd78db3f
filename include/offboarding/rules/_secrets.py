"""Whether a workload's secrets are newer than somebody could know them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import Standing
from offboarding.rules._sentences import at
from offboarding.rules._ways import Holder, Way, open_ways, ways_in


def known_secrets(holder: Holder, until: datetime, who: str) -> Iterator[str]:
    """Yield each secret that dates from when they could know it, or of which that can't be told."""
    for way in open_ways(holder):
        if way.set_at is None:
            yield f"Not checked when the secret of {way.subject.label} was last changed."
        elif way.set_at <= until:
            yield f"The secret of {way.subject.label} dates from {at(way.set_at)}, when {who} could know it."


def as_far_as_known(holder: Holder, taken: Way, until: datetime) -> Way:
    """Return the account as UNKNOWN where no secret of it is known to work and to be old."""
    working = (way for way in ways_in(holder) if way.standing is Standing.WORKS)
    if taken.standing is not Standing.WORKS or any(way.set_at and way.set_at <= until for way in working):
        return taken
    return replace(taken, standing=Standing.UNKNOWN, reason=f"it isn't known that its secrets are new ({taken.reason})")
