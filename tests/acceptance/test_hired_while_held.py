"""Whoever is hired while the guard holds a roster for its length, and leaves meanwhile, is a leaver like any other."""

import pytest

from offboarding.interfaces import Tracker
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import job, mail, number, worker

PEOPLE = [str(1001 + each) for each in range(60)]
HIRED = "2001"


def short_for_a_while(session: Session, tracker: Tracker) -> Office:
    """Seven of sixty are no longer listed, and nobody has answered; somebody was hired the day after."""
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(each) for each in PEOPLE]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in PEOPLE]
    office.night()
    office.hr.workers = office.hr.workers[7:]
    office.night()
    assert ("roster", "hr") in office.holds
    office.hr.workers.append(worker(HIRED, job(start="2026-11-27")))
    office.directory.accounts.append(login(f"u{HIRED}", number(HIRED)))
    office.night()
    return office


@pytest.mark.parametrize("rejected", [False, True], ids=["waits", "rejected"])
def test_who_left_by_hr_s_word_and_is_listed_no_more_stays_a_leaver(begun: Begun, *, rejected: bool) -> None:
    office = begun(short_for_a_while)
    if rejected:
        office.reject(office.holds["roster", "hr"].hold_id)
    office.hr.change(HIRED, employments=(job("left", start="2026-11-27", last="2026-11-28"),))
    office.night()
    office.hr.workers = office.hr.workers[:-1]

    office.night()

    assert state(office, f"u{HIRED}") == "held"


def test_who_vanishes_is_asked_about(begun: Begun) -> None:
    office = begun(short_for_a_while)
    office.hr.workers = office.hr.workers[:-1]

    office.night()

    asked = """select count(*) from finding f join person p using (person_uid)
        where f.rule = 'departure-inferred' and f.state = 'held' and p.worker_id = %s"""
    assert office.session.execute(asked, [HIRED]).fetchone() == (1,)


def test_who_comes_with_another_number_in_a_held_file_and_is_listed_no_more_is_a_leaver(office: Office) -> None:
    """The vendors' roster lists who works there: whoever is no longer listed has left."""
    kim, *others = [worker(each, mail=f"{each}@corp.example") for each in PEOPLE]
    office.hr.workers = [worker("5000")]
    office.vendors.workers = [kim, *others]
    office.directory.accounts = [login("ukim", mail(kim.mail))]
    office.night()
    office.vendors.workers = [*others[11:], worker("9001", mail=kim.mail, previous=(kim.worker_id,))]
    office.night()
    assert ("roster", "vendors") in office.holds
    office.vendors.workers = others

    office.night()

    assert state(office, "ukim") == "open"


def state(office: Office, native_id: str) -> str:
    rows = office.session.execute("select state from finding where subject_native_id = %s", [native_id]).fetchall()
    return " ".join(str(state) for (state,) in rows)
