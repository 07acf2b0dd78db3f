"""Yesterday's file again: a feed that is overwritten at one path, by an export that doesn't run any more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.offboarding import pipeline
from include.offboarding.interfaces import ReadContext
from include.offboarding.model import Coverage
from include.offboarding.rosters import csv
from include.offboarding.store.connect import Session
from include.offboarding.store.rows import RosterOutcome
from tests.support.feed import Feed, night_of

COLUMNS = {"worker_id": "id", "status": "state", "last_working_day": "last"}
BEFORE = "id,state,last\n1,active,\n2,active,\n3,left,2026-11-01\n"
AFTER = "id,state,last\n1,left,2026-11-10\n2,active,\n3,left,2026-11-01\n"

Night = Callable[..., RosterOutcome]


@pytest.fixture
def feed(store: Session) -> Feed:
    return Feed(session=store, min_percent=50)


@pytest.fixture
def night(feed: Feed, tmp_path: Path) -> Night:
    """HR's file as it lies there on a day of November, read and correlated."""
    path = tmp_path / "hr.csv"

    def read(day: int, content: str, **given: Any) -> RosterOutcome:
        path.write_text(content, encoding="utf-8")
        settings = csv.Settings.model_validate(
            {"name": "hr", "kind": "csv", "coverage": Coverage.FULL, "id_space": "hr", "path": str(path)}
            | {"columns": COLUMNS, "max_unchanged": "3d"}
            | given
        )
        configured = feed.settings.model_copy(update={"rosters": (settings,)})
        run = pipeline.open_run(feed.session, configured, caller=f"night {day}", as_of=night_of(day))
        roster = csv.build(settings, None, ReadContext(as_of=run.as_of, default_zone="Asia/Seoul"))
        outcome = pipeline.read_roster(feed.session, configured, run, settings, roster)
        pipeline.correlate(feed.session, configured, run)
        return outcome

    return read


def statuses(night: Night, nights: dict[int, str], **given: Any) -> list[str]:
    return [night(day, content, **given).status for day, content in nights.items()]


def test_the_same_file_at_one_path_is_told_once_it_is_older_than_it_may_be(night: Night, feed: Feed) -> None:
    assert statuses(night, dict.fromkeys((10, 11, 12), BEFORE)) == ["complete"] * 3

    stale = night(13, BEFORE)

    assert (stale.status, stale.workers, stale.inferred, stale.waiting) == ("partial", 3, 0, 0)
    (said,) = stale.problems
    assert said.startswith("hr.csv: it holds byte for byte what it held on 2026-11-10T16:00:00+00:00, 3 days before")
    assert "See whether HR's export still runs" in said
    assert feed.left() == {"3": "actual"}


def test_it_stays_told_and_is_good_again_with_the_first_file_that_differs(night: Night, feed: Feed) -> None:
    told: dict[int, str] = {10: BEFORE, 13: BEFORE, 14: BEFORE, 20: BEFORE, 21: AFTER, 22: AFTER}
    assert statuses(night, told) == ["complete", "partial", "partial", "partial", "complete", "complete"]
    assert feed.left() == {"1": "actual", "3": "actual"}


def test_an_old_file_takes_back_nothing_that_was_told_since(night: Night, feed: Feed) -> None:
    """A file of between had a row that couldn't be read; what the others said counts, and the old one is no answer."""
    night(10, BEFORE)
    assert night(12, AFTER + "4,gone,\n").status == "partial"
    assert feed.left() == {"1": "actual", "3": "actual"}

    assert night(14, BEFORE).status == "partial"

    assert feed.left() == {"1": "actual", "3": "actual"}
    assert feed.ask("select distinct ended_because from departure") == [(None,)]


def test_whoever_is_missing_from_a_short_file_is_not_back_by_an_old_one(night: Night, feed: Feed) -> None:
    night(10, BEFORE)
    assert night(12, "id,state,last\n2,active,\n").status == "partial"
    missing = "select worker_id, missing_since from worker where missing_since is not null order by worker_id"
    before = feed.ask(missing)
    assert [worker_id for worker_id, _ in before] == ["1", "3"]

    night(14, BEFORE)

    assert feed.ask(missing) == before


def test_a_last_day_that_was_told_comes_in_a_feed_that_stands_still(night: Night, feed: Feed) -> None:
    announced = "id,state,last\n1,active,\n2,left,2026-11-16\n"
    statuses(night, dict.fromkeys((10, 14), announced))
    assert feed.left() == {}

    assert night(18, announced).status == "partial"

    assert feed.left() == {"2": "actual"}


def test_another_file_between_two_that_are_the_same_begins_anew(night: Night) -> None:
    told = {10: BEFORE, 12: AFTER, 14: BEFORE, 16: BEFORE, 17: BEFORE}
    assert statuses(night, told) == ["complete"] * 4 + ["partial"]


def test_a_read_that_failed_in_between_is_no_change(night: Night) -> None:
    night(10, BEFORE)
    with pytest.raises(Exception, match="without even a header"):
        night(12, "")
    assert night(13, BEFORE).status == "partial"


def test_a_retry_of_the_first_read_is_the_same_read(night: Night) -> None:
    assert statuses(night, {10: BEFORE}) == statuses(night, {10: BEFORE}) == ["complete"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"max_unchanged": "5d"}, "complete"),
        ({"max_unchanged": "never"}, "complete"),
        ({"max_unchanged": "3d", "expected": ["tue"]}, "complete"),
        ({"max_unchanged": "4d"}, "partial"),
        ({"max_unchanged": "3d", "files": "all"}, "partial"),
        ({"max_unchanged": None}, "complete"),
    ],
    ids=repr,
)
def test_how_long_is_the_roster_s_to_say(night: Night, given: dict[str, Any], status: str) -> None:
    night(10, BEFORE, **given)
    assert night(14, BEFORE, **given).status == status


@pytest.mark.parametrize(("at_work", "status"), [(1000, "partial"), (800, "complete")])
def test_who_says_nothing_is_told_by_how_many_work_there(night: Night, at_work: int, status: str) -> None:
    """A week without anybody coming or going."""
    content = "id,state,last\n" + "".join(f"{number},active,\n" for number in range(at_work))
    night(10, content, max_unchanged=None)
    assert night(17, content, max_unchanged=None).status == status
