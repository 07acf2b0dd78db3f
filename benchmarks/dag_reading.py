"""What it costs Airflow to read the DAGs, as it does again every few seconds, against bare DAGs of as many tasks.

    .venv/bin/python benchmarks/dag_reading.py

As Airflow's DAG processor does it, each file is read in a fork of a process that knows Airflow and none of ours. The
bare ones lie in as many files, with as many DAGs and tasks, which do nothing and import nothing.
"""

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog
from airflow.dag_processing.dagbag import DagBag

PROJECT = Path(__file__).resolve().parents[1]
ROUNDS = 7
GOAL = 20
BARE = """
from airflow.sdk import dag, task

def do():
    pass

def define(name, tasks):
    @dag(dag_id=name, schedule=None)
    def made():
        for each in tasks:
            task(task_id=each)(do)()
    made()

"""
Tasks = Mapping[str, Sequence[str]]
"""By DAG."""


def main() -> None:
    """In turn, so that both meet the same machine."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    ours = sorted((PROJECT / "dags").glob("*.py"))
    spent: dict[str, float] = {"ours": 0, "bare": 0}
    with tempfile.TemporaryDirectory() as folder:
        # Compiled once, as it is where Airflow runs: the readings that say what is in each file aren't counted.
        sys.dont_write_bytecode, sys.pycache_prefix = False, f"{folder}/compiled"
        bare = [_bare(Path(folder) / file.name, read(file)[1]) for file in ours]
        for _ in range(ROUNDS):
            for name, files in (("ours", ours), ("bare", bare)):
                spent[name] += sum(read(file)[0] for file in files)
    for name, seconds in spent.items():
        print(f"{name}: {len(ours)} files, {seconds / ROUNDS:.2f} s of its processor a reading, the mean of {ROUNDS}")
    print(f"bench dag_reading ratio={spent['ours'] / spent['bare']:.1f} goal={GOAL}")


def read(file: Path) -> tuple[float, Tasks]:
    """Seconds of its processor that a process takes for one, and what is in it."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        began = time.process_time()
        bag = DagBag(dag_folder=file)
        seconds = time.process_time() - began
        assert not bag.import_errors, bag.import_errors
        tasks = {name: list(dag.task_ids) for name, dag in bag.dags.items()}
        os.write(sender, json.dumps([seconds, tasks]).encode())
        os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, "rb") as told:
        seconds, tasks = json.load(told)
    os.waitpid(child, 0)
    assert tasks
    return seconds, tasks


def _bare(file: Path, dags: Tasks) -> Path:
    defined = (f"define({name!r}, {[each.replace('.', '_') for each in tasks]!r})\n" for name, tasks in dags.items())
    file.write_text(BARE + "".join(defined), encoding="utf-8")
    return file


if __name__ == "__main__":
    main()
