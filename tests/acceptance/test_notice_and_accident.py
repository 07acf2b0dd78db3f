"""A notice outranks HR's feed until the feed confirms it; a feed that the guard does not believe confirms nothing."""

from offboarding.interfaces import Tracker
from offboarding.store import notices, reading
from offboarding.store.connect import Session
from offboarding.store.notices import NewNotice
from tests.support.begun import Begun
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import HeardTracker, Office, login
from tests.support.red import why_red
from tests.support.small_company import LEFT, WORKS, number, worker

PEOPLE = [str(1001 + each) for each in range(60)]
KIM = PEOPLE[0]


def noticed(session: Session, tracker: Tracker) -> Office:
    """Kim left by a notice, and the feed still lists Kim as active."""
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(each) for each in PEOPLE]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in PEOPLE]
    office.night()
    ((person,),) = session.execute("select person_uid::text from worker where worker_id = %s", [KIM]).fetchall()
    told = NewNotice(
        notice_id="n-4f2a91",
        person_uid=str(person),
        left_at=office.as_of,
        zone="Asia/Seoul",
        reason="left today",
        author="security",
        max_days=30,
    )
    notices.add(session, told)
    office.night()
    return office


def test_a_feed_that_the_guard_holds_confirms_no_notice(begun: Begun, people: ListedPeople) -> None:
    office = begun(noticed)
    right = office.hr.workers
    office.hr.workers = [worker(each, LEFT) for each in PEOPLE]
    office.night()
    assert ("roster", "hr") in office.holds
    office.hr.workers = right

    office.night()

    (ticket,) = tickets_of(people, office.queue)
    assert ticket.is_open
    assert (red(office), office.tracker.calls) == ((), [])


def test_a_feed_that_was_accepted_confirms_it_and_ends_it_on_the_return(begun: Begun, people: ListedPeople) -> None:
    office = begun(noticed)
    office.hr.change(KIM, employments=(LEFT,))
    office.night()
    office.hr.change(KIM, employments=(WORKS,))

    office.night()

    (ticket,) = tickets_of(people, office.queue)
    assert not ticket.is_open


def red(office: Office) -> tuple[str, ...]:
    return why_red(reading.night(office.session, office.night().run.run_id))
