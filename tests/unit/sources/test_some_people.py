"""How systems write what people are known by: what is looked for, and what isn't taken for a pattern."""

import pytest

from offboarding.model import AccountKey, IdentityKey, IdentityKeyKind, IdentityKeyOrigin
from offboarding.sources._bearers import Bearers
from offboarding.sources.ldap.people import PeopleSearch
from offboarding.sources.ldap.settings import AttributeNames

BY_ID = {"7a1e": "(entryUUID=7a1e)"}


def key(kind: IdentityKeyKind, raw: str, value: str = "", loose: str = "") -> IdentityKey:
    return IdentityKey(
        kind=kind, value=value or raw.casefold(), loose=loose, space="", origin="current", name=kind.value, raw=raw
    )


def filters(*keys: IdentityKey, number_format: str = "{worker_id}", at_once: int = 50) -> list[str]:
    wanted = PeopleSearch(
        names=AttributeNames(mails=("mail",)),
        number_format=number_format,
        mail_domains=("corp.example", "corp.co.kr"),
        by_id=lambda native_id: BY_ID.get(native_id, ""),
    )
    return list(wanted.filters(keys, at_once))


NUMBER = key(IdentityKeyKind.NUMBER, "001042", loose="1042")
MAIL = key(IdentityKeyKind.MAIL, "kim@corp.example")


@pytest.mark.parametrize(
    ("sought", "wanted"),
    (
        (NUMBER, "(|(employeeNumber=001042)(employeeNumber=1042))"),
        (key(IdentityKeyKind.LOGIN, "Kim"), "(|(uid=Kim)(uid=kim))"),
        (key(IdentityKeyKind.DIRECTORY_ID, "7a1e"), "(|(entryUUID=7a1e))"),
        (
            key(IdentityKeyKind.MAIL, "kim@elsewhere.example"),
            "(|(mail=kim@elsewhere.example)(uid=kim@elsewhere.example))",
        ),
        (
            MAIL,
            "(|(mail=kim@corp.example)(uid=kim@corp.example)(mail=kim+*@corp.example)(uid=kim+*@corp.example))",
        ),
    ),
    ids=lambda given: given.kind if isinstance(given, IdentityKey) else "",
)
def test_a_directory_is_asked_in_its_own_attributes(sought: IdentityKey, wanted: str) -> None:
    assert filters(sought) == [wanted]


def test_a_number_is_asked_for_in_the_declared_form_too() -> None:
    asked = filters(key(IdentityKeyKind.NUMBER, "1042", loose="1042"), number_format="E{worker_id}")
    assert asked == ["(|(employeeNumber=1042)(employeeNumber=E1042))"]


def test_names_and_keys_of_other_systems_are_not_asked_for() -> None:
    assert filters(key(IdentityKeyKind.NAME, "Kim Minjun"), key(IdentityKeyKind.DIRECTORY_ID, "AIDAKIM")) == []


@pytest.mark.parametrize("kind", (IdentityKeyKind.NUMBER, IdentityKeyKind.MAIL, IdentityKeyKind.LOGIN))
def test_what_people_type_is_escaped(kind: IdentityKeyKind) -> None:
    (asked,) = filters(key(kind, "*)(uid=*\\@corp.example"))

    assert "\\2a\\29\\28uid=\\2a\\5c@corp.example" in asked
    assert not [part for part in asked.split("(")[2:] if part.count("=") > 1 and "\\28" not in part]
    assert asked.count("(") == asked.count(")") == 1 + len(asked.split("(")[2:])


@pytest.mark.parametrize("kind", (IdentityKeyKind.NUMBER, IdentityKeyKind.MAIL, IdentityKeyKind.LOGIN))
def test_a_value_that_some_servers_end_early_is_asked_of_none(kind: IdentityKeyKind) -> None:
    """Active Directory and 389-ds take `alice` and a NUL for Alice, however it's escaped."""
    assert filters(key(kind, "alice\0@corp.example")) == []


def test_many_people_take_several_filters_each_comparison_once() -> None:
    keys = [key(IdentityKeyKind.LOGIN, f"p{number}") for number in range(30)]

    asked = filters(*keys, *keys, at_once=20)

    assert [one.count("(uid=") for one in asked] == [20, 10]


@pytest.mark.parametrize(
    ("kind", "written"),
    (
        (IdentityKeyKind.NUMBER, "1042"),
        (IdentityKeyKind.NUMBER, "E001042"),
        (IdentityKeyKind.NUMBER, " 001042 "),
        (IdentityKeyKind.MAIL, "KIM@corp.example"),
        (IdentityKeyKind.MAIL, "kim+aws@corp.example"),
    ),
)
def test_tags_are_compared_as_loosely_as_people_type(kind: IdentityKeyKind, written: str) -> None:
    bears = AccountKey(kind=kind, value=written, origin=IdentityKeyOrigin.TAG, name="tag")

    assert Bearers.of([NUMBER, MAIL]).bear("AIDAKIM", [bears])


@pytest.mark.parametrize(
    ("kind", "written"),
    (
        (IdentityKeyKind.NUMBER, "10420"),
        (IdentityKeyKind.NUMBER, "104"),
        (IdentityKeyKind.NUMBER, ""),
        (IdentityKeyKind.MAIL, "kimm@corp.example"),
        (IdentityKeyKind.MAIL, "kim@corp.example.org"),
        (IdentityKeyKind.LOGIN, "1042"),
        (IdentityKeyKind.MAIL, "+@corp.example"),
    ),
)
def test_what_is_anothers_is_not_theirs(kind: IdentityKeyKind, written: str) -> None:
    bears = AccountKey(kind=kind, value=written, origin=IdentityKeyOrigin.TAG, name="tag")

    assert not Bearers.of([NUMBER, MAIL]).bear("AIDALEE", [bears])


def test_an_id_that_hr_gives_is_the_accounts_own() -> None:
    bearers = Bearers.of([key(IdentityKeyKind.DIRECTORY_ID, "aidakim")])

    assert bearers.bear("AIDAKIM", [])
    assert not bearers.bear("AIDALEE", [])
