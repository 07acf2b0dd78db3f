"""The list of findings as a file."""

import csv
import io
import json
from datetime import UTC

import pytest

from offboarding.report.pages import listing
from offboarding.report.wording import moment
from offboarding.store import reading
from offboarding.store.connect import Session
from tests.support import filled
from tests.support.shown_pages import HOSTILE, Get, Tags, get, keys_on, night, one_night, poisoned, store_template
from tests.support.variants import some_of

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
BOTH = pytest.mark.parametrize("ending", ["csv", "jsonl"])


def in_it(text: str, ending: str) -> list[dict[str, object]]:
    if ending == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return [dict(row) for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))]


@BOTH
@some_of(2, "asked", ["state=all", "state=all&severity=critical", "source=aws", "state=all&worker=hr:E1042"])
def test_it_holds_what_all_pages_of_the_list_do(
    night: Session, get: Get, monkeypatch: pytest.MonkeyPatch, asked: str, ending: str
) -> None:
    whole = keys_on(get(f"/findings?{asked}").text)
    monkeypatch.setattr(listing, "PAGE", 2)
    page = get(f"/findings?{asked}")

    (link,) = [str(each["href"]) for each in Tags(page.text).named("a") if f"findings.{ending}?" in str(each["href"])]
    file = get(f"/{link}")

    assert [row["finding"] for row in in_it(file.text, ending)] == whole
    assert file.headers["Content-Disposition"] == f'attachment; filename="findings.{ending}"'
    assert file.headers["Cache-Control"] == "no-store"


def test_its_columns_are_the_list_s(night: Session, get: Get) -> None:
    (use,) = [each for each in reading.findings(night) if each.rule == "used-after-departure"]
    rows = {end: in_it(get(f"/findings.{end}?rule=used-after-departure").text, end)[0] for end in ("csv", "jsonl")}

    assert rows["jsonl"] | {"gone_days": 0, "due": "", "past_due": False} == {
        "finding": f"f-{use.finding_key[:8]}",
        "severity": "critical",
        "state": use.state.value,
        "rule": use.rule,
        "worker": "hr:E1042",
        "gone_days": 0,
        "what": rows["csv"]["what"],
        "privileged": use.privileged,
        "due": "",
        "past_due": False,
        "ticket": None,
        "ticket_url": None,
    }
    assert isinstance(rows["jsonl"]["gone_days"], int)
    assert use.due_at is not None
    assert rows["jsonl"]["due"] == use.due_at.astimezone(UTC).isoformat(), "as each other line of JSON has moments"
    assert rows["csv"]["due"] == moment(use.due_at, "Asia/Seoul")
    assert rows["csv"]["ticket"] == ""
    assert rows["csv"]["privileged"] in ("yes", "no")


@BOTH
def test_its_ids_are_whole_so_that_they_can_be_looked_up(night: Session, get: Get, ending: str) -> None:
    told = {row["finding"]: row["what"] for row in in_it(get(f"/findings.{ending}?state=all").text, ending)}

    whole = {f"f-{each.finding_key[:8]}": each for each in reading.findings(night) if each.subject_kind == "account"}
    assert whole
    assert [key for key, each in whole.items() if not str(told[key]).endswith(f" {each.subject_native_id}")] == []


@BOTH
@pytest.mark.parametrize("named", [False, True])
def test_it_names_nobody(night: Session, get: Get, ending: str, named: bool) -> None:
    text = get(f"/findings.{ending}?state=all", named=named).text.lower()

    hidden = [*filled.NAMES, "@corp.example", "jdoe", "spoe", filled.DOE_DN, filled.DOE_ARN]
    assert [word for word in hidden if word.lower() in text] == []
    assert "e1042" in text


@some_of(3, "value", [*HOSTILE.values(), "=1+1", "+1", "-1", "@x", "\t=1", "\uff1d1"])
def test_no_spreadsheet_runs_anything_of_it(night: Session, get: Get, value: str) -> None:
    poisoned(night, value)
    count = len(reading.findings(night))

    sheet, lines = (get(f"/findings.{ending}?state=all").text for ending in ("csv", "jsonl"))

    cells = [str(cell) for row in in_it(sheet, "csv") for cell in row.values()]
    assert [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@", "\uff1d"))] == []
    assert len(in_it(sheet, "csv")) == len(in_it(lines, "jsonl")) == count
    assert lines.isascii()


@BOTH
@pytest.mark.parametrize("asked", ["state=opne", "source=azure", "worker=E9999", "rule=none"])
def test_what_there_is_not_is_refused_and_no_empty_file(night: Session, get: Get, ending: str, asked: str) -> None:
    answer = get(f"/findings.{ending}?{asked}")

    assert answer.status_code == 404
    assert 'role="alert"' in answer.text
    assert "Content-Disposition" not in answer.headers


@BOTH
def test_too_many_are_refused_and_none_is_left_out(
    night: Session, get: Get, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    count = len(reading.findings(night))
    monkeypatch.setattr(listing, "MOST", count)
    assert len(in_it(get(f"/findings.{ending}?state=all").text, ending)) == count

    monkeypatch.setattr(listing, "MOST", count - 1)
    answer = get(f"/findings.{ending}?state=all")

    assert answer.status_code == 413
    assert "findings are so, and a file holds no more" in answer.text


@BOTH
def test_another_site_gets_none(night: Session, get: Get, ending: str) -> None:
    answer = get(f"/findings.{ending}", headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 403
    assert keys_on(answer.text) == []
