"""Every command on a page is one that may be typed, and every page that a page links to is there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperCommand

from offboarding.cli.entry import main
from offboarding.config import loading

ROOT = loading.project_folder()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"python -m offboarding (?!COMMAND|demo)([a-z-]+[^`|&\n]*)")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def typed(page: Path) -> Iterator[str]:
    """Commands in blocks, ready to be copied."""
    for block in re.findall(r"^```\w*\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            yield from (found.strip() for found in COMMAND.findall(line.split("  #")[0]))


@pytest.fixture
def only_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is typed is read, and nothing of it done."""
    command = TyperCommand.__base__
    assert command is not None
    monkeypatch.setattr(command, "invoke", lambda *_: 0)


@pytest.mark.usefixtures("only_parsed")
@pytest.mark.parametrize("page", PAGES, ids=named)
def test_each_command_in_a_block_may_be_typed(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in typed(page):
        words = shlex.split(line.replace("ID", "10442").replace("RUN", "1").split(" > ")[0].split(" names each")[0])
        assert main(words) == 0, f"{line}: {capsys.readouterr().err}"


def test_the_first_hour_types_each_command_of_beginning() -> None:
    words = {line.split()[0] for line in typed(ROOT / "docs/first-hour.md")}

    assert {"init", "check-config", "doctor", "nightly", "findings", "links", "explain", "link", "release"} <= words


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert missing == []
