"""What docs/limits.md says of it."""

from offboarding.rosters import workday
from offboarding.rosters.workday import workers as workday_workers
from tests.support.limits import MB, default

BOUNDS: dict[str, tuple[float, str]] = {
    "Workday: a report": (default(workday.Settings, "max_megabytes") * MB, "max_megabytes"),
    "Workday: a whole report": (default(workday.Settings, "timeout_seconds"), "timeout_seconds"),
    "Workday's workers: a whole call": (default(workday_workers.Settings, "timeout_seconds"), "timeout_seconds"),
}
