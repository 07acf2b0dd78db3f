"""generalizedTime, as RFC 4517 3.3.13 has it."""

from datetime import UTC, datetime

import pytest

from offboarding.sources.ldap.times import filetime, generalized_time, is_permanent_lock


@pytest.mark.parametrize(
    ("text", "moment"),
    (
        ("20261124130000Z", datetime(2026, 11, 24, 13, tzinfo=UTC)),
        ("20261124130000.25Z", datetime(2026, 11, 24, 13, 0, 0, 250000, tzinfo=UTC)),
        ("20261124130000,5Z", datetime(2026, 11, 24, 13, 0, 0, 500000, tzinfo=UTC)),
        ("20261124130000.123456Z", datetime(2026, 11, 24, 13, 0, 0, 123456, tzinfo=UTC)),
        ("202611241305Z", datetime(2026, 11, 24, 13, 5, tzinfo=UTC)),
        ("202611241305.5Z", datetime(2026, 11, 24, 13, 5, 30, tzinfo=UTC)),
        ("2026112413Z", datetime(2026, 11, 24, 13, tzinfo=UTC)),
        ("2026112413.75Z", datetime(2026, 11, 24, 13, 45, tzinfo=UTC)),
        ("20261125013000+0900", datetime(2026, 11, 24, 16, 30, tzinfo=UTC)),
        ("20261124083000-08", datetime(2026, 11, 24, 16, 30, tzinfo=UTC)),
        ("20261231235960Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ),
)
def test_a_time_in_utc(text: str, moment: datetime) -> None:
    assert generalized_time(text) == moment


@pytest.mark.parametrize(
    "text",
    (
        "",
        "soon",
        "20261124130000",
        "2026112Z",
        "20261324130000Z",
        "20260230130000Z",
        "20261124240000Z",
        "20261124136000Z",
        "000001010000Z",
        "\u0662\u0660261124130000Z",
    ),
)
def test_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        generalized_time(text)


@pytest.mark.parametrize("text", ("000001010000Z", "00000101000000Z", "00000101000000.0Z"))
def test_the_permanent_lock(text: str) -> None:
    assert is_permanent_lock(text)


@pytest.mark.parametrize("text", ("", "20261124160000Z", "000001020000Z", "000001010001Z"))
def test_no_permanent_lock(text: str) -> None:
    assert not is_permanent_lock(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    (
        ("0", None),
        ("9223372036854775807", None),
        ("9223372036854775806", None),
        ("132223104000000000", datetime(2020, 1, 1, tzinfo=UTC)),
        ("132223104000000019", datetime(2020, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
        ("1", datetime(1601, 1, 1, tzinfo=UTC)),
    ),
)
def test_filetime(text: str, moment: datetime | None) -> None:
    assert filetime(text) == moment


@pytest.mark.parametrize("text", ("", "-1", "1.5", "soon", "12345678901234567890", "\uff11\uff12", "20261124130000Z"))
def test_what_is_no_filetime(text: str) -> None:
    with pytest.raises(ValueError, match="no count of 100 nanoseconds since 1601"):
        filetime(text)
