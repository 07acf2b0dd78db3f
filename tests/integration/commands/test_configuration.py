"""check-config and config-schema, and the page of commands."""

import json
import re
from pathlib import Path
from typing import NoReturn

import pytest
import yaml

from offboarding.cli import VERSION, tree
from offboarding.config import loading
from offboarding.config.settings import Settings
from offboarding.runs import opening
from tests.integration.commands.conftest import Type
from tests.unit.test_config import GOOD


def test_a_good_file_is_called_so(configured: Path, typed: Type) -> None:
    configured.write_text(yaml.safe_dump(GOOD), encoding="utf-8")

    done = typed("check-config")

    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"{configured}: note: Not tested against the real thing: aws by an emulator. Look closely at what they report"
        " first (docs/systems.md).\n"
        f"{configured}: good. 1 roster, 2 sources read in 3 parts, 1 tracker; store: beside the project.\n"
        f"{configured.parent / 'custody.yaml'}: isn't there: who may have held the keys that verifiers trust is NOT"
        " CHECKED.\n"
    )


def test_a_registers_entries_are_counted(configured: Path, typed: Type) -> None:
    configured.write_text(yaml.safe_dump(GOOD), encoding="utf-8")
    own = configured.parent / "custody.yaml"
    key = {"name": "hook", "kind": "shared_secret", "places": [{"material": "ref:a/b"}], "custodians": [{"team": "t"}]}
    own.write_text(yaml.safe_dump({"teams": {"t": [{"worker": "1"}]}, "keys": [key]}), encoding="utf-8")

    done = typed("check-config")

    assert done.code == 0
    assert done.out.endswith(f"{own}: good. 1 key, 1 custodian, 1 team.\n")


def test_a_custodian_whom_no_roster_reported_is_a_warning(configured: Path, reading: Type) -> None:
    own = configured.parent / "custody.yaml"
    custodians = [{"worker": "E1042"}, {"worker": "hr:99999"}, {"team": "t"}]
    key = {"name": "hook", "kind": "shared_secret", "places": [{"material": "ref:a/b"}], "custodians": custodians}
    own.write_text(yaml.safe_dump({"teams": {"t": [{"worker": "88888"}]}, "keys": [key]}), encoding="utf-8")
    others = {name: value for name, value in GOOD.items() if name != "store"}
    configured.write_text(yaml.safe_dump(others), encoding="utf-8")

    done = reading("check-config", "--format", "jsonl")

    found = [line["text"] for line in done.lines if "custodian" in line["text"]]
    assert [text.partition(" is no worker")[0] for text in found] == [
        "custody.yaml: custodian hr:88888",
        "custody.yaml: custodian hr:99999",
    ]
    assert done.code == 0


def test_without_a_store_it_is_not_checked_whether_a_custodian_exists(configured: Path, typed: Type) -> None:
    own = configured.parent / "custody.yaml"
    key = {"name": "k", "kind": "shared_secret", "places": [{"material": "ref:a/b"}], "custodians": [{"worker": "1"}]}
    own.write_text(yaml.safe_dump({"keys": [key]}), encoding="utf-8")
    configured.write_text(yaml.safe_dump(GOOD), encoding="utf-8")

    done = typed("check-config")

    assert "custody.yaml: whether its custodians exist is NOT CHECKED: nothing has been read yet." in done.out


def test_a_mistake_in_the_register_is_told_with_its_own_file(configured: Path, typed: Type) -> None:
    configured.write_text(yaml.safe_dump(GOOD), encoding="utf-8")
    own = configured.parent / "custody.yaml"
    own.write_text("kyes: []\n", encoding="utf-8")

    done, lines = typed("check-config"), typed("check-config", "--format", "jsonl").lines

    assert done.code == 1
    assert done.out == (
        f"{own}: kyes is unknown. Did you mean keys?\n"
        "1 mistake. Every key: docs/configuration.md, and of the register docs/custody.md\n"
    )
    assert [(line["path"], line["file"]) for line in lines] == [("kyes", str(own))]


def test_what_no_run_could_write_down_is_not_called_good(
    configured: Path, typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflow(settings: Settings) -> NoReturn:
        raise OverflowError("date value out of range")

    configured.write_text(yaml.safe_dump(GOOD), encoding="utf-8")
    monkeypatch.setattr(opening, "rows_of_files", overflow)

    done = typed("check-config")

    assert done.code != 0
    assert "good" not in done.out


def test_parts_that_only_the_system_knows_are_said_to_be_found_each_night(configured: Path, typed: Type) -> None:
    directory, cloud = GOOD["sources"]
    whole = {name: value for name, value in cloud.items() if name != "accounts"} | {"organization": True}
    configured.write_text(yaml.safe_dump({**GOOD, "sources": [directory, whole]}), encoding="utf-8")

    done = typed("check-config")

    assert "2 sources read in 1 part and those that aws lists each night, 1 tracker" in done.out


def test_mistakes_are_named_and_counted(configured: Path, typed: Type) -> None:
    wrong = {**GOOD, "polcy": {}, "store": "embeded"}
    configured.write_text(yaml.safe_dump(wrong), encoding="utf-8")

    done = typed("check-config")

    assert done.code == 1
    assert f"{configured}: polcy is unknown. Did you mean policy?\n" in done.out
    assert done.out.endswith("2 mistakes. Every key: docs/configuration.md\n")


def test_warnings_are_no_mistakes(configured: Path, typed: Type) -> None:
    configured.write_text(yaml.safe_dump({**GOOD, "trackers": []}), encoding="utf-8")

    done = typed("check-config", "--format", "jsonl")

    assert done.code == 0
    assert [(line["level"], line["path"]) for line in done.lines] == [("warning", None), ("note", None)]


def test_mistakes_come_as_lines_of_json_too(configured: Path, typed: Type) -> None:
    configured.write_text(yaml.safe_dump({**GOOD, "polcy": {}}), encoding="utf-8")

    done = typed("check-config", "--format", "jsonl")

    assert done.code == 1
    assert done.lines == [
        {
            "schema_version": 1,
            "level": "mistake",
            "text": "is unknown. Did you mean policy?",
            "path": "polcy",
            "file": None,
        }
    ]


def test_a_file_that_is_not_there_is_a_sentence(configured: Path, typed: Type) -> None:
    configured.unlink()

    done = typed("check-config")

    assert (done.code, done.out) == (1, "")
    assert "can't be read" in done.err


def test_the_schema_is_printed(typed: Type) -> None:
    done = typed("config-schema")

    assert json.loads(done.out) == json.loads(json.dumps(loading.json_schema()))


def test_the_registers_schema_printed_is_the_one_committed(typed: Type) -> None:
    done = typed("config-schema", "--custody")

    assert done.out == (loading.project_folder() / "include/custody.schema.json").read_text("utf-8")
    assert json.loads(done.out)["title"] == "custody.yaml"


def test_the_exceptions_schema_printed_is_the_one_committed(typed: Type) -> None:
    done = typed("config-schema", "--exceptions")

    assert done.out == (loading.project_folder() / "include/exceptions.schema.json").read_text("utf-8")
    assert json.loads(done.out)["title"] == "exceptions.yaml"


def test_the_remedies_of_one_kind_are_printed(typed: Type) -> None:
    done, other = typed("remedies", "okta"), typed("remedies", "csv")

    assert [line for line in done.out.splitlines() if line.startswith("## ")] == ["## `okta`"]
    assert other.code == 1
    assert other.err.startswith("csv is not a kind with commands of its own")


def headed(typed: Type) -> dict[str, list[str]]:
    """Heading -> the commands under it, as `--help` shows them."""
    listed = typed("--help").out.partition("exit codes:")[0]
    parts = re.findall(r"^([a-z ]+):\n((?:  .*\n)+)", listed, re.MULTILINE)
    return {title: re.findall(r"^  ([a-z-]+)  ", text, re.MULTILINE) for title, text in parts}


def test_commands_stand_under_the_pages_headings(typed: Type) -> None:
    page = (loading.project_folder() / "docs/commands.md").read_text("utf-8")
    on_page: dict[str, set[str]] = {}
    for part in page.split("\n## ")[1:]:
        found = set(re.findall(r"^\| `([a-z-]+)", part, re.MULTILINE))
        if found:
            on_page[part.partition("\n")[0].lower()] = found

    assert {title: set(names) for title, names in headed(typed).items()} == on_page
    assert list(headed(typed)) == list(tree.SECTIONS)


def test_the_version_is_told(typed: Type) -> None:
    done = typed("--version")

    assert (done.code, done.out) == (0, f"offboarding {VERSION}\n")
    changes = (loading.project_folder() / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (\S+)", changes, re.MULTILINE)[0] == VERSION
    assert typed("findings", "--version").code == 2


def test_each_command_is_on_the_page_and_has_an_example(typed: Type) -> None:
    page = (loading.project_folder() / "docs/commands.md").read_text("utf-8")
    names = [name for names in headed(typed).values() for name in names]

    assert names
    for name in names:
        assert re.search(rf"^\| `{name}[ `]", page, re.MULTILINE), name
        told = typed(name, "--help").out
        assert "example:\n  python -m offboarding" in told, name
        assert "exit codes:" in told, name


def test_suggesting_has_an_example(typed: Type) -> None:
    assert "example:\n  python -m offboarding custody suggest" in typed("custody", "suggest", "--help").out


def test_a_group_s_example_is_a_whole_command(typed: Type) -> None:
    assert "example:\n  python -m offboarding tracker move secops itsm" in typed("tracker", "--help").out


@pytest.mark.parametrize("verb", ["confirm", "reject", "revoke", "list"])
def test_each_verb_of_link_has_an_example(typed: Type, verb: str) -> None:
    assert f"example:\n  python -m offboarding link {verb}" in typed("link", verb, "--help").out
