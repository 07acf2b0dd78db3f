"""Leavers whom BambooHR tells of: at the end of their own day, and none since a right was taken away."""

from collections.abc import Generator
from dataclasses import dataclass

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Roster
from offboarding.rosters import bamboohr
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, Office
from tests.support.small_company import account, number
from tests.systems.bamboohr.service import SETTINGS, BambooPlace, bamboo_place

pytestmark = pytest.mark.slow

OWN = {"id_space": "hr", "login_realm": "corp"}
LEFT_ON = {"terminationDate": "2026-11-26", "employmentStatusEffectiveDate": "2026-11-26"}


@dataclass(slots=True, kw_only=True)
class ByBamboo(Office):
    """An office whose HR is BambooHR."""

    place: BambooPlace

    @property
    def settings(self) -> Settings:
        """With its list in HR's place."""
        settings = Office.settings.fget(self)  # pyrefly: ignore[not-callable] - it has one
        return settings.model_copy(update={"rosters": (bamboohr.Settings.model_validate({**SETTINGS, **OWN}),)})

    def _roster(self, name: str) -> Roster:
        assert name == "hr"
        return self.place.roster(OWN, as_of=self.as_of)


@pytest.fixture
def company(office: Office) -> Generator[ByBamboo]:
    """Nine work in Seoul."""
    with bamboo_place(None) as place:
        for each in range(1, 10):
            place.kept.add(str(each))
        made = ByBamboo(session=office.session, tracker=office.tracker, place=place)
        made.directory.accounts = [
            account(f"u{each}", number(str(each)), login=f"w{each}", realm=DIRECTORY) for each in range(1, 10)
        ]
        yield made


def test_who_left_gets_a_ticket_and_nobody_leaves_with_a_right_that_is_taken(
    company: ByBamboo, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    assert company.night().failed == ()

    # One o'clock on the 27th. One is to come on Monday, and isn't active yet either.
    kept.employees[0] |= {"status": "Inactive", **LEFT_ON}
    kept.employees[1] |= {"status": "Inactive", "hireDate": "2026-11-30"}
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert "u1" in ticket.draft.body

    # Of two it may see nothing any more, and of nobody a termination: neither has ended anything.
    kept.hidden_of = {employee["employeeId"]: {*employee} for employee in kept.employees[2:4]}
    kept.hidden = {"terminationDate"}
    assert len(company.night().failed) == 1
    assert [each.ref for each in tracker.there()] == [ticket.ref]
    assert tracker.ticket(ticket.ref).is_open
