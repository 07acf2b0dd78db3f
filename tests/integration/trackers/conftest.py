"""A real Roundup; and nobody waits for a tracker that asks for it."""

import pytest

from offboarding.net.service import asking
from tests.support.tracker import bench, people, roundup, tracker

__all__ = ["bench", "people", "roundup", "tracker", "waits"]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seconds that a tracker made us wait."""
    waited: list[int] = []
    monkeypatch.setattr(asking, "sleep", waited.append)
    return waited
