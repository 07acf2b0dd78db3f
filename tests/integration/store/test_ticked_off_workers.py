"""A worker who stands in the store as the feed tells is ticked off: what a night comes to is the same as without."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from offboarding.model import Worker
from offboarding.store.connect import Session
from offboarding.store.rosters import RosterRead
from offboarding.store.worker_stage import WorkerStage
from tests.support.companies import workers
from tests.support.database import undone
from tests.support.feed import BROKEN, Feed
from tests.support.night import rows_of
from tests.support.small_company import KIM, LEE, job, worker

pytestmark = pytest.mark.slow

UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]
EXAMPLES = int(os.environ.get("TICKED_EXAMPLES", "4"))
SEEN = (
    """select worker_id, name, missing_since, vanished_at, superseded, in_complete_read from worker order by 1""",
    """select w.worker_id, e.start_on, e.status, e.last_working_on, e.end_on, e.zone, e.told_left_at
    from employment e join worker w using (worker_pk) order by 1, 2 nulls first""",
    """select w.worker_id, k.kind, k.value, k.space, k.origin, k.raw, k.valid_to is null
    from worker_key k join worker w using (worker_pk) order by 1, 2, 3, 4""",
    """select p.worker_id, d.left_at, d.basis, d.valid_from, d.valid_to
    from departure d join person p using (person_uid) order by 1, 4, 2""",
    "select status, workers, problems, inferred, waiting from roster_read order by read_id",
)
Night = tuple[tuple[Worker, ...], bool]
"""Who is told, and whether something of it couldn't be read."""
GONE = job("left", last="2026-11-01")


@contextmanager
def nobody_ticked() -> Generator[None]:
    with mock.patch.object(WorkerStage, "_is_known", return_value=False):
        yield


@st.composite
def told(draw: DrawFn) -> Night:
    """Some of three people; now and then one in two records."""
    ids = draw(st.lists(st.sampled_from(("1042", "1043", "2001")), unique=True))
    found = [draw(workers(worker_id, f"row {row}")) for row, worker_id in enumerate(ids)]
    if found and not draw(st.integers(0, 4)):
        found.append(replace(draw(workers(ids[0], "row 9")), employments=draw(workers(ids[0], "row 9")).employments))
    return tuple(found), not draw(st.integers(0, 4))


def after(session: Session, nights: Sequence[Night]) -> list[list[tuple[Any, ...]]]:
    with undone(session):
        feed = Feed(session=session)
        for day, (found, broken) in enumerate(nights, start=10):
            feed.read(day, *found, problems=BROKEN if broken else ())
        return [rows_of(session, query) for query in SEEN]


@given(nights=st.lists(told(), min_size=2, max_size=3).flatmap(lambda few: st.lists(st.sampled_from(few), max_size=5)))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=UNHURRIED)
def test_the_store_is_the_same_as_if_everybody_had_been_compared(lasting_store: Session, nights: list[Night]) -> None:
    with nobody_ticked():
        compared = after(lasting_store, nights)

    assert after(lasting_store, nights) == compared


def ticked(feed: Feed, day: int, *found: Worker) -> int:
    feed.read(day, *found)
    ((number,),) = feed.ask("select count(*)::int from s_same_worker")
    return number


@pytest.fixture
def feed(store: Session) -> Feed:
    made = Feed(session=store)
    made.read(10, worker("1", mail=KIM), worker("2"))
    return made


def test_who_is_told_again_is_ticked_off_wherever_the_record_stands(feed: Feed) -> None:
    assert ticked(feed, 11, replace(worker("2"), record="row 2"), worker("1", mail=KIM)) == 2
    assert feed.ask("select count(*) from worker where missing_since is not null") == [(0,)]


def test_who_is_told_otherwise_was_missing_or_was_told_by_a_partial_read_is_not(feed: Feed) -> None:
    assert ticked(feed, 11, worker("1", mail=LEE), worker("2")) == 1
    assert ticked(feed, 12, worker("1", mail=LEE)) == 1
    assert ticked(feed, 13, worker("1", mail=LEE), worker("2")) == 1
    feed.read(14, worker("1", mail=KIM), worker("2"), problems=BROKEN)
    assert ticked(feed, 15, worker("1", mail=KIM), worker("2")) == 1


def test_a_second_record_counts_beside_the_one_that_was_ticked_off(feed: Feed) -> None:
    again = worker("1", GONE, mail=KIM)

    outcome = feed.read(11, worker("1", mail=KIM), again, worker("2"))

    assert outcome.workers == 2
    assert feed.left() == {}


EVERY_COLUMN = (
    *SEEN,
    """select worker_id, roster, id_space, person_uid, name, manager, location, first_told_at, digest
    from worker order by 1, 2""",
    """select w.worker_id, k.loose from worker_key k join worker w using (worker_pk)
    order by 1, k.kind, k.value, k.space""",
    """select p.person_uid, p.id_space, p.worker_id, p.episode, p.first_seen_at, w.roster
    from person p join worker w on w.worker_pk = p.shown_worker_pk order by 1""",
)


@given(nights=st.lists(told(), min_size=1, max_size=2), second=told())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=UNHURRIED)
def test_a_first_read_comes_to_what_it_would_if_it_were_merged(
    lasting_store: Session, nights: list[Night], second: Night
) -> None:
    """Also where it is partial, tells a worker twice, or another roster told of the same people."""
    with mock.patch.object(RosterRead, "_knows_nothing", return_value=False):
        compared = of_two_rosters(lasting_store, nights, second)

    assert of_two_rosters(lasting_store, nights, second) == compared


def of_two_rosters(session: Session, nights: Sequence[Night], second: Night) -> list[list[tuple[Any, ...]]]:
    with undone(session):
        for day, (found, broken) in enumerate(nights, start=10):
            Feed(session=session).read(day, *found, problems=BROKEN if broken else ())
        found, broken = second
        Feed(session=session, name="agency").read(20, *found, problems=BROKEN if broken else ())
        # Both rosters may have the same worker ids.
        return [sorted(rows_of(session, query), key=repr) for query in EVERY_COLUMN]


def staged(feed: Feed) -> bool:
    """Whether workers of the last read came by way of the temporary tables."""
    return feed.ask("select exists (select from s_worker)") == [(True,)]


def test_a_first_read_goes_straight_into_place(store: Session) -> None:
    feed = Feed(session=store)

    outcome = feed.read(10, worker("1", mail=KIM), worker("2", GONE))

    assert not staged(feed)
    assert (outcome.status, outcome.workers) == ("complete", 2)
    assert ticked(feed, 11, worker("1", mail=KIM), worker("2", GONE)) == 2


def test_a_first_read_that_does_not_fit_is_merged(store: Session) -> None:
    partial, twice, after_one = (Feed(session=store, name=name) for name in ("hr", "agency", "hr"))

    assert partial.read(10, worker("1"), problems=BROKEN).status == "partial"
    assert staged(partial)
    assert twice.read(11, worker("7"), worker("7", GONE)).workers == 1
    assert staged(twice)
    assert after_one.read(12, worker("1"), worker("2")).workers == 2
    assert staged(after_one)
