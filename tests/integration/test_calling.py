"""A command is called in many ways; what it prints to be typed works in the same one."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.variants import variants

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
PEOPLE = "Employee ID,Name,Status\n7,Ada,Active\n8,Bo,Terminated\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project, set up in a folder with a space."""
    folder = tmp_path / "a copy"
    folder.mkdir()
    for name in ("include", "scripts"):
        (folder / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "scripts", folder / "own", dirs_exist_ok=True)
    (folder / ".venv" / "bin").mkdir(parents=True)
    # A link would lose the environment: Python looks beside the path that it's called by.
    python = folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    (folder / ".venv" / "bin" / "offboarding").symlink_to("../../own/offboarding")
    return folder


def run(words: Sequence[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OFFBOARDING_", "AIRFLOW_"))}
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, env=kept | environment)


def printed(done: subprocess.CompletedProcess[str], command: str) -> list[str]:
    """The words of the line that is to be typed."""
    (line,) = (line.strip() for line in done.stdout.splitlines() if line.strip().endswith(command))
    return shlex.split(line)


INIT = ("init", "own file.yaml", "--zone", "Europe/Berlin", "--roster", "csv=people.csv")
SOURCE = ("--source", "ldap=far", "--set", "far.base_dn=dc=corp,dc=example")
FAR = json.dumps(
    {
        "conn_type": "ldap",
        "host": "127.0.0.1",
        "port": 1,
        "login": "cn=reader",
        "password": "x",
        "extra": {"tls": "none"},
    }
)


@variants(3, way=["activated", "by its path", "by a link elsewhere", "python -m", "a relative python -m"])
def test_what_init_prints_is_typed_as_it_stands(project: Path, tmp_path: Path, way: str) -> None:
    work = tmp_path / "some where"
    work.mkdir()
    (work / "people.csv").write_text(PEOPLE)
    link = tmp_path / "offboarding"
    link.symlink_to(project / "own" / "offboarding")
    script = str(project / ".venv" / "bin" / "offboarding")
    path = f"{project / '.venv' / 'bin'}:{os.environ['PATH']}"
    environment = {"AIRFLOW_CONN_FAR": FAR, "PYTHONPATH": str(PROJECT / "include")}
    called = {
        "activated": ["offboarding"],
        "by its path": [script],
        "by a link elsewhere": [str(link)],
        "python -m": [sys.executable, "-m", "offboarding"],
        "a relative python -m": [os.path.relpath(sys.executable, work), "-m", "offboarding"],
    }[way]
    if way == "activated":
        environment["PATH"] = path

    done = run([*called, *INIT, *SOURCE], work, **environment)

    assert done.returncode == 0, done.stderr
    doctor = printed(done, "doctor")
    assert doctor == [*called, "doctor"]
    (export,) = (line.strip() for line in done.stdout.splitlines() if "export" in line)
    shell = f"{export}; {shlex.join([*doctor[:-1], 'check-config'])}"
    checked = run(["sh", "-c", shell], work, **environment)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_nights_report_names_commands_as_it_was_called(project: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    script = str(project / ".venv" / "bin" / "offboarding")
    environment = {"AIRFLOW_CONN_FAR": FAR, "OFFBOARDING_EMBEDDED_FOLDER": str(tmp_path / "store")}
    begun = run([script, *INIT, *SOURCE, "--store", "embedded"], tmp_path, **environment)
    assert begun.returncode == 0, begun.stderr

    done = run([script, "nightly", "--dry-run"], tmp_path, OFFBOARDING_CONFIG="own file.yaml", **environment)

    assert "Read        hr 2 workers" in done.stdout, done.stderr
    assert f"{shlex.quote(script)} findings --state all" in done.stdout
    assert "python -m offboarding" not in done.stdout


def test_a_refusal_names_the_command_as_it_was_called(project: Path, tmp_path: Path) -> None:
    script = str(project / ".venv" / "bin" / "offboarding")
    done = run([script, "finding"], tmp_path)
    assert done.returncode == 2
    assert shlex.quote(script) in done.stderr
    assert "python -m offboarding" not in done.stderr


def test_without_an_environment_it_is_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "not set up"
    shutil.copytree(PROJECT / "scripts", folder / "scripts")
    done = run([str(folder / "scripts" / "offboarding"), "findings"], tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        f"offboarding: there is no environment in {folder}/.venv yet: run make setup in that folder.\n"
    )


def test_a_python_without_the_packages_says_so_in_a_sentence(tmp_path: Path) -> None:
    """-S: without the site's packages, as the system's own Python has none of them."""
    done = run([sys.executable, "-S", "-m", "offboarding", "findings"], tmp_path, PYTHONPATH=str(PROJECT / "include"))
    assert done.returncode == 1
    assert done.stderr.startswith(f"offboarding: the Python that was called ({sys.executable}) has no ")
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
