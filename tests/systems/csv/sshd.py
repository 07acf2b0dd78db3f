"""A real OpenSSH server that lets HR's files be fetched by SFTP, and by nothing else.

It's run by root in namespaces of its own: its accounts are a file of ours, and what it serves lies in /srv there alone.
"""

import os
import socket
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from demo.unpacked import port_of
from offboarding.interfaces import ConnectionFields
from tests.support.unpacked import ROSTERS

LOGIN, PASSWORD, PASSPHRASE = "hr-reader", "canary-Pa55-of-the-drop", "canary-Pa55-of-the-key"
UID = 64_321
_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_ed25519
HostKey {folder}/host_rsa
AuthorizedKeysFile /run/authorized_keys
StrictModes no
UsePAM no
PidFile none
PasswordAuthentication yes
KbdInteractiveAuthentication no
AuthenticationMethods {methods}
{files}
MaxStartups 100
PerSourcePenalties no
"""
_FILES = """
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""
_BEGIN = """
set -e
mount -t tmpfs tmpfs /run
mkdir /run/sshd
cp "$1/authorized_keys" /run
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/shadow" /etc/shadow
mount --bind "$1/files" /srv
exec /usr/sbin/sshd -D -e -f "$1/sshd_config"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sshd:
    """A running server; what is put into its folder is what it serves below /srv."""

    folder: Path
    port: int
    secrets: Sequence[str] = (PASSWORD, PASSPHRASE, "BEGIN OPENSSH")

    def put(self, path: str, content: bytes | str, at: datetime | None = None) -> Path:
        """A file of HR's."""
        file = self.folder / "files" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        if at:
            os.utime(file, (at.timestamp(), at.timestamp()))
        return file

    def remove(self, path: str) -> None:
        """The file is gone."""
        (self.folder / "files" / path).unlink()

    def key(self, name: str) -> str:
        """A private key, or a public one (`.pub`)."""
        return (self.folder / name).read_text("ascii")

    def connection(self, extra: Mapping[str, object] | None = None, **changes: Any) -> ConnectionFields:
        """As an administrator makes it: by password."""
        told = {"host_key": self.key("host_ed25519.pub")} if extra is None else extra
        given: dict[str, Any] = {"conn_id": "hr_drop", "host": "127.0.0.1", "port": self.port, "login": LOGIN}
        given |= {"password": PASSWORD, "extra": told, **changes}
        return ConnectionFields(**given)

    def leading_to(self, port: int) -> ConnectionFields:
        """The same, but to somebody else on this machine."""
        return self.connection(port=port)

    def address(self, path: str) -> str:
        """Of a path below what it serves."""
        return f"sftp://127.0.0.1/srv/{path}"


def make_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> None:
    """A new one, as its owner makes it."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "of a test", "-f", str(path)]
    subprocess.run(command, check=True)


@contextmanager
def sshd(folder: Path, *, methods: str = "any", files: bool = True, more: str = "") -> Generator[Sshd]:
    """On a free port."""
    for name, kind, phrase in (
        ("host_ed25519", "ed25519", ""),
        ("host_rsa", "rsa", ""),
        ("reader", "ed25519", ""),
        ("locked", "ecdsa", PASSPHRASE),
        ("stranger", "ed25519", ""),
    ):
        make_key(folder / name, kind, phrase)
    known = "".join((folder / f"{name}.pub").read_text("ascii") for name in ("reader", "locked"))
    (folder / "authorized_keys").write_text(known)
    command = ["openssl", "passwd", "-6", "-stdin"]
    told = subprocess.run(command, input=PASSWORD, capture_output=True, text=True, check=True).stdout.strip()
    accounts = {"root": (0, "*"), "sshd": (64_320, "*"), LOGIN: (UID, told)}
    lines = (f"{name}:x:{uid}:{uid}::/:/bin/sh\n" for name, (uid, _) in accounts.items())
    (folder / "passwd").write_text("".join(lines))
    (folder / "shadow").write_text("".join(f"{name}:{hashed}:20000::::::\n" for name, (_, hashed) in accounts.items()))
    (folder / "files").mkdir(mode=0o755)
    port = port_of(folder)
    written = _CONFIG.format(port=port, folder=folder, methods=methods, files=f"{_FILES if files else ''}\n{more}")
    (folder / "sshd_config").write_text(written)
    with ROSTERS.running(["sh", "-c", _BEGIN, "sh", folder], folder / "log", lambda: _answers(port)):
        yield Sshd(folder=folder, port=port)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as client:
        return client.recv(4) == b"SSH-"
    return False
