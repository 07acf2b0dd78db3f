"""A list that changes in its place, with scripts and without; and what is shown where the answer isn't that part."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.support.browser import PHONE, SAME, SCHEMES, STORED, Watched, grave, is_the_same
from tests.support.shown_airflow import NO_STORE, House, called, keys, through_airflow

pytestmark = pytest.mark.timeout(600)
CRITICAL = "select finding_key from finding where state = 'open' and severity = 'critical'"


def listed(house: House, by: Watched) -> Page:
    """The list, alone, and what a page that is loaded anew no longer has."""
    by.page.goto(house.address("/findings"))
    ready(by.page)
    by.page.evaluate(SAME)
    return by.page


def ready(where: Page | FrameLocator) -> None:
    """Its scripts have run, as they have before a person has read a line."""
    expect(where.locator("#which")).to_have_attribute("data-htmx-powered", "true")


def said(where: Page | FrameLocator, text: str) -> None:
    expect(where.get_by_role("status")).to_have_text(text)


def only_critical(house: House, where: Page | FrameLocator) -> None:
    """The list is of what is asked for by now."""
    held = house.holds(CRITICAL)
    assert 0 < len(held) < 50
    said(where, f"{len(held)} listed.")
    assert set(keys(where.get_by_role("table", name="Worst first"))) == called(held)


# --- with scripts -----------------------------------------------------------------------------------------------------


def test_a_filter_changes_the_list_in_its_place_and_the_address(house: House, viewer: Watched) -> None:
    page = listed(house, viewer)
    before = page.evaluate(STORED)

    page.locator("select[name=severity]").focus()
    page.keyboard.type("crit")
    only_critical(house, page)

    assert is_the_same(page)
    assert page.locator(":focus").get_attribute("name") == "severity", "where one was, one is"
    assert "severity=critical" in page.url
    assert page.get_by_role("link", name="CSV").get_attribute("href") == "findings.csv?state=open&severity=critical"
    assert page.get_by_role("button", name="Show").is_visible()
    assert page.evaluate(STORED) == before, "nothing of it is kept in the browser"
    assert viewer.happened == []
    page.goto(page.url)
    only_critical(house, page)


def test_a_worker_is_typed_and_sent_by_the_keyboard(house: House, viewer: Watched) -> None:
    ((worker, count),) = house.holds(
        "select w.id_space || ':' || w.worker_id, count(*) from finding join person p using (person_uid)"
        " join worker w on w.worker_pk = p.shown_worker_pk where state = 'open' group by 1 order by 2 desc limit 1"
    )
    page = listed(house, viewer)

    page.get_by_label("worker").fill(worker)
    page.get_by_label("worker").press("Enter")

    said(page, f"{count} listed.")
    assert is_the_same(page)
    page.get_by_label("worker").fill("nobody.at.all")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no worker nobody.at.all.")
    said(page, "Nothing is listed.")
    assert is_the_same(page)
    assert page.get_by_role("table").count() == 0


@pytest.mark.parametrize("framed", [False, True], ids=["alone", "in Airflow's frame"])
def test_back_leads_to_the_list_before_and_its_filter(house: House, viewer: Watched, framed: bool) -> None:
    page = viewer.page
    where: Page | FrameLocator = page
    if framed:
        where = through_airflow(viewer)
        where.get_by_role("link", name="Findings", exact=True).click()
    else:
        listed(house, viewer)
    ready(where)
    before = where.get_by_role("status").inner_text()
    where.locator("select[name=severity]").select_option("critical")
    only_critical(house, where)
    where.locator("select[name=state]").select_option("resolved")
    expect(where.get_by_role("status")).not_to_have_text(f"{len(house.holds(CRITICAL))} listed.")

    page.go_back()
    only_critical(house, where)
    ready(where)
    expect(where.locator("select[name=severity]")).to_have_value("critical")
    expect(where.locator("select[name=state]")).to_have_value("open")
    page.go_back()

    said(where, before)
    ready(where)
    expect(where.locator("select[name=severity]")).to_have_value("")
    page.go_forward()
    only_critical(house, where)
    assert viewer.happened == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_changed_in_place_keeps_nobody_out(house: House, viewer: Watched, scheme: str) -> None:
    viewer.looks(scheme, PHONE)
    page = listed(house, viewer)

    page.locator("select[name=severity]").select_option("critical")
    only_critical(house, page)
    expect(page.locator(".htmx-request")).to_have_count(0)

    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


# --- what isn't that part ---------------------------------------------------------------------------------------------


def store_away(house: House, by: Watched) -> None:
    house.shows(NO_STORE)


def logged_out(house: House, by: Watched) -> None:
    by.context.clear_cookies()


@pytest.mark.usefixtures("mended")
@pytest.mark.parametrize(
    ("breaks", "says"), [(store_away, "The store can't be read"), (logged_out, "Not logged in")], ids=["store", "login"]
)
def test_a_refusal_is_shown_as_a_page_and_never_as_a_list(
    house: House, viewer: Watched, breaks: Callable[[House, Watched], None], says: str
) -> None:
    page = listed(house, viewer)
    breaks(house, viewer)

    page.locator("select[name=severity]").select_option("critical")

    expect(page.get_by_role("heading", level=1)).to_have_text(says)
    assert page.get_by_role("table").count() == page.locator("#found, #said").count() == 0
    assert "severity=critical" in page.url, "loading it again asks the same"


def broken_off(route: Route) -> None:
    route.abort()


def somebodys_login(route: Route) -> None:
    route.fulfill(content_type="text/html", body="<!doctype html><title>Sign in</title><body><h1>Sign in</h1>")


def a_gateway(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body="<html><body><center><h1>502 Bad Gateway</h1></center>")


def nothing(route: Route) -> None:
    route.fulfill(status=204)


def with_a_script(route: Route) -> None:
    body = '<html><body><p id="said">-</p><section id="found"><p>-</p><script src="in_place.js"></script></section>'
    route.fulfill(content_type="text/html", body=body)


@pytest.mark.parametrize("answers", [broken_off, somebodys_login, a_gateway, nothing, with_a_script])
def test_whatever_else_answers_the_browser_asks_as_without_scripts(
    house: House, viewer: Watched, answers: Callable[[Route], None]
) -> None:
    """And is shown what a browser is shown; here our own page, since only htmx is answered otherwise."""
    page = listed(house, viewer)
    asked: list[str] = []

    def only_htmx(route: Route) -> None:
        if route.request.resource_type == "fetch":
            asked.append(route.request.url)
            answers(route)
        else:
            route.continue_()

    page.route("**/findings?*", only_htmx)
    with page.expect_navigation():
        page.locator("select[name=severity]").select_option("critical")

    only_critical(house, page)
    assert not is_the_same(page)
    assert len(asked) == 1
    assert page.title() == "Findings - Offboarding"


def test_whoever_goes_on_meanwhile_is_not_led_back(house: House, viewer: Watched) -> None:
    """Some browsers end what is still asked for as soon as somebody goes on, and it looks like a broken connection."""
    page = listed(house, viewer)
    asked: list[Route] = []

    def unanswered(route: Route) -> None:
        if route.request.resource_type == "fetch":
            asked.append(route)
        else:
            route.continue_()

    def gone_on(route: Route) -> None:
        with page.expect_console_message(lambda message: message.text.startswith("htmx: htmx:error")):
            asked[0].abort()
        route.continue_()

    page.route("**/findings?*", unanswered)
    page.route("**/sources", gone_on)
    with page.expect_request("**/findings?*"):
        page.locator("select[name=severity]").select_option("critical")
    page.get_by_role("link", name="Sources", exact=True).click()

    expect(page.get_by_role("heading", name="Sources", level=1)).to_be_visible()
    assert page.url == house.address("/sources")


# --- without ----------------------------------------------------------------------------------------------------------


def test_without_scripts_a_filter_is_sent_and_shown(house: House, scriptless: Page) -> None:
    scriptless.goto(house.address("/findings"))
    assert scriptless.evaluate(SAME) is True, "the test's own words run all the same"

    scriptless.locator("select[name=severity]").select_option("critical")
    assert "severity" not in scriptless.url
    scriptless.get_by_role("button", name="Show").click()

    scriptless.wait_for_url("**severity=critical**")
    only_critical(house, scriptless)
    assert scriptless.evaluate("typeof htmx") == "undefined"
