"""What systems tell is hostile in each place: a browser shows it as text, and runs none of it."""

import json
from collections.abc import Generator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Route, expect

from offboarding.store.connect import opened
from offboarding_airflow import plugin
from offboarding_airflow.pages import scripts
from tests.support.browser import PHONE, WIDE, Watched
from tests.support.database import cloned
from tests.support.shown_airflow import House, through_airflow
from tests.support.shown_pages import HOSTILE, PARTS, SCRIPTS, every_path, one_night, poisoned

__all__ = ["one_night"]  # a fixture

pytestmark = pytest.mark.timeout(600)
OURS = json.dumps({name: [f"hx-{each}" for each in told] for name, told in PARTS.items()})
RAN = f"""(() => {{
    const ours = {OURS};
    const strange = each => each.getAttributeNames().filter(name => /^(on|hx-|data-hx-)/.test(name))
        .some(name => !(ours[each.id] ?? []).includes(name));
    const served = {[each["src"] for each in SCRIPTS]};
    const here = each => !each.textContent && served.some(src => each.src.endsWith(`/${{src}}`));
    return [...document.querySelectorAll("*")].filter(strange).length
        + [...document.scripts].filter(each => !here(each)).length;
}})()"""
"""How many elements there are that do something, and are none of ours."""


@pytest.fixture
def poison(request: pytest.FixtureRequest, house: House, one_night: str) -> Generator[str]:
    """A value that stands in every text of the store which the pages show meanwhile."""
    value = HOSTILE[request.param]
    with cloned(house.server, one_night) as name:
        with opened(house.server.connection_kwargs(dbname=name)) as session:
            poisoned(session, value)
        house.shows(name)
        try:
            yield value
        finally:
            house.shows(house.store.info.dbname)


def paths_of(house: House) -> list[str]:
    client = house.airflow.admin.client

    def get(path: str, **asked: object) -> httpx.Response:
        del asked
        return client.get(f"{plugin.PREFIX}{path}")

    return every_path(get)


@pytest.mark.parametrize(
    ("policy", "seen"), [("", "dialog: 1"), ("default-src 'none'", "console: violated")], ids=["none", "ours"]
)
def test_a_page_that_shows_it_as_it_is_would_be_noticed(house: House, lead: Watched, policy: str, seen: str) -> None:
    """Else the next test couldn't fail: without our policy it runs, and with it the browser says that it wanted to."""

    def wrong(route: Route) -> None:
        headers = {"Content-Type": "text/html", **({"Content-Security-Policy": policy} if policy else {})}
        route.fulfill(body=f"<!doctype html><body>{HOSTILE['markup']}", headers=headers)

    lead.page.route("**/findings", wrong)
    lead.page.goto(house.address("/findings"))
    lead.page.wait_for_load_state("networkidle")

    assert any(each.startswith(seen) for each in lead.happened)
    assert lead.page.evaluate(RAN) > 0


@pytest.mark.parametrize("poison", HOSTILE, indirect=True)
def test_nothing_that_a_system_tells_is_more_than_text(house: House, lead: Watched, poison: str) -> None:
    paths = paths_of(house)
    ran: dict[str, int] = {}
    wide: dict[str, int] = {}

    for path in paths:
        lead.looks("light", WIDE)
        answer = lead.page.goto(house.address(path))
        assert answer is not None
        # Whom nobody can be called by, nobody is shown.
        assert answer.status == 200 or (answer.status == 404 and path.startswith("/leaver/")), path
        if answer.status == 404:
            lead.happened[:] = [each for each in lead.happened if "404" not in each]
        ran[path] = lead.page.evaluate(RAN)
        lead.looks("light", PHONE)
        wide[path] = lead.page.evaluate("document.documentElement.scrollWidth")

    assert lead.happened == []
    assert set(ran.values()) == {0}
    assert {path: width for path, width in wide.items() if width > PHONE[0]} == {}
    assert len(paths) > 8


def asked_of(by: Watched) -> list[str]:
    """What a window asks for from now on."""
    found: list[str] = []
    by.page.on("request", lambda request: found.append(urlsplit(request.url).path.removeprefix(plugin.PREFIX)))
    return found


@pytest.mark.parametrize(
    ("value", "asks"), [("an element of htmx's", True), ("markup", False)], ids=["htmx's", "another's"]
)
def test_what_htmx_would_do_for_others_would_be_noticed(house: House, lead: Watched, value: str, asks: bool) -> None:
    """Else the next test couldn't fail."""
    answer = lead.page.request.get(house.address("/findings"))
    wrong = answer.text().replace("<h1>", f"{HOSTILE[value]}<h1>")
    lead.page.route("**/findings", lambda route: route.fulfill(body=wrong, headers=answer.headers))
    asked = asked_of(lead)

    lead.page.goto(house.address("/findings"))
    lead.page.wait_for_load_state("networkidle")

    assert ("/record" in asked) is asks
    assert lead.page.evaluate(RAN) > 0


@pytest.mark.parametrize("poison", HOSTILE, indirect=True)
def test_what_comes_in_a_page_s_place_is_no_more_either(house: House, lead: Watched, poison: str) -> None:
    asked = asked_of(lead)
    page = lead.page
    page.goto(house.address("/findings?state=held"))
    expect(page.locator("#which")).to_have_attribute("data-htmx-powered", "true")
    expect(page.get_by_role("table")).to_have_count(0)

    page.locator("select[name=state]").select_option("all")
    expect(page.get_by_role("table", name="Worst first").locator("tbody tr")).not_to_have_count(0)
    page.wait_for_load_state("networkidle")

    assert set(asked) == {"/findings", "/pages.css", *(f"/{script}" for script in scripts.IN_PLACE)}
    assert asked.count("/findings") == 2
    assert page.evaluate(RAN) == 0
    assert lead.happened == []


@pytest.mark.parametrize("poison", ["markup"], indirect=True)
def test_neither_is_it_in_airflows_frame(house: House, lead: Watched, poison: str) -> None:
    """Which lets scripts run: Airflow's own plugins have some."""
    frame = through_airflow(lead)
    frame.get_by_role("link", name="Findings", exact=True).click()
    frame.get_by_role("table", name="Worst first").wait_for()

    assert "<script>alert(1)</script>" in frame.locator("body").inner_text()
    assert lead.happened == []
