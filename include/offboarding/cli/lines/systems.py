"""Whether each system can be read."""

from typing import Annotated

from offboarding.cli.lines.line import By, Inner, JsonLine, OrNull
from offboarding.runs.doctor.systems import CheckedSystem


def _linked(checked: CheckedSystem) -> dict[str, int] | None:
    return None if checked.linked is None else {"accounts": checked.linked[0], "of": checked.linked[1]}


def _counts(checked: CheckedSystem) -> dict[str, int]:
    return dict(checked.counts)


class LinkedShare(Inner):
    """How many of a source's accounts would be linked."""

    accounts: int
    of: int


class CheckedLine(JsonLine):
    """A line for each system that was asked: the store, rosters, parts of sources and verifiers, the queue of
    departures, the tracker, what prints the night's report.
    """

    room: str
    """`store`, `roster`, `source`, `verifier`, `queue`, `tracker`, `revoker` or `report`."""
    name: str
    """Its name in the configuration; a queue's kind; a report's, `pdf`."""
    part: OrNull
    """Of a source with several parts (AWS accounts), which; else null."""
    state: str
    """`good`, `in part` (something is missing) or `failed`."""
    counts: Annotated[dict[str, int], By(_counts)]
    """A roster: `workers`. A source: `accounts`, or of keys or a verifier `keys`, and of these `works`, `dead`,
    `unknown`; an audit trail: `events`. A queue: `messages` that nobody has in hand. Else empty.
    """
    linked: Annotated[LinkedShare | None, By(_linked)]
    """Of a source: `accounts` that would be linked, `of` those that aren't dead; all parts together, beside the first
    that could be read. Null elsewhere, and where it couldn't be told.
    """
    missing: list[str]
    """What is missing, and what to grant or mend, a sentence each."""
    limits: list[str]
    """What is never looked at there, and is said each night."""
    tested: OrNull
    """Against what its kind was tested, such as `the vendor's description: Okta's`; null for the store and the like."""
