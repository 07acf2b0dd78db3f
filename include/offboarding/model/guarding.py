"""What the guard counts on each line (a roster, a source, a rule, a person, all together), and what is too much."""

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
    """Accounts that were linked to somebody and no longer are."""
    ACCOUNTS = "accounts"
    """Accounts of one system that are newly linked to one leaver."""
    FINDINGS = "findings"
    """New findings."""
    CLOSINGS = "closings"
    """Findings on tickets that would close."""
    NAMED = "named"
    """People whom a person named, by a notice or for a run about them."""
    TICKETS = "tickets"
    """New tickets."""


class LineKind(StrEnum):
    """What a line is of."""

    ROSTER = "roster"
    SOURCE = "source"
    RULE = "rule"
    PERSON = "person"
    NAMED = "named"
    """People whom a person named, all of them."""
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
    """roster, source, rule, person, named or total."""
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
