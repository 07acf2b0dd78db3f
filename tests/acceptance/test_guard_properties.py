"""What the guard holds, on random companies, changes and limits: exactly what is beyond them, and nothing else."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from offboarding.guard.limits import Guard, Limit, trips
from offboarding.model import Count, Measure
from offboarding.store import embedded, reading
from offboarding.store.connect import opened
from tests.support.database import cloned
from tests.support.deciding import add_notice
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, login
from tests.support.red import why_red
from tests.support.small_company import LEFT, WORKS, mail, number, worker

EXAMPLES = int(os.environ.get("GUARD_EXAMPLES", "0"))
RANDOM = settings(
    max_examples=EXAMPLES or 2,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    print_blob=False,
    phases=list(Phase) if EXAMPLES else (Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TODAY = date(2026, 11, 25)

limits = st.builds(
    Limit,
    absolute=st.none() | st.integers(0, 6),
    percent=st.none() | st.sampled_from([0.0, 5.0, 10.0, 30.0, 50.0, 100.0]),
    min_population=st.integers(1, 30),
)


# --- one limit --------------------------------------------------------------------------------------------------------


@given(limit=limits, population=st.integers(0, 5000), more=st.integers(0, 5000))
def test_the_less_of_both_with_a_population_of_at_least_so_many(limit: Limit, population: int, more: int) -> None:
    bound = limit.of(population)

    assert (bound is None) == (limit.absolute is None and limit.percent is None)
    if bound is not None:
        share = max(population, limit.min_population) * (limit.percent or 0) / 100
        assert limit.absolute is None or bound <= limit.absolute
        assert limit.percent is None or bound <= share
        assert bound == limit.absolute or bound > share - 1
        grown = limit.of(population + more)
        assert grown is not None
        assert bound <= grown, "a bigger company may lose more"


@given(population=st.integers(0, 60), gone=st.integers(0, 60))
def test_nearly_all_of_three_and_more_goes_beyond_the_limit(population: int, gone: int) -> None:
    count = Count(kind="source", name="aws", measure=Measure.OBJECTS, value=min(gone, population), base=population)

    held = bool(list(trips(Guard(), [count], TODAY)))

    assert held or population < 3 or count.value <= population * 0.7
    assert not held or population >= 3, "one or two may go"
    assert not held or count.value > population / 5, "a fifth goes through"


@given(
    limit=limits,
    announced=st.none() | st.integers(1, 20),
    base=st.integers(0, 200),
    values=st.lists(st.integers(0, 40)),
)
def test_whoever_trips_trips_with_one_more(limit: Limit, announced: int | None, base: int, values: list[int]) -> None:
    expect = [] if announced is None else [{"from": TODAY, "to": TODAY, "max": announced, "reason": "r"}]
    plain = Guard.model_validate({"leavers": limit})
    guard = Guard.model_validate({"leavers": limit, "expect": expect})

    def tripped(by: Guard, value: int) -> bool:
        count = Count(kind="roster", name="hr", measure=Measure.ACTUAL, value=value, base=base)
        return bool(list(trips(by, [count], TODAY)))

    for value in values:
        assert tripped(guard, value + 1) or not tripped(guard, value)
        assert tripped(plain, value) or not tripped(guard, value), "what is announced lowers no limit"
        assert not tripped(guard, value) or value > (announced or 0)


# --- whole nights -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A company, and what a night brings."""

    hr: int
    vendors: int
    left: int
    vanished: int
    noticed: int
    """Of HR's, beside those who left."""
    leavers: Limit
    inferred: Limit

    @property
    def hr_trips(self) -> bool:
        """Too many left by HR's word."""
        bound = self.leavers.of(self.hr)
        return bound is not None and self.left > bound

    @property
    def vendors_trip(self) -> bool:
        """Too many are no longer listed."""
        bound = self.inferred.of(self.vendors)
        return bound is not None and self.vanished > bound


@st.composite
def changes(draw: st.DrawFn) -> Change:
    hr, vendors = draw(st.integers(4, 10)), draw(st.integers(3, 6))
    left = draw(st.integers(0, hr - 1))
    return Change(
        hr=hr,
        vendors=vendors,
        left=left,
        vanished=draw(st.integers(0, vendors - 1)),
        noticed=draw(st.integers(0, min(2, hr - left))),
        leavers=draw(limits),
        inferred=draw(limits),
    )


@dataclass(slots=True, kw_only=True)
class Watched:
    """It, night after night."""

    office: Office
    tracker: ListedTracker
    change: Change

    def told(self) -> set[str]:
        """Worker ids of those whose tickets are open; each has one."""
        titles = [ticket.draft.title for ticket in self.tracker.there() if ticket.is_open]
        ids = [title.partition(" worker ")[2].split()[0].rstrip(",") for title in titles]
        assert len(ids) == len(set(ids))
        return set(ids)

    @property
    def hrs(self) -> list[str]:
        """HR's workers, leavers first, then the noticed."""
        return [str(1001 + each) for each in range(self.change.hr)]

    @property
    def left(self) -> set[str]:
        """By HR's word."""
        return set(self.hrs[: self.change.left])

    @property
    def noticed(self) -> set[str]:
        """By a person's."""
        return set(self.hrs[self.change.left :][: self.change.noticed])

    @property
    def vanished(self) -> set[str]:
        """No longer listed."""
        return {f"v{each}" for each in range(self.change.vanished)}

    def let(self, *, hr: bool, vendors: bool) -> set[str]:
        """Who is told where these lines go through."""
        return self.noticed | (self.left if hr else set()) | (self.vanished if vendors else set())

    def red(self, run_id: int) -> bool:
        return bool(why_red(reading.night(self.office.session, run_id)))


@contextmanager
def watched(server: embedded.EmbeddedServer, change: Change) -> Generator[Watched]:
    """A night in which all work, then what the change says."""
    tracker = ListedTracker()
    with cloned(server) as name, opened(server.connection_kwargs(dbname=name)) as session:
        given: dict[str, Any] = {"leavers": change.leavers, "inferred": change.inferred, "workers": {}}
        office = Office(session=session, tracker=HeardTracker(tracker), queue="secops", guard=given)
        office.policy = {"max_inferred": {"absolute": 100, "percent": 0}, "min_roster_percent": 0}
        seen = Watched(office=office, tracker=tracker, change=change)
        office.hr.workers = [worker(each) for each in seen.hrs]
        mails = {f"v{each}": f"v{each}@corp.example" for each in range(change.vendors)}
        office.vendors.workers = [worker(each, WORKS, mail=address) for each, address in mails.items()]
        office.directory.accounts = [login(f"u{each}", number(each)) for each in seen.hrs]
        office.directory.accounts += [login(f"u{each}", mail(address)) for each, address in mails.items()]
        office.night()
        assert tracker.tickets == []
        for each in sorted(seen.noticed):
            moment = office.as_of.isoformat()
            add_notice(session, office.settings, who=f"hr:{each}", last=moment, reason="r", author="a")
        for each in sorted(seen.left):
            office.hr.change(each, employments=(LEFT,))
        office.vendors.workers = [each for each in office.vendors.workers if each.worker_id not in seen.vanished]
        yield seen


@RANDOM
@given(change=changes(), decision=st.sampled_from(["release hr", "release vendors", "release all", "reject", "wait"]))
def test_what_is_beyond_its_limit_waits_for_a_person_and_nothing_else_does(
    store_server: embedded.EmbeddedServer, change: Change, decision: str
) -> None:
    with watched(store_server, change) as seen:
        office, hr, vendors = seen.office, not change.hr_trips, not change.vendors_trip

        night = office.night()

        waits = {("roster", "hr")} if not hr else set[tuple[str, str]]()
        waits |= {("roster", "vendors")} if not vendors else set()
        assert set(office.holds) == waits
        assert seen.told() == seen.let(hr=hr, vendors=vendors)
        assert seen.red(night.run.run_id) is bool(waits)

        hr, vendors = decide(seen, decision, night.run.run_id, hr=hr, vendors=vendors)
        assert seen.told() == seen.let(hr=hr, vendors=vendors)

        again = office.night()
        assert seen.told() == seen.let(hr=hr, vendors=vendors), "the next night compares with what was accepted"
        assert {name for _, name in office.holds} == {
            name for name, through in (("hr", hr), ("vendors", vendors)) if not through
        }
        assert seen.red(again.run.run_id) is (decision == "reject" and bool(waits))

        for each in seen.left:
            office.hr.change(each, employments=(WORKS,))
        office.vendors.workers += [worker(each, WORKS, mail=f"{each}@corp.example") for each in sorted(seen.vanished)]
        office.guard = {"workers": {}, "withdrawn": {}}
        office.night()
        assert (seen.told(), office.holds) == (seen.noticed, {})


def decide(seen: Watched, decision: str, run_id: int, *, hr: bool, vendors: bool) -> tuple[bool, bool]:
    """A person decides, if there is anything; which lines have gone through then."""
    holds = {name: hold.hold_id for (_, name), hold in seen.office.holds.items()}
    if decision == "reject" and holds:
        seen.office.reject(*holds.values())
    elif decision == "release all" and holds:
        seen.office.release(run_id)
        return True, True
    elif decision.startswith("release") and (name := decision.partition(" ")[2]) in holds:
        seen.office.release(run_id, holds=[holds[name]])
        return hr or name == "hr", vendors or name == "vendors"
    return hr, vendors


@pytest.mark.parametrize("too_many", [False, True])
def test_named_people_are_held_only_where_they_are_too_many(
    store_server: embedded.EmbeddedServer, *, too_many: bool
) -> None:
    nothing = Limit(absolute=0)
    change = Change(hr=8, vendors=3, left=4, vanished=0, noticed=2, leavers=nothing, inferred=nothing)
    with watched(store_server, change) as seen:
        seen.office.policy["max_named"] = 1 if too_many else 2

        seen.office.night()

        assert seen.told() == (set() if too_many else seen.noticed)
