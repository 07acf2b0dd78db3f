"""Whoever follows docs/adding.md gets a system that does what it must, and edits nothing else.

The pages' blocks are written into a copy of the project, where everything below runs.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from scripts import costs_of_adding
from tests.support.adding_page import blocks
from tests.support.example_systems import Gatehouse, Ticketboard, gatehouse, ticketboard
from tests.support.source_tree import PROJECT, committed
from tests.support.tiny_company import variable

MADE = {
    "docs/rules.md": ["-m", "tests.support.rules_page"],
}
"""What is made of the code, and by what; the page says the same."""
LEAVER, STAFF = "mjkim", "hnlee"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the page's files in it, and what is made of the code made anew."""
    folder = tmp_path_factory.mktemp("project")
    for path in committed():
        place = folder / path.relative_to(PROJECT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
    for name, text in blocks().items():
        assert not (folder / name).exists(), f"{name} is there already"
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name, command in MADE.items():
        printed = _python(folder, *command)
        if printed:
            (folder / name).write_text(printed, encoding="utf-8")
    return folder


def _python(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None, ends: int = 0) -> str:
    """What it prints, in the copy."""
    path = {"PYTHONPATH": f"{folder}:{folder / 'include'}"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **path, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def _tests(folder: Path, *arguments: str) -> str:
    return _python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)


def test_each_example_passes_the_tests_that_the_page_gives_it(copy: Path) -> None:
    tests = [name for name in blocks() if name.startswith("tests/")]

    assert len(tests) >= 5
    assert " passed" in _tests(copy, *tests)


def test_the_house_holds_with_them_in_it(copy: Path) -> None:
    """Where systems and rules are named, what they may import, and that each has its suite."""
    added = [Path(name).parts[3].removesuffix(".py") for name in blocks() if name.startswith("include/")]

    assert " passed" in _tests(copy, "tests/architecture", "-k", " or ".join(["not test_kinds", *added]))


def test_their_connections_secrets_come_into_no_sentence_of_ours(copy: Path) -> None:
    """Each of the two that take one is refused in three ways by a server that says it back."""
    told = _tests(copy, "tests/integration/test_echoed_secrets.py", "-k", "every_kind or gatehouse or ticketboard")

    assert "7 passed" in told


def test_pages_that_are_made_of_the_code_are_all_that_changes(copy: Path) -> None:
    pages = ("remedies", "config", "configuration_page", "destinations", "limits_page")
    tests = [f"tests/unit/test_{page}.py" for page in pages]
    rules = [f"tests/unit/rules/test_{about}.py" for about in ("every_rule", "closings")]

    told = _tests(copy, *tests, *rules, "tests/unit/rosters/test_rosters_page.py")

    assert " passed" in told
    assert "gatehouse user disable ID" in _python(copy, "-m", "offboarding", "remedies", "gatehouse")
    assert "## `leaver-late-account`" in (copy / "docs/rules.md").read_text("utf-8")


def test_the_examples_are_written_as_the_rest_is(copy: Path) -> None:
    ruff, python = Path(sys.executable).parent / "ruff", [name for name in blocks() if name.endswith(".py")]
    for check in (["check"], ["format", "--check"]):
        subprocess.run([ruff, *check, "--no-cache", *python], cwd=copy, check=True)


@pytest.fixture
def vpn() -> Iterator[Gatehouse]:
    with gatehouse(STAFF) as system:
        system.add(LEAVER, made="2026-11-10T09:00:00Z")
        yield system


@pytest.fixture
def board() -> Iterator[Ticketboard]:
    with ticketboard() as served:
        yield served


def _environment(folder: Path, vpn: Gatehouse, board: Ticketboard) -> Mapping[str, str]:
    columns = ("worker_id", "login", "status", "last_working_day")
    people = [columns, ("10442", LEAVER, "left", "2026-11-13"), ("10057", STAFF, "active", None)]
    feed = folder / "hr.jsonl"
    feed.write_text("".join(f"{json.dumps(row)}\n" for row in people), encoding="utf-8")
    realm = {"id_space": "hr", "login_realm": "corp"}
    named = {name: name for name in columns}
    hr = {"name": "hr", "kind": "json_lines", "path": str(feed), "coverage": "full", "columns": named, **realm}
    configuration = {
        "company": {"time_zone": "Asia/Seoul", "mail_domains": ["corp.example"]},
        "store": "embedded",
        "rosters": [hr],
        "sources": [{"name": "vpn", "kind": "gatehouse", "connection": "gatehouse_vpn", **realm}],
        "trackers": [{"name": "board", "kind": "ticketboard", "connection": "secops_board"}],
        "policy": {"baseline": "ticket"},
    }
    (folder / "offboarding.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    return {
        "OFFBOARDING_CONFIG": str(folder / "offboarding.yaml"),
        "OFFBOARDING_EMBEDDED_FOLDER": str(folder / "stores"),
        **dict(variable("http", system.connection()) for system in (vpn, board)),
    }


def test_a_night_finds_what_a_leaver_has_there_and_says_what_to_type(
    copy: Path, tmp_path: Path, vpn: Gatehouse, board: Ticketboard
) -> None:
    environment = _environment(tmp_path, vpn, board)
    (account,) = (user for user in vpn.users.values() if user["login"] == LEAVER)

    _python(copy, "-m", "offboarding", "nightly", "--as-of", "2026-11-24T16:00Z", environment=environment)

    (ticket,) = board.tickets.values()
    assert "10442" in ticket["title"]
    assert f"gatehouse user disable {account['id']}" in ticket["body"]
    assert f"gatehouse user enable {account['id']}" in ticket["body"]
    assert f"gatehouse token disable {account['tokens'][0]['id']}" in ticket["body"]
    assert ticket["priority"] == "urgent", "the example's rule is critical"
    assert ticket["state"] == "open"

    vpn.switch_off(LEAVER)
    _python(copy, "-m", "offboarding", "nightly", "--as-of", "2026-11-25T16:00Z", environment=environment)

    assert ticket["state"] == "closed", "its account was seen dead"


def test_a_night_is_red_where_its_trackers_connection_is_not_there(
    copy: Path, tmp_path: Path, vpn: Gatehouse, board: Ticketboard
) -> None:
    environment = _environment(tmp_path, vpn, board)
    elsewhere = {**environment, "AIRFLOW_HOME": str(tmp_path / "airflow")}
    name, _ = variable("http", board.connection())
    del elsewhere[name]

    night = ("-m", "offboarding", "nightly", "--as-of")
    told = _python(copy, *night, "2026-11-24T16:00Z", environment=elsewhere, ends=1)

    assert "the tracker hasn't been told of" in told
    assert board.tickets == {}

    _python(copy, *night, "2026-11-25T16:00Z", environment=environment)

    assert len(board.tickets) == 1, "what waited is told once it can be"


def test_what_it_costs_is_what_was_promised() -> None:
    """A package or a file, a contract's line or a table, a page, and no edit elsewhere; the house stays in order."""
    for (room, kind), files in costs_of_adding.examples().items():
        told = costs_of_adding.cost(room, files)
        assert ", 0 edit(s) elsewhere" in told, kind
        assert ("1 contract line" in told) != (room == "rules"), kind

    assert len(costs_of_adding.first_level()) <= costs_of_adding.MOST_ENTRIES
    assert costs_of_adding.circle() == []
    assert costs_of_adding.arrows_upward() == []
