"""One night HR's column of mails is shifted by a row. With the right file, accounts are linked as they were before."""

from dataclasses import replace

from offboarding.interfaces import Tracker
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import LEFT, mail, worker

PEOPLE = [str(1001 + each) for each in range(60)]


def by_mail(session: Session, tracker: Tracker) -> Office:
    """A company whose accounts are linked by mail alone."""
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(each, mail=f"p{each}@corp.example") for each in PEOPLE]
    office.directory.accounts = [login(f"u{each}", mail(f"p{each}@corp.example")) for each in PEOPLE]
    office.night()
    return office


def test_after_the_right_file_a_leaver_is_reported_and_nobody_else(begun: Begun) -> None:
    office = begun(by_mail)
    right = office.hr.workers
    shifted = [each.mail for each in (*right[1:], right[0])]
    office.hr.workers = [replace(each, mail=value) for each, value in zip(right, shifted, strict=True)]
    office.night()
    assert ("source", "corp-ldap") in office.holds, "everybody's accounts are in dispute"
    office.hr.workers = right
    office.night()
    assert office.holds == {}
    office.hr.change(PEOPLE[10], employments=(LEFT,))

    office.night()

    found = office.session.execute("select rule, subject_native_id, state from finding").fetchall()
    assert found == [("leaver-account-works", f"u{PEOPLE[10]}", "open")]
