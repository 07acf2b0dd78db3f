"""The tests' own tracker is one: it keeps the contract that the real ones keep."""

import pytest

from tests.contract.tracker_contract import TrackerContract
from tests.support.listed_tracker import ListedPeople, ListedTracker


@pytest.fixture
def tracker() -> ListedTracker:
    return ListedTracker()


@pytest.fixture
def people(tracker: ListedTracker) -> ListedPeople:
    return ListedPeople(tracker=tracker)


class TestContract(TrackerContract):
    pass
