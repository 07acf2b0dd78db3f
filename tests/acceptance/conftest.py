"""What the nights run against: a real store, a tracker in a list, and a company in the test's own hands."""

import pytest

from offboarding.interfaces import Tracker
from offboarding.store.connect import Session
from tests.support.begun import beginnings, begun
from tests.support.listed_tracker import people, tracker
from tests.support.office import HeardTracker, Office

__all__ = ["beginnings", "begun", "people", "tracker"]


@pytest.fixture
def office(store: Session, tracker: Tracker) -> Office:
    """Nobody works there yet."""
    return Office(session=store, tracker=HeardTracker(tracker))
