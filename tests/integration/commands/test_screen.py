"""What reaches a terminal or a spreadsheet: nothing that it would act on, no line that isn't ours, and no values of a
defect's.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_reading import key_of
from tests.support import filled

FORGED = "Run 1 is green: nothing to do"
HOSTILE = f"=cmd|' /C calc'!A0\n{FORGED}\r\x1b]0;owned\x07\x1b[2J\x9b31m\u2028\u202e{FORGED}\x7f"
NAME = "Kim Minjun, mj.kim@corp.example"
COMMANDS: dict[str, Callable[[Type], tuple[str, ...]]] = {
    "links": lambda _: ("links",),
    "links, narrow": lambda _: ("links",),
    "links as csv": lambda _: ("links", "--format", "csv"),
    "links as jsonl": lambda _: ("links", "--format", "jsonl"),
    "findings": lambda _: ("findings", "--state", "all"),
    "findings as jsonl": lambda _: ("findings", "--state", "all", "--format", "jsonl"),
    "worker": lambda _: ("worker", "hr:E1042"),
    "explain": lambda typed: ("explain", key_of(typed, "used-after-departure")),
    "report": lambda _: ("report",),
}


def made_hostile(store: Session) -> None:
    """Whatever a person or a system may call something."""
    store.execute("update account set label = %s, login = %s", (HOSTILE, HOSTILE))
    store.execute("update worker set name = %s, location = %s", (HOSTILE, HOSTILE))
    store.execute("update finding set subject_label = %s, account_label = %s", (HOSTILE, HOSTILE))
    store.execute("update finding set evidence = to_jsonb(array[%s])", (HOSTILE,))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_label_is_shown_and_does_nothing(
    deciding: Type, store: Session, name: str, monkeypatch: pytest.MonkeyPatch, record_property: Callable[..., None]
) -> None:
    words = COMMANDS[name](deciding)
    made_hostile(store)
    monkeypatch.setenv("COLUMNS", "100" if "narrow" in name else "2000")

    done = deciding(*words)

    ours = {"\n", "\r", "\ufeff"} if "csv" in name else {"\n"}
    acted = {c for c in done.out + done.err if not c.isprintable()} - ours
    forged = [line for line in done.out.splitlines() if line.startswith(FORGED)]
    record_property("attacks", 1)
    record_property("silent", int(bool(acted or forged)))
    assert done.code == 0, done.err
    assert (acted, forged) == (set(), [])


def test_json_gives_the_very_words_back(deciding: Type, store: Session) -> None:
    made_hostile(store)

    assert {line["account_label"] for line in deciding("links", "--format", "jsonl").lines} == {HOSTILE}


def test_a_spreadsheet_runs_nothing_and_the_file_comes_back(deciding: Type, store: Session, tmp_path: Path) -> None:
    made_hostile(store)

    text = deciding("links", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row["label"][:2] for row in rows} == {"'="}

    at = next(number for number, row in enumerate(rows) if row["native_id"] == filled.POE_MAYBE)
    lines = text.split("\r\n")
    lines[at + 1] = f"confirm,asked them{lines[at + 1].removeprefix(',')}"
    file = tmp_path / "links.csv"
    file.write_bytes("\r\n".join(lines).encode())
    done = deciding("link", "import", str(file), "--check", "--author", "lee")
    assert done.code == 0, done.err


def test_a_defect_tells_where_it_is_and_nobodys_name(deciding: Type, store: Session) -> None:
    store.execute("alter table finding drop constraint finding_subject_kind_check")
    store.execute("update finding set subject_kind = %s", (NAME,))

    done = deciding("findings")

    assert done.code == 1
    assert "builtins.ValueError" in done.err
    assert 'cli/lists.py", line' in done.err
    assert "please report it" in done.err
    assert "Kim" not in done.out + done.err
