"""Keys as they are compared."""

import re
from uuid import UUID, uuid5

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from offboarding.identity.folding import normal
from offboarding.identity.keys import (
    PERSON_NAMESPACE,
    KeyRules,
    account_key_rows,
    login_space,
    loose_number,
    mail,
    person_uid,
    worker_key_rows,
)
from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, ScopedValue
from tests.support.small_company import account, key, number, owner, worker

RULES = KeyRules.of(
    ("corp.example", "Bücher.example"), {"Corp.co.kr": "corp.example"}, ("ops-{login}",), ("adm-{login}", "{login}-adm")
)
SAME = {
    "case": ("Kim", "kIM"),
    "full width": ("\uff2b\uff49\uff4d", "kim"),
    "Hangul in two forms": ("\u1100\u1175\u11b7", "\uae40"),
    "Hangul of a compatibility block": ("\u314e", "\u1112"),
    "German sharp s": ("STRASSE", "straße"),
    "combined umlaut": ("Ju\u0308rgen", "JÜRGEN"),
    "Turkish dotted capital": ("İ", "i\u0307"),
    "outer space": ("\u3000 kim\t", "kim"),
    "inner space": ("kim\u00a0 cheol", "kim cheol"),
    "ligature": ("ﬁnn", "FINN"),
    "space without width": ("ki\u200bm", "kim"),
    "soft hyphen": ("ki\u00adm", "kim"),
    "marks of direction": ("\u200fkim\u202c", "kim"),
    "word joiner and byte order mark": ("\ufeff104\u20602", "1042"),
}
DIFFERENT = {
    "Turkish dotless i": ("\u0131smail", "ismail"),
    "an umlaut and its spelling": ("Müller", "Mueller"),
    "a look-alike of another script": ("kim", "\u043a\u0456m"),
    "a sign between": ("j.doe", "jdoe"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_is_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_is_not_the_same(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@given(st.text())
def test_a_normal_form_is_its_own(value: str) -> None:
    once = normal(value)

    assert normal(once) == once


def test_folding_that_composes_anew() -> None:
    """Found by trying every character: a sharp s before an accent."""
    once = normal("\u00df\u0301")

    assert normal(once) == once == "s\u015b"


@given(st.text(alphabet=st.characters(codec="utf-8")), st.sampled_from(("corp.example", "corp.co.kr", "x.example")))
def test_a_mail_s_form_is_its_own(local: str, domain: str) -> None:
    once, inner = mail(f"{local}@{domain}", RULES)

    assert mail(once, RULES) == (once, inner)


@given(st.text())
def test_a_loose_number_begins_with_a_digit_that_counts_and_is_its_own(value: str) -> None:
    once = loose_number(value)

    assert not once or re.match("[1-9]", once)
    assert loose_number(once) == once


MAILS = {
    "as it is": ("kim@corp.example", ("kim@corp.example", "kim")),
    "alias domain": ("Kim@CORP.co.kr", ("kim@corp.example", "kim")),
    "plus at our own domain": ("kim+aws+x@corp.example", ("kim@corp.example", "kim")),
    "plus at an alias": ("kim+aws@corp.co.kr", ("kim@corp.example", "kim")),
    "plus at a stranger's": ("kim+aws@x.example", ("kim+aws@x.example", "")),
    "nothing but a plus": ("+aws@corp.example", ("+aws@corp.example", "+aws")),
    "own domain with an umlaut": ("kim@BÜCHER.example", ("kim@bücher.example", "kim")),
    "two signs": ("a@b@corp.example", ("a@b@corp.example", "a@b")),
    "no domain": ("kim@", ("", "")),
    "no local part": ("@corp.example", ("", "")),
    "no mail": ("kim", ("", "")),
    "nothing": ("", ("", "")),
}


@pytest.mark.parametrize(("written", "compared"), MAILS.values(), ids=MAILS)
def test_a_mail(written: str, compared: tuple[str, str]) -> None:
    assert mail(written, RULES) == compared


LOOSE = {
    "E1042": "1042",
    "001042": "1042",
    "X-01042-7": "1042-7",
    "0000": "",
    "n/a": "",
    "10420": "10420",
    "\uff11\uff10\uff14\uff12": "1042",
    "E0-7": "7",
}


@pytest.mark.parametrize(("written", "compared"), LOOSE.items(), ids=LOOSE)
def test_a_loose_number(written: str, compared: str) -> None:
    assert loose_number(written) == compared


# --- accounts' keys --------------------------------------------------------------------------------------------------


def told(account_: Account, number_format: str = "{worker_id}") -> set[tuple[str, str, str, str]]:
    """(kind, value, loose, origin), without the account's own id."""
    found = account_key_rows(account_, number_format, RULES)
    return {(kind, value, loose, origin) for kind, value, loose, origin, name, _ in found if name != "id"}


FORMATS = {
    "plain": ("{worker_id}", "E1042", {("number", "e1042", "1042", "attribute")}),
    "declared": ("E{worker_id}", "e1042", {("number", "1042", "1042", "attribute")}),
    "not in the declared form": ("E{worker_id}", "1042", {("number", "", "1042", "attribute")}),
    "declared with an end": ("{worker_id}@hr", "1042@HR", {("number", "1042", "1042@hr", "attribute")}),
    "signs that mean something elsewhere": ("E.{worker_id}", "Ex1042", {("number", "", "1042", "attribute")}),
    "nothing within the form": ("E{worker_id}", "E", set[tuple[str, str, str, str]]()),
}


@pytest.mark.parametrize(("number_format", "written", "expected"), FORMATS.values(), ids=FORMATS)
def test_a_number_in_a_source_s_form(
    number_format: str, written: str, expected: set[tuple[str, str, str, str]]
) -> None:
    assert told(account("x", number(written)), number_format) == expected


def test_a_login_and_what_it_may_be_built_on() -> None:
    assert told(account("x", login="Ops-Adm-Kim")) == {
        ("login", "ops-adm-kim", "", "attribute"),
        ("login", "adm-kim", "", "pattern"),
    }
    assert told(account("x", login="adm-kim-adm")) == {
        ("login", "adm-kim-adm", "", "attribute"),
        ("login", "kim-adm", "", "usual"),
        ("login", "adm-kim", "", "usual"),
    }
    assert told(account("x", login="adm-")) == {("login", "adm-", "", "attribute")}


def test_each_login_of_several_is_looked_at() -> None:
    assert ("login", "kim", "", "usual") in told(account("x", key(IdentityKeyKind.LOGIN, "adm-kim"), login="u1"))


def test_a_login_that_is_a_mail_is_both() -> None:
    assert told(account("x", login="Kim+x@corp.co.kr")) == {
        ("login", "kim+x@corp.co.kr", "", "attribute"),
        ("mail", "kim@corp.example", "", "attribute"),
    }


def test_a_login_that_names_an_owner_is_neither_built_on_anything_nor_a_mail() -> None:
    assert told(account("x", owner(IdentityKeyKind.LOGIN, "adm-kim@corp.example"))) == {
        ("login", "adm-kim@corp.example", "", "owner")
    }


def test_a_fingerprint_keeps_its_case() -> None:
    assert told(account("x", key(IdentityKeyKind.SSH_KEY, " SHA256:aB "))) == {
        ("ssh_key", "SHA256:aB", "", "attribute")
    }


def test_what_says_nothing_is_no_key() -> None:
    blank = AccountKey(kind=IdentityKeyKind.MAIL, value="kim", origin=IdentityKeyOrigin.ATTRIBUTE, name="mail")

    assert told(account("x", blank, number(" "))) == set()


def test_the_account_s_own_id_is_a_key_and_the_original_is_kept() -> None:
    (own,) = account_key_rows(account("AIDA-X"), "{worker_id}", RULES)

    assert own == ("directory_id", "aida-x", "", "attribute", "id", "AIDA-X")


# --- workers' keys ---------------------------------------------------------------------------------------------------

REALMS = {"corp-ldap": "corp", "lab": None}


def test_a_worker_s_keys_and_where_they_count() -> None:
    kim = worker(
        "E01042",
        mail="Kim@corp.co.kr",
        former=("old@x.example", "n/a"),
        logins=("kim", "corp-ldap:k1", "lab:k2", " "),
        ids=("lab:D-1",),
        previous=("77",),
        name="김 철수",
    )

    found = {row[:5] for row in worker_key_rows(kim, "hr", "corp", REALMS, RULES)}

    assert found == {
        ("number", "e01042", "1042", "hr", "current"),
        ("number", "77", "77", "hr", "former"),
        ("mail", "kim@corp.example", "kim", "", "current"),
        ("mail", "old@x.example", "", "", "former"),
        ("login", "kim", "", "corp", "current"),
        ("login", "k1", "", "corp", "current"),
        ("login", "k2", "", "source:lab", "current"),
        ("directory_id", "d-1", "", "source:lab", "current"),
    }


def test_a_login_or_id_for_no_system_in_particular() -> None:
    kim = worker("1", logins=("kim",))
    somewhere = ScopedValue(value="d-1", source=None)

    found = worker_key_rows(kim, "hr", None, REALMS, RULES)

    assert {space for kind, _, _, space, _, _ in found if kind is IdentityKeyKind.LOGIN} == {""}
    assert login_space(somewhere.source, "corp", REALMS) == "corp"


# --- persons ---------------------------------------------------------------------------------------------------------


def test_a_person_s_uid_never_changes() -> None:
    """Written down: findings and tickets are keyed by it."""
    assert UUID(bytes=person_uid("hr", "E1042", "hr", ())) == UUID("7e8225d8-a810-5eeb-8790-486c51f2903c")


@given(st.text())
def test_a_person_s_uid_is_a_name_s_uuid(worker_id: str) -> None:
    """Of version 5, as the standard library makes it."""
    number = normal(worker_id)

    assume(number.strip("0"))

    assert UUID(bytes=person_uid("hr", worker_id, "hr", ())) == uuid5(PERSON_NAMESPACE, f"hr\x1f{number}")


def test_a_person_s_uid_is_of_the_number_in_its_space() -> None:
    assert person_uid("hr", " e1042", "hr", ()) == person_uid("hr", "\uff251042", "contractors", ())
    assert person_uid("hr", "1042", "hr", ()) != person_uid("vendor", "1042", "hr", ())
    assert person_uid("hr", "1042", "hr", ()) != person_uid("hr", "01042", "hr", ())


@pytest.mark.parametrize("nothing", ("0000", "N/A", ""))
def test_a_number_that_says_nothing_is_its_roster_s_own(nothing: str) -> None:
    assert person_uid("hr", nothing, "hr", {"n/a"}) != person_uid("hr", nothing, "contractors", {"n/a"})
