"""A WireGuard server's peers are told as every source must."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import LoginsAlone, SourceContract
from tests.systems.wireguard_peers.written_wireguard import WrittenServer

pytestmark = pytest.mark.slow


class Server:
    """One server, and its administrator."""

    name = "vpn"
    secrets: Sequence[str] = ("canary-private-key",)

    def __init__(self, folder: Path) -> None:
        self._server = WrittenServer(folder=folder)
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self._server.source()

    def refused(self) -> Source:
        """By a file that another script wrote."""
        other = self._server.folder.with_name("other")
        other.mkdir(exist_ok=True)
        (other / "vpn1").write_text("wg0\tcanary-private-key\n")
        return self._server.source(folder=str(other))

    def unreachable(self) -> Source:
        return self._server.source(folder=str(self._server.folder.with_name("nowhere")))

    def add(self, *logins: str) -> None:
        for login in logins:
            self._server.person(login)

    def remove(self, login: str) -> None:
        del self._server.peers[self._server.keys.pop(login)]
        self._server.write()

    def rename(self, login: str, new: str) -> None:
        self._server.keys[new] = self._server.keys.pop(login)
        self._server.write()

    def switch_off(self, login: str) -> None:
        self._server.tell(login, self._server.line(self._server.keys[login], addresses=0))

    def forbid_inventory(self) -> str:
        text = (
            "offboarding wireguard_peers 1\nat 2026-11-24T16:00:00Z\nname vpn1\nrefused it was not run as root\nend\n"
        )
        (self._server.folder / "vpn1").write_text(text)
        return "docs/permissions/wireguard_peers.md"

    def forbid_detail(self, login: str) -> str:
        self._server.register.append(f"{self._server.keys[login]},mallory")
        self._server.write()
        return "Leave the one that holds it"


@pytest.fixture
def system(tmp_path: Path) -> source_contract.System:
    return Server(tmp_path / "collected")


class TestContract(LoginsAlone, SourceContract):
    pass
