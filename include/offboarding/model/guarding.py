"""What the guard counts on each line (a roster, a source, a rule, a person, critical findings, all together), and what
is too much.
"""

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What the guard counts."""

    ACTUAL = "actual"
    """New leavers, by HR's own word ..."""
    PLANNED = "planned"
    """... by a contract's end ..."""
    INFERRED = "inferred"
    """... because a feed no longer lists them ..."""
    BEYOND = "beyond"
    """... the same, where some of them wait to be confirmed, beyond policy.max_inferred. Told as `inferred`."""
    WITHDRAWN = "withdrawn"
    """Leavers whose tickets would close because the roster takes their departure back."""
    WORKERS = "workers"
    """Workers fewer than in the last accepted read."""
    OBJECTS = "objects"
    """Accounts or keys fewer than in the last accepted read."""
    UNLINKED = "unlinked"
    """People of whose accounts some exist and are linked to no one any more."""
    ACCOUNTS = "accounts"
    """Accounts of one system that are newly linked to one leaver."""
    FINDINGS = "findings"
    """People, and systems, with new findings."""
    ITEMS = "items"
    """New findings of one person."""
    CRITICALS = "criticals"
    """People, and systems, with new critical findings; of one person, their new critical findings."""
    CLOSINGS = "closings"
    """People, and systems, whose findings would close on their tickets."""
    NAMED = "named"
    """People whom a person named, by a notice or for a run about them."""
    TICKETS = "tickets"
    """People, and systems, that need new tickets."""


_COUNTED_APART = {Measure.FINDINGS: False, Measure.ITEMS: False, Measure.TICKETS: False, Measure.CRITICALS: True}


class LineKind(StrEnum):
    """What a line is of."""

    ROSTER = "roster"
    SOURCE = "source"
    RULE = "rule"
    PERSON = "person"
    NAMED = "named"
    """People whom a person named, all of them."""
    CRITICAL = "critical"
    """Critical findings, of every source and rule."""
    TOTAL = "total"


class HoldStatus(StrEnum):
    """How a line that the guard held stands."""

    WAITING = "waiting"
    RELEASED = "released"
    REJECTED = "rejected"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was counted on one line."""

    kind: str
    """A LineKind."""
    name: str
    """The roster's or source's name, the rule, the person's uid; else ""."""
    measure: str
    value: int
    base: int
    """The population that a percentage is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A line that goes beyond its limit."""

    kind: str
    name: str
    measure: str
    value: int
    base: int
    bound: int

    @property
    def critical(self) -> bool | None:
        """Which findings the trip holds: critical ones alone, all others alone, or both (None).

        Critical findings have a limit of their own, so that no number of others delays them. A line whose roster,
        source or links are in doubt holds both.
        """
        return _COUNTED_APART.get(Measure(self.measure)) if self.measure else None
