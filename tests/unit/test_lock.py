"""The lock: it is what the requirements say, its two forms agree, and what it installs can be imported together."""

import importlib
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
REQUIREMENTS = [PROJECT / "requirements.txt", PROJECT / "requirements-dev.txt"]
LOCKS = [PROJECT / "requirements.lock", PROJECT / "constraints.txt"]


def locked(path: Path) -> list[Requirement]:
    lines = re.findall(r"^([a-z0-9][^\\\n]*?)\s*\\?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [Requirement(line) for line in lines]


def asked_for(path: Path) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


def direct() -> list[Requirement]:
    return [requirement for path in REQUIREMENTS for requirement in asked_for(path)]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_is_as_new_as_the_requirements(lock: Path) -> None:
    asked = "".join(path.read_text(encoding="utf-8") for path in REQUIREMENTS).encode()
    known = re.search(r"cksum of the two: (\d+) (\d+)", lock.read_text(encoding="utf-8"))

    assert known is not None
    assert known.groups() == cksum(asked), f"{lock.name} is older than the requirements: make lock"


def cksum(data: bytes) -> tuple[str, str]:
    """As scripts/lock.sh asks: POSIX's own."""
    done = subprocess.run(["cksum"], input=data, capture_output=True, check=True)
    crc, length = done.stdout.split()
    return crc.decode(), length.decode()


def test_the_constraints_are_the_lock_without_hashes() -> None:
    lock, constraints = (sorted(map(str, locked(path))) for path in LOCKS)

    assert constraints == lock


def test_pip_takes_the_constraints() -> None:
    """It refuses constraints with hashes or extras."""
    constraints = (PROJECT / "constraints.txt").read_text(encoding="utf-8")

    assert "--hash" not in constraints
    assert [requirement.name for requirement in locked(PROJECT / "constraints.txt") if requirement.extras] == []


def test_names_no_index() -> None:
    for lock in LOCKS:
        assert "://" not in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("requirement", direct(), ids=str)
def test_each_requirement_is_locked_and_installed(requirement: Requirement) -> None:
    pins = {
        pin.name: str(pin.specifier).removeprefix("==")
        for pin in locked(PROJECT / "requirements.lock")
        if pin.marker is None or pin.marker.evaluate()
    }
    version = pins[canonicalize_name(requirement.name)]

    assert requirement.specifier.contains(version)
    assert metadata.version(requirement.name) == version


@pytest.mark.parametrize(
    "module",
    [
        "airflow.sdk",
        "airflow.dag_processing.dagbag",
        "airflow.providers.standard.operators.hitl",
        "boto3",
        "cryptography.x509",
        "httpx",
        "ldap3",
        "moto.server",
        "psycopg.pq",
        "pydantic",
        "rich.console",
        "roundup.instance",
        "structlog",
        "yaml",
    ],
)
def test_what_we_use_can_be_imported(module: str) -> None:
    """In one process, with each other: that a resolver calls versions compatible is no proof."""
    assert importlib.import_module(module)


def test_the_embedded_server_has_its_binaries() -> None:
    from offboarding.store import cluster

    assert (cluster.binaries() / "postgres").exists()


def test_runs_on_a_python_that_the_lock_was_made_for() -> None:
    assert (3, 11) <= sys.version_info[:2] <= (3, 13)
