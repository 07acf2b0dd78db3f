"""Real database servers that a script unpacks, each started once."""

import pytest

from tests.support.unpacked import DATABASES


@pytest.fixture(scope="session", autouse=True)
def possible() -> None:
    """Where it isn't, one line says why."""
    if why := DATABASES.why_not():
        pytest.skip(why)
