"""When a day ends: in the worker's own zone, to the second, whatever clocks and calendars do there.

Every moment is written out in UTC, as an almanac tells it, and not asked of a library of zones.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from offboarding import wiring
from offboarding.decisions.moments import last_moment
from offboarding.model import Employment, Worker
from offboarding.store.connect import Session
from tests.support.deciding import add_notice
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import job, number, worker
from tests.support.variants import variants
from tests.support.watching import hour

SECOND = timedelta(seconds=1)
DAY_ENDS = [
    # Four corners of the world on one day.
    ("Pacific/Kiritimati", "2026-11-24", "2026-11-24T10:00"),
    ("Asia/Seoul", "2026-11-24", "2026-11-24T15:00"),
    ("Europe/Berlin", "2026-11-24", "2026-11-24T23:00"),
    ("America/Los_Angeles", "2026-11-24", "2026-11-25T08:00"),
    # Clocks go forward on the 29th of March 2026 and back on the 25th of October ...
    ("Europe/Berlin", "2026-03-28", "2026-03-28T23:00"),
    ("Europe/Berlin", "2026-03-29", "2026-03-29T22:00"),
    ("Europe/Berlin", "2026-10-24", "2026-10-24T22:00"),
    ("Europe/Berlin", "2026-10-25", "2026-10-25T23:00"),
    # ... and in the United States on the 8th of March and the 1st of November.
    ("America/Los_Angeles", "2026-03-07", "2026-03-08T08:00"),
    ("America/Los_Angeles", "2026-03-08", "2026-03-09T07:00"),
    ("America/Los_Angeles", "2026-10-31", "2026-11-01T07:00"),
    ("America/Los_Angeles", "2026-11-01", "2026-11-02T08:00"),
    # In Santiago the 6th of September has no midnight; in Cairo the last hour of the 29th of October comes twice.
    ("America/Santiago", "2026-09-05", "2026-09-06T04:00"),
    ("Africa/Cairo", "2026-10-29", "2026-10-29T22:00"),
    ("Asia/Seoul", "2028-02-29", "2028-02-29T15:00"),
    ("America/Los_Angeles", "2028-02-28", "2028-02-29T08:00"),
    ("Pacific/Kiritimati", "2027-02-28", "2027-02-28T10:00"),
]
"""(zone, last working day, when that day has ended in UTC)."""


@pytest.fixture
def tracker() -> ListedTracker:
    return ListedTracker()


@pytest.fixture
def office(store: Session, tracker: ListedTracker) -> Office:
    """Kim has a login that works, and somebody else stays."""
    office = Office(session=store, tracker=HeardTracker(tracker))
    office.hr.workers = [kim(job()), worker("1043", name="Lee Haneul")]
    office.directory.accounts = [login("kim", number("1042"))]
    return office


def kim(*jobs: Employment) -> Worker:
    return worker("1042", *jobs, mail="kim@corp.example", name="Kim Minjun")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def night_at(office: Office, moment: datetime) -> None:
    """A night as of this moment."""
    office.as_of = moment
    office.night(days=0)


def found(office: Office) -> set[tuple[str, str]]:
    """(rule, state)."""
    rows = office.session.execute("select rule, state from finding").fetchall()
    return {(str(rule), str(state)) for rule, state in rows}


# --- the night --------------------------------------------------------------------------------------------------------


@variants(2, day={f"{zone} {last}": (zone, last, ends) for zone, last, ends in DAY_ENDS})
def test_a_leaver_from_the_end_of_the_last_day_where_they_work(
    office: Office, tracker: ListedTracker, day: tuple[str, str, str]
) -> None:
    zone, last, ends = day
    office.hr.workers[0] = kim(job("left", last=last, zone=zone))

    night_at(office, at(ends) - SECOND)
    assert (found(office), tracker.tickets) == (set(), [])

    night_at(office, at(ends))
    assert found(office) == {("leaver-account-works", "open")}
    (ticket,) = tracker.tickets
    assert f"(left {last})" in ticket.draft.title
    assert ticket.draft.due_at == at(ends) + timedelta(hours=24), "hours, whatever the clocks do"


CONTRACT_ENDS = {
    f"{zone} {end}": (zone, end, ends)
    for zone, end, ends in [
        ("America/Los_Angeles", "2028-02-29", "2028-03-01T08:00"),
        ("Asia/Seoul", "2028-02-29", "2028-02-29T15:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-29T22:00"),
    ]
}


@variants(1, day=CONTRACT_ENDS)
def test_a_contract_ends_with_its_last_day(office: Office, day: tuple[str, str, str]) -> None:
    zone, end, ends = day
    office.hr.workers[0] = kim(job(end=end, zone=zone))

    night_at(office, at(ends) - SECOND)
    assert found(office) == set()

    night_at(office, at(ends))
    assert found(office) == {("engagement-lapsed", "open")}


def test_where_nobody_knows_the_zone_the_day_has_to_end_everywhere(office: Office) -> None:
    office.hr.workers[0] = kim(job("left", last="2026-11-24", zone=None))

    night_at(office, at("2026-11-25T12:00") - SECOND)
    assert found(office) == set()

    night_at(office, at("2026-11-25T12:00"))
    assert found(office) == {("leaver-account-works", "open")}


def test_two_of_one_last_day_leave_a_day_and_more_apart(office: Office, tracker: ListedTracker) -> None:
    """The 24th ends in Kiritimati when it has hardly begun in Los Angeles."""
    first, last = (
        job("left", last="2026-11-24", zone="Pacific/Kiritimati"),
        job("left", last="2026-11-24", zone="America/Los_Angeles"),
    )
    office.hr.workers = [kim(first), worker("1043", last)]
    office.directory.accounts.append(login("lee", number("1043")))

    for moment, tickets in (("2026-11-24T10:00", 1), ("2026-11-25T07:59", 1), ("2026-11-25T08:00", 2)):
        night_at(office, at(moment))
        assert len(tracker.tickets) == tickets


NOTICES = {
    "2026-11-24T15:00 Asia/Seoul": "2026-11-24T06:00",
    "2026-11-24T15:00-08:00": "2026-11-24T23:00",
    "2026-10-25 Europe/Berlin": "2026-10-25T23:00",
    "2026-03-29T03:00 Europe/Berlin": "2026-03-29T01:00",
}


@variants(2, notice={moment: (moment, ends) for moment, ends in NOTICES.items()})
def test_a_notice_counts_from_its_moment_on(office: Office, notice: tuple[str, str]) -> None:
    moment, ends = notice
    night_at(office, at(ends) - timedelta(days=1))
    add_notice(office.session, office.settings, who="1042", last=moment, reason="r", author="a")

    night_at(office, at(ends) - SECOND)
    assert found(office) == set()

    night_at(office, at(ends))
    assert found(office) == {("leaver-account-works", "open")}


# --- so many days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "next_start", "gone"),
    [
        ("2028-02-20", "2028-03-06", False),
        ("2028-02-20", "2028-03-07", True),
        ("2027-02-20", "2027-03-07", False),
        ("2027-02-20", "2027-03-08", True),
    ],
)
def test_a_fortnight_to_the_next_job_is_a_fortnight_in_a_leap_year_too(
    office: Office, last: str, next_start: str, gone: bool
) -> None:
    office.hr.workers[0] = kim(job("left", last=last), job("future", start=next_start))

    night_at(office, at(f"{last}T15:00"))

    assert bool(found(office)) is gone


def test_an_exception_ends_with_its_day_in_the_companys_zone(office: Office) -> None:
    office.hr.workers[0] = kim(job("left", last="2028-02-10"))
    entry: dict[str, Any] = {"worker": "hr:1042", "reason": "the job is moved", "approver": "Soyeon"}
    office.let_stand = {"exceptions": [{**entry, "expires": date(2028, 2, 29)}]}

    night_at(office, at("2028-02-29T15:00") - SECOND)
    assert found(office) == {("leaver-account-works", "excepted")}

    night_at(office, at("2028-02-29T15:00"))
    assert found(office) == {("leaver-account-works", "open")}


def test_a_notice_of_leap_day_ends_with_it_there() -> None:
    day = "2028-02-29 America/Los_Angeles"

    assert last_moment(day, company_zone="Asia/Seoul", now=at("2028-02-01T00:00")).at == at("2028-03-01T08:00")


# --- what as_of says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-11-25T01:30:00+09:00", "2026-11-24T16:30"),
        ("2026-03-29T02:30:00+01:00", "2026-03-29T01:30"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30"),
        ("2028-02-29T23:30:00-08:00", "2028-03-01T07:30"),
        ("2028-02-29T23:30:00Z", "2028-02-29T23:30"),
    ],
)
def test_a_nights_moment_is_one_moment_however_it_is_written(told: str, moment: str) -> None:
    assert wiring.moment(told) == at(moment)


# --- the hour ---------------------------------------------------------------------------------------------------------

ZONES = dict.fromkeys(zone for zone, last, _ in DAY_ENDS if last == "2026-11-24")


@pytest.mark.parametrize(
    "hours",
    [
        pytest.param((1, 2, 5, 6, 7, 13, 14, 15, 22, 23, 24), id="those that a day ends in, and those beside them"),
        pytest.param(range(1, 25), id="each", marks=pytest.mark.slow),
    ],
)
def test_each_is_due_in_the_hour_in_which_the_day_ends_there(
    office: Office, tracker: ListedTracker, hours: Iterable[int]
) -> None:
    office.hr.workers = [
        worker(str(2000 + place), job("left", last="2026-11-24", zone=zone)) for place, zone in enumerate(ZONES)
    ]
    office.directory.accounts = [login(f"u{each.worker_id}", number(each.worker_id)) for each in office.hr.workers]
    night_at(office, at("2026-11-24T09:05"))
    assert tracker.tickets == []
    due: dict[str, list[str]] = {}

    for passed in hours:
        told = hour(office, hours=passed)
        for line in told.said("last day ended"):
            due[f"{office.as_of + timedelta(hours=passed):%dT%H:%M}"] = line["workers"]

    assert due == {
        "24T10:05": ["hr:2000"],
        "24T15:05": ["hr:2001"],
        "24T23:05": ["hr:2002"],
        "25T08:05": ["hr:2003"],
    }
    assert [ticket.draft.title.split(" (")[0][-4:] for ticket in tracker.tickets] == ["2000", "2001", "2002", "2003"]
    night_at(office, at("2026-11-25T16:00"))
    assert len(tracker.tickets) == 4


@variants(2, day={f"{zone} {last}": (zone, last, ends) for zone, last, ends in DAY_ENDS if last != "2026-11-24"})
def test_one_is_due_at_the_second_and_not_before(
    office: Office, tracker: ListedTracker, day: tuple[str, str, str]
) -> None:
    zone, last, ends = day
    office.hr.workers[0] = kim(job("left", last=last, zone=zone))
    night_at(office, at(ends) - timedelta(hours=12))

    before = hour(office, hours=12 - 1 / 3600)
    assert (before.due, tracker.tickets) == (None, [])

    assert hour(office, hours=12).due is not None
    assert len(tracker.tickets) == 1
