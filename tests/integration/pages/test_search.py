"""The search: what is called exactly so and where it leads; and that what is typed stands in no log."""

import html
import logging

import pytest

from offboarding.report.pages import Onlooker, search
from offboarding.store import reading
from offboarding.store.connect import Session
from tests.support import filled
from tests.support.shown_pages import (
    HOSTILE,
    KEY,
    MORNING,
    VIEWER,
    ZONE,
    Get,
    Tags,
    get,
    night,
    one_night,
    store_template,
)
from tests.support.variants import some_of

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
BY_ID = [
    ("hr:E1042", "leaver/hr%3AE1042"),
    ("e1043", "leaver/hr%3AE1043"),
    (filled.DOE, "leaver/hr%3AE1042"),
    (filled.DOE_KEY, "leaver/hr%3AE1042"),
    (KEY, "key/reg%3Alogin-signing"),
    ("login-signing", "key/reg%3Alogin-signing"),
]
BY_NAME = [
    ("jdoe", "leaver/hr%3AE1042"),
    ("JDoe@corp.example", "leaver/hr%3AE1042"),
    (filled.DOE_ARN, "leaver/hr%3AE1042"),
    (filled.DOE_DN.upper(), "leaver/hr%3AE1042"),
]


def links(page: str) -> list[str]:
    every = [str(each["href"]) for each in Tags(page).named("a")]
    return [each for each in every if each.startswith(("leaver/", "key/", "findings/"))]


@pytest.mark.parametrize("named", [False, True])
@some_of(4, ("typed", "led"), BY_ID)
def test_an_id_leads_to_whose_it_is(night: Session, get: Get, typed: str, led: str, named: bool) -> None:
    assert led in links(get("/search", typed=f" {typed} ", named=named).text)


@pytest.mark.parametrize(("typed", "led"), BY_NAME)
def test_what_names_somebody_is_found_by_whoever_may_see_names(night: Session, get: Get, typed: str, led: str) -> None:
    assert led in links(get("/search", typed=typed, named=True).text)
    masked = get("/search", typed=typed)
    assert links(masked.text) == []
    assert "Nothing is called exactly that" in masked.text


def test_a_finding_is_found_by_its_key_and_by_what_it_is_about(night: Session, get: Get) -> None:
    (found,) = reading.findings(night, rule="leaver-access-key")
    key = found.finding_key

    for typed in (f"f-{key[:8]}", key, filled.DOE_KEY):
        assert f"findings/f-{key[:8]}" in links(get("/search", typed=typed).text)


@pytest.mark.parametrize("typed", [*filled.NAMES, "jdo", "%", "_", "E104", "' or true --", ""])
def test_nothing_else_is_found(night: Session, get: Get, typed: str) -> None:
    assert links(get("/search", typed=typed, named=True).text) == []


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_typed_is_text(night: Session, get: Get, typed: str) -> None:
    page = get("/search", typed=typed, named=True)

    assert page.status_code == 200
    assert Tags(page.text).foreign() == []
    assert Tags(page.text).named("script") == []
    assert "49" + "7777" not in page.text


def test_a_form_that_is_too_long_is_refused(night: Session, get: Get) -> None:
    assert get("/search", typed="k" * 30_000).status_code == 413


def test_what_is_typed_is_logged_nowhere_and_kept_nowhere(
    night: Session, get: Get, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    page = get("/search", typed="a-canary-nobody-types", named=True)

    assert "a-canary-nobody-types" in page.text
    assert "a-canary-nobody-types" not in caplog.text + "".join(capsys.readouterr())
    assert "a-canary-nobody-types" not in str(page.url)
    assert night.execute("select count(*) from look").fetchone() == (0,)


def test_no_name_is_shown_to_whoever_may_only_look(night: Session) -> None:
    onlooker = Onlooker(name=VIEWER, zone=ZONE, now=MORNING, named=False)
    hits = [hit for typed, _ in BY_ID for hit in search.search_page(night, typed, onlooker).hits]

    text = html.unescape(str(hits))
    assert len(hits) > len(BY_ID)
    assert [word for word in (*filled.NAMES, "jdoe", filled.DOE_DN, filled.DOE_ARN) if word in text] == []


@pytest.mark.parametrize("typed", ["jdoe@corp.example", "jdoe", filled.DOE, filled.DOE_KEY])
def test_whom_it_shows_with_names_is_a_look(night: Session, get: Get, typed: str) -> None:
    get("/search", typed=typed)
    assert night.execute("select count(*) from look").fetchone() == (0,)

    get("/search", typed=typed, named=True)

    doe = reading.worker_called(night, "hr:E1042").person_uid
    looked = night.execute("select viewer, kind, subject, named from look order by seq").fetchall()
    assert looked == [(VIEWER, "worker", doe, True)]


def test_another_sites_form_is_refused(night: Session, get: Get) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    forms = [foreign, {**foreign, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}]
    ours = [{"Origin": "http://airflow"}, {"Origin": "http://airflow", "Sec-Fetch-Site": "same-origin"}]

    assert [get("/search", typed="x", headers=each).status_code for each in forms] == [403, 403]
    assert [get("/search", typed="x", headers=each).status_code for each in ours] == [200, 200]
