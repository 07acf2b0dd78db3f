"""Whether a workload's secrets are newer than somebody could know them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import Sentence, Standing, say
from offboarding.rules._access_paths import AccessPath, Holder, access_paths, open_paths
from offboarding.rules._sentences import at, said


def known_secrets(holder: Holder, until: datetime, who: Sentence) -> Iterator[str]:
    """Yield each secret that dates from when they could know it, or of which that can't be told."""
    for path in open_paths(holder):
        if path.set_at is None:
            yield say("Not checked when the secret of {label} was last changed.", label=path.subject.label)
        elif path.set_at <= until:
            yield say(
                "The secret of {label} dates from {moment}, when {who} could know it.",
                label=path.subject.label,
                moment=at(path.set_at),
                who=who,
            )


def as_far_as_known(holder: Holder, taken: AccessPath, until: datetime) -> AccessPath:
    """Return the account as UNKNOWN where no secret of it is known to work and to be old."""
    working = (path for path in access_paths(holder) if path.standing is Standing.WORKS)
    if taken.standing is not Standing.WORKS or any(path.set_at and path.set_at <= until for path in working):
        return taken
    return replace(
        taken,
        standing=Standing.UNKNOWN,
        reason=say("it isn't known that its secrets are new ({reason})", reason=said(taken.reason)),
    )
