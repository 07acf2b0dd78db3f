"""A departure on the demo company, from the REST call to the open ticket; and our own part of it.

    .venv/bin/python benchmarks/departure.py

Twice: with the demo's directory of some 500 entries, and with 100,000 more of people whom nobody here knows. Starts the
demo's servers and Airflow (standalone, 4 tasks at once, one API worker), all of it on this machine and in a temporary
folder; checks the night before; then HR's next file tells that somebody left. Prints two ratios each: trigger to ticket
against 60 s, with Airflow; the pipeline's functions alone, for another leaver, against 5 s. It fails only where
something doesn't run.
"""

import contextlib
import logging
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import httpx
import structlog

from demo import servers as demo_servers
from demo.directory import ldif
from demo.folder import DemoFolder
from demo.nights import Night
from demo.roundup import RoundupServer
from demo.servers import running
from demo.standalone import Standalone, standalone
from demo.world import PEOPLE_DN, Entry
from offboarding import wiring
from offboarding.runs import pipeline
from offboarding.runs.whole import Readers, whole_night

PROJECT = Path(__file__).resolve().parents[1]
DAG = "offboarding_departure"
BY_AIRFLOW, BY_FUNCTIONS = "10401", "10405"
"""Worker ids of people whose departure stands in the night's file for the first time."""
ISSUER = "https://127.0.0.1:18643"
"""As the committed configuration has it; here any port will do."""
GOAL_SECONDS, OWN_GOAL_SECONDS = 60, 5
BYSTANDERS = 100_000
RUN_SECONDS = 300


def main() -> None:
    """Measure both, in a small directory and in a large one, and print them."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )
    measure("departure", 0)
    measure("departure_large_directory", BYSTANDERS)


def measure(name: str, bystanders: int) -> None:
    """On servers, a store and an Airflow of its own."""

    def crowded(entries: Iterable[Entry], *, reader_password: str) -> str:
        return ldif(entries, reader_password=reader_password) + _bystanders(bystanders)

    with mock.patch.object(demo_servers, "ldif", crowded):
        seconds, own_seconds = _measured()
    print(f"{bystanders:,} bystanders: trigger to ticket {seconds:.1f} s; our own functions alone {own_seconds:.1f} s")
    print(f"bench {name}_seconds ratio={seconds / GOAL_SECONDS:.2f} goal=1")
    print(f"bench {name}_own_seconds ratio={own_seconds / OWN_GOAL_SECONDS:.2f} goal=1", flush=True)


def _bystanders(count: int) -> str:
    """So many more entries, with what slapadd would otherwise make up."""
    return "".join(
        f"\ndn: uid=by{n},{PEOPLE_DN}\nobjectClass: inetOrgPerson\nuid: by{n}\ncn: Bystander {n}\nsn: {n}\n"
        f"mail: by{n}@elsewhere.example\nemployeeNumber: 9{n:07}\n"
        f"entryUUID: {uuid.uuid5(uuid.NAMESPACE_OID, str(n))}\ncreateTimestamp: 20200101000000Z\n"
        for n in range(count)
    )


def _measured() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = DemoFolder(root=Path(name) / "demo")
        folder.root.mkdir()
        with running(folder) as servers:
            tracker = servers.tracker
            assert isinstance(tracker, RoundupServer), "the demo's own is another"
            own = _configuration(Path(name), folder, servers.login.issuer)
            with servers.night(Night.BEFORE) as connections, _environment(own | connections):
                _night_before()
            with servers.night(Night.TONIGHT) as connections, _environment(own | connections):
                with standalone(Path(name) / "airflow", {}, dags=[DAG]) as airflow:
                    airflow.admin.pause(DAG, paused=False)
                    seconds = _by_airflow(airflow, tracker)
                own_seconds = _by_functions(tracker)
    return seconds, own_seconds


def _by_airflow(airflow: Standalone, tracker: RoundupServer) -> float:
    began = time.perf_counter()
    run_id = airflow.admin.trigger(DAG, people=[BY_AIRFLOW], as_of=Night.TONIGHT.as_of.isoformat())
    while not _has_ticket(tracker, BY_AIRFLOW):
        state = airflow.admin.state(DAG, run_id)
        if time.perf_counter() - began > RUN_SECONDS or state == "failed":
            raise SystemExit(f"there is no ticket of {BY_AIRFLOW}'s: the run is {state}")
        time.sleep(0.2)
    seconds = time.perf_counter() - began
    if (state := airflow.ended(DAG, run_id)) != "success":
        raise SystemExit(f"the ticket is there, and the run is {state}: {airflow.admin.log(DAG, run_id, 'tell')}")
    return seconds


def _by_functions(tracker: RoundupServer) -> float:
    """The same without Airflow: settings read, store opened, every system asked, the ticket open."""
    began = time.perf_counter()
    with wiring.at_work() as (loaded, session):
        settings = loaded.settings
        run = pipeline.open_departure(session, settings, caller="by functions", as_of=Night.TONIGHT.as_of)
        for roster in settings.rosters:
            reader = wiring.roster(settings, roster.name, run.as_of)
            pipeline.read_roster(session, settings, run, roster, reader)
        found = pipeline.find_parts(session, settings, run, wiring.asker_of_parts(settings, run.as_of))
        pipeline.find_people(session, settings, run, [BY_FUNCTIONS])
        for source, part in found:
            asked = wiring.source(settings, source, part, run.as_of)
            pipeline.collect(session, settings, run, settings.source(source), part, asked)
        pipeline.correlate(session, settings, run)
        for source, part in found:
            asked = wiring.source(settings, source, part, run.as_of)
            pipeline.detail(session, settings, run, settings.source(source), part, asked)
        pipeline.evaluate(session, settings, run)
        pipeline.guard(session, settings, run)
        pipeline.ticket(session, settings, run, wiring.trackers(settings))
        seconds = time.perf_counter() - began
        pipeline.report_departure(session, run)
    if not _has_ticket(tracker, BY_FUNCTIONS):
        raise SystemExit(f"there is no ticket of {BY_FUNCTIONS}'s")
    return seconds


def _night_before() -> None:
    readers = Readers(roster=wiring.roster, source=wiring.source, parts=wiring.asker_of_parts, trackers=wiring.trackers)
    with wiring.at_work() as (loaded, session), contextlib.redirect_stdout(sys.stderr):
        whole_night(session, loaded.settings, readers, caller="the night before", as_of=Night.BEFORE.as_of)


def _has_ticket(tracker: RoundupServer, worker_id: str) -> bool:
    answer = httpx.get(
        f"{tracker.url}rest/data/issue",
        params={"title": f"worker {worker_id}"},
        auth=("analyst", tracker.passwords["analyst"]),
        trust_env=False,
    )
    return answer.raise_for_status().json()["data"]["@total_size"] > 0


def _configuration(folder: Path, demo: DemoFolder, issuer: str) -> dict[str, str]:
    """The committed files, but for where the demo's own and its login service are."""
    for file in ("custody.yaml", "exceptions.yaml"):
        shutil.copy(PROJECT / "include" / file, folder)
    text = (PROJECT / "include" / "offboarding.yaml").read_text(encoding="utf-8")
    path = folder / "offboarding.yaml"
    path.write_text(text.replace(" .demo/", f" {demo.root}/").replace(ISSUER, issuer), encoding="utf-8")
    return {"OFFBOARDING_CONFIG": str(path), "OFFBOARDING_EMBEDDED_FOLDER": str(folder / "stores")}


@contextmanager
def _environment(variables: Mapping[str, str]) -> Generator[None]:
    before = dict(os.environ)
    os.environ |= variables
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    main()
