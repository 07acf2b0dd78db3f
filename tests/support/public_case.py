"""A case that became public, and its row in docs/cases.md: how long it took there, and how long here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from offboarding.config import loading
from offboarding.model import Employment
from tests.support.replay import Measured
from tests.support.small_company import job

PAGE = loading.project_folder() / "docs/cases.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCase:
    """What is known of it, and what a scenario has to assume."""

    name: str
    worked: str
    """What still worked."""
    zone: str
    left_on: date
    """The last working day."""
    left: time | None = None
    """The hour, where it's known; else the day's end."""
    found: str
    """How many days it took in reality."""
    rules: tuple[str, ...]
    """Which catch it; none for what must not be flagged."""
    dead_on: date
    """The day on which the scenario's last thing dies."""
    dead: time | None = None
    """The hour of that, where a scenario gives one; else the day's end."""
    assumed: Sequence[str]
    """What isn't public, a sentence each."""

    @property
    def left_at(self) -> datetime:
        """The end of the last day, or its known hour."""
        return self._moment(self.left_on, self.left)

    def ended(self, start: str = "2015-01-01") -> Employment:
        """The leaver's employment, as HR tells it once it has ended."""
        return job("left", start=start, last=self.left_on.isoformat(), zone=self.zone)

    def row(self, measured: Measured | None) -> str:
        """Its line in the page's table."""
        told = self._told(measured) if measured else ("never flagged", "none", "nothing to close")
        return f"| {' | '.join((self.name, self.worked, self.found, *told, ' '.join(self.assumed)))} |"

    def _told(self, measured: Measured) -> tuple[str, str, str]:
        took = {rule: measured.opened_at[rule] - self.left_at for rule in self.rules}
        rules = (f"`{rule}`" + (f" (after {took[rule].days})" if took[rule].days else "") for rule in self.rules)
        assert measured.resolved_at, "a scenario ends with everything dead"
        closed = measured.resolved_at - self._moment(self.dead_on, self.dead)
        return _days(min(took.values())), ", ".join(rules), _days(closed)

    def _moment(self, day: date, hour: time | None) -> datetime:
        if hour:
            return datetime.combine(day, hour, ZoneInfo(self.zone))
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.zone))


def documented(case: PublicCase) -> str:
    """The line that the page has for it."""
    start = f"| {case.name} |"
    (line,) = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(start)]
    return line


def _days(took: timedelta) -> str:
    """Days, and the hours of the first one."""
    assert took >= timedelta(0), "found before it was there, or closed before it was dead"
    hours = took.total_seconds() / 3600
    return str(took.days) if took.days else f"0 ({hours:.1f} h)"
