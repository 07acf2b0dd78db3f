"""A second night against the oracle: accounts that say otherwise of themselves than the night before, and HR too.

More of it: ORACLE_EXAMPLES=2000 python -m pytest tests/integration/correlation/test_correlation_after.py
"""

import itertools
import os
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from offboarding.model import Account, Worker
from offboarding.store.connect import Session
from tests.integration.correlation.test_correlation_oracle import untangled_company
from tests.support import oracle
from tests.support.companies import KEYS, LOGINS, MAILS, companies, rulings
from tests.support.database import undone
from tests.support.night import rows_of, spend_night, told
from tests.support.oracle.persons import persons
from tests.support.small_company import LEAVER, STAFF, account, company, hr, ldap, number, scoped, seen

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "0"))
RANDOM = settings(
    max_examples=EXAMPLES or 4,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
nights = itertools.count()


def agreed(session: Session, then: oracle.Company, now: oracle.Company) -> oracle.Verdict:
    """The SQL's verdict on the second night, which is the oracle's too; in a third one nothing changes."""
    with undone(session):
        spend_night(session, then, caller=f"after {next(nights)}")
        spend_night(session, now, caller=f"after {next(nights)}")
        found = told(session, now)
        links = rows_of(session, "select account_pk, person_uid, decision, held_since from link order by link_id")
        third = replace(now, as_of=now.as_of + timedelta(seconds=1), rulings=(), notices=())
        spend_night(session, third, caller=f"after {next(nights)}")
        again = rows_of(session, "select account_pk, person_uid, decision, held_since from link order by link_id")
    expected = oracle.judge(replace(now, rosters=remembering(then, now), before=then))
    for key, verdict in expected.accounts.items():
        assert found.accounts[key] == verdict, key
    assert again == links
    return found


def remembering(then: oracle.Company, now: oracle.Company) -> tuple[oracle.RosterRead, ...]:
    """Today's rosters, with what they told the night before."""
    return tuple(
        replace(today, earlier=(oracle.Snapshot(observed_at=then.as_of, workers=before.workers),))
        for before, today in zip(then.rosters, now.rosters, strict=True)
    )


@st.composite
def edited(draw: DrawFn, told: Account) -> Account:
    """The account, with a key more, less or instead, or taken for a workload's."""
    what = draw(st.sampled_from(("", "", "less", "more", "instead", "instead", "service")))
    keys = list(told.keys)
    if what in ("less", "instead") and keys:
        keys.pop(draw(st.integers(0, len(keys) - 1)))
    if what in ("more", "instead"):
        keys.append(draw(KEYS))
    return replace(told, keys=tuple(keys), service_like=told.service_like is not (what == "service"))


@st.composite
def retold(draw: DrawFn, told: Worker) -> Worker:
    """The worker, now and then with another mail or login."""
    what = draw(st.sampled_from(("", "", "", "mail", "login")))
    if what == "mail":
        return replace(told, mail=draw(st.sampled_from(MAILS)))
    if what == "login":
        return replace(told, logins=(scoped(draw(st.sampled_from(LOGINS))),))
    return told


@st.composite
def two_nights(draw: DrawFn) -> tuple[oracle.Company, oracle.Company]:
    bearers = oracle.Scores(common_accounts=draw(st.sampled_from((10, 2))))
    then = replace(draw(companies()), rulings=(), notices=(), scores=bearers)
    rosters = tuple(
        replace(roster, workers=tuple(draw(retold(each)) for each in roster.workers)) for roster in then.rosters
    )
    sources = tuple(
        replace(source, accounts=tuple(draw(edited(each)) for each in source.accounts), credentials=())
        for source in then.sources
    )
    now = replace(then, as_of=then.as_of + timedelta(days=1), rosters=rosters, sources=sources)
    return then, replace(now, rulings=tuple(draw(rulings(rosters, sources))) if draw(st.booleans()) else ())


def test_who_has_an_account_keeps_it_whatever_others_come_to_bear(lasting_store: Session) -> None:
    others = [account(f"a{n}", number("9")) for n in range(10)]
    then = company(hr(LEAVER, STAFF), ldap(account("x", number("1042")), *others))
    crowd = [replace(each, keys=(number("1042"),)) for each in others]
    now = company(hr(LEAVER, STAFF), ldap(account("x", number("1042")), *crowd))

    found = agreed(lasting_store, then, replace(now, as_of=then.as_of + timedelta(days=1)))

    assert seen(found, "x") == ("linked", {("1042", "is", "linked", 90)})
    assert seen(found, "a1") == ("orphan", set())


@RANDOM
@given(told_twice=two_nights())
def test_random_second_nights(lasting_store: Session, told_twice: tuple[oracle.Company, oracle.Company]) -> None:
    then, now = (untangled_company(each) for each in told_twice)
    remembered = replace(now, rosters=remembering(then, now))
    people = persons(remembered)
    # Who was one person stays one, whatever HR tells then: the oracle knows no night but this and the last.
    assume(all(any(person <= today for today in people) for person in persons(then)))
    agreed(lasting_store, then, now)
