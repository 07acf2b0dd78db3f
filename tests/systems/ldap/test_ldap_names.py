"""Distinguished names that are the same, however they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offboarding.sources.ldap.names import canonical, leaf_value, tidy


@pytest.mark.parametrize(
    ("typed", "written"),
    (
        ("uid=a,ou=people,dc=corp,dc=example", "uid=a,ou=people,dc=corp,dc=example"),
        ("uid=A,  ou=People ,dc = corp , dc=example", "uid=A,ou=People,dc=corp,dc=example"),
        ("cn=Kim  Min   Jun,dc=corp", "cn=Kim Min Jun,dc=corp"),
        (r"cn=Doe\, John,dc=corp", r"cn=Doe\2C John,dc=corp"),
        (r"cn=Doe\2c John,dc=corp", r"cn=Doe\2C John,dc=corp"),
        (r"cn=J\C3\BCrgen,dc=corp", "cn=Jürgen,dc=corp"),
        ("uid=b+cn=a,dc=corp", "cn=a+uid=b,dc=corp"),
        (r"cn=\#1\ ,dc=corp", r"cn=\231\20,dc=corp"),
        ("uid=a;dc=corp", "uid=a,dc=corp"),
        ("no name at all + this", "no name at all + this"),
        ("", ""),
    ),
)
def test_as_openldap_writes_it(typed: str, written: str) -> None:
    assert tidy(typed) == written


def test_case_tells_nothing_apart() -> None:
    assert canonical("UID=Alice, OU=People,DC=corp") == canonical("uid=alice,ou=people,dc=corp")
    assert canonical("uid=alice,dc=corp") != canonical("uid=bob,dc=corp")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1), min_size=1))
def test_what_is_tidy_stays(values: list[str]) -> None:
    typed = ",".join("cn=" + "".join(f"\\{byte:02x}" for byte in value.encode()) for value in values)

    assert tidy(tidy(typed)) == tidy(typed)


def test_the_value_in_the_dn() -> None:
    assert leaf_value(r"cn=Doe\2C John+uid=jdoe,ou=people,dc=corp", "UID") == "jdoe"
    assert leaf_value(r"cn=Doe\2C John,uid=other,dc=corp", "cn") == "Doe, John"
    assert leaf_value("cn=Doe,uid=other,dc=corp", "uid") == ""
