"""A MariaDB server's accounts are told as every source must, and a MySQL server's."""

from dataclasses import replace

import pytest

from offboarding.interfaces import Source
from offboarding.model import Account
from tests.contract import source_contract
from tests.contract.source_contract import LoginsAlone, SourceContract, of, refs
from tests.systems.mariadb_logins.mariadb import PASSWORD, MariaDb, mariadb, mariadb_running
from tests.systems.mariadb_logins.mysql import mysql, mysql_running

pytestmark = pytest.mark.databases

__all__ = ["mariadb", "mariadb_running", "mysql", "mysql_running"]  # fixtures


class Accounts:
    """The server, and its administrator."""

    name = "shop-db"

    def __init__(self, server: MariaDb) -> None:
        self.secrets = [PASSWORD, "theirs"]
        self._server = server
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self._server.source()

    def refused(self) -> Source:
        self.secrets.append("another password")
        return self._server.source(replace(self._server.connection, password="another password"))

    def unreachable(self) -> Source:
        return self._server.source(replace(self._server.connection, host="127.0.0.1", port=9))

    def add(self, *logins: str) -> None:
        self._server.people(*logins)

    def remove(self, login: str) -> None:
        self._server.do("drop user %s@'%%'", login)

    def rename(self, login: str, new: str) -> None:
        self._server.do("rename user %s@'%%' to %s@'%%'", login, new)

    def switch_off(self, login: str) -> None:
        self._server.do("alter user %s@'%%' account lock", login)

    def forbid_inventory(self) -> str:
        self._server.take(self._server.accounts_right)
        return "docs/permissions/mariadb.md"

    def forbid_detail(self, login: str) -> str:
        del login
        return self.forbid_inventory()


@pytest.fixture(params=["mariadb", "mysql"])
def system(request: pytest.FixtureRequest) -> source_contract.System:
    return Accounts(request.getfixturevalue(request.param))


class TestContract(LoginsAlone, SourceContract):
    def test_another_account_of_the_same_login_is_somebody_else(self, system: source_contract.System) -> None:
        """Neither has an id but the two names: dropped and made again it's taken for the same."""
        known = refs(system.source().collect(), "alice")
        system.remove("alice")
        system.add("alice")

        (new,) = refs(system.source().collect(), "alice")

        assert new.native_id == known[0].native_id == "'alice'@'%'"

    def test_a_renamed_account_keeps_its_id(self, system: source_contract.System) -> None:
        """Renamed it's another, for the same reason."""
        (before,) = refs(system.source().collect(), "alice")
        system.rename("alice", "akim")

        (after,) = refs(system.source().collect(), "akim")

        assert (before.native_id, after.native_id) == ("'alice'@'%'", "'akim'@'%'")
        assert of(Account, system.source().detail([before])) == []
