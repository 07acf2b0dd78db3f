"""What the tests threw at the checker, summed over the whole run: its last lines say so.

A test counts with pytest's own `record_property`, by the words below; of several processes each one's counts come with
its reports. Whatever was lost, or passed in silence, fails the run.
"""

from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest

ATTACKS = ("attacks", "silent")
HOSTILE_VALUES = ("hostile values", "sources_lost", "nights_lost", "findings_lost")
CELERY = ("celery nights", "killed_workers", "duplicates", "lost", "seconds", "percent_of_one_machine")
LINES = (HOSTILE_VALUES, ATTACKS, CELERY)
NEVER = (*HOSTILE_VALUES[1:], "silent", "duplicates", "lost")
"""What may never be more than nothing."""
TRACKER = ("faults", "opened", "duplicates", "lost")
"""Of each tracker, by `tracker_count`; the latter two may never be more than nothing."""


def tracker_count(tracker: str, word: str) -> str:
    """The name by which a test counts what came of faults in telling a tracker."""
    return f"tracker {tracker} {word}"


class Tallies:
    """The sums of one run."""

    def __init__(self) -> None:
        self.sums = Counter[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a test's counts, once all that it counted is there."""
        if report.when != "teardown":
            return
        for name, count in report.user_properties:
            if name.startswith("tracker ") or any(name in line for line in LINES):
                self.sums[name] += int(str(count))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, Any, object]:
        """Fail the run where something was lost, and say the sums after everything that pytest says itself."""
        never = [tracker_count(tracker, word) for tracker in self.trackers() for word in TRACKER[2:]]
        if any(self.sums[name] for name in (*NEVER, *never)):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        result = yield
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            for line in LINES:
                if any(name in self.sums for name in line):
                    reporter.write_line(" ".join(f"{name}={self.sums[name]}" for name in line))
            for tracker in self.trackers():
                sums = " ".join(f"{word}={self.sums[tracker_count(tracker, word)]}" for word in TRACKER)
                reporter.write_line(f"tracker {tracker} {sums}")
        return result

    def trackers(self) -> list[str]:
        """Those that something was counted of."""
        return sorted({name.split()[1] for name in self.sums if name.startswith("tracker ")})


@pytest.hookimpl
def pytest_configure(config: pytest.Config) -> None:
    """One that sums; the processes of `-n` only tell it."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tallies(), "tallies")
