"""People whom an access level doesn't list."""

from offboarding.rosters.bamboohr import Settings
from tests.support.hiding import Hr, off_the_list
from tests.systems.bamboohr.service import SETTINGS, bamboo_place

HIDING = {"bamboohr": Hr(place=bamboo_place, own=SETTINGS, settings=Settings, hide=off_the_list)}
