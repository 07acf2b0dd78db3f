"""Runs, and what each read."""

from collections.abc import Mapping
from typing import Annotated

from offboarding.cli.lines.line import At, By, Inner, JsonLine, itself
from offboarding.store.reading.reads import RosterView


def _problems(roster: RosterView) -> int:
    return len(roster.problems)


def _nothing(_: RosterView) -> Mapping[str, int]:
    return {}


def _no_realm(_: RosterView) -> None:
    return None


class RunRosterCounts(Inner):
    """How much a roster told."""

    records: int
    workers: int
    inferred: int
    waiting: int
    problems: Annotated[int, By(_problems)]


class RunRoster(Inner):
    """A roster's read."""

    name: str
    """The roster's name."""
    realm: Annotated[None, By(_no_realm)]
    """Always null: a roster is no system of accounts."""
    status: str
    """`complete`, `partial`, `failed`, or `stale`: it failed while an earlier read stands."""
    proved: bool
    """Whether something beside the data's end said that this is all."""
    counts: Annotated[RunRosterCounts, By(itself)]
    """`records`, `workers`, `inferred` (taken to have left, for they vanished), `waiting` (vanished beyond the bound),
    `problems`.
    """
    requests: Annotated[dict[str, int], By(_nothing)]
    """Always empty."""


class RunSourceCounts(Inner):
    """How much a part of a source told."""

    accounts: int
    credentials: int
    detail_accounts: int
    detail_credentials: int


class RunSource(Inner):
    """A read of a source's part."""

    name: str
    """The source's name."""
    realm: str | None
    """The system itself; null for one that was never reached and isn't named in the configuration."""
    status: str
    """As above. `partial`: something in it couldn't be looked at, or the leavers' accounts couldn't be read live."""
    attested_at: At | None
    """Of when the list is that somebody gave in place of a look; null where the system was asked."""
    proved: bool
    """True where complete: a source says itself where it ends."""
    counts: Annotated[RunSourceCounts, By(itself)]
    """`accounts` and `credentials` of the inventory, `detail_accounts` and `detail_credentials` of the live read of
    leavers' accounts.
    """
    requests: dict[str, int]
    """How many calls: `inventory`, `detail`, and `overhead` (polls, retries, AssumeRole)."""


class RunLine(JsonLine):
    """Newest first. A release is a run, too; it reads nothing."""

    run_id: int
    """Its number."""
    kind: str
    """`nightly`, `release` (of what the guard held), `departure` (a check of some people) or `verify` (of what is
    open).
    """
    as_of: At
    """The moment that it decides departures by."""
    started_at: At
    """When it began."""
    finished_at: At | None
    """When its report was written; null while it runs, or where it never ended."""
    status: str | None
    """`green` or `red`; null with `finished_at`."""
    waiting: int | None
    """How many findings were held when it ended; null before that, and where nobody was checked."""
    withdrawn_at: At | None
    """Since when it counts no more (`runs withdraw`); null where it does."""
    rosters: list[RunRoster]
    """What it read of who works here, an object each."""
    sources: Annotated[list[RunSource], By("parts")]
    """What it read of accounts, an object for each part of a source."""
