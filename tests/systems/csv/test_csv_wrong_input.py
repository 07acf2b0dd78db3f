"""Every wrong kind of feed that was seen: a sentence with source, record and what to do, and nothing concluded.

docs/failure-modes.md lists them, each with its test's name.
"""

import gzip
import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offboarding.model.errors import IncompleteReadError
from offboarding.rosters._records.likeness import LEAST
from offboarding.rosters.csv import CsvRoster
from tests.systems.csv.conftest import Build

pytestmark = pytest.mark.slow

NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
COLUMNS = {
    "worker_id": "No",
    "name": "Name",
    "mail": "Mail",
    "location": "Where",
    "status": "State",
    "start": "First day",
    "end": "Last day",
}
HEADER = "No,Name,Mail,Where,State,First day,Last day\n"

Feed = Callable[..., CsvRoster]


def _row(number: int, **changes: str) -> str:
    cells = {
        "No": str(1000 + number),
        "Name": f"Worker {chr(65 + number)}",
        "Mail": f"w{number}@corp.example",
        "Where": "Seoul",
        "State": "active",
        "First day": "2020-03-01",
        "Last day": "",
    }
    return ",".join((cells | {name.replace("_", " "): value for name, value in changes.items()}).values()) + "\n"


GOOD = HEADER + "".join(map(_row, range(6)))


@pytest.fixture
def feed(tmp_path: Path, build: Build) -> Feed:
    def made(content: bytes | str, **given: object) -> CsvRoster:
        path = tmp_path / "hr.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return build(path, as_of=NIGHT, domains=("corp.example", "corp.co.kr"), **({"columns": COLUMNS} | given))

    return made


def _refused(roster: CsvRoster) -> str:
    """The sentence of a read that is given up: it names the source and the record, and says what to do."""
    with pytest.raises(IncompleteReadError) as caught:
        list(roster.read())
    text = str(caught.value)
    assert text.startswith("rosters.hr: hr.csv")
    what, told, fix = text.partition("Nothing was concluded from this read; what is known stands, marked stale. ")
    assert told
    assert len(fix.split()) > 2
    assert roster.summary is None
    return what.removeprefix("rosters.hr: ").strip()


def _partial(roster: CsvRoster, *read: str) -> str:
    """The one problem of a read whose other rows count."""
    assert [worker.worker_id for worker in roster.read()] == list(read)
    (problem,) = roster.problems
    assert problem.record.startswith("hr.csv")
    assert problem.fix.endswith(".")
    assert roster.summary is not None
    assert not roster.summary.proved
    return f"{problem.record}: {problem.text}"


ALL = tuple(str(1000 + number) for number in range(6))


def test_a_good_feed_is_read_without_a_word(feed: Feed) -> None:
    roster = feed(GOOD)
    assert [worker.worker_id for worker in roster.read()] == list(ALL)
    assert list(roster.problems) == []


# --- no delimited text at all -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "what"),
    (
        (b"<!DOCTYPE html>\n<title>Sign in</title>", "a web page"),
        (b"\xef\xbb\xbf\r\n <HTML><body>Session expired", "a web page"),
        (gzip.compress(b"<html>"), "a web page"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "XML"),
        (b'{"error": "unauthorized"}', "JSON"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook of the old kind (.xls), or one with a password"),
        (gzip.compress(b"PK\x03\x04"), "an archive in an archive"),
        (b"-----BEGIN PGP MESSAGE-----\n", "encrypted with PGP"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"),
    ),
)
def test_a_login_page_and_other_things_that_are_no_text(feed: Feed, content: bytes, what: str) -> None:
    assert _refused(feed(content)) == f"hr.csv is {what}, no delimited text."


def _zip(**members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_csv", ".csv"), text)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    (
        (
            _zip(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}),
            "hr.csv is no workbook that can be read (XMLSyntaxError).",
        ),
        (_zip(a_csv=GOOD, b_csv=GOOD), "hr.csv is a zip of 2 files."),
        (_zip(), "hr.csv is a zip of 0 files."),
    ),
)
def test_an_archive_that_is_no_feed(feed: Feed, content: bytes, what: str) -> None:
    assert _refused(feed(content)) == what


def test_an_encrypted_archive(feed: Feed) -> None:
    content = bytearray(_zip(a_csv=GOOD))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert _refused(feed(bytes(content))) == "hr.csv is an encrypted zip."


@pytest.mark.parametrize("lost", (1, 8, 20, 100))
def test_an_archive_that_was_cut_off(feed: Feed, lost: int) -> None:
    for packed in (gzip.compress(GOOD.encode()), _zip(a_csv=GOOD)):
        assert _refused(feed(packed[:-lost])).startswith("hr.csv is a damaged archive, or one that was cut off (")


def test_an_archive_that_is_damaged(feed: Feed) -> None:
    packed = bytearray(gzip.compress(GOOD.encode()))
    packed[-6] ^= 0xFF  # its checksum
    assert _refused(feed(bytes(packed))).startswith("hr.csv is a damaged archive, or one that was cut off (")


# --- encodings --------------------------------------------------------------------------------------------------------


def test_a_mark_of_utf_8_before_another_encoding(feed: Feed) -> None:
    what = _refused(feed(GOOD.encode("utf-8-sig"), encoding="latin-1"))
    assert what == "hr.csv says by its first bytes that it is utf-8, and latin-1 is declared."


def test_a_mark_in_a_number(feed: Feed) -> None:
    told = _partial(feed(GOOD + "\ufeff" + _row(7) + _row(8)), *ALL, "1008")
    assert told == 'hr.csv row 8, column "No": an invisible character (U+FEFF) stands in the worker\'s number'


@pytest.mark.parametrize(
    "changes",
    (
        {"Name": "\ufeffWorker G"},
        {"Mail": "w6@corp.example\ufeff"},
        {"Where": "Se\ufeffoul"},
        {"State": "\ufeffactive"},
        {"First_day": "2020-03-01\ufeff"},
        {"Name": "\ufeffWorker G", "Mail": "\ufeffw6@corp.example", "Where": "\ufeffSeoul"},
    ),
    ids=str,
)
def test_a_mark_in_a_value_changes_nothing(feed: Feed, changes: dict[str, str]) -> None:
    without = list(feed(GOOD + _row(6), zones={"Seoul": "Asia/Seoul"}).read())
    roster = feed(GOOD + _row(6, **changes), zones={"Seoul": "Asia/Seoul"})

    assert list(roster.read()) == without
    assert (list(roster.problems), list(roster.left_out.problems)) == ([], [])


def test_a_mark_before_a_header_that_stands_twice(feed: Feed) -> None:
    header, columns = "Name,No,State\n", {"name": "Name", "worker_id": "No", "status": "State"}
    roster = feed(f"{header}Kim,1,active\n\ufeff{header}Lee,2,active\n", columns=columns)
    assert _partial(roster, "1", "2").startswith("hr.csv row 3: the header stands here again")


def test_another_encoding_in_every_value(feed: Feed) -> None:
    rows = "".join(_row(number, Name="김민준") for number in range(6))
    what = _refused(feed((HEADER + rows).encode("cp949")))
    assert what == 'hr.csv: the column "Name" holds NUL characters, or bytes that are not utf-8, in 6 of 6 rows.'


def test_another_encoding_in_most_values(feed: Feed) -> None:
    rows = "".join(_row(number, Name="김민준" if number % 3 else "Kim") for number in range(9))
    what = _refused(feed((HEADER + rows).encode("cp949")))
    assert what == 'hr.csv: the column "Name" holds NUL characters, or bytes that are not utf-8, in 6 of 9 rows.'


def test_another_encoding_in_every_status(feed: Feed) -> None:
    rows = "".join(_row(number, State="재직") for number in range(4))
    what = _refused(feed((HEADER + rows).encode("cp949")))
    assert (
        what == 'hr.csv: none of 4 rows can be read; the first: hr.csv row 2, column "State": the value is not utf-8.'
    )


def test_another_encoding_in_a_few_values(feed: Feed) -> None:
    rows = "".join(_row(number, Name="김민준" if number % 3 == 0 else "Kim") for number in range(9))
    roster = feed((HEADER + rows).encode("cp949"))
    assert len(list(roster.read())) == 9
    assert (list(roster.problems), list(roster.left_out.workers)) == ([], ["1000", "1003", "1006"])


# --- quotes and characters --------------------------------------------------------------------------------------------


def test_a_quotation_mark_that_is_never_closed(feed: Feed) -> None:
    text = GOOD.replace("Worker F", '"Worker F')
    told = _partial(feed(text), *ALL[:-1])
    assert told == "hr.csv row 7: the quotation marks don't pair up (unexpected end of data)"


def test_a_nul_character(feed: Feed) -> None:
    roster = feed(GOOD.replace("Worker F", "Worker\0F"))
    assert [worker.name for worker in roster.read()][-2:] == ["Worker E", ""]
    assert list(roster.problems) == []
    (problem,) = roster.left_out.problems
    assert f"{problem.record}: {problem.text}" == 'hr.csv row 7, column "Name": a NUL character stands in the value'


def test_a_nul_character_in_a_status_or_a_day(feed: Feed) -> None:
    roster = feed(GOOD + _row(6, State="left\0") + _row(7, Last_day="2026-11-13\0"))
    assert [worker.worker_id for worker in roster.read()] == list(ALL)
    assert (list(roster.problems), list(roster.left_out.records)) == ([], ["1006", "1007"])


@pytest.mark.parametrize("changes", ({"No": "10\0"}, {"No": "", "State": "\0"}, {"No": "1e+5", "State": "\0"}))
def test_a_nul_character_where_nobody_knows_whose_row_it_is(feed: Feed, changes: dict[str, str]) -> None:
    _partial(feed(GOOD + _row(6, **changes)), *ALL)


@pytest.mark.parametrize(("start", "end"), (("Worker B", "ker E"), ("a note of B", "of E")), ids=("Name", "Notes"))
def test_a_hole_of_nul_characters_may_have_swallowed_rows(feed: Feed, start: str, end: str) -> None:
    rows = [_row(number).replace("e,Seoul", f"e,a note of {chr(65 + number)},Seoul") for number in range(6)]
    text = HEADER.replace("Mail", "Mail,Notes") + "".join(rows)
    told = _partial(feed(text[: text.index(start) + 3] + "\0" * 4096 + text[text.index(end) :]), "1000", "1005")
    assert told == "hr.csv row 3: 512 NUL characters and more: the file has a hole, and there may have been rows"


def test_a_disk_full_of_nul_characters(feed: Feed) -> None:
    assert _refused(feed(b"\0" * 5000)) == "hr.csv row 1: the header is not utf-8 (at 0x00)."


# --- columns ----------------------------------------------------------------------------------------------------------


def _swapped(one: str, other: str, **changes: str) -> str:
    rows: list[str] = []
    for number in range(6):
        cells: dict[str, str] = dict(
            zip(HEADER.strip().split(","), _row(number, **changes).strip().split(","), strict=True)
        )
        cells[one], cells[other] = cells[other], cells[one]
        rows.append(",".join(cells.values()) + "\n")
    return HEADER + "".join(rows)


@pytest.mark.parametrize(
    ("one", "other", "what"),
    (
        (
            "No",
            "Mail",
            'the column "No" for worker_id holds mail addresses in 6 of 6 rows',
        ),
        (
            "Name",
            "Mail",
            'the column "Name" for name holds mail addresses in 6 of 6 rows',
        ),
        (
            "Mail",
            "Where",
            'the column "Mail" for mail holds no mail addresses in 6 of 6 rows',
        ),
        ("No", "Name", 'the column "Name" for name holds numbers in 6 of 6 rows'),
        (
            "First day",
            "Last day",
            'the column "First day" for start holds days after those for end in 6 of 6 rows',
        ),
    ),
)
def test_swapped_columns(feed: Feed, one: str, other: str, what: str) -> None:
    assert (
        _refused(feed(_swapped(one, other, Last_day="2026-11-13"))) == f"hr.csv: {what} looked at: columns are swapped."
    )


@pytest.mark.parametrize(("one", "other"), (("Where", "State"), ("Name", "First day"), ("State", "Last day")))
def test_swapped_columns_that_no_row_survives(feed: Feed, one: str, other: str) -> None:
    what = _refused(feed(_swapped(one, other, Last_day="2026-11-13")))
    assert what.startswith("hr.csv: none of 6 rows can be read; the first: hr.csv row 2, column ")
    assert "the value is no " in what
    assert "Worker" not in what, "the sentence goes into logs"


def test_a_few_odd_values_are_no_swap(feed: Feed) -> None:
    odd = [_row(number, Mail="none", Name="12") for number in range(6, 11)]
    roster = feed(GOOD + "".join(odd))
    assert len(list(roster.read())) == 11
    assert list(roster.problems) == []


def test_of_few_rows_nothing_is_concluded(feed: Feed) -> None:
    rows = [_row(number, Mail="none", Name="12") for number in range(LEAST - 1)]
    assert len(list(feed(HEADER + "".join(rows)).read())) == LEAST - 1


def test_numbers_that_look_like_days_are_numbers(feed: Feed) -> None:
    rows = [_row(number, No=f"2019030{number}", First_day="20200301") for number in range(1, 7)]
    assert len(list(feed(HEADER + "".join(rows), date_format="%Y%m%d").read())) == 6


def test_a_header_that_stands_twice(feed: Feed) -> None:
    told = _partial(feed(GOOD + HEADER + _row(7)), *ALL, "1007")
    assert told == "hr.csv row 8: the header stands here again: several files were put together"


def test_a_header_that_stands_twice_where_every_word_is_welcome(feed: Feed) -> None:
    roster = feed("No\n1\nNo\n2\n", coverage="active", columns={"worker_id": "No"})
    assert _partial(roster, "1", "2").startswith("hr.csv row 3: the header stands here again")


# --- what spreadsheets do ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "what"),
    (
        ("1.23457E+11", "a rounded number"),
        ('"1,2E+05"', "a rounded number"),
        ("1042.0", "a decimal"),
        ('"1042,00"', "a decimal"),
        ("#N/A", "an error's name"),
        ("########", "an error's name"),
        ('="01042"', "a formula"),
    ),
)
def test_a_number_that_a_spreadsheet_changed(feed: Feed, number: str, what: str) -> None:
    told = _partial(feed(GOOD + _row(6, No=number)), *ALL)
    plain = number.strip('"') if number.startswith('"') else number
    assert told == (f'hr.csv row 8, column "No": "{plain}" is {what}: a spreadsheet has changed the worker\'s number')


def test_a_decimal_comma_without_quotes(feed: Feed) -> None:
    told = _partial(feed(GOOD + _row(6, No="1042,5")), *ALL)
    assert told == "hr.csv row 8: 8 fields, where the header has 7"


def test_another_delimiter(feed: Feed) -> None:
    assert _refused(feed(GOOD.replace(",", ";"))).startswith('hr.csv row 1: there is no column "No" for worker_id.')


# --- not ours, not now, not all ---------------------------------------------------------------------------------------


def test_another_companys_file(feed: Feed) -> None:
    roster = feed(GOOD.replace("@corp.example", "@other.example"))
    assert _refused(roster) == (
        "hr.csv: none of 6 mail addresses is at corp.co.kr, corp.example: the feed is another company's."
    )


@pytest.mark.parametrize(
    ("mail", "given"),
    (
        ("@other.example", {"mail_domains": ["OTHER.example"]}),
        ("@other.example", {"mail_domains": []}),
        ("@corp.co.kr", {}),
        ("@CORP.example", {}),
        ("@lab.corp.example", {}),
    ),
)
def test_people_whose_mails_are_ours_or_declared(feed: Feed, mail: str, given: dict[str, object]) -> None:
    assert len(list(feed(GOOD.replace("@corp.example", mail), **given).read())) == 6


def test_a_file_that_was_cut_off_in_a_row(feed: Feed) -> None:
    told = _partial(feed(GOOD[: GOOD.index("Worker F") + 4]), *ALL[:-1])
    assert told == "hr.csv row 7: 2 fields, where the header has 7"


TRAILER = {"pattern": r"TRL,(?P<rows>[\d.,]+),?.*"}


@pytest.mark.parametrize(
    ("text", "what"),
    (
        (GOOD, "hr.csv: its last row is no trailer: the file was cut off, or trailer is wrong"),
        (GOOD + "TRL,7\n", "hr.csv: the trailer tells rows 7, and the file has rows 6"),
        (GOOD + "TRL,.\n", None),
    ),
)
def test_a_trailer_that_counts_more_than_came(feed: Feed, text: str, what: str | None) -> None:
    roster = feed(text, trailer=TRAILER)
    if what:
        assert _partial(roster, *ALL) == what
    else:
        list(roster.read())
        assert len(roster.problems) == 2, "no number: it is a row that can't be read, and no trailer"


def test_rows_below_the_trailer(feed: Feed) -> None:
    roster = feed(GOOD + "TRL,6\n" + _row(7), trailer=TRAILER)
    assert len(list(roster.read())) == 7
    assert [problem.record for problem in roster.problems] == ["hr.csv", "hr.csv row 8"]


@pytest.mark.parametrize(
    ("ending", "includes"), (("TRL,6\n", []), ('"TRL","0008","x"\n\n', ["header", "trailer"]), ("TRL,7", ["header"]))
)
def test_a_trailer_that_fits_proves_the_file(feed: Feed, ending: str, includes: list[str]) -> None:
    roster = feed(GOOD + ending, trailer=TRAILER | {"includes": includes})
    assert len(list(roster.read())) == 6
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved
    assert roster.summary.rows == 6


MANIFEST = {
    "path": "{stem}.manifest",
    "pattern": r"^(?P<file>\S+) +(?P<rows>\d+)(?: +(?P<bytes>\d+) +(?P<sha256>[0-9A-F]+) +(?P<md5>[0-9a-f]+))?$",
}


@pytest.mark.parametrize(
    ("manifest", "what"),
    (
        (None, "its manifest hr.manifest isn't there: the delivery isn't finished, or path is wrong"),
        ("", "its manifest hr.manifest tells of it 0 times, and once is needed"),
        ("hr.csv 6\nhr.csv 6", "its manifest hr.manifest tells of it 2 times, and once is needed"),
        ("hr.csv 7", "the manifest hr.manifest tells rows 7, and the file has rows 6"),
        (f"hr.csv 6 1 {'0' * 64} {'0' * 32}", None),
        ("hr.csv 6\nhr_2.csv 9", "it names hr_2.csv, which is no part of what was read"),
    ),
)
def test_a_manifest_that_does_not_fit(feed: Feed, tmp_path: Path, manifest: str | None, what: str | None) -> None:
    roster = feed(GOOD, manifest=MANIFEST, files="all")
    if manifest is not None:
        (tmp_path / "hr.manifest").write_text(manifest)
    assert len(list(roster.read())) == 6
    texts = [problem.text for problem in roster.problems]
    if what:
        assert texts == [what]
    else:
        assert [text.split(" and the file has ")[1].split()[0] for text in texts] == ["bytes", "another", "another"]
    assert roster.summary is not None
    assert not roster.summary.proved


def test_a_manifest_that_fits_proves_the_file(feed: Feed, tmp_path: Path) -> None:
    content = GOOD.encode()
    sums = (hashlib.sha256(content).hexdigest().upper(), hashlib.md5(content, usedforsecurity=False).hexdigest())
    (tmp_path / "hr.manifest").write_text(f"hr.csv 6 {len(content)} {sums[0]} {sums[1]}\n")
    roster = feed(GOOD, manifest=MANIFEST)
    assert len(list(roster.read())) == 6
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert roster.summary.proved
    assert roster.summary.digest == sums[0].lower()


def test_what_else_a_manifest_names_is_no_matter_of_one_file(feed: Feed, tmp_path: Path) -> None:
    (tmp_path / "hr.manifest").write_text("hr.csv 6\norganisation.csv 9\n")
    roster = feed(GOOD, manifest=MANIFEST)
    assert len(list(roster.read())) == 6
    assert list(roster.problems) == []
