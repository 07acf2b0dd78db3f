"""Two persons who turn out to be one: the older is kept, and what was decided and told goes with them."""

import pytest

from offboarding.identity.people import with_number
from offboarding.model import Employment, Worker
from offboarding.store.connect import Session
from tests.support.feed import BROKEN, Feed, night_of
from tests.support.night import rule
from tests.support.oracle import Ruling, Verb
from tests.support.small_company import KIM, LEE, job, worker
from tests.support.variants import some_of

GONE = job("left", last="2026-11-01")


@pytest.fixture
def feed(store: Session) -> Feed:
    return Feed(session=store)


def uid(feed: Feed, worker_id: str) -> object:
    ((found,),) = feed.ask("select person_uid from worker where worker_id = %s", worker_id)
    return found


def test_the_older_person_is_kept_and_the_other_is_an_alias(feed: Feed) -> None:
    feed.read(10, worker("1"))
    feed.read(11, worker("1"), worker("2", previous=("1",)))
    older, newer = uid(feed, "1"), uid(feed, "2")
    assert older != newer

    feed.read(12, worker("2", previous=("1",)))

    assert uid(feed, "1") == uid(feed, "2") == older
    assert feed.ask("select alias_uid, person_uid, merged_at, evidence from person_alias") == [
        (newer, older, night_of(12), "the same worker id 1")
    ]


def test_a_merge_is_for_good(feed: Feed) -> None:
    one, two = worker("1", mail=KIM, logins=("kim",)), worker("2", mail=KIM, logins=("kim",))
    feed.read(10, one)
    feed.read(11, one, two)
    older = uid(feed, "1")

    feed.read(12, worker("1", mail=KIM), worker("2", mail=LEE))
    assert uid(feed, "2") == older
    Feed(session=feed.session, name="vendors").read(13, worker("2"))
    assert feed.ask("select distinct person_uid from worker where worker_id = '2'") == [(older,)]


def test_aliases_of_an_alias_are_the_keeper_s(feed: Feed) -> None:
    feed.read(10, worker("1"))
    feed.read(11, worker("1"), worker("2", previous=("1",)), worker("3", previous=("2",)))
    feed.read(12, worker("1"), worker("2", GONE, previous=("1",)), worker("3", previous=("2",)))
    feed.read(13, worker("1", GONE), worker("2", GONE, previous=("1",)), worker("3", previous=("2",)))

    assert {uid(feed, number) for number in ("1", "2", "3")} == {uid(feed, "1")}
    assert set(feed.ask("select person_uid from person_alias")) == {(uid(feed, "1"),)}


def test_a_chain_within_one_read_is_one_person(feed: Feed) -> None:
    feed.read(10, worker("3", previous=("2",)), worker("1", GONE), worker("2", GONE, previous=("1",)))

    assert feed.ask("select count(distinct person_uid) from worker") == [(1,)]


@pytest.mark.parametrize(("rows", "people"), [(10, 1), (11, 11)])
def test_a_previous_number_of_nobody_known_joins_a_few_by_as_few_pairs_as_it_takes(
    feed: Feed, rows: int, people: int
) -> None:
    feed.read(10, *(worker(str(number), previous=("7",)) for number in range(100, 100 + rows)))

    assert feed.ask("select count(distinct person_uid) from worker") == [(people,)]
    assert feed.ask("select count(*) from person_alias") == [(rows - people,)]


def doubted(feed: Feed) -> set[frozenset[object]]:
    """The pairs who may be one, as worker ids."""
    of = dict(feed.ask("select person_uid, worker_id from worker"))
    return {frozenset((of[one], of[other])) for one, other in feed.ask("select * from possibly_one")}


STILL_HERE = {
    "employed": job(),
    "on leave": job("leave"),
    "an end to come": job("left", last="2026-11-20"),
    "the last day ends somewhere yet": job("left", last="2026-11-12", zone=None),
    "a contract that ran out": job(end="2026-11-01"),
    "about to begin": job("future", start="2026-11-20"),
    "to begin on no day that is told": job("future", start=None),
}


@pytest.mark.parametrize("namer", (job(), GONE), ids=("works here", "left"))
@some_of(1, "owner", STILL_HERE.values(), ids=STILL_HERE)
def test_a_previous_number_whose_owner_is_listed_and_has_not_left_merges_nobody(
    feed: Feed, owner: Employment, namer: Employment
) -> None:
    feed.read(10, worker("1", owner), worker("2", namer), worker("3"))
    for day in (11, 12):
        feed.read(day, worker("1", owner), worker("2", namer, previous=("1",)), worker("3"))
        assert uid(feed, "1") != uid(feed, "2")
        assert doubted(feed) == {frozenset("12")}

    feed.read(13, worker("1", owner), worker("2", namer), worker("3"))

    assert doubted(feed) == set()
    feed.read(14, worker("2", namer), worker("3"))
    assert uid(feed, "1") != uid(feed, "2")


@pytest.mark.parametrize("left", [(), (worker("1", GONE),)], ids=("gone", "listed as left"))
def test_a_previous_number_merges_once_its_row_has_gone_or_left(feed: Feed, left: tuple[Worker, ...]) -> None:
    feed.read(10, worker("1"), worker("2", previous=("1",)))
    older = {uid(feed, "1"), uid(feed, "2")}

    feed.read(11, *left, worker("2", previous=("1",)))

    assert len(older) == 2
    assert uid(feed, "1") == uid(feed, "2")
    assert doubted(feed) == set()


@some_of(1, "left", [(), (worker("1", GONE),)], ids=("gone", "listed as left"))
@some_of(1, "nights", [1, 2], ids=("the same night", "later"))
def test_a_previous_number_that_a_row_comes_to_name_merges_nobody(
    feed: Feed, left: tuple[Worker, ...], nights: int
) -> None:
    feed.read(10, worker("1"), worker("2"), worker("3"))
    if nights == 2:
        feed.read(11, *left, worker("2"), worker("3"))

    feed.read(12, *left, worker("2", previous=("1",)), worker("3"))

    assert uid(feed, "1") != uid(feed, "2")
    assert feed.left() == {"1": "actual" if left else "inferred"}
    assert doubted(feed) == {frozenset("12")}
    feed.read(13, *left, worker("2"), worker("3"))
    assert doubted(feed) == set()


def test_a_previous_number_that_several_rows_came_with_merges_nobody(feed: Feed) -> None:
    team = [worker(number, previous=("1",)) for number in "23"]
    feed.read(10, worker("1"), *team)

    feed.read(11, worker("1", GONE), *team)
    assert len({uid(feed, number) for number in "123"}) == 3
    assert doubted(feed) == {frozenset("12"), frozenset("13")}

    feed.read(12, *team)
    assert len({uid(feed, number) for number in "123"}) == 3


def test_a_short_read_without_its_row_makes_no_previous_number_free(store: Session) -> None:
    feed = Feed(session=store, min_percent=80)
    rest = [worker(str(number)) for number in range(10, 20)]
    feed.read(10, worker("1"), *rest)

    feed.read(11, worker("2", previous=("1",)), *rest[:4])
    feed.read(12, worker("1"), worker("2", previous=("1",)), *rest)

    assert uid(feed, "1") != uid(feed, "2")


def test_a_previous_number_that_was_a_mistake_is_no_evidence_once_hr_takes_it_back(feed: Feed) -> None:
    told = "select w.worker_id, k.value from worker_key k join worker w using (worker_pk) where k.kind = 'number'"
    feed.read(10, worker("1"), worker("2"))
    feed.read(11, worker("1"), worker("2", previous=("1",)))
    assert [each.worker_id for each in with_number(feed.session, "1")] == ["1"]

    feed.read(12, worker("1"), worker("2"))

    assert sorted(feed.ask(told)) == [("1", "1"), ("2", "2")]


def test_a_previous_number_that_was_given_to_somebody_later_stays_evidence(feed: Feed) -> None:
    feed.read(10, worker("2", previous=("1",)))
    feed.read(11, worker("2"))

    feed.read(12, worker("1"), worker("2"))

    assert uid(feed, "1") != uid(feed, "2")
    assert feed.ask("select count(*) from worker_key where kind = 'number' and value = '1'") == [(2,)]


def test_a_number_in_the_column_of_previous_ones_merges_nobody_by_way_of_its_owner(feed: Feed) -> None:
    feed.read(10, *(worker(str(number), previous=("7",)) for number in range(7, 20)))

    assert feed.ask("select count(distinct person_uid) from worker") == [(13,)]


def test_two_who_vanish_at_once_are_not_one_by_a_number_that_both_rows_bore(feed: Feed) -> None:
    feed.read(10, worker("1"), worker("2", previous=("1",)), worker("3"))

    feed.read(11, worker("3"))

    assert uid(feed, "1") != uid(feed, "2")
    assert feed.left() == {"1": "inferred", "2": "inferred"}


def test_a_retired_roster_holds_no_number(store: Session) -> None:
    Feed(session=store, name="old").read(10, worker("1"))

    feed = Feed(session=store)
    feed.read(11, worker("2", previous=("1",)))

    assert uid(feed, "1") == uid(feed, "2")


def test_a_leaver_whose_row_names_a_colleague_is_in_doubt_and_stays_a_leaver(feed: Feed) -> None:
    feed.read(10, worker("1"), worker("2", GONE))
    feed.read(11, worker("1"), worker("2", GONE, previous=("1",)))

    assert feed.left() == {"2": "actual"}
    assert feed.ask("select person_uid from contested") == [(uid(feed, "2"),)]
    feed.read(12, worker("1"), worker("2", GONE))
    assert feed.ask("select person_uid from contested") == []


def successors(feed: Feed, name: str, *, left: Employment = GONE, began: str | None = "2026-11-05") -> bool:
    """Whether a leaver, and whoever bears the leaver's mail and login now, are one person."""
    leaver = worker("1", left, mail=KIM, logins=("kim",), name="Max Krause")
    feed.read(10, leaver, worker("2", job(start=began), mail=KIM, logins=("kim",), name=name))
    return uid(feed, "1") == uid(feed, "2")


def test_whoever_has_another_name_altogether_took_a_leavers_mail_and_login_over(feed: Feed) -> None:
    assert not successors(feed, "Mia Koch")
    assert feed.left() == {"1": "actual"}
    assert feed.ask("select person_uid from contested") == [(uid(feed, "1"),)]


def test_whoever_began_years_later_may_still_be_the_leaver(feed: Feed) -> None:
    assert not successors(feed, "Mia Koch", left=job("left", start="2018-01-01", last="2021-11-01"))
    assert len(feed.ask("select from possibly_one")) == 2


@pytest.mark.parametrize("name", ["Max Lund", "", "김철수"])
def test_a_name_that_says_nothing_against_it_keeps_nobody_apart(feed: Feed, name: str) -> None:
    assert successors(feed, name)


def test_whoever_worked_here_meanwhile_took_nothing_over(feed: Feed) -> None:
    assert successors(feed, "Mia Koch", began="2026-06-01")


def test_whoever_began_on_the_same_day_took_nothing_over(feed: Feed) -> None:
    assert successors(feed, "Mia Koch", left=job("left", start="2026-11-01", last="2026-11-04"), began="2026-11-01")


def test_whoever_began_on_no_day_that_is_told_may_have_taken_over(feed: Feed) -> None:
    assert not successors(feed, "Mia Koch", began=None)
    assert feed.left() == {"1": "actual"}


def test_a_name_that_stands_for_nothing_is_none(feed: Feed) -> None:
    assert successors(feed, " Unknown ")


def test_a_login_of_another_realm_was_not_taken_over(feed: Feed) -> None:
    left = job("left", last="2019-01-01")
    feed.read(
        10,
        worker("1", left, mail=KIM, logins=("corp:kim",), name="Max Krause"),
        worker("2", job(start="2026-11-05"), mail=KIM, logins=("lab:kim",), name="Mia Koch"),
    )

    assert feed.ask("select from possibly_one") == []


def test_a_newcomers_record_without_a_name_makes_no_leaver_come_back(feed: Feed) -> None:
    new = job(start="2026-11-05")
    leaver = worker("1", GONE, mail=KIM, logins=("kim",), name="Max Krause")
    news = [
        worker(number, new, mail=KIM, logins=("kim",), name=name) for number, name in (("2", "Mia Koch"), ("3", ""))
    ]
    feed.read(10, leaver, *news)

    assert uid(feed, "2") == uid(feed, "3") != uid(feed, "1")
    assert feed.left() == {"1": "actual"}


def test_a_leavers_record_without_a_name_makes_no_leaver_come_back(feed: Feed) -> None:
    gone = [
        worker(number, GONE, mail=KIM, logins=("kim",), name=name) for number, name in (("1", "Max Krause"), ("3", ""))
    ]
    feed.read(10, *gone)
    feed.read(11, *gone, worker("2", job(start="2026-11-05"), mail=KIM, logins=("kim",), name="Mia Koch"))

    assert uid(feed, "1") == uid(feed, "3") != uid(feed, "2")
    assert feed.left() == {"1": "actual"}


def test_a_leaver_is_in_doubt_for_as_long_as_somebody_else_has_their_mail_and_login(feed: Feed) -> None:
    leaver = worker("1", job("left", last="2019-01-01"), mail=KIM, logins=("kim",), name="Max Krause")
    doubted: list[int] = []
    for day, logins in ((10, ()), (11, ("kim",)), (12, ())):
        feed.read(day, leaver, worker("2", job(start="2026-11-05"), mail=KIM, logins=logins, name="Mia Koch"))
        doubted.append(len(feed.ask("select from contested_person")))

    assert doubted == [0, 1, 0]


def test_two_who_took_over_from_a_leaver_are_one_by_mail_and_login(feed: Feed) -> None:
    news = [worker(number, job(start="2026-11-05"), mail=KIM, logins=("kim",), name="Mia Koch") for number in "23"]
    feed.read(10, worker("1", GONE, mail=KIM, logins=("kim",), name="Max Krause"), *news)

    assert uid(feed, "2") == uid(feed, "3") != uid(feed, "1")


def test_who_was_kept_apart_by_a_slip_in_the_name_is_one_once_it_is_mended(feed: Feed) -> None:
    assert not successors(feed, "Mia Koch")

    assert successors(feed, "Max Krause-Koch")
    assert feed.left() == {}


@pytest.mark.parametrize(("bearers", "people"), [(10, 1), (11, 11)])
def test_a_mail_and_login_of_more_than_ten_make_nobody_one(feed: Feed, bearers: int, people: int) -> None:
    feed.read(10, *(worker(str(number), mail=KIM, logins=("extern",)) for number in range(100, 100 + bearers)))

    assert feed.ask("select count(distinct person_uid) from worker") == [(people,)]


@pytest.mark.parametrize(("bearers", "doubted"), [(10, 9), (11, 0)])
def test_a_mail_of_more_than_ten_makes_nobody_possibly_one(feed: Feed, bearers: int, doubted: int) -> None:
    news = [worker(str(number), job(start="2026-11-05"), mail=KIM) for number in range(100, 99 + bearers)]
    feed.read(10, worker("1", GONE, mail=KIM), *news)

    assert feed.ask("select count(*) from possibly_one where person_uid = %s", uid(feed, "1")) == [(doubted,)]


def test_a_partial_read_that_gives_each_the_next_ones_mail_and_login_merges_nobody(feed: Feed) -> None:
    def shifted(by: int) -> list[Worker]:
        pairs = [(str(each), str((each + by) % 4)) for each in range(4)]
        return [worker(f"10{n}", mail=f"m{m}@corp.example", logins=(f"l{m}",)) for n, m in pairs]

    feed.read(10, *shifted(0))
    feed.read(11, *shifted(1), problems=BROKEN)
    feed.read(12, *shifted(0), problems=BROKEN)
    feed.read(13, *shifted(0))

    assert feed.ask("select from person_alias") == []
    assert feed.ask("select count(*) from worker_key where kind <> 'number'") == [(8,)]
    feed.read(14, *shifted(0), worker("200", mail="m0@corp.example", logins=("l0",)))
    assert uid(feed, "200") == uid(feed, "100")


def test_a_partial_read_that_gives_a_leavers_mail_and_login_to_one_who_had_none_merges_nobody(feed: Feed) -> None:
    """The leaver's row can't be read; what it gives another is theirs by a complete read alone."""
    leaver, other = worker("100", GONE, mail=KIM, logins=("kim",)), worker("101")
    moved = worker("101", mail=KIM, logins=("kim",))
    feed.read(10, leaver, other)
    feed.read(11, moved, problems=BROKEN)
    feed.read(12, moved, problems=BROKEN)
    feed.read(13, leaver, other)

    assert feed.ask("select from person_alias") == []
    assert feed.left() == {"100": "actual"}
    feed.read(14, moved)
    assert uid(feed, "101") == uid(feed, "100")


def test_one_with_a_number_for_each_of_many_contracts_is_one(feed: Feed) -> None:
    contracts = [worker(str(number), GONE, mail=KIM, logins=("kim",), name="Max Krause") for number in range(100, 111)]
    feed.read(10, *contracts, worker("1", mail=KIM, logins=("kim",), name="MAX KRAUSE"))

    assert feed.ask("select count(distinct person_uid) from worker") == [(1,)]
    assert feed.left() == {}


def test_a_leaver_who_turns_out_to_work_here_is_none(feed: Feed) -> None:
    gone = worker("c9", GONE, mail=KIM, logins=("kim",))
    feed.read(10, worker("1"))
    feed.read(11, worker("1"), gone)
    assert feed.left() == {"c9": "actual"}

    feed.read(12, worker("1", mail=KIM, logins=("kim",)), gone)

    assert feed.left() == {}
    assert feed.ask("select ended_because from departure") == [("merged",)]


def decide(feed: Feed, worker_id: str, verb: Verb) -> None:
    rule(feed.session, Ruling(realm="d1", native_id="x", id_space="hr", worker_id=worker_id, verb=verb))


@pytest.mark.parametrize("last", Verb)
def test_the_last_decision_about_both_names_stands(feed: Feed, last: Verb) -> None:
    first = Verb.REJECT if last is Verb.CONFIRM else Verb.CONFIRM
    feed.read(10, worker("1"), worker("2", previous=("1",)))
    decide(feed, "2", first)
    decide(feed, "1", last)

    feed.read(11, worker("2", previous=("1",)))

    standing = feed.ask("select person_uid, verdict from link_decision where revoked_at is null")
    assert standing == [(uid(feed, "1"), last.value)]
    assert feed.ask("select count(*) from link_decision") == [(2,)]


def test_a_decision_about_the_newer_name_goes_to_the_older(feed: Feed) -> None:
    feed.read(10, worker("1"))
    feed.read(11, worker("1"), worker("2", previous=("1",)))
    decide(feed, "2", Verb.REJECT)

    feed.read(12, worker("2", previous=("1",)))

    assert feed.ask("select person_uid, verdict, revoked_at from link_decision") == [(uid(feed, "1"), "reject", None)]


def test_people_know_a_person_by_the_worker_who_is_here(feed: Feed) -> None:
    shown = "select w.worker_id from person p join worker w on w.worker_pk = p.shown_worker_pk where w.person_uid = %s"
    feed.read(10, worker("c9", GONE), worker("1", previous=("c9",)))
    assert feed.ask(shown, uid(feed, "1")) == [("1",)]

    feed.read(12, worker("c9", GONE), worker("1", job("left", last="2026-11-10"), previous=("c9",)))
    assert feed.ask(shown, uid(feed, "1")) == [("1",)]
