"""`.demo` in the project: everything a demo writes, and the lock that lets one run at a time."""

import fcntl
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from demo import roundup, slapd
from demo.nights import Night
from demo.trackers import ROUNDUP, Shown
from offboarding.model.errors import ConfigError
from offboarding.store import embedded

LOCK = "demo.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFolder:
    """Where things lie."""

    root: Path
    shown: Shown = ROUNDUP
    """The ticket system. A night that was shown by one says nothing of another's."""

    @property
    def feeds(self) -> Path:
        """HR's files; the committed configuration names this folder."""
        return self.root / "feeds" / "hr"

    @property
    def vendors(self) -> Path:
        """The vendors' PostgreSQL."""
        return self.root / "vendors"

    @property
    def directory(self) -> Path:
        """slapd."""
        return self.root / "directory"

    @property
    def login(self) -> Path:
        """The login service."""
        return self.root / "login"

    @property
    def fleet(self) -> Path:
        """What a nightly collection brings from the machines."""
        return self.root / "fleet"

    @property
    def systems(self) -> Path:
        """Okta's and GitHub's certificate."""
        return self.root / "systems"

    @property
    def hosts(self) -> Path:
        """What is collected of Linux hosts; the committed configuration names this folder."""
        return self.root / "hosts"

    @property
    def tracker(self) -> Path:
        """The ticket system; tickets live as long as this folder."""
        return self.root / ("tracker" if self.shown.own is None else self.shown.kind)

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.root / "airflow"

    def log(self, night: Night) -> Path:
        """Airflow's full output of a night; the latest run of it."""
        return self.root / "logs" / f"night-{night.feed_on}.log"

    def is_done(self, night: Night) -> bool:
        """Whether this night has been run to its end."""
        return self._mark(night).exists()

    def note_done(self, night: Night) -> None:
        """Remember that."""
        self._mark(night).touch()

    def clear(self) -> None:
        """Begin anew: end what a killed demo left running, then remove everything but the lock that we hold."""
        slapd.end_leftover(self.directory)
        if (self.root / "tracker").exists():
            roundup.stop(self.root / "tracker")
        if self.vendors.exists():
            # The last one out stops the server, whoever started it.
            with embedded.server(self.vendors):
                pass
        for entry in self.root.iterdir():
            if entry.name == LOCK:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    @contextmanager
    def locked(self, tell: Callable[[str], None]) -> Generator[IO[str]]:
        """Hold the folder; a second demo says so and waits. The kernel frees it when its holders end, however they do.

        Yields the lock's file, to be passed on to children that go on working when this process is killed. Raises
        ConfigError where the folder is another user's.
        """
        try:
            self.root.mkdir(mode=0o700, exist_ok=True)
            lock = (self.root / LOCK).open("w", encoding="ascii")
        except OSError as error:
            raise ConfigError(
                f"{self.root} can't be written ({error.strerror}): it was made by another user. Remove it as that user."
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell("Another demo is running in this folder: waiting for its end.")
                fcntl.flock(lock, fcntl.LOCK_EX)
            os.utime(self.root / LOCK)
            yield lock

    def _mark(self, night: Night) -> Path:
        return self.root / f"night-{night.feed_on}-{self.shown.kind}.done"
