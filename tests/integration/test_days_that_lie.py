"""Days that a person or a feed gives and that can't be meant: none makes anybody invisible, and each is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from offboarding.decisions.moments import last_moment
from offboarding.interfaces import Tracker
from offboarding.model import Employment
from offboarding.model.errors import FatalError
from offboarding.store import reading
from offboarding.store.connect import Session
from tests.support.begun import Begun, beginnings, begun
from tests.support.listed_tracker import tracker
from tests.support.office import HeardTracker, Office, login
from tests.support.red import why_red
from tests.support.small_company import job, mail, number, worker
from tests.support.variants import some_of

__all__ = ["beginnings", "begun", "tracker"]  # fixtures

DAY = timedelta(days=1)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.policy = {"min_roster_percent": 0}
    office.directory.lists_credentials = True
    office.hr.workers = [worker("1042"), *(worker(f"20{place:02}") for place in range(11))]
    office.vendors.workers = [worker("V1", mail="park@corp.example"), worker("V2")]
    office.directory.accounts = [login("kim", number("1042")), login("park", mail("park@corp.example"))]
    office.night()
    return office


@pytest.fixture
def office(begun: Begun) -> Office:
    """Kim works here, Park at a vendor's whose feed tells leaving by its silence; and eleven others."""
    return begun(first_night)


def problems(office: Office, run_id: int) -> list[str]:
    return [text for roster in reading.night(office.session, run_id).rosters for text in roster.problems]


def found(office: Office) -> set[str]:
    rows = office.session.execute("select subject_label from finding where state = 'open'")
    return {str(label) for (label,) in rows}


@some_of(
    1,
    ("jobs", "told"),
    [
        ((job("left", last="2999-11-13"),), "by 2999-11-13, more than a year ahead"),
        ((job("left", last="9998-12-31"),), "by 9998-12-31"),
        ((job("left", last=None, end="2062-11-13"),), "by 2062-11-13"),
        ((job("left", last="2126-11-13", end="2999-12-31"),), "by 2999-12-31"),
        ((job("left", start="2999-01-01", last="2026-11-13"),), "a start on 2999-01-01"),
    ],
)
def test_who_has_left_has_left_whatever_day_is_typed(
    office: Office, jobs: tuple[Employment, ...], told: str, record_property: Callable[[str, object], None]
) -> None:
    office.hr.change("1042", employments=jobs)

    run = office.night().run

    said = problems(office, run.run_id)
    record_property("hostile values", 1)
    record_property("findings_lost", int(found(office) != {"uid=kim,dc=corp"}))
    assert found(office) == {"uid=kim,dc=corp"}
    assert any("row of 1042, worker 1042: " in text and told in text for text in said), said
    red = why_red(reading.night(office.session, run.run_id))
    assert red != (), "somebody has to mend the day"


def test_of_somebody_at_work_it_is_told_before_it_hides_a_departure(office: Office) -> None:
    office.hr.change("1042", employments=(job(last="2206-11-20"),))

    run = office.night().run

    (told,) = problems(office, run.run_id)
    assert "worker 1042: a last working day 2206-11-20 lies more than ten years ahead" in told
    assert found(office) == set()


@some_of(1, "day", ["2999-12-31", "9999-01-01"])
def test_what_a_whole_feed_writes_for_no_end_is_told_of_nobody(office: Office, day: str) -> None:
    office.hr.workers = [worker(each.worker_id, job(last=day)) for each in office.hr.workers]

    run = office.night().run

    assert problems(office, run.run_id) == []
    assert found(office) == set()


def test_a_start_that_never_comes_hides_nobody_who_vanishes(
    office: Office, record_property: Callable[[str, object], None]
) -> None:
    """A hire that is withdrawn before it began is no departure: by a wrong start, it would be one."""
    office.vendors.change("V1", employments=(job(start="2999-01-01"),))
    run = office.night().run
    assert "worker V1: a start on 2999-01-01 lies more than a year ahead" in problems(office, run.run_id)[0]
    office.vendors.workers = office.vendors.workers[1:]

    office.night()

    record_property("hostile values", 1)
    record_property("findings_lost", int(found(office) != {"uid=park,dc=corp"}))
    assert found(office) == {"uid=park,dc=corp"}


def test_nobody_elses_departure_waits_for_such_a_day(office: Office) -> None:
    """One record costs itself: the roster is complete, and who vanished from it has left."""
    office.vendors.workers = [worker("V2", job(last="2999-12-30"))]

    run = office.night().run

    (vendors,) = [each for each in reading.night(office.session, run.run_id).rosters if each.name == "vendors"]
    assert vendors.status == "complete"
    assert found(office) == {"uid=park,dc=corp"}


@pytest.mark.parametrize("start", ["1900-01-01", "0001-01-01", None])
def test_a_start_long_ago_says_no_more_than_none(office: Office, start: str | None) -> None:
    office.hr.change("1042", employments=(job("left", start=start, last="2026-11-13"),))

    office.night()

    assert found(office) == {"uid=kim,dc=corp"}


def test_days_that_may_be_meant_are_left_alone(office: Office) -> None:
    """Garden leave, a start next year, retirement in nine years, a planned end in forty."""
    near = (office.as_of + 300 * DAY).date().isoformat()
    office.hr.change("1042", employments=(job("left", last=near),))
    office.hr.change("2001", employments=(job("future", start=near),))
    office.hr.change("2002", employments=(job(last="2035-03-31"),))
    office.hr.change("2003", employments=(job(end="2066-03-31"),))

    run = office.night().run

    assert problems(office, run.run_id) == []
    assert found(office) == set()


@pytest.mark.parametrize("text", ["2999-11-13 Asia/Seoul", "1900-01-01T00:00+09:00", "0001-01-01 Asia/Seoul"])
def test_a_notice_of_another_century_is_refused(text: str) -> None:
    with pytest.raises(FatalError, match="is the year right"):
        last_moment(text, company_zone="Asia/Seoul", now=datetime(2026, 11, 25, tzinfo=UTC))
