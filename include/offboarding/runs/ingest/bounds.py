"""How long one read may take, and how much memory it may fill, whatever its driver waits for or takes apart.

The bound is held by a timer of the process, so that no client of a system has to ask for the time: a socket, a sleep, a
pause before the next attempt and a loop over an answer are interrupted alike. Only the reader is interrupted, never the
store between two of its records.
"""

import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from offboarding.interfaces.settings import MOST_READ_MINUTES
from offboarding.model import RunKind, counted
from offboarding.model.errors import FatalError, RetriableError

MOST_MEGABYTES = 1024
"""How much the process may grow during one read. The largest that was measured took 70 MB (docs/performance.md)."""
LONGEST: dict[RunKind, timedelta] = {
    RunKind.DEPARTURE: timedelta(minutes=6),
    RunKind.VERIFY: timedelta(minutes=15),
}
"""How long a read of these runs may take at most: three reads follow each other in a departure's 30 minutes, and
everything has to be done within an hour's 55 (offboarding_airflow). Each may be read again once.
"""
TRIED_AGAIN_WITHIN = 1 / 3
"""After how much of its time a read that failed is not tried again: the attempts together stay within the run."""
_TICK_SECONDS = 0.2
_AGAIN_SECONDS = 5
"""How long a reader may take to give up (to close its connections) before it is interrupted again."""
_STATM = Path("/proc/self/statm")
"""https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"""
_Item = TypeVar("_Item")


class ReadBoundError(FatalError):
    """A read that took too long, or too much memory."""


class _Interrupted(BaseException):
    """Raised inside the reader."""


@dataclass(slots=True, kw_only=True)
class ReadBounds:
    """The bounds of one read under way."""

    where: str
    """What errors begin with: `sources.aws 111111111111`."""
    seconds: float
    began: float
    """By time.monotonic()."""
    most_bytes: int
    """Resident memory of the process."""
    exceeded: str = ""
    """What was exceeded, a sentence; "" while nothing is."""
    _reading: bool = False
    _interrupted_at: float = 0

    @property
    def error(self) -> ReadBoundError:
        """What the read fails with."""
        return ReadBoundError(f"{self.where}: {self.exceeded}")

    def passed(self, items: Iterable[_Item]) -> Iterator[_Item]:
        """Yield the same items; only what makes them is interrupted. Raises ReadBoundError."""
        iterator = iter(items)
        while True:
            self._reading = True
            try:
                item = next(iterator)
            except StopIteration:
                # A driver that swallows the interruption ends as if it had read everything.
                if self._interrupted_at:
                    raise self.error from None
                return
            except _Interrupted:
                raise self.error from None
            finally:
                self._reading = False
            self._check()
            if self.exceeded:
                raise self.error
            yield item

    def made(self, make: Callable[[], _Item]) -> _Item:
        """Return what the call returns. Raises ReadBoundError, and as the call."""
        return next(self.passed(make() for _ in range(1)))

    def refused(self, error: RetriableError) -> Exception:
        """Return the error of an attempt as one that says whether there is time for another."""
        if time.monotonic() - self.began <= self.seconds * TRIED_AGAIN_WITHIN:
            return error
        return FatalError(f"{error} It took too long to be tried again in this run.")

    def tick(self, *_: object) -> None:
        """Look at the clock and at the memory. Raises _Interrupted inside a reader that exceeded one of them."""
        self._check()
        now = time.monotonic()
        if self.exceeded and self._reading and now - self._interrupted_at >= _AGAIN_SECONDS:
            self._interrupted_at = now
            raise _Interrupted

    def _check(self) -> None:
        if self.exceeded:
            return
        if time.monotonic() - self.began > self.seconds:
            took = _minutes(self.seconds)
            self.exceeded = (
                f"it was not read to its end within {took}, the most that a read of this run may take (docs/limits.md)."
                " What was not read is not checked. See why the system answers slowly."
            )
        elif _resident() > self.most_bytes:
            self.exceeded = (
                f"what it answered filled more than {MOST_MEGABYTES:,} MB of memory. What was not read is not checked."
                " See what answers there."
            )


@contextmanager
def bounded(where: str, seconds: float) -> Generator[ReadBounds]:
    """Bounds that hold for what passes through them within the block. In a thread they hold between two items alone:
    Python interrupts its main thread only.
    """
    bounds = ReadBounds(
        where=where, seconds=seconds, began=time.monotonic(), most_bytes=_resident() + (MOST_MEGABYTES << 20)
    )
    if threading.current_thread() is not threading.main_thread():
        yield bounds
        return
    handler = signal.signal(signal.SIGALRM, bounds.tick)
    # Airflow holds a task's execution_timeout by the same timer: it goes on where it was.
    left, interval = signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)
    try:
        yield bounds
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - bounds.began), 0.001), interval)


def seconds_for(kind: RunKind, max_read_minutes: float) -> float:
    """Return how long a read may take in a run of this kind."""
    own = timedelta(minutes=max_read_minutes)
    return min(own, LONGEST.get(kind, own)).total_seconds()


def longest_read(kind: RunKind) -> timedelta:
    """Return how long a read of a run of this kind may take at most, whatever `max_read_minutes` says."""
    return timedelta(seconds=seconds_for(kind, MOST_READ_MINUTES))


def _resident() -> int:
    with suppress(OSError):
        return int(_STATM.read_text("ascii").split()[1]) * 4096
    return 0


def _minutes(seconds: float) -> str:
    return counted(round(seconds / 60), "minute") if seconds >= 60 else counted(round(seconds), "second")
