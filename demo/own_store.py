"""The store that the demo's runs write to: the committed configuration's own, so that commands find it afterwards.

It bears a mark, since the demo begins anew by removing it: a store of anybody else's trial is never touched.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from demo.nights import Night
from offboarding import wiring
from offboarding.config import loading
from offboarding.model.errors import ConfigError
from offboarding.store import embedded, runs
from offboarding.store.withdrawals import put_on_trial

MARK = "of-the-demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStore:
    """The embedded store of a configuration file."""

    folder: Path
    loaded: loading.Loaded

    def exists(self) -> bool:
        """Whether a demo made one. Raises ConfigError where it holds what somebody else read."""
        if not self.folder.exists():
            return False
        if not (self.folder / MARK).exists() and self._was_used():
            raise ConfigError(
                f"{self.folder} holds findings that no demo made, of your own systems perhaps. Give your configuration "
                "a file of its own (OFFBOARDING_CONFIG), or remove that folder."
            )
        return True

    def _was_used(self) -> bool:
        """Whether a roster was ever read into it; a command that only looked makes an empty one."""
        with wiring.store(self.loaded) as session:
            return runs.usable_rosters(session) > 0 or runs.last_finished_night(session) is not None

    def remove(self) -> None:
        """End a server that a killed demo left running, and remove all that it kept."""
        if self.exists():
            with embedded.server(self.folder):
                # The last one out stops it, whoever started it.
                pass
            shutil.rmtree(self.folder)

    def mark(self) -> None:
        """Make the folder, the demo's own from the beginning, and its store one on trial: no clock binds its nights."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / MARK).touch()
        with wiring.store(self.loaded) as session:
            put_on_trial(session)

    def status_of(self, night: Night, since: datetime) -> str | None:
        """How a run of that night ended, green or red; None where none that began since then ran to its end."""
        with wiring.store(self.loaded) as session:
            last = runs.last_finished_night(session)
        ran = last is not None and last.as_of == night.as_of and last.started_at >= since
        return last.status if last and ran else None


def own_store(path: Path | None = None) -> OwnStore:
    """The demo's, of another configuration than the committed one where it has one. Raises ConfigError where that no
    longer names an embedded store.
    """
    loaded = loading.load(path or loading.project_folder() / loading.DEFAULT_PATH)
    if loaded.settings.store != "embedded":
        raise ConfigError(f"{loaded.path}: the demo needs `store: embedded` here. Keep your systems in another file.")
    return OwnStore(folder=wiring.embedded_folder(loaded), loaded=loaded)
