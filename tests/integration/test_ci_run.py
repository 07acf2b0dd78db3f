"""Before anything lands the tests run, and the directories' where their rooms changed since the last release."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
READER = "include/offboarding/sources/ldap/paging.py"
ELSEWHERE = "include/offboarding/rules/leaver_ssh_key.py"
TESTS = ["test"]
SLOW = [*TESTS, "test-slow"]
DIRECTORIES = [*TESTS, "test-directories"]
AIRFLOWS = [*SLOW, "test-airflows"]
CELERY = [*AIRFLOWS, "test-celery"]
READ = [*SLOW, "test-directories", "test-airflows"]
TRACKERS = [*AIRFLOWS, "test-trackers"]
EVERY = [*READ, "test-celery", "test-trackers", "test-databases"]
COPIED = (
    *(".ci/run", "requirements.lock", "scripts", "demo", "tests/support", "tests/contract"),
    "tests/integration/directories",
    *("include/offboarding/sources", "include/offboarding/rules", "dags", "plugins", "docs", "tests/slow"),
    *(f"include/offboarding/{room}" for room in ("wiring", "store", "runs")),
    *("include/offboarding_airflow", "monitoring", "tests/architecture", "tests/airflows", "tests/celery"),
    *("pyproject.toml", "requirements.txt", "constraints.txt", "constraints-3.1.txt", "constraints-3.2.txt"),
    *("include/offboarding/trackers", "include/offboarding/net/service", "tests/integration/unpacked"),
)

Git = Callable[..., None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files that it looks at, without a history."""
    project = tmp_path / "a project"
    for name in COPIED:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        copied = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy2
        copied(PROJECT / name, project / name)
    return project


@pytest.fixture
def git(project: Path) -> Git:
    """A repository of its own, with a commit."""

    def git(*words: str) -> None:
        identity = [part for name in ("AUTHOR", "COMMITTER") for part in (f"GIT_{name}_NAME", f"GIT_{name}_EMAIL")]
        environment = {"PATH": os.environ["PATH"], "HOME": str(project.parent), **dict.fromkeys(identity, "us")}
        subprocess.run(["git", "-C", project, *words], env=environment, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "begin")
    return git


def made(project: Path, *, fails: str = "") -> tuple[int, list[str]]:
    """The exit code, and what was made; `make` writes it down, and fails at one of its targets."""
    tools = project.parent / "tools"
    tools.mkdir()
    log = project.parent / "made"
    (tools / "make").write_text(f'#!/bin/sh\necho "$1" >>{log}\n[ "$1" != "{fails}" ]\n')
    (tools / "make").chmod(0o755)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "GIT_CEILING_DIRECTORIES": str(project.parent)}
    done = subprocess.run([project / ".ci/run"], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, log.read_text().split() if log.exists() else []


def change(project: Path, name: str, git: Git) -> None:
    with (project / name).open("a") as file:
        file.write("# changed\n")
    git("commit", "--quiet", "--all", "--message", "change")


def test_without_git_nobody_knows_what_changed(project: Path) -> None:
    assert made(project) == (0, EVERY)


def test_without_a_release_neither(project: Path, git: Git) -> None:
    change(project, ELSEWHERE, git)

    assert made(project) == (0, EVERY)


def test_in_a_shallow_clone_neither(project: Path, git: Git) -> None:
    git("tag", "v1")
    change(project, ELSEWHERE, git)
    git("clone", "--quiet", "--depth", "1", f"file://{project}", str(project.parent / "clone"))

    assert made(project.parent / "clone") == (0, EVERY)


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        (READER, READ),
        ("tests/support/samba.py", READ[:-1]),
        ("demo/unpacked.py", [*TESTS, "test-directories", "test-trackers", "test-databases"]),
        ("include/offboarding/trackers/__init__.py", TRACKERS),
        ("include/offboarding/net/service/asking.py", TRACKERS),
        ("tests/integration/unpacked/trackers/test_rt.py", [*TESTS, "test-trackers"]),
        ("include/offboarding/sources/mariadb_logins/accounts.sql", [*AIRFLOWS, "test-databases"]),
        ("tests/integration/directories/test_dirsrv.py", DIRECTORIES),
        ("scripts/directories.sh", DIRECTORIES),
        (ELSEWHERE, AIRFLOWS),
        ("tests/airflows/test_wheel.py", [*TESTS, "test-airflows"]),
        ("constraints-3.2.txt", [*TESTS, "test-airflows"]),
        ("include/offboarding/runs/pipeline.py", CELERY),
        ("dags/offboarding_nightly.py", [*SLOW, "test-celery"]),
        ("tests/support/celery_airflow.py", [*SLOW, "test-celery"]),
        ("scripts/celery.txt", [*TESTS, "test-celery"]),
        ("scripts/unpack.sh", [*DIRECTORIES, "test-celery", "test-trackers", "test-databases"]),
        ("docs/adding.md", SLOW),
        ("docs/operations.md", TESTS),
    ),
)
def test_since_a_release_what_changed_says(project: Path, git: Git, name: str, expected: list[str]) -> None:
    git("tag", "v1")
    change(project, name, git)
    change(project, "docs/operations.md", git)

    assert made(project) == (0, expected)


def test_a_release_is_compared_with_the_one_before_it(project: Path, git: Git) -> None:
    git("tag", "v1")
    change(project, READER, git)
    git("tag", "v2")

    assert made(project) == (0, READ)


def test_what_is_not_committed_yet_counts(project: Path, git: Git) -> None:
    git("tag", "v1")
    change(project, ELSEWHERE, git)
    (project / READER).write_text("# another\n")

    assert made(project) == (0, READ)


def test_a_room_that_was_moved_is_an_error(project: Path, git: Git) -> None:
    git("tag", "v1")
    git("mv", "tests/support/samba.py", "tests/support/domain.py")
    git("commit", "--quiet", "--all", "--message", "move")

    code, targets = made(project)

    assert (code != 0, targets) == (True, [])


@pytest.mark.parametrize(
    ("fails", "targets"),
    (
        ("test", TESTS),
        ("test-slow", SLOW),
        ("test-directories", READ[:-1]),
        ("test-airflows", READ),
        ("test-celery", EVERY[:-2]),
        ("test-trackers", EVERY[:-1]),
        ("test-databases", EVERY),
    ),
)
def test_whatever_fails_nothing_lands(project: Path, fails: str, targets: list[str]) -> None:
    code, told = made(project, fails=fails)

    assert (code != 0, told) == (True, targets)
