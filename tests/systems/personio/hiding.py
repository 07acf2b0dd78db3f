"""People whom a credential doesn't list."""

from offboarding.rosters.personio import Settings
from tests.support.hiding import Hr, off_the_list
from tests.systems.personio.service import SETTINGS, personio_place

HIDING = {
    "personio": Hr(
        place=personio_place,
        own=SETTINGS,
        settings=Settings,
        hide=off_the_list,
        add=lambda kept, each: kept.add(int(each)),
    )
}
