"""What lets us in is never shown, wherever an answer that holds it is."""

from datetime import UTC, datetime

import pytest

from offboarding.net.service.answers import Told
from offboarding.sources.github_org.answers import InstallationToken
from offboarding.sources.google_workspace.answers import GoogleAccess
from offboarding.sources.okta.answers import OktaAccess

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
