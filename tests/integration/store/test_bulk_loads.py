"""Accounts that were made in bulk (queries/bulk_loads.sql, docs/decisions/0099): what their age says, and what not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from offboarding.model import Account, IdentityKeyKind
from offboarding.store.connect import Session
from tests.support.night import rows_of, spend_night
from tests.support.small_company import AFTER, LEAVER, LONG_AGO, STAFF, account, aws, company, hr, key, ldap
from tests.support.variants import some_of

LOAD = AFTER.replace(hour=10)
"""After the departure."""
CALM = LOAD - timedelta(days=2)


def others(number: int, made: datetime = LOAD) -> tuple[Account, ...]:
    """Accounts of nobody here, a minute apart."""
    return tuple(account(f"o{n}", login=f"other{n}", made=made + timedelta(minutes=n)) for n in range(number))


SPREAD = tuple(account(f"s{n}", login=f"old{n}", made=LONG_AGO + timedelta(days=n)) for n in range(20))
"""Years of hiring."""


def late(made: datetime = LOAD) -> Account:
    """An account with the login that HR gives to the leaver."""
    return account("x", login="kim", made=made)


def score(session: Session, *accounts: Account, caller: str = "load") -> int:
    """What the account x has on the leaver."""
    spend_night(session, company(hr(LEAVER, STAFF), ldap(*accounts)), caller=caller)
    ((found,),) = rows_of(
        session,
        "select l.score from link l join account a using (account_pk) join person p using (person_uid)"
        " where a.native_id = 'x' and p.worker_id = '1042' and l.valid_to is null",
    )
    return found


@some_of(
    3,
    ("accounts", "expected"),
    [
        pytest.param((late(), *others(4)), 85, id="all at once"),
        pytest.param((late(), *others(4), *others(8, LONG_AGO)), 85, id="a third and more at once"),
        pytest.param((late(), *others(4, LOAD - timedelta(minutes=5))), 85, id="across the half hour"),
        pytest.param((late(CALM), *others(20)), 55, id="a back door made on a calm day"),
        pytest.param((late(LOAD + timedelta(hours=2)), *others(20)), 55, id="one made later on the load's day"),
        pytest.param((late(), *others(3)), 55, id="four are no load"),
        pytest.param((late(), *others(4), *SPREAD), 55, id="a morning's joiners among many"),
    ],
)
def test_an_age_weighs_nothing_where_it_is_a_load_s(store: Session, accounts: Sequence[Account], expected: int) -> None:
    assert score(store, *accounts) == expected


def test_what_was_a_load_stays_one_and_what_is_found_late_concerns_all(store: Session) -> None:
    assert score(store, late(), caller="alone") == 55
    loaded = (late(), *others(4))
    assert score(store, *loaded, caller="loaded") == 85

    grown = tuple(account(f"n{n}", login=f"new{n}", made=LOAD + timedelta(days=1, hours=n)) for n in range(30))
    assert score(store, *loaded, *grown, caller="grown") == 85
    assert rows_of(store, "select began_at from bulk_load") == [(LOAD,)]


def test_whoever_ran_a_load_did_not_make_each_account_for_themselves(store: Session) -> None:
    theirs = account("k", key(IdentityKeyKind.NUMBER, "1042"), login="kim", made=LONG_AGO)
    made = [replace(each, created_by=theirs.label) for each in (*others(6), *others(1, CALM + timedelta(minutes=50)))]
    calm = replace(made[-1], native_id="calm", label="uid=calm,dc=corp", login="calm", keys=())

    spend_night(store, company(hr(LEAVER, STAFF), ldap(theirs, *made[:-1], calm)), caller="made")

    created = "select a.native_id from link l join account a using (account_pk) where l.relation = 'created'"
    assert rows_of(store, created) == [("calm",)]


def test_the_correlation_says_it_once_a_realm(store: Session) -> None:
    score(store, late(), *others(6))

    ((loads,),) = rows_of(store, "select summary -> 'correlation' -> 'loads' from run")
    assert loads == [
        {
            "realm": "d1",
            "made": 7,
            "accounts": 7,
            "first_at": LOAD.astimezone(UTC).isoformat(),
            "last_at": (LOAD + timedelta(minutes=5)).astimezone(UTC).isoformat(),
        }
    ]


def test_a_system_that_is_read_later_is_looked_at_too(store: Session) -> None:
    here = account("d", login="leeh", made=LONG_AGO)
    spend_night(store, company(hr(LEAVER, STAFF), ldap(here)), caller="before")
    cloud = [replace(each, realm="c1") for each in (late(), *others(5))]

    spend_night(store, company(hr(LEAVER, STAFF), ldap(here), aws(*cloud)), caller="with the cloud")

    assert rows_of(store, "select distinct realm from bulk_load") == [("c1",)]
    assert rows_of(store, "select score from link join account using (account_pk) where native_id = 'x'") == [(85,)]
