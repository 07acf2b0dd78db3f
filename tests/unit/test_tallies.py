"""What tests count is summed whatever process they ran in, and fails a run in which something was lost."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TESTS = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_thrown(record_property, number):
    record_property("hostile values", 2)
    record_property("sources_lost", {lost})
    record_property("something else", 7)

def test_counted_in_parts(record_property):
    record_property("attacks", 1)
    record_property("attacks", 4)
    record_property("silent", 0)

def test_told(record_property):
    record_property("tracker board faults", 3)
    record_property("tracker board opened", 2)
    record_property("tracker board lost", {lost})
"""


def run(folder: Path, *args: str, lost: int = 0) -> tuple[int, list[str]]:
    (folder / "test_some.py").write_text(TESTS.format(lost=lost))
    project = Path(__file__).parents[2]
    run = subprocess.run(
        [*(sys.executable, "-m", "pytest", "-p", "tests.support.tallies", "-q", *args), str(folder)],
        cwd=folder,
        env={"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout.splitlines()


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one", "two"])
def test_the_last_lines_say_the_sums_of_all_processes(tmp_path, processes) -> None:
    code, lines = run(tmp_path, *processes)

    assert code == 0, lines
    assert lines[-3:] == [
        "hostile values=6 sources_lost=0 nights_lost=0 findings_lost=0",
        "attacks=5 silent=0",
        "tracker board faults=3 opened=2 duplicates=0 lost=0",
    ]
    assert lines[-4].startswith("5 passed")


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one", "two"])
def test_a_run_in_which_something_was_lost_fails(tmp_path, processes) -> None:
    code, lines = run(tmp_path, *processes, lost=1)

    assert code == 1, lines
    assert lines[-3] == "hostile values=6 sources_lost=3 nights_lost=0 findings_lost=0"


def test_a_run_in_which_a_tracker_lost_something_fails(tmp_path) -> None:
    code, lines = run(tmp_path, "-k", "told", lost=1)

    assert code == 1, lines
    assert lines[-1] == "tracker board faults=3 opened=2 duplicates=0 lost=1"


def test_nothing_is_said_of_what_nobody_counted(tmp_path) -> None:
    code, lines = run(tmp_path, "-k", "parts")

    assert code == 0, lines
    assert lines[-1] == "attacks=5 silent=0"
    assert not [line for line in lines if line.startswith("hostile")]
