"""The oracle's notices and people's words on open ends, against what the specification says of each case."""

from datetime import datetime, timedelta

import pytest

from offboarding.model import Basis, Coverage, Employment, Worker
from tests.integration.correlation.test_oracle_departures import hr, utc
from tests.support.oracle import Company, Leaving, RosterRead, Told, Verdict, Word, judge
from tests.support.small_company import LEFT, NIGHT, WORKS, job, worker
from tests.support.variants import some_of

AT_THREE = utc(2026, 11, 24, 6)
"""15:00 in Seoul, on the 24th."""
TODAY = job("left", last="2026-11-24")
LAPSED = job(end="2026-11-20")
DAY_END = utc(2026, 11, 24, 15)
LAPSED_AT = utc(2026, 11, 20, 15)


def with_notice(*jobs: Employment, at: datetime = AT_THREE) -> Leaving | None:
    """The departure of somebody with these employments, about whom there is a notice."""
    notice = Told(id_space="default", worker_id="1", left_at=at)
    return of_one(judge(Company(as_of=NIGHT, rosters=(hr(worker("1", *jobs)),), notices=(notice,))))


def worded(*jobs: Employment, confirms: bool, left_at: datetime = LAPSED_AT) -> Leaving | None:
    word = Word(id_space="default", worker_id="1", basis=Basis.PLANNED, left_at=left_at, confirms=confirms)
    return of_one(judge(Company(as_of=NIGHT, rosters=(hr(worker("1", *jobs)),), words=(word,))))


def of_one(verdict: Verdict) -> Leaving | None:
    return verdict.departures[verdict.person("hr", "1")]


def by_notice(at: datetime = AT_THREE) -> Leaving:
    return Leaving(left_at=at, certain_at=at, basis=Basis.NOTICE, confirmed=True)


def by_hr(at: datetime) -> Leaving:
    return Leaving(left_at=at, certain_at=at, basis=Basis.ACTUAL, confirmed=True)


@some_of(
    2,
    "jobs",
    [(WORKS,), (job("leave"),), (LEFT, job(start="2026-11-20")), (job("left", last="2026-11-30"),), (LAPSED,)],
    ids=["at work", "on leave", "rehired", "HR says later", "a plan has passed"],
)
def test_it_outranks_a_feed_that_does_not_confirm_it(jobs: tuple[Employment, ...]) -> None:
    assert with_notice(*jobs) == by_notice()


def test_a_last_moment_to_come_makes_nobody_a_leaver() -> None:
    assert with_notice(WORKS, at=NIGHT + timedelta(hours=1)) is None


def test_hrs_day_counts_once_it_is_told() -> None:
    assert with_notice(LEFT) == by_hr(utc(2026, 11, 13, 15))


def test_on_hrs_own_day_the_moment_is_the_truer_word() -> None:
    assert with_notice(TODAY) == by_hr(AT_THREE)


def test_the_days_end_itself_is_no_earlier_moment() -> None:
    assert with_notice(TODAY, at=DAY_END) == by_hr(DAY_END)


def test_an_absence_confirms_it_and_tells_no_better_moment() -> None:
    listed = worker("1", WORKS)
    verdict = judge(
        Company(
            as_of=NIGHT,
            rosters=(hr(coverage=Coverage.ACTIVE, earlier=(listed,)),),
            notices=(Told(id_space="default", worker_id="1", left_at=AT_THREE),),
        )
    )

    assert of_one(verdict) == by_notice()


def test_of_two_the_earlier_moment_counts() -> None:
    notices = tuple(
        Told(id_space="default", worker_id="1", left_at=at) for at in (AT_THREE, AT_THREE - timedelta(days=2))
    )
    verdict = judge(Company(as_of=NIGHT, rosters=(hr(worker("1", WORKS)),), notices=notices))

    assert of_one(verdict) == by_notice(AT_THREE - timedelta(days=2))


def test_it_names_a_person_by_any_number_they_ever_had() -> None:
    renumbered: Worker = worker("2", WORKS, previous=("1",))
    roster: RosterRead = hr(renumbered)
    notice = Told(id_space="default", worker_id="1", left_at=AT_THREE)

    verdict = judge(Company(as_of=NIGHT, rosters=(roster,), notices=(notice,)))

    assert verdict.departures[verdict.person("hr", "2")] == by_notice()


def test_a_planned_end_that_is_confirmed_counts() -> None:
    found = worded(LAPSED, confirms=True)

    assert found == Leaving(left_at=LAPSED_AT, certain_at=LAPSED_AT, basis=Basis.PLANNED, confirmed=True)


def test_a_planned_end_that_is_denied_is_none() -> None:
    assert worded(LAPSED, confirms=False) is None


@pytest.mark.parametrize("confirms", [True, False])
def test_a_word_is_about_that_very_end(confirms: bool) -> None:
    other_end = worded(job(end="2026-11-21"), confirms=confirms)

    assert other_end is not None
    assert other_end.confirmed is False


def test_hrs_own_word_needs_nobodys() -> None:
    assert worded(LEFT, confirms=False) == by_hr(utc(2026, 11, 13, 15))
