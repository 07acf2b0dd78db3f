"""Correlation that looks only at what changed comes to what one comes to that looks at everything."""

import itertools
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from include.offboarding.model import Account, AccountKey, KeyKind, KeyOrigin, Worker
from include.offboarding.store import correlation
from include.offboarding.store.connect import Session
from tests.support import oracle
from tests.support.companies import accounts, employments, rarely, workers
from tests.support.database import undone
from tests.support.night import rows_of, spend_night
from tests.support.small_company import KIM, LEAVER, LEE, NIGHT, STAFF, account, company, hr, ldap, mail, number

EXAMPLES = int(os.environ.get("FOCUS_EXAMPLES", "10"))
CLUSTERS = ("", "x", "y", "z")
LINKS = """
    select a.native_id, p.worker_id, p.id_space, l.relation, l.decision, l.score, l.evidence::text, l.definite,
        l.own_now, l.valid_from, l.valid_to
    from link l join account a using (account_pk) join person p using (person_uid) order by 1, 2, 3, 4, 10, 11, 7"""
BESIDE = (
    "select native_id, keep_use from account left join account_use using (account_pk) order by 1",
    "select realm, kind, value, loose, accounts from crowded order by 1, 2, 3, 4",
    """select p.worker_id, p.id_space, p.episode, d.left_at, d.valid_from, d.valid_to from departure d
    join person p using (person_uid) order by 1, 2, 5, 6""",
)
nights = itertools.count()


@contextmanager
def of_everything() -> Generator[None]:
    """Each correlation looks at everything."""
    find = correlation.find_focus
    with mock.patch.object(correlation, "find_focus", lambda *given, everything: find(*given, everything=True)):
        yield


def after(session: Session, told: Sequence[oracle.Company]) -> list[list[tuple[Any, ...]]]:
    with undone(session):
        for each in told:
            spend_night(session, each, caller=f"focus {next(nights)}")
        return [rows_of(session, query) for query in (LINKS, *BESIDE)]


def elsewhere(value: str, cluster: str) -> str:
    """A value of a cluster's own, where it is one that means anything; the others are everyone's."""
    if not cluster or not value or not value.strip("0") or value.casefold() in {"n/a", "none", "admin"}:
        return value
    local, at, domain = value.partition("@")
    return f"{local}{cluster}@{domain}" if at else f"{value}{cluster}"


def worker_of(worker: Worker, cluster: str) -> Worker:
    def own(values: Sequence[str]) -> tuple[str, ...]:
        return tuple(elsewhere(value, cluster) for value in values)

    return replace(
        worker,
        worker_id=elsewhere(worker.worker_id, cluster),
        previous_worker_ids=own(worker.previous_worker_ids),
        mail=elsewhere(worker.mail, cluster),
        former_mails=own(worker.former_mails),
        logins=tuple(replace(given, value=elsewhere(given.value, cluster)) for given in worker.logins),
        directory_ids=tuple(replace(given, value=elsewhere(given.value, cluster)) for given in worker.directory_ids),
    )


def account_of(told: Account, cluster: str) -> Account:
    def own(key: AccountKey) -> AccountKey:
        return key if key.kind is KeyKind.NAME else replace(key, value=elsewhere(key.value, cluster))

    return replace(
        told,
        native_id=f"{told.native_id}{cluster}",
        label=told.label.replace("uid=u", f"uid=u{cluster}"),
        owner_labels=tuple(label.replace("UID=u", f"UID=u{cluster}") for label in told.owner_labels),
        created_by=told.created_by.replace("uid=u", f"uid=u{cluster}"),
        keys=tuple(own(key) for key in told.keys),
    )


@st.composite
def told_workers(draw: DrawFn, cluster: str) -> tuple[Worker, ...]:
    ids = draw(st.lists(st.sampled_from(("1042", "01042", "1043", "2001")), min_size=1, max_size=3, unique=True))
    found = [draw(workers(worker_id, f"row {row}")) for row, worker_id in enumerate(ids)]
    return tuple(worker_of(replace(each, employments=(draw(employments()),)), cluster) for each in found)


@st.composite
def told_accounts(draw: DrawFn, cluster: str) -> tuple[Account, ...]:
    found = [draw(accounts("r-1", number)) for number in range(draw(st.integers(1, 4)))]
    found = [
        replace(each, created_by=f"uid=u{draw(st.integers(0, 4))}, ou=People,dc=r-1") if rarely(draw) else each
        for each in found
    ]
    return tuple(account_of(each, cluster) for each in found)


@st.composite
def sequences(draw: DrawFn) -> list[oracle.Company]:
    """Nights of one company of four clusters; of one night to the next some of them change."""
    people = {cluster: draw(told_workers(cluster)) for cluster in CLUSTERS}
    theirs = {cluster: draw(told_accounts(cluster)) for cluster in CLUSTERS}
    found: list[oracle.Company] = []
    for night in range(draw(st.integers(2, 4))):
        if night:
            for cluster in draw(st.lists(st.sampled_from(CLUSTERS), max_size=1)):
                people[cluster] = draw(told_workers(cluster)) if draw(st.booleans()) else people[cluster]
                theirs[cluster] = draw(told_accounts(cluster)) if draw(st.booleans()) else theirs[cluster]
        source = ldap(*itertools.chain(*theirs.values()))
        told = company(hr(*itertools.chain(*people.values())), replace(source, realm="r-1"))
        found.append(replace(told, as_of=NIGHT + timedelta(days=night)))
    return found


@given(told=sequences())
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large)
)
def test_what_changed_is_enough_to_look_at(lasting_store: Session, told: list[oracle.Company]) -> None:
    with of_everything():
        everything = after(lasting_store, told)

    assert after(lasting_store, told) == everything


def login(value: str) -> AccountKey:
    return AccountKey(kind=KeyKind.LOGIN, value=value, origin=KeyOrigin.ATTRIBUTE, name="uid")


def looked_at(session: Session) -> set[str]:
    """The accounts that the last correlation looked at."""
    return {name for (name,) in rows_of(session, "select native_id from account join in_focus using (account_pk)")}


OTHERS = tuple(account(f"other-{n}", number(f"9{n}00")) for n in range(8))


def night(session: Session, *theirs: Account, day: int = 0) -> set[str]:
    told = company(hr(LEAVER, STAFF), ldap(*theirs, *OTHERS))
    spend_night(session, replace(told, as_of=NIGHT + timedelta(days=day)), caller=f"focus {next(nights)}")
    return looked_at(session)


def test_a_night_without_change_looks_at_no_account(store: Session) -> None:
    kim = account("a", number("1042"))
    assert len(night(store, kim)) == 9

    assert night(store, kim, day=1) == set()


def test_an_account_is_looked_at_with_whatever_shares_its_values_or_bore_them(store: Session) -> None:
    kim, twin, apart = account("a", mail(KIM)), account("b", login("kimm")), account("c", mail(LEE))
    night(store, kim, twin, apart)

    assert night(store, replace(kim, keys=(login("kimm"),)), twin, apart, day=1) == {"a", "b"}
    assert night(store, replace(kim, keys=()), twin, apart, day=2) == {"a", "b"}
