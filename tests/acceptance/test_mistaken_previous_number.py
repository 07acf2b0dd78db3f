"""A previous number that is another employed worker's present one merges nobody: the tickets stay as they were."""

from dataclasses import replace

from offboarding.interfaces import Tracker
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import LEFT, number, worker

LEAVER, COLLEAGUE, MANAGER = "1001", "1002", "1060"


def one_left(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(LEAVER, LEFT), worker(COLLEAGUE), worker(MANAGER)]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in (LEAVER, COLLEAGUE, MANAGER)]
    office.night()
    return office


def test_the_manager_s_number_in_the_column_of_previous_ones(begun: Begun, people: ListedPeople) -> None:
    office = begun(one_left)
    right = office.hr.workers
    office.hr.workers = [replace(each, previous_worker_ids=(MANAGER,)) for each in right[:2]] + right[2:]
    office.night()
    office.hr.workers = right
    office.night()
    office.hr.change(MANAGER, employments=(LEFT,))

    office.night()

    revoked = "select subject_native_id, state from finding where rule = 'leaver-account-works' order by 1"
    assert office.session.execute(revoked).fetchall() == [(f"u{each}", "open") for each in (LEAVER, MANAGER)]
    titles = [ticket.title for ticket in tickets_of(people, office.queue) if ticket.is_open]
    assert sum(title.startswith("Revoke what still works of") for title in titles) == 2
