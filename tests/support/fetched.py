"""Servers that scripts fetch: a test says by a mark which it needs, and is skipped where that is missing."""

import pytest

from demo.unpacked import TRACKERS
from tests.support.unpacked import DATABASES, DIRECTORIES, ROSTERS

SERVERS = {
    "directories": DIRECTORIES,
    "trackers": TRACKERS,
    "databases": DATABASES,
    "rosters": ROSTERS,
    "hosts": ROSTERS,
}
"""By mark; `make test-MARK` fetches them, and runs the files that have it."""


@pytest.hookimpl
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip with one line that says why."""
    for mark, tree in SERVERS.items():
        if item.get_closest_marker(mark) and (why := tree.why_not()):
            pytest.skip(why)
