"""The tests' own tracker is one: it keeps the contract that the real ones keep."""

from tests.contract.tracker_contract import TrackerContract
from tests.support.listed_tracker import people, tracker

__all__ = ["people", "tracker"]


class TestContract(TrackerContract):
    pass
