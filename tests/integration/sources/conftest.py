"""Real directories."""

from tests.support.directory import certified, crowded, limited

__all__ = ["certified", "crowded", "limited"]
