"""`airflow dags test` in a process of its own, with a home of its own."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from include.offboarding.demo.own_lines import OwnLines

PROJECT = Path(__file__).parents[2]
DAG = "offboarding_nightly"
SECONDS = 100


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
    """A folder with Airflow's database."""

    folder: Path

    def migrate(self) -> None:
        """Make the database."""
        done = self._airflow("db", "migrate", environment={})
        assert done.returncode == 0, done.stdout

    def run(self, environment: Mapping[str, str], as_of: str | None = None, *, dag: str = DAG, **conf: object) -> Ended:
        """One run of the nightly DAG, or of another one."""
        told = json.dumps({"as_of": as_of, **conf} if as_of else conf)
        done = self._airflow("dags", "test", dag, "-c", told, environment=environment)
        ((run_id,),) = self.rows("select run_id from dag_run order by id desc limit 1")
        return Ended(code=done.returncode, output=done.stdout, home=self, run_id=str(run_id))

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What Airflow has written down."""
        with sqlite3.connect(self.folder / "airflow.db") as database:
            return database.execute(query, values).fetchall()

    def _airflow(self, *arguments: str, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if not re.match("AIRFLOW|OFFBOARDING", name)}
        own = {
            "AIRFLOW_HOME": str(self.folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "offboarding=INFO",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "PYTHONPATH": str(PROJECT),
            "NO_COLOR": "1",
        }
        try:
            return subprocess.run(
                [sys.executable, "-m", "airflow", *arguments],
                cwd=PROJECT,
                env=kept | own | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            said = error.stdout.decode() if isinstance(error.stdout, bytes) else str(error.stdout)
            last = "\n".join([line for line in said.splitlines() if "No tasks to run" not in line][-60:])
            pytest.fail(f"airflow {arguments[0]} takes too long; a task that is tried again waits a minute:\n{last}")
