"""An OpenVPN server's certificates are told as every source must."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import LoginsAlone, SourceContract
from tests.systems.openvpn_clients.written_openvpn import WrittenVpn

pytestmark = pytest.mark.slow


class Server:
    """One server and its authority, and their administrator."""

    name = "vpn"
    secrets: Sequence[str] = ("canary-private-key",)

    def __init__(self, folder: Path) -> None:
        self._server = WrittenVpn(folder=folder)
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self._server.source()

    def refused(self) -> Source:
        """By a file that another script wrote."""
        other = self._server.folder.with_name("other")
        other.mkdir(exist_ok=True)
        (other / "vpn1").write_text("secret\tcanary-private-key\n")
        return self._server.source(folder=str(other))

    def unreachable(self) -> Source:
        return self._server.source(folder=str(self._server.folder.with_name("nowhere")))

    def add(self, *logins: str) -> None:
        for login in logins:
            self._server.person(login)

    def remove(self, login: str) -> None:
        """Revoked, and its record taken away: alone that would leave it working."""
        self._server.revoked.append(self._server.clients.pop(login))
        self._server.write()

    def rename(self, login: str, new: str) -> None:
        self._server.register.append(f"{login},{new}")
        self._server.write()

    def switch_off(self, login: str) -> None:
        self._server.revoked.append(self._server.clients[login])
        self._server.write()

    def forbid_inventory(self) -> str:
        text = (
            "offboarding openvpn_clients 1\nat 2026-11-24T16:00:00Z\nname vpn1\nrefused it was not run as root\nend\n"
        )
        (self._server.folder / "vpn1").write_text(text)
        return "docs/permissions/openvpn_clients.md"

    def forbid_detail(self, login: str) -> str:
        self._server.register += [f"{login},{login}", f"{login},mallory"]
        self._server.write()
        return "Leave the one that holds it"


@pytest.fixture
def system(tmp_path: Path) -> source_contract.System:
    return Server(tmp_path / "collected")


class TestContract(LoginsAlone, SourceContract):
    pass
