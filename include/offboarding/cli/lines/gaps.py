"""Gaps that somebody knows, and what the guard holds."""

from typing import Annotated, Any, ClassVar

from offboarding.cli.lines.line import At, By, JsonLine, OrNull
from offboarding.model import LineKind
from offboarding.store.guard import Hold


class AcknowledgementLine(JsonLine):
    """Newest first."""

    acknowledgement_id: int
    """Its number, for `acknowledge withdraw`."""
    origin: str
    """`file` (exceptions.yaml) or `person`."""
    source: OrNull
    """The source or verifier that can't be read whole; null where it's about something else."""
    part: OrNull
    """One part of it; null for all of it."""
    roster: OrNull
    """The roster that can't be read whole; null where it's about something else."""
    finding: OrNull
    """A finding's key; null where it's about something else. A short one of the file names no finding."""
    queue: OrNull
    """`departures`, where it's about their queue; else null."""
    covers: OrNull
    """`unread`, where it's also that it can't be read at all; else null."""
    reason: str
    """Why."""
    author: str
    """Who; of the file, its approver."""
    made_at: At
    """Since when it counts."""
    expires_at: At
    """Until when: the end of its last day."""
    ended_at: At | None
    """When it was taken back or out of the file; null where it wasn't."""
    ended_by: str | None
    """Who took it back; null where the file did."""
    ended_for: str | None
    """Why."""


def _named(hold: Hold) -> str:
    return "" if hold.kind == LineKind.TOTAL else hold.name


class HoldLine(JsonLine):
    """Newest first; without `--all` only those that wait."""

    version: ClassVar[int | None] = None

    hold_id: int
    """Its number, for `release --hold` and `reject`."""
    kind: str
    """What is counted."""
    name: Annotated[str, By(_named)]
    """Of whom or what; "" where it's everything together."""
    status: str
    """`waiting`, `released`, `rejected` or `ended`."""
    opened_run: int
    """Since which run it waits."""
    last_run: int
    """The last run in which it was over its bound."""
    numbers: list[dict[str, Any]]
    """What was compared: `measure`, `value`, `base`, `bound`."""
    findings: int
    """How many findings wait on it."""
    closings: int
    """How many that would close."""
    decided_at: At | None
    """When somebody decided it; null where nobody has."""
    decided_by: str
    """Who; else ""."""
    decided_for: str
    """Why; else ""."""
