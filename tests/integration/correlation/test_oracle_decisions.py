"""The oracle's decisions, owners and what a person's word does, against the notes under the specification's table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offboarding.model import Account, AccountKey, Basis, IdentityKeyKind
from tests.support.oracle import Ruling, Verb, Word, judge
from tests.support.small_company import (
    AFTER,
    KIM,
    LEAVER,
    LEE,
    LEFT,
    NO_ROWS,
    STAFF,
    Rows,
    account,
    aws,
    company,
    hr,
    job,
    ldap,
    link,
    mail,
    number,
    owner,
    scoped,
    seen,
    ssh,
    tag,
    worker,
)
from tests.support.variants import some_of

OTHER = worker("1044", LEFT, mail="park@corp.example")
LAPSED = {"start": "2026-11-14", "end": "2026-11-20"}
UNCONFIRMED = worker("1045", job(**LAPSED))
DECISIONS = {
    "well ahead": ((number("1042"), tag(IdentityKeyKind.NUMBER, "9")), "linked", {("1042", "is", "linked", 90)}),
    "two by themselves": (
        (number("1042"), mail(LEE)),
        "disputed",
        {("1042", "is", "disputed", 90), ("1043", "is", "disputed", 80)},
    ),
    "two leavers": (
        (number("1042"), mail("park@corp.example")),
        "disputed",
        {("1042", "is", "disputed", 90), ("1044", "is", "disputed", 80)},
    ),
    "within thirty": (
        (mail(KIM), number("E1043")),
        "disputed",
        {("1042", "is", "disputed", 80), ("1043", "is", "disputed", 55)},
    ),
    "thirty-five ahead": (
        (number("1042"), number("E1043")),
        "linked",
        {("1042", "is", "linked", 90), ("1043", "is", "candidate", 55)},
    ),
    "somebody active alone": ((number("E1043"),), "candidate", {("1043", "is", "candidate", 55)}),
    "a leaver alone": ((number("E1042"),), "probable", {("1042", "is", "probable", 55)}),
    "a leaver, and somebody active": (
        (number("E1042"), number("E1043")),
        "candidate",
        {("1042", "is", "candidate", 55), ("1043", "is", "candidate", 55)},
    ),
    "a leaver, and somebody whose departure is to be confirmed": (
        (number("E1042"), number("E1045")),
        "candidate",
        {("1042", "is", "candidate", 55), ("1045", "is", "candidate", 55)},
    ),
    "two leavers alike": (
        (number("E1042"), number("E1044")),
        "probable",
        {("1042", "is", "probable", 55), ("1044", "is", "probable", 55)},
    ),
    "nobody": ((number("7"),), "orphan", NO_ROWS),
}


@some_of(3, ("keys", "decision", "rows"), DECISIONS.values(), ids=DECISIONS)
def test_what_scores_come_to(keys: Sequence[AccountKey], decision: str, rows: Rows) -> None:
    assert link(hr(LEAVER, STAFF, OTHER, UNCONFIRMED), ldap(account("x", *keys))) == (decision, rows)


def test_the_better_of_two_suspects_is_the_probable_one() -> None:
    better = replace(OTHER, logins=(scoped("choi"),))

    assert link(hr(LEAVER, better), ldap(account("x", number("E1042"), login="a-choi"))) == (
        "probable",
        {("1042", "is", "candidate", 55), ("1044", "is", "probable", 60)},
    )


def test_thirty_ahead_is_enough() -> None:
    scored = company(hr(LEAVER, STAFF), ldap(account("x", number("1042"), number("E1043"))))

    assert seen(judge(replace(scored, scores=replace(scored.scores, number_loose=60))), "x")[0] == "linked"
    assert seen(judge(replace(scored, scores=replace(scored.scores, number_loose=61))), "x")[0] == "disputed"


LATE = {
    "mail": ((mail(KIM),), "", "probable", 55),
    "login": ((), "kim", "probable", 55),
    "mail and login": ((mail(KIM),), "kim", "probable", 55),
    "number stands": ((number("1042"),), "", "linked", 90),
    "number with a mail": ((tag(IdentityKeyKind.NUMBER, "E1042"), mail(KIM)), "kim", "linked", 100),
}


@some_of(2, ("keys", "login", "decision", "points"), LATE.values(), ids=LATE)
def test_an_account_made_after_the_departure(
    keys: Sequence[AccountKey], login: str, decision: str, points: int
) -> None:
    late = account("x", *keys, login=login, made=AFTER)

    assert link(hr(LEAVER), ldap(late)) == (decision, {("1042", "is", decision, points)})


def test_made_after_a_planned_end_counts_as_late_too() -> None:
    lapsed = worker("1", job(end="2026-11-13"), mail=KIM)

    assert link(hr(lapsed), ldap(account("x", mail(KIM), made=AFTER)))[1] == {("1", "is", "candidate", 55)}


def test_who_came_back_has_no_departure_that_weakens() -> None:
    back = worker("1", LEFT, job(start="2026-11-16"), mail=KIM)

    assert link(hr(back), ldap(account("x", mail(KIM), made=AFTER)))[0] == "linked"


def test_who_may_be_somebody_active_is_no_leaver_alone() -> None:
    before = worker("1", job("left", last="2026-11-13"), mail=KIM)
    after = worker("2", job(start="2026-11-20"), mail=KIM)
    parts = (hr(before, after), ldap(account("x", number("1")), account("y", number("2"))))

    verdict = judge(company(*parts))

    assert seen(verdict, "x") == ("disputed", {("1", "is", "disputed", 90)})
    assert seen(verdict, "y") == ("linked", {("2", "is", "linked", 90)})
    confirmed = judge(company(*parts, rulings=(ruling("1", Verb.CONFIRM),)))
    assert seen(confirmed, "x") == ("linked", {("1", "is", "linked", 100)})


@pytest.mark.parametrize(("word", "decision"), ((None, "disputed"), (True, "linked"), (False, "disputed")))
def test_who_may_be_somebody_whose_departure_is_to_be_confirmed_is_no_leaver_alone(
    word: bool | None, decision: str
) -> None:
    """The second record's contract has ended; only a confirmed departure ends its claim."""
    pair = worker("1", LEFT, mail=KIM), worker("2", job(**LAPSED), mail=KIM)
    lapsed_at = datetime(2026, 11, 20, 15, tzinfo=UTC)
    words = [
        Word(id_space="hr", worker_id="2", basis=Basis.PLANNED, left_at=lapsed_at, confirms=confirms)
        for confirms in ([] if word is None else [word])
    ]

    verdict = judge(replace(company(hr(*pair), ldap(account("x", number("1")))), words=tuple(words)))

    assert seen(verdict, "x") == (decision, {("1", "is", decision, 90)})


@pytest.mark.parametrize(("status", "last"), (("active", "2026-11-30"), ("left", "2026-11-20")))
def test_two_who_may_be_one_and_both_work_here_or_both_left(status: str, last: str) -> None:
    pair = (worker("1", job(status, last=last), mail=KIM), worker("2", job(status, "2026-11-10", last), mail=KIM))

    verdict = judge(company(hr(*pair), ldap(account("x", number("1")))))

    assert verdict.possibly_one
    assert seen(verdict, "x")[0] == "linked"


# --- owners ----------------------------------------------------------------------------------------------------------

OWNERS = {
    "a mail on a workload's account": (account("x", mail(KIM), service=True), {("1042", "owns", "linked", 80)}),
    "an owner tag with a mail": (account("x", owner(IdentityKeyKind.MAIL, KIM)), {("1042", "owns", "linked", 80)}),
    "an owner tag with a number": (
        account("x", owner(IdentityKeyKind.NUMBER, "1042")),
        {("1042", "owns", "linked", 80)},
    ),
    "an owner tag with about a number": (
        account("x", owner(IdentityKeyKind.NUMBER, "E1042")),
        NO_ROWS,
    ),
    "several owners": (
        account("x", owner(IdentityKeyKind.MAIL, KIM), owner(IdentityKeyKind.MAIL, LEE)),
        {("1042", "owns", "linked", 80), ("1043", "owns", "linked", 80)},
    ),
    "a number on a workload's account": (account("x", number("1042"), service=True), {("1042", "is", "linked", 90)}),
    "a workload's own, and owned": (
        account("x", number("1043"), owner(IdentityKeyKind.MAIL, KIM), service=True),
        {("1043", "is", "linked", 90), ("1042", "owns", "linked", 80)},
    ),
    "own, and who works here is its manager": (
        account("x", number("1042"), owner(IdentityKeyKind.MAIL, LEE)),
        {("1042", "is", "linked", 90), ("1043", "owns", "linked", 80)},
    ),
    "own, and a leaver is its manager": (
        account("x", number("1043"), owner(IdentityKeyKind.MAIL, KIM)),
        {("1043", "is", "linked", 90)},
    ),
}


@some_of(3, ("account_", "rows"), OWNERS.values(), ids=OWNERS)
def test_who_owns_it(account_: Account, rows: Rows) -> None:
    assert link(hr(LEAVER, STAFF), ldap(account_)) == ("linked" if rows else "orphan", rows)


MANAGER = "UID=boss, DC=Corp"


@some_of(
    2,
    ("account_", "rows"),
    (
        (account("x", service=True, owners=(MANAGER,)), {("1042", "owns", "linked", 80)}),
        (account("x", owners=(MANAGER,)), NO_ROWS),
        (account("x", number("1043"), service=True, owners=(MANAGER,)), {("1043", "is", "linked", 90)}),
        (account("x", service=True, owners=("uid=nobody,dc=corp",)), NO_ROWS),
    ),
    ids=("a workload's", "an employee isn't owned by his boss", "somebody's own", "points at nothing"),
)
def test_an_owner_attribute(account_: Account, rows: Rows) -> None:
    boss = account("boss", number("1042"))

    assert link(hr(LEAVER, STAFF), ldap(boss, account_)) == ("linked" if rows else "orphan", rows)


def test_an_owner_attribute_that_points_at_no_account_of_one_person_here() -> None:
    workload = account("x", service=True, owners=(MANAGER,))
    disputed = account("boss", number("1042"), mail(LEE))
    elsewhere = aws(account("boss", number("1042"), realm="a1"))

    assert link(hr(LEAVER, STAFF), ldap(disputed, workload)) == ("orphan", NO_ROWS)
    assert link(hr(LEAVER, STAFF), ldap(workload), elsewhere) == ("orphan", NO_ROWS)


def test_a_leaver_s_key_on_a_workload_that_somebody_else_owns_is_shown() -> None:
    found = link(
        hr(LEAVER, STAFF),
        ldap(
            account("base", number("1042"), ssh("SHA256:k")),
            account("x", ssh("SHA256:k"), owner(IdentityKeyKind.MAIL, LEE), service=True),
        ),
    )

    assert found == ("probable", {("1042", "is", "probable", 60), ("1043", "owns", "linked", 80)})


# --- a person's word -------------------------------------------------------------------------------------------------


def ruling(worker_id: str, verb: Verb, native_id: str = "x") -> Ruling:
    return Ruling(realm="d1", native_id=native_id, id_space="hr", worker_id=worker_id, verb=verb)


def ruled(account_: Account, *rulings: Ruling) -> tuple[str, Rows]:
    return seen(judge(company(hr(LEAVER, STAFF), ldap(account_), rulings=rulings)), "x")


def test_a_confirmation_is_final() -> None:
    disputed = account("x", number("1042"), mail(LEE), owner(IdentityKeyKind.MAIL, LEE))

    assert ruled(disputed, ruling("1042", Verb.CONFIRM)) == ("linked", {("1042", "is", "linked", 100)})
    assert ruled(account("x"), ruling("1042", Verb.CONFIRM)) == ("linked", {("1042", "is", "linked", 100)})


def test_a_rejection_takes_the_pair_away_in_both_relations() -> None:
    claimed = account("x", number("1042"), owner(IdentityKeyKind.MAIL, KIM), mail(LEE))

    assert ruled(claimed, ruling("1042", Verb.REJECT)) == ("linked", {("1043", "is", "linked", 80)})


def test_the_last_word_counts() -> None:
    mine = account("x", number("1042"))

    assert ruled(mine, ruling("1042", Verb.CONFIRM), ruling("1042", Verb.REJECT)) == ("orphan", set())
    assert ruled(mine, ruling("1042", Verb.REJECT), ruling("1042", Verb.CONFIRM))[0] == "linked"


def test_the_last_of_several_confirmations_counts() -> None:
    words = [ruling(worker_id, Verb.CONFIRM) for worker_id in ("1042", "1043", "1042")]

    assert ruled(account("x"), *words[:2]) == ("linked", {("1043", "is", "linked", 100)})
    assert ruled(account("x"), *words) == ("linked", {("1042", "is", "linked", 100)})


def test_a_word_on_a_previous_number_or_on_another_account() -> None:
    renumbered = company(
        hr(worker("2", LEFT, previous=("1042",))), ldap(account("x")), rulings=(ruling("1042", Verb.CONFIRM),)
    )

    assert seen(judge(renumbered), "x")[0] == "linked"
    assert ruled(account("x", number("1042")), ruling("1042", Verb.REJECT, "y"))[0] == "linked"


def test_a_confirmed_account_is_one_to_go_on_from() -> None:
    parts = (hr(LEAVER), ldap(account("base", login="jkim")), aws(account("x", login="jkim", realm="a1")))

    verdict = judge(company(*parts, rulings=(ruling("1042", Verb.CONFIRM, "base"),)))

    assert seen(verdict, "x", "a1") == ("linked", {("1042", "is", "linked", 80)})
