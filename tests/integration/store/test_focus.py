"""Correlation that looks only at what changed comes to what one comes to that looks at everything."""

import itertools
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from psycopg.errors import LockNotAvailable

from offboarding.model import OWN_ID, Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Worker
from offboarding.store.connect import Session, opened
from offboarding.store.correlation import linking
from tests.support import oracle
from tests.support.companies import accounts, employments, rarely, workers
from tests.support.database import undone
from tests.support.night import rows_of, spend_night
from tests.support.rows import note_all
from tests.support.small_company import KIM, LEAVER, LEE, NIGHT, STAFF, account, company, hr, ldap, mail, number, worker
from tests.support.variants import variants

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("FOCUS_EXAMPLES", "3"))
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
    find = linking.find_focus
    with mock.patch.object(linking, "find_focus", lambda *given, everything: find(*given, everything=True)):
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
        return key if key.kind is IdentityKeyKind.NAME else replace(key, value=elsewhere(key.value, cluster))

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
    return AccountKey(kind=IdentityKeyKind.LOGIN, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name="uid")


def looked_at(session: Session) -> set[str]:
    """The accounts that the last correlation looked at."""
    return {name for (name,) in rows_of(session, "select native_id from account join focus_account using (account_pk)")}


OTHERS = tuple(account(f"other-{n}", number(f"9{n:02}00")) for n in range(60))
"""So many that whoever is looked at isn't most of everybody."""
NEW = worker("1044", mail="new@corp.example", logins=("newl",))
MOVED = replace(NEW, mail="moved@corp.example")


def night(session: Session, *theirs: Account, people: Sequence[Worker] = (LEAVER, STAFF), day: int = 0) -> set[str]:
    told = company(hr(*people), ldap(*theirs, *OTHERS))
    spend_night(session, replace(told, as_of=NIGHT + timedelta(days=day)), caller=f"focus {next(nights)}")
    return looked_at(session)


def test_a_night_without_change_looks_at_no_account(store: Session) -> None:
    kim = account("a", number("1042"))
    night(store, kim)

    assert night(store, kim, day=1) == set()


def test_an_account_is_looked_at_with_whatever_shares_its_values_or_bore_them(store: Session) -> None:
    kim, twin, apart = account("a", mail(KIM)), account("b", login("kimm")), account("c", mail(LEE))
    night(store, kim, twin, apart)

    assert night(store, replace(kim, keys=(login("kimm"),)), twin, apart, day=1) == {"a", "b"}
    assert night(store, replace(kim, keys=()), twin, apart, day=2) == {"a", "b"}


BORNE = {
    "mail": mail("new@corp.example"),
    "login": login("newl"),
    "a mail's local part": login("new"),
    "number": number("1044"),
    "another number of the same digits": number("01044"),
}


@variants(3, borne=BORNE)
def test_who_is_new_is_looked_at_with_what_bears_the_same(store: Session, borne: AccountKey) -> None:
    bears = account("bears", borne)
    night(store, bears, people=(STAFF,))

    assert night(store, bears, people=(STAFF, NEW), day=1) == {"bears"}


@variants(3, borne=BORNE)
def test_who_is_new_is_looked_at_with_what_bore_the_same(store: Session, borne: AccountKey) -> None:
    bore = account("bore", borne)
    night(store, bore, people=(STAFF,))
    night(store, replace(bore, keys=()), people=(STAFF,), day=1)

    assert night(store, replace(bore, keys=()), people=(STAFF, NEW), day=2) == {"bore"}


@variants(3, borne=BORNE)
def test_an_account_is_looked_at_with_the_others_of_whom_it_may_be(store: Session, borne: AccountKey) -> None:
    other = account("other", mail("new@corp.example") if borne.kind is IdentityKeyKind.NUMBER else number("1044"))
    night(store, other, people=(STAFF, NEW))

    assert night(store, other, account("x", borne), people=(STAFF, NEW), day=1) == {"other", "x"}


def test_a_number_of_fewer_digits_leads_to_a_person(store: Session) -> None:
    other, people = account("other", mail("new@corp.example")), (STAFF, replace(NEW, worker_id="01044"))
    night(store, other, people=people)

    assert night(store, other, account("x", number("1044")), people=people, day=1) == {"other", "x"}


CONNECTED = {
    "a link that has ended": """
        insert into link (account_pk, person_uid, relation, decision, score, evidence, definite, own_now, valid_from,
            valid_to)
        select account_pk, person_uid, 'is', 'linked', 90, '[]', true, false, now(), now()
        from account, person p where native_id = 'x' and p.worker_id = '1044'""",
    "a decision": """
        insert into link_decision (realm, native_id, person_uid, verdict, reason, author)
        select realm, native_id, person_uid, 'reject', 'not theirs', 'somebody'
        from account, person p where native_id = 'x' and p.worker_id = '1044'""",
}


@pytest.mark.parametrize("connected", CONNECTED.values(), ids=CONNECTED)
def test_what_connects_an_account_and_a_person_leads_both_ways(store: Session, connected: str) -> None:
    x, other = account("x"), account("other", number("1044"))
    night(store, x, other, people=(STAFF, NEW))
    store.execute(connected.encode())
    note_all(store)
    night(store, x, other, people=(STAFF, NEW), day=1)

    assert night(store, x, other, people=(STAFF, MOVED), day=2) == {"x", "other"}
    assert night(store, replace(x, keys=(login("xx"),)), other, people=(STAFF, MOVED), day=3) == {"x", "other"}


JOB = account("job", service=True, owners=("uid=lee,dc=corp",))


def test_an_account_that_becomes_somebody_s_is_looked_at_with_what_names_it(store: Session) -> None:
    night(store, JOB, account("lee"))

    assert night(store, JOB, account("lee", number("1043")), day=1) == {"job", "lee"}


def test_an_account_that_begins_to_name_another_is_looked_at_with_it(store: Session) -> None:
    lee = account("lee", number("1043"))
    night(store, replace(JOB, owner_labels=()), lee)

    assert night(store, JOB, lee, day=1) == {"job", "lee"}


def outer(value: str) -> AccountKey:
    """The id of an account elsewhere."""
    return AccountKey(
        kind=IdentityKeyKind.DIRECTORY_ID, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name="external id"
    )


def test_whoever_names_an_accounts_own_id_is_looked_at_with_it_both_ways(store: Session) -> None:
    naming, plain = account("naming", outer("plain")), account("plain")
    night(store, naming, plain)

    assert night(store, naming, account("plain", number("1043")), day=1) == {"naming", "plain"}
    assert night(store, replace(naming, label="renamed"), account("plain", number("1043")), day=2) == {
        "naming",
        "plain",
    }


def test_an_id_that_is_reached_as_an_accounts_own_leads_on_once_another_bears_it(store: Session) -> None:
    """The own id of the first is found with the second, which names it, as a third does that bears nothing else."""
    first, second = account("first", login("zzz")), account("second", login("zzz"), outer("first"))
    third = account("third", outer("first"))
    night(store, first, second, third)

    assert night(store, replace(first, label="renamed"), second, third, day=1) == {"first", "second", "third"}


def test_what_nobody_bears_any_more_leads_to_others(store: Session) -> None:
    one, other = account("one", login("zzz")), account("other", login("zzz"))
    night(store, one, other)

    assert night(store, replace(one, keys=()), other, day=1) == {"one", "other"}


def test_a_number_that_is_declared_with_an_end_leads_to_its_worker(store: Session) -> None:
    def told(*theirs: Account, day: int) -> set[str]:
        source = replace(ldap(*theirs, *OTHERS), number_format="{worker_id}@hr")
        each = replace(company(hr(STAFF, NEW), source), as_of=NIGHT + timedelta(days=day))
        spend_night(store, each, caller=f"focus {next(nights)}")
        return looked_at(store)

    other = account("other", mail("new@corp.example"))
    told(other, day=0)

    assert told(other, account("x", number("1044@hr")), day=1) == {"other", "x"}
    assert rows_of(store, "select count(*) from link where relation = 'is' and decision = 'linked'") == [(2,)]


EVENT = """
    insert into event (realm, event_id, at, action, deed, object_realm, object, actor_realm, actor, actor_label, failed,
        observed_at)
    select realm, 'e1', now(), 'CreateUser', 'made', realm, 'nothing we know', realm, '', 'a session', false, now()
    from realm"""
EVENT_KEY = """
    insert into event_key (realm, event_id, kind, value, loose, origin, name, raw)
    select realm, 'e1', %s, %s, '', 'attribute', 'session', '' from realm"""


def test_whoever_an_audit_trail_says_made_something_is_looked_at_each_night(store: Session) -> None:
    other, nobody = account("other", number("1044")), account("nobody", login("n/a"))
    night(store, other, nobody, people=(STAFF, NEW))
    store.execute(EVENT)
    for kind, value in (("mail", "new@corp.example"), ("login", "n/a"), ("number", "000")):
        store.execute(EVENT_KEY, (kind, value))

    assert night(store, other, nobody, people=(STAFF, NEW), day=1) == {"other"}


def test_a_first_correlation_waits_for_whoever_is_writing_and_later_ones_do_not(
    store: Session, store_parameters: dict[str, str | int]
) -> None:
    """What is being written then is noted nowhere, and was looked at never."""
    store.execute("set lock_timeout = '100ms'")
    with opened(store_parameters) as writer:
        with writer.transaction():
            writer.execute("update account set label = label")
            with pytest.raises(LockNotAvailable):
                night(store, account("a", number("1042")))
        night(store, account("a", number("1042")))

        with writer.transaction():
            writer.execute("update account set label = label where native_id = 'nobody'")
            assert night(store, account("a", number("1043")), day=1) == {"a"}


def test_a_night_in_which_most_changed_looks_at_everything(store: Session) -> None:
    night(store)
    changed = [replace(each, keys=(*each.keys, login(each.native_id))) for each in OTHERS[:20]]
    told = company(hr(LEAVER, STAFF), ldap(*changed, *OTHERS[20:]))

    spend_night(store, replace(told, as_of=NIGHT + timedelta(days=1)), caller=f"focus {next(nights)}")

    assert len(looked_at(store)) == 20
    assert not rows_of(store, "select from reached"), "it was followed from there"


def test_a_value_is_no_longer_crowded_once_few_bear_it(store: Session) -> None:
    many = [account(f"m{n}", mail("team@corp.example")) for n in range(12)]
    night(store, *many)
    assert rows_of(store, "select value from crowded") == [("team@corp.example",)]

    assert len(night(store, *many[:8], day=1)) == 12

    assert not rows_of(store, "select from crowded")


def test_whoever_names_a_second_id_of_an_accounts_own_is_looked_at_with_it_both_ways(store: Session) -> None:
    """As an account of Active Directory has one beside its objectGUID."""
    second = replace(outer("S-1-5-21-1-2-3-1103"), name=OWN_ID)
    naming, plain = account("naming", outer(second.value)), account("plain", second)
    night(store, naming, plain)

    changed = account("plain", second, number("1043"))
    assert night(store, naming, changed, day=1) == {"naming", "plain"}
    assert night(store, replace(naming, label="renamed"), changed, day=2) == {"naming", "plain"}
