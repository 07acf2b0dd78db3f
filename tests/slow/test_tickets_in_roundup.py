"""What stands on tickets after which night, in a real Roundup."""

import pytest

from offboarding.interfaces import Tracker
from offboarding.store.connect import Session
from tests.acceptance.conftest import office
from tests.acceptance.test_tickets import *  # noqa: F403 - its tests, run again
from tests.support.begun import Begun
from tests.support.tracker import people, roundup, tracker

__all__ = ["office", "people", "roundup", "tracker"]


@pytest.fixture
def begun(store: Session, tracker: Tracker) -> Begun:
    """Played anew for each test, since tickets in a real tracker can't be copied."""
    return lambda play: play(store, tracker)
