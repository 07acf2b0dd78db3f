"""A worker who is missing from the roster, and is not taken to have left, fails the run in which the wait begins."""

from collections.abc import Callable
from datetime import timedelta

from offboarding.interfaces import Tracker
from offboarding.model import Problem
from offboarding.runs import pipeline
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from tests.support.begun import Begun
from tests.support.office import HeardTracker, Office, login
from tests.support.red import why_red
from tests.support.small_company import job, number, worker
from tests.support.variants import some_of

PEOPLE = [str(1001 + each) for each in range(60)]
HIRED = "2001"


def hired_in_a_partial_read(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(each) for each in PEOPLE]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in (*PEOPLE, HIRED)]
    office.night()
    office.hr.problems = (Problem(record="row 5", text="it can't be read", fix="Mend the row."),)
    office.hr.workers.append(worker(HIRED, job(start="2026-11-26")))
    office.night()
    office.hr.problems = ()
    return office


def red(office: Office) -> tuple[str, ...]:
    return why_red(reading.night(office.session, office.night().run.run_id))


def test_who_was_only_in_partial_reads_fails_the_run_that_misses_them(begun: Begun) -> None:
    office = begun(hired_in_a_partial_read)
    office.hr.workers = office.hr.workers[:-1]

    (reason,) = red(office)

    assert reason.startswith("roster hr no longer lists 1 worker, ")
    assert red(office) == (), "nobody else is missing"


def test_who_is_listed_again_fails_no_run(begun: Begun) -> None:
    assert red(begun(hired_in_a_partial_read)) == ()


@some_of(1, "opened", [pipeline.open_run, pipeline.open_departure], ids=["night", "departure"])
def test_a_run_that_never_ends_keeps_them_from_no_night(begun: Begun, opened: Callable[..., Run]) -> None:
    office = begun(hired_in_a_partial_read)
    office.hr.workers = office.hr.workers[:-1]
    office.as_of += timedelta(days=1)
    settings = office.settings
    run = opened(office.session, settings, caller="broken off", as_of=office.as_of)
    roster = office.readers().roster(settings, "hr", office.as_of)
    pipeline.read_roster(office.session, settings, run, settings.rosters[0], roster)

    (reason,) = red(office)

    assert reason.startswith("roster hr no longer lists 1 worker, ")
    assert red(office) == ()
