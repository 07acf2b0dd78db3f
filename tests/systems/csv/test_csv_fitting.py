"""What fits a whole HR file: encoding, delimiter, days, columns. The right answer is always among those told."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offboarding.rosters._records.proposing import known_columns
from offboarding.rosters.csv.fitting import (
    DATE_FORMATS,
    DELIMITERS,
    FIRST_YEAR,
    LAST_YEAR,
    date_formats,
    decodings,
    nearly_date_formats,
    tables,
    unread_by,
)

KOREAN = "사번,성명,Work e-mail,근무지,재직상태,입사일\n10442,김민준,mj@corp.example,서울,퇴직,2019-03-04\n"
GERMAN = "Personalnummer;Name;E-Mail;Standort;Status;Eintrittsdatum\n17;Jörg Müßig;j@corp.de;Köln;aktiv;04.03.2019\n"
JAPANESE = "社員番号,氏名,メールアドレス,勤務地,在籍状況,入社日\n7,山田太郎,t@corp.example,東京,在籍,2019/03/04\n"
CHINESE = "工号,姓名,公司邮箱,工作地点,在职状态,入职日期\n7,王小明,w@corp.example,上海,在职,2019-03-04\n"
TAIWANESE = "工號,姓名,公司信箱,工作地點,在職狀態,到職日\n7,陳怡君,c@corp.example,台北,在職,2019-03-04\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (KOREAN, "utf-8"),
        (KOREAN, "utf-8-sig"),
        (KOREAN, "utf-16"),
        (KOREAN, "cp949"),
        (GERMAN, "cp1252"),
        (JAPANESE, "cp932"),
        (CHINESE, "gb18030"),
        (TAIWANESE, "cp950"),
    ],
)
def test_each_languages_own_encoding_is_found_and_no_other(text: str, encoding: str) -> None:
    assert decodings(text.encode(encoding)) == {encoding.removesuffix("-sig"): text}


@pytest.mark.parametrize("text", [KOREAN, GERMAN, JAPANESE, CHINESE, TAIWANESE])
def test_columns_of_each_language_are_known(text: str) -> None:
    ((_, table),) = tables(text).items()

    known = known_columns(table.header)

    assert {"worker_id", "name", "mail", "location", "status", "start"} <= known.keys()


@pytest.mark.parametrize(
    "header",
    [
        *("Pers.-Nr.", "PersNr", "Personalnr.", "MA-Nr.", "Stammnummer", "Emp. No.", "Staff Number", "Payroll No."),
        *("사원 No.", "임직원번호", "社員No.", "従業員コード", "员工工号", "职工号", "員工號", "職工編號"),
    ],
)
def test_a_common_header_of_hrs_numbers_is_known(header: str) -> None:
    assert known_columns(["Name", header]).get("worker_id") == header


@pytest.mark.parametrize(
    "header", ["Mailadresse", "E-Mail (dienstlich)", "업무 이메일", "社用メール", "企业邮箱", "電郵"]
)
def test_a_common_header_of_mails_is_known(header: str) -> None:
    assert known_columns(["Name", header]).get("mail") == header


@pytest.mark.parametrize("header", ["Site", "Office", "Work Country", "Country Code", "근무 국가", "Land", "国家"])
def test_a_common_header_of_where_somebody_works_is_known(header: str) -> None:
    assert known_columns(["Name", header]).get("location") == header


def test_a_place_is_told_before_its_country() -> None:
    assert known_columns(["Country", "Location"])["location"] == "Location"


@pytest.mark.parametrize(
    ("values", "formats", "left"),
    [
        pytest.param(["31.11.2026", "04.12.2026"], ["%d.%m.%Y"], ["31.11.2026"], id="no such day"),
        pytest.param(["?", *("25/04/2026", "26/04/2026") * 20], ["%d/%m/%Y"], ["?"], id="one of many"),
        pytest.param(["?", "03/04/2026", "05/06/2026"], ["%d/%m/%Y", "%m/%d/%Y"], ["?"], id="the rest reads two ways"),
        pytest.param(["2026-04-25", "25.04.2026"], ["%Y-%m-%d", "%d.%m.%Y"], [], id="two ways of writing"),
        pytest.param(["soon", "late"], [], ["soon", "late"], id="none at all"),
        pytest.param(["a", "b", "25.04.2026", "26.04.2026"], [], [*"ab", "25.04.2026", "26.04.2026"], id="too many"),
    ],
)
def test_days_that_all_but_a_few_are_read(values: list[str], formats: list[str], left: list[str]) -> None:
    assert date_formats(values) == []
    assert nearly_date_formats(values) == formats
    assert unread_by(formats, values) == left


def test_of_two_columns_that_mean_the_same_the_surer_one_counts() -> None:
    assert known_columns(["Email", "Work Email", "Employee ID"])["mail"] == "Work Email"


def test_an_english_header_over_names_in_an_old_encoding_leaves_a_question_not_a_guess() -> None:
    names = ["김민준", "이하늘", "박서연", "최지우", "정도윤", "강하은"]
    content = ("Employee ID,Name\n" + "".join(f"{n},{name}\n" for n, name in enumerate(names))).encode("cp949")

    found = decodings(content)

    assert found["cp949"].splitlines()[1] == "0,김민준"


@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=60))
def test_utf_8_is_always_read_as_what_it_is(text: str) -> None:
    assert list(decodings(f"Name\n{text}é\n".encode()).values()) == [f"Name\n{text}é\n".removeprefix("\ufeff")]


@given(
    names=st.lists(
        st.text(alphabet=st.characters(codec="cp949", categories=["Lo"]), min_size=2, max_size=4), min_size=1
    )
)
def test_the_encoding_that_a_file_was_written_in_is_never_left_out(names: list[str]) -> None:
    text = "사번,성명\n" + "".join(f"{number},{name}\n" for number, name in enumerate(names))

    assert text in decodings(text.encode("cp949")).values()


@given(
    delimiter=st.sampled_from(DELIMITERS),
    rows=st.lists(st.tuples(*[st.text(alphabet=" abc09", max_size=8)] * 2), max_size=8),
)
def test_the_delimiter_is_found_whatever_the_rows_hold(delimiter: str, rows: list[tuple[str, str]]) -> None:
    lines = ["Employee ID", "Name"], *rows
    text = "".join(f"{delimiter.join(row)}\n" for row in lines)

    assert list(tables(text)) == [delimiter]


def test_rows_that_do_not_fit_the_header_fit_no_delimiter() -> None:
    assert tables("Employee ID,Name\n1,Kim\n2,Lee,Seoul\n") == {}


@given(
    days=st.lists(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), min_size=1, max_size=20),
    form=st.sampled_from([form for form in DATE_FORMATS if "%y" not in form]),
)
def test_a_format_that_reads_all_days_is_among_those_told_and_reads_them_right(days: list[date], form: str) -> None:
    values = [_written(day, form) for day in days]

    found = date_formats(values)

    assert any([datetime.strptime(value, known).date() for value in values] == days for known in found)  # noqa: DTZ007 - a day has no zone
    assert all(all(datetime.strptime(value, known) for value in values) for known in found)  # noqa: DTZ007 - a day has no zone


@given(
    days=st.lists(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)).filter(lambda d: d.day > 12), min_size=1)
)
def test_one_day_beyond_the_twelfth_settles_it(days: list[date]) -> None:
    assert date_formats([f"{day.day:02}/{day.month:02}/{day.year}" for day in days]) == ["%d/%m/%Y"]


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["03/04/2019", "05/06/2021"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["04/04/2019"], ["%d/%m/%Y", "%m/%d/%Y"]),
        (["26.11.13", "24.03.05"], ["%d.%m.%y", "%y.%m.%d"]),
        (["26/11/13", "24/03/15"], ["%d/%m/%y", "%y/%m/%d"]),
        (["24/03/05"], ["%d/%m/%y", "%y/%m/%d"]),
        (["11/03/05"], ["%d/%m/%y", "%m/%d/%y", "%y/%m/%d"]),
        (["26-11-13"], ["%d-%m-%y", "%y-%m-%d"]),
        (["11-12-13"], ["%d-%m-%y", "%m-%d-%y", "%y-%m-%d"]),
    ],
)
def test_where_days_may_be_read_in_several_orders_each_is_told(values: list[str], formats: list[str]) -> None:
    assert sorted(date_formats(values)) == formats


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["31.12.26", "24.03.05"], ["%d.%m.%y", "%y.%m.%d"]),
        (["26.11.13", "99.03.05"], ["%y.%m.%d"]),
        (["26.11.13", "05.03.99"], ["%d.%m.%y"]),
        (["26/13/11"], []),
        (["13 May 2026"], ["%d %b %Y"]),
        (["20260311"], ["%Y%m%d"]),
        (["201112"], []),
        (["2026113"], []),
    ],
)
def test_one_value_that_fits_a_single_order_settles_it(values: list[str], formats: list[str]) -> None:
    assert sorted(date_formats(values)) == formats


def test_no_end_is_no_reason_to_refuse_a_format() -> None:
    assert date_formats(["9999-12-31", "2026-11-13"]) == ["%Y-%m-%d"]


def _written(day: date, form: str) -> str:
    return datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC).strftime(form)
