"""What must be so of the oracle's verdict on any company whatever."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from offboarding.model import LinkDecision, Relation, Worker
from tests.support.companies import companies
from tests.support.oracle import AccountVerdict, Company, Row, Verb, judge

pytestmark = pytest.mark.slow

ANY = companies(history=True)
FEW = settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(ANY)
def test_every_worker_is_one_person_and_every_account_has_a_verdict(company: Company) -> None:
    verdict = judge(company)

    told = Counter(key for person in verdict.persons for key in person)
    assert set(told.values()) == {1}
    assert set(told) == {(r.name, w.worker_id) for r in company.rosters for w in all_workers(company, r.name)}
    assert set(verdict.departures) == verdict.persons
    assert set(verdict.accounts) == {(a.realm, a.native_id) for s in company.sources for a in s.accounts}


def all_workers(company: Company, roster: str) -> list[Worker]:
    return [
        worker
        for read in company.rosters
        if read.name == roster
        for workers in (read.workers, *(snapshot.workers for snapshot in read.earlier))
        for worker in workers
    ]


@FEW
@given(ANY)
def test_an_account_is_one_person_s_or_of_several_who_have_left_and_says_so_alike_in_rows_and_decision(
    company: Company,
) -> None:
    verdict = judge(company)

    for found in verdict.accounts.values():
        own = [row for row in found.rows if row.relation is Relation.IS]
        linked = [row for row in own if row.decision is LinkDecision.LINKED]
        # What HR gave to several at once is each one's when the last of them has left.
        assert len(linked) <= 1 or all(verdict.departures[row.person] and for_several(row) for row in linked)
        assert not linked or LinkDecision.DISPUTED not in {row.decision for row in own}
        assert found.decision in {row.decision for row in found.rows} or not own
        assert all(40 <= row.score <= 100 for row in found.rows)


def for_several(row: Row) -> bool:
    return any(because.endswith("for several") for because in row.because)


@FEW
@given(ANY)
def test_nobody_who_works_here_is_probable_and_nobody_who_left_is_active(company: Company) -> None:
    verdict = judge(company)

    for found in verdict.accounts.values():
        assert all(verdict.departures[p] for p in having(found, LinkDecision.PROBABLE))
    assert not any(verdict.departures[person] for person in verdict.returned)
    assert all(left.left_at <= left.certain_at <= company.as_of for left in verdict.departures.values() if left)


def having(found: AccountVerdict, decision: LinkDecision) -> list[frozenset[tuple[str, str]]]:
    return [row.person for row in found.rows if row.decision is decision]


@FEW
@given(ANY)
def test_the_order_of_reading_means_nothing(company: Company) -> None:
    turned = replace(
        company,
        rosters=tuple(replace(r, workers=r.workers[::-1]) for r in company.rosters[::-1]),
        sources=tuple(replace(s, accounts=s.accounts[::-1]) for s in company.sources[::-1]),
    )

    assert judge(turned) == judge(company)


@FEW
@given(ANY)
def test_a_person_s_word_is_final(company: Company) -> None:
    verdict = judge(company)

    for ruling in company.rulings:
        found = verdict.accounts[ruling.realm, ruling.native_id]
        persons = {person for person in verdict.persons if ruled(company, person, ruling.id_space, ruling.worker_id)}
        if ruling.verb is Verb.CONFIRM:
            assert {row.person for row in found.rows} == persons == set(having(found, LinkDecision.LINKED))
        else:
            assert not {row.person for row in found.rows} & persons


def ruled(company: Company, person: frozenset[tuple[str, str]], id_space: str, worker_id: str) -> bool:
    return any((r.name, worker_id) in person for r in company.rosters if r.id_space == id_space)


def test_random_companies_hold_each_decision() -> None:
    """A strategy that never draws a dispute compares nothing."""
    met: set[LinkDecision] = set()

    @settings(FEW, derandomize=True)
    @given(companies())
    def look(company: Company) -> None:
        met.update(found.decision for found in judge(company).accounts.values())

    look()

    assert met == set(LinkDecision)
