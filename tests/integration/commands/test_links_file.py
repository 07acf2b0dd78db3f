"""Whose accounts are, decided in a spreadsheet: a file goes out, is filled in, and is taken whole or not at all."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_deciding import decision_of, next_night
from tests.support import filled

pytestmark = pytest.mark.slow

AUTHOR = ("--author", "minjun.kim")
COLUMNS = [
    *("decision", "reason", "source", "realm", "native_id", "label", "is_now", "link", "relation", "worker", "score"),
    "evidence",
]
Rows = list[dict[str, str]]


def exported(typed: Type, *words: str) -> Rows:
    """As a spreadsheet shows it: quotes and the byte order mark are gone, an apostrophe is not."""
    return list(csv.DictReader(io.StringIO(typed("links", "--format", "csv", *words).out.removeprefix("\ufeff"))))


def saved(path: Path, rows: Rows, *, delimiter: str = ",", mark: str = "\ufeff") -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([COLUMNS, *([row[name] for name in COLUMNS] for row in rows)])
    path.write_bytes((mark + text.getvalue()).encode())
    return path


def filled_in(rows: Rows, account: str, **cells: str) -> Rows:
    """The first row of this account, with what a person writes into it."""
    index = next(at for at, row in enumerate(rows) if row["native_id"] == account)
    return [{**row, **cells} if at == index else row for at, row in enumerate(rows)]


def decided(typed: Type) -> list[tuple[str, str, str, str]]:
    return [
        (line["verdict"], line["account_native_id"], line["worker_id"], line["reason"])
        for line in typed("link", "list", "--format", "jsonl").lines
    ]


def test_a_file_holds_what_a_decision_needs(deciding: Type) -> None:
    rows = exported(deciding, "--decision", "probable", "--decision", "orphan")

    assert {row["link"] for row in rows} == {"probable", "orphan"}
    (maybe,) = [row for row in rows if row["native_id"] == filled.POE_MAYBE]
    assert list(maybe) == COLUMNS
    assert (maybe["decision"], maybe["reason"], maybe["worker"]) == ("", "", "hr:E1043")
    assert maybe["score"].startswith("0.")
    assert maybe["evidence"]
    (stray,) = [row for row in rows if row["native_id"] == filled.STRAY]
    assert (stray["source"], stray["worker"], stray["score"]) == ("corp-ldap", "", "")


def test_an_account_number_is_no_number_for_a_spreadsheet(deciding: Type) -> None:
    (row,) = [row for row in exported(deciding, "--source", "aws") if row["native_id"] == filled.STRAY_USER]

    assert row["realm"] == f"'{filled.CLOUD}"


@pytest.mark.parametrize(("delimiter", "mark"), [(",", "\ufeff"), (";", "\ufeff"), (";", ""), ("\t", "")])
def test_what_is_filled_in_is_decided(
    deciding: Type, store: Session, tmp_path: Path, delimiter: str, mark: str
) -> None:
    rows = filled_in(exported(deciding), filled.STRAY, decision="Confirm", reason="the plant's", worker="hr:E1043")
    rows = filled_in(rows, filled.DOE_USER, decision="reject", reason="a robot's")
    path = saved(tmp_path / "links.csv", rows, delimiter=delimiter, mark=mark)

    checked = deciding("link", "import", str(path), "--check", *AUTHOR)
    assert decided(deciding) == []
    done = deciding("link", "import", str(path), *AUTHOR)

    assert (checked.code, done.code) == (0, 0)
    assert "1 confirmation and 1 rejection would be written down; nothing is yet." in checked.out
    assert "uid=scanner,ou=things,dc=corp,dc=example (corp-ldap) is worker hr:E1043's" in checked.out
    assert "1 confirmation and 1 rejection: decisions" in done.out
    assert sorted(decided(deciding)) == [
        ("confirm", filled.STRAY, "E1043", "the plant's"),
        ("reject", filled.DOE_USER, "E1042", "a robot's"),
    ]
    assert {line["author"] for line in deciding("link", "list", "--format", "jsonl").lines} == {"minjun.kim"}
    next_night(store)
    assert decision_of(deciding, filled.STRAY) == [("linked", "E1043")]


def test_a_file_as_it_went_out_decides_nothing(deciding: Type, tmp_path: Path) -> None:
    done = deciding("link", "import", str(saved(tmp_path / "links.csv", exported(deciding))), *AUTHOR)

    assert (done.code, done.out) == (0, "No line says confirm or reject: nothing is decided.\n")


def test_a_reason_may_stand_for_all_lines_that_give_none(deciding: Type, tmp_path: Path) -> None:
    rows = filled_in(exported(deciding), filled.DOE_USER, decision="reject")
    rows = filled_in(rows, filled.POE_MAYBE, decision="reject", reason="another Sam")
    path = saved(tmp_path / "links.csv", rows)

    assert deciding("link", "import", str(path), "--reason", "asked their team", *AUTHOR).code == 0

    assert {reason for *_, reason in decided(deciding)} == {"asked their team", "another Sam"}


WRONG: Mapping[str, tuple[dict[str, str], str]] = {
    "no verb": ({"decision": "confrim"}, "decision (A): 'confrim' is none: confirm, reject or nothing. Did you mean"),
    "a reason alone": ({"decision": ""}, "decision (A): is empty beside a reason"),
    "no reason": ({"reason": " "}, "reason (B): says nothing."),
    "a source": ({"source": "awz", "realm": ""}, "source (C): no source awz has been read yet. Did you mean aws?"),
    "a realm": ({"realm": "222222222223"}, "realm (D): no source 222222222223 has been read yet."),
    "rounded": ({"realm": "2.22222E+11"}, "realm (D): 2.22222E+11 was an id before a spreadsheet rounded it."),
    "an account": ({"native_id": "AIDANOBODY"}, "native_id (E): 222222222222 has no account AIDANOBODY."),
    "a login for an id": ({"native_id": "jdoe"}, "native_id (E): is another's name: this account's own id is"),
    "another's source": ({"source": "corp-ldap"}, "source (C): this account is aws's. Columns that were sorted apart?"),
    "another's label": ({"label": "jlee"}, "label (F): account"),
    "no worker": ({"worker": ""}, "worker (J): is empty, and a decision needs it."),
    "a worker": ({"worker": "hr:E1402"}, "worker (J): there is no worker hr:E1402. Did you mean E1042?"),
    "several workers": ({"worker": "E1042"}, "worker (J): worker E1042 may be several people. Say which: hr:E1042"),
}


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_mistake_is_named_by_line_and_column_and_keeps_everything_back(
    deciding: Type, tmp_path: Path, wrong: str
) -> None:
    cells, told = WRONG[wrong]
    rows = filled_in(exported(deciding), filled.POE_MAYBE, decision="confirm", reason="his")
    good = {"decision": "reject", "reason": "a robot's", **cells}
    path = saved(tmp_path / "links.csv", filled_in(rows, filled.DOE_USER, **good))
    line = 2 + next(at for at, row in enumerate(rows) if row["native_id"] == filled.DOE_USER)

    done = deciding("link", "import", str(path), *AUTHOR)

    assert (done.code, done.out) == (1, "")
    assert f"links.csv: line {line}, {told}" in done.err
    assert "Nothing of links.csv is decided: mend this line first." in done.err
    assert decided(deciding) == []
    assert deciding("link", "import", str(path), "--check", *AUTHOR).err == done.err


def test_every_mistake_is_named_at_once(deciding: Type, tmp_path: Path) -> None:
    rows = filled_in(exported(deciding), filled.POE_MAYBE, decision="yes")
    path = saved(tmp_path / "links.csv", filled_in(rows, filled.DOE_USER, decision="reject"))

    done = deciding("link", "import", str(path), *AUTHOR)

    assert done.err.count("links.csv: line ") == 2
    assert "mend these 2 lines first" in done.err


def test_lines_that_contradict_each_other_or_a_decision_are_refused(deciding: Type, tmp_path: Path) -> None:
    (maybe,) = [row for row in exported(deciding) if row["native_id"] == filled.POE_MAYBE]
    said = {**maybe, "reason": "asked"}
    other = {**said, "decision": "confirm", "worker": "hr:E1042"}
    twice = saved(tmp_path / "twice.csv", [{**said, "decision": "reject"}, {**said, "decision": "confirm"}])
    both = saved(tmp_path / "both.csv", [{**said, "decision": "confirm"}, other])
    again = saved(tmp_path / "again.csv", [{**said, "decision": "reject"}])

    assert "line 3, decision (A): line 2 decides this account and worker" in deciding("link", "import", str(twice)).err
    assert "line 3, decision (A): line 2 confirms this account as" in deciding("link", "import", str(both)).err
    assert decided(deciding) == []
    assert deciding("link", "import", str(again), *AUTHOR).code == 0
    refused = deciding("link", "import", str(again), *AUTHOR)
    by_word = deciding("link", "reject", "corp-ldap", filled.POE_MAYBE, "hr:E1043", "--reason", "asked", *AUTHOR)
    assert by_word.err.strip() in refused.err, "as the command refuses it"


def test_a_label_that_a_spreadsheet_would_run_goes_out_and_comes_back(
    deciding: Type, store: Session, tmp_path: Path
) -> None:
    label = '=HYPERLINK("https://example.org","uid=scanner")'
    store.execute("update account set label = %s where native_id = %s", (label, filled.STRAY))
    rows = exported(deciding)

    (stray,) = [row for row in rows if row["native_id"] == filled.STRAY]
    assert stray["label"] == f"'{label}"
    confirmed = filled_in(rows, filled.STRAY, decision="confirm", reason="seen", worker="hr:E1043")
    path = saved(tmp_path / "links.csv", confirmed)
    assert deciding("link", "import", str(path), *AUTHOR).code == 0
