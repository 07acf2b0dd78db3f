"""A real Roundup."""

from tests.systems.roundup.tracker import bench, people, roundup, tracker

__all__ = ["bench", "people", "roundup", "tracker"]
