"""CSV that goes through a spreadsheet: what it would run or rewrite, and what it makes of the file."""

import csv
from pathlib import Path

import pytest

from offboarding.decisions import spreadsheet
from offboarding.model.errors import FatalError

NEEDED = ("decision", "reason", "worker")


def came_back(tmp_path: Path, octets: bytes | str) -> spreadsheet.Sheet:
    path = tmp_path / "links.csv"
    path.write_bytes(octets if isinstance(octets, bytes) else octets.encode())
    return spreadsheet.read(path, NEEDED)


def refusal(tmp_path: Path, octets: bytes | str) -> str:
    with pytest.raises(FatalError) as refused:
        came_back(tmp_path, octets)
    return str(refused.value)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "+1",
        "-1",
        "@SUM(A1)",
        "|calc",
        "%x",
        "'=1",
        "'",
        "-",
        "\uff1d1+1",
        "\uff20SUM(A1)",
    ],
)
def test_what_would_be_run_goes_out_as_text_and_comes_back(cell: str) -> None:
    assert spreadsheet.guarded(cell) == f"'{cell}"
    assert spreadsheet.plain(spreadsheet.guarded(cell)) == cell


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("kim;=1+1", "kim;'=1+1"),
        ("kim; \uff1d1", "kim;' \uff1d1"),
        ('kim;"=1', "kim;'\"=1"),
        ("a;|b;%c;-d", "a;'|b;'%c;'-d"),
        ("=a;=b", "'=a;'=b"),
        ("a;'=b", "a;''=b"),
        (";=a", ";'=a"),
    ],
)
def test_nothing_is_run_where_semicolons_divide_the_cells(cell: str, told: str) -> None:
    """Excel and LibreOffice take a comma-separated file so where a comma is decimal: no quotes help."""
    assert spreadsheet.guarded(cell) == told
    assert spreadsheet.plain(told) == cell

    (line, *_) = csv.reader([spreadsheet.line(["x", cell, "y"])], delimiter=";")
    assert not [each for each in line if spreadsheet.runs(each.lstrip('"'))]


@pytest.mark.parametrize("cell", ["a; b", "a;b=c", "uid=a;b", "why; 1 of 2"])
def test_a_semicolon_alone_goes_out_as_it_is(cell: str) -> None:
    assert spreadsheet.guarded(cell) == cell


@pytest.mark.parametrize(
    ("cell", "told"),
    [("\t=1", r"\t=1"), ("\r=1", r"\r=1"), ("a\nb", r"a\nb"), ("\x1b[2J", r"\x1b[2J"), ("\x9b1m", r"\x9b1m")],
)
def test_what_a_terminal_would_act_on_is_spelled_out(cell: str, told: str) -> None:
    assert spreadsheet.guarded(cell) == told


@pytest.mark.parametrize(
    "cell",
    [
        *("00042", "222222222222", "1E5", "12e10", "1.5E3", "MAR1", "1-Mar", "sept2", "3/4", "12-3", "10:30"),
        *("2026-11-25", "TRUE", "false", "1,000", "1 000", "10%", "(5)"),
    ],
)
def test_what_would_become_a_number_or_a_day_goes_out_as_text(cell: str) -> None:
    assert spreadsheet.guarded(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell",
    [
        *("", "hr:10442", "10442", "E1042", "0.80", "AIDAEXAMPLE", "3f0e7a10-0001-4c0e-9d0f-000000000001"),
        *("uid=a,dc=b", "arn:aws:iam::222222222222:user/jdoe", "marta", "decker", "may", "sep"),
    ],
)
def test_everything_else_goes_out_as_it_is(cell: str) -> None:
    assert spreadsheet.guarded(cell) == cell


def test_a_file_goes_out_for_excel_and_comes_back_whole(tmp_path: Path) -> None:
    cells = ['say "no", twice', "two, words", "=1+1"]
    text = "".join(spreadsheet.written(NEEDED, [cells, ["confirm", "", "00042"]]))

    sheet = came_back(tmp_path, text)

    assert text.startswith("\ufeffdecision,reason,worker\r\n")
    assert [list(line.cells.values()) for line in sheet.lines] == [cells, ["confirm", "", "00042"]]
    assert [line.number for line in sheet.lines] == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "decision,reason,worker\nconfirm,why,E1\n",
        "\ufeffdecision,reason,worker\r\nconfirm,why,E1\r\n",
        "decision;reason;worker\r\nconfirm;why;E1\r\n",
        "decision\treason\tworker\r\nconfirm\twhy\tE1",
        "sep=;\r\ndecision;reason;worker\r\nconfirm;why;E1\r\n",
        "Worker, Decision ,notes,REASON\n E1 , confirm ,mine,why\n",
        '"decision","reason","worker"\n"confirm","why","E1"\n\n,,\n',
        "decision,reason,worker\nconfirm,why,'E1\n",
    ],
    ids=["plain", "bom", "semicolons", "tabs", "sep", "another order", "quoted, and empty lines", "an apostrophe"],
)
def test_what_spreadsheets_save_is_read(tmp_path: Path, text: str) -> None:
    (line,) = came_back(tmp_path, text).lines

    assert line.cells == {"decision": "confirm", "reason": "why", "worker": "E1"}
    assert line.number == (3 if text.startswith("sep=") else 2)


def test_unicode_text_is_read(tmp_path: Path) -> None:
    text = "decision\treason\tworker\r\nconfirm\t\uae40\tE1\r\n"

    assert came_back(tmp_path, text.encode("utf-16")).lines[0].cells["reason"] == "\uae40"


def test_a_short_line_is_one_with_empty_cells(tmp_path: Path) -> None:
    assert came_back(tmp_path, "decision,reason,worker\nconfirm\n").lines[0].cells["worker"] == ""


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        ("", "line 1 names no column decision"),
        ("decison,reason,worker\n", "line 1 names no column decision. Did you mean decison?"),
        ("decision,reason\n", "names no column worker"),
        ("decision,reason,worker,reason\n", "names the column reason twice"),
        ("decision,reason,worker\nconfirm,Grüße,E1\n".encode("cp1252"), 'line 2 is no UTF-8. Save it as "CSV UTF-8"'),
        ('decision,reason,worker\nconfirm,"why,E1\n', "is no CSV"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_line(tmp_path: Path, octets: bytes | str, told: str) -> None:
    assert told in refusal(tmp_path, octets)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match=r"nowhere\.csv: No such file"):
        spreadsheet.read(tmp_path / "nowhere.csv", NEEDED)


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (9, "J"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_spreadsheets_do(index: int, name: str) -> None:
    assert spreadsheet.letters(index) == name
