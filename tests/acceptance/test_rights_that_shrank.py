"""HR's reader may see fewer people than the night before, and HTTP says 200: nobody is told to have left.

By constrained groups, target populations and access levels: a department is hidden, or half of the company, or a few.
"""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Roster, RosterSettings
from offboarding.rosters import bamboohr, personio, successfactors, workday
from offboarding.rosters.workday import workers as workday_workers
from offboarding.store import reading
from offboarding.store.accepted_reads import accept_read
from tests.support.listed_tracker import ListedTracker
from tests.support.office import DIRECTORY, Office
from tests.support.red import why_red
from tests.support.small_company import account, number
from tests.systems.bamboohr import service as bamboo_service
from tests.systems.personio import service as personio_service
from tests.systems.successfactors import service as successfactors_service
from tests.systems.workday import service as workday_service
from tests.systems.workday import workers_service

pytestmark = pytest.mark.slow

OWN = {"id_space": "hr", "login_realm": "corp"}
PEOPLE = [str(each) for each in range(1, 401)]


@dataclass(frozen=True, kw_only=True)
class Hr:
    """An HR system, and how its administrators hide people from our reader."""

    place: Callable[[None], AbstractContextManager[Any]]
    own: dict[str, Any]
    settings: type[RosterSettings]
    hide: Callable[[Any, set[str]], None]
    """Whoever was hidden before and isn't named is seen again."""
    add: Callable[[Any, str], object] = lambda kept, each: kept.add(each)


def of_population(kept: Any, hidden: set[str]) -> None:
    """SuccessFactors: they're outside the role's target population."""
    kept.hidden_people = hidden


def of_group(kept: Any, hidden: set[str]) -> None:
    """Workday: a security group is constrained to one location."""
    for each in getattr(kept, "profiles", None) or kept.workers:
        each.location = "Honolulu" if each.number in hidden else "Seoul"
    kept.sees = "Seoul" if hidden else None


def of_list(kept: Any, hidden: set[str]) -> None:
    """They aren't on the list any more, nor counted."""
    everybody = getattr(kept, "everybody", None) or list(kept.employees)
    kept.everybody = everybody
    kept.employees = [each for each in everybody if str(each.get("employeeNumber", each.get("id"))) not in hidden]


WORKDAY = {**workday_service.SETTINGS, "effective_prompt": workday_service.PROMPT}
SYSTEMS = {
    "successfactors": Hr(
        place=successfactors_service.successfactors_place,
        own=successfactors_service.SETTINGS,
        settings=successfactors.Settings,
        hide=of_population,
    ),
    "successfactors, who works here": Hr(
        place=successfactors_service.successfactors_place,
        own=successfactors_service.SETTINGS | {"coverage": "active"},
        settings=successfactors.Settings,
        hide=of_population,
    ),
    "workday": Hr(place=workday_service.workday_place, own=WORKDAY, settings=workday.Settings, hide=of_group),
    "workday, who works here": Hr(
        place=workday_service.workday_place,
        own=WORKDAY | {"coverage": "active"},
        settings=workday.Settings,
        hide=of_group,
    ),
    "workday_workers": Hr(
        place=workers_service.workers_place,
        own=workers_service.SETTINGS,
        settings=workday_workers.Settings,
        hide=of_group,
    ),
    "bamboohr": Hr(
        place=bamboo_service.bamboo_place, own=bamboo_service.SETTINGS, settings=bamboohr.Settings, hide=of_list
    ),
    "personio": Hr(
        place=personio_service.personio_place,
        own=personio_service.SETTINGS,
        settings=personio.Settings,
        hide=of_list,
        add=lambda kept, each: kept.add(int(each)),
    ),
}
OF_EVERYBODY = sorted(name for name, system in SYSTEMS.items() if system.own["coverage"] == "full")


@dataclass(slots=True, kw_only=True)
class ByHr(Office):
    """An office whose HR is one of them."""

    hr_system: Hr
    place: Any

    @property
    def settings(self) -> Settings:
        """With it in HR's place."""
        settings = Office.settings.fget(self)  # pyrefly: ignore[not-callable] - it has one
        own = self.hr_system.settings.model_validate(self.hr_system.own | OWN)
        return settings.model_copy(update={"rosters": (own,)})

    def hide(self, *hidden: str) -> None:
        """Nobody but these is hidden from now on."""
        self.hr_system.hide(self.place.kept, {*hidden})

    def red(self) -> tuple[str, ...]:
        """What a night of a day later is red for."""
        return why_red(reading.night(self.session, self.night().run.run_id))

    def found(self) -> set[tuple[str, str]]:
        """Rules and states of all that was ever found."""
        rows = self.session.execute("select distinct rule, state from finding").fetchall()
        return {(str(rule), str(state)) for rule, state in rows}

    def _roster(self, name: str) -> Roster:
        assert name == "hr"
        return self.place.roster(self.hr_system.own | OWN, as_of=self.as_of)


@pytest.fixture
def company(office: Office, request: pytest.FixtureRequest) -> Generator[ByHr]:
    """Four hundred, each with a login that works; a first night has seen them all."""
    system = SYSTEMS[request.param]
    with system.place(None) as place:
        for each in PEOPLE:
            system.add(place.kept, each)
        made = ByHr(session=office.session, tracker=office.tracker, hr_system=system, place=place)
        made.directory.accounts = [
            account(f"u{each}", number(each), login=f"w{each}", realm=DIRECTORY) for each in PEOPLE
        ]
        assert made.red() == ()
        yield made


@pytest.mark.parametrize("company", SYSTEMS, indirect=True)
def test_a_hidden_department_is_held_and_named_and_nobody_of_it_told(company: ByHr, tracker: ListedTracker) -> None:
    company.hide(*PEOPLE[100:112])

    said = "the guard holds roster hr: 12 workers no longer listed of 400, 5 at most go through in a day"
    (why,) = company.red()
    assert why.startswith(said)
    assert company.red() == (), "it waits, and nothing is new"
    assert (tracker.there(), {state for _, state in company.found()}) == ([], {"held"})

    company.hide()
    assert company.red() == ()
    assert (tracker.there(), {state for _, state in company.found()}) == ([], {"resolved"})
    assert company.holds == {}


@pytest.mark.parametrize("company", ["workday, who works here"], indirect=True)
def test_that_they_have_left_all_of_them_is_one_persons_one_word(company: ByHr, tracker: ListedTracker) -> None:
    company.hide(*PEOPLE[100:112])
    accept_read(company.session, company.night().run.run_id, "hr", reason="a site was closed", author="analyst")

    assert company.red() == ()
    assert (len(tracker.there()), company.holds) == (12, {})


@pytest.mark.parametrize("company", SYSTEMS, indirect=True)
def test_half_a_company_hidden_is_a_read_in_part(company: ByHr, tracker: ListedTracker) -> None:
    company.hide(*PEOPLE[:200])

    assert company.red() == ("roster hr was read in part",)
    assert (tracker.there(), company.found()) == ([], set())


@pytest.mark.parametrize("company", OF_EVERYBODY, indirect=True)
def test_of_a_few_hidden_somebody_is_asked_and_nothing_of_theirs_is_revoked(
    company: ByHr, tracker: ListedTracker
) -> None:
    company.hide(*PEOPLE[100:103])

    assert company.red() == ()
    (ticket,) = tracker.there()
    assert ticket.draft.title.startswith("Confirm departures that roster hr doesn't tell clearly")
    assert company.found() == {("departure-inferred", "open")}

    company.hide()
    assert company.red() == ()
    assert (ticket.is_open, company.found()) == (False, {("departure-inferred", "resolved")})


@pytest.mark.parametrize("company", ["bamboohr"], indirect=True)
@pytest.mark.parametrize("fields", [{"status"}, {"terminationDate"}, None], ids=["status", "day", "all"])
def test_fields_that_are_hidden_of_a_department_are_told_and_end_nothing(
    company: ByHr, tracker: ListedTracker, fields: set[str] | None
) -> None:
    kept = company.place.kept
    kept.hidden_of = {each["employeeId"]: fields or {*each} for each in kept.employees[100:112]}

    (said,) = company.red()
    assert "roster hr" in said
    assert (tracker.there(), company.found()) == ([], set())
