"""How much is too much: absolute or percent, a minimum population, and what was announced."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from offboarding.guard.limits import Expected, Guard, Limit, announced_rosters, day_of, trips
from offboarding.model import Count, Measure, Trip

DAY = date(2026, 11, 25)
BOTH = Limit(absolute=50, percent=5, min_population=100)
LAYOFF = {"from": "2026-11-24", "to": "2026-11-26", "max": 80, "reason": "the Daejeon plant is sold"}


@pytest.mark.parametrize(
    ("limit", "population", "bound"),
    [
        pytest.param(BOTH, 0, 5, id="nobody yet: as for the minimum population"),
        pytest.param(BOTH, 30, 5, id="a small company: 1 of 10 isn't 10 %"),
        pytest.param(BOTH, 100, 5, id="the minimum itself"),
        pytest.param(BOTH, 412, 20, id="the percentage is less"),
        pytest.param(BOTH, 1000, 50, id="both are the same"),
        pytest.param(BOTH, 100_000, 50, id="the number is less"),
        pytest.param(Limit(absolute=7), 100_000, 7, id="a number alone"),
        pytest.param(Limit(percent=20, min_population=25), 1000, 200, id="a percentage alone"),
        pytest.param(Limit(), 10, None, id="no limit"),
        pytest.param(Limit(absolute=0), 10, 0, id="nothing goes through"),
    ],
)
def test_how_much_goes_through(limit: Limit, population: int, bound: int | None) -> None:
    assert limit.of(population) == bound


def count(value: int, measure: Measure = Measure.ACTUAL, name: str = "hr", base: int = 412) -> Count:
    return Count(kind="roster", name=name, measure=measure, value=value, base=base)


def guard(**changes: object) -> Guard:
    return Guard.model_validate(changes)


@pytest.mark.parametrize(
    ("own", "counted", "bound"),
    [
        pytest.param(guard(), count(20), None, id="as many as go through"),
        pytest.param(guard(), count(21), 20, id="one more"),
        pytest.param(guard(), count(13, Measure.INFERRED), 12, id="of those no longer listed, fewer go through"),
        pytest.param(guard(), count(42, Measure.WORKERS), 41, id="a feed that shrank by more than a tenth"),
        pytest.param(guard(), count(6, Measure.ACCOUNTS, "uid"), 5, id="six accounts for one person at once"),
        pytest.param(guard(expect=[LAYOFF]), count(80), None, id="announced"),
        pytest.param(guard(expect=[LAYOFF]), count(81), 80, id="more than was announced"),
        pytest.param(guard(expect=[{**LAYOFF, "to": "2026-11-24"}]), count(21), 20, id="announced for another day"),
        pytest.param(guard(expect=[{**LAYOFF, "roster": "vendors"}]), count(21), 20, id="announced of another roster"),
        pytest.param(guard(expect=[{**LAYOFF, "max": 3}]), count(20), None, id="an announcement lowers no limit"),
        pytest.param(
            guard(expect=[LAYOFF]), count(42, Measure.WITHDRAWN), 20, id="it says nothing of what is taken back"
        ),
    ],
)
def test_what_trips(own: Guard, counted: Count, bound: int | None) -> None:
    found = list(trips(own, [counted], DAY))
    if bound is None:
        assert found == []
    else:
        (trip,) = found
        assert (trip.name, trip.value, trip.bound) == (counted.name, counted.value, bound)


@pytest.mark.parametrize(
    ("own", "most", "gone", "bound"),
    [
        pytest.param(guard(), 5, 6, 5, id="more than may be inferred"),
        pytest.param(guard(), 5, 5, None, id="as many"),
        pytest.param(guard(), 40, 13, 12, id="policy gives it room: the guard's own limit"),
        pytest.param(guard(inferred={}), 5, 6, 5, id="the guard has no limit of its own"),
        pytest.param(guard(expect=[LAYOFF]), 5, 80, None, id="announced"),
    ],
)
def test_where_some_wait_to_be_confirmed_those_taken_to_have_left_wait_with_them(
    own: Guard, most: int, gone: int, bound: int | None
) -> None:
    found = list(trips(own, [count(gone, Measure.BEYOND)], DAY, lambda _: most))
    assert [(trip.measure, trip.bound) for trip in found] == ([] if bound is None else [("inferred", bound)])


def test_what_was_announced_and_stays_within_it_is_not_counted_twice() -> None:
    over = Trip(kind="roster", name="vendors", measure="actual", value=99, base=100, bound=80)
    assert announced_rosters(guard(expect=[LAYOFF]), ["hr", "vendors"], [over], DAY) == ["hr"]
    assert announced_rosters(guard(), ["hr", "vendors"], [over], DAY) == []


def test_an_announcements_days_are_the_companys() -> None:
    assert day_of(datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "Asia/Seoul") == DAY


@pytest.mark.parametrize(
    "wrong",
    [{"to": "2026-11-01"}, {"reason": ""}, {"max": 0}],
    ids=["ends before it begins", "says no reason", "nobody leaves"],
)
def test_an_announcement_is_whole(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Expected.model_validate({**LAYOFF, **wrong})


@given(
    value=st.integers(0, 10_000),
    base=st.integers(0, 100_000),
    absolute=st.integers(0, 1000),
    percent=st.floats(0, 100),
    least=st.integers(1, 1000),
)
def test_beyond_either_is_beyond(value: int, base: int, absolute: int, percent: float, least: int) -> None:
    limit = Limit(absolute=absolute, percent=percent, min_population=least)
    bound = limit.of(base)
    assert bound is not None
    assert (value > bound) == (value > absolute or value > int(max(base, least) * percent / 100))
    larger = limit.of(base + 1)
    assert larger is not None
    assert larger >= bound, "a larger company may lose more"


@pytest.mark.parametrize(
    ("days", "why"),
    [
        pytest.param({"from": "1900-01-01", "to": "2199-12-31"}, "more than 31 days after from", id="for ever"),
        pytest.param({"from": "2026-11-01", "to": "2026-12-03"}, "more than 31 days after from", id="a day too long"),
        pytest.param({"from": "2026-12-02", "to": "2026-12-01"}, "to lies before from", id="backwards"),
    ],
)
def test_an_announcement_that_ends_the_limit_is_none(days: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        guard(expect=[{**LAYOFF, **days}])
    assert guard(expect=[{**LAYOFF, "from": "2026-11-01", "to": "2026-12-02"}])


@pytest.mark.parametrize("roster", ["", " ", "\u200b"])
def test_an_announcement_of_a_roster_that_nobody_sees_is_none_of_every_roster(roster: str) -> None:
    with pytest.raises(ValidationError, match="roster"):
        guard(expect=[{**LAYOFF, "roster": roster}])
