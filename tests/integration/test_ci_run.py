"""`.ci/run`: the tests of every day, then what scripts/reached.py says; whatever fails, nothing lands."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.source_tree import PROJECT

PLAN = ("test-slow FILES='tests/a.py tests/b.py'", "test-airflows ARGS='-k 3.1'", "test-hosts")
MADE = ("test", "test-slow FILES=tests/a.py tests/b.py", "test-airflows ARGS=-k 3.1", "test-hosts")

Git = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of `.ci`, with a make and a Python that write down what they are asked for; make fails at one target."""
    project = tmp_path / "a project"
    shutil.copytree(PROJECT / ".ci", project / ".ci")
    for place, text in {
        tmp_path / "tools" / "make": '[ "$1" != "$FAILS" ] || exit 2\necho "$*" >>"$LOG"\n',
        project / ".venv/bin/python": 'echo "$2" >>"$ASKED"\nprintf "%s\\n" "$PLAN"\n',
    }.items():
        place.parent.mkdir(parents=True)
        place.write_text(f"#!/bin/sh\n{text}")
        place.chmod(0o755)
    return project


@pytest.fixture
def git(project: Path) -> Git:
    """A repository of its own, with two commits, of which the first has landed."""

    def git(*words: str) -> str:
        who = ("-c", "user.name=us", "-c", "user.email=us@localhost")
        command = ["git", "-C", project, *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "landed")
    (project / ".ci/landed").write_text(git("rev-parse", "HEAD"))
    git("add", "--all")
    git("commit", "--quiet", "--message", "change")
    return git


def run(project: Path, *, fails: str = "", everything: str = "") -> tuple[int, list[str], list[str]]:
    """The exit code, what was made, and since which commit the plan was asked for."""
    log, asked = project.parent / "made", project.parent / "asked"
    environment = {
        "PATH": f"{project.parent / 'tools'}:{os.environ['PATH']}",
        "GIT_CEILING_DIRECTORIES": str(project.parent),
        "LOG": str(log),
        "ASKED": str(asked),
        "PLAN": "\n".join(PLAN),
        "FAILS": fails,
        "CI_ALL": everything,
    }
    done = subprocess.run([project / ".ci/run"], env=environment, capture_output=True, text=True, check=False)
    made, since = (path.read_text().splitlines() if path.exists() else [] for path in (log, asked))
    return done.returncode, made, since


def test_what_the_plan_names_is_made_since_the_landing(project: Path, git: Git) -> None:
    code, made, asked = run(project)

    assert (code, made[:2], sorted(made)) == (0, [*MADE[:2]], sorted(MADE))
    assert asked == [git("rev-parse", "HEAD~1")]


def test_everything_where_it_is_asked_for(project: Path, git: Git) -> None:
    assert run(project, everything="1")[2] == [""]


def test_without_git_it_is_not_known_what_changed(project: Path) -> None:
    assert run(project)[2] == [""]


def test_since_what_is_to_land_itself_neither(project: Path, git: Git) -> None:
    (project / ".ci/landed").write_text(git("rev-parse", "HEAD"))

    assert run(project)[2] == [""]


def test_in_a_shallow_clone_neither(project: Path, git: Git) -> None:
    clone = project.parent / "clone"
    git("clone", "--quiet", "--depth", "1", f"file://{project}", str(clone))

    assert run(clone)[2] == [""]


@pytest.mark.parametrize("fails", ("test", "test-slow", "test-airflows", "test-hosts"))
def test_whatever_fails_nothing_lands(project: Path, git: Git, fails: str) -> None:
    code, made, _ = run(project, fails=fails)

    assert code != 0
    assert [line for line in made if line.split()[0] == fails] == []
