"""A whole Airflow: scheduler, API server, triggerer and DAG processor, as `airflow standalone` runs them.

Each has a home, ports and users of its own. `make up` shows it to people, and tests and benchmarks ask it by REST.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

PROJECT = Path(__file__).parents[1]
START_SECONDS, RUN_SECONDS, STOP_SECONDS = 600, 300, 5
PAUSE_SECONDS = 0.5
ENDED = ("success", "failed")
LOG = "standalone.log"
PARTS = ("scheduler", "triggerer", "dag_processor")
_Seen = TypeVar("_Seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who is logged in, and what they do by REST."""

    name: str
    client: httpx.Client = field(repr=False)

    def trigger(self, dag: str, **conf: object) -> str:
        """Begin a run, which may be done. Returns its id."""
        return str(self.asked_for(dag, **conf).raise_for_status().json()["dag_run_id"])

    def asked_for(self, dag: str, **conf: object) -> httpx.Response:
        """The answer to whoever wants to begin a run."""
        return self.client.post(f"/api/v2/dags/{dag}/dagRuns", json={"logical_date": None, "conf": conf})

    def pause(self, dag: str, *, paused: bool = True) -> None:
        """Let no run of a DAG go on, or let them."""
        self.client.patch(f"/api/v2/dags/{dag}", json={"is_paused": paused}).raise_for_status()

    def runs(self, dag: str) -> list[str]:
        """Ids of a DAG's runs, the oldest first."""
        told = self.client.get(f"/api/v2/dags/{dag}/dagRuns", params={"order_by": "id"}).raise_for_status().json()
        return [run["dag_run_id"] for run in told["dag_runs"]]

    def state(self, dag: str, run_id: str) -> str:
        """How a run stands."""
        told = self.client.get(f"/api/v2/dags/{dag}/dagRuns/{run_id}")
        return str(told.raise_for_status().json()["state"])

    def task(self, dag: str, run_id: str, task: str) -> str:
        """How a task of it stands."""
        told = self.client.get(f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances/{task}")
        return str(told.raise_for_status().json()["state"])

    def log(self, dag: str, run_id: str, task: str) -> str:
        """What a task's first try said."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances/{task}/logs/1"
        return self.client.get(path, headers={"Accept": "application/json"}).raise_for_status().text


@dataclass(frozen=True, slots=True, kw_only=True)
class Standalone:
    """What runs."""

    url: str
    home: Path
    users: Mapping[str, User] = field(repr=False)
    admin: User = field(repr=False)

    def passwords(self) -> dict[str, str]:
        """By user, as Airflow made them."""
        return dict(json.loads((self.home / "passwords.json").read_text(encoding="utf-8")))

    def until(self, look: Callable[[], _Seen], what: str, seconds: float = RUN_SECONDS) -> _Seen:
        """What `look` sees as soon as it sees something. Raises TimeoutError, with Airflow's last lines.

        Where Airflow gives no answer, as on a machine that is busy, it's looked at again.
        """
        deadline, unheard = time.monotonic() + seconds, ""
        while True:
            try:
                if seen := look():
                    return seen
            except httpx.TransportError as error:
                unheard = f" ({type(error).__name__})"
            if time.monotonic() > deadline:
                raise TimeoutError("\n".join([f"{what}: not within {seconds} s{unheard}", *last_lines(self.home)]))
            time.sleep(PAUSE_SECONDS)

    def waits(self, dag: str, run_id: str, task: str) -> bool:
        """Whether a task waits for an answer, and the scheduler knows that its process has ended.

        An answer that comes sooner, as no person's does, begins the task anew under the scheduler's eyes: it takes the
        end that it hears of then for that of the new process, and the task for killed.
        """
        if self.admin.task(dag, run_id, task) != "awaiting_input":
            return False
        heard = f"TaskInstance Finished: dag_id={dag}, task_id={task}, run_id={run_id}, "
        return heard in (self.home / LOG).read_text(encoding="utf-8", errors="replace")

    def ended(self, dag: str, run_id: str, seconds: float = RUN_SECONDS) -> str:
        """A run's state, once it has ended."""

        def look() -> str:
            state = self.admin.state(dag, run_id)
            return state if state in ENDED else ""

        return self.until(look, f"{dag} {run_id} ends", seconds)


@contextmanager
def standalone(
    home: Path,
    environment: Mapping[str, str],
    *,
    roles: Mapping[str, str] | None = None,
    dags: Sequence[str] = (),
    port: int = 0,
) -> Generator[Standalone]:
    """Airflow, in a folder that is made, once it is healthy and knows these DAGs; ended with whatever it began.

    `environment` is added to the process's own, without what that says of another Airflow. `roles`: role by user, of
    the simple auth manager's; `admin` is always there. `port`: where its page is, if that is free.
    """
    home.mkdir(exist_ok=True)
    port = free_port(port)
    roles = {"admin": "admin", **(roles or {})}
    own = settings(home, port, roles)
    kept = {name: value for name, value in os.environ.items() if not re.match("AIRFLOW__", name)}
    with (home / LOG).open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "standalone"],
            cwd=PROJECT,
            env=kept | own | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # So that it can be ended with what it began.
            start_new_session=True,
        )
    with contextlib.ExitStack() as stack:
        stack.callback(stop, process)
        url = own["AIRFLOW__API__BASE_URL"]
        clients = {name: stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=60)) for name in roles}
        users = {name: User(name=name, client=client) for name, client in clients.items()}
        airflow = Standalone(url=url, home=home, users=users, admin=users["admin"])

        def ready() -> bool:
            if process.poll() is not None:
                raise RuntimeError("\n".join(["Airflow doesn't start:", *last_lines(home)]))
            with contextlib.suppress(OSError, json.JSONDecodeError):
                return logged_in(airflow) and healthy(airflow, PARTS) and known(airflow, dags)
            return False

        airflow.until(ready, "Airflow is ready", START_SECONDS)
        yield airflow


def last_lines(home: Path) -> list[str]:
    """What Airflow said last, but for requests that went well."""
    lines = (home / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if "status_code=2" not in line][-30:]


def free_port(wanted: int = 0) -> int:
    """A port that nobody listens on: the one that is wanted, if it can be had."""
    with socket.socket() as free:
        # As servers do: a port is free though connections to it are still dying away.
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            free.bind(("127.0.0.1", wanted))
        except OSError:
            free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def settings(home: Path, port: int, roles: Mapping[str, str]) -> dict[str, str]:
    """What every process of an Airflow in this home must know."""
    url = f"http://127.0.0.1:{port}"
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        # DAG files do not change meanwhile. Parsing all of them takes three CPU seconds, twice a minute by default.
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in roles.items()),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "NO_PROXY": "127.0.0.1,localhost",
        # Standalone starts its parts by the name airflow.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PYTHONPATH": os.pathsep.join(map(str, (PROJECT, PROJECT / "include"))),
    }


def logged_in(airflow: Standalone) -> bool:
    """Log everybody in."""
    passwords = airflow.passwords()
    for name, user in airflow.users.items():
        if "Authorization" not in user.client.headers:
            told = user.client.post("/auth/token", json={"username": name, "password": passwords[name]})
            user.client.headers["Authorization"] = f"Bearer {told.raise_for_status().json()['access_token']}"
    return True


def healthy(airflow: Standalone, parts: Sequence[str]) -> bool:
    """Whether these say so."""
    told: dict[str, Any] = airflow.admin.client.get("/api/v2/monitor/health").json()
    return all(told[part]["status"] == "healthy" for part in parts)


def known(airflow: Standalone, dags: Sequence[str]) -> bool:
    """Whether it has read them."""
    return all(airflow.admin.client.get(f"/api/v2/dags/{dag}").is_success for dag in dags)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End it, and whatever it began: tasks have process groups of their own, and its session."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + STOP_SECONDS
        for pid in session_of(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, request)
        while time.monotonic() < deadline:
            process.poll()
            if not session_of(process.pid):
                return
            time.sleep(0.05)


def session_of(leader: int) -> list[int]:
    """Who runs in a session; the leader may be gone."""
    found: list[int] = []
    for pid in (int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()):
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(pid) == leader:
                found.append(pid)
    return found


def end_leftover(home: Path) -> None:
    """End what a killed process left running of an Airflow in this home; where there is none, nothing happens."""
    mark = f"AIRFLOW_HOME={home}".encode()
    for pid in (int(each.name) for each in Path("/proc").glob("[0-9]*")):
        with contextlib.suppress(OSError):
            if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                os.kill(pid, signal.SIGKILL)
