"""Every test is played by a target of the Makefile, and what `make test` plays a part of, whole by another."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.support.source_tree import PROJECT, Module

FILES = [path.relative_to(PROJECT) for path in sorted((PROJECT / "tests").rglob("test_*.py"))]
SLOW = re.compile(r"\bmark[.]slow\b")
VARIED = re.compile(r"tests[.]support[.]variants\b|.*[.](TrackerFaults|RosterContract)$")
"""What makes variants, and the tests with variants that others inherit."""


@cache
def lines() -> list[list[str]]:
    """How each target calls pytest, word by word, as make tells it or its script holds it."""
    targets = re.findall(r"^(test[a-z-]*|only-tests):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    # Without the variables that a make above this one was given.
    environment = {"PATH": os.environ["PATH"]}
    command = ["make", "--dry-run", *targets]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    scripts = [PROJECT / name for name in re.findall(r"^scripts/test-\S+", done.stdout, re.MULTILINE)]
    told = "\n".join([done.stdout, *(script.read_text("utf-8") for script in scripts)])
    return [line.split() for line in told.splitlines() if "-m pytest " in line]


def everyday() -> list[str]:
    (line,) = {" ".join(line) for line in lines() if '"not slow"' in " ".join(line)}
    return line.split()


def places() -> list[Path]:
    """What those lines name."""
    return [Path(word) for line in lines() for word in line if word.startswith("tests/")]


def beyond(files: list[Path], played: list[Path]) -> list[str]:
    return [str(file) for file in files if not any(file.is_relative_to(place) for place in played)]


def text(file: Path) -> str:
    return (PROJECT / file).read_text("utf-8")


def test_what_make_test_leaves_out_another_target_plays() -> None:
    ignored = [Path(word.removeprefix("--ignore=")) for word in everyday() if word.startswith("--ignore=")]
    varied = [file for file in FILES if any(map(VARIED.match, Module(PROJECT / file).imports))]
    left_out = [file for file in FILES if any(map(file.is_relative_to, ignored)) or SLOW.search(text(file))]

    assert len(varied) > 20
    assert len(left_out) > 40
    assert beyond(left_out + varied, places()) == []


def test_the_others_play_all_there_or_all_that_is_slow() -> None:
    chosen = re.findall(r"-m pytest .*?-m (\w+|\"[^\"]+\")", "\n".join(map(" ".join, lines())))

    assert {*chosen} == {'"not slow"', "slow"}


@pytest.mark.slow
def test_whatever_lies_in_the_slow_folder_is_slow() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
    done = subprocess.run([*command, "tests/slow"], cwd=PROJECT, capture_output=True, text=True, check=False)

    assert re.search(r"^no tests collected \((\d+) deselected\)", done.stdout, re.MULTILINE), done.stdout
