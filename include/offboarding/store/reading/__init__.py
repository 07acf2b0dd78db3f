"""What people read, read off the store: a night, findings, links, runs, and all that is known of one of them."""

from include.offboarding.store.reading.nights import Night, night

__all__ = ["Night", "night"]
