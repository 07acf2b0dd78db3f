"""A night on many machines comes to what it comes to on one, whatever becomes of the machines meanwhile.

Two workers of Celery's, on this machine, share the work; the company's night in one process says what is right. Each
night begins with an empty store and an empty tracker. The plain one reads all 96 AWS accounts, the others a quarter.
"""

import shutil
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg import sql

from offboarding.store import embedded
from offboarding.store.connect import opened
from offboarding_airflow import anchor
from tests.support import wide_company
from tests.support.celery_airflow import ENVIRONMENT, CeleryAirflow, celery_airflow, ended_politely
from tests.support.database import TEMPLATE
from tests.support.killing.stands import Stands, differs, stands
from tests.support.killing.tracker_data import TrackerData
from tests.support.memory import Folder
from tests.support.source_tree import PROJECT
from tests.support.standalone import QUICK
from tests.support.tiny_company import TinyCompany
from tests.systems.roundup.tracker import RoundupPeople, client

SECONDS = 1200
pytestmark = pytest.mark.timeout(SECONDS + 300)
NIGHTLY, STORE = "offboarding_nightly", "nights"
AS_OF = "2026-11-25T01:30:00+09:00"
WORKERS = ("one", "two")
FEW = wide_company.AWS_ACCOUNTS // 4
EMPTY = "template1"
Count = Callable[[str, object], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """The company, and two ways to check it."""

    server: embedded.EmbeddedServer
    company: TinyCompany
    celery: CeleryAirflow
    people: RoundupPeople
    data: TrackerData
    empty: Path

    def anew(self, aws_accounts: int) -> None:
        """Nothing was ever read or told, and so many AWS accounts are to be read."""
        database(self.server, STORE, TEMPLATE)
        self.data.put_back(self.empty)
        self.company.aws.seed(wide_company.seed())
        wide_company.configure(self.company, aws_accounts)

    def alone(self, aws_accounts: int) -> tuple[Stands, float]:
        """What a night comes to in one process, and how long it takes."""
        self.anew(aws_accounts)
        begun = time.monotonic()
        assert self.company.night(AS_OF) == 0
        return self.stands(), time.monotonic() - begun

    def begin(self, aws_accounts: int) -> str:
        """A night under Airflow, which forgets where the record of another test's store ended."""
        self.anew(aws_accounts)
        admin = self.celery.airflow.admin
        admin.client.delete(f"/api/v2/variables/{anchor.KEY}")
        return admin.trigger(NIGHTLY, as_of=AS_OF)

    def until_read(self, run: str, parts: int) -> None:
        """Until so many tasks have been taken since the first."""
        admin, before = self.celery.airflow.admin, self.taken()
        self.celery.airflow.until(lambda: admin.task(NIGHTLY, run, "open_run") == "success", "the run is open")
        self.celery.airflow.until(lambda: self.taken() > before + parts, "systems are read")

    def ended(self, run: str) -> str:
        """Its state at the end, however long a busy machine takes."""
        return self.celery.airflow.ended(NIGHTLY, run, SECONDS)

    def taken(self) -> int:
        return sum(self.celery.taken(name) for name in WORKERS)

    def ends_as(self, expected: Stands, run: str, count: Count) -> None:
        """Hold what stands at its end against that."""
        ended = self.ended(run)
        found = differs(expected, self.stands())
        count("celery nights", 1)
        count("duplicates", len(found.duplicates))
        count("lost", len(found.lost))
        assert ended == "success"
        assert found.sentences == ()

    def stands(self) -> Stands:
        with opened(self.server.connection_kwargs(dbname=STORE)) as session:
            return stands(session, self.people, self.data.texts)


def database(server: embedded.EmbeddedServer, name: str, template: str) -> None:
    """A new one, instead of what was there by that name."""
    new, old = sql.Identifier(name), sql.Identifier(template)
    with server.connect(dbname="postgres", autocommit=True) as owner:
        owner.execute(sql.SQL("drop database if exists {} with (force)").format(new))
        owner.execute(sql.SQL("create database {} template {} strategy file_copy").format(new, old))


@pytest.fixture(scope="module")
def machines(store_server: embedded.EmbeddedServer, in_memory: Folder) -> Generator[Machines]:
    if not ENVIRONMENT.exists():
        pytest.skip("make test-celery makes the environment that this is about")
    folder = in_memory("wide company")
    database(store_server, "airflow", EMPTY)
    airflow, store = (store_server.connection_kwargs(dbname=name) for name in ("airflow", STORE))
    with (
        ended_politely(),
        wide_company.wide_company(folder, store) as company,
        client(company.tracker, "analyst") as analyst,
        client(company.tracker, "admin") as admin,
        celery_airflow(folder / "airflow", airflow, {**company.environment, **QUICK}, dags=(NIGHTLY,)) as celery,
    ):
        data = TrackerData(company.tracker)
        for name in WORKERS:
            celery.work(name)
        yield Machines(
            server=store_server,
            company=company,
            celery=celery,
            people=RoundupPeople(analyst=analyst, admin=admin, url=company.tracker.url),
            data=data,
            empty=data.keep(folder / "empty"),
        )


@pytest.fixture(scope="module")
def of_few(machines: Machines) -> Stands:
    """What a night comes to that reads few AWS accounts."""
    return machines.alone(FEW)[0]


def test_a_night_on_two_workers_is_the_night_on_one_machine(machines: Machines, record_property: Count) -> None:
    alone, alone_seconds = machines.alone(wide_company.AWS_ACCOUNTS)
    before = {name: machines.celery.taken(name) for name in WORKERS}

    begun = time.monotonic()
    run = machines.begin(wide_company.AWS_ACCOUNTS)
    machines.ended(run)
    seconds = time.monotonic() - begun

    assert len(alone.tickets) == wide_company.LEAVERS
    machines.ends_as(alone, run, record_property)
    parts = wide_company.AWS_ACCOUNTS + wide_company.DIRECTORIES
    taken = {name: machines.celery.taken(name) - before[name] for name in WORKERS}
    assert min(taken.values()) > parts / 2, f"of {2 * parts} looks at systems each worker has its share: {taken}"
    record_property("seconds", round(seconds))
    record_property("percent_of_one_machine", round(100 * seconds / alone_seconds))


def test_workers_are_killed_while_systems_are_read_and_while_tickets_are_opened(
    machines: Machines, of_few: Stands, record_property: Count
) -> None:
    """One, and what it was doing; then both, between two tickets."""
    run = machines.begin(FEW)
    machines.until_read(run, 10)
    machines.celery.kill("one")
    machines.celery.airflow.until(machines.company.tickets, "a ticket is opened")
    machines.celery.kill("two")
    for name in WORKERS:
        machines.celery.work(name)

    machines.ends_as(of_few, run, record_property)
    record_property("killed_workers", 2)


def test_the_broker_is_killed_and_forgets_what_it_held(
    machines: Machines, of_few: Stands, record_property: Count
) -> None:
    run = machines.begin(FEW)
    machines.until_read(run, 10)

    machines.celery.kill("broker")
    time.sleep(2)  # in which both workers and the scheduler miss it
    machines.celery.begin_broker()

    machines.ends_as(of_few, run, record_property)


def test_a_worker_with_other_code_says_so_and_does_nothing(
    machines: Machines, of_few: Stands, record_property: Count, tmp_path: Path
) -> None:
    """Somebody forgot a machine; then they stop it."""
    other = tmp_path / "project"
    for name in ("include", "dags"):
        shutil.copytree(PROJECT / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "include" / "offboarding" / "guard" / "limits.py").open("a") as file:
        file.write("\n# Another day's.\n")
    logs = machines.celery.airflow.home / "logs"

    def said() -> list[str]:
        found = (path.read_text(encoding="utf-8", errors="replace") for path in logs.rglob("*.log"))
        return [text for text in found if "was begun by other code" in text]

    run = machines.begin(FEW)
    machines.until_read(run, 2)
    machines.celery.work("other", other, concurrency=1)
    (refused, *_) = machines.celery.airflow.until(said, "the worker says that its code is another")
    machines.celery.stop("other")

    machines.ends_as(of_few, run, record_property)
    assert "nothing is done in it here. Install one version on every worker" in refused
