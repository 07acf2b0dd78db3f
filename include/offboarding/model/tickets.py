"""What is told to people, and how it stands in their own system."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from offboarding.model.words import Severity, TicketKind


class TicketState(StrEnum):
    """How a ticket stands in its own system."""

    OPEN = "open"
    CLOSED = "closed"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """It can't be asked: nothing follows from that."""


class TicketStatus(StrEnum):
    """How far we are with a ticket, whatever its own system says of it."""

    WANTED = "wanted"
    """To be opened."""
    OPEN = "open"
    CLOSED = "closed"


class TicketCall(StrEnum):
    """What is yet to be said to the tracker of a ticket."""

    OPEN = "open"
    COMMENT = "comment"
    CLOSE = "close"
    REOPEN = "reopen"


class TicketPriority(StrEnum):
    """Translated by each tracker into its own words."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRef:
    """A ticket in a tracker."""

    ref: str
    """The tracker's own id, such as "231"."""
    url: str
    """Where a person reads it; "" where that isn't known."""
    key: str = field(default="", compare=False)
    """Ours, of one that stands in the store."""
    said: int = field(default=0, compare=False)
    """The number of what it's told now: what is said again, since nobody knows whether it was heard, bears the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What people are told at once. Plain text; worker ids, short keys and counts, no names, mails or labels."""

    key: str
    """Of what happened, such as "hold:3:run:418": the same twice is told once."""
    subject: str
    """A line."""
    body: str
    """What, where, and what to do: a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """What a ticket should say. Plain text; the title ends in the key, so that a search finds it at once."""

    key: str
    """Such as "offb-3fa9c1d2e4b7"."""
    queue: str
    """The tracker's own queue, list or project; "" for its default."""
    title: str
    body: str
    priority: TicketPriority
    due_at: datetime | None
    assignee: str = ""
    """Whose it is to begin with, in the tracker's own word; "" for nobody's. People's later word stands."""

    @property
    def digest(self) -> str:
        """Of what people read on it; whose it is to begin with is no part of that."""
        return hashlib.sha256(f"{self.title}\n{self.priority}\n{self.due_at}\n{self.body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingFacts:
    """What decides where a finding's ticket goes, and who is called."""

    rule: str
    severity: Severity
    ticket: TicketKind
    source: str
    part: str
    account: str
    """What it's called; "" for a finding of nobody's account."""
    roster: str
    zone: str
    """In which they worked; "" where that isn't known, or nobody left."""
    location: str
    """Where they worked, in HR's word; "" as well."""
    owners: Sequence[str]
    """Who answers for the thing: what it says of an owner itself, and worker ids of owners who work here."""
    privileged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """Why somebody is called: a ticket that can't wait to be read. Plain text, on one line."""

    key: str
    """The ticket's."""
    title: str
    """The ticket's kind and key, and no name."""
    url: str
    """The ticket; "" where it has no address that we know."""
    source: str
    """The system that it's about."""


def tracker_of(trackers: Sequence[str], queue: str) -> str:
    """Where a queue's tickets are: in the tracker that it names, TRACKER:QUEUE, or else in the first."""
    name, colon, _ = queue.partition(":")
    return name if colon and name in trackers else trackers[0]


def queue_in(tracker: str, queue: str) -> str:
    """The queue in that tracker's own word; "" for its default."""
    return queue.removeprefix(f"{tracker}:")
