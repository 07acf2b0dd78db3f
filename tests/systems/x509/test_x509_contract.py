"""A folder of certificates does what every reader of keys must."""

import os
from pathlib import Path

import pytest

from offboarding.interfaces import KeySource
from tests.contract.key_contract import KeyContract
from tests.support.collected import put
from tests.support.pki import Authority, Leaf
from tests.systems.x509.collection import verifier

pytestmark = pytest.mark.slow


class Folder:
    """An authority's certificate and two that it issued, one in a file with its private key."""

    room = "verifiers"
    kind = "x509"
    name = "certs"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = Authority()
        self._paths: dict[str, Path] = {}
        self._put("authority.pem", self._authority.root())
        self._put("login.pem", self._authority.issue("login.corp.example"))
        combined = self._authority.issue("api.corp.example")
        self._put("api.pem", combined, combined.private_pem)
        self.secrets = combined.private_pem.splitlines()[1:-1]

    def _put(self, path: str, leaf: Leaf, *more: str) -> None:
        self._paths[leaf.native_id] = put(self._folder, path, leaf.pem, *more)

    def reader(self) -> KeySource:
        own = {"realm": "idp", "folder": str(self._folder), "expected": ["*.pem"]}
        return verifier(self._folder, collections=[own])

    def add(self) -> str:
        leaf = self._authority.issue("next.corp.example")
        self._put("next.pem", leaf)
        return leaf.native_id

    def remove(self, native_id: str) -> None:
        self._paths[native_id].unlink()

    def forbid(self) -> str:
        place = self._folder / "login.pem"
        if os.geteuid():
            place.chmod(0)
        else:
            # Nothing is closed to root, but what isn't there.
            place.unlink()
            place.symlink_to("nowhere")
        return "Let our user read it, or collect it anew"

    def cut_off(self) -> None:
        place = self._folder / "login.pem"
        os.truncate(place, place.stat().st_size - 60)


@pytest.fixture
def system(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "idp")


class TestContract(KeyContract):
    pass
