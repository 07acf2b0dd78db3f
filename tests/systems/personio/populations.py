"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Population
from tests.systems.personio.service import PersonioService, personio_place


def _personio(kept: PersonioService, users: int) -> None:
    for number in range(users):
        kept.add(number + 1)


POPULATIONS = {
    "personio": Population(opened=personio_place, fill=_personio, reader=lambda place: place.roster(), few=2_400),
}
