"""What it costs Airflow to read the five DAG files, as it does again every few seconds, against five bare DAGs.

    .venv/bin/python benchmarks/dag_reading.py

As Airflow's DAG processor does it, each file is read in a fork of a process that knows Airflow and none of ours. The
bare ones lie in as many files, with a DAG of one task each, which does nothing and imports nothing.
"""

import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

import structlog
from airflow.dag_processing.dagbag import DagBag

PROJECT = Path(__file__).resolve().parents[1]
ROUNDS = 7
GOAL = 20
BARE = """
from airflow.sdk import dag, task

@task
def do():
    pass

@dag(schedule=None)
def bare():
    do()

bare()
"""


def main() -> None:
    """In turn, so that both meet the same machine."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    ours = sorted((PROJECT / "dags").glob("*.py"))
    spent: dict[str, float] = {"ours": 0, "bare": 0}
    with tempfile.TemporaryDirectory() as folder:
        # Compiled once, as it is where Airflow runs: the readings that say what is in each file aren't counted.
        sys.dont_write_bytecode, sys.pycache_prefix = False, f"{folder}/compiled"
        bare = [Path(folder) / file.name for file in ours]
        for file in bare:
            file.write_text(BARE, encoding="utf-8")
        for file in (*ours, *bare):
            read(file)
        for _ in range(ROUNDS):
            for name, files in (("ours", ours), ("bare", bare)):
                spent[name] += sum(map(read, files))
    for name, seconds in spent.items():
        print(f"{name}: {len(ours)} files, {seconds / ROUNDS:.2f} s of its processor a reading, the mean of {ROUNDS}")
    print(f"bench dag_reading ratio={spent['ours'] / spent['bare']:.1f} goal={GOAL}")


def read(file: Path) -> float:
    """Return the seconds of its processor that a process takes for one file."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        began = time.process_time()
        bag = DagBag(dag_folder=file)
        seconds = time.process_time() - began
        assert not bag.import_errors, bag.import_errors
        assert bag.dags
        os.write(sender, json.dumps(seconds).encode())
        os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, "rb") as told:
        seconds = float(json.load(told))
    os.waitpid(child, 0)
    return seconds


if __name__ == "__main__":
    main()
