"""Folders in memory, for servers of the tests: to make and drop a database is to make and drop four hundred files, and
that is most of a test's time on a disk.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

SHARED = Path("/dev/shm")
"""Linux's folder in memory; elsewhere there is none."""
ENOUGH = 3 << 30
"""Bytes; all tests at once need a tenth of it."""
LOCK = "tests.lock"

Folder = Callable[[str], Path]
"""Makes a folder of that name."""


@pytest.fixture(scope="session")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> Generator[Folder]:
    """Makes folders in memory where there's room, else on the disk. They are gone at the end of the session."""
    with folders(tmp_path_factory.mktemp) as made:
        yield made


@contextmanager
def folders(elsewhere: Folder) -> Generator[Folder]:
    """Makes folders in memory, gone at the end of the block; without room for them, `elsewhere` makes them."""
    if not _has_room():
        yield elsewhere
        return
    _remove_leftovers()
    home = Path(tempfile.mkdtemp(prefix=_prefix(), dir=SHARED))
    with (home / "new.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Whoever looks for leftovers sees it locked, or not at all.
        (home / "new.lock").rename(home / LOCK)

        def made(name: str) -> Path:
            folder = Path(tempfile.mkdtemp(dir=home)) / name
            folder.mkdir()
            return folder

        try:
            yield made
        finally:
            shutil.rmtree(home, ignore_errors=True)


def _has_room() -> bool:
    """Whether it holds what we need, and the memory does too: a container's is 64 MB, whatever the machine has."""
    try:
        known = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        available = int(known["MemAvailable"].split()[0]) << 10
        disk = os.statvfs(SHARED)
    except OSError:
        return False
    return os.access(SHARED, os.W_OK | os.X_OK) and min(disk.f_bavail * disk.f_frsize, available) > ENOUGH


def _remove_leftovers() -> None:
    """Of tests that were killed: the kernel has let go of their locks."""
    for left in SHARED.glob(f"{_prefix()}*/{LOCK}"):
        with left.open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(left.parent, ignore_errors=True)


def _prefix() -> str:
    return f"offboarding-tests-{os.geteuid()}-"
