"""Places where HR leaves files, and the drivers that read them there: what scripts/drops.sh has fetched."""

import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from demo.unpacked import CACHE
from offboarding.interfaces import ConnectionFields

DRIVERS, AZURITE = CACHE / "drivers/python", CACHE / "azurite/node_modules/azurite"
_START_SECONDS = 60


class Drop(Protocol):
    """A running place."""

    secrets: Sequence[str]
    """What no error may hold."""

    def put(self, path: str, content: bytes | str, at: datetime | None = None) -> object:
        """A file of HR's. `at`: when it was written, where the place lets somebody say."""
        ...

    def remove(self, path: str) -> object:
        """The file is gone."""
        ...

    def address(self, path: str) -> str:
        """Of a path there."""
        ...

    def connection(self, **changes: Any) -> ConnectionFields:
        """As an administrator makes it."""
        ...

    def leading_to(self, port: int) -> ConnectionFields:
        """The same, but to somebody else on this machine."""
        ...


@contextmanager
def drivers() -> Generator[None]:
    """With gcsfs, adlfs and smbprotocol at hand; skipped where they weren't fetched."""
    if not DRIVERS.exists():
        pytest.skip("The drivers aren't here: run scripts/drops.sh, it says why")
    sys.path.append(str(DRIVERS))
    try:
        yield
    finally:
        sys.path.remove(str(DRIVERS))


@contextmanager
def process(command: Sequence[str | Path], log: Path, url: str) -> Generator[None]:
    """A server for as long as the block runs."""
    with log.open("wb") as output:
        running = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], stdout=output, stderr=output)
    try:
        _wait(lambda: _answers(url), lambda: running.poll() is None, log)
        yield
    finally:
        running.kill()
        running.wait()


def _wait(ready: Callable[[], bool], alive: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while not ready():
        if not alive() or time.monotonic() > end:
            raise RuntimeError(log.read_text("utf-8", "replace")[-3000:])
        time.sleep(0.05)


def _answers(url: str) -> bool:
    with suppress(httpx.TransportError):
        httpx.get(url, trust_env=False, timeout=10)
        return True
    return False
