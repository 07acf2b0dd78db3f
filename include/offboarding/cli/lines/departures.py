"""Departures: how one stood, notices, what HR leaves open, and who leaves soon."""

from datetime import date
from typing import Annotated

from offboarding.cli.lines.line import At, By, Inner, JsonLine, OrNull


class PersonDeparture(Inner):
    """How a departure stood from one moment to another."""

    episode: int
    left_at: At
    left_on: date | None
    zone: str
    basis: str
    confirmed: bool
    returned: bool
    roster: str
    told: str
    valid_from: At
    valid_to: At | None


class NoticeLine(JsonLine):
    """Newest first; without `--all` only those that stand."""

    notice: Annotated[str, By("notice_id")]
    """Its id, such as `n-4f2a91`."""
    id_space: str
    """Where the worker id means this person."""
    worker_id: str
    """The worker id that people know the person by now."""
    left_at: At
    """Their last moment."""
    zone: str
    """In which its day is told."""
    reason: str
    """Why."""
    author: str
    """Who gave it."""
    made_at: At
    """When."""
    warn_at: At
    """From then on every report says that HR's feed doesn't confirm it."""
    confirmed_at: At | None
    """Since when HR's feed says so itself."""
    ended_at: At | None
    """Since when it no longer counts."""
    ended_by: str | None
    """Who took it back; `the roster` where they work here again by HR's word."""
    ended_for: str | None
    """Why."""


class OpenEndLine(JsonLine):
    """Longest gone first; those that a person denied stand among them as long as that counts. With `--all` those that
    HR leaves open no more follow.
    """

    departure: Annotated[str, By("name")]
    """Its id, such as `d-418`."""
    id_space: str
    """Where the worker id means this person."""
    worker_id: str
    """The worker id that people know the person by now."""
    basis: str
    """`planned` (an end that has passed), `inferred` (no longer listed) or `hidden` (left by one record, works here by
    another).
    """
    left_at: At
    """When that was."""
    left_on: date | None
    """The planned last day; null for an absence."""
    zone: str
    """In which the day is told."""
    confirmed: bool
    """Whether it counts: by a person's word, or since the roster tells leaving by its silence."""
    roster: str
    """Whose word it is."""
    told: str
    """Its words."""
    verdict: str | None
    """`confirm`, `deny`, or null where nobody has said anything."""
    reason: str | None
    """Why."""
    author: str | None
    """Who said so."""
    decided_at: At | None
    """When."""
    until: At | None
    """When a denial ends, and it's asked again."""
    ended_at: At | None
    """Since when HR leaves it open no more."""
    ended_because: OrNull
    """`changed` (HR tells it otherwise, or confirms it), `denied`, `merged` (into another person), `returned`,
    `withdrawn`; null of a hidden one.
    """


class UpcomingLine(JsonLine):
    """The first to leave first."""

    id_space: str
    """Where the worker id means this person."""
    worker_id: str
    """The worker id that people know the person by now."""
    left_at: At
    """When they will have left."""
    left_on: date
    """Their last day, in `zone`."""
    zone: str
    """In which the day is told."""
    basis: str
    """`actual` (HR's day), `planned` (a contract's end) or `notice`."""
    told: str
    """By whose word."""
    accounts: Annotated[list[str], By("labels")]
    """Accounts linked to them that aren't known to be dead, each after its source."""
    privileged: int
    """How many of these are privileged."""
    credentials: int
    """How many credentials on these are known; of clouds they are looked at once somebody has left."""
    keys: list[str]
    """Names of keys that they may hold."""
