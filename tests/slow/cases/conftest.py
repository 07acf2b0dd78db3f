"""What the replays share: a store, a tracker, and an empty company."""

from collections.abc import Callable

import pytest

from offboarding.interfaces import Tracker
from offboarding.store.connect import Session
from tests.support.listed_tracker import people, tracker
from tests.support.office import HeardTracker
from tests.support.replay import Replay

__all__ = ["people", "tracker"]


@pytest.fixture
def company(store: Session, tracker: Tracker) -> Callable[[str], Replay]:
    """A company in a time zone, where nobody works yet."""
    return lambda zone: Replay(session=store, tracker=HeardTracker(tracker), zone=zone)
