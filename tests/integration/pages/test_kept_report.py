"""The night's report as a file, over a store on a real PostgreSQL: it needs nothing else, and names nobody."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from offboarding.model.errors import FatalError
from offboarding.report import printed
from offboarding.report.pages import tonight
from offboarding.store.connect import Session
from offboarding_airflow import keeping
from tests.support import filled
from tests.support.shown_pages import (
    HOSTILE,
    MORNING,
    ZONE,
    Tags,
    get,
    keys_on,
    night,
    one_night,
    poisoned,
    store_template,
)
from tests.support.variants import some_of

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
ADDRESS = "https://airflow.corp.example/below"


def report(session: Session) -> str:
    page = tonight.night_page(session, "night", ZONE, MORNING)
    assert page is not None
    return keeping.html(page, ZONE, MORNING)


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "page", lambda: ADDRESS)


def test_it_says_what_the_page_says_and_needs_nothing_else(night: Session) -> None:
    text = report(night)
    tags = Tags(text)

    assert [*re.findall("<h1>(.*?) <", text)] == ["Night of 2026-11-24, run 1"]
    assert filled.DENIED in text
    assert {tag for tag, _ in tags.found} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "base",
        "form",
        "svg",
        "canvas",
    } == set()
    assert [attributes for _, attributes in tags.found if {"src", "srcset", "style"} & attributes.keys()] == []
    assert len(tags.named("style")) == 1
    assert "data-chart" not in text.partition("<body>")[2], "nothing would draw it"
    assert "url(" not in text
    assert "@import" not in text
    (policy,) = [each["content"] for each in tags.named("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_the_numbers_of_each_week_stand_where_there_are_no_charts(night: Session) -> None:
    text = report(night)
    page = tonight.night_page(night, "night", ZONE, MORNING)

    assert page is not None
    assert [since for since in (week.since for week in page.lately.weeks) if f">{since}</th>" not in text] == []
    assert len(page.lately.weeks) in (13, 14)
    assert "details" not in {tag for tag, _ in Tags(text).found}, "on paper nobody opens it"


def test_links_lead_to_the_pages_in_airflow_and_nowhere_else(night: Session) -> None:
    text = report(night)
    led = {str(each["href"]) for each in Tags(text).named("a")}

    assert f"{ADDRESS}/offboarding/findings/{keys_on(text)[0]}" in led
    assert f"{ADDRESS}/offboarding/leaver/hr%3AE1042" in led
    assert [url for url in led if not url.startswith((f"{ADDRESS}/offboarding/", "https://tracker.example/"))] == []


def test_where_airflow_has_no_address_links_lead_nowhere(night: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "page", str)

    led = {str(each["href"]) for each in Tags(report(night)).named("a")}

    assert [url for url in led if not url.startswith(("#", "https://tracker.example/"))] == []


def test_it_names_nobody(night: Session) -> None:
    text = report(night)

    assert "E1042" in text
    assert "Doe" not in text
    assert filled.DOE not in text
    assert "@" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


@some_of(2, "value", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_system_tells_is_text_and_nothing_else(night: Session, value: str) -> None:
    poisoned(night, value)

    text = report(night)

    tags = Tags(text)
    assert {tag for tag, _ in tags.found} & {"script", "img", "iframe", "object", "base", "link"} == set()
    assert len(tags.named("style")) == 1
    assert [each for each in tags.foreign() if each != "style"] == []
    assert [url for each in tags.named("a") if not (url := str(each["href"])).startswith(("https://", "#"))] == []
    assert str(7777 * 1111) not in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\x01\x1b]", text)


def test_on_paper_it_is_dark_on_white_and_torn_in_no_row(night: Session) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", report(night), re.DOTALL)
    (paper,) = re.findall(r"@media print \{(.*)\}", style, re.DOTALL)

    assert "--ground: #fff; --text: #000" in paper
    assert "break-inside: avoid" in paper
    assert "nav, .skip, form { display: none; }" in paper


def test_it_is_written_where_the_setting_says_and_over_an_attempt_before(tmp_path: Path) -> None:
    folder = f"file://{tmp_path}/reports/offboarding"

    first = keeping.written(folder, "night.html", b"one")
    again = keeping.written(folder, "night.html", "zwei, 二".encode())

    assert first == again
    assert (tmp_path / "reports/offboarding/night.html").read_text("utf-8") == "zwei, 二"
    assert [each.name for each in (tmp_path / "reports/offboarding").iterdir()] == ["night.html"]


@pytest.mark.parametrize("folder", ["file:///dev/null/reports", "nosuch://bucket/reports"])
def test_a_place_that_takes_nothing_is_said_in_a_sentence(folder: str) -> None:
    with pytest.raises(FatalError, match=r"policy.night_report: .* Everything else of this night is done"):
        keeping.written(folder, "night.html", b"one")


def test_so_is_whatever_a_buckets_driver_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """As s3fs does botocore's EndpointConnectionError, which is no OSError."""

    class EndpointConnectionError(Exception):
        pass

    def unreachable(folder: str) -> None:
        raise EndpointConnectionError(folder)

    monkeypatch.setattr(keeping, "ObjectStoragePath", unreachable)

    with pytest.raises(FatalError, match=r"s3://b/x can't be written to \(EndpointConnectionError\). Everything else"):
        keeping.written("s3://b/x", "night.html", b"one")


def asked_for_pdf(folder: Path) -> Any:
    return SimpleNamespace(policy=SimpleNamespace(night_report=f"file://{folder}", night_report_pdf=True))


def no_package(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    del folder
    monkeypatch.setattr(printed, "PACKAGE", "no_such_weasyprint")


def no_library(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As cffi says it, beneath which WeasyPrint prints a page's words."""
    words = "raise OSError(\"cannot load library 'libpango-1.0-0': libpango-1.0-0: cannot open shared object file\")"
    (folder / "weasyprint.py").write_text(words, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def no_end(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "weasyprint.py").write_text("import time\ntime.sleep(600)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(printed, "LONGEST_SECONDS", 1)


def a_defect(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "weasyprint.py").write_text("raise ValueError('what somebody may have written')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        pytest.param(no_package, "there is no WeasyPrint here. Install the wheel's extra `pdf`", id="no package"),
        pytest.param(no_library, "WeasyPrint finds no libpango-1.0-0. Install Pango", id="no library"),
        pytest.param(no_end, "WeasyPrint wasn't done after 1 seconds", id="no end"),
        pytest.param(a_defect, "WeasyPrint ended with 1 (ValueError).", id="a defect"),
    ],
)
def test_where_no_pdf_can_be_made_that_is_said_and_the_html_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: Any, said: str
) -> None:
    (tmp_path / "lib").mkdir()
    missing(monkeypatch, tmp_path / "lib")

    with pytest.raises(FatalError) as refused:
        keeping.kept_files(asked_for_pdf(tmp_path / "reports"), "night", "<p>")

    assert str(refused.value).startswith(f"policy.night_report_pdf: there is no PDF of this night: {said}")
    assert f"Its HTML is kept at file://{tmp_path}/reports/night.html" in str(refused.value)
    assert "somebody" not in str(refused.value)
    assert [each.name for each in (tmp_path / "reports").iterdir()] == ["night.html"]


def test_only_whoever_is_to_hear_of_it_each_night_does(monkeypatch: pytest.MonkeyPatch) -> None:
    mail, slack = SimpleNamespace(name="mail", night_report=True), SimpleNamespace(name="slack", night_report=False)
    monkeypatch.setattr(keeping.wiring, "notifiers", lambda settings: settings.notifiers)

    settings: Any = SimpleNamespace(notifiers=(slack, mail))

    assert keeping.listening(settings) == [mail]
