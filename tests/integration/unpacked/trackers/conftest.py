"""Real ticket systems that a script unpacks, each started once."""

import pytest

from demo.unpacked import TRACKERS


@pytest.fixture(scope="session", autouse=True)
def possible() -> None:
    """Where it isn't, one line says why."""
    if why := TRACKERS.why_not():
        pytest.skip(why)
