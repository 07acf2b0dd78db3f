"""People outside the location that a security group is constrained to."""

from typing import Any

from offboarding.rosters import workday
from offboarding.rosters.workday import workers
from tests.support.hiding import Hr
from tests.systems.workday import service, workers_service

_REPORT = {**service.SETTINGS, "effective_prompt": service.PROMPT}


def _of_group(kept: Any, hidden: set[str]) -> None:
    for each in getattr(kept, "profiles", None) or kept.workers:
        each.location = "Honolulu" if each.number in hidden else "Seoul"
    kept.sees = "Seoul" if hidden else None


HIDING = {
    "workday": Hr(place=service.workday_place, own=_REPORT, settings=workday.Settings, hide=_of_group),
    "workday, who works here": Hr(
        place=service.workday_place, own=_REPORT | {"coverage": "active"}, settings=workday.Settings, hide=_of_group
    ),
    "workday_workers": Hr(
        place=workers_service.workers_place, own=workers_service.SETTINGS, settings=workers.Settings, hide=_of_group
    ),
}
