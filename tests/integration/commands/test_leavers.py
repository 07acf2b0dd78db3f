"""The list of leavers' identifiers, as a SIEM takes it."""

import csv
import io

import pytest

from offboarding.decisions import spreadsheet
from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type, Typed
from tests.integration.commands.test_jsonl import promised
from tests.support import filled
from tests.support.variants import some_of

RUN = ("=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1+1", "\uff20SUM(A1)")
HOSTILE = (*RUN, "kim;=1+1", 'a"b,c', "a\nb", "\x1b[31mkim", "\u202ekim", "00042")


def rows(done: Typed) -> list[dict[str, str]]:
    assert done.code == 0
    return list(csv.DictReader(io.StringIO(done.out), strict=True))


def test_a_lookup_holds_an_identifier_a_row(reading: Type) -> None:
    found = rows(reading("leavers"))

    assert {(row["identifier_kind"], row["identifier"]) for row in found} == {
        ("native_id", filled.DOE),
        ("login", "jdoe"),
        ("dn", filled.DOE_DN),
        ("native_id", filled.DOE_USER),
        ("arn", filled.DOE_ARN),
        ("access_key_id", filled.DOE_KEY),
    }
    assert {row["worker_id"] for row in found} == {"E1042"}
    (key,) = [row for row in found if row["identifier"] == filled.DOE_KEY]
    assert (key["left_at"], key["basis"], key["standing"]) == ("2026-11-13T15:00:00+00:00", "actual", "works")


def test_both_forms_hold_the_same_in_the_same_order_each_time(reading: Type) -> None:
    lines = reading("leavers", "--format", "jsonl").lines
    first = reading("leavers")

    assert all(set(line) == promised("leavers") | {"schema_version"} for line in lines)
    assert [row["identifier"] for row in rows(first)] == [line["identifier"] for line in lines]
    assert reading("leavers").out == first.out
    assert first.out.startswith("identifier,identifier_kind,certain_at,")


def test_no_mail_is_listed_unless_asked_for(deciding: Type, store: Session) -> None:
    """Neither where it's a login, as in most services."""
    store.execute("update account set login = 'jdoe@corp.example' where native_id = %s", [filled.DOE])

    plain = deciding("leavers")
    assert "@" not in plain.out
    assert "1 mail address left out: --identifiers mail lists them." in plain.err

    (row,) = rows(deciding("leavers", "--identifiers", "mail"))
    assert (row["identifier"], row["identifier_kind"]) == ("jdoe@corp.example", "login")


def test_kinds_may_be_chosen(reading: Type) -> None:
    kinds = {row["identifier_kind"] for row in rows(reading("leavers", "--identifiers", "arn", "--identifiers", "dn"))}
    assert kinds == {"arn", "dn"}
    assert reading("leavers", "--identifiers", "name").code == 2


@some_of(3, "value", HOSTILE)
def test_no_cell_is_run_and_no_line_is_broken(deciding: Type, store: Session, value: str) -> None:
    store.execute("update account set login = %s where native_id = %s", [value, filled.DOE])

    done = deciding("leavers", "--identifiers", "login")
    (cell,) = [row["identifier"] for row in rows(done) if row["account_native_id"] == filled.DOE]

    assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d", "\uff20"))
    assert cell.isprintable()
    assert spreadsheet.plain(cell) == spreadsheet.shown(value)
    told = "1 identifier written otherwise in CSV" in done.err
    assert told == (cell != value)
    (line,) = [
        each
        for each in deciding("leavers", "--identifiers", "login", "--format", "jsonl").lines
        if each["account_native_id"] == filled.DOE
    ]
    assert line["identifier"] == value


def test_an_empty_store_is_no_empty_list(deciding: Type, store: Session) -> None:
    """An empty lookup would read as clean."""
    store.execute("update run set finished_at = null")

    done = deciding("leavers")

    assert (done.code, done.out) == (1, "")
    assert "Nothing has been checked yet" in done.err


def test_nobody_is_listed_who_leaves_one_day(reading: Type) -> None:
    """A planned end is one that HR may still move, and until then they work here."""
    done = reading("leavers", "--as-of", "2199-01-01T00:00:00+00:00")

    assert (done.code, done.out) == (1, "")
    assert "--as-of 2199-01-01T00:00:00+00:00 is still to come" in done.err


def test_any_number_of_days_may_be_asked_for(reading: Type) -> None:
    assert reading("leavers", "--days", "999999999999").out == reading("leavers").out


@pytest.mark.parametrize(
    ("days", "says"), [("0", "1 at least"), ("-3", "'-3' is below 0"), ("few", "'few' is no number")]
)
def test_no_days_at_all_are_no_empty_list(reading: Type, days: str, says: str) -> None:
    done = reading("leavers", "--days", days)

    assert (done.code, done.out) == (2, "")
    assert says in done.err


@pytest.mark.parametrize("given", ["2026-11-20", "2026-11-20+09:00", "2026-11-20+09:00+09:00", "2026-11-20T10:00"])
def test_a_moment_that_is_none_is_answered_with_one_that_is_taken(reading: Type, given: str) -> None:
    done = reading("leavers", "--as-of", given)
    assert (done.code, done.out) == (1, "")
    assert repr(given) in done.err

    mended = done.err.strip().rpartition("Write it so: ")[2]
    assert mended.startswith("2026-11-20T")
    assert reading("leavers", "--as-of", mended).code == 0


def test_what_was_not_checked_is_said_beside_it(reading: Type) -> None:
    done = reading("leavers")
    assert "NOT CHECKED, so that there may be more:" in done.err
    assert filled.CLOSED_CLOUD in done.err
