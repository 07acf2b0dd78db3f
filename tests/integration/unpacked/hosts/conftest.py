"""A real OpenSSH server that a script unpacks, on a host of its own."""

import pytest

from tests.support.unpacked import ROSTERS


@pytest.fixture(scope="session", autouse=True)
def possible() -> None:
    """Where it isn't, one line says why."""
    if why := ROSTERS.why_not():
        pytest.skip(why)
