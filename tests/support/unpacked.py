"""Runs servers that a script unpacked, as if they were installed: in namespaces of their own, the tree lies over /usr
and /etc. Of directories' servers a unix socket is the only way in. They end when the tests do, killed or not.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache"
_ENTER = """
set -e
mount --bind "$1" /mnt
mount -t overlay -o ro,lowerdir=/mnt/usr:/usr overlay /usr
mount -t overlay -o ro,lowerdir=/mnt/etc:/etc overlay /etc
shift
exec setpriv --pdeathsig TERM "$@"
"""
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a script unpacked."""

    what: str
    """As a skipped test names it."""
    script: str
    root: Path
    server: str
    """A file without which it isn't there."""
    own_network: bool
    """Whether there is no network but a loopback of its own."""

    def why_not(self) -> str:
        """Why these servers can't run here, "" where they can."""
        if sys.platform != "linux" or os.geteuid() != 0:
            return f"{self.what} are not tested here: they need root on Linux"
        if not (self.root / self.server).exists():
            return f"{self.what} are not tested here: run scripts/{self.script}, it says why"
        tried = subprocess.run(self._inside(["true"]), capture_output=True, text=True, check=False)
        return "" if tried.returncode == 0 else f"{self.what} are not tested here: {tried.stderr.strip()}"

    def run(self, command: Sequence[str | Path], **environment: str) -> str:
        """Run it to its end; its output. Fails with what it said."""
        done = subprocess.run(
            self._inside(command),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=_environment(environment),
        )
        assert done.returncode == 0, f"{command[0]}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    @contextmanager
    def running(
        self, command: Sequence[str | Path], log: Path, ready: Callable[[], bool], **environment: str
    ) -> Generator[subprocess.Popen[bytes]]:
        """A server for as long as the block runs; it must stay in the foreground."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                self._inside(command),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=_environment(environment),
            )
        try:
            end = time.monotonic() + START_SECONDS
            while not ready():
                still = process.poll() is None and time.monotonic() < end
                assert still, log.read_text("utf-8", "replace")[-3000:]
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin:
                process.stdin.close()

    def _inside(self, command: Sequence[str | Path]) -> list[str]:
        apart = ["unshare", "--mount", *(["--net"] if self.own_network else [])]
        enter = _ENTER.replace("exec", "ip link set lo up\nexec") if self.own_network else _ENTER
        return [*apart, "sh", "-c", enter, "sh", str(self.root), *map(str, command)]


DIRECTORIES = Tree(
    what="Active Directory and 389-ds",
    script="directories.sh",
    root=CACHE / "directories/root",
    server="usr/sbin/ns-slapd",
    own_network=True,
)
TRACKERS = Tree(
    what="Request Tracker and Redmine",
    script="trackers.sh",
    root=CACHE / "trackers/root",
    server="usr/share/request-tracker5/libexec/rt-server",
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


def _environment(more: dict[str, str]) -> dict[str, str]:
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"} | more


def remove(folder: Path) -> None:
    """Take a server's folder away."""
    shutil.rmtree(folder, ignore_errors=True)
