"""When a day ends: in the worker's own zone, to the second, whatever clocks and calendars do there.

Every moment is written out in UTC, as an almanac tells it, and not asked of a library of zones.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from offboarding import wiring
from offboarding.decisions.moments import last_moment
from offboarding.model import Employment, Worker
from offboarding.model.days import day_ends
from offboarding.store.connect import Session
from tests.support.deciding import add_notice
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import job, number, worker
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


def test_a_day_ends_when_the_next_one_begins_there(store: Session) -> None:
    """In Python and in SQL, by which every night and every hour decides."""
    for zone, last, ends in DAY_ENDS:
        day = date.fromisoformat(last)
        told = store.execute("select day_ends(%s, %s)", (day, zone)).fetchall()
        assert (told, day_ends(day, zone)) == ([(at(ends),)], at(ends)), (zone, last)


def test_each_leaves_at_the_end_of_the_last_day_where_they_work(office: Office, tracker: ListedTracker) -> None:
    """The 24th ends in Kiritimati when it has hardly begun in Los Angeles. Without a zone it ends with the last one."""
    last = "2026-11-24"
    people = {
        "2001": (job("left", last=last, zone="Pacific/Kiritimati"), "leaver-account-works", "2026-11-24T10:00"),
        "2002": (job(end=last, zone="Europe/Berlin"), "engagement-lapsed", "2026-11-24T23:00"),
        "2003": (job("left", last=last, zone="America/Los_Angeles"), "leaver-account-works", "2026-11-25T08:00"),
        "2004": (job("left", last=last, zone=None), "leaver-account-works", "2026-11-25T12:00"),
    }
    office.hr.workers += [worker(each, employment) for each, (employment, *_) in people.items()]
    office.directory.accounts += [login(f"u{each}", number(each)) for each in people]
    gone = set[tuple[str, str, str]]()

    for who, (_, rule, ends) in people.items():
        if who in ("2001", "2003"):
            night_at(office, at(ends) - SECOND)
            assert whose(office) == gone

        night_at(office, at(ends))
        gone.add((who, rule, "open"))
        assert whose(office) == gone

    drafts = [ticket.draft for ticket in tracker.tickets if f"(left {last})" in ticket.draft.title]
    assert [draft.due_at for draft in drafts] == [
        at(ends) + timedelta(hours=24) for _, rule, ends in people.values() if rule == "leaver-account-works"
    ]


def whose(office: Office) -> set[tuple[str, str, str]]:
    """(worker, rule, state)."""
    rows = office.session.execute(
        "select p.worker_id, f.rule, f.state from finding f join person p using (person_uid)"
    ).fetchall()
    return {(str(worker_id), str(rule), str(state)) for worker_id, rule, state in rows}


NOTICES = {
    "2026-11-24T15:00 Asia/Seoul": "2026-11-24T06:00",
    "2026-11-24T15:00-08:00": "2026-11-24T23:00",
    "2026-10-25 Europe/Berlin": "2026-10-25T23:00",
    "2026-03-29T03:00 Europe/Berlin": "2026-03-29T01:00",
    "2028-02-29 America/Los_Angeles": "2028-03-01T08:00",
}


@pytest.mark.parametrize(("told", "ends"), NOTICES.items())
def test_a_notice_names_one_moment(told: str, ends: str) -> None:
    now = at(ends) - timedelta(days=1)

    assert last_moment(told, company_zone="Asia/Seoul", now=now).at == at(ends)


def test_a_notice_counts_from_its_moment_on(office: Office) -> None:
    ends = at("2026-10-25T23:00")
    night_at(office, ends - timedelta(days=1))
    add_notice(office.session, office.settings, who="1042", last="2026-10-25 Europe/Berlin", reason="r", author="a")

    night_at(office, ends - SECOND)
    assert found(office) == set()

    night_at(office, ends)
    assert found(office) == {("leaver-account-works", "open")}


# --- so many days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "fortnight", "longer"),
    [("2028-02-20", "2028-03-06", "2028-03-07"), ("2027-02-20", "2027-03-07", "2027-03-08")],
)
def test_a_fortnight_to_the_next_job_is_a_fortnight_in_a_leap_year_too(
    office: Office, last: str, fortnight: str, longer: str
) -> None:
    left = job("left", last=last)
    office.hr.workers = [kim(left, job("future", start=fortnight)), worker("1043", left, job("future", start=longer))]
    office.directory.accounts.append(login("lee", number("1043")))

    night_at(office, at(f"{last}T15:00"))

    assert whose(office) == {("1043", "leaver-account-works", "open")}


def test_an_exception_ends_with_its_day_in_the_companys_zone(office: Office) -> None:
    office.hr.workers[0] = kim(job("left", last="2028-02-10"))
    entry: dict[str, Any] = {"worker": "hr:1042", "reason": "the job is moved", "approver": "Soyeon"}
    office.let_stand = {"exceptions": [{**entry, "expires": date(2028, 2, 29)}]}

    night_at(office, at("2028-02-29T15:00") - SECOND)
    assert found(office) == {("leaver-account-works", "excepted")}

    night_at(office, at("2028-02-29T15:00"))
    assert found(office) == {("leaver-account-works", "open")}


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


def test_each_is_due_in_the_hour_in_which_the_day_ends_there(office: Office, tracker: ListedTracker) -> None:
    office.hr.workers = [
        worker(str(2000 + place), job("left", last="2026-11-24", zone=zone)) for place, zone in enumerate(ZONES)
    ]
    office.directory.accounts = [login(f"u{each.worker_id}", number(each.worker_id)) for each in office.hr.workers]
    night_at(office, at("2026-11-24T09:05"))
    assert tracker.tickets == []
    due: dict[str, list[str]] = {}

    for passed in (1, 5, 6, 14, 23):
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


def test_one_is_due_at_the_second_and_not_before(office: Office, tracker: ListedTracker) -> None:
    """In Santiago, on the day that has no midnight."""
    office.hr.workers[0] = kim(job("left", last="2026-09-05", zone="America/Santiago"))
    night_at(office, at("2026-09-05T16:00"))

    before = hour(office, hours=12 - 1 / 3600)
    assert (before.due, tracker.tickets) == (None, [])

    assert hour(office, hours=12).due is not None
    (ticket,) = tracker.tickets
    assert ticket.draft.due_at == at("2026-09-07T04:00"), "24 hours, whatever the clocks do"
