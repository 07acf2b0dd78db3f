"""HR systems whose administrators hide people from our reader: each system's folder has its own in hiding.py."""

import importlib
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from offboarding.config.settings import Settings
from offboarding.interfaces import Roster, RosterSettings
from offboarding.store import reading
from tests.support.office import DIRECTORY, Office
from tests.support.red import why_red
from tests.support.small_company import account, number

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


@cache
def hr_systems() -> Mapping[str, Hr]:
    """By kind, and once more by who works there alone, of each system's folder that has some."""
    found = dict[str, Hr]()
    for file in sorted((Path(__file__).parents[1] / "systems").glob("*/hiding.py")):
        found |= importlib.import_module(f"tests.systems.{file.parent.name}.hiding").HIDING
    return found


def off_the_list(kept: Any, hidden: set[str]) -> None:
    """They aren't on the list any more, nor counted."""
    everybody = getattr(kept, "everybody", None) or list(kept.employees)
    kept.everybody = everybody
    kept.employees = [each for each in everybody if str(each.get("employeeNumber", each.get("id"))) not in hidden]


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


@contextmanager
def read_by(system: Hr, office: Office) -> Generator[ByHr]:
    """Four hundred, each with a login that works; a first night has seen them all."""
    with system.place(None) as place:
        for each in PEOPLE:
            system.add(place.kept, each)
        made = ByHr(session=office.session, tracker=office.tracker, hr_system=system, place=place)
        made.directory.accounts = [
            account(f"u{each}", number(each), login=f"w{each}", realm=DIRECTORY) for each in PEOPLE
        ]
        assert made.red() == ()
        yield made
