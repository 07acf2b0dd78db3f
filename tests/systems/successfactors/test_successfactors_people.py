"""Leavers whom SuccessFactors tells of: at the end of their own day, and none since its reader may see less."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Roster
from offboarding.rosters import successfactors
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, Office
from tests.support.small_company import account, number
from tests.systems.successfactors.service import SETTINGS, SuccessFactorsPlace, successfactors_place

pytestmark = pytest.mark.slow

OWN = {"id_space": "hr", "login_realm": "corp"}


@dataclass(slots=True, kw_only=True)
class BySuccessFactors(Office):
    """An office whose HR is SuccessFactors."""

    place: SuccessFactorsPlace

    @property
    def settings(self) -> Settings:
        """With its list in HR's place."""
        settings = Office.settings.fget(self)  # pyrefly: ignore[not-callable] - it has one
        own = successfactors.Settings.model_validate({**SETTINGS, **OWN})
        return settings.model_copy(update={"rosters": (own,)})

    def _roster(self, name: str) -> Roster:
        assert name == "hr"
        return self.place.roster(OWN, as_of=self.as_of)


@pytest.fixture
def company(office: Office) -> Generator[BySuccessFactors]:
    """Nine work in Seoul."""
    with successfactors_place(None) as place:
        for each in range(1, 10):
            place.kept.add(str(each))
        made = BySuccessFactors(session=office.session, tracker=office.tracker, place=place)
        made.directory.accounts = [
            account(f"u{each}", number(str(each)), login=f"w{each}", realm=DIRECTORY) for each in range(1, 10)
        ]
        yield made


def test_who_left_gets_a_ticket_and_nobody_leaves_with_a_right_that_is_taken(
    company: BySuccessFactors, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    assert company.night().failed == ()

    # One o'clock on the 27th. Another leaves at the year's end, and a third comes back from abroad.
    first, second, third = (person.employments[0] for person in kept.people[:3])
    first.terminate(date(2026, 11, 26))
    second.terminate(date(2026, 12, 31))
    kept.another("3", "3-GA", starts=date(2025, 1, 1), kind="GA").terminate(date(2026, 11, 26))
    assert third.ends is None
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert "u1" in ticket.draft.body

    # Two are outside the role's target population, uncounted, and of two no job may be seen any more.
    kept.hidden_people, kept.hidden_jobs = {"4", "5"}, {"6", "7"}
    company.night()
    assert [each.ref for each in tracker.there()] == [ticket.ref]
    assert tracker.ticket(ticket.ref).is_open
