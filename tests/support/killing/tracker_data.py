"""What a tracker holds, kept aside and put back: every kill begins with the same tickets."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from include.offboarding.demo.roundup import RoundupServer


@dataclass(frozen=True, slots=True)
class TrackerData:
    """Of a Roundup that runs: it opens its database for each request, and holds nothing open between two."""

    roundup: RoundupServer

    def keep(self, copy: Path) -> Path:
        """As it is now."""
        return Path(shutil.copytree(self._folder, copy))

    def put_back(self, copy: Path) -> None:
        """As it was then."""
        shutil.rmtree(self._folder)
        shutil.copytree(copy, self._folder)

    @property
    def texts(self) -> Path:
        """Where messages lie, a file each."""
        return self._folder / "files" / "msg"

    @property
    def _folder(self) -> Path:
        return self.roundup.folder / "tracker" / "db"
