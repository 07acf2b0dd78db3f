"""What a service answers: what lets us in is never shown, and a number in a header is one, or none."""

from datetime import UTC, datetime

import pytest

from offboarding.net.service.answers import Moment, Told, number_in, retry_after
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.github_org.answers import InstallationToken
from offboarding.sources.google_workspace.answers import GoogleAccess
from offboarding.sources.okta._api.answers import OktaAccess


class _Ends(Told):
    ends: Moment


SECRET = "made-for-this-night-alone"


@pytest.mark.parametrize(
    "given",
    [
        OktaAccess(access_token=SECRET, expires_in=3600, scope="okta.users.read"),
        GoogleAccess(access_token=SECRET, expires_in=3600),
        InstallationToken(token=SECRET, expires_at=datetime(2026, 11, 25, tzinfo=UTC)),
    ],
)
def test_a_token_is_not_shown(given: Told) -> None:
    assert SECRET not in repr(given)


@pytest.mark.parametrize(
    ("told", "number"),
    [("30", 30), ("0", 0), ("", None), ("-1", None), ("1.5", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)
def test_a_header_tells_a_number_or_none(told: str, number: int | None) -> None:
    assert number_in({"x-count": told}, "x-count") == number


@pytest.mark.parametrize(("told", "seconds"), [("0", 1), ("7", 7), ("soon", None)])
def test_whoever_says_at_once_is_asked_a_second_later(told: str, seconds: int | None) -> None:
    assert retry_after({"retry-after": told}) == seconds


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        ("Tue, 24 Nov 2026 16:31:07 GMT", 67),
        ("Tue, 24 Nov 2026 16:29:00 GMT", 1),
        ("Tue, 99 Nov 2026 16:29:00 GMT", None),
    ],
)
def test_a_date_to_wait_for_counts_by_the_answerers_own_clock(until: str, seconds: int | None) -> None:
    assert retry_after({"retry-after": until, "date": "Tue, 24 Nov 2026 16:30:00 GMT"}) == seconds


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-08:00", "2026-11-24"])
def test_a_moment_that_there_is_not_in_utc_costs_its_row(told: str) -> None:
    """In the zone in which it's told it may be one, as of a key that somebody has end as late as they can."""
    unread = UnreadRows()

    found = list(unread.rows("code: keys", _Ends, [{"ends": told}, {"ends": "2026-11-24T09:00:00+09:00"}]))

    assert [each.ends for each in found] == [datetime(2026, 11, 24, tzinfo=UTC)]
    assert unread.told == "code: keys: one can't be read, whose ends is wrong"


@pytest.mark.parametrize("told", [1583053200, "1583053200", 1583053200000, "1583053200000", 1583053200.5, True])
def test_a_number_is_no_moment_whatever_its_size(told: object) -> None:
    """pydantic alone reads seconds up to 2e10, and thousandths from there on."""
    unread = UnreadRows()

    assert list(unread.rows("code: keys", _Ends, [{"ends": told}])) == []
    assert unread.told == "code: keys: one can't be read, whose ends is wrong"


def test_where_nothing_is_said_of_waiting_it_is_not_known() -> None:
    assert retry_after({}) is None
