"""Seconds that no calendar has: unknown, whatever they're of, and nothing else is lost by them."""

import pytest

from offboarding.model import Standing
from offboarding.sources.vault.auth.answers import VaultToken
from offboarding.sources.vault.auth.tokens import of_token
from offboarding.sources.vault.transit.keys import TransitKey, versions
from tests.support import cases
from tests.support.usual_read import AS_OF


@pytest.mark.parametrize("far", [253_402_300_800, 10**18, 10**30])
def test_a_far_end_costs_neither_its_token_nor_the_others(far: int) -> None:
    for token in (
        VaultToken(accessor="a", creation_time=far, renewable=True),
        VaultToken(accessor="a", creation_time=1, explicit_max_ttl=far),
        VaultToken(accessor="a", creation_time=far, explicit_max_ttl=far),
    ):
        found = of_token(cases.directory_account(), token, disabled=False, as_of=AS_OF)

        assert (found.standing, found.expires_at) == (Standing.WORKS, None)


def test_a_version_whose_making_no_calendar_has_is_still_accepted() -> None:
    key = TransitKey.model_validate({"name": "login", "type": "hmac", "latest_version": 1, "keys": {1: 10**18}})

    (found,) = versions("vault:x", "transit", key)

    assert (found.standing, found.created_at) == (Standing.WORKS, None)
