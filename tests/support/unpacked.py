"""Servers that scripts unpack for the tests alone, as demo/unpacked.py runs them, behind a unix socket."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from demo.unpacked import CACHE, Tree

DIRECTORIES = Tree(
    what="Active Directory and 389-ds",
    script="directories.sh",
    root=CACHE / "directories/root",
    server="usr/sbin/ns-slapd",
    own_network=True,
)
DATABASES = Tree(
    what="MariaDB",
    script="databases.sh",
    root=CACHE / "databases/root",
    server="usr/sbin/mariadbd",
    own_network=False,
)
MYSQL = Tree(
    what="MySQL",
    script="databases.sh",
    root=CACHE / "mysql/root",
    server="usr/sbin/mysqld",
    own_network=False,
)
ROSTERS = Tree(
    what="OpenSSH's server, sqop and OpenVPN",
    script="rosters.sh",
    root=CACHE / "rosters/root",
    server="usr/sbin/openvpn",
    own_network=False,
)
SAMBA = Tree(
    what="Samba's file server",
    script="drops.sh",
    root=CACHE / "samba/root",
    server="usr/sbin/smbd",
    own_network=False,
)
KUBECTL = Tree(
    what="kubectl",
    script="hosts.sh",
    root=CACHE / "kubectl/root",
    server="usr/bin/kubectl",
    own_network=False,
)
WIREGUARD = Tree(
    what="WireGuard",
    script="hosts.sh",
    root=CACHE / "wireguard/root",
    server="usr/bin/wireguard-go",
    own_network=False,
)


def answers(path: Path) -> bool:
    """Whether somebody listens on that unix socket."""
    with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        return True
    return False


@contextmanager
def relayed(path: Path) -> Generator[int]:
    """A port on 127.0.0.1 that leads to that unix socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        ended = threading.Event()
        thread = threading.Thread(target=_accept, args=(server, path, ended))
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def _accept(server: socket.socket, path: Path, ended: threading.Event) -> None:
    pumps: list[threading.Thread] = []
    while not ended.is_set():
        with suppress(TimeoutError):
            client, _ = server.accept()
            client.settimeout(None)
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(str(path))
            pumps += [
                threading.Thread(target=_pump, args=pair, daemon=True)
                for pair in ((client, upstream), (upstream, client))
            ]
            for pump in pumps[-2:]:
                pump.start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    # Either side's end is the other's; whoever comes second finds it closed.
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    target.close()
