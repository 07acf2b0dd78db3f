"""Runs `offboarding_nightly` through Airflow, as `airflow dags test` does: no scheduler, no web server."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

from demo.folder import DemoFolder
from demo.nights import Night
from demo.own_lines import OwnLines
from offboarding.model.errors import ConfigError, FatalError
from offboarding.wiring import EMBEDDED_FOLDER

PROJECT = Path(__file__).resolve().parents[1]
DAG = "offboarding_nightly"
STOP_SECONDS = 15
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Airflow:
    """Airflow with a home of its own in the demo's folder."""

    folder: DemoFolder
    lock: IO[str]
    """The demo's lock: a run that outlives a killed demo holds it until its own end."""
    config: Path | None = None
    """Another configuration than the committed one."""

    def prepare(self) -> None:
        """Make its database, once for each version. Raises ConfigError for a path that it can't live in."""
        if "%" in str(self.folder.root):
            raise ConfigError(
                f"{PROJECT}: Airflow can't keep a database below a folder with a % in its name: rename it."
            )
        stamp = self.folder.airflow / f"migrated-{version('apache-airflow')}"
        if stamp.exists():
            return
        self.folder.airflow.mkdir(parents=True, exist_ok=True)
        log = self.folder.airflow / "migrate.log"
        with log.open("wb") as output:
            process = self._started(["db", "migrate"], {}, output)
            code = _waited(process)
        if code:
            raise FatalError(f"airflow db migrate failed; what it said: {log}")
        stamp.touch()

    def run(self, night: Night, connections: Mapping[str, str], show: Callable[[str], None]) -> int:
        """Run the night, show our own lines as they come, and return the exit code of `airflow dags test`."""
        path = self.folder.log(night)
        path.parent.mkdir(parents=True, exist_ok=True)
        conf = json.dumps({"as_of": night.as_of.isoformat()})
        with path.open("wb") as output, path.open("rb") as written:
            process = self._started(["dags", "test", DAG, "-c", conf], connections, output)
            lines = OwnLines()
            for line in _followed(written, process):
                for own in lines.feed(line):
                    show(own)
            return _waited(process)

    def last_words(self, night: Night) -> str:
        """The last line of a night's output that says anything."""
        lines = self.folder.log(night).read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "none")

    def _started(
        self, arguments: list[str], connections: Mapping[str, str], output: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "airflow", *arguments],
            cwd=PROJECT,
            env=self._environment() | dict(connections),
            stdin=subprocess.DEVNULL,
            # A file, not a pipe: a run whose demo was killed ends in order.
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[self.lock.fileno()],
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        # Where the store lies must be the same for the night and for the commands that read it afterwards.
        kept = {
            name: value
            for name, value in os.environ.items()
            if name == EMBEDDED_FOLDER or not name.startswith(("AIRFLOW", "OFFBOARDING_"))
        }
        named = {"OFFBOARDING_CONFIG": str(self.config)} if self.config else {}
        return kept | {
            **named,
            "AIRFLOW_HOME": str(self.folder.airflow),
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            # Nobody waits here for a system to come back: what fails is tried again at once.
            "AIRFLOW__CORE__MAX_TASK_RETRY_DELAY": "1",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "offboarding=INFO",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "PYTHONPATH": os.pathsep.join(map(str, (PROJECT, PROJECT / "include"))),
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }


def _followed(file: IO[bytes], process: subprocess.Popen[bytes]) -> Generator[str]:
    """Yield whole lines as they are written, until the process has ended and its last one was read."""
    rest = b""
    try:
        while True:
            ended = process.poll() is not None
            *lines, rest = (rest + file.read()).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in lines)
            if ended:
                break
            time.sleep(POLL_SECONDS)
    except BaseException:
        _end(process)
        raise
    if rest:
        yield rest.decode("utf-8", "replace")


def _waited(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait()
    except BaseException:
        _end(process)
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop Airflow and what it started: the terminal's Ctrl-C doesn't reach its session."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, request)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return
