"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Population
from tests.systems.workday.service import WorkdayService, workday_place
from tests.systems.workday.workers_service import WorkersService, workers_place


def _workday(kept: WorkdayService, users: int) -> None:
    for number in range(users):
        kept.add(str(number))


def _workers(kept: WorkersService, users: int) -> None:
    for number in range(users):
        kept.add(str(number))


POPULATIONS = {
    "workday": Population(opened=workday_place, fill=_workday, reader=lambda place: place.roster(), few=2_000),
    "workday_workers": Population(opened=workers_place, fill=_workers, reader=lambda place: place.roster()),
}
