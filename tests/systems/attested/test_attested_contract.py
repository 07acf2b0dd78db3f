"""A system that nobody can ask is told, by its lists, as every source must."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import ListsAlone, SourceContract
from tests.systems.attested.lists import ListedSystem


class Portal:
    """One system, and whoever gives its lists."""

    name = "portal"
    secrets: Sequence[str] = ("canary-password",)

    def __init__(self, folder: Path) -> None:
        self._portal = ListedSystem(folder=folder)
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self._portal.source()

    def refused(self) -> Source:
        """By a file that is no such list."""
        other = self._portal.folder.with_name("other")
        other.mkdir(exist_ok=True)
        (other / "2026-11-20.csv").write_text("user;canary-password\n")
        return self._portal.source(folder=str(other))

    def unreachable(self) -> Source:
        return self._portal.source(folder=str(self._portal.folder.with_name("nowhere")))

    def add(self, *logins: str) -> None:
        for login in logins:
            self._portal.person(login)

    def remove(self, login: str) -> None:
        del self._portal.people[self._portal.account(login)]
        self._portal.write()

    def rename(self, login: str, new: str) -> None:
        self._portal.people[self._portal.account(login)] = (new, "")
        self._portal.write()

    def switch_off(self, login: str) -> None:
        self.remove(login)

    def forbid_inventory(self) -> str:
        """What is exported lacks a column."""
        self._portal.write().write_text("Login,E-Mail\nalice,\n")
        return "has no column User ID"

    def forbid_detail(self, login: str) -> str:
        self._portal.rows.append(f"{self._portal.account(login)},mallory,")
        self._portal.write()
        return "mend the list"


@pytest.fixture
def system(tmp_path: Path) -> source_contract.System:
    return Portal(tmp_path / "lists")


class TestContract(ListsAlone, SourceContract):
    pass
