"""Leavers whom Personio tells of, by their last working day, and none since an attribute was taken away."""

from collections.abc import Generator
from dataclasses import dataclass

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Roster
from offboarding.rosters import personio
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, Office
from tests.support.small_company import account, number
from tests.systems.personio.service import SETTINGS, PersonioPlace, personio_place

pytestmark = pytest.mark.slow

OWN = {"id_space": "hr", "login_realm": "corp"}


@dataclass(slots=True, kw_only=True)
class ByPersonio(Office):
    """An office whose HR is Personio."""

    place: PersonioPlace

    @property
    def settings(self) -> Settings:
        """With its list in HR's place."""
        settings = Office.settings.fget(self)  # pyrefly: ignore[not-callable] - it has one
        return settings.model_copy(update={"rosters": (personio.Settings.model_validate({**SETTINGS, **OWN}),)})

    def _roster(self, name: str) -> Roster:
        assert name == "hr"
        return self.place.roster(OWN, as_of=self.as_of)


@pytest.fixture
def company(office: Office) -> Generator[ByPersonio]:
    """Five work in Munich."""
    with personio_place(None) as place:
        for each in range(1, 6):
            place.kept.add(each)
        made = ByPersonio(session=office.session, tracker=office.tracker, place=place)
        made.directory.accounts = [
            account(f"u{each}", number(str(each)), login=f"w{each}", realm=DIRECTORY) for each in range(1, 6)
        ]
        yield made


def test_garden_leave_is_a_leaver_s_and_an_attribute_that_is_taken_away_nobody_s(
    company: ByPersonio, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    # Five in the afternoon of the 25th in Munich: one's last working day was the 24th, another's is the 25th.
    kept.employees[0] |= {"last_working_day": "2026-11-24", "termination_date": "2026-12-31"}
    kept.employees[1] |= {"last_working_day": "2026-11-25", "termination_date": "2026-12-31"}
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert "u1" in ticket.draft.body

    # What was told before stands, and the day of the other has ended; of nobody else anything is concluded.
    kept.granted -= {"last_working_day"}
    assert len(company.night().failed) == 1
    assert sorted(f"u{each}" in told.draft.body for told in tracker.there() for each in (1, 2)) == [
        False,
        False,
        True,
        True,
    ]
    assert all(each.is_open for each in tracker.there())
