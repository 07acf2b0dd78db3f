"""Numbers that systems return as times: their unit is declared, and what no calendar has is unknown."""

from datetime import UTC, datetime

import pytest

from offboarding.model import Standing
from offboarding.model.days import epoch_moment
from offboarding.sources.kubernetes_cluster.certificates import CERTIFICATE, end_of
from offboarding.sources.vault.auth.answers import VaultToken
from offboarding.sources.vault.auth.tokens import of_token
from offboarding.sources.vault.transit.keys import TransitKey, versions
from tests.support import cases

NIGHT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        (0, "1970-01-01 00:00:00+00:00"),
        (-1, "1969-12-31 23:59:59+00:00"),
        (1583053200.5, "2020-03-01 09:00:00.500000+00:00"),
        (100_000_000_001, "5138-11-16 09:46:41+00:00"),
        (253_402_300_799, "9999-12-31 23:59:59+00:00"),
        (253_402_300_800, "None"),
        (1_583_053_200_000, "None"),
        (-62_135_596_801, "None"),
        (10**18, "None"),
        (10**400, "None"),
        (float("nan"), "None"),
        (float("inf"), "None"),
    ],
)
def test_seconds_are_seconds_whatever_their_size(seconds: float, moment: str) -> None:
    assert str(epoch_moment(seconds)) == moment


@pytest.mark.parametrize("far", [253_402_300_800, 10**18, 10**30])
def test_a_far_end_costs_neither_its_token_nor_the_others(far: int) -> None:
    for token in (
        VaultToken(accessor="a", creation_time=far, renewable=True),
        VaultToken(accessor="a", creation_time=1, explicit_max_ttl=far),
        VaultToken(accessor="a", creation_time=far, explicit_max_ttl=far),
    ):
        found = of_token(cases.directory_account(), token, disabled=False, as_of=NIGHT)

        assert (found.standing, found.expires_at) == (Standing.WORKS, None)


def test_a_version_whose_making_no_calendar_has_is_still_accepted() -> None:
    key = TransitKey.model_validate({"name": "login", "type": "hmac", "latest_version": 1, "keys": {1: 10**18}})

    (found,) = versions("vault:x", "transit", key)

    assert (found.standing, found.created_at) == (Standing.WORKS, None)


def test_an_id_with_a_far_end_names_none() -> None:
    assert end_of(f"{CERTIFICATE}{10**18}/{'0' * 64}") is None
