"""Every command on a page is one that may be typed, and every page that a page links to is there."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperCommand, TyperGroup

from offboarding.cli import tree
from offboarding.cli.entry import main
from offboarding.cli.groups import made
from offboarding.config import loading

ROOT = loading.project_folder()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"(?:python -m |scripts/|^\s*)offboarding (?!COMMAND|demo)([a-z-]+[^`|&\n]*)")
SPAN = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"--[a-z][a-z-]*")
TOLD_NOW = [page for page in PAGES if "decisions" not in page.parts]
"""Pages that say what is so today."""
OTHERS = {"--local", "--mark-success-pattern"}
"""Options of Airflow's own commands."""
CALLED = ("python -m offboarding ", "offboarding ")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def words_and_options(command: Any, *words: str) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Each command below one, by its words, with its options."""
    yield words, {option for param in command.params for option in (*param.opts, *param.secondary_opts)} | {"--help"}
    if isinstance(command, TyperGroup):
        context = command.make_context("offboarding", [], resilient_parsing=True)
        for name in command.list_commands(context):
            yield from words_and_options(command.get_command(context, name), *words, name)


COMMANDS = dict(words_and_options(made(tree.top())))
GROUPS = {words[:-1] for words in COMMANDS if words}


def inline(text: str) -> list[str]:
    """What is written as code outside blocks."""
    return SPAN.findall(BLOCK.sub("", text))


def meant(span: str) -> tuple[tuple[str, ...], list[str]] | None:
    """The words of ours with which it begins, and the rest; None where it's no command."""
    words = span.removeprefix("python -m ").removeprefix("offboarding ").split()
    if span.startswith(CALLED) and words[0].startswith("-"):
        return (), words
    if not words or (len(words) == 1 and words[0] == span) or (words[0],) not in COMMANDS:
        return None
    count = max(count for count in range(1, len(words) + 1) if tuple(words[:count]) in COMMANDS)
    return tuple(words[:count]), words[count:]


def mistake(span: str) -> str:
    """What is wrong with a command in a sentence, whose arguments may be left out; "" where nothing is."""
    if (found := meant(span)) is None:
        return f"{span}: no command" if span.startswith(CALLED) else ""
    words, rest = found
    unknown = set(OPTION.findall(" ".join(rest))) - COMMANDS[words]
    if unknown:
        return f"{span}: {' '.join(words)} has no {', '.join(sorted(unknown))}"
    if words in GROUPS and rest and rest[0].islower() and rest[0].isalpha():
        return f"{span}: {' '.join(words)} has no {rest[0]}"
    return ""


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
def test_each_command_in_a_block_may_be_typed(capsys: pytest.CaptureFixture[str]) -> None:
    for page in PAGES:
        for line in typed(page):
            words = shlex.split(line.replace("ID", "10442").replace("RUN", "1").split(" > ")[0].split(" names each")[0])
            assert main(words) == 0, f"{named(page)}: {line}: {capsys.readouterr().err}"


def test_each_command_in_a_sentence_is_one() -> None:
    spans = [(named(page), span) for page in TOLD_NOW for span in inline(page.read_text("utf-8"))]
    assert [(page, wrong) for page, span in spans if (wrong := mistake(span))] == []


def test_each_option_in_a_sentence_is_one() -> None:
    known = set().union(*COMMANDS.values()) | OTHERS
    spans = [(named(page), span) for page in TOLD_NOW for span in inline(page.read_text("utf-8"))]
    told = [(page, option[0]) for page, span in spans if (option := OPTION.match(span))]
    assert [(page, option) for page, option in told if option not in known] == []


def test_each_row_about_a_command_names_its_own_options() -> None:
    wrong: dict[str, set[str]] = {}
    for row in (ROOT / "docs/commands.md").read_text("utf-8").splitlines():
        about, _, says = row.removeprefix("| ").partition(" | ")
        found = [meant(f"offboarding {span}") for span in SPAN.findall(about)] if row.startswith("| `") else []
        words = [each[0] for each in found if each]
        own = {option for name, told in COMMANDS.items() for option in told if any(name[: len(w)] == w for w in words)}
        told = {option[0] for span in SPAN.findall(says) if (option := OPTION.match(span))}
        if words and told - own:
            wrong[about] = told - own
    assert wrong == {}


@pytest.mark.parametrize(
    "span",
    [
        "python -m offboarding finding",
        "offboarding nightly --dry",
        "findings --stat held",
        "link undo 4",
        "runs withdraw 4 --until 2026-12-01",
    ],
)
def test_a_command_that_is_none_is_found(span: str) -> None:
    assert mistake(span)


def test_each_target_script_and_module_on_a_page_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in [*TOLD_NOW, ROOT / "CONTRIBUTING.md"]:
        text = page.read_text("utf-8")
        code = "\n".join([*inline(text), *BLOCK.findall(text)])
        scripts, modules = re.findall(r"(?<![\w/.])scripts/[\w.-]+", code), re.findall(r"python -m (tests[\w.]+)", code)

        assert set(re.findall(r"\bmake ([a-z-]+)", code)) <= targets, named(page)
        assert [name for name in scripts if not (ROOT / name).exists()] == [], named(page)
        assert [name for name in modules if find_spec(name) is None] == [], named(page)


def test_the_first_hour_types_each_command_of_beginning() -> None:
    words = {line.split()[0] for line in typed(ROOT / "docs/first-hour.md")}

    assert {"init", "check-config", "doctor", "nightly", "findings", "links", "explain", "link", "release"} <= words


def test_what_a_page_links_to_is_there() -> None:
    links = [(page, link) for page in PAGES for link in LINK.findall(page.read_text("utf-8"))]
    assert [(named(page), link) for page, link in links if not (page.parent / link).exists()] == []
