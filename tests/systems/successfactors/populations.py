"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Population
from tests.systems.successfactors.service import SuccessFactorsService, successfactors_place


def _successfactors(kept: SuccessFactorsService, users: int) -> None:
    # SAP's own pages, which hold up to a hundred with what lies below a person.
    for number in range(users):
        kept.add(str(number))


POPULATIONS = {
    "successfactors": Population(
        opened=successfactors_place, fill=_successfactors, reader=lambda place: place.roster()
    ),
}
