"""Nights under Airflow, killed: `airflow dags test` through the same relays, and once more to its end."""

import json
import os
import re
import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from offboarding.store import embedded
from offboarding.store.connect import opened
from tests.support.dag_runs import AirflowHome, Ended, airflow_home
from tests.support.database import cloned
from tests.support.killing.drawing import Kill
from tests.support.killing.relays import Place, Trap, origin_of, relays
from tests.support.killing.stands import Differs, Stands, differs, stands
from tests.support.killing.tasks import Task
from tests.support.killing.tracker_data import TrackerData
from tests.support.tiny_company import TinyCompany, tiny_company
from tests.systems.roundup.tracker import RoundupPeople, client

_ITEMS = re.compile(r"\[[ x]\] \d+|f-[0-9a-f]{8}")
NIGHT = "2026-11-25T01:30:00+09:00"


@dataclass(slots=True, kw_only=True)
class Nights:
    """A company on real systems, and an Airflow to check it."""

    server: embedded.EmbeddedServer
    home: AirflowHome
    company: TinyCompany
    people: RoundupPeople
    data: TrackerData
    empty: Path
    """The tracker before anything was told."""
    trap: Trap = field(default_factory=Trap)
    """What was counted when nobody disturbed it."""
    expected: Stands | None = None

    @property
    def lengths(self) -> dict[Task, dict[Place, int]]:
        """How many messages a night sends."""
        return {"night": self.trap.counted}

    def measure(self) -> Stands:
        """A night that nobody disturbs: how long it is, and what it comes to."""
        with cloned(self.server) as store:
            ended = self._night(store, self.trap)
            assert ended.code == 0, ended.output[-3000:]
            # Airflow's run that is killed isn't taken up by the next, which is one of its own.
            self.expected = replace(_listed(self._stands(store)), unfinished=1)
        return self.expected

    def play(self, kill: Kill) -> Differs:
        """What is otherwise than if nobody had killed it."""
        assert self.expected is not None
        stood = self.killed_and_again(kill)
        return Differs((), (stood,), ()) if isinstance(stood, str) else differs(self.expected, stood)

    def killed_and_again(self, kill: Kill) -> Stands | str:
        """Kill a night there, and have another of the same moment: what stands then, or why that one failed."""
        with cloned(self.server) as store:
            self.data.put_back(self.empty)
            trap = Trap(place=kill.place, nth=kill.nth, when=kill.when, kill=self._kill)
            killed = self._night(store, trap)
            assert (killed.code, trap.sprung.is_set()) == (-signal.SIGKILL, True), f"{kill}: {killed.output[-3000:]}"
            again = self._night(store, Trap())
            if again.code:
                return f"run again, it ends with {again.code}: {again.output[-300:]}"
            return _listed(self._stands(store))

    def _night(self, store: str, trap: Trap) -> Ended:
        origin = origin_of(self.company.tracker.url)
        with relays(trap, Path(self.server.host), origin) as (store_port, tracker_port):
            environment = {
                **self.company.environment,
                "OFFBOARDING_CONFIG": str(_without_a_store_of_its_own(self.company)),
                "AIRFLOW_CONN_OFFBOARDING_STORE": json.dumps(
                    {
                        "conn_type": "postgres",
                        "host": "127.0.0.1",
                        "port": store_port,
                        "login": embedded.NAME,
                        "schema": store,
                    }
                ),
                "AIRFLOW_CONN_SECOPS_ROUNDUP": _through(
                    self.company.environment["AIRFLOW_CONN_SECOPS_ROUNDUP"], tracker_port
                ),
            }
            return self.home.run(environment, NIGHT)

    def _kill(self) -> None:
        """The command, and whatever it began; not the process that forked it."""
        for pid in _descendants(self.home.commands.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _stands(self, store: str) -> Stands:
        with opened(self.server.connection_kwargs(dbname=store)) as session:
            return stands(session, self.people, self.data.texts)


@contextmanager
def nights(server: embedded.EmbeddedServer, folder: Path) -> Generator[Nights]:
    """With everything that it needs, for as long as the block runs; not measured yet."""
    folder.mkdir(exist_ok=True)
    with airflow_home(folder / "airflow") as home, tiny_company(folder) as company:
        data = TrackerData(company.tracker)
        with client(company.tracker, "analyst") as analyst, client(company.tracker, "admin") as admin:
            yield Nights(
                server=server,
                home=home,
                company=company,
                people=RoundupPeople(analyst=analyst, admin=admin, url=company.tracker.url),
                data=data,
                empty=data.keep(folder / "empty"),
            )


def _listed(stood: Stands) -> Stands:
    """With no more of a ticket's text than its items: it names the account that was read first, of several."""
    tickets = {
        key: tuple(replace(ticket, body=" ".join(_ITEMS.findall(ticket.body))) for ticket in some)
        for key, some in stood.tickets.items()
    }
    return replace(stood, tickets=tickets)


def _without_a_store_of_its_own(company: TinyCompany) -> Path:
    """Its configuration, whose store and tracker lie behind the relays."""
    told = yaml.safe_load(company.config.read_text(encoding="utf-8"))
    del told["store"]
    told["trackers"][0]["url"] = company.tracker.url
    path = company.folder / "relayed.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return path


def _through(connection: str, port: int) -> str:
    return json.dumps({**json.loads(connection), "port": port})


def _descendants(pid: int) -> Iterator[int]:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        yield from _descendants(int(child))
        yield int(child)
