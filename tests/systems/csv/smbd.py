"""A real Samba server, no domain's, that gives a folder of HR's as a share to one login.

It's run by root in namespaces of its own: its accounts are a file of ours, and what it serves lies in /srv there alone.
"""

import os
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from demo.unpacked import port_of
from offboarding.interfaces import ConnectionFields
from tests.support.unpacked import SAMBA

LOGIN, PASSWORD, OTHER = "hr-reader", "canary-Pa55-of-the-share", "hr-other"
UIDS = {"root": 0, "nobody": 65_534, LOGIN: 64_331, OTHER: 64_332}
"""Both log in by the same password; the share lets in one."""
_CONFIG = """
[global]
workgroup = CORP
server role = standalone server
smb ports = {port}
interfaces = 127.0.0.1
bind interfaces only = yes
passdb backend = tdbsam:/run/samba/passdb.tdb
private dir = /run/samba
lock directory = /run/samba
state directory = /run/samba
cache directory = /run/samba
pid directory = /run/samba
ncalrpc dir = /run/samba/ncalrpc
load printers = no
disable spoolss = yes
map to guest = never
{more}

[hr]
path = /srv
read only = no
valid users = {login}
"""
_BEGIN = """
set -e
mount -t tmpfs tmpfs /run
mkdir /run/samba
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/group" /etc/group
mount --bind "$1/files" /srv
for login in hr-reader hr-other; do
    printf '%s\\n%s\\n' "$2" "$2" | pdbedit --configfile="$1/smb.conf" --create --user="$login" --password-from-stdin
done
exec /usr/sbin/smbd --foreground --debug-stdout --configfile="$1/smb.conf"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smbd:
    """A running server; what is put into its folder is what its share `hr` holds."""

    folder: Path
    port: int
    secrets = (PASSWORD,)

    def put(self, path: str, content: bytes | str, at: datetime | None = None) -> Path:
        """A file of HR's. One that is there is written to by the share, as HR does: of a file that somebody has open
        Samba keeps the time itself, and hears of no other writer.
        """
        file = self.folder / "files" / path
        if file.exists():
            with self.open(path) as there:
                there.truncate(0)
                there.write(content.encode() if isinstance(content, str) else content)
            return file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        for each in (file.parent, file):
            os.chown(each, UIDS[LOGIN], UIDS[LOGIN])
        if at:
            os.utime(file, (at.timestamp(), at.timestamp()))
        return file

    @contextmanager
    def open(self, path: str, share_access: str | None = "rwd") -> Generator[Any]:
        """To be written anew."""
        with (
            self._session() as (smbclient, options),
            smbclient.open_file(_unc(path), mode="r+b", share_access=share_access, **options) as file,
        ):
            yield file

    @contextmanager
    def _session(self) -> Generator[tuple[Any, dict[str, Any]]]:
        """HR's own, beside that of whoever reads."""
        smbclient, kept = import_module("smbclient"), dict[str, Any]()
        options = {"username": LOGIN, "password": PASSWORD, "port": self.port, "connection_cache": kept}
        try:
            yield smbclient, options
        finally:
            smbclient.reset_connection_cache(connection_cache=kept)

    def connection(self, **changes: Any) -> ConnectionFields:
        """As an administrator makes it."""
        given: dict[str, Any] = {"conn_id": "hr_drop", "port": self.port, "login": LOGIN, "password": PASSWORD}
        return ConnectionFields(**(given | changes))

    def address(self, path: str) -> str:
        """Of a path below what it serves."""
        return f"smb://127.0.0.1/hr/{path}"

    def remove(self, path: str) -> None:
        """The file is gone, once nobody has it open any more."""
        with self._session() as (smbclient, options):
            smbclient.remove(_unc(path), **options)

    def leading_to(self, port: int) -> ConnectionFields:
        """To somebody else on this machine."""
        return self.connection(port=port)


def _unc(path: str) -> str:
    return "\\\\127.0.0.1\\hr\\" + path.replace("/", "\\")


@contextmanager
def smbd(folder: Path, more: str = "") -> Generator[Smbd]:
    """On a free port."""
    (folder / "files").mkdir(mode=0o755)
    (folder / "passwd").write_text("".join(f"{name}:x:{uid}:{uid}::/:/bin/sh\n" for name, uid in UIDS.items()))
    (folder / "group").write_text("".join(f"{name}:x:{uid}:\n" for name, uid in UIDS.items()))
    port = port_of(folder)
    (folder / "smb.conf").write_text(_CONFIG.format(port=port, login=LOGIN, more=more))
    with SAMBA.running(["sh", "-c", _BEGIN, "sh", folder, PASSWORD], folder / "log", lambda: _answers(port)):
        yield Smbd(folder=folder, port=port)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
        return True
    return False
