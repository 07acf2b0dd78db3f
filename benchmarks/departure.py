"""A departure on the demo company, from the REST call to the open ticket; and our own part of it.

    .venv/bin/python benchmarks/departure.py

Starts the demo's servers and Airflow (standalone, 4 tasks at once, one API worker), all of it on this machine and in a
temporary folder; checks the night before; then HR's next file tells that somebody left. Prints two ratios: trigger to
ticket against 60 s, with Airflow; the pipeline's functions alone, for another leaver, against 5 s. It fails only where
something doesn't run.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import structlog

from include.offboarding import pipeline, wiring
from include.offboarding.demo.folder import DemoFolder
from include.offboarding.demo.nights import Night
from include.offboarding.demo.roundup import RoundupServer
from include.offboarding.demo.servers import running
from include.offboarding.nights.whole import Readers, whole_night

PROJECT = Path(__file__).resolve().parents[1]
DAG = "offboarding_departure"
BY_AIRFLOW, BY_FUNCTIONS = "10401", "10405"
"""Worker ids of people whose departure stands in the night's file for the first time."""
GOAL_SECONDS, OWN_GOAL_SECONDS = 60, 5
START_SECONDS, RUN_SECONDS = 180, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Airflow:
    """A standalone Airflow, and its administrator's token."""

    client: httpx.Client

    def trigger(self, worker_id: str, as_of: datetime) -> str:
        """Ask for a departure. Returns the run's id."""
        conf = {"people": [worker_id], "as_of": as_of.isoformat()}
        answer = self.client.post(f"/api/v2/dags/{DAG}/dagRuns", json={"logical_date": None, "conf": conf})
        return str(answer.raise_for_status().json()["dag_run_id"])

    def state(self, run_id: str) -> str:
        """How the run stands."""
        return str(self.client.get(f"/api/v2/dags/{DAG}/dagRuns/{run_id}").raise_for_status().json()["state"])


def main() -> None:
    """Measure both, and print them."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory() as name:
        folder = DemoFolder(root=Path(name) / "demo")
        folder.root.mkdir()
        own = _configuration(Path(name), folder)
        with running(folder) as servers:
            with servers.night(Night.BEFORE) as connections, _environment(own | connections):
                _night_before()
            with servers.night(Night.TONIGHT) as connections, _environment(own | connections):
                with _airflow(Path(name) / "airflow") as airflow:
                    seconds = _by_airflow(airflow, servers.tracker)
                own_seconds = _by_functions(servers.tracker)
    print(f"trigger to ticket: {seconds:.1f} s; the pipeline's functions alone: {own_seconds:.1f} s")
    print(f"bench departure_seconds ratio={seconds / GOAL_SECONDS:.2f} goal=1")
    print(f"bench departure_own_seconds ratio={own_seconds / OWN_GOAL_SECONDS:.2f} goal=1")


def _by_airflow(airflow: Airflow, tracker: RoundupServer) -> float:
    began = time.perf_counter()
    run_id = airflow.trigger(BY_AIRFLOW, Night.TONIGHT.as_of)
    while not _has_ticket(tracker, BY_AIRFLOW):
        if time.perf_counter() - began > RUN_SECONDS or airflow.state(run_id) == "failed":
            raise SystemExit(f"there is no ticket of {BY_AIRFLOW}'s: the run is {airflow.state(run_id)}")
        time.sleep(0.2)
    seconds = time.perf_counter() - began
    while (state := airflow.state(run_id)) in ("queued", "running"):
        time.sleep(0.2)
    if state != "success":
        raise SystemExit(f"the ticket is there, and the run is {state}")
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
        pipeline.ticket(session, settings, run, wiring.tracker(settings))
        seconds = time.perf_counter() - began
        pipeline.report_departure(session, run)
    if not _has_ticket(tracker, BY_FUNCTIONS):
        raise SystemExit(f"there is no ticket of {BY_FUNCTIONS}'s")
    return seconds


def _night_before() -> None:
    readers = Readers(roster=wiring.roster, source=wiring.source, parts=wiring.asker_of_parts, tracker=wiring.tracker)
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


def _configuration(folder: Path, demo: DemoFolder) -> dict[str, str]:
    """The committed configuration, but for where HR's files lie."""
    text = (PROJECT / "include" / "offboarding.yaml").read_text(encoding="utf-8")
    path = folder / "offboarding.yaml"
    path.write_text(text.replace("path: .demo/feeds/hr", f"path: {demo.feeds}"), encoding="utf-8")
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


@contextmanager
def _airflow(home: Path) -> Generator[Airflow]:
    """Airflow, once it can run the DAG."""
    home.mkdir()
    api, logs = _free_port(), _free_port()
    url, passwords = f"http://127.0.0.1:{api}", home / "passwords.json"
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(api),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(logs),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(_free_port()),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "NO_PROXY": "127.0.0.1,localhost",
        # Standalone starts its parts by the name airflow.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PYTHONPATH": str(PROJECT),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW__")}
    with (home / "standalone.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "standalone"],
            cwd=PROJECT,
            env=kept | own,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
                _wait_until_ready(client, passwords, process, home)
                yield Airflow(client=client)
        finally:
            _stop(process)


def _wait_until_ready(client: httpx.Client, passwords: Path, process: "subprocess.Popen[bytes]", home: Path) -> None:
    """Log in, and let the DAG run as soon as Airflow knows it."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError, OSError, json.JSONDecodeError):
            password = json.loads(passwords.read_text(encoding="utf-8"))["admin"]
            answer = client.post("/auth/token", json={"username": "admin", "password": password})
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            if client.patch(f"/api/v2/dags/{DAG}", json={"is_paused": False}).is_success and _healthy(client):
                return
        time.sleep(0.5)
    said = (home / "standalone.log").read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
    raise SystemExit("\n".join(["Airflow doesn't start:", *said]))


def _healthy(client: httpx.Client) -> bool:
    return client.get("/api/v2/monitor/health").json()["scheduler"]["status"] == "healthy"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    for request in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, request)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
            return


if __name__ == "__main__":
    main()
