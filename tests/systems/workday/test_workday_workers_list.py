"""Leavers whom Get_Workers tells of: at the end of their own day, and none since its reader may see fewer."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Roster
from offboarding.rosters.workday import workers as workday_workers
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, Office
from tests.support.small_company import account, number
from tests.systems.workday.workers_service import SETTINGS, WorkersPlace, workers_place

pytestmark = pytest.mark.slow

OWN = {"id_space": "hr", "login_realm": "corp"}


@dataclass(slots=True, kw_only=True)
class ByWorkers(Office):
    """An office whose HR is a tenant's workers."""

    place: WorkersPlace

    @property
    def settings(self) -> Settings:
        """With its workers in HR's place."""
        settings = Office.settings.fget(self)  # pyrefly: ignore[not-callable] - it has one
        own = workday_workers.Settings.model_validate({**SETTINGS, **OWN})
        return settings.model_copy(update={"rosters": (own,)})

    def _roster(self, name: str) -> Roster:
        assert name == "hr"
        return self.place.roster(OWN, as_of=self.as_of)


@pytest.fixture
def company(office: Office) -> Generator[ByWorkers]:
    """Nine work in Seoul, the third of whom was a contractor before."""
    with workers_place(None) as place:
        for each in range(1, 10):
            place.kept.add(str(each), hired_on=date(2026, 1, 1) if each == 3 else date(2020, 3, 2))
        place.kept.add("3", is_contingent=True, terminated_on=date(2025, 12, 31))
        made = ByWorkers(session=office.session, tracker=office.tracker, place=place)
        made.directory.accounts = [
            account(f"u{each}", number(str(each)), login=f"w{each}", realm=DIRECTORY) for each in range(1, 10)
        ]
        yield made


def test_who_left_gets_a_ticket_and_nobody_leaves_with_a_right_that_is_taken(
    company: ByWorkers, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    assert company.night().failed == ()
    assert tracker.there() == []

    # One o'clock on the 27th. Another is terminated at the year's end, and of a third the hire is yet to come.
    kept.profiles[0].terminated_on = date(2026, 11, 26)
    kept.profiles[1].terminated_on = date(2026, 12, 31)
    kept.add("10", hired_on=date(2026, 12, 1))
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert "u1" in ticket.draft.body

    # A constrained group sees no more than five of them, uncounted, and of two no status.
    for profile in kept.profiles[3:8]:
        profile.location = "Honolulu"
    kept.sees, kept.hidden_status = "Seoul", {"2", "9"}
    company.night()
    assert [each.ref for each in tracker.there()] == [ticket.ref]
    assert tracker.ticket(ticket.ref).is_open
