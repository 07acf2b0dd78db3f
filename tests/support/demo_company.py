"""The demo company's nights, through its real servers and the readers that `wiring` makes, without Airflow."""

import io
import itertools
import json
import logging
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest
from structlog.testing import capture_logs

from demo.folder import DemoFolder
from demo.nights import Night
from demo.servers import Servers, running
from demo.ssh_authority import MANIFEST
from demo.trackers import ROUNDUP, Shown
from offboarding import wiring
from offboarding.config import loading
from offboarding.config.settings import Settings
from offboarding.interfaces import ConnectionFields, Trackers
from offboarding.store import embedded
from offboarding.store.connect import Session, opened
from tests.support.database import cloned
from tests.support.lasting import Lasting, descriptions_read_once
from tests.support.memory import Folder
from tests.support.office import HeardTracker
from tests.support.whole_night import NightTold, Readers, whole_night

_numbers = itertools.count(1)


@dataclass(slots=True, kw_only=True)
class DemoCompany:
    """Its servers and its store. Each further night must leave both as they were, so that tests may share them."""

    servers: Servers
    session: Session
    settings: Settings
    logged: list[str] = field(default_factory=list[str])
    """Every line that was logged or printed, with its fields."""
    told: dict[Night, NightTold] = field(default_factory=dict[Night, NightTold])
    """What the first run of each night said."""
    calls: list[str] = field(default_factory=list[str])
    """What the tracker heard in the last night."""

    def night(self, night: Night, *, settings: Settings | None = None) -> NightTold:
        """The company as it is on that night, and the check of it."""
        with self.servers.night(night) as connections:
            return self.check(night, connections, settings=settings)

    def check(self, night: Night, connections: dict[str, str], *, settings: Settings | None = None) -> NightTold:
        """The check alone, of servers that run."""
        settings = settings or self.settings
        screen = io.StringIO()
        with mock.patch.dict(os.environ, connections), _logged(self.logged), redirect_stdout(screen):
            told = whole_night(
                self.session,
                settings,
                Readers(trackers=self._trackers, parts=wiring.asker_of_parts),
                caller=f"demo-{next(_numbers)}",
                as_of=night.as_of,
            )
        self.logged += screen.getvalue().splitlines()
        self.told.setdefault(night, told)
        return told

    def _trackers(self, settings: Settings) -> Trackers:
        ((name, made),) = wiring.trackers(settings).items()
        heard = HeardTracker(made())
        self.calls = heard.calls
        return {name: lambda: heard}


@pytest.fixture(scope="session")
def demo_company(store_server: embedded.EmbeddedServer, in_memory: Folder, lasting: Lasting) -> Iterator[DemoCompany]:
    """After the night before and the night itself."""
    lasting("descriptions", descriptions_read_once)
    with demo_nights(store_server, in_memory("a demo"), ROUNDUP) as made:
        yield made


@contextmanager
def demo_nights(store_server: embedded.EmbeddedServer, root: Path, shown: Shown) -> Generator[DemoCompany]:
    """The same, with tickets in this tracker."""
    folder = DemoFolder(root=root, shown=shown)
    with (
        cloned(store_server) as name,
        opened(store_server.connection_kwargs(dbname=name)) as session,
        running(folder) as servers,
    ):
        committed = loading.load(shown.configuration(root) or Path("include/offboarding.yaml").resolve()).settings
        settings = _settings(committed, folder, servers.login.issuer)
        made = DemoCompany(servers=servers, session=session, settings=settings)
        for night in Night:
            made.night(night)
        yield made


def _settings(settings: Settings, folder: DemoFolder, issuer: str) -> Settings:
    """The demo's configuration, but for where HR's files, the login service and what machines tell are."""
    hr, *others = settings.rosters
    *others_of_sources, linux = settings.sources
    login, machines = settings.verifiers
    authority = str(folder.login / "tls" / "authority.pem")
    fleets = ({"realm": "web", "folder": str(folder.fleet), "manifest": MANIFEST},)
    return settings.model_copy(
        update={
            "rosters": (hr.model_copy(update={"path": str(folder.feeds)}), *others),
            "sources": (*others_of_sources, linux.model_copy(update={"folder": str(folder.hosts)})),
            "verifiers": (
                login.model_copy(update={"issuers": (issuer,), "ca_certs_file": authority}),
                type(machines).model_validate({**machines.model_dump(exclude_unset=True), "fleets": fleets}),
            ),
        }
    )


@contextmanager
def _logged(lines: list[str]) -> Generator[None]:
    """Our own events with their fields, and what libraries log at INFO."""
    handler = _Lines(lines)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with capture_logs() as events:
            yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
    lines += [str(event) for event in events]


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def fields(connections: dict[str, str], conn_id: str) -> ConnectionFields:
    """A connection as a test may use it."""
    told = json.loads(connections[f"AIRFLOW_CONN_{conn_id.upper()}"])
    return ConnectionFields(conn_id=conn_id, host=told["host"], port=told["port"])
