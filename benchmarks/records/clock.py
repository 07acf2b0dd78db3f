"""What each part of a benchmark takes."""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True, kw_only=True)
class Clock:
    """What each part took: seconds of processors, ours and the server's for this session, and seconds on the wall.

    Ratios are of the former, since whatever else runs on the machine doesn't change them.
    """

    server: int
    """The session's process."""
    busy: dict[str, float] = field(default_factory=dict[str, float])
    wall: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def of(self, part: str) -> Generator[None]:
        """Measure what is within."""
        busy, wall = self._busy(), time.perf_counter()
        yield
        self.busy[part] = self._busy() - busy
        self.wall[part] = time.perf_counter() - wall

    def _busy(self) -> float:
        stat = Path(f"/proc/{self.server}/stat")
        if not stat.exists():
            return time.perf_counter()  # no Linux: the wall's will do
        # utime and stime, behind the name in brackets (proc_pid_stat(5)).
        user, system = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
        return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
