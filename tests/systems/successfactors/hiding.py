"""People outside the API user's role's target population."""

from typing import Any

from offboarding.rosters.successfactors import Settings
from tests.support.hiding import Hr
from tests.systems.successfactors.service import SETTINGS, successfactors_place


def _of_population(kept: Any, hidden: set[str]) -> None:
    kept.hidden_people = hidden


_EVERYBODY = Hr(place=successfactors_place, own=SETTINGS, settings=Settings, hide=_of_population)
_ACTIVE = Hr(place=successfactors_place, own=SETTINGS | {"coverage": "active"}, settings=Settings, hide=_of_population)
HIDING = {"successfactors": _EVERYBODY, "successfactors, who works here": _ACTIVE}
