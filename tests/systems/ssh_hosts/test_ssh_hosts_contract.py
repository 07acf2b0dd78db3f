"""A host's users are told as every source must."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from offboarding.interfaces import Source
from offboarding.model import Account
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract, of, refs
from tests.systems.ssh_hosts.written_host import WrittenHost

pytestmark = pytest.mark.slow


class Host:
    """One host, and its administrator."""

    name = "linux"
    secrets: Sequence[str] = ("--token hunter2", "canary-comment")

    def __init__(self, folder: Path) -> None:
        self._host = WrittenHost(folder=folder)
        self.add(*source_contract.PEOPLE)
        laptop = self._host.users["alice"].files[1].removeprefix("key ")
        self._host.users["alice"].authorize(f'command="/bin/deploy --token hunter2" {laptop}')
        self._host.write()

    def source(self) -> Source:
        return self._host.source()

    def refused(self) -> Source:
        """By a file that another script wrote."""
        other = self._host.folder.with_name("other")
        other.mkdir(exist_ok=True)
        (other / "web1").write_text("root:x:0:0:--token hunter2:/root:/bin/bash\n")
        return self._host.source(folder=str(other))

    def unreachable(self) -> Source:
        return self._host.source(folder=str(self._host.folder.with_name("nowhere")))

    def add(self, *logins: str) -> None:
        for login in logins:
            self._host.person(login)

    def remove(self, login: str) -> None:
        del self._host.users[login]
        self._host.write()

    def rename(self, login: str, new: str) -> None:
        user = self._host.users.pop(login)
        user.login = new
        self._host.users[new] = user
        self._host.write()

    def switch_off(self, login: str) -> None:
        self._host.users[login].password = "locked 20000 99999 - 1"
        self._host.write()

    def forbid_inventory(self) -> str:
        text = "offboarding ssh_hosts 1\nat 2026-11-24T16:00:00Z\nname web1\nrefused it was not run as root\nend\n"
        (self._host.folder / "web1").write_text(text)
        return "docs/permissions/ssh_hosts.md"

    def forbid_detail(self, login: str) -> str:
        user = self._host.users[login]
        user.files = [user.files[0], "unread the user may not read it, or it took too long"]
        self._host.write()
        return "the user may not read it"


@pytest.fixture
def system(tmp_path: Path) -> source_contract.System:
    return Host(tmp_path / "collected")


class TestContract(SourceContract):
    def test_a_renamed_account_keeps_its_id(self, system: source_contract.System) -> None:
        """A host gives its numbers to others in time, so an account is both, and renamed it's another."""
        (before,) = refs(system.source().collect(), "alice")
        system.rename("alice", "akim")

        (after,) = refs(system.source().collect(), "akim")

        assert (before.native_id, after.native_id) == ("1001/alice", "1001/akim")
        assert of(Account, system.source().detail([before])) == []
