"""Before anything lands the tests run, and the slow ones where what they look at changed since the last landing."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.support.source_tree import PROJECT, Module, modules

pytestmark = pytest.mark.slow

READER = "include/offboarding/sources/ldap/paging.py"
ELSEWHERE = "docs/decisions/README.md"
LANDED = ".ci/landed"
TESTS = ["test"]
SLOW = [*TESTS, "test-slow"]
EVERY = [
    *SLOW,
    *(f"test-{name}" for name in ("directories", "airflows", "celery", "trackers", "databases", "rosters", "hosts")),
    "test-browser",
]
WHOLE_NIGHTS = ("slow", "airflows", "celery", "browser")
"""What plays them; the others ask one system each."""
NIGHTS = [*TESTS, *(f"test-{name}" for name in WHOLE_NIGHTS)]
FOLDERS = {
    "slow": "tests/slow",
    "directories": "tests/integration/directories",
    "airflows": "tests/airflows",
    "celery": "tests/celery",
    "trackers": "tests/integration/unpacked/trackers",
    "databases": "tests/integration/unpacked/sources",
    "rosters": "tests/integration/unpacked/rosters",
    "hosts": "tests/integration/unpacked/hosts",
    "browser": "tests/browser",
}
"""Where the tests of a list lie."""


def looked_at(name: str) -> list[str]:
    """What that list of `.ci/run` holds."""
    lists = 'source <(sed "/^ls -d/,\\$d" "$0"); declare -n list=$1; printf "%s\\n" "${list[@]}"'
    told = subprocess.run(["bash", "-c", lists, PROJECT / ".ci/run", name], capture_output=True, text=True, check=True)
    return told.stdout.splitlines()


LOOKED_AT = {name: looked_at(name) for name in FOLDERS}

Git = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What it looks at, each folder with one file in it, and without a history."""
    project = tmp_path / "a project"
    for name in {".ci/run", LANDED, *itertools.chain(*LOOKED_AT.values())}:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / name).is_dir():
            (project / name).mkdir(exist_ok=True)
            (project / name / "a file").touch()
        else:
            shutil.copy2(PROJECT / name, project / name)
    return project


@pytest.fixture
def git(project: Path) -> Git:
    """A repository of its own, with a commit."""

    def git(*words: str) -> str:
        identity = [part for name in ("AUTHOR", "COMMITTER") for part in (f"GIT_{name}_NAME", f"GIT_{name}_EMAIL")]
        environment = {"PATH": os.environ["PATH"], "HOME": str(project.parent), **dict.fromkeys(identity, "us")}
        command = ["git", "-C", project, *words]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "begin")
    return git


def made(project: Path, *, fails: str = "") -> tuple[int, list[str]]:
    """The exit code, and what was made; `make` writes it down, and fails at one of its targets."""
    tools = project.parent / "tools"
    tools.mkdir()
    log = project.parent / "made"
    (tools / "make").write_text(
        f"#!/bin/sh\nfor word; do\n  case $word in -*) continue ;; esac\n"
        f'  echo "$word" >>{log}\n  [ "$word" != "{fails}" ] || exit 2\ndone\n'
    )
    (tools / "make").chmod(0o755)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "GIT_CEILING_DIRECTORIES": str(project.parent)}
    done = subprocess.run([project / ".ci/run"], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, log.read_text().split() if log.exists() else []


def land(project: Path, git: Git, commit: str = "HEAD") -> None:
    """Write down that this landed."""
    (project / LANDED).write_text(git("rev-parse", commit))
    git("commit", "--quiet", "--all", "--message", "landed")


def change(project: Path, name: str, git: Git) -> None:
    assert (PROJECT / name).is_file()
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    with (project / name).open("a") as file:
        file.write("# changed\n")
    git("add", "--all")
    git("commit", "--quiet", "--message", "change")


def files_used(*tests: Path) -> set[Path]:
    """What these modules import, and what those do, all of it of the project."""
    used, waiting = set[Path](), [*tests]
    while waiting:
        path = waiting.pop()
        if path not in used:
            used.add(path)
            waiting += [found for name in Module(path).imports if (found := file_of(name))]
    return used


def file_of(name: str) -> Path | None:
    """The module that a full name leads to; None for what isn't ours."""
    place = name.replace(".", "/")
    there = [f"{top}{end}" for top in (place, place.rpartition("/")[0]) for end in (".py", "/__init__.py")]
    paths = [folder / each for each in there if not each.startswith("/") for folder in (PROJECT, PROJECT / "include")]
    return next((path for path in paths if path.is_file()), None)


@cache
def used_every_day() -> set[Path]:
    """What the tests that `make test` plays are made of."""
    others = [PROJECT / folder for folder in FOLDERS.values()]
    tests = [path for path in (PROJECT / "tests").rglob("test_*.py") if not any(map(path.is_relative_to, others))]
    return files_used(*tests)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_list_is_whole(name: str) -> None:
    """What its tests are made of lies in it, but for what `make test` runs as well where they ask one system alone;
    kinds that are imported by their name lie where all of them do.
    """
    places = [PROJECT / place for place in LOOKED_AT[name]]
    used = files_used(*(each.path for each in modules(FOLDERS[name])))
    known = set[Path]() if name in WHOLE_NIGHTS else used_every_day()

    assert len(used) > 50
    assert [path for path in used - known if not any(path.is_relative_to(place) for place in places)] == []


def test_a_release_is_tried_by_all_of_them() -> None:
    """Its page has each typed, whatever changed."""
    assert f"`make {' '.join(EVERY)}`" in (PROJECT / "docs/wheel.md").read_text("utf-8")


def test_without_git_nobody_knows_what_changed(project: Path) -> None:
    assert made(project) == (0, EVERY)


def test_without_a_landing_in_this_history_neither(project: Path, git: Git) -> None:
    change(project, ELSEWHERE, git)

    assert made(project) == (0, EVERY)


def test_since_a_landing_elsewhere_neither(project: Path, git: Git) -> None:
    git("checkout", "--quiet", "-b", "elsewhere")
    change(project, ELSEWHERE, git)
    elsewhere = git("rev-parse", "HEAD")
    git("checkout", "--quiet", "-")
    land(project, git, elsewhere)

    assert made(project) == (0, EVERY)


def test_since_what_is_to_land_itself_neither(project: Path, git: Git) -> None:
    (project / LANDED).write_text(git("rev-parse", "HEAD"))

    assert made(project) == (0, EVERY)


def test_in_a_shallow_clone_neither(project: Path, git: Git) -> None:
    land(project, git)
    git("clone", "--quiet", "--depth", "1", f"file://{project}", str(project.parent / "clone"))

    assert made(project.parent / "clone") == (0, EVERY)


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        (READER, [*NIGHTS, "test-directories", "test-databases", "test-hosts"]),
        ("include/offboarding/trackers/_priorities.py", [*NIGHTS, "test-trackers"]),
        ("include/offboarding/rosters/postgres.py", [*NIGHTS, "test-rosters"]),
        ("include/offboarding/net/wire.py", EVERY),
        ("include/offboarding/rules/leaver_ssh_key.py", NIGHTS),
        ("include/offboarding/report/texts/__init__.py", NIGHTS),
        ("tests/support/shown_ticket.py", NIGHTS),
        ("tests/support/samba.py", [*NIGHTS, "test-directories"]),
        ("tests/support/demo_company.py", [*NIGHTS, "test-trackers"]),
        ("tests/contract/tracker_contract.py", EVERY),
        ("demo/unpacked.py", EVERY),
        ("demo/redmine.py", [*NIGHTS, "test-trackers"]),
        ("scripts/unpack.sh", EVERY),
        ("requirements.lock", EVERY),
        ("Makefile", NIGHTS),
        ("tests/unit/trackers/test_liars.py", SLOW),
        ("docs/adding.md", SLOW),
        ("monitoring/alerts.yml", SLOW),
        ("dags/offboarding_nightly.py", [*SLOW, "test-celery", "test-browser"]),
        ("tests/integration/unpacked/trackers/test_rt.py", [*SLOW, "test-trackers"]),
        ("docs/configuration/rt.md", [*TESTS, "test-trackers"]),
        ("docs/configuration/redmine.md", [*TESTS, "test-trackers"]),
        ("scripts/trackers.sh", [*TESTS, "test-trackers"]),
        ("README.md", [*TESTS, "test-airflows", "test-trackers"]),
        ("docs/permissions/mariadb.md", [*TESTS, "test-databases"]),
        ("tests/unit/rosters/conftest.py", [*SLOW, "test-rosters"]),
        ("scripts/rosters.sh", [*TESTS, "test-rosters", "test-hosts"]),
        ("docs/permissions/ssh_hosts.md", [*TESTS, "test-hosts"]),
        ("scripts/hosts.sh", [*TESTS, "test-hosts"]),
        ("tests/integration/directories/test_dirsrv.py", [*SLOW, "test-directories"]),
        ("docs/permissions/ldap.md", [*TESTS, "test-directories"]),
        ("scripts/directories.sh", [*TESTS, "test-directories"]),
        ("tests/airflows/test_wheel.py", [*SLOW, "test-airflows"]),
        ("constraints-3.2.txt", [*TESTS, "test-airflows"]),
        ("tests/browser/test_everybody.py", [*SLOW, "test-browser"]),
        ("scripts/browser.sh", [*TESTS, "test-browser"]),
        ("docs/operations.md", [*TESTS, "test-celery"]),
        ("scripts/celery.txt", [*TESTS, "test-celery"]),
        (ELSEWHERE, TESTS),
    ),
)
def test_since_a_landing_what_changed_says(project: Path, git: Git, name: str, expected: list[str]) -> None:
    land(project, git)
    change(project, name, git)
    change(project, ELSEWHERE, git)

    assert made(project) == (0, [target for target in EVERY if target in expected])


def test_what_is_not_committed_yet_counts(project: Path, git: Git) -> None:
    land(project, git)
    change(project, ELSEWHERE, git)
    (project / "scripts/databases.sh").write_text("# another\n")

    assert made(project) == (0, [*TESTS, "test-databases"])


def test_a_room_that_was_moved_is_an_error(project: Path, git: Git) -> None:
    land(project, git)
    git("mv", "tests/celery", "tests/machines")
    git("commit", "--quiet", "--all", "--message", "move")

    code, targets = made(project)

    assert (code != 0, targets) == (True, [])


@pytest.mark.parametrize(("fails", "targets"), [(each, EVERY[: n + 1]) for n, each in enumerate(EVERY)])
def test_whatever_fails_nothing_lands(project: Path, fails: str, targets: list[str]) -> None:
    code, told = made(project, fails=fails)

    assert (code != 0, told) == (True, targets)
