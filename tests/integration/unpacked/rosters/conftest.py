"""A real OpenSSH server, and a program for OpenPGP, that a script unpacks."""

import pytest

from tests.support.unpacked import ROSTERS


@pytest.fixture(scope="session", autouse=True)
def possible() -> None:
    """Where it isn't, one line says why."""
    if why := ROSTERS.why_not():
        pytest.skip(why)
