"""What people put around a table: titles above it, totals and notes below it."""

from pathlib import Path

import pytest

from offboarding.model.errors import IncompleteReadError
from offboarding.rosters.csv import CsvRoster
from tests.systems.csv.conftest import Build

COLUMNS = {"worker_id": "No", "name": "Name", "mail": "Mail", "status": "Status"}
HEADER = "No,Name,Mail,Site,Status\n"
ROWS = "10442,Ada,ada@corp.example,Seoul,active\n10443,Bo,bo@corp.example,Seoul,active\n"


@pytest.fixture
def feed(tmp_path: Path, build: Build):
    def made(text: str, **given: object) -> CsvRoster:
        path = tmp_path / "hr.csv"
        path.write_text(text)
        given = {"columns": COLUMNS} | given
        if given.get("coverage", "full") != "full":
            given["columns"] = {name: told for name, told in COLUMNS.items() if name != "status"}
        return build(path, **given)

    return made


def ids(roster: CsvRoster) -> list[str]:
    return [worker.worker_id for worker in roster.read()]


# --- below the rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coverage", ("full", "active", "leavers"))
@pytest.mark.parametrize(
    "ending",
    (
        "Total: 2,,,,",
        "Total: 2",
        "Total,2,,,",
        '"Total","1,002",,,',
        "Summe,,,,2",
        "합계: 2명,,,,",
        "End of list,,,,",
        "2,,,,",
    ),
)
def test_a_total_is_no_worker_and_is_told_with_its_row(feed, ending: str, coverage: str) -> None:
    roster = feed(f"{HEADER}{ROWS}{ending}\n", coverage=coverage)
    assert ids(roster) == ["10442", "10443"]
    (problem,) = roster.problems
    assert problem.record == "hr.csv row 4"
    assert problem.text.endswith("stands in it: a total or a note, and no worker")
    assert "declare it as trailer" in problem.fix


def test_totals_of_departments_and_several_notes_are_each_told(feed) -> None:
    text = f"{HEADER}{ROWS}Sales,2,,,\n10444,Cy,cy@corp.example,Seoul,active\nTotal: 3,,,,\nConfidential,,,,\n"
    roster = feed(text, coverage="active")
    assert ids(roster) == ["10442", "10443", "10444"]
    assert [problem.record for problem in roster.problems] == ["hr.csv row 4", "hr.csv row 6", "hr.csv row 7"]


def test_a_total_that_is_declared_proves_the_file(feed) -> None:
    roster = feed(f"{HEADER}{ROWS}Total: 2,,,,\n", trailer={"pattern": r"Total: (?P<rows>\d+),*"})
    assert ids(roster) == ["10442", "10443"]
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved


@pytest.mark.parametrize(
    "note",
    (
        "Confidential,,,,",
        "Confidential",
        "Confidential, do not forward",
        "Confidential\n\nPrinted by HR, 2026",
        "Confidential,,,,\nEnd of list,,,,",
    ),
)
def test_a_note_below_a_declared_total_is_passed_over(feed, note: str) -> None:
    roster = feed(f"{HEADER}{ROWS}Total: 2,,,,\n{note}\n", trailer={"pattern": r"Total: (?P<rows>\d+),*"})
    assert ids(roster) == ["10442", "10443"]
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert (roster.summary.rows, roster.summary.proved) == (2, True)


@pytest.mark.parametrize(
    ("below", "found"),
    (
        pytest.param("10444,Cy,,,left", ["10442", "10443", "10444"], id="a worker"),
        pytest.param("10444,,,,left", ["10442", "10443", "10444"], id="a number and a status"),
        pytest.param("10444,Cy,left", ["10442", "10443"], id="a row that was cut"),
        pytest.param("\n".join("abcdef"), ["10442", "10443"], id="more than a few notes"),
    ),
)
def test_what_may_be_a_worker_below_a_declared_total_is_not_passed_over(feed, below: str, found: list[str]) -> None:
    roster = feed(f"{HEADER}{ROWS}Total: 2,,,,\n{below}\n", trailer={"pattern": r"Total: (?P<rows>\d+),*"})
    assert ids(roster) == found
    assert "its last row is no trailer: the file was cut off, or trailer is wrong" in [
        problem.text for problem in roster.problems
    ]
    assert roster.summary is not None
    assert not roster.summary.proved


@pytest.mark.parametrize(
    ("rows", "found"),
    (
        pytest.param("10444,,,,", ["10442", "10443", "10444"], id="a number like the others, alone"),
        pytest.param("E-77,Di,,,", ["10442", "10443", "E-77"], id="a number unlike the others, with a name"),
        pytest.param("E-77,,di@corp.example,,", ["10442", "10443", "E-77"], id="with a mail"),
        pytest.param("2,Di,,,", ["10442", "10443", "2"], id="a number that counts the rows by chance"),
    ),
)
def test_a_leaver_of_whom_little_is_told_is_one(feed, rows: str, found: list[str]) -> None:
    roster = feed(f"{HEADER}{ROWS}{rows}\n", coverage="leavers")
    assert ids(roster) == found
    assert list(roster.problems) == []


def test_leavers_of_whom_nothing_but_the_number_is_told(feed) -> None:
    """Row for row: one of them counts those above it, and is no total."""
    roster = feed(f"{HEADER}7,,,,\n1,,,,\n2,,,,\n", coverage="leavers")
    assert ids(roster) == ["7", "1", "2"]


# --- above the header -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "titles",
    ("Staff list\n", "Staff list,,,,\n\nAs of,2026-11-24,,,\n", '"Staff list\nof Corp",,,,\n', "\n" * 30 + "Staff\n"),
)
def test_titles_above_the_header_are_passed_over(feed, titles: str) -> None:
    roster = feed(f"{titles}{HEADER}{ROWS}")
    workers = list(roster.read())
    assert [worker.worker_id for worker in workers] == ["10442", "10443"]
    assert workers[0].record == f"hr.csv row {titles.count(chr(10)) + 2}"
    assert list(roster.problems) == []


@pytest.mark.parametrize(
    ("text", "said"),
    (
        pytest.param(f"{ROWS}{HEADER}{ROWS}", 'row 1: there is no column "No" for worker_id', id="rows above it"),
        pytest.param(
            f"Staff list\n10441,Zoe,,,active\n{HEADER}{ROWS}",
            'row 1: there is no column "No"',
            id="a row below a title",
        ),
        pytest.param(
            f"10441,Zoe\nNo,Name,Mail,Status\n{ROWS}",
            "row 1: it stands above the header in row 2, and may be a worker's",
            id="a row of half as many cells",
        ),
        pytest.param(
            "Title\n" * 21 + HEADER + ROWS, 'row 1: there is no column "No"', id="more titles than anybody has"
        ),
        pytest.param(
            f"Staff list\n{HEADER.replace('Mail', 'Post')}{ROWS}",
            'row 2: there is no column "Mail" for mail.',
            id="a header that lacks a column, below a title",
        ),
    ),
)
def test_a_worker_above_the_header_is_never_passed_over(feed, text: str, said: str) -> None:
    with pytest.raises(IncompleteReadError) as error:
        ids(feed(text))
    assert str(error.value).startswith(f"rosters.hr: hr.csv {said}")
