"""What a tracker holds, kept aside and put back: every kill begins with the same tickets."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from demo.roundup import RoundupServer

SECONDS = 30
"""Until it's taken for stuck, on a machine that is busy."""


@dataclass(frozen=True, slots=True)
class TrackerData:
    """Of a Roundup that runs: it opens its database for each request, and holds nothing open between two."""

    roundup: RoundupServer

    def keep(self, copy: Path) -> Path:
        """As it is now."""
        self._wait()
        return Path(shutil.copytree(self._folder, copy))

    def put_back(self, copy: Path) -> None:
        """As it was then."""
        self._wait()
        shutil.rmtree(self._folder)
        shutil.copytree(copy, self._folder)

    @property
    def texts(self) -> Path:
        """Where messages lie, a file each."""
        return self._folder / "files" / "msg"

    def _wait(self) -> None:
        """Until it has closed its databases, which it does once it has answered: SQLite takes their logs away then."""
        end = time.monotonic() + SECONDS
        while any(self._folder.glob("*-wal")):
            assert time.monotonic() < end, f"the tracker holds its database open: {self._folder}"
            time.sleep(0.01)

    @property
    def _folder(self) -> Path:
        return self.roundup.folder / "tracker" / "db"
