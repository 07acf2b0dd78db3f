"""A directory does what every source must."""

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from demo import slapd
from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract
from tests.systems.ldap.directory import (
    ADMIN,
    ADMIN_PASSWORD,
    KEY,
    PEOPLE,
    PERMANENT,
    POLICY,
    READER,
    READER_PASSWORD,
    SUFFIX,
    as_admin,
    connection,
    directory,
    person,
    source,
)


class Directory:
    """slapd with ppolicy, and its administrator."""

    name = "corp-ldap"

    def __init__(self, folder: Path, server: slapd.Server, stack: ExitStack) -> None:
        self.secrets = [READER_PASSWORD, ADMIN_PASSWORD, *(f"{login}'s own" for login in source_contract.PEOPLE)]
        self._folder = folder
        self._server = server
        self._stack = stack

    def source(self) -> Source:
        return source(connection(self._server))

    def refused(self) -> Source:
        self.secrets.append("another password")
        return source(connection(self._server, password="another password"))

    def unreachable(self) -> Source:
        return source(connection(self._server, port=9))

    def add(self, *logins: str) -> None:
        with as_admin(self._server) as admin:
            for login in logins:
                attributes = {"cn": login, "sn": login, "userPassword": f"{login}'s own", "sshPublicKey": KEY}
                admin.add(f"uid={login},{PEOPLE}", ["inetOrgPerson", "ldapPublicKey"], attributes)

    def remove(self, login: str) -> None:
        with as_admin(self._server) as admin:
            admin.delete(f"uid={login},{PEOPLE}")

    def rename(self, login: str, new: str) -> None:
        with as_admin(self._server) as admin:
            admin.modify_dn(f"uid={login},{PEOPLE}", f"uid={new}")

    def switch_off(self, login: str) -> None:
        with as_admin(self._server) as admin:
            admin.modify(
                f"uid={login},{PEOPLE}",
                {"pwdAccountLockedTime": [("MODIFY_REPLACE", [PERMANENT])], "sshPublicKey": [("MODIFY_DELETE", [])]},
            )

    def forbid_inventory(self) -> str:
        self._begin_again(f'to dn.subtree="{PEOPLE}" by * none')
        return "docs/permissions/ldap.md"

    def forbid_detail(self, login: str) -> str:
        self._begin_again(f'to dn.exact="uid={login},{PEOPLE}" by * disclose')
        return "grant read on it"

    def _begin_again(self, rule: str) -> None:
        """The same entries, with another rule of access."""
        self._server.stop()
        settings = slapd.Settings(
            suffix=SUFFIX,
            admin_dn=ADMIN,
            admin_password=ADMIN_PASSWORD,
            default_policy_dn=POLICY,
            readers=(READER,),
            access=(rule,),
        )
        self._server = self._stack.enter_context(slapd.running(self._folder / "slapd", settings))


@pytest.fixture
def system(tmp_path: Path) -> Generator[source_contract.System]:
    people = (person(login, sshPublicKey=KEY) for login in source_contract.PEOPLE)
    with ExitStack() as stack:
        yield Directory(tmp_path, stack.enter_context(directory(tmp_path, *people)), stack)


class TestContract(SourceContract):
    pass
