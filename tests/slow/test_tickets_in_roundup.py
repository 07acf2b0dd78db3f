"""What stands on tickets after which night, in a real Roundup."""

from tests.acceptance.conftest import office
from tests.acceptance.test_tickets import *  # noqa: F403
from tests.support.tracker import people, roundup, tracker

__all__ = ["office", "people", "roundup", "tracker"]
