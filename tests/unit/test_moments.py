"""Numbers that systems return as times: their unit is declared, and what no calendar has is unknown."""

import pytest

from offboarding.model.days import epoch_moment


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
