"""`airflow dags test` in a process of its own, with a home of its own."""

import json
import os
import re
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.own_lines import OwnLines
from tests.support import airflow_commands
from tests.support.airflow_commands import Order

PROJECT = Path(__file__).parents[2]
DAG = "offboarding_nightly"
SECONDS = 100
LOG = "commands.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run that has ended."""

    code: int
    output: str
    home: "AirflowHome"
    run_id: str

    @property
    def own(self) -> list[str]:
        """Our own lines."""
        lines = OwnLines()
        return [own for line in self.output.splitlines() for own in lines.feed(line)]

    def states(self) -> dict[str, str]:
        """By task, and by label where it is mapped."""
        rows = self.home.rows(
            "select task_id, coalesce(rendered_map_index, ''), state from task_instance where run_id = ?", self.run_id
        )
        return {f"{task} {label}".strip(): state for task, label, state in rows}

    def tries(self) -> dict[str, int]:
        """How often each task was begun."""
        rows = self.home.rows(
            "select task_id, coalesce(rendered_map_index, ''), try_number from task_instance where run_id = ?",
            self.run_id,
        )
        return {f"{task} {label}".strip(): tries for task, label, tries in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class AirflowHome:
    """A folder with Airflow's database, and a process that knows its commands."""

    folder: Path
    commands: "subprocess.Popen[str]" = field(repr=False)

    def run(self, environment: Mapping[str, str], as_of: str | None = None, *, dag: str = DAG, **conf: object) -> Ended:
        """One run of the nightly DAG, or of another one."""
        environment = {**environment, "OFFBOARDING_AS_OF": as_of} if as_of else environment
        # Its own file alone, since reading all of them takes as long as running one.
        file = str(max((each for each in (PROJECT / "dags").glob("*.py") if dag.startswith(each.stem)), key=_length))
        code, output = self.airflow("dags", "test", dag, "-f", file, "-c", json.dumps(conf), environment=environment)
        ((run_id,),) = self.rows("select run_id from dag_run order by id desc limit 1")
        return Ended(code=code, output=output, home=self, run_id=str(run_id))

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What Airflow has written down."""
        with sqlite3.connect(self.folder / "airflow.db") as database:
            return database.execute(query, values).fetchall()

    def airflow(self, *arguments: str, environment: Mapping[str, str]) -> tuple[int, str]:
        """A command's exit code, and what it said."""
        said = self.folder / "said"
        order = Order(arguments=arguments, environment=dict(environment), output=str(said))
        assert self.commands.stdin is not None
        assert self.commands.stdout is not None
        self.commands.stdin.write(order.to_line())
        self.commands.stdin.flush()
        if not select.select([self.commands.stdout], [], [], SECONDS)[0]:
            lines = [line for line in _read(said).splitlines() if "No tasks to run" not in line]
            last = "\n".join(lines[-60:])
            pytest.fail(f"airflow {arguments[0]} takes too long; a task that is tried again waits a minute:\n{last}")
        answer = self.commands.stdout.readline()
        assert answer, _read(self.folder / LOG)
        return int(answer), _read(said)


@contextmanager
def airflow_home(folder: Path) -> Generator[AirflowHome]:
    """A new home in that folder, for as long as the block runs."""
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if not re.match("AIRFLOW|OFFBOARDING", name)}
    own = {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "offboarding=INFO",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PYTHONPATH": os.pathsep.join(map(str, (PROJECT, PROJECT / "include"))),
        "NO_COLOR": "1",
    }
    with (
        (folder / LOG).open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", airflow_commands.__name__],
            cwd=PROJECT,
            env=kept | own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # So that whatever hangs can be ended with what it began.
            start_new_session=True,
        ) as commands,
    ):
        home = AirflowHome(folder=folder, commands=commands)
        try:
            code, said = home.airflow("db", "migrate", environment={})
            assert code == 0, said
            yield home
        except BaseException:
            os.killpg(commands.pid, signal.SIGKILL)
            raise


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _length(path: Path) -> int:
    """Of its name: offboarding_decide.py makes several DAGs, whose names it begins."""
    return len(path.stem)
