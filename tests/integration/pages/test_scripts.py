"""The scripts that pages have: unchanged, served by ourselves, and run by no page that doesn't name them."""

import hashlib
import json
import re
import tomllib
from fnmatch import fnmatch
from typing import Any

import httpx
import pytest

from offboarding.store.connect import Session
from offboarding_airflow.pages import scripts, showing, subjects
from tests.support.shown_pages import PARTS, Get, Tags, every_path, get, night, one_night, store_template
from tests.support.source_tree import PROJECT, committed

__all__ = ["get", "night", "one_night", "store_template"]

# Airflow's own API imports starlette's client for tests (by way of svcs), and that one warns of httpx.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")

FOLDER = PROJECT / "include/offboarding_airflow/pages/vendored"
ROW = re.compile(r"^\| (\S+) \| (\S+) \| (\S+) \| \S+ \| \S+ \| `([0-9a-f]{64})` \|$", re.MULTILINE)
TOLD: dict[str, Any] = {"heading": "Not found", "text": "Nothing.", "away": False, "unread": False, "up": "../"}


def test_what_others_wrote_is_unchanged_and_has_its_licence() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    rows = ROW.findall(page)
    files = {path.name for path in FOLDER.iterdir()} - {"README.md"}

    assert files == {each for name, *_ in rows for each in (name, f"{name}.LICENSE.txt")}
    for name, package, version, sha256 in rows:
        content = (FOLDER / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256, name
        assert version.encode() in content, "which version it says that it is"
        assert re.search(rf"^- {re.escape(package)} {re.escape(version)}: `sha512-[\w+/]{{86}}==`$", page, re.MULTILINE)
        assert len((FOLDER / f"{name}.LICENSE.txt").read_text("utf-8")) > 500


def test_the_wheel_takes_each_file_that_the_packages_have() -> None:
    """`make test-airflows` asks a wheel for them."""
    told = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    taken = (*told["tool"]["setuptools"]["package-data"]["*"], "*.py")
    inside = [path for path in committed() if path.is_relative_to(PROJECT / "include") and path.suffix != ".md"]

    left = {path.name for path in inside if not any(fnmatch(path.name, pattern) for pattern in taken)}

    assert left == set()
    assert any(path.suffix == ".js" for path in inside)


@pytest.mark.parametrize("script", scripts.EVERY)
def test_a_browser_keeps_a_script_under_the_address_that_pages_name_and_no_other(get: Get, script: str) -> None:
    named = get(f"/{scripts.address(script)}")
    others = [get(f"/{script}"), get(f"/{script}?v=0123456789abcdef")]

    for answer in (named, *others):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert "set-cookie" not in answer.headers
        assert answer.content == (FOLDER.parent / script).read_bytes()
    assert named.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert {answer.headers["Cache-Control"] for answer in others} == {"no-store"}


@pytest.mark.parametrize("path", ["/vendored/README.md", "/vendored/", "/vendored/..%2fpages.css", "/vendored/x.js"])
def test_no_other_file_is_served(get: Get, path: str) -> None:
    assert get(path).status_code == 404


def test_another_sites_page_gets_none(get: Get) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "script"}, {"Origin": "https://elsewhere"}):
        assert get(f"/{scripts.address(scripts.HTMX)}", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("named", "policy"),
    [
        ((), ""),
        ((scripts.CHART,), "; script-src 'self'"),
        ((scripts.HTMX,), "; script-src 'self'; connect-src 'self'"),
    ],
)
def test_a_browser_runs_what_a_page_names_and_asks_only_us(named: tuple[str, ...], policy: str) -> None:
    page = showing.shown("refused.html", named, **TOLD)

    without = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    assert page.headers["Content-Security-Policy"] == without + policy
    written = [{"src": f"../{scripts.address(each)}", "defer": None} for each in named]
    assert Tags(bytes(page.body).decode()).named("script") == written


def test_no_answer_but_the_page_itself_has_the_part_that_is_asked_for(
    night: Session, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a refusal would be shown as a part, and might look as if nothing were found: in_place.js."""

    def parts(answer: httpx.Response) -> list[str | None]:
        return [each["id"] for _, each in Tags(answer.text).found if each.get("id") in PARTS]

    whole, none = get("/findings?state=all"), get("/findings?worker=nobody")
    refused = [get("/findings?state=all", headers={"Sec-Fetch-Site": "cross-site"}), get(f"/decided/link/{'0' * 32}")]
    refused += [get(path, named=True) for path in ("/findings?worker=%00", "/decided/link/x", "/decided/link/x?of=y")]
    away = json.dumps({"host": "127.0.0.1", "port": 1, "login": "nobody", "password": "a-secret", "schema": "none"})
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", away)
    refused.append(get("/findings?state=all"))

    assert [answer.status_code for answer in (whole, none)] == [200, 404]
    assert parts(whole) == parts(none) == ["which", "found"], "what nobody is called is said in its place"
    assert [answer.status_code for answer in refused] == [403, 403, 404, 404, 400, 503]
    assert [parts(answer) for answer in refused] == [[]] * len(refused)


def test_htmx_gets_what_everybody_gets_and_may_no_more(night: Session, get: Get) -> None:
    told = {"HX-Request": "true", "Sec-Fetch-Mode": "same-origin", "Sec-Fetch-Dest": "empty"}

    here = get("/findings?state=all", headers={**told, "Sec-Fetch-Site": "same-origin"})
    elsewhere = [
        get("/findings?state=all", headers={**told, **each})
        for each in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://a.example"})
    ]

    assert here.text == get("/findings?state=all").text
    assert {answer.status_code for answer in elsewhere} == {403}


def test_a_page_without_one_may_run_none_and_those_with_names_have_none(night: Session, get: Get) -> None:
    with_names = {path.partition("/{")[0] for path in subjects.ROUTES}
    for path in every_path(get):
        page = get(path, named=True)
        has = bool(Tags(page.text).named("script"))
        assert ("script-src" in page.headers["Content-Security-Policy"]) is has, path
        assert not (has and any(path.startswith(each) for each in with_names)), path
