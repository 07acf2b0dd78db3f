"""A departure run by notices' ids: who is meant, how many at once, and several runs at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from offboarding.model.errors import FatalError
from offboarding.runs import pipeline
from offboarding.store.connect import Session, opened
from tests.integration.test_departure import KIMS, kim_leaves, office, rows, seen, titles
from tests.support.begun import beginnings, begun
from tests.support.deciding import add_notice, withdraw_notice
from tests.support.departure import departure
from tests.support.listed_tracker import ListedPeople, people, tracker
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import WORKS, number, worker

pytestmark = pytest.mark.slow

__all__ = ["beginnings", "begun", "office", "people", "seen", "tracker"]  # fixtures

LAST = "2026-11-25T15:00 Asia/Seoul"
ROUNDS = 3


def noticed(office: Office, who: str, last: str = LAST) -> str:
    made = add_notice(office.session, office.settings, who=who, last=last, reason="dismissed", author="analyst")
    return made.notice_id


# --- by id ------------------------------------------------------------------------------------------------------------


def test_a_notice_names_its_person(seen: Office, people: ListedPeople) -> None:
    notice = noticed(seen, "kim@corp.example")

    told = departure(seen, notices=[notice])

    assert told.said("people found")[0]["workers"] == ["hr:1042"]
    assert rows(seen, "1042") == KIMS
    assert any("1042" in title for title in titles(people, seen))
    assert told.red == ""


def test_a_notice_and_its_person_are_one(seen: Office) -> None:
    notice = noticed(seen, "1042")

    told = departure(seen, "1042", "1043", notices=[notice, notice])

    assert told.said("people found")[0]["workers"] == ["hr:1042", "hr:1043"]


def test_what_lies_ahead_is_said_so_and_nothing_is_done(seen: Office) -> None:
    notice = noticed(seen, "1042", "2026-11-30T15:00 Asia/Seoul")

    told = departure(seen, notices=[notice])

    (said,) = told.said("not a leaver at this moment: nothing is told of them")
    assert said["standing"] == "leaves later"
    assert rows(seen, "1042") == {}


def test_a_notice_that_is_none_stops_the_run(seen: Office) -> None:
    ended = noticed(seen, "1043")
    withdraw_notice(seen.session, ended, reason="wrong", author="lee")

    with pytest.raises(FatalError) as caught:
        departure(seen, "1042", notices=["n-000000", ended])

    assert str(caught.value) == (
        f"There is no notice n-000000. Notice {ended} has ended: name the person, if they are to be checked all the"
        " same."
    )


def test_nobody_named_at_all_stops_the_run(seen: Office) -> None:
    with pytest.raises(FatalError, match="Nobody is named"):
        departure(seen)


# --- how many at once -------------------------------------------------------------------------------------------------


def crowd(office: Office, size: int) -> list[str]:
    """So many people at work, each with an account, and a notice about each."""
    numbers = [f"{7000 + each}" for each in range(size)]
    office.hr.workers += [worker(each, WORKS, mail=f"w{each}@corp.example") for each in numbers]
    office.directory.accounts += [login(f"w{each}", number(each)) for each in numbers]
    office.night()
    return [noticed(office, each) for each in numbers]


def states(office: Office) -> set[str]:
    found = office.session.execute("select state from finding where subject_native_id like 'w7%'").fetchall()
    return {str(state) for (state,) in found}


@pytest.mark.parametrize(("size", "then"), [(3, {"open"}), (4, {"held"})])
def test_more_people_than_may_be_named_wait_for_a_release(office: Office, size: int, then: set[str]) -> None:
    office.policy = {"max_named": 3}
    notices = crowd(office, size)

    told = departure(office, notices=notices)

    assert states(office) == then
    assert ("people named at once, 3 at most go through in a day" in told.red) == (then == {"held"})


def test_a_release_lets_them_through(office: Office) -> None:
    office.policy = {"max_named": 3}
    told = departure(office, notices=crowd(office, 4))

    office.release(told.run.run_id)

    assert states(office) == {"open"}


def test_at_night_notices_wait_and_hrs_own_word_does_not(office: Office) -> None:
    office.policy = {"max_named": 3}
    crowd(office, 4)
    kim_leaves(office)

    office.night()

    assert states(office) == {"held"}
    assert rows(office, "1042") == KIMS


# --- several at once --------------------------------------------------------------------------------------------------


def beside(office: Office, session: Session) -> Office:
    """The same company in another process's hands: the same store, tracker and queue."""
    return replace(
        office,
        session=session,
        tracker=HeardTracker(office.tracker.inner),
        hr=deepcopy(office.hr),
        vendors=deepcopy(office.vendors),
        directory=deepcopy(office.directory),
        clouds=deepcopy(office.clouds),
    )


def test_several_at_once_and_one_during_a_night_make_the_same_tickets(seen: Office, people: ListedPeople) -> None:
    """Two runs about one person, one about two, and a night: each step of each meets the others as it comes."""
    notice = noticed(seen, "1042")
    noticed(seen, "1043")
    runs: list[Callable[[Office], Any]] = [
        lambda own: departure(own, notices=[notice], quiet=True, hours=30),
        lambda own: departure(own, "kimm", quiet=True, hours=30),
        lambda own: departure(own, "1043", notices=[notice], quiet=True, hours=30),
        lambda own: own.night(),
    ]
    start = Barrier(len(runs))

    def run(work: Callable[[Office], Any]) -> None:
        with opened(seen.session.info.get_parameters()) as session:
            own = beside(seen, session)
            start.wait()
            work(own)

    for _ in range(ROUNDS):
        with ThreadPoolExecutor(len(runs)) as pool:
            list(pool.map(run, runs))

    seen.as_of = datetime(2026, 12, 3, tzinfo=UTC)
    seen.night()
    assert rows(seen, "1042") == KIMS
    assert rows(seen, "1043") == {("leaver-account-works", "lee"): "open"}
    assert len([title for title in titles(people, seen) if "1042" in title]) == 1
    assert len([title for title in titles(people, seen) if "1043" in title]) == 1
    twice = seen.session.execute(
        "select finding_key from finding_event where about is null and from_state is null"
        " group by 1 having count(*) > 1"
    ).fetchall()
    assert twice == []
    assert seen.tracker.calls == []


def test_the_pipeline_takes_them_as_the_dag_gives_them(seen: Office) -> None:
    notice = noticed(seen, "1042")
    run = pipeline.open_departure(seen.session, seen.settings, caller="by id", as_of=seen.as_of)

    pipeline.find_people(seen.session, seen.settings, run, [], [notice])

    found = seen.session.execute("select count(*) from run_person where run_id = %s", (run.run_id,)).fetchone()
    assert found == (1,)
