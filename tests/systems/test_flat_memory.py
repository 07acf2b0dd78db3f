"""Memory that a read holds doesn't grow with the people whom a system tells."""

import pytest

from demo.slapd import Tls
from tests.support.populations import populations
from tests.support.read_elsewhere import took

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
A_USER = 60
"""Bytes that each may add, of whatever is known of them: an id alone, remembered in a set, takes a hundred and more."""


@pytest.mark.parametrize("name", sorted(name for name, each in populations().items() if each.few))
def test_memory_does_not_grow_with_the_people(name: str, tls: Tls) -> None:
    few = populations()[name].few
    held = {users: _held(name, users, tls) for users in (few, 2 * few)}

    assert held[2 * few] - held[few] < A_USER * few, held


def _held(name: str, users: int, tls: Tls) -> int:
    """Bytes of Python's own, at most, while so many are read."""
    population = populations()[name]
    with population.opened(tls) as place:
        population.fill(place.kept, users)
        read = took(place, population.reader(place), traced=True)
        assert place.service.wrong == []
    assert read.found >= users
    return read.traced
