"""How much may be asked of one account: what takes more costs that account, and lists that all need cost nobody."""

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from demo.slapd import Tls
from offboarding.model import Account, AccountRef, Fact, ScopeRead
from tests.support.populations import Place, populations

PEOPLE = 30
SETTING = "max_requests_an_account"
MOST = {
    name: each.allowed.an_account for name, each in populations().items() if each.allowed and each.allowed.an_account
}
"""Of any account of these populations; as each page says under "How many requests"."""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=sorted(MOST))
def named(request: pytest.FixtureRequest, tls: Tls) -> Generator[tuple[str, Place, Sequence[AccountRef]]]:
    """A system with people, and whoever is there."""
    name = str(request.param)
    population = populations()[name]
    with population.opened(tls) as place:
        population.fill(place.kept, PEOPLE)
        found = [fact for fact in reader(name, place).collect() if isinstance(fact, Account)]
        refs = [AccountRef(realm=a.realm, native_id=a.native_id, label=a.label, login=a.login) for a in found]
        yield name, place, refs
        assert place.service.wrong == []


def reader(name: str, place: Place, **settings: Any) -> Any:
    group = {"group": True} if name.endswith("of_a_group") else {}
    return place.source(**group, **settings)


def errors(facts: Sequence[Fact]) -> list[str]:
    return [fact.error for fact in facts if isinstance(fact, ScopeRead) and fact.error]


def test_what_a_page_allows_is_enough_for_each(named: tuple[str, Place, Sequence[AccountRef]]) -> None:
    name, place, refs = named

    facts = list(reader(name, place, **{SETTING: MOST[name]}).detail(refs))

    assert errors(facts) == []
    assert {fact.native_id for fact in facts if isinstance(fact, Account)} == {ref.native_id for ref in refs}


def test_what_takes_more_costs_that_account_alone_and_shows_nothing_gone(
    named: tuple[str, Place, Sequence[AccountRef]],
) -> None:
    name, place, refs = named

    facts = list(reader(name, place, **{SETTING: MOST[name] - 1}).detail(refs))

    said = errors(facts)
    assert said
    assert all(f"Raise {SETTING}" in each for each in said)
    there = {fact.native_id for fact in facts if isinstance(fact, Account)}
    whole = {fact.scope for fact in facts if isinstance(fact, ScopeRead) and not fact.error}
    assert {fact.scope for fact in facts if isinstance(fact, ScopeRead)} == {ref.native_id for ref in refs}
    assert whole <= there


def test_the_next_account_has_all_of_it_again(named: tuple[str, Place, Sequence[AccountRef]]) -> None:
    name, place, refs = named
    source = reader(name, place, **{SETTING: MOST[name]})

    assert errors(list(source.detail([*refs, *refs]))) == []
    assert errors(list(source.detail(refs))) == []
