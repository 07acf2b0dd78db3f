"""An organization at npm is told as every source must."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import LoginsAlone, SourceContract
from tests.systems.npm_packages.service import FORBIDDEN, KIT, ORG, PUBLISHED_AT, TOKEN, NpmPlace, npm_place

pytestmark = pytest.mark.slow


class Company:
    """The organization, its owners, and the register of whose a user of npm's is, which alone may be renamed."""

    name = "npm"

    def __init__(self, place: NpmPlace) -> None:
        self.secrets = [TOKEN]
        self.place = place
        self._users: dict[str, str] = {}
        self._made = 0
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self.place.source()

    def refused(self) -> Source:
        self.secrets.append("another token")
        return self.place.source(self.place.connection(password="another token"))

    def unreachable(self) -> Source:
        return self.place.source(self.place.connection(port=9))

    def add(self, *logins: str) -> None:
        for login in logins:
            self._made += 1
            self._users[login] = f"user{self._made}"
            self.place.kept.add(self._users[login])
            self.place.kept.packages[KIT].versions[f"{self._made}.0.0"] = (self._users[login], PUBLISHED_AT)
        self._write()

    def remove(self, login: str) -> None:
        self.place.kept.forget(self._users.pop(login))
        self._write()

    def rename(self, login: str, new: str) -> None:
        self._users[new] = self._users.pop(login)
        self._write()

    def switch_off(self, login: str) -> None:
        """Its document goes on naming them, as a cache does."""
        self.place.kept.remove(self._users[login])

    def forbid_inventory(self) -> str:
        self.place.kept.refuses[f"/-/org/{ORG}/user"] = FORBIDDEN
        return "docs/permissions/npm.md"

    def forbid_detail(self, login: str) -> str:
        del login
        return self.forbid_inventory()

    def _write(self) -> None:
        rows = ["username,login", *(f"{user},{login}" for login, user in self._users.items())]
        self.place.register.write_text("".join(f"{row}\n" for row in rows), "utf-8")


@pytest.fixture
def system(tmp_path: Path) -> Iterator[source_contract.System]:
    """Held to what is published by the tests beside this one."""
    with npm_place(None, tmp_path) as place:
        yield Company(place)


class TestContract(LoginsAlone, SourceContract):
    pass
