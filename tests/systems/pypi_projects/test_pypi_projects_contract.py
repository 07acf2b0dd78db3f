"""A company's projects at PyPI are told as every source must, as far as PyPI tells of them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest

from offboarding.interfaces import Source
from offboarding.model import Account, ScopeRead, Standing
from tests.contract import source_contract
from tests.contract.source_contract import LoginsAlone, SourceContract, of, refs
from tests.systems.pypi_projects.service import FORBIDDEN, SHOP, PypiPlace, pypi_place

pytestmark = pytest.mark.slow


class Company:
    """The projects, their owners, and the register of whose a user of PyPI's is, which alone may be renamed."""

    name = "pypi"
    secrets: Sequence[str] = ()

    def __init__(self, place: PypiPlace) -> None:
        self.place = place
        self._users: dict[str, str] = {}
        self._made = 0
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self.place.source()

    def refused(self) -> Source:
        """By whatever refuses everything: PyPI itself asks nobody who they are."""
        self.forbid_inventory()
        return self.place.source()

    def unreachable(self) -> Source:
        return self.place.source(self.place.connection(port=9))

    def add(self, *logins: str) -> None:
        for login in logins:
            self._made += 1
            self._users[login] = f"user{self._made}"
            self.place.kept.projects[SHOP][self._users[login]] = "Maintainer"
        self._write()

    def remove(self, login: str) -> None:
        self.place.kept.forget(self._users.pop(login))
        self._write()

    def rename(self, login: str, new: str) -> None:
        self._users[new] = self._users.pop(login)
        self._write()

    def switch_off(self, login: str) -> None:
        self.place.kept.forget(self._users[login])

    def forbid_inventory(self) -> str:
        self.place.kept.refuses = dict.fromkeys(self.place.kept.projects, FORBIDDEN)
        return "docs/permissions/pypi.md"

    def forbid_detail(self, login: str) -> str:
        del login
        self.place.kept.refuses[SHOP] = FORBIDDEN
        return "docs/permissions/pypi.md"

    def _write(self) -> None:
        rows = ["username,login", *(f"{user},{login}" for login, user in self._users.items())]
        self.place.register.write_text("".join(f"{row}\n" for row in rows), "utf-8")


@pytest.fixture
def system(tmp_path: Path) -> Iterator[source_contract.System]:
    """Held to what PyPI publishes by the tests beside this one."""
    with pypi_place(None, tmp_path) as place:
        yield Company(place)


class TestContract(LoginsAlone, SourceContract):
    def test_times_are_in_utc(self, system: source_contract.System) -> None:
        """PyPI tells no moment of anybody."""
        facts = list(system.source().collect())
        facts += system.source().detail(refs(facts))

        assert not [value for fact in facts for value in asdict(fact).values() if isinstance(value, datetime)]

    def test_what_was_switched_off_works_no_more(self, system: source_contract.System) -> None:
        """PyPI tells of nobody who has no role: whoever lost theirs is gone, by a read that was whole."""
        known = refs(system.source().collect(), "alice", "bob")
        system.switch_off("alice")

        facts = list(system.source().detail(known))

        (bob,) = of(Account, facts)
        assert (bob.native_id, bob.standing) == (known[1].native_id, Standing.WORKS)
        assert {scope.scope: scope.error for scope in of(ScopeRead, facts)} == {ref.native_id: "" for ref in known}
