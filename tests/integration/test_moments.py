"""A moment that lies: refused at every door; and a run that stands as of one counts for nothing."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from offboarding.guard import releasing
from offboarding.interfaces import Tracker
from offboarding.model.errors import FatalError
from offboarding.runs import pipeline
from offboarding.store import rechecks, recorded, runs, withdrawals
from offboarding.store.connect import Session, opened
from offboarding.store.rows import Run
from offboarding.store.trial import trial
from offboarding_airflow import tasks
from tests.support.begun import Begun, beginnings, begun
from tests.support.deciding import withdraw_run
from tests.support.listed_tracker import tracker
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import job, mail, number, worker

__all__ = ["beginnings", "begun", "tracker"]  # fixtures

FUTURE = datetime(2099, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
_callers = itertools.count(1)


def now() -> datetime:
    return datetime.now(UTC)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker), as_of=now() - 5 * DAY)
    office.policy = {"min_roster_percent": 0}
    office.directory.lists_credentials = True
    office.vendors.workers = [worker("V1", mail="kim@corp.example"), worker("V2")]
    office.hr.workers = [worker("1043"), worker("1044", job(last=(now() + 200 * DAY).date().isoformat()))]
    office.directory.accounts = [
        login("kim", mail("kim@corp.example")),
        login("lee", number("1043")),
        login("park", number("1044")),
    ]
    office.night()
    return office


@pytest.fixture
def office(begun: Begun) -> Office:
    """Kim works at a vendor's, Lee and Park here; Park's last day is told, and far. Everybody has a login."""
    return begun(first_night)


def relied_on(office: Office) -> None:
    """No trial any more: from here on it's a store as a company has it."""
    with office.session.transaction(), recorded.followed(office.session, actor="test"):
        office.session.execute("delete from trial")


def night_of_the_future(office: Office) -> Run:
    """What a store may hold from before such a moment was refused: a night of 2099, read and told to its end."""
    office.as_of = FUTURE
    told = office.night()
    relied_on(office)
    office.as_of = now() - DAY
    return told.run


def standing(session: Session) -> set[tuple[str, str, str]]:
    return {
        (str(rule), str(thing), str(state))
        for rule, thing, state in session.execute(
            "select rule, subject_label, state from finding where state <> 'resolved'"
        )
    }


DOORS: dict[str, Callable[[Office, datetime | None], object]] = {
    "night": lambda office, as_of: pipeline.open_run(
        office.session, office.settings, caller=f"night {next(_callers)}", as_of=as_of
    ),
    "departure": lambda office, as_of: pipeline.open_departure(
        office.session, office.settings, caller=f"departure {next(_callers)}", as_of=as_of
    ),
    "hour, what is open": lambda office, as_of: pipeline.open_verify(
        office.session, office.settings, caller=f"hour {next(_callers)}", as_of=as_of
    ),
    "hour, who is due": lambda office, as_of: pipeline.open_due(
        office.session, office.settings, caller=f"hour {next(_callers)}", as_of=as_of
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_moment_that_has_not_come_is_refused(
    office: Office, door: str, record_property: Callable[[str, object], None]
) -> None:
    relied_on(office)
    before = office.session.execute("select count(*) from run").fetchone()

    for as_of in (now() + timedelta(minutes=6), FUTURE):
        with pytest.raises(FatalError) as refused:
            DOORS[door](office, as_of)
        assert "lies ahead: by the store's clock it is" in str(refused.value)
        assert "Leave as_of out, or give an earlier one" in str(refused.value)

    assert office.session.execute("select count(*) from run").fetchone() == before
    record_property("attacks", 2)
    record_property("silent", 0)


def test_a_moment_of_yesterday_is_refused_to_whoever_triggers_a_dag(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    relied_on(office)
    told = {"params": {"as_of": (now() - timedelta(hours=7)).isoformat()}}
    monkeypatch.setattr(tasks, "context", lambda: told)

    with pytest.raises(FatalError, match="lies more than 6 hours back"):
        tasks.asked_moment(office.session)

    told["params"]["as_of"] = (now() - timedelta(hours=5)).isoformat()
    assert tasks.asked_moment(office.session) is not None


@pytest.mark.parametrize("door", DOORS)
def test_a_clock_that_is_a_little_ahead_is_no_lie(office: Office, door: str) -> None:
    relied_on(office)

    DOORS[door](office, now() + timedelta(minutes=4))
    DOORS[door](office, None)


def test_a_trial_may_look_ahead(store_parameters: dict[str, str | int]) -> None:
    with trial(store_parameters) as session:
        assert withdrawals.moment_of(session, FUTURE) == FUTURE


def test_a_store_is_on_trial_only_where_somebody_made_it_one(store_parameters: dict[str, str | int]) -> None:
    with opened(store_parameters, schema="another") as session, pytest.raises(FatalError, match="lies ahead"):
        withdrawals.moment_of(session, FUTURE)


def test_a_night_of_the_future_counts_for_nothing(
    office: Office, record_property: Callable[[str, object], None]
) -> None:
    future = night_of_the_future(office)

    told = office.night()

    assert told.failed == ()
    assert runs.last_finished_night(office.session) == runs.run(office.session, told.run.run_id)
    assert runs.last_finished_night(office.session) != future
    withdrawal = withdrawals.withdrawn(office.session, future.run_id)
    assert withdrawal is not None
    assert withdrawal.author == "the store"
    assert withdrawal.reason.startswith("its moment, 2099-01-02T00:00:00+00:00, lay ahead when it began")
    record_property("attacks", 1)
    record_property("silent", 0)


def test_who_vanished_then_has_left_now_and_is_due_in_time(office: Office) -> None:
    """A departure dated 2099 would make somebody invisible for years."""
    office.vendors.workers = office.vendors.workers[1:]
    night_of_the_future(office)

    office.night()

    found = office.session.execute(
        "select rule, state, left_at between now() - interval '1 day' and now(), due_at < now() + interval '3 days'"
        " from finding where subject_label like 'uid=kim%'"
    ).fetchall()
    assert found == [("leaver-account-works", "open", True, True)]


def test_who_leaves_later_is_no_leaver_because_of_it(office: Office) -> None:
    night_of_the_future(office)
    assert ("leaver-account-works", "uid=park,dc=corp", "open") in standing(office.session)

    office.night()

    assert standing(office.session) == set()


def test_what_stands_is_what_stood_without_it(office: Office) -> None:
    """Whatever it wrote, nights later things stand as in a store that never had it."""
    office.vendors.workers = office.vendors.workers[1:]
    office.night()
    without = standing(office.session)
    night_of_the_future(office)

    office.night()
    office.hr.change("1043", employments=(job("left", last=(now() - 2 * DAY).date().isoformat()),))
    office.as_of = now()
    told = office.night(days=0)

    assert told.failed == ()
    assert standing(office.session) == without | {("leaver-account-works", "uid=lee,dc=corp", "open")}
    late = office.session.execute(
        "select count(*) from departure where valid_from > now() or valid_to > now()"
    ).fetchone()
    assert late == (0,)


def test_whose_last_day_ended_is_due_whatever_a_future_run_says(office: Office) -> None:
    """Both a night and a departure of the future would say that somebody looked after it."""
    ends = now() - timedelta(hours=30)
    office.hr.change("1043", employments=(job(last=ends.date().isoformat(), zone="UTC"),))
    office.night(days=2)  # it ran before that day had ended
    run = pipeline.open_departure(office.session, office.settings, caller="later", as_of=FUTURE)
    office.session.execute(
        "insert into run_person (run_id, person_uid) select %s, person_uid from worker where worker_id = '1043'",
        (run.run_id,),
    )
    runs.close_run(office.session, run.run_id, red=(), waiting=0)
    night_of_the_future(office)

    due = rechecks.due(office.session, as_of=now(), zone="Asia/Seoul", pre_start_days=14)

    assert [person.worker_id for person in due] == ["1043"]


def test_a_release_takes_the_last_night_that_counts(office: Office) -> None:
    office.policy |= {"max_new_tickets": 0}
    office.vendors.workers = office.vendors.workers[1:]
    night = office.night()
    assert releasing.question(office.session) is not None
    future = night_of_the_future(office)

    run = office.release(future.run_id)

    assert run.as_of == night.run.as_of


def test_a_wrong_night_is_withdrawn_and_the_next_may_be_earlier(office: Office) -> None:
    relied_on(office)
    wrong = office.night(days=3)
    office.as_of = now() - 3 * DAY

    with pytest.raises(FatalError, match=rf"runs withdraw {wrong.run.run_id} --reason"):
        office.night(days=0)
    withdraw_run(office.session, wrong.run.run_id, reason="as_of was a day late", author="lee")
    told = office.night(days=0)

    assert told.failed == ()
    assert runs.last_finished_night(office.session) == runs.run(office.session, told.run.run_id)
    recorded = office.session.execute(
        "select actor, to_state from finding_event where about = %s", (f"withdrawal:{wrong.run.run_id}",)
    ).fetchall()
    assert recorded == [("lee", "written")]
    with pytest.raises(FatalError, match="was withdrawn by lee already: as_of was a day late"):
        withdraw_run(office.session, wrong.run.run_id, reason="again", author="park")
    with pytest.raises(FatalError, match="counts no more, and nothing is done in it: lee withdrew it"):
        pipeline.find_run(office.session, wrong.run.run_id)


def test_a_clock_that_was_set_back_is_told_and_mended(office: Office) -> None:
    """Reads dated later than now would count as newer than every read until then: nothing would be seen."""
    relied_on(office)
    told = office.night(days=4)
    ahead = timedelta(days=30)
    for statement in (
        "update run set started_at = started_at + %(a)s, as_of = as_of + %(a)s where run_id = %(r)s",
        "update account set observed_at = observed_at + %(a)s, first_seen_at = first_seen_at + %(a)s",
        "update scope set observed_at = observed_at + %(a)s",
        "update worker set observed_at = observed_at + %(a)s",
        "update roster_read set observed_at = observed_at + %(a)s where run_id = %(r)s",
        "update source_read set observed_at = observed_at + %(a)s where run_id = %(r)s",
    ):
        office.session.execute(statement, {"a": ahead, "r": told.run.run_id})
    office.as_of = now()
    office.hr.change("1043", employments=(job("left", last=(now() - 2 * DAY).date().isoformat()),))

    with pytest.raises(FatalError, match=rf"run {told.run.run_id} began later than that: it was set back") as refused:
        office.night(days=0)
    assert f'runs withdraw {told.run.run_id} --reason "..."' in str(refused.value)
    withdraw_run(office.session, told.run.run_id, reason="the clock ran a month ahead", author="lee")
    office.night(days=0)

    assert ("leaver-account-works", "uid=lee,dc=corp", "open") in standing(office.session)
