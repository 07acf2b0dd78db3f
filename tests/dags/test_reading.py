"""What it takes to read the DAGs, which Airflow does again every few seconds: what is imported, asked and begun.

How long it takes is measured by benchmarks/dag_reading.py.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.source_tree import PROJECT

ROOMS = ("rosters", "sources", "verifiers", "trackers", "pagers", "notifiers", "queues")
LIGHT = {
    *("offboarding", "offboarding_airflow", "airflow"),
    *("psycopg", "psycopg_binary"),  # the store's
    *("cryptography", "bcrypt", "packaging"),  # keys' thumbprints
    *("asgiref", "starlette"),  # Airflow's own, of operators
}
"""Packages that may come on top of those that Airflow has loaded by then: none is a client of a system."""
READ = """
import json, sys
from collections import Counter
import airflow.sdk
from airflow.dag_processing.dagbag import DagBag

there, opened, done = {*sys.modules}, Counter(), []

def look(event, given):
    if event == "open":
        opened[str(given[0])] += 1
    elif event.startswith(("socket.", "subprocess.", "os.fork", "os.posix_spawn", "os.system", "sqlite3.connect")):
        done.append(event)

sys.addaudithook(look)
bag = DagBag(dag_folder="dags")
done = [*done]
print(json.dumps({"dags": [*bag.dags], "loaded": [*{*sys.modules} - there], "opened": opened, "done": done}))
"""


@pytest.fixture(scope="module")
def read() -> Mapping[str, Any]:
    """What was seen while a process that knows Airflow read them for the first time."""
    done = subprocess.run([sys.executable, "-c", READ], cwd=PROJECT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert {"offboarding_nightly", "offboarding_departure", "offboarding_verify", "offboarding_release"} < {
        *told["dags"]
    }
    return told


def test_no_client_of_a_system_is_loaded(read: Mapping[str, Any]) -> None:
    found = {name.partition(".")[0] for name in read["loaded"]} - sys.stdlib_module_names
    assert {name for name in found if not name.startswith("unusual_prefix_")} - LIGHT == set()


def test_no_system_is_loaded(read: Mapping[str, Any]) -> None:
    assert [name for name in read["loaded"] if re.match(rf"offboarding\.({'|'.join(ROOMS)})\.", name)] == []


def test_nobody_is_asked_and_nothing_is_begun(read: Mapping[str, Any]) -> None:
    assert read["done"] == []


def test_a_file_reads_the_configuration_once_if_it_needs_it(read: Mapping[str, Any]) -> None:
    """Nightly, verify and departure do; no file reads what lies beside it."""
    found = {
        name: read["opened"].get(str(PROJECT / "include" / name), 0) for name in ("offboarding.yaml", "custody.yaml")
    }
    assert found == {"offboarding.yaml": 3, "custody.yaml": 0}
