"""Departures that people tell before HR does, on a real store and a tracker in a list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Standing
from offboarding.model.errors import FatalError
from offboarding.report import night as screen
from offboarding.store import notices, reading
from offboarding.store.connect import Session
from offboarding.store.notices import Notice
from tests.integration.test_departure import KIM_KEY, KIMS, first_night, kim_leaves, office, rows, seen, titles
from tests.support.begun import Begun, beginnings, begun
from tests.support.deciding import add_notice, withdraw_notice
from tests.support.departure import departure
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople, people, tracker
from tests.support.office import Office
from tests.support.rows import CHANGES
from tests.support.small_company import LEFT, WORKS, job, worker
from tests.support.variants import some_of

__all__ = ["beginnings", "begun", "office", "people", "seen", "tracker"]  # fixtures

LAST = "2026-11-24T15:00 Asia/Seoul"
LAST_AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
"""The office's first night is at 16:00 UTC on 25 November."""


def noticed(office: Office, who: str = "1042", last: str = LAST) -> Notice:
    return add_notice(
        office.session, office.settings, who=who, last=last, reason="dismissed, says legal", author="analyst"
    )


def stands(office: Office, notice: Notice) -> Notice:
    found = notices.notice(office.session, notice.notice_id)
    assert found is not None
    return found


def basis(office: Office, worker_id: str = "1042") -> tuple[str, datetime] | None:
    found = office.session.execute(
        "select d.basis, d.left_at from departure d join worker w using (person_uid)"
        " where d.valid_to is null and not d.returned and w.worker_id = %s",
        (worker_id,),
    ).fetchone()
    return cast("tuple[str, datetime]", found) if found else None


def report_of(office: Office, run_id: int) -> str:
    return screen.render(reading.night(office.session, run_id), "Asia/Seoul")


# --- whom it is about ------------------------------------------------------------------------------------------------


@some_of(1, "who", ["1042", "hr:1042", "kim@corp.example", "kimm"])
def test_a_notice_is_about_one_person(seen: Office, who: str) -> None:
    made = noticed(seen, who)

    assert (made.id_space, made.worker_id, made.left_at, made.zone) == ("hr", "1042", LAST_AT, "Asia/Seoul")
    assert made.notice_id.startswith("n-")
    assert made.stands


def test_who_may_be_several_is_refused_with_the_candidates(office: Office) -> None:
    office.hr.workers.append(worker("78", WORKS, logins=("kimm",)))
    office.night()

    with pytest.raises(FatalError) as caught:
        noticed(office, "kimm")

    assert str(caught.value) == "That stands for 2 people: hr:1042, hr:78. Name the one by worker id."
    assert notices.notices(office.session) == []


def test_nobodys_mail_is_refused_and_not_repeated(seen: Office) -> None:
    with pytest.raises(FatalError) as caught:
        noticed(seen, "nobody@corp.example")

    assert "nobody's worker id, mail or login" in str(caught.value)
    assert "nobody@" not in str(caught.value)


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ("2026-11-25T15:00", "names no zone"),
        ("2026-11-25", "names no zone"),
        ("2026-11-25 Seoul", "no IANA time zone"),
        ("2026-11-25T15:00+09:00 Asia/Seoul", "give one of them"),
        ("tomorrow", "is none"),
        ("2036-11-25T15:00+09:00", "more than a year ahead"),
        ("", "is none"),
    ],
)
def test_a_moment_without_a_zone_is_refused(seen: Office, last: str, why: str) -> None:
    with pytest.raises(FatalError, match=why):
        noticed(seen, last=last)


def test_a_second_notice_about_the_same_person_is_refused(seen: Office) -> None:
    first = noticed(seen)

    with pytest.raises(FatalError, match=f"{first.notice_id} about worker hr:1042 stands already"):
        noticed(seen, "kimm")

    withdraw_notice(seen.session, first.notice_id, reason="wrong moment", author="analyst")
    assert noticed(seen).stands


# --- what it does ----------------------------------------------------------------------------------------------------


def noticed_night(session: Session, tracker: Tracker) -> Office:
    office = first_night(session, tracker)
    noticed(office)
    office.night()
    return office


@pytest.fixture
def gone(begun: Begun) -> Office:
    """Kim works here by the feed; a notice and a night have made a leaver of him."""
    return begun(noticed_night)


def night_of_use(session: Session, tracker: Tracker) -> Office:
    office = first_night(session, tracker)
    noticed(office)
    office.cloud.change(KIM_KEY.native_id, last_used_at=LAST_AT + timedelta(hours=3))
    office.night()
    return office


@pytest.fixture
def used(begun: Begun) -> Office:
    """The same, and his key was used three hours after the moment of the notice."""
    return begun(night_of_use)


def test_it_makes_a_leaver_of_who_works_here_by_the_feed(gone: Office, people: ListedPeople) -> None:
    (made,) = notices.notices(gone.session)
    assert basis(gone) == ("notice", LAST_AT)
    assert rows(gone, "1042") == KIMS
    (ticket,) = [each for each in tickets_of(people, gone.queue) if "1042" in each.title]
    assert f"by notice {made.notice_id}" in ticket.body
    assert "dismissed" not in "".join(ticket.texts)


def test_a_use_after_the_told_moment_is_critical_on_that_very_day(used: Office) -> None:
    found = used.session.execute("select severity from finding where rule = 'used-after-departure'").fetchall()
    assert found == [("critical",)]


def test_a_use_before_the_told_moment_is_none(seen: Office) -> None:
    noticed(seen)
    seen.cloud.change(KIM_KEY.native_id, last_used_at=LAST_AT - timedelta(hours=3))

    seen.night()

    assert ("used-after-departure", KIM_KEY.native_id) not in rows(seen)


def test_before_the_last_moment_nothing_is_done(seen: Office) -> None:
    noticed(seen, last="2026-11-28T09:00 Asia/Seoul")

    seen.night()
    assert basis(seen) is None
    seen.night()
    assert rows(seen, "1042") == {}

    seen.night()
    assert rows(seen, "1042") == KIMS


def test_a_departure_run_goes_by_it_at_once(seen: Office) -> None:
    noticed(seen)

    departure(seen, "1042")

    assert rows(seen, "1042") == KIMS


def test_it_outranks_a_feed_that_lists_them_as_returned(office: Office) -> None:
    office.hr.change("1042", employments=(LEFT, job(start="2026-11-20")))
    office.night()
    noticed(office)

    office.night()

    assert basis(office) == ("notice", LAST_AT)
    assert rows(office, "1042") == KIMS


def test_a_departure_before_its_moment_confirms_nothing(office: Office) -> None:
    office.hr.change("1042", employments=(LEFT, job(start="2026-11-28")))
    office.night()
    noticed(office, last="2026-12-01T15:00 Asia/Seoul")

    office.night(days=3)
    assert "open" not in rows(office, "1042").values()
    office.night(days=4)

    assert basis(office) == ("notice", datetime(2026, 12, 1, 6, tzinfo=UTC))


# --- until the feed confirms it --------------------------------------------------------------------------------------


def test_the_feed_confirms_it_with_its_own_day(gone: Office, people: ListedPeople) -> None:
    (made,) = notices.notices(gone.session)
    before = titles(people, gone)
    kim_leaves(gone)

    gone.night()

    assert stands(gone, made).confirmed_at == gone.as_of
    assert basis(gone) == ("actual", datetime(2026, 11, 13, 15, tzinfo=UTC))
    assert rows(gone, "1042") == KIMS
    assert len(titles(people, gone)) == len(before)


def test_on_the_feeds_own_day_the_told_moment_stays(used: Office) -> None:
    """A use between the moment and midnight stays an event: HR's day alone would make it none."""
    used.hr.change("1042", employments=(job("left", last="2026-11-24"),))

    used.night()

    assert basis(used) == ("actual", LAST_AT)
    assert rows(used)["used-after-departure", KIM_KEY.native_id] == "open"


def test_an_event_that_rests_on_a_notice_waits_for_a_verdict_although_hrs_day_is_later(used: Office) -> None:
    used.hr.change("1042", employments=(job("left", last="2026-11-25"),))
    used.cloud.change(KIM_KEY.native_id, last_used_at=LAST_AT + timedelta(hours=4))

    used.night()

    assert basis(used) == ("actual", datetime(2026, 11, 25, 15, tzinfo=UTC))
    assert rows(used)["used-after-departure", KIM_KEY.native_id] == "open"


def test_a_confirmed_one_is_in_no_report_and_hr_that_takes_it_back_is_followed(seen: Office) -> None:
    made = noticed(seen)
    kim_leaves(seen)
    told = seen.night()
    assert "Notices" not in report_of(seen, told.run.run_id)
    seen.hr.change("1042", employments=(WORKS,))

    seen.night()

    assert basis(seen) is None
    assert set(rows(seen, "1042").values()) == {"resolved"}
    assert stands(seen, made).ended_for == "works here again"


# --- or a person withdraws it ----------------------------------------------------------------------------------------


def test_withdrawn_the_findings_close_with_that_reason_and_noticed_again_the_ticket_is_reopened(
    gone: Office, people: ListedPeople
) -> None:
    (made,) = notices.notices(gone.session)

    withdraw_notice(gone.session, made.notice_id, reason="the other Kim was meant", author="lee")
    gone.night()

    assert set(rows(gone, "1042").values()) == {"resolved"}
    why = f"the departure was withdrawn: {made.notice_id} was taken back by lee"
    assert {each.why for each in reading.findings(gone.session, state="resolved")} == {why}
    (ticket,) = [each for each in tickets_of(people, gone.queue) if "1042" in each.title]
    assert ticket.status == "resolved"
    assert why in ticket.comments[-1]

    noticed(gone)
    gone.night()

    assert rows(gone, "1042") == KIMS
    assert len([title for title in titles(people, gone) if "1042" in title]) == 1
    assert "reopen" in gone.tracker.calls


def test_what_ended_is_not_taken_back_twice(seen: Office) -> None:
    made = noticed(seen)
    withdraw_notice(seen.session, made.notice_id, reason="the other Kim", author="lee")

    with pytest.raises(FatalError, match="has ended already: lee, the other Kim"):
        withdraw_notice(seen.session, made.notice_id, reason="again", author="lee")
    with pytest.raises(FatalError, match="no notice n-000000"):
        withdraw_notice(seen.session, "n-000000", reason="none", author="lee")


# --- what reports say ------------------------------------------------------------------------------------------------


def test_each_report_tells_of_it_and_warns_after_some_days(office: Office) -> None:
    office.policy = {"notice_max_days": 2}
    office.night()
    made = noticed(office, last=(datetime.now(UTC) - timedelta(days=1)).isoformat())
    office.as_of = datetime.now(UTC)

    early, late = office.night(days=1), office.night(days=3)

    assert "1 departure that HR's feed doesn't tell yet (" in report_of(office, early.run.run_id)
    told = report_of(office, late.run.run_id)
    assert "1 of them for too long" in told
    assert f"{made.notice_id}  worker hr:1042, gone 5 days, not confirmed by HR" in told
    assert "dismissed" not in told


def test_the_same_notice_the_next_night_changes_nothing(gone: Office) -> None:
    before = gone.session.execute("select count(*), max(departure_id) from departure").fetchone()
    events = gone.session.execute(CHANGES).fetchone()

    gone.night()

    assert gone.session.execute("select count(*), max(departure_id) from departure").fetchone() == before
    assert gone.session.execute(CHANGES).fetchone() == events
    assert gone.tracker.calls == []


def test_a_merged_persons_notice_goes_with_the_person(office: Office, store: Session) -> None:
    office.vendors.workers = [worker("v7", WORKS, mail="k2@corp.example", logins=("kimv",))]
    office.night()
    made = noticed(office, "vendor:v7")
    office.vendors.workers = [worker("v7", WORKS, mail="kim@corp.example", logins=("kimm",))]

    office.night()

    assert stands(office, made).worker_id in ("1042", "v7")
    assert basis(office) == ("notice", LAST_AT)
    assert store.execute("select count(*) from person_alias").fetchone() == (1,)


def test_what_cannot_be_read_stays_open(seen: Office) -> None:
    noticed(seen)
    seen.night()
    seen.cloud.change(KIM_KEY.native_id, standing=Standing.UNKNOWN, standing_reason="denied")
    seen.hr.workers = [replace(each) for each in seen.hr.workers]

    seen.night()

    assert rows(seen, "1042") == KIMS
