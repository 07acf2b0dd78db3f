"""What the custody register said, and when: rows end and stay."""

from dataclasses import replace
from datetime import UTC, datetime

from offboarding.store.connect import Session
from offboarding.store.register import merge_register
from tests.support.night import rows_of
from tests.support.registered import custodian, entry

FIRST, SECOND, THIRD = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3))
LOGIN = entry("login", custodian("1042"), custodian("1043", team="auth"), places=(("login", "kid-1"), ("", "jkt:a")))
CUSTODIANS = "select holder, since, until, valid_from, valid_to from custodian order by holder, valid_from, valid_to"
WRITTEN = "select xmin::text from custodian union all select xmin::text from registered_key order by 1"


def test_who_is_taken_out_stood_there(store: Session) -> None:
    merge_register(store, [LOGIN], FIRST)
    merge_register(store, [replace(LOGIN, custodians=LOGIN.custodians[:1])], SECOND)

    assert rows_of(store, CUSTODIANS) == [("1042", None, None, FIRST, None), ("1043", None, None, FIRST, SECOND)]


def test_the_same_again_writes_nothing(store: Session) -> None:
    merge_register(store, [LOGIN], FIRST)
    before = rows_of(store, WRITTEN)

    merge_register(store, [LOGIN], SECOND)

    assert rows_of(store, WRITTEN) == before


def test_a_custody_that_ends_is_another_row(store: Session) -> None:
    merge_register(store, [LOGIN], FIRST)
    merge_register(store, [replace(LOGIN, custodians=(custodian("1042", until=FIRST),))], SECOND)

    assert rows_of(store, CUSTODIANS)[:2] == [("1042", None, None, FIRST, SECOND), ("1042", None, FIRST, SECOND, None)]


def test_an_empty_register_ends_all_of_it_and_it_comes_back(store: Session) -> None:
    merge_register(store, [LOGIN], FIRST)
    merge_register(store, [], SECOND)
    merge_register(store, [replace(LOGIN, owner="team-auth")], SECOND)
    merge_register(store, [replace(LOGIN, owner="team-auth")], THIRD)

    assert rows_of(store, "select owner, valid_from, valid_to from registered_key order by registered_pk") == [
        ("", FIRST, SECOND),
        ("team-auth", SECOND, None),
    ]
    assert rows_of(store, "select place, valid_to from registered_place order by place, valid_from") == [
        ("jkt:a", SECOND),
        ("jkt:a", None),
        ("kid-1", SECOND),
        ("kid-1", None),
    ]


def test_one_line_twice_is_one(store: Session) -> None:
    merge_register(store, [replace(LOGIN, custodians=LOGIN.custodians * 2, places=LOGIN.places * 2)], FIRST)
    merge_register(store, [replace(LOGIN, places=LOGIN.places[:1])], FIRST)
    merge_register(store, [LOGIN], FIRST)

    assert len(rows_of(store, CUSTODIANS)) == 2
    assert rows_of(store, "select place, valid_to from registered_place order by place") == [
        ("jkt:a", None),
        ("kid-1", None),
    ]
