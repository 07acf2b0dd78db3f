"""Yesterday's file again, or an older one: a feed that is overwritten at one path."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from offboarding.interfaces import ReadContext
from offboarding.model import Coverage
from offboarding.model.errors import FatalError
from offboarding.rosters import csv
from offboarding.runs import pipeline
from offboarding.store.accepted_reads import accept_read
from offboarding.store.connect import Session
from offboarding.store.rows import RosterOutcome
from tests.support.feed import Feed, night_of
from tests.support.variants import variants

pytestmark = pytest.mark.slow

COLUMNS = {"worker_id": "id", "status": "state", "last_working_day": "last"}
BEFORE = "id,state,last\n1,active,\n2,active,\n3,left,2026-11-01\n"
AFTER = "id,state,last\n1,left,2026-11-10\n2,active,\n3,left,2026-11-01\n"
ON_LEAVE = "id,state,last\n1,leave,\n2,active,\n3,left,2026-11-01\n"

Night = Callable[..., RosterOutcome]


@pytest.fixture
def feed(store: Session) -> Feed:
    return Feed(session=store, min_percent=50)


@pytest.fixture
def night(feed: Feed, tmp_path: Path) -> Night:
    """HR's file as it lies there on a day of November, read and correlated."""
    path = tmp_path / "hr.csv"

    def read(day: int, content: str, *, made_at: datetime | None = None, **given: Any) -> RosterOutcome:
        path.write_text(content, encoding="utf-8")
        if made_at:
            os.utime(path, (made_at.timestamp(), made_at.timestamp()))
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
    told = {10: BEFORE, 12: ON_LEAVE, 14: BEFORE, 16: BEFORE, 17: BEFORE}
    assert statuses(night, told) == ["complete"] * 4 + ["partial"]


def test_a_read_that_failed_in_between_is_no_change(night: Night) -> None:
    night(10, BEFORE)
    with pytest.raises(Exception, match="without even a header"):
        night(12, "")
    assert night(13, BEFORE).status == "partial"


def test_a_retry_of_the_first_read_is_the_same_read(night: Night) -> None:
    assert statuses(night, {10: BEFORE}) == statuses(night, {10: BEFORE}) == ["complete"]


SAYS: list[tuple[dict[str, Any], str]] = [
    ({"max_unchanged": "5d"}, "complete"),
    ({"max_unchanged": "never"}, "complete"),
    ({"max_unchanged": "4d"}, "partial"),
    ({"max_unchanged": "3d", "files": "all"}, "partial"),
    ({"max_unchanged": "3d", "expected": ["tue"]}, "complete"),
    ({"max_unchanged": None}, "complete"),
]


@variants(3, roster={repr(given): (given, status) for given, status in SAYS})
def test_how_long_is_the_roster_s_to_say(night: Night, roster: tuple[dict[str, Any], str]) -> None:
    given, status = roster
    night(10, BEFORE, **given)
    assert night(14, BEFORE, **given).status == status


@pytest.mark.parametrize(("at_work", "status"), [(1000, "partial"), (800, "complete")])
def test_who_says_nothing_is_told_by_how_many_work_there(night: Night, at_work: int, status: str) -> None:
    """A week without anybody coming or going."""
    content = "id,state,last\n" + "".join(f"{number},active,\n" for number in range(at_work))
    night(10, content, max_unchanged=None)
    assert night(17, content, max_unchanged=None).status == status


# --- an older file, after another one came in between -----------------------------------------------------------------


def company(*gone: int, at_work: int = 600, how: str = "left,2026-11-01") -> str:
    """A feed of so many, of whom these have left, or aren't there otherwise."""
    rows = (f"{number},{how if number in gone else 'active,'}\n" for number in range(1, at_work + 1))
    return "id,state,last\n" + "".join(rows)


MONDAY, TUESDAY, THURSDAY = company(3), company(1, 3), company(1, 2, 3)


@pytest.fixture
def mended(night: Night, feed: Feed) -> RosterOutcome:
    """Monday's file, Tuesday's, and on Wednesday Monday's again."""
    assert statuses(night, {10: MONDAY, 11: TUESDAY}) == ["complete"] * 2
    assert feed.left() == {"1": "actual", "3": "actual"}
    return night(12, MONDAY)


def test_an_older_file_again_takes_back_nothing_and_says_what_to_do(mended: RosterOutcome, feed: Feed) -> None:
    assert (mended.status, mended.workers, mended.inferred) == ("partial", 600, 0)
    (said,) = mended.problems
    assert said == (
        "hr.csv: an older file delivered again: it holds byte for byte what roster hr held on 2026-11-10T16:00:00+00:00"
        " (run 1), and on 2026-11-11T16:00:00+00:00 (run 2) it held something else, which stands. Nothing is taken from"
        " it. Have HR deliver today's file. If the older one really is right: python -m offboarding accept-read"
        ' 3 hr --reason "...", and the next run takes it.'
    )
    assert feed.left() == {"1": "actual", "3": "actual"}
    assert feed.ask("select distinct ended_because from departure") == [(None,)]


@pytest.mark.usefixtures("mended")
def test_it_stays_told_until_todays_file_comes(night: Night, feed: Feed) -> None:
    told: dict[int, str] = {13: MONDAY, 14: THURSDAY, 15: TUESDAY, 16: THURSDAY}
    assert statuses(night, told) == ["partial", "complete", "partial", "complete"]
    assert feed.left() == {"1": "actual", "2": "actual", "3": "actual"}


def test_who_vanished_since_is_not_back_by_an_older_file_nor_are_new_ones_gone(night: Night, feed: Feed) -> None:
    """A list of who works there, without leavers: it hides them by naming them."""
    night(10, company(), coverage=Coverage.ACTIVE)
    lines = company().splitlines(keepends=True)
    night(11, "".join((*lines[:5], *lines[6:], "601,active,\n")), coverage=Coverage.ACTIVE)
    assert feed.vanished() == {"5"}

    assert night(12, company(), coverage=Coverage.ACTIVE).status == "partial"

    assert feed.vanished() == {"5"}
    assert feed.ask("select worker_id from worker where missing_since is not null") == [("5",)]


@pytest.mark.usefixtures("mended")
def test_an_older_file_that_a_person_accepts_is_taken_by_the_next_run(night: Night, feed: Feed) -> None:
    accepted = accept_read(feed.session, 3, "hr", reason="somebody was ended by mistake", author="analyst")
    assert (accepted.left, accepted.by_next) == (0, True)
    assert feed.left() == {"1": "actual", "3": "actual"}
    with pytest.raises(FatalError, match="doesn't wait"):
        accept_read(feed.session, 3, "hr", reason="again", author="analyst")

    assert statuses(night, {13: MONDAY, 14: MONDAY}) == ["complete"] * 2

    assert feed.left() == {"3": "actual"}


@pytest.mark.usefixtures("mended")
def test_or_by_the_same_run_where_its_task_is_cleared(night: Night, feed: Feed) -> None:
    accept_read(feed.session, 3, "hr", reason="somebody was ended by mistake", author="analyst")
    with pytest.raises(Exception, match="without even a header"):
        night(12, "")

    assert night(12, MONDAY).status == "complete"
    assert feed.left() == {"3": "actual"}


@pytest.mark.usefixtures("mended")
def test_what_was_accepted_once_is_asked_about_again_after_another_file(night: Night, feed: Feed) -> None:
    accept_read(feed.session, 3, "hr", reason="somebody was ended by mistake", author="analyst")
    assert statuses(night, {13: THURSDAY, 14: MONDAY}) == ["complete", "partial"]
    assert feed.left() == {"1": "actual", "2": "actual", "3": "actual"}


@pytest.mark.usefixtures("mended")
def test_it_can_be_accepted_only_while_it_is_the_last(night: Night, feed: Feed) -> None:
    night(13, THURSDAY)
    with pytest.raises(FatalError, match="read again since run 3"):
        accept_read(feed.session, 3, "hr", reason="late", author="analyst")


def test_a_retry_of_a_refused_read_is_refused_again(night: Night, mended: RosterOutcome) -> None:
    assert night(12, MONDAY) == mended


@pytest.mark.parametrize(
    ("at_work", "days", "status"),
    [(499, 2, "complete"), (500, 2, "partial"), (100, 9, "complete"), (100, 10, "partial"), (5, 19, "complete")],
)
def test_what_may_be_chance_is_told_by_how_many_work_there_and_for_how_long(
    night: Night, feed: Feed, at_work: int, days: int, status: str
) -> None:
    """One is on leave for a while: the list of who is there is what it was, and that is true."""
    whole, less = company(at_work=at_work), company(1, at_work=at_work, how="leave,")
    statuses(night, {1: whole, 2: less}, max_unchanged="never")

    assert night(1 + days, whole, max_unchanged="never").status == status

    there = feed.ask("select e.status from employment e join worker w using (worker_pk) where w.worker_id = '1'")
    assert there == [("active" if status == "complete" else "leave",)]


def test_an_idle_weekend_makes_no_chance_less(night: Night) -> None:
    """Friday's and Monday's files, and on Tuesday Friday's again: two days on which anybody could come or go."""
    week: dict[str, Any] = {"expected": ["mon", "tue", "wed", "thu", "fri"]}
    small, less = company(at_work=333), company(1, at_work=333, how="leave,")
    assert statuses(night, {12: small, 15: less, 16: small}, **week)[-1] == "complete"


@pytest.mark.parametrize(("hour", "status"), [(9, "partial"), (10, "complete"), (11, "complete")])
def test_an_older_date_of_its_own_shows_it_in_the_smallest_company(
    night: Night, feed: Feed, hour: int, status: str
) -> None:
    """The file's own time, as a copy keeps it that was made with its times."""
    night(10, BEFORE, made_at=datetime(2026, 11, 10, 10, tzinfo=UTC))
    night(11, ON_LEAVE, made_at=datetime(2026, 11, 11, 10, tzinfo=UTC))

    assert night(12, BEFORE, made_at=datetime(2026, 11, 11, hour, tzinfo=UTC)).status == status

    there = feed.ask("select e.status from employment e join worker w using (worker_pk) where w.worker_id = '1'")
    assert there == [("active" if status == "complete" else "leave",)]


@pytest.mark.parametrize(("hour", "status"), [(9, "partial"), (11, "complete")])
def test_of_a_list_of_leavers_its_date_alone_tells(night: Night, hour: int, status: str) -> None:
    """It says nothing of those at work, and is often short."""
    given = {"coverage": Coverage.LEAVERS}
    one, other = "id,state,last\n1,left,2026-11-10\n", "id,state,last\n2,left,2026-11-10\n"
    night(10, one, made_at=datetime(2026, 11, 10, 10, tzinfo=UTC), **given)
    night(11, other, made_at=datetime(2026, 11, 11, 10, tzinfo=UTC), **given)
    assert night(25, one, made_at=datetime(2026, 11, 11, hour, tzinfo=UTC), **given).status == status


def test_a_file_between_that_was_read_in_part_is_no_other_file(night: Night) -> None:
    """HR mends a file that broke off by delivering the whole one again."""
    assert statuses(night, {10: MONDAY, 11: TUESDAY + ",active,\n", 12: MONDAY}) == ["complete", "partial", "complete"]
