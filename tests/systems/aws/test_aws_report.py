from datetime import UTC, datetime

import pytest

from offboarding.model import Standing
from offboarding.model.errors import IncompleteReadError
from offboarding.sources.aws.iam.accounts import standing_by_report
from offboarding.sources.aws.iam.report import CredentialReport, ReportRow, parse_report

SLOT = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = [
    *("user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed"),
    *("password_next_rotation", "mfa_active"),
    *(f"access_key_{number}_{column}" for number in (1, 2) for column in SLOT),
    *("cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"),
]
ROOT = "<root_account>,arn:aws:iam::1:root,2015-01-01T00:00:00Z" + ",not_supported" * 19
ARN = "arn:aws:iam::111111111111:user/mjkim"
MADE = datetime(2024, 3, 1, 9, tzinfo=UTC)
NOTHING = {
    "user": "mjkim",
    "arn": ARN,
    "user_creation_time": "2024-03-01T09:00:00Z",
    "password_enabled": "false",
    **{f"access_key_{n}_active": "false" for n in (1, 2)},
    **{f"cert_{n}_active": "false" for n in (1, 2)},
}


def report(*rows: dict[str, str], columns: list[str] = COLUMNS) -> bytes:
    lines = [",".join(columns), ROOT if columns == COLUMNS else ""]
    lines += [",".join(row.get(column, "N/A") for column in columns) for row in rows]
    return "\n".join(line for line in lines if line).encode()


def only(content: bytes) -> ReportRow:
    (row,) = users(content)
    return row


def users(content: bytes) -> list[ReportRow]:
    return [row for row in parse_report(content, "sources.aws 1") if not row.arn.endswith(":root")]


@pytest.mark.parametrize(
    ("cells", "standing", "words"),
    [
        ({"password_enabled": "true"}, Standing.WORKS, "a console password"),
        ({"access_key_1_active": "true"}, Standing.WORKS, "1 active access key"),
        ({"access_key_1_active": "true", "access_key_2_active": "true"}, Standing.WORKS, "2 active access keys"),
        ({"access_key_2_active": "true"}, Standing.WORKS, "1 active access key"),
        ({"cert_2_active": "true"}, Standing.WORKS, "a signing certificate"),
        ({}, Standing.DEAD, "no password, no active key"),
        ({"password_enabled": "FALSE"}, Standing.DEAD, "no password"),
        ({"access_key_1_last_rotated": "2024-05-01T00:00:00Z"}, Standing.DEAD, "1 inactive, which can be switched on"),
        ({"password_enabled": "not_supported"}, Standing.UNKNOWN, "doesn't say"),
        ({"password_enabled": "N/A", "access_key_1_active": "true"}, Standing.WORKS, "1 active access key"),
        ({"access_key_2_active": "perhaps"}, Standing.UNKNOWN, 'access_key_2_active "perhaps"'),
        ({"access_key_1_last_used_date": "yesterday"}, Standing.UNKNOWN, 'access_key_1_last_used_date "yesterday"'),
    ],
)
def test_standing_by_the_report(cells: dict[str, str], standing: Standing, words: str) -> None:
    row = only(report(NOTHING | cells))

    found, reason = standing_by_report(row)

    assert found is standing
    assert words in reason


def test_a_missing_column_is_unknown_not_false() -> None:
    columns = [column for column in COLUMNS if column != "access_key_2_active"]

    row = only(report(NOTHING, columns=columns))

    assert row.slots[1].active is None
    assert standing_by_report(row)[0] is Standing.UNKNOWN


def test_columns_are_found_by_name_in_any_order() -> None:
    row = only(
        report(NOTHING | {"password_enabled": "true", "new_column": "x"}, columns=["new_column", *COLUMNS[::-1]])
    )

    assert row.password is True
    assert row.created_at == MADE


def test_names_may_hold_commas_and_quotes() -> None:
    arn = "arn:aws:iam::111111111111:user/kim,min=jun"

    row = only(report(NOTHING | {"user": '"kim,min=jun"', "arn": f'"{arn}"', "password_enabled": "true"}))

    assert (row.arn, row.password) == (arn, True)


@pytest.mark.parametrize("text", ["2026-11-23T02:10:00Z", "2026-11-23T02:10:00+00:00", "2026-11-23T11:10:00+09:00"])
def test_dates_in_either_form(text: str) -> None:
    row = only(report(NOTHING | {"password_last_used": text}))

    assert row.password_last_used_at == datetime(2026, 11, 23, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["N/A", "no_information", "not_supported", ""])
def test_never_used_in_every_word_for_it(text: str) -> None:
    row = only(report(NOTHING | {"password_last_used": text, "access_key_1_last_used_date": text}))

    assert row.password_last_used_at is None
    assert row.slots[0].last_used_at is None
    assert row.unreadable == ""


def test_the_root_row_is_the_first_and_the_last_line_needs_no_newline() -> None:
    content = report(NOTHING, NOTHING | {"user": "b", "arn": ARN + "b"})

    assert not content.endswith(b"\n")
    assert [row.arn for row in parse_report(content, "x")] == ["arn:aws:iam::1:root", ARN, ARN + "b"]


def test_a_cell_that_cannot_be_read_drops_nobody_else() -> None:
    rows = users(report(NOTHING | {"password_enabled": "?"}, NOTHING | {"arn": ARN + "b"}))

    assert [bool(row.unreadable) for row in rows] == [True, False]


def test_a_user_made_again_under_the_same_name_is_not_the_one_in_the_report() -> None:
    row = only(report(NOTHING | {"password_enabled": "true"}))
    read = CredentialReport(generated_at=MADE, rows={(row.arn, row.created_at): row})

    assert read.of(ARN, MADE.replace(microsecond=5)) is row
    assert read.of(ARN, datetime(2026, 11, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column arn"),
        (b"<html>\nmaintenance", "no column arn"),
        (report(NOTHING | {"user_creation_time": "N/A"}), "line 3: column user_creation_time"),
    ],
)
def test_what_is_no_report_is_not_read_as_an_empty_one(content: bytes, words: str) -> None:
    with pytest.raises(IncompleteReadError, match=words):
        list(parse_report(content, "sources.aws 1"))
