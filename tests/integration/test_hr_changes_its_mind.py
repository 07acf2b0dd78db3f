"""HR changes its mind: each finding closes or moves with that reason, its ticket says so, and nothing is left over."""

from datetime import UTC, datetime
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Employment
from offboarding.model.errors import FatalError
from offboarding.report import night as screen
from offboarding.store import reading, words
from offboarding.store.connect import Session
from tests.integration.test_departure import KIM_KEY, KIMS, LEE, PARK, office, park_left, rows, seen
from tests.support.begun import Begun, beginnings, begun
from tests.support.deciding import add_notice, confirm_departure, deny_departure
from tests.support.desk import SeenTicket, tickets_of
from tests.support.listed_tracker import ListedPeople, people, tracker
from tests.support.office import Office, locked, login
from tests.support.rows import CHANGES
from tests.support.small_company import LEFT, WORKS, job, mail, number, worker

pytestmark = pytest.mark.slow

__all__ = ["beginnings", "begun", "office", "people", "seen", "tracker"]  # fixtures

MAIL, NAME = "kim@corp.example", "Kim Minjun"
STAYS = worker("v8", WORKS, name="Han")
"""Somebody else of the vendors'."""


def kim_is(office: Office, *jobs: Employment) -> None:
    office.hr.change("1042", employments=jobs)


def kims_first_night(session: Session, tracker: Tracker) -> Office:
    office = park_left(session, tracker)
    kim_is(office, LEFT)
    office.night()
    return office


@pytest.fixture
def gone(begun: Begun) -> Office:
    """A night on which Kim had left."""
    return begun(kims_first_night)


def kims_ticket(people: ListedPeople, office: Office) -> SeenTicket:
    (ticket,) = [
        each for each in tickets_of(people, office.queue) if each.title.startswith("Revoke") and NAME in each.body
    ]
    return ticket


def resolutions(office: Office, worker_id: str = "1042") -> set[str]:
    theirs = office.session.execute(
        "select distinct person_uid::text from worker where worker_id = %s", (worker_id,)
    ).fetchall()
    found = [reading.findings(office.session, state="resolved", person_uid=str(person)) for (person,) in theirs]
    return {each.why for of_one in found for each in of_one}


def nothing_dangles(office: Office) -> None:
    """No open finding of who works here or of a person who is another now; no ticket open without one."""
    open_of_nobody = office.session.execute(
        "select f.rule from finding f where f.state <> 'resolved' and f.person_uid is not null"
        " and f.rule <> 'rehire-old-account' and not exists (select from departure d"
        " where d.person_uid = f.person_uid and d.valid_to is null and not d.returned)"
    ).fetchall()
    idle = office.session.execute(
        "select t.ticket_key from ticket t where t.state <> 'closed' and not exists"
        " (select from finding f where f.ticket_key = t.ticket_key and f.state <> 'resolved')"
    ).fetchall()
    assert (open_of_nobody, idle) == ([], [])


# --- told again -------------------------------------------------------------------------------------------------------


def test_the_same_feed_twice_changes_nothing_at_all(gone: Office) -> None:
    add_notice(gone.session, gone.settings, who="1043", last="2026-11-25T15:00 Asia/Seoul", reason="r", author="a")
    gone.night()
    tables = ("departure", "finding", "ticket", "outbox", "link", "notice", "worker", "employment")
    events = gone.session.execute(CHANGES).fetchone()
    before = {table: gone.session.execute(f"select t::text from {table} t order by 1").fetchall() for table in tables}  # pyrefly: ignore[no-matching-overload]  # noqa: S608 - names of our own tables

    gone.night()

    after = {table: gone.session.execute(f"select t::text from {table} t order by 1").fetchall() for table in tables}  # pyrefly: ignore[no-matching-overload]  # noqa: S608 - names of our own tables
    assert after == before
    assert gone.session.execute(CHANGES).fetchone() == events
    assert gone.tracker.calls == []


# --- rescinded, rehired, converted, extended --------------------------------------------------------------------------


def test_rescinded(gone: Office, people: ListedPeople) -> None:
    kim_is(gone, WORKS)

    gone.night()

    assert set(rows(gone, "1042").values()) == {"resolved"}
    assert resolutions(gone) == {"the departure was withdrawn: works here, says hr"}
    ticket = kims_ticket(people, gone)
    assert not ticket.is_open
    assert "the departure was withdrawn: works here, says hr" in ticket.comments[-1]
    nothing_dangles(gone)


@pytest.mark.parametrize("start", [None, "2015-01-02"])
def test_a_use_after_the_departure_stays_when_hr_tells_no_day_any_more(gone: Office, start: str | None) -> None:
    gone.directory.change("kim", last_used_at=datetime(2026, 11, 20, 3, tzinfo=UTC))
    gone.night()
    assert rows(gone, "1042")["used-after-departure", "kim"] == "open"
    kim_is(gone, job("left", start=start))

    gone.night()

    assert rows(gone, "1042")["used-after-departure", "kim"] == "open"


def test_rehired(gone: Office, people: ListedPeople) -> None:
    kim_is(gone, LEFT, job(start="2026-11-20"))

    gone.night()

    assert resolutions(gone) == {"works here again: since 2026-11-20, says hr"}
    assert not kims_ticket(people, gone).is_open
    nothing_dangles(gone)


def test_rehired_and_gone_again_is_a_new_ticket(gone: Office, people: ListedPeople) -> None:
    kim_is(gone, LEFT, job(start="2026-11-20"))
    gone.night()
    kim_is(gone, LEFT, job("left", start="2026-11-20", last="2026-11-26"))

    gone.night(days=2)

    mine = [each for each in tickets_of(people, gone.queue) if each.title.startswith("Revoke") and NAME in each.body]
    assert [each.is_open for each in mine] == [False, True]
    nothing_dangles(gone)


def test_a_contractor_who_becomes_an_employee(office: Office, people: ListedPeople) -> None:
    """The agency's list drops them before HR's has them."""
    office.policy = {"min_roster_percent": 0}
    office.vendors.workers = [worker("v7", WORKS, mail="choi@corp.example", logins=("choi",), name="Choi"), STAYS]
    office.directory.accounts.append(login("choi", mail("choi@corp.example")))
    office.night()
    office.vendors.workers = [STAYS]
    office.night()
    assert "open" in rows(office, "v7").values()
    office.hr.workers.append(
        worker("2001", job(start="2026-11-27"), mail="choi@corp.example", logins=("choi",), name="Choi")
    )

    told = office.night()

    assert set(rows(office, "v7").values()) == {"resolved"}
    (reason,) = resolutions(office, "v7")
    assert reason.startswith(("the departure was withdrawn: works here, says hr", "works here again: since 2026-11-27"))
    assert "vendor:v7" in report_of(office, told.run.run_id) or "hr:2001" in report_of(office, told.run.run_id)
    nothing_dangles(office)


def test_a_next_contract_within_a_fortnight_of_the_last_one(gone: Office, people: ListedPeople) -> None:
    kim_is(gone, LEFT, job("future", start="2026-11-28"))

    gone.night()

    assert resolutions(gone) == {"the departure was withdrawn: works here from 2026-11-28, says hr"}
    assert not kims_ticket(people, gone).is_open
    nothing_dangles(gone)


def test_whoever_comes_back_after_a_longer_gap_has_left_until_then(gone: Office, people: ListedPeople) -> None:
    kim_is(gone, LEFT, job("future", start="2026-11-29"))

    gone.night()

    assert set(rows(gone, "1042").values()) == {"open"}
    assert kims_ticket(people, gone).is_open
    nothing_dangles(gone)


def test_a_contract_that_is_extended(office: Office, people: ListedPeople) -> None:
    kim_is(office, job(end="2026-11-20"))
    office.night()
    assert list(rows(office, "1042").values()) == ["open"]
    kim_is(office, job(end="2027-01-31"))

    office.night()

    assert resolutions(office) == {"works here, says the roster: extended to 2027-01-31, says hr"}
    (ticket,) = [each for each in tickets_of(people, office.queue) if each.title.startswith("Confirm")]
    assert not ticket.is_open
    assert "extended to 2027-01-31" in ticket.comments[-1]
    nothing_dangles(office)


# --- the date moves ---------------------------------------------------------------------------------------------------


def test_moved_into_the_future(gone: Office, people: ListedPeople) -> None:
    kim_is(gone, job("left", last="2026-12-01"))

    gone.night()

    assert resolutions(gone) == {"the departure was withdrawn: moved to 2026-12-01, says hr"}
    assert not kims_ticket(people, gone).is_open
    nothing_dangles(gone)

    gone.night(days=6)

    assert rows(gone, "1042") == KIMS
    assert kims_ticket(people, gone).is_open


@pytest.mark.parametrize("last", ["2026-11-09", "2026-11-20"])
def test_moved_within_the_past(gone: Office, people: ListedPeople, last: str) -> None:
    kim_is(gone, job("left", last=last))

    gone.night()

    assert rows(gone, "1042") == KIMS
    (said,) = kims_ticket(people, gone).comments
    day = datetime.fromisoformat(last).day
    assert f"is told otherwise: {day} November 2026, by HR's word; before it" in said
    assert "was 13 November 2026, by HR's word" in said
    assert last in kims_ticket(people, gone).title
    gone.night()
    assert gone.tracker.calls == []


def test_moved_there_and_back_is_told_each_time(gone: Office, people: ListedPeople) -> None:
    for last in ("2026-11-20", "2026-11-13", "2026-11-20", "2026-11-13"):
        kim_is(gone, job("left", last=last))
        gone.night()

    days = [said.partition("otherwise: ")[2].partition(" ")[0] for said in kims_ticket(people, gone).comments]
    assert days == ["20", "13", "20", "13"]


def test_moved_on_the_night_on_which_something_died_is_one_comment(gone: Office, people: ListedPeople) -> None:
    kim_is(gone, job("left", last="2026-11-20"))
    gone.cloud.remove(KIM_KEY.native_id)

    gone.night()

    (said,) = kims_ticket(people, gone).comments
    departure, death = said.split("\n\n", 1)
    assert "is told otherwise: 20 November 2026, by HR's word; before it" in departure
    assert "Access key AKIA" in death
    gone.night()
    assert gone.tracker.calls == []


def test_a_use_that_lies_before_the_later_day_is_no_event_any_more(office: Office) -> None:
    kim_is(office, LEFT)
    office.cloud.change(KIM_KEY.native_id, last_used_at=datetime(2026, 11, 17, tzinfo=UTC))
    office.night()
    assert rows(office)["used-after-departure", KIM_KEY.native_id] == "open"
    kim_is(office, job("left", last="2026-11-20"))

    office.night()

    assert rows(office)["used-after-departure", KIM_KEY.native_id] == "resolved"
    assert "the departure was moved to 2026-11-20: it was used before that" in resolutions(office)
    nothing_dangles(office)


def test_a_use_after_the_later_day_stays_one(office: Office) -> None:
    kim_is(office, LEFT)
    office.cloud.change(KIM_KEY.native_id, last_used_at=datetime(2026, 11, 22, tzinfo=UTC))
    office.night()
    kim_is(office, job("left", last="2026-11-20"))

    office.night()

    assert rows(office)["used-after-departure", KIM_KEY.native_id] == "open"


def test_what_a_notice_told_and_hr_confirms_is_said_on_the_ticket(seen: Office, people: ListedPeople) -> None:
    last = "2026-11-25T15:00 Asia/Seoul"
    add_notice(seen.session, seen.settings, who="1042", last=last, reason="r", author="a")
    seen.night()
    kim_is(seen, job("left", last="2026-11-26"))

    seen.night()

    (said,) = kims_ticket(people, seen).comments
    assert "26 November 2026, by HR's word; before it" in said
    assert "25 November 2026 15:00 KST, by a person's notice" in said


# --- a number changes -------------------------------------------------------------------------------------------------


def test_a_leaver_whom_hr_gives_another_number(gone: Office, people: ListedPeople) -> None:
    renumbered = worker("9042", LEFT, mail=MAIL, logins=("kimm",), name=NAME, previous=("1042",))
    gone.hr.workers = [renumbered, LEE, PARK]

    told = gone.night()

    assert len(rows(gone)) == len(KIMS) + 1
    assert set(rows(gone).values()) == {"open"}
    ticket = kims_ticket(people, gone)
    assert ticket.comments == ("HR's number for worker hr:1042 is hr:9042 now.",)
    assert "9042" in ticket.title
    assert "Same people hr:9042 is already known: the same worker id 1042" in report_of(gone, told.run.run_id)
    nothing_dangles(gone)
    gone.night()
    assert gone.tracker.calls == []


def test_a_number_changed_without_a_word_is_mapped_by_mail_and_login(seen: Office) -> None:
    seen.hr.workers = [worker("9042", WORKS, mail=MAIL, logins=("kimm",), name=NAME), LEE, PARK]

    told = seen.night()

    assert rows(seen, "9042") == {}
    assert "the same present mail and login" in report_of(seen, told.run.run_id)


def test_who_was_given_a_leavers_mail_and_login_is_not_the_leaver_come_back(gone: Office, people: ListedPeople) -> None:
    open_before = rows(gone, "1042")
    taken_over = worker("9042", job(start="2026-11-20"), mail=MAIL, logins=("kimm",), name="Anne Green")
    gone.hr.workers = [*gone.hr.workers, taken_over]

    told = gone.night()

    assert "Same people" not in report_of(gone, told.run.run_id)
    assert open_before.items() <= rows(gone, "1042").items()
    assert {rule for rule, _ in rows(gone, "1042").keys() - open_before.keys()} == {"disputed-account", "link-moved"}
    assert rows(gone, "9042") == {}
    assert kims_ticket(people, gone).is_open


def test_a_new_record_with_the_name_alone_is_somebody_else(seen: Office) -> None:
    seen.hr.workers = [worker("9042", WORKS, name=NAME), LEE, PARK]

    told = seen.night()

    assert "Same people" not in report_of(seen, told.run.run_id)
    assert rows(seen, "1042") == {("departure-inferred", subject_of(seen, "1042")): "open"}


def test_two_leavers_who_turn_out_to_be_one_keep_one_ticket(gone: Office, people: ListedPeople) -> None:
    """HR names the former number a night late: the second person's findings go over to the first's."""
    gone.hr.workers.append(worker("9042", LEFT, mail="other@corp.example", logins=("kim9",), name=NAME))
    gone.directory.accounts.append(login("kim9", number("9042")))
    gone.night()
    gone.hr.change("9042", previous_worker_ids=("1042",))
    gone.hr.workers = [each for each in gone.hr.workers if each.worker_id != "1042"]

    gone.night()
    gone.night()

    mine = [each for each in tickets_of(people, gone.queue) if each.title.startswith("Revoke") and NAME in each.body]
    assert sum(each.is_open for each in mine) >= 1
    standing = gone.session.execute(
        "select f.subject_native_id, count(*) from finding f where f.state = 'open' and f.rule like 'leaver%'"
        " group by 1 having count(*) > 1"
    ).fetchall()
    assert standing == []
    nothing_dangles(gone)


# --- a person's word on what HR leaves open --------------------------------------------------------------------------


def vanishes(office: Office) -> None:
    office.policy = {"min_roster_percent": 0}
    office.hr.workers = [LEE, PARK]


def lapses(office: Office) -> None:
    kim_is(office, job(end="2026-11-20"))


def night_of_a_lapse(session: Session, tracker: Tracker) -> Office:
    office = park_left(session, tracker)
    lapses(office)
    office.night()
    return office


@pytest.fixture
def lapsed(begun: Begun) -> Office:
    """A night on which Kim's contract had lapsed, and HR didn't say whether Kim works on."""
    return begun(night_of_a_lapse)


def said(office: Office, decide: Any, who: str = "hr:1042") -> Any:
    return decide(office.session, office.settings, departure=who, reason="asked their manager", author="lee")


@pytest.mark.parametrize("happens", [vanishes, lapses])
def test_confirmed_it_counts(seen: Office, people: ListedPeople, happens: Any) -> None:
    happens(seen)
    seen.night()
    assert list(rows(seen, "1042").values()) == ["open"]

    said(seen, confirm_departure)
    seen.night()

    found = rows(seen, "1042")
    assert {key: state for key, state in found.items() if key in KIMS} == KIMS
    assert resolutions(seen) == {"the departure is confirmed now, says lee"}
    nothing_dangles(seen)
    seen.night()
    assert seen.tracker.calls == []


@pytest.mark.parametrize("happens", [vanishes, lapses])
def test_denied_it_closes_and_is_asked_again(seen: Office, people: ListedPeople, happens: Any) -> None:
    happens(seen)
    seen.as_of = datetime.now(UTC)
    seen.night()

    said(seen, deny_departure)
    seen.night()

    assert set(rows(seen, "1042").values()) == {"resolved"}
    assert resolutions(seen) == {"works here, says the roster: works here, says lee"}
    (ticket,) = [each for each in tickets_of(people, seen.queue) if each.title.startswith("Confirm")]
    assert not ticket.is_open
    nothing_dangles(seen)

    seen.night(days=40)

    assert "open" in rows(seen, "1042").values()


def test_denied_by_mistake_it_can_be_confirmed_after_a_night(lapsed: Office) -> None:
    said(lapsed, deny_departure)
    lapsed.night()

    confirmed = said(lapsed, confirm_departure)
    lapsed.night()

    assert confirmed.verdict == "confirm"
    assert {key: state for key, state in rows(lapsed, "1042").items() if key in KIMS} == KIMS


def test_another_end_is_asked_about_anew(lapsed: Office) -> None:
    said(lapsed, deny_departure)
    lapsed.night()
    kim_is(lapsed, job(end="2026-11-26"))

    lapsed.night()

    assert "open" in rows(lapsed, "1042").values()


def test_who_reappears_after_a_confirmed_absence_works_here(seen: Office, people: ListedPeople) -> None:
    vanishes(seen)
    seen.night()
    said(seen, confirm_departure)
    seen.night()
    seen.hr.workers = [worker("1042", WORKS, mail=MAIL, logins=("kimm",), name=NAME), LEE, PARK]

    seen.night()

    assert set(rows(seen, "1042").values()) == {"resolved"}
    assert not kims_ticket(people, seen).is_open
    nothing_dangles(seen)


def test_an_id_outlives_that_a_departure_is_written_anew(lapsed: Office) -> None:
    (end,) = words.open_ends(lapsed.session)
    said(lapsed, confirm_departure, end.name)
    lapsed.night()

    denied = said(lapsed, deny_departure, end.name)

    assert denied.verdict == "deny"
    assert denied.departure_id != end.departure_id


@pytest.mark.parametrize("who", ["d-999999", "hr:1044", "kimm", "d-x", ""])
def test_what_hr_leaves_not_open_is_refused(lapsed: Office, who: str) -> None:
    with pytest.raises(FatalError, match=r"no departure .*that HR leaves open"):
        said(lapsed, confirm_departure, who)


def test_the_same_word_twice_is_refused(lapsed: Office) -> None:
    said(lapsed, confirm_departure)

    with pytest.raises(FatalError, match=r"was confirmed by lee already"):
        said(lapsed, confirm_departure)
    assert said(lapsed, deny_departure).verdict == "deny"


def test_who_vanished_from_a_list_of_active_people_counts_by_itself_and_may_be_denied(office: Office) -> None:
    office.policy = {"min_roster_percent": 0}
    office.vendors.workers = [worker("v7", WORKS, mail="choi@corp.example", logins=("choi",)), STAYS]
    office.directory.accounts.append(login("choi", mail("choi@corp.example")))
    office.night()
    office.vendors.workers = [STAYS]
    office.night()
    with pytest.raises(FatalError, match="counts already"):
        said(office, confirm_departure, "vendor:v7")

    said(office, deny_departure, "vendor:v7")
    office.night()

    assert set(rows(office, "v7").values()) == {"resolved"}
    nothing_dangles(office)


def test_dead_things_stay_dead_through_all_of_it(gone: Office) -> None:
    gone.directory.change("kim", **locked())
    gone.night()
    kim_is(gone, job("left", last="2026-11-20"))

    gone.night()

    assert rows(gone, "1042")["leaver-account-works", "kim"] == "resolved"


def report_of(office: Office, run_id: int) -> str:
    return screen.render(reading.night(office.session, run_id), "Asia/Seoul")


def subject_of(office: Office, worker_id: str) -> str:
    found = office.session.execute("select person_uid::text from worker where worker_id = %s", (worker_id,)).fetchone()
    assert found is not None
    return str(found[0])
