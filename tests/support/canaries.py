"""Secrets that are planted where a company has some, and the search for them in whatever a night leaves behind."""

import os
import sqlite3
import threading
from base64 import b64encode
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql

from offboarding.store.connect import Session

LOOK_SECONDS = 0.5
"""An Airflow's task lives longer."""

Places = Mapping[str, bytes]
"""What was left behind: where -> its content."""


def spellings(secret: str) -> set[bytes]:
    """As it may stand somewhere: plain, as hexadecimal digits, and within something that is in base64."""
    plain = secret.encode()
    # Three characters are four digits: what is around it shifts it by none, one or two, and its edges are others'.
    shifted = {b64encode(b" " * shift + plain)[4 if shift else 0 : -4] for shift in range(3)}
    return {plain, plain.hex().encode(), *shifted}


def found(secrets: Mapping[str, str], places: Places) -> list[str]:
    """Which secret lies where; empty where all is well."""
    known = {name: spellings(secret) for name, secret in secrets.items()}
    return [
        f"{name} in {where}"
        for where, content in places.items()
        for name, forms in known.items()
        if any(form in content for form in forms)
    ]


def tables(session: Session) -> Iterator[tuple[str, bytes]]:
    """Each table of the store, all its rows as text."""
    names = session.execute(
        "select c.relname::text from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema::regnamespace"
    ).fetchall()
    for (name,) in names:
        rows = session.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(str(name)))).fetchall()
        yield f"table {name}", "\n".join(str(row) for (row,) in rows).encode()


def sqlite(path: Path) -> tuple[str, bytes]:
    """A database of SQLite's, as the statements that make it."""
    with sqlite3.connect(path) as database:
        return path.name, "\n".join(database.iterdump()).encode()


def files(folder: Path, *, but: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """Each file below a folder, as it lies there; but those whose path in it begins so."""
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_file() and not path.is_symlink() and not name.startswith(but):
            with suppress(FileNotFoundError):
                yield name, path.read_bytes()


@dataclass(slots=True, kw_only=True)
class Processes:
    """What the process list showed of this process, of what it began and of what works in a folder, while somebody
    looked. Whatever else runs on the machine, other tests too, is left out.
    """

    folder: Path
    seen: set[bytes] = field(default_factory=set[bytes])

    @property
    def place(self) -> tuple[str, bytes]:
        """All of it."""
        return "the process list", b"\n".join(self.seen)

    def look(self) -> None:
        """Command lines, as anybody on the machine may read them."""
        listed = dict(_listed())
        # Nothing says who began a daemon: it has the environment that it was begun with, or is told where to work.
        folder = str(self.folder).encode()
        own = {pid for pid, each in listed.items() if pid == os.getpid() or folder in each.environment + each.command}
        while begun := {pid for pid, each in listed.items() if each.parent in own} - own:
            own |= begun
        self.seen |= {listed[pid].command.replace(b"\0", b" ") for pid in own}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Process:
    parent: int
    command: bytes
    environment: bytes
    """Empty where it may not be seen."""


def _listed() -> Iterator[tuple[int, _Process]]:
    """Each process by its id."""
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environment = b""
            # What stands before the last bracket is its name, which may hold anything.
            parent = int((path / "stat").read_bytes().rpartition(b")")[2].split()[1])
            command = (path / "cmdline").read_bytes()
            with suppress(OSError):
                environment = (path / "environ").read_bytes()
            yield int(path.name), _Process(parent=parent, command=command, environment=environment)


@contextmanager
def watched(folder: Path) -> Generator[Processes]:
    """The process list, looked at while the block runs: our own processes, and those that work in a folder."""
    processes, over = Processes(folder=folder), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_SECONDS):
            processes.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield processes
    finally:
        over.set()
        thread.join()
