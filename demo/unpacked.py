"""Runs servers that a script unpacked, as if they were installed: in namespaces of their own, the tree lies over /usr
and /etc. They end with the thread that began them, whatever ends that.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError

PROJECT = Path(__file__).resolve().parents[1]
CACHE = PROJECT / ".cache"
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
CREDENTIALS = "credentials.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What a script unpacked."""

    what: str
    """As whoever can't have it is told."""
    script: str
    root: Path
    server: str
    """A file without which it isn't there."""
    own_network: bool
    """Whether there is no network but a loopback of its own."""

    def why_not(self) -> str:
        """Why these servers can't run here, "" where they can."""
        if not _root_on_linux():
            return f"{self.what} can't run here: they need root on Linux"
        if not (self.root / self.server).exists():
            return f"{self.what} can't run here: run scripts/{self.script}, it says why"
        tried = subprocess.run(self._inside(["true"]), capture_output=True, text=True, check=False)
        return "" if tried.returncode == 0 else f"{self.what} can't run here: {tried.stderr.strip()}"

    def fetch(self) -> None:
        """Have the script unpack it, once, where it could run. It says what it fetches, or why it can't."""
        if _root_on_linux():
            subprocess.run([PROJECT / "scripts" / self.script], cwd=PROJECT, check=False)

    def run(self, command: Sequence[str | Path], **environment: str) -> str:
        """Run it to its end; its output. Raises FatalError with what it said."""
        done = subprocess.run(
            self._inside(command),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=_environment(environment),
        )
        if done.returncode:
            raise FatalError(f"{' '.join(map(str, command[-3:]))}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    @contextmanager
    def running(
        self, command: Sequence[str | Path], log: Path, ready: Callable[[], bool], **environment: str
    ) -> Generator[subprocess.Popen[bytes]]:
        """A server for as long as the block runs; it must stay in the foreground. Raises FatalError with its log's end
        where it doesn't come up.
        """
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
                if process.poll() is not None or time.monotonic() > end:
                    raise FatalError(f"{self.what}: {log.read_text('utf-8', 'replace')[-3000:]}")
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


TRACKERS = Tree(
    what="Request Tracker and Redmine",
    script="trackers.sh",
    root=CACHE / "trackers/root",
    server="usr/share/request-tracker5/libexec/rt-server",
    own_network=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketServer:
    """A running Request Tracker or Redmine."""

    folder: Path
    port: int
    conn_id: str
    """What the demo and the tests call its connection."""
    passwords: dict[str, str] = field(repr=False)
    """Each login's token, or key of the API."""

    @property
    def url(self) -> str:
        """Its own address, with a slash."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def credentials_path(self) -> Path:
        """Where a person finds the analyst's password."""
        return self.folder / CREDENTIALS

    def connection(self, login: str = "offboarding", port: int | None = None) -> ConnectionFields:
        """As an administrator makes it."""
        password = self.passwords[login]
        return ConnectionFields(
            conn_id=self.conn_id, schema="http", host="127.0.0.1", port=port or self.port, password=password
        )


def _root_on_linux() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


def _environment(more: dict[str, str]) -> dict[str, str]:
    return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"} | more


def port_of(folder: Path) -> int:
    """The port that a server in this folder had before, since tickets' addresses hold it; another where it's taken."""
    path = folder / "port"
    kept = int(path.read_text("ascii")) if path.exists() else 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", kept))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    path.write_text(str(port), encoding="ascii")
    return port


def serves(port: int) -> bool:
    """Whether somebody answers requests there."""
    with suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=60).status_code < 500
    return False


def password_in(folder: Path) -> str:
    """The analyst's, in a file that its owner alone may read; made up where there is none."""
    path = folder / CREDENTIALS
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"analyst": secrets.token_urlsafe(24)}, file)
    password: str = json.loads(path.read_text("ascii"))["analyst"]
    return password
