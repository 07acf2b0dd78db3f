"""Vault's auth methods do what every source must; people are users of userpass who logged in once."""

import pytest

from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import MANY, PEOPLE, SourceContract, refs, requests_for, sought
from tests.systems.vault.logins import NAME, Logins

pytestmark = pytest.mark.slow

EACH = 2 + 1
"""Requests for one more person: their entity and their user, and the token of their login."""


class People:
    """A real server, and what its administrators do to it."""

    name = NAME

    def __init__(self, logins: Logins) -> None:
        self._logins = logins
        self.add(*PEOPLE)

    @property
    def secrets(self) -> list[str]:
        return [*self._logins.secrets, self._logins.server.root_token]

    def source(self) -> Source:
        return self._logins.source()

    def refused(self) -> Source:
        self._logins.secrets.append("s.anothertoken")
        return self._logins.source(password="s.anothertoken")

    def unreachable(self) -> Source:
        return self._logins.source(port=9)

    def add(self, *logins: str) -> None:
        for login in logins:
            self._logins.user(login, "default")
            self._logins.log_in(login)

    def remove(self, login: str) -> None:
        entity = self._logins.entity(login)
        self._logins.server.ask("DELETE", f"auth/{self._logins.userpass}/users/{login}")
        self._logins.server.ask("DELETE", f"identity/entity/id/{entity}")

    def rename(self, login: str, new: str) -> None:
        """A user has no other name; its entity gets the alias of a new one."""
        entity = self._logins.server.ask("GET", f"identity/entity/id/{self._logins.entity(login)}")
        (alias,) = entity["aliases"]
        self._logins.user(new, "default")
        body = {"name": new, "canonical_id": entity["id"], "mount_accessor": alias["mount_accessor"]}
        self._logins.server.ask("POST", f"identity/entity-alias/id/{alias['id']}", body)
        self._logins.server.ask("DELETE", f"auth/{self._logins.userpass}/users/{login}")

    def switch_off(self, login: str) -> None:
        self._logins.change(self._logins.entity(login), disabled=True)

    def forbid_inventory(self) -> str:
        self._logins.forbid("identity/entity/id")
        return "docs/permissions/vault.md"

    def forbid_detail(self, login: str) -> str:
        denied = f'path "identity/entity/id/{self._logins.entity(login)}" {{ capabilities = ["deny"] }}'
        self._logins.allow(f"{self._logins.documented}\n{denied}")
        return "docs/permissions/vault.md"


@pytest.fixture
def system(logins: Logins) -> People:
    return People(logins)


class TestContract(SourceContract):
    """A list tells neither whether an entity is disabled nor whose a token is: each is asked for by itself."""

    def test_more_accounts_are_no_more_requests(self, system: source_contract.System) -> None:
        few = requests_for(system, lambda reader: reader.collect())
        system.add(*(f"more{number:02}" for number in range(MANY)))
        many = requests_for(system, lambda reader: reader.collect())

        assert many.inventory == few.inventory + MANY * EACH
        assert many.detail == few.detail == 0

    def test_a_second_look_pays_for_those_it_looks_at(self, system: source_contract.System) -> None:
        """And for every token, of which nobody tells whose it is before it's looked at."""
        known = refs(system.source().collect(), "alice")
        few = requests_for(system, lambda reader: reader.detail(known))
        system.add(*(f"more{number:02}" for number in range(MANY)))
        many = requests_for(system, lambda reader: reader.detail(known))

        assert many.detail == few.detail + MANY
        assert many.inventory == 0

    def test_more_accounts_are_no_more_requests_for_some_people(self, system: source_contract.System) -> None:
        asked = requests_for(system, lambda reader: reader.collect_for(sought("alice"), []))

        assert asked == requests_for(system, lambda reader: reader.collect())
