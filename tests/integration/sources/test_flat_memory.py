"""Memory that a read holds doesn't grow with the people whom a system tells."""

import pytest

from demo.slapd import Tls
from tests.support.populations import POPULATIONS
from tests.support.read_elsewhere import took

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
FEW = {"bamboohr": 6_000, "workday": 2_000, "vault_auth": 1_500, "scim": 2_000} | dict.fromkeys(
    ("github_org", "gitlab_users_of_a_group", "kubernetes_cluster", "okta", "personio"), 2_400
)
"""Where pages hold a thousand; where nothing is remembered; where each takes three requests; where fewer do."""
TOLD_AT_ONCE = {"npm_packages", "pypi_projects"}
"""Whose people come in one answer for each package, and are as few as a company has there."""
USUALLY = 4_800
"""Of fewer, what a read remembers in any case isn't full yet: its pages, and what of its lists lies in memory. Of twice
as many Python makes a set or dict that holds each four times as large."""
A_USER = 60
"""Bytes that each may add, of whatever is known of them: an id alone, remembered in a set, takes a hundred and more."""


@pytest.mark.parametrize("name", sorted(POPULATIONS.keys() - TOLD_AT_ONCE))
def test_memory_does_not_grow_with_the_people(name: str, tls: Tls) -> None:
    few = FEW.get(name, USUALLY)
    held = {users: _held(name, users, tls) for users in (few, 2 * few)}

    assert held[2 * few] - held[few] < A_USER * few, held


def _held(name: str, users: int, tls: Tls) -> int:
    """Bytes of Python's own, at most, while so many are read."""
    population = POPULATIONS[name]
    with population.opened(tls) as place:
        population.fill(place.kept, users)
        read = took(place, population.reader(place), traced=True)
        assert place.service.wrong == []
    assert read.found >= users
    return read.traced
