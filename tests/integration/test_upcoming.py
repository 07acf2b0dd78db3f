"""Who leaves soon, and what they hold: told and counted, and nothing more."""

from datetime import timedelta

import pytest

from offboarding.model import Employment
from offboarding.report import night as screen
from offboarding.store import reading
from offboarding.store.reading.upcoming import upcoming
from tests.integration.test_departure import office, rows
from tests.support.deciding import add_notice
from tests.support.listed_tracker import people, tracker
from tests.support.office import Office, locked
from tests.support.small_company import LEFT, WORKS, job

pytestmark = pytest.mark.slow

__all__ = ["office", "people", "tracker"]  # fixtures


def soon(office: Office, days: int = 14) -> list[tuple[str, str, str]]:
    found = upcoming(office.session, as_of=office.as_of, days=days, zone="Asia/Seoul")
    return [(each.worker_id, str(each.left_on), each.basis) for each in found]


@pytest.mark.parametrize(
    ("jobs", "then"),
    [
        ((job(last="2026-12-01"),), [("1042", "2026-12-01", "actual")]),
        ((job("left", last="2026-12-01", end="2027-02-28"),), [("1042", "2026-12-01", "actual")]),
        ((job(end="2026-12-01"),), [("1042", "2026-12-01", "planned")]),
        ((job(last="2026-12-30"),), []),
        ((WORKS,), []),
        ((LEFT,), []),
        ((job(last="2026-12-01"), job(start="2026-12-02")), []),
        ((job(last="2026-12-01"), job(start="2020-01-01", end="2026-12-05")), [("1042", "2026-12-05", "planned")]),
    ],
    ids=["a day", "garden leave", "a plan", "too far", "at work", "gone", "goes on", "the later of two"],
)
def test_who_leaves_within_a_fortnight(
    office: Office, jobs: tuple[Employment, ...], then: list[tuple[str, str, str]]
) -> None:
    office.hr.change("1042", employments=jobs)
    office.night()

    assert soon(office) == then


def test_a_notice_tells_it_too_and_hrs_own_day_is_not_told_twice(office: Office) -> None:
    office.hr.change("1042", employments=(job(last="2026-12-03"),))
    office.night()
    last = "2026-12-01T15:00 Asia/Seoul"
    add_notice(office.session, office.settings, who="1042", last=last, reason="r", author="a")

    assert soon(office) == [("1042", "2026-12-01", "notice")]
    office.as_of += timedelta(days=7)
    assert soon(office) == [("1042", "2026-12-03", "actual")]


def test_what_they_hold_is_counted_in_the_report_and_on_no_ticket(office: Office) -> None:
    office.hr.change("1042", employments=(job(last="2026-12-01"),))

    told = office.night()

    report = screen.render(reading.night(office.session, told.run.run_id), "Asia/Seoul")
    assert "1 person leaves within 14 days, holding 2 accounts: python -m offboarding upcoming" in report
    assert rows(office, "1042") == {}
    assert office.tracker.calls == ["open"]


def test_what_is_dead_is_not_held(office: Office) -> None:
    office.hr.change("1042", employments=(job(last="2026-12-01"),))
    office.directory.change("kim", **locked())
    office.night()

    (each,) = upcoming(office.session, as_of=office.as_of, days=14, zone="Asia/Seoul")

    assert (each.accounts, each.labels) == (1, ["aws: arn:aws:iam::111111111111:user/aidakim"])
