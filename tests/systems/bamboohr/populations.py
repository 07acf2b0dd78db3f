"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Population
from tests.systems.bamboohr.service import BambooService, bamboo_place


def _bamboo(kept: BambooService, users: int) -> None:
    for number in range(users):
        kept.add(str(number))


POPULATIONS = {
    "bamboohr": Population(opened=bamboo_place, fill=_bamboo, reader=lambda place: place.roster(), few=6_000),
}
