"""Airflow's command line, imported once for several commands: python -m tests.support.airflow_commands.

Of a processor's 10 seconds for a run, Airflow's imports are 4. So each command is a fork of this process, which has
imported what every command does, and nothing of ours. An order is a line on the input, the exit code one on the output.
"""

import gc
import importlib
import json
import os
import runpy
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

IMPORTED = (
    "airflow.cli.cli_parser",
    "airflow.cli.commands.dag_command",
    "airflow.cli.commands.db_command",
    "airflow.api_fastapi.execution_api.app",
    "airflow.api_fastapi.execution_api.routes",
    "airflow.dag_processing.collection",
    "airflow.dag_processing.dagbag",
    "airflow.providers.standard.decorators.python",
    "airflow.sdk.execution_time.supervisor",
    "airflow.sdk.execution_time.task_runner",
    "airflow.providers.standard.operators.python",
    "airflow.providers.standard.sensors.external_task",
    # What our tasks import sooner or later.
    "boto3.session",
    "ldap3",
    "psycopg",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    """What it has beside this process's own."""
    output: str
    """The file for what it says."""

    def to_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def of_line(cls, line: str) -> "Order":
        told = json.loads(line)
        return cls(
            arguments=tuple(told["arguments"]),
            environment=told["environment"],
            output=told["output"],
        )


def main() -> None:
    """Take orders until the input ends. A command returns from here in a process of its own, and ends as it would."""
    answers = os.fdopen(os.dup(1), "w")
    # What is imported speaks, too.
    os.dup2(2, 1)
    for name in IMPORTED:
        importlib.import_module(name)
    # What has been made so far is nobody's garbage; a fork that looked at it would have to copy it.
    gc.freeze()
    assert threading.active_count() == 1, threading.enumerate()
    while line := sys.stdin.readline():
        process = os.fork()
        if process == 0:
            _run(Order.of_line(line))
            return
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def _run(order: Order) -> None:
    with Path(order.output).open("wb") as output, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    os.environ.update(order.environment)
    sys.argv[1:] = order.arguments
    runpy.run_module("airflow", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
