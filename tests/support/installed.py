"""An environment with nothing in it but the wheel and one of the Airflows that it runs in: scripts/test-airflows.sh."""

import json
import os
import re
import sqlite3
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
ENVIRONMENTS = PROJECT / ".cache" / "airflows"
SECONDS = 400
"""For a command; a night is one, and takes a minute where nothing else runs."""
DAG_FILE = '''"""Airflow reads the DAGs of the offboarding checker here."""

from offboarding_airflow import define_dags

define_dags()
'''
"""As docs/wheel.md has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of a command."""

    code: int
    output: str
    """What it was asked for."""
    errors: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An Airflow with a home of its own, which knows nothing of this project's folder."""

    version: str
    """Such as 3.1."""
    home: Path

    @property
    def programs(self) -> Path:
        """Where its commands lie."""
        return ENVIRONMENTS / self.version / "bin"

    def environment(self, added: Mapping[str, str]) -> dict[str, str]:
        """What its commands are told."""
        kept = {name: value for name, value in os.environ.items() if not re.match("AIRFLOW|OFFBOARDING|PYTHON", name)}
        return {
            **kept,
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
            "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "offboarding=INFO",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "NO_COLOR": "1",
            **added,
        }

    def run(self, program: str, *arguments: str, **environment: str) -> Said:
        """A command of the environment, from another folder."""
        done = subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.home,
            env=self.environment(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Said(code=done.returncode, output=done.stdout, errors=done.stderr)

    def listed(self, *arguments: str, **environment: str) -> list[dict[str, Any]]:
        """What one of Airflow's commands lists."""
        said = self.run("airflow", *arguments, "--output", "json", **environment)
        assert said.code == 0, said.errors
        # Before it may stand what a library warns of.
        found = re.search(r"^\[(\{|\])", said.output, re.MULTILINE)
        assert found is not None, said.output
        return json.loads(said.output[found.start() :])

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What Airflow has written down."""
        with sqlite3.connect(self.home / "airflow.db") as database:
            return database.execute(query, values).fetchall()
