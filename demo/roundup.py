"""A ticket system of our own on 127.0.0.1, for the demo and the tests: Roundup's classic tracker, untailored.

Everything lies in the folder it is given: the tracker, `credentials.json` (mode 0600, made for this folder), the port
it keeps, the server's log and outgoing mail, which goes nowhere. Anyone on this machine may read tickets at its
address, as in any classic tracker; to write, log in as `analyst`.

Several processes may use one folder: the first starts the server, the last one out stops it. Three locks (flock, which
the kernel takes from whoever dies) tell the truth where pid files can't: `gate.lock` one starter or stopper at a time,
`users.lock` shared by the users, `server.lock` held by the server itself for as long as it lives.
"""

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from demo.roundup_install import Order
from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError

PROJECT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
TRACKER = "offb"
"""The tracker's name in its address, and the prefix that its users know."""
LOGINS = ("admin", "offboarding", "analyst")
"""Roundup's own administrator; our API user; a person who works on tickets. The latter two have the role User."""
START_SECONDS = 20.0
STOP_SECONDS = 5.0
LINGER_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundupServer:
    """A running tracker. No password shows in its repr."""

    folder: Path
    port: int
    passwords: dict[str, str] = field(repr=False)
    """By login."""

    @property
    def url(self) -> str:
        """Where a person reads tickets, with a slash at the end."""
        return address(self.port)

    @property
    def credentials_path(self) -> Path:
        """Where a person finds the analyst's password."""
        return self.folder / "credentials.json"

    def connection(self, conn_id: str = "secops_roundup", *, login: str = "offboarding") -> ConnectionFields:
        """The fields of an Airflow connection to it."""
        return ConnectionFields(
            conn_id=conn_id,
            schema="http",
            host=HOST,
            port=self.port,
            login=login,
            password=self.passwords[login],
            extra={"tracker": TRACKER},
        )


@contextmanager
def roundup_server(folder: Path, port: int = 0) -> Generator[RoundupServer]:
    """Run the folder's tracker, installed first where there is none, until the last user leaves.

    The port that a folder once had is kept while it's free, since tickets' addresses hold it; else `port` is tried,
    else any is taken. Raises FatalError where the folder can't be written or the server doesn't come up.
    """
    folder = _prepare(folder)
    with _lock_file(folder, "gate") as gate, _lock_file(folder, "users") as users:
        fcntl.flock(gate, fcntl.LOCK_EX)
        server = _running(folder, port, gate)
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        try:
            yield server
        finally:
            fcntl.flock(gate, fcntl.LOCK_EX)
            if _try_lock(users):  # nobody else shares it: the last one out
                stop(folder)


def stop(folder: Path) -> None:
    """End the folder's server, whoever started it; where none runs, nothing happens."""
    for kill, patience in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        if not _alive(folder):
            return
        if not (folder / "server.pid").exists():
            # Nothing was ever started: a process that another thread just forked has our own look at the lock, until
            # it becomes another program.
            _wait(lambda: not _alive(folder), patience)
            return
        # The lock is held, so the process of that number is the server, never a stranger who got its number.
        os.kill(int((folder / "server.pid").read_text()), kill)
        if _wait(lambda: not _alive(folder) and _free(_kept_port(folder)) is not None, patience):
            return
    raise FatalError(f"Roundup in {folder} does not end. Look at server.log there.")


def address(port: int) -> str:
    """The tracker's address on this port."""
    return f"http://{HOST}:{port}/{TRACKER}/"


def _prepare(folder: Path) -> Path:
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (folder, *folder.iterdir(), *folder.glob("tracker/db/*")):
        # A server that still runs takes files of its own away meanwhile: what is gone belongs to nobody.
        if not os.access(path, os.W_OK) and path.exists():
            raise FatalError(f"{path} belongs to another user: as its owner, remove {folder}, and it is made again.")
    return folder


def _running(folder: Path, port: int, gate: IO[str]) -> RoundupServer:
    """The folder's server, started where none answers. Under the gate."""
    passwords = _passwords(folder)
    kept = _kept_port(folder)
    if not (_alive(folder) and _wait(lambda: _answers(kept), STOP_SECONDS)):
        stop(folder)
        wanted = [number for number in (kept, port) if number]
        kept = _start_on_free_port(folder, [*wanted, 0, 0], passwords, gate)
    return RoundupServer(folder=folder, port=kept, passwords=passwords)


def _start_on_free_port(folder: Path, candidates: Iterable[int], passwords: dict[str, str], gate: IO[str]) -> int:
    """Start on the first candidate that is free (0: any), and keep it. Another program may be quicker than we are."""
    for candidate in candidates:
        port = _free_soon(candidate)
        if port is None:
            continue
        if port != _kept_port(folder) or not (folder / "tracker").exists():
            _keep_port(folder, 0)  # whoever is killed here leaves no port that the tracker doesn't know
            _install(folder, port, passwords, gate)
            _keep_port(folder, port)
        _launch(folder, port)
        if _comes_up(folder, port):
            return port
        stop(folder)
    raise FatalError(f"Roundup in {folder} does not start: {_last_words(folder)}. Look at server.log there.")


def _install(folder: Path, port: int, passwords: dict[str, str], gate: IO[str]) -> None:
    """Make the tracker, or tell it its new port. The child holds the gate, too: it may outlive us."""
    done = subprocess.run(
        [sys.executable, "-m", "demo.roundup_install"],
        input=Order(home=str(folder / "tracker"), url=address(port), users=passwords).to_json(),
        cwd=PROJECT,
        env=_environment(folder),
        pass_fds=[gate.fileno()],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise FatalError(f"Roundup can't be installed in {folder}: {reason}")


def _launch(folder: Path, port: int) -> None:
    """Start the server as nobody's child: whoever starts it may end first, and a dead child of ours would linger."""
    command = [sys.executable, "-P", "-m", "roundup.scripts.roundup_server", "-t", "thread"]
    command += ["-n", HOST, "-p", str(port)]
    if os.geteuid() == 0:
        command += ["-u", "0"]  # it refuses root unless told so
    # A relative home: Roundup splits at every "=", which a folder's name may hold.
    command.append(f"{TRACKER}=tracker")
    with _lock_file(folder, "server") as lock, (folder / "server.log").open("ab") as log:
        fcntl.flock(lock, fcntl.LOCK_EX)
        launched = subprocess.run(
            ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh", *command],
            cwd=folder,
            env=_environment(folder),
            pass_fds=[lock.fileno()],
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            check=True,
        )
    (folder / "server.pid").write_text(launched.stdout.decode())


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: a proxy, a locale or a home folder would change what Roundup does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}


def _passwords(folder: Path) -> dict[str, str]:
    """The folder's passwords by login, made up where there are none."""
    path = folder / "credentials.json"
    if path.exists():
        passwords: dict[str, str] = json.loads(path.read_text())
        return passwords
    if (folder / "tracker").exists():
        raise FatalError(f"{path} is gone, and nobody can log in to the tracker beside it: remove {folder}.")
    passwords = {login: secrets.token_urlsafe(24) for login in LOGINS}
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(passwords, file, indent=2)
    unfinished.rename(path)
    return passwords


def _kept_port(folder: Path) -> int:
    """The port that the folder had the last time; 0 where it had none."""
    path = folder / "port"
    return int(path.read_text() or 0) if path.exists() else 0


def _keep_port(folder: Path, port: int) -> None:
    (folder / "port").write_text(str(port))


def _free_soon(port: int) -> int | None:
    """As `_free`; a server that has just died may not have let go of its port yet."""
    _wait(lambda: _free(port) is not None, LINGER_SECONDS)
    return _free(port)


def _free(port: int) -> int | None:
    """The port, or for 0 any free one; None where it's taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return None
        bound: int = probe.getsockname()[1]
        return bound


def _answers(port: int) -> bool:
    """Whether the tracker's first page comes: server, tracker and database are up."""
    try:
        return httpx.get(address(port), trust_env=False, timeout=START_SECONDS).is_success
    except httpx.TransportError:
        return False


def _comes_up(folder: Path, port: int) -> bool:
    _wait(lambda: _answers(port) or not _alive(folder), START_SECONDS)
    return _alive(folder) and _answers(port)


def _alive(folder: Path) -> bool:
    """Whether a server of this folder lives: it holds its lock."""
    with _lock_file(folder, "server") as lock:
        return not _try_lock(lock)


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(folder: Path, name: str) -> IO[str]:
    return (folder / f"{name}.lock").open("w")


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _last_words(folder: Path) -> str:
    log = folder / "server.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it said nothing"
