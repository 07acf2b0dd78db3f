"""A page that waits for what comes of a form: it looks again in its place, or by its link, and can be told not to."""

import json
from collections.abc import Generator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import SAME, STORED, Watched, grave, is_the_same
from tests.support.shown_airflow import LEAVER, NO_STORE, House

pytestmark = pytest.mark.timeout(600)
CHECK = "offboarding_departure"


def waits(house: House, page: Page) -> None:
    """A form was sent whose DAG is paused, so that what comes of it isn't known."""
    page.goto(house.address("/decide/check"))
    page.get_by_role("textbox").fill(LEAVER)
    page.get_by_role("button", name="Check people now").click()
    page.get_by_text("Not yet known.", exact=True).wait_for(timeout=60_000)


def ends(house: House) -> None:
    """Each of its runs is over, by Airflow's word."""
    client = house.airflow.admin.client
    for run in house.airflow.admin.runs(CHECK):
        told = client.patch(f"/api/v2/dags/{CHECK}/dagRuns/{run}", json={"state": "success"})
        told.raise_for_status()


@pytest.fixture
def paused(house: House) -> Generator[None]:
    house.airflow.admin.pause(CHECK)
    yield
    ends(house)


@pytest.mark.usefixtures("paused")
def test_without_scripts_somebody_looks_again_by_a_link(house: House, scriptless: Page) -> None:
    waits(house, scriptless)
    ends(house)

    scriptless.get_by_role("link", name="Look again").click()

    scriptless.get_by_text("Done.", exact=True).wait_for(timeout=60_000)
    assert scriptless.get_by_role("link", name="Look no more by itself").count() == 0


@pytest.mark.usefixtures("paused")
def test_a_page_that_waits_looks_again_in_its_place_and_takes_no_focus_away(house: House, lead: Watched) -> None:
    page = lead.page
    waits(house, page)
    page.evaluate(SAME)
    page.get_by_role("link", name="Look no more by itself").focus()
    with page.expect_response("**looked=1") as looked:
        pass
    assert looked.value.ok
    expect(page.locator("#again")).to_have_attribute("hx-get", "?of=1&looked=2")
    assert page.locator(":focus").inner_text() == "Look no more by itself"
    assert page.locator("#came").get_attribute("aria-live") == "polite"
    assert grave(page) == []

    ends(house)
    page.get_by_text("Done.", exact=True).wait_for(timeout=60_000)

    assert is_the_same(page)
    expect(page.locator("#again")).not_to_have_attribute("hx-get", "?of=1&looked=3")
    assert page.locator("[hx-trigger]").count() == 0, "it looks no more"
    assert json.loads(page.evaluate(STORED))[1] == {}
    assert lead.happened == []


@pytest.mark.usefixtures("paused", "mended")
def test_a_page_that_waits_says_that_the_store_is_away(house: House, lead: Watched) -> None:
    waits(house, lead.page)

    house.shows(NO_STORE)

    expect(lead.page.get_by_role("heading", level=1)).to_have_text("The store can't be read", timeout=60_000)
    assert lead.page.locator("[hx-trigger]").count() == 0


@pytest.mark.usefixtures("paused")
def test_it_is_told_to_look_no_more(house: House, lead: Watched) -> None:
    waits(house, lead.page)

    lead.page.get_by_role("link", name="Look no more by itself").press("Enter")

    lead.page.get_by_text("This page looks no more by itself.").wait_for(timeout=60_000)
    assert lead.page.get_by_text("Not yet known.", exact=True).is_visible()
    assert lead.page.locator("[hx-get]").count() == 0
