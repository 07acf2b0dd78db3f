"""A real Roundup."""

from tests.support.tracker import bench, people, roundup, tracker

__all__ = ["bench", "people", "roundup", "tracker"]
