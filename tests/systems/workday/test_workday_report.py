"""Leavers whom Workday tells of: by the end of their own day, and never since a report shows fewer people."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Roster
from offboarding.rosters import workday
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, Office
from tests.support.small_company import account, number
from tests.systems.workday.service import PROMPT, SETTINGS, WorkdayPlace, workday_place

pytestmark = pytest.mark.slow

OWN = {"effective_prompt": PROMPT, "id_space": "hr", "login_realm": "corp"}


@dataclass(slots=True, kw_only=True)
class ByWorkday(Office):
    """An office whose HR is a tenant."""

    place: WorkdayPlace

    @property
    def settings(self) -> Settings:
        """With the report in HR's place."""
        settings = Office.settings.fget(self)  # pyrefly: ignore[not-callable] - it has one
        return settings.model_copy(update={"rosters": (workday.Settings.model_validate({**SETTINGS, **OWN}),)})

    def _roster(self, name: str) -> Roster:
        assert name == "hr"
        return self.place.roster(OWN, as_of=self.as_of)


@pytest.fixture
def company(office: Office) -> Generator[ByWorkday]:
    """Twenty work in Seoul, and one in Honolulu."""
    with workday_place(None) as place:
        for each in range(1, 21):
            place.kept.add(str(each))
        place.kept.add("21", location="Honolulu")
        made = ByWorkday(session=office.session, tracker=office.tracker, place=place)
        made.directory.accounts = [
            account(f"u{each}", number(str(each)), login=f"w{each}", realm=DIRECTORY) for each in range(1, 22)
        ]
        yield made


def test_a_day_ends_where_somebody_works_and_nobody_leaves_with_a_right_that_is_taken(
    company: ByWorkday, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    assert company.night().failed == ()
    assert tracker.there() == []

    # One o'clock on the 27th in Seoul; it's the 26th in Honolulu, and on the Pacific coast.
    for worker in (kept.workers[0], kept.workers[20]):
        worker.terminated_on = date(2026, 11, 26)
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert "u1" in ticket.draft.body

    # The integration user's group is constrained, and shows one of them all.
    kept.sees = "Honolulu"
    told = company.night()
    assert told.failed == ()
    assert len(tracker.there()) == 2, "the day has ended in Honolulu, too"
    kept.sees = None
    assert company.night().failed == ()
    assert len(tracker.there()) == 2, "nobody has vanished"
