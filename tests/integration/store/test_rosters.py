"""What one read of a roster does to what another told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from offboarding.identity.keys import KeyRules, RosterWorkerForm
from offboarding.model import Coverage, Employment, LeftOut, RosterSummary, RunKind, Worker
from offboarding.model.errors import FatalError, RetriableError
from offboarding.store import runs
from offboarding.store.accepted_reads import accept_read
from offboarding.store.connect import Session
from offboarding.store.rosters import RosterRead, RosterRow
from tests.support.feed import BROKEN, Feed, listed, night_of
from tests.support.small_company import KIM, LEFT, WORKS, job, worker
from tests.support.variants import some_of

TEN = tuple(range(101, 111))
GONE = job("left", last="2026-11-01")
FORM = RosterWorkerForm(
    roster="hr",
    id_space="hr",
    login_realm="corp",
    realms={},
    placeholders=frozenset(),
    rules=KeyRules.of(("corp.example",), {}, (), ()),
)


@pytest.fixture
def feed(store: Session) -> Feed:
    return Feed(session=store)


# --- silence ---------------------------------------------------------------------------------------------------------


def test_no_more_vanish_at_once_than_the_bound_and_the_others_wait(store: Session) -> None:
    feed = Feed(session=store, bound=2)
    feed.read(10, *listed(*TEN))

    first = feed.read(11, *listed(*TEN[5:]))
    assert (first.inferred, first.waiting) == (2, 3)
    assert feed.vanished() == {"101", "102"}

    second = feed.read(12, *listed(*TEN[5:]))
    assert (second.inferred, second.waiting) == (0, 3)

    third = feed.read(13, *listed(*TEN[6:]))
    assert (third.inferred, third.waiting) == (1, 3)
    assert feed.vanished() == {"101", "102", "106"}


def test_whoever_is_listed_again_neither_left_nor_waits(store: Session) -> None:
    feed = Feed(session=store, bound=1)
    feed.read(10, *listed(*TEN))
    feed.read(11, *listed(*TEN[3:]))

    back = feed.read(12, *listed(101, 103, *TEN[3:]))

    assert (back.inferred, back.waiting) == (0, 1)
    assert feed.left() == {}
    again = feed.read(13, *listed(*TEN[3:]))
    assert (again.inferred, again.waiting) == (1, 2)


def test_a_retry_of_a_read_says_the_same_again(store: Session) -> None:
    feed = Feed(session=store, bound=2)
    feed.read(10, *listed(*TEN))
    once = feed.read(11, *listed(*TEN[3:]))

    assert feed.read(11, *listed(*TEN[3:])) == once
    assert (once.inferred, once.waiting) == (2, 1)


def test_who_waits_leaves_when_a_person_accepts_the_last_read(store: Session) -> None:
    feed = Feed(session=store, bound=1)
    feed.read(10, *listed(*TEN))
    feed.read(11, *listed(*TEN[3:]))
    feed.read(12, *listed(*TEN[3:]))

    with pytest.raises(FatalError, match="read again"):
        accept_read(store, 2, "hr", reason="a reduction", author="analyst")
    accepted = accept_read(store, 3, "hr", reason="a reduction", author="analyst")

    assert accepted.left == 2
    feed.correlate(13)
    assert feed.left() == {"101": "inferred", "102": "inferred", "103": "inferred"}
    with pytest.raises(FatalError, match="doesn't wait"):
        accept_read(store, 3, "hr", reason="again", author="analyst")


def test_from_a_list_of_who_works_here_each_is_named_in_that_very_read_and_counts(store: Session) -> None:
    feed = Feed(session=store, coverage=Coverage.ACTIVE, bound=100)
    feed.read(10, *listed(*TEN))

    assert feed.read(11, *listed(*TEN[4:])).inferred == 4
    assert feed.ask("select distinct basis, confirmed, left_at from departure") == [("inferred", True, night_of(11))]


def test_nobody_is_missed_in_a_list_of_leavers(store: Session) -> None:
    feed = Feed(session=store, coverage=Coverage.LEAVERS)
    feed.read(10, worker("1", GONE), worker("2"))

    assert feed.read(11).inferred == 0
    assert feed.left() == {"1": "actual"}


def test_a_short_read_concludes_nothing_and_hides_nobody_from_the_next(store: Session) -> None:
    """Whoever really left on the night of the short read is found by the next whole one."""
    feed = Feed(session=store, min_percent=80)
    feed.read(10, *listed(*TEN))

    short = feed.read(11, *listed(*TEN[5:]))
    assert (short.status, short.inferred, feed.vanished()) == ("partial", 0, set())

    whole = feed.read(12, *listed(*TEN[1:]))
    assert (whole.status, whole.inferred, feed.vanished()) == ("complete", 1, {"101"})


def test_a_short_read_that_a_person_accepts_is_the_truth(store: Session) -> None:
    feed = Feed(session=store, min_percent=80, bound=1)
    feed.read(10, *listed(*TEN))
    feed.read(11, *listed(*TEN[5:]))

    assert accept_read(store, 2, "hr", reason="a site closed", author="analyst").left == 5
    assert feed.read(12, *listed(*TEN[5:])).status == "complete"
    assert set(feed.left()) == {"101", "102", "103", "104", "105"}


def test_whom_no_whole_read_ever_held_waits_for_a_person(feed: Feed) -> None:
    feed.read(10, *listed(1, 2), problems=BROKEN)

    outcome = feed.read(11, *listed(2))

    assert (outcome.inferred, outcome.waiting) == (0, 1)
    assert feed.left() == {}


def test_an_announced_leaver_who_vanishes_before_the_day_is_missed(feed: Feed) -> None:
    feed.read(10, worker("1", job("left", last="2026-12-31")), worker("2"))

    feed.read(11, worker("2"))

    assert feed.left() == {"1": "inferred"}


def test_a_hire_who_never_came_is_missed_once_he_should_have_begun(feed: Feed) -> None:
    feed.read(10, worker("1", job("future", start="2026-11-20")), worker("2"))

    feed.read(11, worker("2"))
    assert feed.left() == {}
    feed.read(21, worker("2"))
    assert feed.left() == {"1": "inferred"}


def test_a_hire_whose_days_make_no_sense_and_who_vanishes_bridges_nothing(feed: Feed) -> None:
    announced = job("future", start="2026-11-20", last="2026-01-31")
    feed.read(10, worker("1", job("left", last="2026-11-06"), announced), worker("2"))
    assert feed.left() == {}

    feed.read(11, worker("2"))

    assert feed.left() == {"1": "actual"}


# --- partial, failed, older ------------------------------------------------------------------------------------------


def test_a_partial_read_takes_nothing_away_and_gives_what_it_says(feed: Feed) -> None:
    feed.read(10, worker("1", WORKS, mail=KIM), worker("2"), worker("3"))

    outcome = feed.read(11, worker("1", job(start="2020-01-01")), worker("2", GONE), problems=BROKEN)

    assert (outcome.status, outcome.inferred, outcome.waiting) == ("partial", 0, 0)
    assert feed.left() == {"2": "actual"}
    assert feed.ask("select worker_id from worker where missing_since is not null") == []
    assert feed.ask("select valid_to from worker_key where kind = 'mail'") == [(None,)]
    starts = "select start_on from employment join worker using (worker_pk) where worker_id = '1' order by start_on"
    assert feed.ask(starts) == [(date(2015, 1, 1),), (date(2020, 1, 1),)]


def test_an_employment_told_in_two_ways_makes_the_read_partial_and_nobody_a_leaver(feed: Feed) -> None:
    outcome = feed.read(10, worker("1", LEFT), worker("1", WORKS))

    assert outcome.status == "partial"
    assert "worker 1" in outcome.problems[0]
    assert feed.left() == {}


def breaking_off() -> Iterator[Worker]:
    """A read that ends in an error after its first worker."""
    yield worker("1")
    raise RetriableError("rosters.hr: gone")


def test_a_failed_read_leaves_everything_as_it_was(feed: Feed) -> None:
    feed.read(10, worker("1", GONE), worker("2"))
    begun = read_begun(feed.session, 11)

    with pytest.raises(RetriableError):
        begun.stage(breaking_off(), FORM)
    begun.fail("rosters.hr: gone")

    assert feed.ask("select status, error from roster_read order by read_id desc limit 1") == [
        ("failed", "rosters.hr: gone")
    ]
    feed.correlate(11)
    assert feed.left() == {"1": "actual"}
    assert feed.read(12, worker("1", GONE)).inferred == 1


def read_begun(session: Session, day: int) -> RosterRead:
    run = runs.open_run(session, kind=RunKind.NIGHTLY, caller=f"night {day}", as_of=night_of(day))
    row = RosterRow(name="hr", id_space="hr", login_realm="corp", coverage=Coverage.FULL)
    return RosterRead.begin(session, row, run.run_id, run.as_of)


def test_an_older_read_never_overwrites_a_newer(feed: Feed) -> None:
    feed.read(10, worker("1"), worker("2"))
    older, newer = read_begun(feed.session, 11), read_begun(feed.session, 12)
    summary = RosterSummary(origin="a list", proved=True, dated_at=None, rows=1)

    def merge(read: RosterRead, *workers: Worker) -> None:
        read.stage(workers, FORM)
        read.merge(summary, (), min_percent=0, absolute=5, percent=1)

    merge(newer, worker("1", name="of the newer"), worker("2"))
    merge(older, worker("1", LEFT, name="of the older"))

    assert feed.ask("select name, missing_since from worker order by worker_id") == [("of the newer", None), ("", None)]
    feed.correlate(13)
    assert feed.left() == {}


def test_a_roster_that_is_no_longer_configured_keeps_leavers_and_makes_nobody_active(feed: Feed) -> None:
    feed.read(10, worker("1", GONE), worker("2", GONE))
    Feed(session=feed.session, name="vendors").read(11, worker("2", job(start="2020-01-01")))
    assert set(feed.left()) == {"1"}

    feed.read(12, worker("1", GONE), worker("2", GONE))

    assert set(feed.left()) == {"1", "2"}


# --- what HR says of one worker --------------------------------------------------------------------------------------


def test_a_number_that_changed_with_the_previous_one_given_is_nobody_s_departure(store: Session) -> None:
    feed = Feed(session=store, bound=1)
    feed.read(10, *listed(1, 2, 3))
    (before,) = feed.ask("select person_uid from worker where worker_id = '1'")

    outcome = feed.read(11, worker("9", previous=("1",)), worker("2"))

    assert (outcome.inferred, outcome.waiting) == (1, 0)
    assert feed.left() == {"3": "inferred"}
    assert feed.ask("select person_uid from worker where worker_id in ('1', '9')") == [before, before]
    feed.read(12, worker("9", GONE, previous=("1",)), worker("2"))
    assert feed.left() == {"9": "actual", "3": "inferred"}


def test_a_number_whose_change_is_told_a_night_later(feed: Feed) -> None:
    feed.read(10, *listed(1, 2))
    feed.read(11, worker("2"))
    assert feed.left() == {"1": "inferred"}

    feed.read(12, worker("9", previous=("1",)), worker("2"))
    assert feed.left() == {}
    feed.read(13, worker("9", LEFT, previous=("1",)), worker("2"))
    assert feed.left() == {"9": "actual"}


def test_a_rescinded_departure_is_withdrawn(feed: Feed) -> None:
    feed.read(14, worker("1", LEFT))
    feed.read(15, worker("1", WORKS))

    assert feed.ask("select ended_because, valid_from, valid_to from departure") == [
        ("withdrawn", night_of(14), night_of(15))
    ]


def test_the_episode_rises_when_somebody_comes_back_and_leaves_again(feed: Feed) -> None:
    back = job(start="2026-11-16")
    feed.read(14, worker("1", LEFT))
    feed.read(16, worker("1", LEFT, back))
    assert feed.ask("select returned, episode from departure where valid_to is null") == [(True, 1)]

    feed.read(19, worker("1", LEFT, replace(back, last_working_on=date(2026, 11, 18))))

    assert feed.ask("select returned, episode from departure where valid_to is null") == [(False, 2)]
    feed.read(20, worker("1", LEFT, replace(back, last_working_on=date(2026, 11, 17))))
    assert feed.ask("select episode, ended_because from departure order by departure_id") == [
        (1, "returned"),
        (1, "changed"),
        (2, "changed"),
        (2, None),
    ]


def test_a_day_that_hr_corrects_is_the_same_episode(feed: Feed) -> None:
    feed.read(14, worker("1", LEFT))
    feed.read(15, worker("1", job("left", last="2026-11-12")))

    assert feed.ask("select episode, left_on, valid_to is null from departure order by departure_id") == [
        (1, date(2026, 11, 13), False),
        (1, date(2026, 11, 12), True),
    ]


def test_what_hr_once_told_stays_evidence(feed: Feed) -> None:
    feed.read(14, worker("1", LEFT, mail=KIM, logins=("kim",), previous=("0815",)))
    feed.read(15, worker("1", LEFT))

    keys = feed.ask("select kind, value, origin, valid_to is null from worker_key order by kind, value")
    assert keys == [
        ("login", "kim", "former", False),
        ("mail", KIM, "former", False),
        ("number", "0815", "former", False),
        ("number", "1", "current", True),
    ]
    feed.read(16, worker("1", LEFT, mail=KIM))
    assert feed.ask("select origin, valid_to from worker_key where kind = 'mail'") == [("current", None)]


def test_an_ended_employment_that_is_no_longer_told_stays_and_a_correction_goes(feed: Feed) -> None:
    wrong, ended = job(start="2001-01-01"), job("left", start="2010-01-01", last="2014-12-31")
    feed.read(10, worker("1", ended, wrong, WORKS))

    feed.read(11, worker("1", WORKS))

    assert feed.ask("select start_on from employment order by start_on") == [(date(2010, 1, 1),), (date(2015, 1, 1),)]
    assert feed.ask("select returned from departure where valid_to is null") == [(True,)]


TO_COME = job(start="2027-06-01")
STARTS = "select start_on from employment order by start_on"


@some_of(
    1,
    "told",
    [
        (TO_COME,),
        (job("future", start="2027-06-01"),),
        (job("future", start=None),),
        (job("left", start="2010-01-01", last="2014-12-31"), TO_COME),
    ],
    ids=["renewed ahead", "announced", "on no day yet", "beside one that was over before"],
)
def test_what_is_still_to_come_ends_nothing_that_goes_on(feed: Feed, told: tuple[Employment, ...]) -> None:
    feed.read(10, worker("1", WORKS), worker("2"))
    feed.read(11, worker("1", *told), worker("2"))
    assert feed.left() == {}

    feed.read(12, worker("2"))

    assert feed.left() == {"1": "inferred"}


def test_a_rehire_that_is_put_off_on_its_first_day_never_began(feed: Feed) -> None:
    feed.read(18, worker("1", LEFT, job("future", start="2026-11-20")), worker("2"))

    feed.read(20, worker("1", LEFT, job("future", start="2027-03-01")), worker("2"))

    assert feed.left() == {"1": "actual"}


def test_a_rehire_that_is_withdrawn_before_its_first_day_never_began(feed: Feed) -> None:
    feed.read(15, worker("1", LEFT, job("future", start="2026-11-20")), worker("2"))
    feed.read(17, worker("2"))

    feed.read(21, worker("2"))

    assert feed.left() == {"1": "actual"}


def test_a_rehire_by_another_number_that_is_withdrawn_leaves_the_departure_where_it_was(feed: Feed) -> None:
    again = replace(worker("9", job("future", start="2026-11-27")), previous_worker_ids=("1",))
    feed.read(10, worker("1", WORKS), worker("2"))
    feed.read(11, worker("2"))
    feed.read(15, worker("2"), again)
    feed.read(17, worker("2"))

    feed.read(28, worker("2"))

    assert {str(at.date()) for (at,) in feed.ask("select left_at from departure")} == {"2026-11-11"}


def test_who_came_back_and_vanishes_has_left_then(feed: Feed) -> None:
    feed.read(10, worker("1", job(last="2026-11-11")), worker("2"))
    feed.read(11, worker("2"))
    for day in (12, 14, 15):
        feed.read(day, worker("1", job(start="2026-11-14")), worker("2"))

    feed.read(20, worker("2"))

    assert feed.ask("select left_at from departure where valid_to is null and not returned") == [(night_of(20),)]


def test_who_was_rehired_and_vanishes_has_left_then_and_not_by_the_former_end(store: Session) -> None:
    feed = Feed(session=store, coverage=Coverage.ACTIVE)
    former = job("left", last="2026-11-10")
    feed.read(10, worker("1", former), worker("2"))
    feed.read(12, worker("1", former, job(start="2026-11-12")), worker("2"))

    feed.read(20, worker("2"))

    assert feed.ask("select left_at from departure where valid_to is null and not returned") == [(night_of(20),)]


def test_what_went_on_until_another_began_goes_once_that_is_told_as_begun(feed: Feed) -> None:
    begins = job(start="2026-11-20", end="2026-11-25")
    feed.read(10, worker("1", WORKS))
    for day in (11, 19):
        feed.read(day, worker("1", begins))
        assert feed.ask(STARTS) == [(date(2015, 1, 1),), (date(2026, 11, 20),)]

    feed.read(21, worker("1", begins))

    assert feed.ask(STARTS) == [(date(2026, 11, 20),)]
    feed.read(27, worker("1", begins))
    assert feed.left() == {"1": "planned"}


@some_of(
    1,
    "ended",
    [job("left", start="2015-02-01", last="2026-11-08"), job("left", start="2015-02-01"), job("left", start=None)],
    ids=["on a day", "on no day", "begun on no day"],
)
def test_an_end_beside_what_is_to_come_ends_what_was_told_before(feed: Feed, ended: Employment) -> None:
    feed.read(10, worker("1", WORKS))

    feed.read(11, worker("1", ended, TO_COME))

    assert feed.left() == {"1": "actual"}


def test_a_day_that_hr_blanks_stands_where_it_had_passed(feed: Feed) -> None:
    feed.read(20, worker("1", LEFT), worker("2", job("left", last="2026-11-30")))

    feed.read(21, worker("1", job("left")), worker("2", job("left")))
    feed.read(22, worker("1", job("left")), worker("2", job("left")))

    left = feed.ask(
        "select worker_id, left_on, left_at from departure join worker using (worker_pk) order by worker_id"
    )
    assert left == [
        ("1", date(2026, 11, 13), night_of(13).replace(hour=15)),
        ("2", None, night_of(21)),
    ]


# --- a column that is shifted by a row -------------------------------------------------------------------------------


RIGHT = (worker("1", mail="one@corp.example"), worker("2", mail="two@corp.example"))
SHIFTED = (worker("1", mail="two@corp.example"), worker("2", mail="one@corp.example"))
MAILS = (
    "select w.worker_id, k.value from worker_key k join worker w using (worker_pk) where k.kind = 'mail' order by 1, 2"
)
OWN = [("1", "one@corp.example"), ("2", "two@corp.example")]
BOTH = [(worker_id, value) for worker_id in ("1", "2") for _, value in OWN]


@some_of(1, ("hours", "left"), [(0, OWN), (7 * 24 - 1, OWN), (7 * 24, BOTH)])
def test_a_mail_that_its_owner_has_again_within_a_week_was_nobody_else_s(
    feed: Feed, hours: int, left: list[tuple[str, str]]
) -> None:
    feed.read(10, *RIGHT)
    feed.read(11, *SHIFTED)
    feed.session.execute(
        "update worker_key set valid_from = valid_from - %(by)s, valid_to = valid_to - %(by)s",
        {"by": timedelta(hours=hours)},
    )

    feed.read(18, *RIGHT)

    assert feed.ask(MAILS) == left


def test_a_partial_read_shows_no_mistake(feed: Feed) -> None:
    feed.read(10, *RIGHT)
    feed.read(11, *SHIFTED)

    feed.read(12, *RIGHT, problems=BROKEN)

    assert feed.ask(MAILS) == BOTH


def test_of_whom_a_value_could_not_be_kept_none_is_dropped(feed: Feed) -> None:
    feed.read(10, *RIGHT)
    feed.read(11, *SHIFTED)

    feed.read(12, *RIGHT, left_out=LeftOut(workers=["2"]))

    assert feed.ask(MAILS) == [OWN[0], *BOTH[2:]]


# --- one number, several people ---------------------------------------------------------------------------------------


def test_a_number_that_stands_for_two_people_is_believed_of_neither(feed: Feed) -> None:
    many = [worker(str(number), name=f"Person {number}") for number in range(100, 120)]
    one = worker("1", name="Kim Minjun", mail=KIM, logins=("kim",))
    feed.read(14, one, *many)
    left = worker("1", LEFT, name="Kim Minjun", mail=KIM, logins=("kim",))
    lee = worker("1", job(start="2019-01-01"), name="Lee Ha", mail="lee@corp.example", logins=("lee",))
    park = worker("1", job(start="2018-01-01"), name="Park Jiho", mail="park@corp.example", logins=("park",))

    outcome = feed.read(15, left, lee, park, *many)

    assert outcome.status == "partial"
    (said,) = outcome.problems
    assert said.startswith("a list, worker 1: is told as several people, with other names, mails or logins")
    assert "See whether two columns are swapped, or a number was given twice." in said
    assert feed.ask("select value from worker_key where kind = 'mail'") == [(KIM,)]
    assert feed.left() == {}


def test_two_jobs_of_one_person_and_a_name_that_changed_between_two_are_one_person(feed: Feed) -> None:
    before = worker("1", job("left", start="2010-01-01", last="2014-12-31"), name="Kim Minjun", mail=KIM)
    second = worker("2", job(start="2016-01-01"), name="Lee Ha", mail="ha@corp.example")

    outcome = feed.read(
        14,
        before,
        worker("1", WORKS, name="Choi Minjun", mail="choi@corp.example"),
        second,
        worker("2", WORKS, name="Lee Ha", mail="lee@corp.example"),
    )

    assert (outcome.status, outcome.problems) == ("complete", ())


def test_a_read_of_another_columns_numbers_is_believed_in_nothing(feed: Feed) -> None:
    people = [(str(n), f"Person {n}", f"p{n}@corp.example", f"p{n}") for n in range(30)]
    feed.read(14, *(worker(number, name=name, mail=mail, logins=(login,)) for number, name, mail, login in people))
    persons = feed.ask("select count(distinct person_uid) from worker")
    bosses = (
        worker(str(place % 3), job(start=f"20{place % 20:02}-01-01"), name=name, mail=mail, logins=(login,))
        for place, (_, name, mail, login) in enumerate(people)
    )

    outcome = feed.read(15, *bosses)

    assert outcome.status == "partial"
    assert "3 of its 3 workers, such as 0, are told as several people each" in outcome.problems[0]
    assert feed.ask("select count(distinct person_uid) from worker") == persons == [(30,)]
    assert feed.left() == {}


# --- a record that couldn't be read ----------------------------------------------------------------------------------

HALF = LeftOut(records=("101",))
ENDED = worker("101", job("left", "2015-01-01", last="2026-11-01"))


def test_nobody_leaves_by_one_record_whose_other_could_not_be_read(feed: Feed) -> None:
    feed.read(10, *listed(102))
    new = feed.read(11, ENDED, *listed(102), left_out=HALF)

    assert (new.status, feed.left()) == ("complete", {})

    feed.read(12, ENDED, *listed(102))
    assert feed.left() == {"101": "actual"}, "once all of theirs can be read"


def test_whoever_is_known_has_not_left_by_it_either(feed: Feed) -> None:
    feed.read(10, *listed(101, 102))
    feed.read(11, ENDED, *listed(102), left_out=HALF)

    assert feed.left() == {}


def test_whoever_has_left_before_stays_a_leaver(feed: Feed) -> None:
    feed.read(10, ENDED, *listed(102))
    feed.read(11, ENDED, *listed(102), left_out=HALF)

    assert feed.left() == {"101": "actual"}
