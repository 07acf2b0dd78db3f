"""A real Roundup."""

from tests.support.tracker import people, roundup, tracker

__all__ = ["people", "roundup", "tracker"]
