"""A fleet's collected files do what every reader of keys must."""

import os
from pathlib import Path

import pytest

from offboarding.interfaces import KeySource
from tests.contract.key_contract import KeyContract
from tests.support.collected import put, put_bytes
from tests.systems.ssh.files import Keygen, needs_ssh_keygen, verifier

pytestmark = needs_ssh_keygen

TRUSTED = "web1/etc/ssh/trusted_user_ca_keys"
LOGIN = "web1/home/deploy/.ssh/authorized_keys"


class Fleet:
    """Two authorities, a login's keys, a certificate, a KRL, and a private key that somebody collected too."""

    room = "verifiers"
    kind = "ssh"
    name = "shells"

    def __init__(self, folder: Path, keygen: Keygen) -> None:
        self._folder = folder
        self._keygen = keygen
        self._authorities = {name: keygen.key(name) for name in ("ca-2024", "ca-2026")}
        self._put_authorities()
        self._laptop = f'command="/bin/deploy --token hunter2" {keygen.key("laptop")}'
        # What it signed is accepted by either line.
        put(folder, LOGIN, self._laptop, f"cert-authority {self._authorities['ca-2024']}")
        put(folder, "web1/issued/bob-cert.pub", keygen.certificate("ca-2024", self._user("bob")))
        put_bytes(folder, "web1/etc/ssh/revoked_keys", keygen.krl("serial: 4711", ca="ca-2024"))
        put(folder, "web1/root/id_ed25519", keygen.private("laptop"))

    def _user(self, name: str) -> str:
        self._keygen.key(name)
        return name

    def _put_authorities(self) -> None:
        put(self._folder, TRUSTED, "# who signs", *self._authorities.values())

    @property
    def secrets(self) -> list[str]:
        return ["hunter2", *self._keygen.private("laptop").splitlines()[1:-1]]

    def reader(self) -> KeySource:
        return verifier(self._folder, expected=["web1/*/trusted_user_ca_keys", "web1/*/authorized_keys"])

    def add(self) -> str:
        self._authorities["ca-2027"] = self._keygen.key("ca-2027")
        self._put_authorities()
        return f"ca:{self._keygen.fingerprint('ca-2027')}"

    def remove(self, native_id: str) -> None:
        assert native_id == f"account-ca:{self._keygen.fingerprint('ca-2024')}"
        put(self._folder, LOGIN, self._laptop)

    def forbid(self) -> str:
        place = self._folder / TRUSTED
        if os.geteuid():
            place.chmod(0)
        else:
            # Nothing is closed to root, but what isn't there.
            place.unlink()
            place.symlink_to("nowhere")
        return "Let our user read it, or collect it anew"

    def cut_off(self) -> None:
        place = self._folder / TRUSTED
        os.truncate(place, place.stat().st_size - 30)


@pytest.fixture
def system(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path / "web", Keygen(tmp_path / "keygen"))


class TestContract(KeyContract):
    pass
