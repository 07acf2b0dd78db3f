"""The oracle's links, against each row and note of the specification's table."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from offboarding.model import Account, AccountKey, IdentityKeyKind, Worker
from tests.support.oracle import Ruling, Verb, judge
from tests.support.small_company import (
    KIM,
    LEAVER,
    LEFT,
    LONG_AGO,
    STAFF,
    account,
    aws,
    company,
    hr,
    job,
    key,
    ldap,
    link,
    mail,
    number,
    owner,
    seen,
    ssh,
    tag,
    worker,
)
from tests.support.variants import some_of

UUID = key(IdentityKeyKind.DIRECTORY_ID, "d-1")


def score(worker_: Worker, account_: Account, number_format: str = "{worker_id}") -> dict[str, int]:
    """What one account has on one worker, by relation."""
    _, rows = link(hr(worker_), ldap(account_, number_format=number_format))
    return {relation: points for _, relation, _, points in rows}


HAVING = {
    "directory id": (
        worker("1", ids=("corp-ldap:D-1",)),
        account("x", UUID),
        100,
    ),
    "directory id for another source": (worker("1", ids=("aws:d-1",)), account("x", UUID), 0),
    "number": (worker("1042"), account("x", number("1042")), 90),
    "previous number": (worker("2", previous=("1042",)), account("x", number("1042")), 90),
    "tag employee-id": (worker("1042"), account("x", tag(IdentityKeyKind.NUMBER, "1042")), 80),
    "number but for zeros": (worker("1042"), account("x", number("001042")), 55),
    "number but for a prefix": (worker("1042"), account("x", number("E1042")), 55),
    "number but for zeros in HR's": (worker("01042"), account("x", number("1042")), 55),
    "tag but for a prefix": (worker("1042"), account("x", tag(IdentityKeyKind.NUMBER, "E1042")), 55),
    "another number": (worker("1042"), account("x", number("1043")), 0),
    "all zeros": (worker("0000"), account("x", number("0000")), 0),
    "zeros with a prefix": (worker("0000"), account("x", number("E0000")), 0),
    "no digit in either": (worker("abc"), account("x", number("xyz")), 0),
    "N/A": (worker("N/A"), account("x", number("n/a")), 0),
    "mail": (worker("1", mail=KIM), account("x", mail("Kim@CORP.example")), 80),
    "full-width mail": (worker("1", mail=KIM), account("x", mail("\uff2bim@corp.example")), 80),
    "former mail": (worker("1", former=(KIM,)), account("x", mail(KIM)), 80),
    "alias domain": (worker("1", mail=KIM), account("x", mail("kim@corp.co.kr")), 80),
    "plus-address": (worker("1", mail=KIM), account("x", mail("kim+aws@corp.co.kr")), 80),
    "plus-address at a stranger's domain": (worker("1", mail="k@x.example"), account("x", mail("k+a@x.example")), 0),
    "tag email": (worker("1", mail=KIM), account("x", tag(IdentityKeyKind.MAIL, KIM)), 80),
    "login that is a mail": (worker("1", mail=KIM), account("x", login=KIM), 80),
    "no mail at all": (worker("1", mail="none"), account("x", mail("none")), 0),
    "login for this source": (worker("1", logins=("corp-ldap:kim",)), account("x", login="KIM"), 85),
    "login of the realm": (worker("1", logins=("kim",)), account("x", login="kim"), 85),
    "usual pattern adm-": (worker("1", logins=("kim",)), account("x", login="adm-kim"), 60),
    "usual pattern admin-": (worker("1", logins=("kim",)), account("x", login="admin-kim"), 60),
    "usual pattern a-": (worker("1", logins=("kim",)), account("x", login="a-kim"), 60),
    "usual pattern -adm": (worker("1", logins=("kim",)), account("x", login="kim-adm"), 60),
    "a pattern nobody uses": (worker("1", logins=("kim",)), account("x", login="kim2"), 0),
    "local part": (worker("1", mail=KIM), account("x", login="kim"), 60),
    "local part of a stranger's mail": (worker("1", mail="kim@x.example"), account("x", login="kim"), 0),
    "login elsewhere": (worker("1", logins=("aws:kimm",)), account("x", login="kimm"), 50),
    "short login elsewhere": (worker("1", logins=("aws:kim",)), account("x", login="kim"), 0),
    "reserved login elsewhere": (worker("1", logins=("aws:jenkins",)), account("x", login="jenkins"), 0),
    "a placeholder login": (worker("1", logins=("none",)), account("x", login="none"), 0),
    "pattern over a login elsewhere": (worker("1", logins=("aws:kimm",)), account("x", login="adm-kimm"), 0),
    "name": (
        worker("1", name="Anne Green"),
        account("x", key(IdentityKeyKind.NAME, "Anne Green")),
        0,
    ),
    "sum across groups": (worker("1", mail=KIM, ids=("corp-ldap:d-1",)), account("x", UUID, mail(KIM)), 100),
    "the highest within a group": (
        worker("1042", previous=("42",)),
        account("x", number("1042"), tag(IdentityKeyKind.NUMBER, "42")),
        90,
    ),
    "weak groups add up": (worker("1042", logins=("aws:kimm",)), account("x", number("E1042"), login="kimm"), 100),
}


@some_of(7, ("worker_", "account_", "points"), HAVING.values(), ids=HAVING)
def test_what_a_key_is_worth(worker_: Worker, account_: Account, points: int) -> None:
    assert score(worker_, account_).get("is", 0) == points


def test_an_owner_by_login() -> None:
    robot = account("x", owner(IdentityKeyKind.LOGIN, "Kim"))

    assert score(worker("1", logins=("kim",)), robot) == {"owns": 80}
    assert score(worker("1", logins=("kimm",)), robot) == {}


def test_a_number_in_the_form_that_the_source_declares() -> None:
    assert score(worker("1042"), account("x", number("E1042")), number_format="E{worker_id}") == {"is": 90}
    assert score(worker("1042"), account("x", number("1042")), number_format="E{worker_id}") == {"is": 55}


def test_a_number_without_a_declared_space() -> None:
    nowhere = ldap(account("x", number("1042")), id_space=None)
    mine, vendors = hr(worker("1042", LEFT)), hr(worker("1042", LEFT), name="vendors", id_space="vendor")

    assert link(mine, nowhere) == ("linked", {("1042", "is", "linked", 90)})
    assert link(mine, replace(vendors, id_space="hr"), nowhere)[0] == "linked"
    decision, rows = link(mine, hr(worker("9"), name="vendors", id_space="vendor"), nowhere)
    assert (decision, rows) == ("probable", {("1042", "is", "probable", 55)})


def test_a_number_of_another_space_is_another_number() -> None:
    assert link(hr(worker("1042"), id_space="vendor"), ldap(account("x", number("1042")))) == ("orphan", set())


def test_a_declared_pattern() -> None:
    found = link(hr(worker("1", logins=("kim",))), ldap(account("x", login="ops-kim")), patterns=("ops-{login}",))

    assert found == ("linked", {("1", "is", "linked", 80)})


def test_a_login_for_no_system_in_particular() -> None:
    assert link(hr(worker("1", logins=("kim",)), login_realm=None), ldap(account("x", login="kim")))[1] == {
        ("1", "is", "candidate", 60)
    }


# --- who bore it -----------------------------------------------------------------------------------------------------

EARLIER = worker("1", job("left", start="2010-01-01", last="2018-12-31"), mail=KIM, logins=("kim",))
LATER = worker("2", job(start="2020-01-01"), former=(KIM,), logins=("kim",))


@pytest.mark.parametrize("bears", (mail(KIM), key(IdentityKeyKind.LOGIN, "kim")), ids=("mail", "login"))
@some_of(
    4,
    ("made", "whose"),
    (
        (datetime(2015, 6, 1, tzinfo=UTC), "1"),
        (datetime(2018, 12, 31, 14, tzinfo=UTC), "1"),
        (datetime(2018, 12, 31, 16, tzinfo=UTC), None),
        (datetime(2022, 6, 1, tzinfo=UTC), "2"),
        (datetime(2019, 6, 1, tzinfo=UTC), None),
        (None, None),
    ),
)
def test_a_recycled_value_counts_for_who_bore_it_then(
    bears: AccountKey, made: datetime | None, whose: str | None
) -> None:
    _, rows = link(hr(EARLIER, LATER), ldap(account("x", bears, made=made)))

    assert {worker_id for worker_id, _, _, points in rows if points >= 80} == ({whose} if whose else set())


def test_access_ends_with_the_last_working_day_for_a_recycled_value_too() -> None:
    garden = worker("1", job("left", start=None, last="2018-06-30", end="2018-12-31"), mail=KIM)
    later = worker("2", job(start="2018-08-01"), mail=KIM)

    def whose(*made: int) -> set[str]:
        _, rows = link(hr(garden, later), ldap(account("x", mail(KIM), made=datetime(*made, tzinfo=UTC))))
        return {worker_id for worker_id, *_ in rows}

    assert whose(2010, 1, 1) == {"1"}
    assert whose(2018, 7, 15) == set()
    assert whose(2018, 9, 1) == {"2"}


BORNE: dict[str, Any] = {"former mail": {"former": (KIM,)}, "mail": {"mail": KIM}, "login": {"logins": ("kim",)}}
BEARS = {"former mail": mail(KIM), "mail": mail(KIM), "login": key(IdentityKeyKind.LOGIN, "kim")}
TWO = (worker("1", job("left", last="2026-11-13"), mail=KIM), worker("2", former=(KIM,)))
AT_ODDS = ("disputed", {("1", "is", "disputed", 80), ("2", "is", "disputed", 80)})


@pytest.mark.parametrize("made", [LONG_AGO, datetime(2014, 1, 1, tzinfo=UTC), None], ids=["then", "before", "unknown"])
def test_a_mail_that_two_bear_at_once_counts_for_each(made: datetime | None) -> None:
    assert link(hr(*TWO), ldap(account("x", mail(KIM), made=made))) == AT_ODDS


def test_a_mail_of_two_keeps_nothing_back_from_who_is_known_by_other_evidence() -> None:
    assert link(hr(*TWO), ldap(account("x", number("1"), mail(KIM)))) == ("linked", {("1", "is", "linked", 90)})


def test_a_mail_of_many_is_a_team_s_and_nobody_s() -> None:
    many = [worker(str(number), LEFT, former=(KIM,)) for number in range(2001, 2012)]

    assert link(hr(*many[:10]), ldap(account("x", mail(KIM))))[0] == "linked"
    assert link(hr(*many), ldap(account("x", mail(KIM)))) == ("orphan", set())


def test_a_workload_whose_mail_two_bear_is_owned_by_each() -> None:
    workload = account("x", mail(KIM), service=True)

    assert link(hr(*TWO), ldap(workload))[1] == {("1", "owns", "linked", 80), ("2", "owns", "linked", 80)}


@pytest.mark.parametrize(("made", "whose"), [(18, {"1", "2"}), (17, {"1"})], ids=["14 days", "15 days"])
def test_an_account_may_be_made_a_fortnight_ahead(made: int, whose: set[str]) -> None:
    pair = (worker("1", job("left", last="2018-12-31"), mail=KIM), worker("2", job(start="2019-01-01"), mail=KIM))

    _, rows = link(hr(*pair), ldap(account("x", mail(KIM), made=datetime(2018, 12, made, 1, tzinfo=UTC))))

    assert {worker_id for worker_id, *_ in rows} == whose


@pytest.mark.parametrize("how", ["former mail", "mail", "login"])
def test_who_was_there_first_has_no_more_of_it_than_who_came_to_work_beside_them(how: str) -> None:
    first = worker("1", job("left", start="2010-01-01", last="2026-10-30"), **BORNE[how])
    second = worker("2", job(start="2020-01-01"), mail=KIM, logins=("kim",))

    found, rows = link(hr(first, second), ldap(account("x", BEARS[how], made=datetime(2015, 1, 1, tzinfo=UTC))))

    assert (found, {worker_id for worker_id, *_ in rows}) == ("disputed", {"1", "2"})


BOTH = (worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kim",)))
GONE = (BOTH[0], worker("1043", job("left", last="2026-10-30"), logins=("kim",)))
DISPUTED = ("disputed", {("1042", "is", "disputed", 85), ("1043", "is", "disputed", 85)})


@pytest.mark.parametrize("made", [LONG_AGO, datetime(2014, 1, 1, tzinfo=UTC), None], ids=["then", "before", "unknown"])
def test_a_login_that_hr_gives_to_two_at_once_counts_for_each(made: datetime | None) -> None:
    assert link(hr(*BOTH), ldap(account("x", login="kim", made=made))) == DISPUTED


@pytest.mark.parametrize("made", [LONG_AGO, None], ids=["then", "unknown"])
def test_where_all_of_them_have_left_it_is_each_one_s(made: datetime | None) -> None:
    assert link(hr(*GONE), ldap(account("x", login="kim", made=made))) == (
        "linked",
        {("1042", "is", "linked", 85), ("1043", "is", "linked", 85)},
    )


def test_where_one_of_them_may_be_somebody_who_works_here_it_is_nobody_s() -> None:
    possibly = replace(GONE[1], previous_worker_ids=("2000",))

    assert link(hr(GONE[0], possibly, worker("2000")), ldap(account("x", login="kim"))) == DISPUTED


def test_a_departure_that_nobody_confirmed_leaves_a_login_of_two_in_dispute() -> None:
    lapsed = worker("1043", job(end="2026-11-13"), logins=("kim",))

    assert link(hr(BOTH[0], lapsed), ldap(account("x", login="kim"))) == DISPUTED


def test_a_login_of_two_keeps_nothing_back_from_who_is_known_by_other_evidence() -> None:
    assert link(hr(*BOTH), ldap(account("x", number("1042"), login="kim"))) == (
        "linked",
        {("1042", "is", "linked", 90)},
    )


def test_a_login_of_two_with_a_weaker_word_for_one_of_them() -> None:
    assert link(hr(*BOTH), ldap(account("x", number("E1042"), login="kim"))) == (
        "disputed",
        {("1042", "is", "disputed", 100), ("1043", "is", "disputed", 85)},
    )


def test_a_person_decides_whose_a_login_of_two_is() -> None:
    parts = (hr(*BOTH), ldap(account("x", login="kim")))
    is_not = Ruling(realm="d1", native_id="x", id_space="hr", worker_id="1043", verb=Verb.REJECT)

    assert seen(judge(company(*parts, rulings=(is_not,))), "x") == ("linked", {("1042", "is", "linked", 85)})


def test_a_login_of_many_is_a_word_and_nobody_s() -> None:
    many = [worker(str(number), LEFT, logins=("hired",)) for number in range(2001, 2012)]

    assert link(hr(*many[:10]), ldap(account("x", login="hired")))[0] == "linked"
    assert link(hr(*many), ldap(account("x", login="hired"))) == ("orphan", set())


def test_a_value_that_too_many_accounts_bear_weighs_nothing() -> None:
    crowd = [account(f"a{n}", mail(KIM)) for n in range(10)]

    assert link(hr(LEAVER), ldap(account("x", mail(KIM)), *crowd[:9]))[0] == "linked"
    assert link(hr(LEAVER), ldap(account("x", mail(KIM)), *crowd)) == ("orphan", set())


def test_a_value_that_too_many_accounts_of_another_system_bear_weighs_what_it_did() -> None:
    """Whoever may make accounts in one system unlinks nobody's in another."""
    crowd = aws(*[account(f"a{n}", mail(KIM), realm="a1") for n in range(11)])

    assert link(hr(LEAVER), ldap(account("x", mail(KIM))), crowd) == ("linked", {("1042", "is", "linked", 80)})


def test_an_ssh_key_that_too_many_accounts_bear_is_nobody_s_anywhere() -> None:
    held = account("base", number("1042"), ssh("SHA256:k"))
    crowd = [account(f"a{n}", ssh("SHA256:k"), realm="a1") for n in range(11)]

    x = account("x", ssh("SHA256:k"))
    assert link(hr(HOP), ldap(held, x), aws(*crowd[:10]))[0] == "probable"
    assert link(hr(HOP), ldap(held, x), aws(*crowd)) == ("orphan", set())


def test_one_person_may_own_any_number_of_things() -> None:
    owned = [account(f"a{n}", owner(IdentityKeyKind.MAIL, KIM), service=True) for n in range(12)]

    assert link(hr(LEAVER), ldap(account("x", mail(KIM)), *owned)) == ("linked", {("1042", "is", "linked", 80)})


# --- one hop from a linked account -----------------------------------------------------------------------------------

BASE = account("base", number("1042"), login="jkim")
HOP = worker("1042", LEFT)


def test_a_linked_account_s_login_in_its_realm() -> None:
    assert link(hr(HOP), ldap(BASE), aws(account("x", login="JKIM", realm="a1"))) == (
        "linked",
        {("1042", "is", "linked", 80)},
    )


def test_a_declared_pattern_over_a_linked_account_s_login() -> None:
    x = aws(account("x", login="ops-jkim", realm="a1"))

    assert link(hr(HOP), ldap(BASE), x, patterns=("ops-{login}",))[1] == {("1042", "is", "linked", 80)}
    assert link(hr(HOP), ldap(BASE), x)[1] == set()


@pytest.mark.parametrize("realm", ("lab", None))
def test_a_linked_account_s_login_outside_its_realm(realm: str | None) -> None:
    x = aws(account("x", login="jkim", realm="a1"), login_realm=realm)

    assert link(hr(HOP), ldap(BASE), x) == ("probable", {("1042", "is", "probable", 50)})


def test_equal_logins_in_a_source_without_a_realm() -> None:
    both = ldap(BASE, account("x", login="jkim"), login_realm=None)

    assert link(hr(HOP), both)[1] == {("1042", "is", "probable", 50)}


def test_a_login_that_linked_accounts_of_two_persons_bear() -> None:
    other = account("other", number("1043"), login="jkim")

    assert link(hr(HOP, STAFF), ldap(BASE, other), aws(account("x", login="jkim", realm="a1"))) == ("orphan", set())


def test_it_is_one_hop() -> None:
    """The middle account is linked by its login alone, so another login of its proves nothing."""
    middle = account("middle", key(IdentityKeyKind.LOGIN, "kim2"), login="jkim", realm="a1")

    assert link(hr(HOP), ldap(BASE), aws(middle, account("x", login="kim2", realm="a1"))) == ("orphan", set())


def test_a_key_goes_on_from_an_account_that_is_linked_by_its_login() -> None:
    """It can't link by itself: what it shows is for a person to look at."""
    middle = account("middle", ssh("SHA256:k"), login="jkim", realm="a1")
    end = account("end", ssh("SHA256:l"), realm="a1")

    parts = (hr(HOP), ldap(BASE), aws(middle, account("x", ssh("SHA256:k"), ssh("SHA256:l"), realm="a1"), end))
    verdict = judge(company(*parts))

    assert seen(verdict, "x", "a1") == ("probable", {("1042", "is", "probable", 60)})
    assert seen(verdict, "end", "a1") == ("orphan", set())


def test_an_account_s_own_login_is_no_evidence_about_itself() -> None:
    verdict = judge(company(hr(HOP), ldap(BASE)))

    assert seen(verdict, "base") == ("linked", {("1042", "is", "linked", 90)})


def test_the_same_ssh_key() -> None:
    held = account("base", number("1042"), ssh("SHA256:k"))
    x = account("x", ssh("SHA256:k"))

    assert link(hr(HOP), ldap(held, x)) == ("probable", {("1042", "is", "probable", 60)})
    assert link(hr(HOP), ldap(held, replace(x, keys=(ssh("SHA256:K"),)))) == ("orphan", set())
    assert link(hr(HOP, STAFF), ldap(held, account("b", number("1043"), ssh("SHA256:k")), x)) == ("orphan", set())
