"""Ticket systems that the demo can show: Roundup, which is installed with it, and those that a script unpacks."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from demo.redmine import redmine_server
from demo.request_tracker import rt_server
from demo.roundup import roundup_server
from demo.unpacked import TRACKERS
from offboarding.config.loading import DEFAULT_PATH, project_folder
from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError


class TicketSystem(Protocol):
    """One that runs."""

    @property
    def url(self) -> str:
        """Where a person reads tickets."""
        ...

    @property
    def credentials_path(self) -> Path:
        """Where a person finds the analyst's password."""
        ...

    def connection(self) -> ConnectionFields:
        """The fields of the Airflow connection that its entry in the configuration names."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One that can be shown."""

    kind: str
    """As the configuration calls it."""
    name: str
    """As people call it."""
    server: Callable[[Path], AbstractContextManager[TicketSystem]]
    """In this folder, made first where there is none."""
    own: Mapping[str, str] | None = None
    """What its entry in the configuration says beside its kind; None: it's the committed one's."""

    def fetch(self) -> None:
        """Have it on this machine. Raises ConfigError where it can't run here."""
        if self.own is not None:
            TRACKERS.fetch()
            if why := TRACKERS.why_not():
                raise ConfigError(f"{why}. Leave out --tracker: tickets are shown in Roundup then.")

    def running(self, folder: Path) -> AbstractContextManager[TicketSystem]:
        """For as long as the block runs."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.server(folder)

    def configuration(self, folder: Path) -> Path | None:
        """The committed file with this tracker in it, written there; None where it is the committed one itself."""
        if self.own is None:
            return None
        committed = project_folder() / DEFAULT_PATH
        file: dict[str, Any] = yaml.safe_load(committed.read_text("utf-8"))
        # What is relative to the file.
        beside = {name: str(committed.parent / f"{name}.yaml") for name in ("custody", "exceptions")}
        entry = {"name": "secops", "kind": self.kind, **self.own}
        path = folder / f"offboarding-{self.kind}.yaml"
        path.write_text(
            yaml.safe_dump({**file, **beside, "trackers": [entry]}, allow_unicode=True, sort_keys=False),
            encoding="utf-8",
        )
        return path


ROUNDUP = Shown(kind="roundup", name="Roundup", server=roundup_server)
SHOWN = {
    each.kind: each
    for each in (
        ROUNDUP,
        Shown(
            kind="redmine",
            name="Redmine",
            server=redmine_server,
            own={"connection": "secops_redmine", "project": "security"},
        ),
        Shown(kind="rt", name="Request Tracker", server=rt_server, own={"connection": "secops_rt"}),
    )
}
"""By what `--tracker` calls them: their kind."""
