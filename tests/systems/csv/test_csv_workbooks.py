"""HR's file as Excel saves it."""

import io
import resource
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from offboarding.model import Worker
from offboarding.model.errors import FatalError, IncompleteReadError
from offboarding.rosters.csv import CsvRoster
from tests.systems.csv.conftest import Build
from tests.systems.csv.workbooks import Cell, Worksheet, day, workbook

pytestmark = pytest.mark.slow

COLUMNS = {
    "worker_id": "Employee Number",
    "name": ["First Name", "Last Name"],
    "mail": "E-mail",
    "status": "Status",
    "last_working_day": "Last Day",
}
HEADER = ["Employee\nNumber", " First Name", "Last Name ", "E-mail", "Status", "Last Day"]
LEFT_ON = date(2026, 11, 13)
SERIAL = 46339
"""What LEFT_ON is to Excel."""
FOUR_YEARS = 1462
"""Between the systems of 1900 and of 1904. https://learn.microsoft.com/office/troubleshoot/excel/1900-and-1904-date-system"""


def person(number: object, first: str = "Ada", status: object = "active", last_day: object = None) -> list[object]:
    return [number, first, "Byte", f"{first.lower()}@corp.example", status, last_day]


def read(roster: CsvRoster) -> dict[str, Worker]:
    return {worker.worker_id: worker for worker in roster.read()}


def refused(roster: CsvRoster) -> str:
    with pytest.raises(IncompleteReadError) as error:
        list(roster.read())
    return str(error.value).removeprefix("rosters.hr: ").partition(". Nothing was concluded")[0]


@pytest.fixture
def saved(tmp_path: Path, build: Build):
    """A roster over a workbook of these pages, or with one page of these rows below the header."""

    def made(pages: dict[str, Worksheet] | Sequence[Sequence[object]] | bytes, **given: object) -> CsvRoster:
        path = tmp_path / "hr.xlsx"
        if not isinstance(pages, bytes):
            pages = workbook(pages if isinstance(pages, dict) else {"Staff": Worksheet([HEADER, *pages])})
        path.write_bytes(pages)
        return build(path, **({"columns": COLUMNS} | given))

    return made


# --- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    (
        (10442, "10442"),
        (Cell("10442.0"), "10442"),
        (Cell("1.0442E4"), "10442"),
        ("00442", "00442"),
        (" 442 ", "442"),
        (Cell(442, form="00000"), "00442"),
        (Cell(1234567, form="00000"), "1234567"),
        (Cell(442, form='"E-"0000'), "E-0442"),
        (Cell(100442, form="000-000"), "100-442"),
        (Cell(442, form="[Red]00000;-00000"), "00442"),
        (Cell(10442, form="#,##0"), "10442"),
        (Cell("E-442", formula='"E-"&442', kind="str"), "E-442"),
    ),
)
def test_a_number_is_the_one_that_people_see(saved, cell: object, number: str) -> None:
    roster = saved([person(cell)])
    assert list(read(roster)) == [number]
    assert list(roster.problems) == []


@pytest.mark.parametrize(
    ("cell", "said"),
    (
        (12345678901234567, '"1.2345678901234568e+16" is a rounded number'),
        (Cell("1E+17"), '"1e+17" is a rounded number'),
        (Cell("#N/A", kind="e", formula="VLOOKUP(1,A:A,1)"), "an error of the spreadsheet's stands in the cell"),
        (Cell(formula="A1+1"), "a formula stands in the cell, and its result isn't in the file"),
    ),
)
def test_a_number_that_nobody_can_know_costs_its_row(saved, cell: object, said: str) -> None:
    roster = saved([person(1), person(cell), person(3)])
    assert list(read(roster)) == ["1", "3"]
    (problem,) = roster.problems
    assert problem.record == 'hr.xlsx, sheet "Staff", row 3, column "Employee Number"'
    assert problem.text.startswith(said)
    assert problem.fix.startswith("The row is left out.")


@pytest.mark.parametrize(
    ("cell", "form"),
    (
        (day(SERIAL), "%Y-%m-%d"),
        (day(SERIAL), "%d/%m/%Y"),
        (Cell(SERIAL + 0.75, form="d. mmm yyyy hh:mm"), "%d/%m/%Y"),
        (Cell(SERIAL, form='dd"/"mm"/"yy;@'), "%d/%m/%Y"),
        (Cell(SERIAL), "%Y-%m-%d"),
        (Cell(f"{SERIAL}.0"), "%d.%m.%Y"),
        (Cell(20261113), "%Y%m%d"),
        (Cell("2026-11-13", kind="d"), "%Y-%m-%d"),
        (Cell(SERIAL, form="yyyy-mm-dd", formula="TODAY()-11"), "%Y-%m-%d"),
        ("13.11.2026", "%d.%m.%Y"),
    ),
)
def test_a_day_is_one_however_it_stands_there(saved, cell: object, form: str) -> None:
    roster = saved([person(1, status="left", last_day=cell)], date_format=form)
    (worker,) = roster.read()
    assert worker.employments[0].last_working_on == LEFT_ON
    assert (list(roster.problems), list(roster.left_out.problems)) == ([], [])


def test_days_of_the_1904_system(saved) -> None:
    rows = [person(1, last_day=day(SERIAL - FOUR_YEARS)), person(2, last_day=Cell(SERIAL - FOUR_YEARS))]
    roster = saved(workbook({"Staff": Worksheet([HEADER, *rows])}, date1904=True))
    assert {worker.employments[0].last_working_on for worker in roster.read()} == {LEFT_ON}


@pytest.mark.parametrize(
    ("cell", "said"),
    (
        (Cell("#REF!", kind="e"), "an error of the spreadsheet's stands in the cell"),
        (Cell(99999999, form="yyyy-mm-dd"), "an error of the spreadsheet's stands in the cell"),
        (Cell(formula="B2+30"), "a formula stands in the cell, and its result isn't in the file"),
        (Cell(form="yyyy-mm-dd", formula="B2+30"), "a formula stands in the cell, and its result isn't in the file"),
        (Cell(0, form="yyyy-mm-dd"), '"00:00:00" is no date'),
        (Cell(442), '"442" is no date'),
    ),
)
def test_a_day_that_nobody_can_know_costs_its_row_and_is_never_no_day(saved, cell: object, said: str) -> None:
    roster = saved([person(1, last_day=cell), person(2)])
    assert list(read(roster)) == ["2"]
    (problem,) = roster.left_out.problems
    assert problem.record == 'hr.xlsx, sheet "Staff", row 2, column "Last Day"'
    assert problem.text.startswith(said)
    assert roster.left_out.records == ("1",)


def test_a_formula_that_gives_nothing_gives_nothing(saved) -> None:
    roster = saved([person(1, last_day=Cell("", formula='IF(TRUE,"","x")', kind="str"))])
    (worker,) = roster.read()
    assert worker.employments[0].last_working_on is None
    assert list(roster.left_out.problems) == []


def test_an_error_in_a_name_costs_the_value(saved) -> None:
    roster = saved([[1, Cell("#N/A", kind="e"), "Byte", "a@corp.example", "active", None]])
    assert read(roster)["1"].name == ""
    (problem,) = roster.left_out.problems
    assert problem.record == 'hr.xlsx, sheet "Staff", row 2, column "First Name, Last Name"'


def test_text_in_pieces_without_what_is_read_aloud(saved) -> None:
    """A name of two fonts, with the furigana that Japanese Excel keeps beside it."""
    text = "<si><r><t>김</t></r><r><rPr><b/></rPr><t>민준</t></r><rPh sb='0' eb='1'><t>キム</t></rPh></si>"
    content = workbook({"Staff": Worksheet([["No", "Name"], [1, Cell(0, kind="s")]])})
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{text}<si><t>No</t></si></sst>'
    content = workbook(
        {"Staff": Worksheet([[Cell(1, kind="s"), "x"], [1, Cell(0, kind="s")]])},
        parts={"xl/sharedStrings.xml": strings.encode()},
    )
    roster = saved(content, coverage="active", columns={"worker_id": "No", "name": "김민준"})
    assert read(roster)["1"].name == "김민준"


# --- rows -------------------------------------------------------------------------------------------------------------


def test_titles_above_the_header_and_blank_rows_count_for_row_numbers(saved) -> None:
    rows = [["Staff list"], ["As of", day(SERIAL)], [], HEADER, person(1), [], person("", "Eve"), person(3)]
    roster = saved({"Staff": Worksheet(rows, merged=["A1:F1", "B2:C2"])})
    workers = read(roster)
    assert list(workers) == ["1", "3"]
    assert workers["3"].record == 'hr.xlsx, sheet "Staff", row 8'
    (problem,) = roster.problems
    assert problem.record.startswith('hr.xlsx, sheet "Staff", row 7')


def test_a_title_that_is_merged_over_rows(saved) -> None:
    roster = saved({"Staff": Worksheet([["Staff list"], [None], HEADER, person(1)], merged=["A1:F2"])})
    assert list(read(roster)) == ["1"]


def test_a_header_that_was_sorted_among_the_rows_costs_the_read(saved) -> None:
    said = refused(saved({"Staff": Worksheet([person(1), HEADER, person(2)])}))
    assert said.startswith('hr.xlsx, sheet "Staff", row 1: there is no column "Employee Number" for worker_id.')


def test_what_stands_beside_the_table_is_under_no_column(saved) -> None:
    roster = saved([[*person(1), None, "call back"], person(2)[:5]])
    assert list(read(roster)) == ["1", "2"]
    assert list(roster.problems) == []


def test_a_cell_that_is_merged_with_the_one_above_is_not_blank(saved) -> None:
    """Two people who share one cell for their last day: the second's isn't "none"."""
    rows = [HEADER, person(1, last_day=day(SERIAL)), person(2), person(3)]
    roster = saved({"Staff": Worksheet(rows, merged=["F2:F3"])})
    assert list(read(roster)) == ["1", "3"]
    (problem,) = roster.left_out.problems
    assert problem.record == 'hr.xlsx, sheet "Staff", row 3, column "Last Day"'
    assert problem.text == "the cell is merged with the one above"


def test_the_size_that_a_sheet_tells_of_itself_is_not_believed(saved) -> None:
    roster = saved({"Staff": Worksheet([HEADER, person(1), person(2)], dimension="A1")})
    assert list(read(roster)) == ["1", "2"]


def test_rows_that_nobody_sees_count(saved) -> None:
    """A filter hides rows, and takes nobody off the list."""
    cells = "".join(
        f'<row r="{row}" hidden="1"><c r="A{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for row, text in ((1, "No"), (2, "7"))
    )
    page = Worksheet([], xml=f"<sheetData>{cells}</sheetData>")
    assert list(read(saved({"Staff": page}, coverage="active", columns={"worker_id": "No"}))) == ["7"]


@pytest.mark.parametrize(
    "rows",
    (
        '<row r="1"/><row r="3"/><row r="2"/>',
        '<row r="1"/><row r="1"/>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="A2"/></row>',
        '<row r="1048577"/>',
        '<row r="99999999999"/>',
        '<row r="1"><c r="XFE1"/></row>',
        '<row r="1"><c r="ZZZZZZZZZZZZZZZZ1"/></row>',
        '<row r="0"/>',
        '<row r="one"/>',
        '<row r="1">',
    ),
)
def test_rows_that_a_reader_would_pass_over_cost_the_read(saved, rows: str) -> None:
    said = refused(saved({"Staff": Worksheet([], xml=f"<sheetData>{rows}</sheetData>")}))
    assert said.startswith("hr.xlsx is a damaged workbook (") or "no workbook that can be read" in said


# --- sheets -----------------------------------------------------------------------------------------------------------


def test_the_one_sheet_in_sight_that_has_our_columns_is_read(saved) -> None:
    pages = {
        "Notes": Worksheet([["Who made this"]]),
        "Empty": Worksheet([]),
        "Old": Worksheet([HEADER, person(9)], hidden=True),
        "Staff": Worksheet([HEADER, person(1)]),
    }
    assert list(read(saved(pages))) == ["1"]


def test_two_sheets_that_may_each_be_it_cost_the_read(saved) -> None:
    pages = {"Here": Worksheet([HEADER, person(1)]), "Gone": Worksheet([HEADER, person(2, status="left")])}
    assert refused(saved(pages)) == 'hr.xlsx: "Here", "Gone" may each be the roster'
    assert list(read(saved(pages, sheet="Gone"))) == ["2"]


@pytest.mark.parametrize("sheet", ("Old", " old"))
def test_a_sheet_that_is_named_is_read_or_costs_the_read(saved, sheet: str) -> None:
    pages = {"Staff": Worksheet([HEADER, person(1)]), "Old": Worksheet([HEADER, person(9)], hidden=True)}
    if sheet.strip() == "Old":
        assert list(read(saved(pages, sheet=sheet))) == ["9"]
    else:
        assert refused(saved(pages, sheet=sheet)).startswith('hr.xlsx: there is no sheet "old" that holds anything.')


def test_no_sheet_with_our_columns_says_what_is_missing(saved) -> None:
    said = refused(saved({"Staff": Worksheet([["Staff list"], ["Employee Number", *HEADER[1:5]], person(1)])}))
    assert said.startswith('hr.xlsx, sheet "Staff", row 2: there is no column "Last Day" for last_working_day.')


def test_nothing_in_sight(saved) -> None:
    pages = {"Empty": Worksheet([]), "Old": Worksheet([HEADER, person(9)], hidden=True)}
    assert refused(saved(pages)) == "hr.xlsx: no sheet in sight holds anything"


def test_a_folder_of_workbooks_says_how_they_are_named(saved, tmp_path: Path, build: Build) -> None:
    saved([person(1)])
    with pytest.raises(FatalError, match=r"holds no \*\.csv file, and workbooks are named by a pattern: .*/\*\.xlsx"):
        list(build(tmp_path, columns=COLUMNS).read())


def test_excels_own_file_beside_an_open_one_is_none(saved, tmp_path: Path, build: Build) -> None:
    saved([person(1)])
    (tmp_path / "~$hr.xlsx").write_bytes(b"\x03Ada" + bytes(161))
    assert list(read(build(tmp_path / "*.xlsx", columns=COLUMNS))) == ["1"]


# --- what isn't meant well --------------------------------------------------------------------------------------------

LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + at)} '{f'&{chr(97 + at)};' * 10}'>" for at in range(9)
)


@pytest.mark.parametrize(
    "part",
    ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"),
)
def test_entities_cost_the_read(saved, part: str) -> None:
    bomb = f"{LAUGHS}]><x>&j;</x>".encode()
    said = refused(saved(workbook({"Staff": Worksheet([HEADER, person(1)])}, parts={part: bomb})))
    assert "no workbook that can be read (" in said or "a damaged workbook (it defines entities" in said


@pytest.mark.parametrize("part", ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/media/image1.png"))
def test_a_workbook_that_unpacks_to_more_than_it_may(saved, part: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = workbook({"Staff": Worksheet([HEADER, person(1)])}, parts={part: b" " * (8 << 20)})
    assert refused(saved(content, max_megabytes=4)) == "hr.xlsx holds more than 4 MB"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


def test_a_workbook_whose_texts_fill_the_memory(saved, monkeypatch: pytest.MonkeyPatch) -> None:
    from offboarding.rosters.csv.workbook import reading

    monkeypatch.setattr(reading, "MOST_IN_MEMORY", 2 << 20)
    content = workbook({"Staff": Worksheet([HEADER, person(1)])}, parts={"xl/sharedStrings.xml": b" " * (4 << 20)})
    assert refused(saved(content)) == "hr.xlsx holds more than 2 MB beside its sheets"


@pytest.mark.parametrize(
    ("part", "bomb"),
    (
        ("xl/styles.xml", b"<styleSheet><cellXfs>" + b"<xf/>" * 2_000_000),
        ("xl/sharedStrings.xml", b"<t/>" * 30_000_000),
    ),
    ids=("formats", "texts"),
)
def test_a_workbook_of_very_many_small_parts_is_refused_before_one_is_held(saved, part: str, bomb: bytes) -> None:
    """A megabyte of formats would fill a hundred."""
    roster = saved(workbook({"Staff": Worksheet([HEADER, person(1)])}, parts={part: bomb}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert "texts or formats beside its sheets" in refused(roster)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


def test_a_workbook_of_very_many_formulas_without_a_result_is_refused(saved) -> None:
    rows = "".join(f'<row r="{row}">' + "<c><f/></c>" * 1000 + "</row>" for row in range(1, 102))
    said = refused(saved({"Staff": Worksheet([], xml=f"<sheetData>{rows}</sheetData>")}))

    assert "more than 100,000 formulas without a result" in said


def test_a_cell_at_the_end_of_the_world_costs_neither_memory_nor_the_read(saved) -> None:
    """A reader that makes a rectangle of all cells would need 500 GB for it."""
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>No</t></is></c></row><row r="2"><c r="A2"><v>7</v></c></row>'
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    roster = saved(
        {"Staff": Worksheet([], xml=f"<sheetData>{cells}{far}</sheetData>")},
        coverage="active",
        columns={"worker_id": "No"},
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert list(read(roster)) == ["7"]
    (problem,) = roster.problems
    assert problem.record == 'hr.xlsx, sheet "Staff", row 1048576, column "No"'
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


@pytest.mark.parametrize("lost", (1, 30, 400))
def test_a_workbook_that_was_cut_off(saved, lost: int) -> None:
    content = workbook({"Staff": Worksheet([HEADER, person(1)])})
    assert refused(saved(content[:-lost])).startswith("hr.xlsx is a damaged archive, or one that was cut off (")


def test_a_workbook_that_is_damaged(saved) -> None:
    content = bytearray(workbook({"Staff": Worksheet([HEADER, *[person(number) for number in range(99)]])}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    content[at] ^= 0xFF
    said = refused(saved(bytes(content)))
    assert "damaged" in said or "no workbook that can be read (" in said


def test_another_document_of_office(saved) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        archive.writestr("word/document.xml", "<x/>")
    assert refused(saved(made.getvalue())).startswith("hr.xlsx is no workbook that can be read (")


def test_a_trailer_counts_the_rows_there_too(saved) -> None:
    roster = saved([person(1), person(2), ["Total: 2"]], trailer={"pattern": r"Total: (?P<rows>\d+)"})
    assert list(read(roster)) == ["1", "2"]
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved
