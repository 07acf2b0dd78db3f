"""A PostgreSQL server's logins are told as every source must."""

from dataclasses import asdict, replace
from datetime import datetime

import pytest

from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import LoginsAlone, SourceContract
from tests.systems.postgres_logins.logins import PASSWORD, LoginServer, login_host, login_server, nowhere

pytestmark = pytest.mark.slow

__all__ = ["login_host", "login_server"]  # fixtures


class Logins:
    """The server, and its administrator."""

    name = "pg-main"

    def __init__(self, server: LoginServer) -> None:
        self.secrets = [PASSWORD, "theirs"]
        self._server = server
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self._server.source()

    def refused(self) -> Source:
        self.secrets.append("another password")
        return self._server.source(replace(self._server.connection, password="another password"))

    def unreachable(self) -> Source:
        return self._server.source(nowhere(self._server))

    def add(self, *logins: str) -> None:
        self._server.people(*logins)

    def remove(self, login: str) -> None:
        self._server.do("drop role {}", login)

    def rename(self, login: str, new: str) -> None:
        self._server.do("alter role {} rename to {}", login, new)

    def switch_off(self, login: str) -> None:
        self._server.do("alter role {} nologin", login)

    def forbid_inventory(self) -> str:
        self._server.take("select on pg_catalog.pg_roles")
        return "grant select on pg_catalog.pg_roles to"

    def forbid_detail(self, login: str) -> str:
        del login
        return self.forbid_inventory()


@pytest.fixture
def system(login_server: LoginServer) -> source_contract.System:
    return Logins(login_server)


class TestContract(LoginsAlone, SourceContract):
    def test_times_are_in_utc(self, system: source_contract.System) -> None:
        """PostgreSQL notes neither when a role was made nor when it was last used."""
        facts = list(system.source().collect())

        assert not [value for fact in facts for value in asdict(fact).values() if isinstance(value, datetime)]
