"""The oracle's persons and departures, against what the specification says of each case."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offboarding.model import Basis, Coverage, Employment, LinkDecision, Worker
from tests.support.oracle import Company, Leaving, RosterRead, Snapshot, SourceRead, Verdict, judge
from tests.support.small_company import LEFT, NIGHT, WORKS, account, job, ldap, mail, worker
from tests.support.variants import some_of

SEOUL = "Asia/Seoul"
SEATTLE = "America/Los_Angeles"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def hr(
    *workers: Worker, name: str = "hr", coverage: Coverage = Coverage.FULL, earlier: tuple[Worker, ...] = ()
) -> RosterRead:
    """A roster of the realm corp; `earlier` is what it held two days before."""
    before = (Snapshot(observed_at=utc(2026, 11, 22, 16), workers=earlier),) if earlier else ()
    return RosterRead(name=name, login_realm="corp", coverage=coverage, workers=workers, earlier=before)


def leaving(*jobs: Employment, as_of: datetime = NIGHT) -> Leaving | None:
    """The departure of somebody with these employments."""
    verdict = judge(Company(as_of=as_of, rosters=(hr(worker("1", *jobs)),)))
    return verdict.departures[verdict.person("hr", "1")]


def people(*rosters: RosterRead) -> Verdict:
    return judge(Company(as_of=NIGHT, rosters=rosters))


def sizes(verdict: Verdict) -> list[int]:
    return sorted(len(person) for person in verdict.persons)


NOT_LEAVERS = {
    "active": (WORKS,),
    "active from nobody knows when": (job(start=None),),
    "on leave": (job("leave"),),
    "last working day ahead": (job(last="2026-11-26"),),
    "dated in the future": (job("left", last="2026-12-31"),),
    "today is the last day": (job("left", last="2026-11-25"),),
    "garden leave to come": (job("left", last="2026-11-30", end="2027-02-28"),),
    "contract runs": (job(end="2027-01-31"),),
    "open end as feeds write it": (job(end="9999-12-31"),),
    "only a future hire": (job("future", start="2027-01-01"),),
    "future hire without a day": (job("future", start=None),),
    "future hire who has begun": (job("future", start="2026-11-01"),),
    "active, but begins later": (job(start="2026-12-20"),),
    "several employments, one stands": (LEFT, WORKS),
    "rehired": (LEFT, job(start="2026-11-20")),
    "begins again within a fortnight of the last day": (LEFT, job("future", start="2026-11-28")),
}


@some_of(4, "jobs", NOT_LEAVERS.values(), ids=NOT_LEAVERS)
def test_is_no_leaver(jobs: tuple[Employment, ...]) -> None:
    assert leaving(*jobs) is None


LEAVERS = {
    "last working day": ((LEFT,), utc(2026, 11, 13, 15), Basis.ACTUAL),
    "last working day comes before the termination": (
        (job("left", last="2026-11-13", end="2027-01-31"),),
        utc(2026, 11, 13, 15),
        Basis.ACTUAL,
    ),
    "only a termination date": ((job("left", end="2026-11-20"),), utc(2026, 11, 20, 15), Basis.ACTUAL),
    "left without any date": ((job("left"),), NIGHT, Basis.ACTUAL),
    "the day ended in Seoul an hour ago": ((job("left", last="2026-11-24"),), utc(2026, 11, 24, 15), Basis.ACTUAL),
    "back-dated": ((job("left", last="2025-06-30"),), utc(2025, 6, 30, 15), Basis.ACTUAL),
    "still called active after the last working day": ((job(last="2026-11-20"),), utc(2026, 11, 20, 15), Basis.ACTUAL),
    "on leave past the last working day": ((job("leave", last="2026-11-20"),), utc(2026, 11, 20, 15), Basis.ACTUAL),
    "contract ran out": ((job(end="2026-11-20"),), utc(2026, 11, 20, 15), Basis.PLANNED),
    "a lapse waits for a word, whatever else ended": (
        (LEFT, job(end="2026-06-30")),
        utc(2026, 6, 30, 15),
        Basis.PLANNED,
    ),
    "two ends: the latest": ((LEFT, job("left", last="2026-11-16")), utc(2026, 11, 16, 15), Basis.ACTUAL),
    "may come back, nobody knows when": (
        (LEFT, job("future", start=None)),
        utc(2026, 11, 13, 15),
        Basis.ACTUAL,
    ),
    "still called future after the last working day": (
        (job("future", start="2026-11-02", last="2026-11-20"),),
        utc(2026, 11, 20, 15),
        Basis.ACTUAL,
    ),
    "comes back, but not soon": ((LEFT, job("future", start="2026-11-29")), utc(2026, 11, 13, 15), Basis.ACTUAL),
    "gone for years, and comes back tomorrow": (
        (job("left", last="2022-11-13"), job("future", start="2026-11-27")),
        utc(2022, 11, 13, 15),
        Basis.ACTUAL,
    ),
}


@some_of(4, ("jobs", "left_at", "basis"), LEAVERS.values(), ids=LEAVERS)
def test_is_a_leaver(jobs: tuple[Employment, ...], left_at: datetime, basis: Basis) -> None:
    found = leaving(*jobs)

    assert found == Leaving(left_at=left_at, certain_at=left_at, basis=basis, confirmed=basis is Basis.ACTUAL)


@some_of(
    3,
    ("zone", "as_of", "gone"),
    [
        (SEOUL, utc(2026, 11, 24, 14, 59), False),
        (SEOUL, utc(2026, 11, 24, 15), True),
        (SEATTLE, utc(2026, 11, 25, 7, 59), False),
        (SEATTLE, utc(2026, 11, 25, 8), True),
        (None, utc(2026, 11, 25, 11, 59), False),
        (None, utc(2026, 11, 25, 12), True),
    ],
)
def test_the_last_day_ends_where_the_worker_is(zone: str | None, as_of: datetime, *, gone: bool) -> None:
    assert (leaving(job("left", last="2026-11-24", zone=zone), as_of=as_of) is not None) == gone


@pytest.mark.parametrize("word", ({"last": "2026-11-24"}, {"end": "2026-11-24"}), ids=("last day", "contract end"))
def test_the_day_s_end_itself_is_after_it(word: dict[str, str]) -> None:
    assert leaving(job(**word), as_of=utc(2026, 11, 24, 15)) is not None


def test_an_unknown_zone_delays_certainty_and_not_the_departure() -> None:
    found = leaving(job("left", last="2026-11-20", zone=None))

    assert found is not None
    assert (found.left_at, found.certain_at) == (utc(2026, 11, 20, 15), utc(2026, 11, 21, 12))


@pytest.mark.parametrize(
    ("coverage", "basis", "confirmed"),
    [(Coverage.FULL, Basis.INFERRED, False), (Coverage.ACTIVE, Basis.INFERRED, True)],
)
def test_vanishing_between_two_complete_reads(coverage: Coverage, basis: Basis, *, confirmed: bool) -> None:
    verdict = people(hr(worker("2"), coverage=coverage, earlier=(worker("1"), worker("2"))))

    assert verdict.departures[verdict.person("hr", "1")] == Leaving(
        left_at=NIGHT, certain_at=NIGHT, basis=basis, confirmed=confirmed
    )
    assert verdict.departures[verdict.person("hr", "2")] is None


def test_nobody_vanishes_from_a_feed_of_leavers() -> None:
    verdict = people(hr(worker("2", LEFT), coverage=Coverage.LEAVERS, earlier=(worker("1"),)))

    assert verdict.departures[verdict.person("hr", "1")] is None


def test_a_leaver_who_vanishes_stays_a_leaver() -> None:
    verdict = people(hr(worker("2"), earlier=(worker("1", LEFT),)))

    found = verdict.departures[verdict.person("hr", "1")]
    assert found is not None
    assert found.basis is Basis.ACTUAL


@pytest.mark.parametrize(("coverage", "basis"), [(Coverage.FULL, Basis.PLANNED), (Coverage.ACTIVE, Basis.INFERRED)])
def test_vanishing_after_the_contract_ran_out(coverage: Coverage, basis: Basis) -> None:
    verdict = people(hr(worker("2"), coverage=coverage, earlier=(worker("1", job(end="2026-11-23")),)))

    found = verdict.departures[verdict.person("hr", "1")]
    assert found is not None
    assert found.basis is basis


def test_a_rescinded_termination_is_none() -> None:
    verdict = people(hr(worker("1"), earlier=(worker("1", LEFT),)))

    assert verdict.departures[verdict.person("hr", "1")] is None
    assert not verdict.returned


def test_left_without_a_date_counts_from_when_hr_first_said_so() -> None:
    verdict = people(hr(worker("1", job("left")), earlier=(worker("1", job("left")),)))

    found = verdict.departures[verdict.person("hr", "1")]
    assert found is not None
    assert found.left_at == utc(2026, 11, 22, 16)


@some_of(
    3,
    ("jobs", "came_back"),
    [
        ((LEFT, job(start="2026-11-20")), True),
        ((LEFT, job(start="2026-11-13")), False),
        ((LEFT, job(start=None)), False),
        ((LEFT, WORKS), False),
        ((job(end="2026-06-30"), job(start="2026-11-20")), False),
        ((LEFT,), False),
        ((LEFT, job("future", start="2026-11-30")), False),
    ],
)
def test_who_came_back(jobs: tuple[Employment, ...], *, came_back: bool) -> None:
    verdict = people(hr(worker("1", *jobs)))

    assert bool(verdict.returned) == came_back


def test_who_came_back_is_known_from_what_hr_once_said() -> None:
    verdict = people(hr(worker("1", job(start="2026-11-20")), earlier=(worker("1", LEFT),)))

    assert verdict.returned == verdict.persons


MAIL, LOGIN = "kim@corp.example", ("kim",)
ONE_PERSON = {
    "the same number": (worker("1"), worker("1")),
    "a previous number that nobody has now": (worker("2", previous=("1",)), worker("1", LEFT)),
    "a previous number, of two who have left": (worker("2", LEFT, previous=("1",)), worker("1", LEFT)),
    "two with the same previous number": (worker("2", previous=("9",)), worker("3", previous=("9",))),
    "number in another case": (worker("e1"), worker("E1")),
    "mail and login": (worker("1", mail=MAIL, logins=LOGIN), worker("2", mail="KIM+x@Corp.example", logins=("Kim",))),
}
TWO_PERSONS = {
    "a previous number whose worker is listed as employed": (worker("2", previous=("1",)), worker("1")),
    "a leaver's previous number whose worker is employed": (worker("2", LEFT, previous=("1",)), worker("1")),
    "a previous number whose worker will leave": (worker("2", previous=("1",)), worker("1", job(end="2026-11-01"))),
    "a name": (worker("1", name="Anne Green"), worker("2", name="Anne Green")),
    "the mail alone": (worker("1", mail=MAIL), worker("2", mail=MAIL)),
    "the login alone": (worker("1", logins=LOGIN), worker("2", logins=LOGIN)),
    "a former mail and the login": (worker("1", mail=MAIL, logins=LOGIN), worker("2", former=(MAIL,), logins=LOGIN)),
    "logins of two systems": (worker("1", mail=MAIL, logins=LOGIN), worker("2", mail=MAIL, logins=("aws:kim",))),
    "a placeholder number": (worker("0000"), worker("0000")),
    "placeholders of mail and login": (
        worker("1", mail="N/A", logins=("none",)),
        worker("2", mail="n/a", logins=("NONE",)),
    ),
    "a placeholder as previous number": (worker("1", previous=("-",)), worker("2", previous=("-",))),
    "nothing at all": (worker("1"), worker("2")),
}


@some_of(2, "pair", ONE_PERSON.values(), ids=ONE_PERSON)
def test_makes_one_person(pair: tuple[Worker, Worker]) -> None:
    assert sizes(people(hr(pair[0]), hr(pair[1], name="other"))) == [2]


@some_of(3, "pair", TWO_PERSONS.values(), ids=TWO_PERSONS)
def test_makes_nobody_one(pair: tuple[Worker, Worker]) -> None:
    assert sizes(people(hr(pair[0]), hr(pair[1], name="other"))) == [1, 1]


def test_a_mail_that_was_once_the_present_one_makes_nobody_one() -> None:
    before = (worker("1", mail=MAIL, logins=LOGIN),)

    verdict = people(hr(worker("1", mail="", logins=LOGIN), worker("2", mail=MAIL, logins=LOGIN), earlier=before))

    assert sizes(verdict) == [1, 1]


def test_numbers_of_two_spaces_are_two_numbers() -> None:
    assert sizes(people(hr(worker("1")), replace(hr(worker("1"), name="other"), id_space="vendor"))) == [1, 1]


def test_logins_of_two_realms_are_two_logins() -> None:
    kim = worker("1", mail=MAIL, logins=LOGIN)

    other = replace(hr(replace(kim, worker_id="2"), name="other"), login_realm="lab")

    assert sizes(people(hr(kim), other)) == [1, 1]


@pytest.mark.parametrize("realms", [("corp", None), (None, "corp"), (None, None)])
def test_a_roster_that_declares_no_realm_says_nothing_against_an_equal_login(
    realms: tuple[str | None, str | None],
) -> None:
    """Contractors who were taken on, from two rosters of which one declares its realm: nobody's account is disputed."""
    before = worker("c9", LEFT, mail=MAIL, logins=LOGIN)
    after = worker("1", job(start="2026-11-14"), mail=MAIL, logins=LOGIN)
    contractors = replace(hr(before, name="contractors"), login_realm=realms[0], id_space="vendor")
    directory = ldap(account("x", mail(MAIL), login="kim"))
    verdict = judge(
        Company(as_of=NIGHT, rosters=(contractors, replace(hr(after), login_realm=realms[1])), sources=(directory,))
    )

    assert verdict.departures == {verdict.person("hr", "1"): None}
    assert not verdict.possibly_one
    assert verdict.accounts["d1", "x"].decision is LinkDecision.LINKED


def test_logins_of_two_realms_may_be_joined_by_one_of_none() -> None:
    kim = worker("1", mail=MAIL, logins=LOGIN)
    lab = replace(hr(replace(kim, worker_id="2"), name="other"), login_realm="lab")
    nowhere = replace(hr(replace(kim, worker_id="3"), name="third"), login_realm=None)

    assert sizes(people(hr(kim), lab, nowhere)) == [3]


def test_a_login_for_a_source_is_known_in_that_source_s_realm() -> None:
    rosters = (hr(worker("1", mail=MAIL, logins=LOGIN), worker("2", mail=MAIL, logins=("aws:kim",))),)
    aws = SourceRead(name="aws", realm="a1", login_realm="corp", accounts=())

    assert sizes(judge(Company(as_of=NIGHT, rosters=rosters, sources=(aws,)))) == [2]


def test_sameness_goes_on_from_one_to_the_next() -> None:
    chain = (worker("1", LEFT), worker("2", LEFT, previous=("1",)), worker("3", previous=("2",)))

    assert sizes(people(hr(*chain))) == [3]


def test_who_is_listed_with_the_number_of_somebody_employed_may_be_that_one() -> None:
    verdict = people(hr(worker("1"), worker("2", LEFT, previous=("1",))))

    assert verdict.possibly_one == {verdict.persons}


def test_a_previous_number_that_hr_took_back_makes_nobody_one() -> None:
    verdict = people(hr(worker("1", LEFT), worker("2"), earlier=(worker("1"), worker("2", previous=("1",)))))

    assert sizes(verdict) == [1, 1]
    assert not verdict.possibly_one


def test_a_previous_number_merges_where_its_row_is_gone_and_not_where_both_went() -> None:
    before = (worker("1"), worker("2", previous=("1",)), worker("3"))

    assert sizes(people(hr(*before[1:], earlier=before))) == [1, 2]
    gone = people(hr(before[2], earlier=before))
    assert sizes(gone) == [1, 1, 1]
    assert [each and each.basis for each in gone.departures.values()].count(Basis.INFERRED) == 2


def test_a_contractor_who_became_an_employee_is_one_person_and_no_leaver() -> None:
    before = hr(worker("c9", LEFT, mail=MAIL, logins=LOGIN), name="contractors")

    verdict = people(before, hr(worker("1", job(start="2026-11-14"), mail=MAIL, logins=LOGIN)))

    assert verdict.departures == {verdict.person("hr", "1"): None}


@some_of(
    3,
    ("start", "mails", "possibly"),
    [
        ("2026-11-20", (MAIL, MAIL), True),
        ("2026-11-01", (MAIL, "kim+old@corp.example"), True),
        ("2026-12-13", (MAIL, MAIL), True),
        ("2026-12-14", (MAIL, MAIL), False),
        ("2026-10-13", (MAIL, MAIL), False),
        ("2026-11-20", (MAIL, "lee@corp.example"), False),
        ("2026-11-20", ("", ""), False),
        (None, (MAIL, MAIL), False),
    ],
)
def test_who_may_be_one_person(start: str | None, mails: tuple[str, str], *, possibly: bool) -> None:
    verdict = people(hr(worker("1", LEFT, mail=mails[0]), worker("2", job(start=start), mail=mails[1])))

    assert bool(verdict.possibly_one) == possibly
