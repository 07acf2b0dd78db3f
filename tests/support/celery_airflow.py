"""An Airflow spread over processes, as over machines: CeleryExecutor, its broker and its workers: scripts/celery.sh.

Scheduler, DAG processor, API server, Redis and each worker are processes of their own, in sessions of their own, and
know of each other what machines would: the broker's and the databases' addresses, and the API server's.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from demo import standalone
from demo.standalone import LOG, PROJECT, START_SECONDS, Standalone, User

ENVIRONMENT = PROJECT / ".cache" / "venvs" / "celery"
"""An environment without what the demo and the tests need: workers have none of that either."""
UNPACKED = PROJECT / ".cache" / "redis" / "root"
PARTS = ("scheduler", "dag_processor")
PRELOADED = re.compile(r"```python\n(from airflow\.providers\.celery.*?)```", re.DOTALL)
"""docs/operations.md: what workers import once."""
AT_ONCE = """from datetime import timedelta

def task_policy(task):
    task.retry_delay = timedelta(seconds=5)
"""
"""What is tried again after a minute, is so after some seconds."""
RECEIVED = re.compile(rb"Task execute_workload\[\S+\] received")
SOON = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "10",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "2",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "2",
}
"""When Airflow takes a task for dead whose worker says nothing (in production: 5 minutes), and one for lost that no
worker has begun (10).
"""


@dataclass(slots=True, kw_only=True)
class CeleryAirflow:
    """What runs."""

    airflow: Standalone
    settings: Mapping[str, str] = field(repr=False)
    broker_port: int
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict, repr=False)

    def work(self, name: str, code: Path = PROJECT, *, concurrency: int = 4) -> None:
        """Begin a worker whose code lies in that folder; it's ready when it's asked for the first task."""
        paths = {
            "AIRFLOW__CORE__DAGS_FOLDER": str(code / "dags"),
            "PYTHONPATH": os.pathsep.join((str(code), str(code / "include"))),
        }
        quiet = ("--without-mingle", "--without-gossip", "--skip-serve-logs")
        worker = ("celery", "worker", "--celery-hostname", f"{name}@%h", "--concurrency", str(concurrency), *quiet)
        self.begin(name, worker, {**self.settings, **paths}, log=f"{name}.log")

    def taken(self, name: str) -> int:
        """How many tasks a worker was given."""
        return len(RECEIVED.findall((self.airflow.home / f"{name}.log").read_bytes()))

    def begin(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: str = LOG) -> None:
        """One of Airflow's own processes, that ends when we do."""
        self._begin(name, [str(ENVIRONMENT / "bin" / "python"), "-m", "airflow", *command], environment, log)

    def begin_broker(self) -> None:
        """Redis, which keeps nothing: what it held is lost with it."""
        program, libraries = _redis()
        options = ["--port", str(self.broker_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._begin("broker", [program, *options], {**self.settings, "LD_LIBRARY_PATH": libraries}, "broker.log")

    def kill(self, name: str) -> None:
        """A process and whatever it began, at once, as if its machine had lost its power."""
        process = self.processes.pop(name)
        while session := standalone.session_of(process.pid):
            for pid in session:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.poll()

    def stop(self, name: str) -> None:
        """Ask a process to end, and whatever it began."""
        standalone.stop(self.processes.pop(name))

    def stop_all(self) -> None:
        """The broker last: workers that can't reach it don't end."""
        for name in reversed(tuple(self.processes)):
            self.stop(name)

    def _begin(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: str) -> None:
        with (self.airflow.home / log).open("ab") as output:
            self.processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                cwd=self.airflow.home,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


@contextmanager
def celery_airflow(
    home: Path, database: Mapping[str, str], environment: Mapping[str, str], *, dags: Sequence[str]
) -> Generator[CeleryAirflow]:
    """Airflow in a new folder, without a worker, once it is healthy and knows these DAGs; ended with all it began.

    `database`: an empty one of a PostgreSQL's, for Airflow, as libpq's words. `environment` is added to the process's
    own, as in `standalone`.
    """
    (home / "config").mkdir(parents=True)
    page = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    (preloaded,) = PRELOADED.findall(page)
    (home / "config" / "offboarding_celery.py").write_text(preloaded, encoding="utf-8")
    (home / "config" / "airflow_local_settings.py").write_text(AT_ONCE, encoding="utf-8")
    port, broker_port = standalone.free_port(), standalone.free_port()
    own = standalone.settings(home, port, {"admin": "admin"})
    place = f"{database['user']}@/{database['dbname']}?host={database['host']}&port={database['port']}"
    settings = {
        **{name: value for name, value in os.environ.items() if not re.match("AIRFLOW", name)},
        **own,
        "AIRFLOW__API_AUTH__JWT_SECRET": "said to every machine of this Airflow, and to nobody else",
        "AIRFLOW__CELERY__BROKER_URL": f"redis://127.0.0.1:{broker_port}/0",
        "AIRFLOW__CELERY__CELERY_CONFIG_OPTIONS": "offboarding_celery.CELERY_CONFIG",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql://{place}",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__PARALLELISM": "16",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{place}",
        "C_FORCE_ROOT": "true",
        "PATH": os.pathsep.join((str(ENVIRONMENT / "bin"), os.environ["PATH"])),
        **SOON,
        **environment,
    }
    url = own["AIRFLOW__API__BASE_URL"]
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        admin = User(name="admin", client=client)
        airflow = Standalone(url=url, home=home, users={"admin": admin}, admin=admin)
        made = CeleryAirflow(airflow=airflow, settings=settings, broker_port=broker_port)
        try:
            made.begin_broker()
            made.begin("migration", ("db", "migrate"), settings)
            assert made.processes.pop("migration").wait(START_SECONDS) == 0, standalone.last_lines(home)
            for name in ("api-server", "scheduler", "dag-processor"):
                made.begin(name, (name,), settings)

            def ready() -> bool:
                with contextlib.suppress(httpx.TransportError, OSError, json.JSONDecodeError):
                    standalone.logged_in(airflow)
                    return standalone.healthy(airflow, PARTS) and standalone.known(airflow, dags)
                return False

            airflow.until(ready, "Airflow is ready", START_SECONDS)
            yield made
        finally:
            made.stop_all()


@contextmanager
def ended_politely() -> Generator[None]:
    """Whoever ends the tests by SIGTERM, as a time limit does, ends what they began, as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _redis() -> tuple[str, str]:
    """The program, and where its libraries lie that the machine lacks."""
    if own := shutil.which("redis-server"):
        return own, ""
    libraries = next(iter((UNPACKED / "usr" / "lib").glob("*-linux-*")), UNPACKED)
    return str(UNPACKED / "usr" / "bin" / "redis-server"), str(libraries)
