"""Severities stand in colours at a terminal, and nowhere else."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from offboarding.cli.output import SEVERITIES, Column, say, table
from offboarding.model import Severity

LINES = ("critical  leaver-access-key", "CRITICAL  2 used after departure", "A critical one", "low", "Lower  x")
COLOUR = re.compile(r"\x1b\[(?:1;)?(?:2|3\d)m")
ROWS = [["f-1", "critical"], ["f-2", "high"], ["f-3", "low"], ["f-4", "a label: critical"]]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], str]:
    """What work prints at a terminal that shows colours."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")

    def printed(work: Callable[[], None]) -> str:
        keyboard, screen = os.openpty()
        with monkeypatch.context() as there, os.fdopen(screen, "w") as output:
            there.setattr(sys, "stdout", output)
            work()
            # What a terminal shows may come in several pieces.
            output.write("\0")
            output.flush()
            text = ""
            while not text.endswith("\0"):
                text += os.read(keyboard, 1 << 16).decode()
        os.close(keyboard)
        return text.removesuffix("\0").replace("\r\n", "\n")

    return printed


def lines() -> None:
    say(*LINES)


def rows() -> None:
    table([Column(name="Key"), Column(name="Severity", styles=SEVERITIES)], ROWS)


Terminal = Callable[[Callable[[], None]], str]


def test_a_line_that_begins_with_one_shows_it_in_its_colour(terminal: Terminal) -> None:
    said = terminal(lines).splitlines()

    assert said[:2] == [
        "\x1b[1;31mcritical\x1b[0m  leaver-access-key",
        "\x1b[1;31mCRITICAL\x1b[0m  2 used after departure",
    ]
    assert said[2:] == list(LINES[2:]), "any other line stays as it is"


def test_a_table_shows_each_in_its_own(terminal: Terminal) -> None:
    said = terminal(rows)

    assert "\x1b[1;31mcritical" in said
    assert "\x1b[31mhigh" in said
    assert "\x1b[2mlow" in said
    assert " a label: critical" in said


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
@pytest.mark.parametrize("work", [lines, rows], ids=lambda work: work.__name__)
def test_who_asks_for_none_gets_none(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str, work: Callable[[], None]
) -> None:
    monkeypatch.setenv(name, value)

    assert not COLOUR.search(terminal(work))


@pytest.mark.parametrize("work", [lines, rows], ids=lambda work: work.__name__)
def test_a_file_gets_the_same_without(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]
) -> None:
    shown = terminal(work)
    file = tmp_path / "output"

    with file.open("w") as output:
        monkeypatch.setattr(sys, "stdout", output)
        work()

    written = file.read_text("utf-8")
    assert "\x1b" not in written
    assert written == re.sub(r"\x1b\[[\d;]*m", "", shown)


def test_every_severity_has_a_colour() -> None:
    assert set(SEVERITIES) == {severity.value for severity in Severity}
