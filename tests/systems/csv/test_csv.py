import csv
import errno
import io
import os
import traceback
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from offboarding.model import Problem
from offboarding.model.errors import FatalError, IncompleteReadError, RetriableError
from offboarding.net import plain_file
from offboarding.rosters.csv import disk
from offboarding.rosters.csv.stores import FeedFile
from tests.systems.csv.conftest import Build

COLUMNS = {"worker_id": "사번", "name": "성명", "status": "재직구분", "last_working_day": "Last day"}
STATUSES = {"재직": "active", "퇴직": "left"}
HEADER = "사번,성명,재직구분,Last day\r\n"
NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


@pytest.fixture
def feed(tmp_path: Path, build: Build):
    """A roster over this text; a text's own encoding is UTF-8."""

    def made(content: bytes | str, **given: object):
        path = tmp_path / "hr_20261124.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return build(path, **({"columns": COLUMNS, "statuses": STATUSES} | given))

    return made


def _names(roster) -> dict[str, str]:
    return {worker.worker_id: worker.name for worker in roster.read()}


# --- encodings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "written"),
    (
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("UTF8", "utf-8-sig"),
        ("utf-8-sig", "utf-8"),
        ("cp949", "cp949"),
        ("euc-kr", "euc-kr"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16", "utf-16-be with mark"),
        ("utf-16-le", "utf-16-le with mark"),
    ),
)
def test_reads_the_declared_encoding(feed, declared: str, written: str) -> None:
    codec, _, mark = written.partition(" with ")
    text = ("\ufeff" if mark else "") + HEADER + "1,김민준,재직,\r\n"
    assert _names(feed(text.encode(codec), encoding=declared)) == {"1": "김민준"}


def test_reads_latin_1(feed) -> None:
    content = "id;Name\n1;Jürgen Groß\n".encode("latin-1")
    roster = feed(
        content,
        encoding="latin-1",
        delimiter=";",
        coverage="active",
        columns={"worker_id": "id", "name": "Name"},
    )
    assert _names(roster) == {"1": "Jürgen Groß"}


def test_a_mark_before_a_quoted_header_is_no_part_of_it(feed) -> None:
    assert _names(feed('\ufeff"사번","성명","재직구분","Last day"\n1,a,재직,\n')) == {"1": "a"}


def test_headers_are_the_same_however_hangul_is_composed(feed) -> None:
    assert _names(feed(unicodedata.normalize("NFD", HEADER) + "1,a,재직,\r\n")) == {"1": "a"}


@pytest.mark.parametrize(
    ("declared", "written", "what"),
    (
        ("utf-8", "cp949", "hr_20261124.csv row 1: the header is not utf-8 (at 0xBB 0xE7 0xB9 0xF8)"),
        ("utf-8", "utf-16", "hr_20261124.csv row 1: the header is not utf-8 (at 0xFF 0xFE 0xAC 0xC0)"),
        ("latin-1", "utf-16-le", "hr_20261124.csv row 1: the header is not latin-1 (at 0x00)"),
        ("utf-16", "utf-8", "hr_20261124.csv is not utf-16 (UTF-16 stream does not start with BOM)"),
    ),
)
def test_another_encoding_costs_the_read(feed, declared: str, written: str, what: str) -> None:
    roster = feed((HEADER + "1,김,재직,\r\n").encode(written), encoding=declared)
    with pytest.raises(IncompleteReadError) as caught:
        list(roster.read())
    assert str(caught.value) == (
        f"rosters.hr: {what}. Nothing was concluded from this read; what is known stands, marked stale. "
        'Declare the encoding that it is in (Korean Excel writes cp949, its "Unicode text" utf-16).'
    )


@pytest.mark.parametrize(
    ("encoding", "damaged"),
    (("utf-8", b"\xb1\xe8"), ("cp949", b"\x81"), ("utf-16-le", b"\x00\xd8")),
)
def test_a_damaged_value_costs_itself_alone(feed, encoding: str, damaged: bytes) -> None:
    rows = ["2,", ",재직,\r\n3,c,퇴직,2026-11-13\r\n"]
    content = (HEADER + "1,김,재직,\r\n").encode(encoding) + damaged.join(part.encode(encoding) for part in rows)
    roster = feed(content, encoding=encoding)
    assert _names(roster) == {"1": "김", "2": "", "3": "c"}
    assert list(roster.problems) == []
    (problem,) = roster.left_out.problems
    assert problem.record == 'hr_20261124.csv row 3, column "성명"'
    assert problem.text == f"the value is not {encoding}"
    assert problem.fix.startswith("The value is left out, and all else of this worker counts. Mend the row.")


def test_damage_in_a_column_that_nobody_reads_costs_nothing(feed) -> None:
    roster = feed("사번,Notes,재직구분,성명,Last day\n1,".encode() + b"\xb1\xe8" + ",재직,a,\n".encode())
    assert _names(roster) == {"1": "a"}
    assert list(roster.problems) == []


@pytest.mark.parametrize("error", ("#N/A", "#REF!", " #VALUE! ", "####"))
def test_an_error_of_a_spreadsheets_is_nobodys_mail_or_login(feed, error: str) -> None:
    """Two who share one would be one person."""
    columns = COLUMNS | {"mail": "Mail", "login": "Login"}
    text = f"사번,성명,재직구분,Last day,Mail,Login\n1,a,재직,,{error},{error}\n2,b,재직,,b#1@corp.example,#b\n"
    roster = feed(text, columns=columns)
    first, second = roster.read()
    assert (first.mail, first.logins) == ("", ())
    assert (second.mail, [login.value for login in second.logins]) == ("b#1@corp.example", ["#b"])
    assert [problem.record for problem in roster.left_out.problems] == [
        'hr_20261124.csv row 2, column "Mail"',
        'hr_20261124.csv row 2, column "Login"',
    ]


@pytest.mark.parametrize("row", ("1,a,#N/A,", "1,a,퇴직,#N/A"))
def test_an_error_in_a_status_or_a_day_costs_the_row(feed, row: str) -> None:
    roster = feed(f"{HEADER}{row}\n2,b,재직,\n")
    assert _names(roster) == {"2": "b"}
    (problem,) = roster.left_out.problems
    assert problem.text == "an error of the spreadsheet's stands in the cell"


# --- columns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    (
        '"Employee\nNumber",Status',
        '"Employee\r\nNumber"," Status "',
        "  Employee   Number  ,Status\t",
        "Employee\u00a0Number,\u3000Status",
    ),
)
def test_line_breaks_and_blanks_in_a_header_make_no_other_column(feed, header: str) -> None:
    columns = {"worker_id": "Employee Number", "status": "Status"}
    roster = feed(f"{header}\r\n1,재직\r\n", columns=columns)
    assert [worker.worker_id for worker in roster.read()] == ["1"]
    assert list(roster.problems) == []


PARTS = {
    "worker_id": "New No",
    "previous_worker_ids": ["Old No", "Older Nos"],
    "name": ["First Name", "Last Name"],
    "former_mail": ["Mail before"],
    "status": "Status",
}
PARTS_HEADER = "Last Name,First Name,New No,Old No,Older Nos,Mail before,Status\n"


@pytest.mark.parametrize(
    ("row", "name", "previous", "mails"),
    (
        ("Groß,Jürgen,10,7,1;2,a@x.example;b@x.example,재직", "Jürgen Groß", ("7", "1", "2"), 2),
        (" Groß , Jürgen ,10,,3,,재직", "Jürgen Groß", ("3",), 0),
        ("Groß,,10,,,a@x.example,재직", "Groß", (), 1),
        (", ,10,7,,,재직", "", ("7",), 0),
    ),
)
def test_what_stands_in_several_columns_is_put_together_as_told(feed, row: str, name: str, previous, mails) -> None:
    roster = feed(f"{PARTS_HEADER}{row}\n", columns=PARTS)
    (worker,) = roster.read()
    assert (worker.name, worker.previous_worker_ids, len(worker.former_mails)) == (name, previous, mails)
    assert list(roster.problems) == []


def test_a_part_that_is_not_there_costs_the_read(feed) -> None:
    columns = PARTS | {"name": ["First Name", "Family Name"]}
    with pytest.raises(IncompleteReadError, match='row 1: there is no column "Family Name" for name'):
        list(feed(PARTS_HEADER, columns=columns).read())


def test_damage_in_a_part_costs_the_value(feed) -> None:
    roster = feed(PARTS_HEADER.encode() + b"\xb1\xe8,Min,10,7,,," + "재직\n".encode(), columns=PARTS)
    (worker,) = roster.read()
    assert (worker.name, worker.previous_worker_ids) == ("", ("7",))
    (problem,) = roster.left_out.problems
    assert problem.record == 'hr_20261124.csv row 2, column "First Name, Last Name"'


def test_a_header_that_stands_again_is_known_by_its_parts_too(feed) -> None:
    roster = feed(f"{PARTS_HEADER}Groß,Jürgen,10,,,,재직\n{PARTS_HEADER}", columns=PARTS)
    assert [worker.worker_id for worker in roster.read()] == ["10"]
    (problem,) = roster.problems
    assert problem.text == "the header stands here again: several files were put together"


# --- rows -------------------------------------------------------------------------------------------------------------


def test_row_numbers_are_the_lines_where_records_start(feed) -> None:
    text = HEADER + '1,"two\r\nlines",재직,\r\n\r\n , ,,\r\n2,"a ""b"", c",재직,\n\n3,c,퇴짂,\r\n4,d,재직,'
    roster = feed(text)
    workers = list(roster.read())
    assert [(w.worker_id, w.name, w.record) for w in workers] == [
        ("1", "two\r\nlines", "hr_20261124.csv row 2"),
        ("2", 'a "b", c', "hr_20261124.csv row 6"),
        ("4", "d", "hr_20261124.csv row 9"),
    ]
    assert [problem.record for problem in roster.left_out.problems] == ['hr_20261124.csv row 8, column "재직구분"']
    assert roster.summary is not None
    assert roster.summary.rows == 4, "blank lines are none"


def test_a_date_is_told_as_people_read_it(feed) -> None:
    roster = feed(HEADER + "1,a,퇴직,2026-02-31\n2,b,퇴직,2026-11-13\n")
    assert _names(roster) == {"2": "b"}
    assert [str(problem) for problem in roster.left_out.problems] == [
        (
            'hr_20261124.csv row 2, column "Last day": "2026-02-31" is no date (format %Y-%m-%d). '
            "The row is left out, and what was known of this worker stands. Mend the row, or set date_format of "
            "roster hr."
        )
    ]


@pytest.mark.parametrize(
    ("line", "text"),
    (
        ("1,a,재직", "3 fields, where the header has 4"),
        ("1,Kim, a,재직,", "5 fields, where the header has 4"),
        ("1,a,재직,,", "5 fields, where the header has 4"),
        ('1,"a\nb",재직', "3 fields, where the header has 4, rows 2 to 3"),
        ('1,"a"b,재직,', "the quotation marks don't pair up (',' expected after '\"')"),
        ("\x00,a,재직,", "a NUL character stands in the value"),
    ),
)
def test_a_row_that_can_not_be_told_apart_costs_itself_alone(feed, line: str, text: str) -> None:
    roster = feed(f"{HEADER}{line}\n2,b,퇴직,2026-11-13\n")
    assert _names(roster) == {"2": "b"}
    (problem,) = roster.problems
    assert problem.record.startswith("hr_20261124.csv row 2")
    assert problem.text == text


def test_a_quotation_mark_that_never_closes_is_told_with_the_rows_it_took(feed) -> None:
    roster = feed(HEADER + '1,a,재직,\n2,"b,재직,\n3,c,재직,\n')
    assert _names(roster) == {"1": "a"}
    assert [str(problem) for problem in roster.problems] == [
        (
            "hr_20261124.csv row 3: the quotation marks don't pair up (unexpected end of data), rows 3 to 4. "
            "The row is left out. Have the export put fields that hold one into quotation marks, "
            "and double those within."
        )
    ]


@pytest.mark.parametrize("between", ["", "2,b,재직,\n"], ids=["next to each other", "a row between them"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_two_marks_of_an_export_that_does_not_quote_make_no_row_of_several(feed, delimiter: str, between: str) -> None:
    """By the number of fields it would be one row, with the first one's number and the last one's status."""
    rows = f'1,"Kim,재직,\n{between}3,Lee",퇴직,2026-11-13\n4,d,재직,\n'
    roster = feed((HEADER + rows).replace(",", delimiter), delimiter=delimiter)
    assert _names(roster) == {"4": "d"}
    (problem,) = roster.problems
    assert problem.text == (
        "its lines could be several rows: a value that begins with a quotation mark took them in, rows 2 to "
        f"{4 if between else 3}"
    )


@pytest.mark.parametrize("between", ["", "2,b,재직,\n"], ids=["next to each other", "a row between them"])
@pytest.mark.parametrize("names", [('"Kim\nMinjun', 'Lee"'), ('"Kim', 'Lee\nHaneul"'), ('"Kim\n\nM', 'Lee\nH"')])
def test_two_marks_and_a_name_in_two_lines_make_no_row_of_several(feed, names: tuple[str, str], between: str) -> None:
    kim, lee = names
    roster = feed(f"{HEADER}1,{kim},퇴직,2026-11-13\n{between}3,{lee},재직,\n4,d,재직,\n")
    assert _names(roster) == {"4": "d"}
    (problem,) = roster.problems
    assert problem.text.startswith("its lines could be several rows: ")


@pytest.mark.parametrize("name", ["Kim\nJiho", "Kim, Jiho\r\n1 Main Street, Seoul", "a, b, c, d\n\nSeoul", "\n,,\n"])
def test_a_value_in_several_lines_is_read(feed, name: str) -> None:
    roster = feed(f'{HEADER}1,"{name}",재직,\n2,b,퇴직,2026-11-13\n')
    assert set(_names(roster)) == {"1", "2"}
    assert list(roster.problems) == []


def test_a_quotation_mark_that_never_closes_takes_no_more_than_the_limit(feed) -> None:
    rows = [f"{number},{'x' * 90},재직,\n" for number in range(1, 4001)]
    rows[9] = '10,"b,재직,\n'
    roster = feed(HEADER + "".join(rows))
    read = set(_names(roster))
    assert {"1", "9", "4000"} <= read
    assert 2000 < len(read) < 4000
    assert len(roster.problems) == 1


def test_an_offending_value_is_shown_cut_and_escaped(feed) -> None:
    roster = feed(HEADER + f"1,a,\x1b[31m{'x' * 60},\n2,b,재직,\n")
    list(roster.read())
    assert roster.left_out.problems[0].text == f'"\\x1b[31m{"x" * 34}…" is no status we know'


@pytest.mark.parametrize(
    ("content", "text"),
    (
        ("", "hr_20261124.csv row 1: the file is empty, without even a header. "),
        ("\n\n", "hr_20261124.csv row 1: the file is empty, without even a header. "),
        (HEADER, "hr_20261124.csv row 2: no worker stands below the header. "),
        (
            '"사번,성명\n',
            "hr_20261124.csv row 1: the header's quotation marks don't pair up (unexpected end of data). ",
        ),
        (
            "사번,성명,재직구분,LastDay\n1,a,재직,\n",
            (
                'hr_20261124.csv row 1: there is no column "Last day" for last_working_day. Did you mean LastDay? '
                'There are "사번", "성명", "재직구분", "LastDay". '
            ),
        ),
        (
            "사번,성명,재직구분,Last day,성명\n",
            'hr_20261124.csv row 1: the column "성명" for name stands 2 times. ',
        ),
    ),
)
def test_what_costs_the_read_says_where_and_what_to_do(feed, content: str, text: str) -> None:
    with pytest.raises(IncompleteReadError) as caught:
        list(feed(content).read())
    said = str(caught.value)
    assert said.startswith(f"rosters.hr: {text}Nothing was concluded from this read; ")
    assert said.endswith(".")


# --- days -------------------------------------------------------------------------------------------------------------


def test_several_date_formats_are_tried(feed) -> None:
    text = HEADER + "1,a,퇴직,2026-11-13\n2,b,퇴직,13.11.2026\n"
    roster = feed(text, date_format=["%Y-%m-%d", "%d.%m.%Y"])
    assert {str(w.employments[0].last_working_on) for w in roster.read()} == {"2026-11-13"}


def test_a_day_that_two_formats_read_differently_is_told(feed) -> None:
    roster = feed(HEADER + "1,a,퇴직,03/05/2026\n2,b,퇴직,05/05/2026\n", date_format=["%m/%d/%Y", "%d/%m/%Y"])
    assert _names(roster) == {"2": "b"}
    assert (
        roster.left_out.problems[0].text == '"03/05/2026" may be 2026-03-05 or 2026-05-03 (formats %m/%d/%Y, %d/%m/%Y)'
    )


def test_a_day_without_dividers_is_never_cut_in_a_place_of_our_choice(feed) -> None:
    roster = feed(HEADER + "1,a,퇴직,20261113\n2,b,퇴직,2026113\n3,c,퇴직,201112\n", date_format="%Y%m%d")
    assert {w.worker_id: str(w.employments[0].last_working_on) for w in roster.read()} == {"1": "2026-11-13"}
    assert list(roster.left_out.records) == ["2", "3"]


def test_a_moment_is_a_day_in_the_workers_own_zone(feed) -> None:
    columns = {"worker_id": "id", "status": "status", "location": "where", "end": "end"}
    text = "id,status,where,end\n1,left,Seattle,2026-11-14T02:00:00+0000\n2,left,,2026-11-13T20:00:00+0000\n"
    roster = feed(
        text,
        columns=columns,
        statuses={"left": "left"},
        zones={"Seattle": "America/Los_Angeles"},
        date_format="%Y-%m-%dT%H:%M:%S%z",
    )
    days = [str(w.employments[0].end_on) for w in roster.read()]
    assert days == ["2026-11-13", "2026-11-14"], "the second in the company's zone, Seoul"


# --- age and the file itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "stale"), ((35, False), (36, False), (37, True), (-5, False)))
def test_an_old_file_is_told_and_its_rows_still_count(feed, tmp_path: Path, hours: int, stale: bool) -> None:
    roster = feed(HEADER + "1,a,퇴직,2026-11-13\n", max_age="36h", as_of=NIGHT)
    changed = (NIGHT - timedelta(hours=hours)).timestamp()
    os.utime(tmp_path / "hr_20261124.csv", (changed, changed))
    assert _names(roster) == {"1": "a"}
    expected = Problem(
        record="hr_20261124.csv",
        text="last changed 37 h before this night's moment; max_age is 36 h",
        fix="See why HR's delivery didn't come. What the file tells of leavers still counts.",
    )
    assert list(roster.problems) == ([expected] if stale else [])
    assert roster.summary is not None
    assert roster.summary.dated_at == NIGHT - timedelta(hours=hours)
    assert not roster.summary.proved


def test_a_file_that_grows_meanwhile_is_told(feed, tmp_path: Path) -> None:
    roster = feed(HEADER + "1,a,재직,\n")
    workers = roster.read()
    next(workers)
    with (tmp_path / "hr_20261124.csv").open("ab") as file:
        file.write("2,b,재직,\n".encode())
    list(workers)
    assert [problem.text for problem in roster.problems] == ["somebody wrote to the file while it was read"]


def test_a_file_that_is_replaced_meanwhile_is_read_to_its_end(feed, tmp_path: Path) -> None:
    roster = feed(HEADER + "1,a,재직,\n2,b,재직,\n")
    workers = roster.read()
    next(workers)
    other = tmp_path / "new"
    other.write_text(HEADER)
    other.rename(tmp_path / "hr_20261124.csv")
    assert [w.worker_id for w in workers] == ["2"]
    assert list(roster.problems) == []


def _write(path: Path, worker_id: str, modified: int) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"id\n{worker_id}\n")
    os.utime(path, (modified, modified))


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """A folder as deliveries leave it: the newest by its time is neither the last by name nor the only one."""
    folder = tmp_path / "in bound"
    _write(folder / "hr_20261123.csv", "old", 1_000)
    _write(folder / "hr_a.csv", "twin a", 5_000)
    _write(folder / "hr_b.CSV", "twin b", 5_000)
    _write(folder / "hr_z.csv", "z", 2_000)
    _write(folder / ".hr_c.csv", "hidden", 9_000)
    _write(folder / "hr_d.csv.part", "part", 9_000)
    (folder / "e.csv").mkdir()
    return folder


@pytest.mark.parametrize(
    ("path", "found"),
    (
        ("in bound", "twin b"),
        ("in bound/hr_2*.csv", "old"),
        ("in bound/*.csv", "twin a"),
        ("in bound/hr_z.csv", "z"),
        ("*/hr_[yz].csv", "z"),
        ("in bound/*.part", "part"),
    ),
)
def test_the_newest_file_counts(build: Build, delivered: Path, path: str, found: str) -> None:
    roster = build(delivered.parent / path, coverage="active", columns={"worker_id": "id"})
    assert [w.worker_id for w in roster.read()] == [found]


def test_a_relative_path_starts_at_the_project(build: Build, delivered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (plain_file.PROJECT / "include" / "offboarding").is_dir()
    monkeypatch.setattr(plain_file, "PROJECT", delivered.parent)
    monkeypatch.chdir("/")
    roster = build("in bound/hr_z.csv", coverage="active", columns={"worker_id": "id"})
    assert [w.worker_id for w in roster.read()] == ["z"]


@pytest.mark.parametrize(
    ("path", "what"),
    (
        ("nowhere.csv", "is no file, and no pattern that matches one"),
        ("in bound/*.txt", "is no file, and no pattern that matches one"),
        ("in bound/e.csv", "holds no *.csv file"),
    ),
)
def test_no_file_is_fatal_and_named_as_configured(
    build: Build, delivered: Path, monkeypatch: pytest.MonkeyPatch, path: str, what: str
) -> None:
    monkeypatch.setattr(plain_file, "PROJECT", delivered.parent)
    roster = build(path, coverage="active", columns={"worker_id": "id"})
    with pytest.raises(FatalError) as caught:
        list(roster.read())
    assert str(caught.value) == (
        f"rosters.hr: {path} {what} (looked for at {delivered.parent / path}). "
        "See whether HR's delivery came, and whether path of roster hr is right."
    )


def test_a_file_that_vanishes_may_be_tried_again(
    build: Build, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = delivered / "hr_gone.csv"
    described = FeedFile(path=str(gone), name=gone.name, size=1, modified_at=NIGHT)
    monkeypatch.setattr(disk.Disk, "found", lambda self: [described])
    with pytest.raises(RetriableError, match=r"^rosters\.hr: hr_gone\.csv vanished before it was read"):
        list(build(gone, coverage="active", columns={"worker_id": "id"}).read())


def test_a_disk_that_breaks_off_may_be_tried_again(feed, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.StringIO):
        def readline(self, size: int = -1, /) -> str:
            if line := super().readline(size):
                return line
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(
        "offboarding.rosters.csv.reading.decoded", lambda _file, _encoding: Broken(f"{HEADER}1,a,재직,\n")
    )
    roster = feed("")
    with pytest.raises(RetriableError) as caught:
        list(roster.read())
    assert str(caught.value).startswith(
        "rosters.hr: hr_20261124.csv can't be read to its end (Input/output error). Nothing was concluded"
    )
    assert roster.summary is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_we_may_not_read_is_fatal(build: Build, delivered: Path) -> None:
    (delivered / "hr_z.csv").chmod(0)
    with pytest.raises(FatalError, match="Let the user that runs the tasks read it"):
        list(build(delivered / "hr_z.csv", coverage="active", columns={"worker_id": "id"}).read())


def test_an_error_shows_where_it_comes_from(feed) -> None:
    with pytest.raises(IncompleteReadError) as caught:
        list(feed("x\n1\n").read())
    assert "MissingColumnsError" in "".join(traceback.format_exception(caught.value))


# --- any text ---------------------------------------------------------------------------------------------------------

_text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\ufeff"), max_size=12)
# What spreadsheets make of numbers is refused; of fewer than five rows nothing is concluded from their looks.
_ids = _text.map(str.strip).filter(lambda text: text and not set(text) & set("=#.,+"))
_mails = _text.filter(lambda text: "#" not in text)
# Of one that a spreadsheet overflowed with nothing is left: a test of its own.
_people = _text.filter(lambda text: "#" not in text or text.strip().strip("#"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(_ids, _people, _mails), min_size=1, max_size=4),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(("utf-8", "utf-16", "utf-32", "gb18030")),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    line_end=st.sampled_from(("\r\n", "\n")),
)
def test_what_is_written_is_read(
    feed, rows, delimiter: str, encoding: str, quoting: Literal[0, 1], line_end: str
) -> None:
    # Arrange
    # Python 3.11's writer leaves a lone carriage return unquoted where lines end otherwise, which is a line end here.
    assume(quoting or line_end == "\r\n" or not any("\r" in field for fields in rows for field in fields))
    # What might be several rows is refused: a test of its own.
    assume(not any(delimiter in field and {"\r", "\n"} & set(field) for fields in rows for field in fields))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerows([("id", "name", "mail"), *rows])
    roster = feed(
        text.getvalue().encode(encoding),
        encoding=encoding,
        delimiter=delimiter,
        coverage="active",
        columns={"worker_id": "id", "name": "name", "mail": "mail"},
    )
    # Act
    read = [(w.worker_id, w.name, w.mail) for w in roster.read()]
    # Assert
    written = [(i, n if n.strip() else "", m if m.strip() else "") for i, n, m in rows]
    assert read == [row for row in written if row in read]
    # Whoever has a number and nothing with a letter beside it may be a total: told, and nobody.
    left_out = [row for row in written if row not in read]
    assert len(roster.problems) == len(left_out)
    assert not [row for row in left_out if any(letter.isalpha() for letter in row[1] + row[2])]
