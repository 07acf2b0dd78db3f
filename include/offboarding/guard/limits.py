"""How much may change in a night before a person has to look: the guard's limits, and what goes beyond them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from offboarding.config.yaml_file import Day
from offboarding.interfaces import Some, Strict
from offboarding.model import Count, LineKind, Measure, Trip

LONGEST_LAYOFF_DAYS = 31
"""A longer one would be no announcement, but the end of the limit."""
FEWEST = 3
"""One account or two may go in a night."""
GONE = frozenset({Measure.INFERRED, Measure.BEYOND})
LEAVERS = GONE | {Measure.ACTUAL, Measure.PLANNED}


class Limit(Strict):
    """At most so many, or so many in a hundred, whichever is less. A population under the minimum counts as that many,
    so that one of ten isn't 10 %.
    """

    absolute: int | None = Field(default=None, ge=0)
    percent: float | None = Field(default=None, ge=0, le=100)
    min_population: int = Field(default=100, ge=1)

    def of(self, population: int) -> int | None:
        """The most that goes through; None for no limit."""
        share = None if self.percent is None else int(max(population, self.min_population) * self.percent / 100)
        bounds = [bound for bound in (self.absolute, share) if bound is not None]
        return min(bounds) if bounds else None


class ShrinkLimit(Limit):
    """The same of what there was before, and of few, too: where nearly all is gone at once, somebody looks."""

    few_percent: float | None = Field(
        default=70, ge=0, le=100, description="At most so many in a hundred of three and more, under the minimum, too."
    )

    def of(self, population: int) -> int | None:
        """The most that goes through; None for no limit."""
        bound = Limit.of(self, population)
        if bound is None or self.few_percent is None or population < FEWEST:
            return bound
        return min(bound, int(population * self.few_percent / 100))


class Expected(Strict):
    """A layoff that was announced: so many may leave between two days."""

    from_: Day = Field(alias="from", description="First day.")
    to: Day = Field(description="Last day, at most 31 days after the first.")
    max: int = Field(ge=1, description="So many people may leave, of any roster, before the guard holds them.")
    roster: str | None = Field(default=None, min_length=1, description="Of this roster alone.")
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Expected":
        if self.to < self.from_:
            raise ValueError("to lies before from")
        if (self.to - self.from_).days > LONGEST_LAYOFF_DAYS:
            raise ValueError(f"to lies more than {LONGEST_LAYOFF_DAYS} days after from: announce the next ones by then")
        return self

    def covers(self, roster: str, day: date) -> bool:
        """Whether it speaks of this roster on this day."""
        return self.roster in (None, roster) and self.from_ <= day <= self.to


class Approver(Strict):
    """An Airflow user, where the auth manager's id and the user's name differ."""

    id: str = Field(min_length=1, description="As Airflow tells it at /ui/auth/me; who answers is compared by it.")
    name: str = Field(min_length=1, description="As Airflow notes it beside a run; who triggers one is compared by it.")


class Guard(Strict):
    """The limits, and what was announced. policy.max_new_tickets is that of all together, policy.max_named that of
    people whom a person names.
    """

    leavers: Limit = Field(
        default=Limit(absolute=50, percent=5, min_population=100),
        description="New leavers of a roster since its last accepted read, each basis by itself.",
    )
    inferred: Limit = Field(
        default=Limit(absolute=20, percent=3, min_population=100),
        description="The same, of those whom the feed no longer lists.",
    )
    withdrawn: Limit = Field(
        default=Limit(absolute=20, percent=10, min_population=50),
        description="Leavers whose tickets would close because the roster takes their departures back.",
    )
    workers: Limit = Field(
        default=Limit(percent=10, min_population=50), description="Workers fewer than in the last accepted read."
    )
    objects: ShrinkLimit = Field(
        default=ShrinkLimit(percent=20, min_population=25),
        description="Accounts or keys fewer than in the last accepted read of a part of a source.",
    )
    unlinked: ShrinkLimit = Field(
        default=ShrinkLimit(percent=10, min_population=50),
        description="People of whose accounts in a source some exist and are linked to no one any more, since its last"
        " accepted read, by the people with linked accounts there.",
    )
    accounts: Limit = Field(
        default=Limit(absolute=5), description="Accounts of one system that are newly linked to one leaver."
    )
    findings: Limit = Field(
        default=Limit(absolute=100, percent=5, min_population=400),
        description="People and systems with new findings of a source, or of a rule; and new findings of one person. By"
        " the accounts there are.",
    )
    criticals: Limit = Field(
        default=Limit(absolute=20),
        description="People and systems with new critical findings; and new critical findings of one person. No other"
        " limit on findings or tickets counts or holds a critical one.",
    )
    closings: Limit = Field(
        default=Limit(absolute=100, percent=50, min_population=40),
        description="People and systems whose findings would close, of a source and in all; by those with open ones.",
    )
    batch: int = Field(
        default=50, ge=1, description="So many tickets of a first read are let through by one release, the worst first."
    )
    max_age_hours: float = Field(default=24, gt=0, description="A release refuses reads that are older.")
    approvers: Some[Annotated[str, Field(min_length=1)] | Approver] = Field(
        default=(),
        description="Airflow users who may release or reject in Airflow; left out: all who may edit or trigger runs.",
    )
    expect: tuple[Expected, ...] = Field(default=(), description="Layoffs that were announced.")

    def limit(self, measure: Measure) -> Limit:
        """Of one measure; that of tickets is the policy's."""
        if measure in GONE:
            return self.inferred
        if measure is Measure.ITEMS:
            return self.findings
        return self.leavers if measure in LEAVERS else getattr(self, measure.value)

    @property
    def users(self) -> tuple[Approver, ...]:
        """The approvers; whoever is written as one word bears it as id and as name."""
        return tuple(Approver(id=each, name=each) if isinstance(each, str) else each for each in self.approvers)

    def announced(self, roster: str, day: date) -> int:
        """How many leavers of a roster were announced for a day; 0 where none were."""
        return max((each.max for each in self.expect if each.covers(roster, day)), default=0)


def day_of(as_of: datetime, zone: str) -> date:
    """The day that announcements speak of."""
    return as_of.astimezone(ZoneInfo(zone)).date()


def trips(
    guard: Guard, counts: Iterable[Count], day: date, most_inferred: Callable[[int], int] | None = None
) -> Iterator[Trip]:
    """Yield the lines that go beyond their limits. Announced leavers raise their roster's.

    `most_inferred` (policy.max_inferred): of so many workers so many may be inferred to have left. Where more are gone,
    the feed is in doubt, and those few with it.
    """
    for count in counts:
        measure = Measure(count.measure)
        bound = guard.limit(measure).of(count.base)
        if measure is Measure.BEYOND and most_inferred is not None:
            most = most_inferred(count.base)
            bound = most if bound is None else min(bound, most)
        if bound is None:
            continue
        if measure in LEAVERS or measure is Measure.WORKERS:
            bound = max(bound, guard.announced(count.name, day))
        if count.value > bound:
            shown = Measure.INFERRED if measure in GONE else measure
            yield Trip(kind=count.kind, name=count.name, measure=shown, value=count.value, base=count.base, bound=bound)


def vanished(guard: Guard, counts: Iterable[Count]) -> Iterator[Trip]:
    """Yield the systems of which too much is gone of what was looked at: more than `objects`, or all, however little.

    Without an inventory nothing tells an account that somebody deleted from a system that was restarted empty, but that
    another account is still there.
    """
    for count in counts:
        bound = guard.objects.of(count.base)
        if bound is not None and count.value > min(bound, count.base - 1):
            yield Trip(**asdict(count), bound=min(bound, count.base - 1))


def announced_rosters(guard: Guard, rosters: Sequence[str], tripped: Iterable[Trip], day: date) -> list[str]:
    """Rosters whose leavers were announced and stay within it: what rests on those departures isn't counted again."""
    over = {trip.name for trip in tripped if trip.kind == LineKind.ROSTER}
    return [roster for roster in rosters if guard.announced(roster, day) and roster not in over]
