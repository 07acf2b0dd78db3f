"""The demo company, an Airflow that shows its store, and a browser in front of it."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page

from offboarding.store import embedded
from tests.support.browser import Watched, chromium, program, window
from tests.support.demo_company import DemoCompany, demo_company
from tests.support.memory import Folder
from tests.support.shown_airflow import House, enter, shown_airflow

__all__ = ["demo_company"]  # a fixture


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Begun before everything else, so that nothing is where it isn't."""
    found = program()
    if found is None:
        pytest.skip("there is no Chromium here: scripts/browser.sh says why")
    with chromium(found) as made:
        yield made


@pytest.fixture(scope="session")
def house(
    browser: Browser, demo_company: DemoCompany, store_server: embedded.EmbeddedServer, in_memory: Folder
) -> Generator[House]:
    with shown_airflow(in_memory("an airflow"), store_server, demo_company.session) as made:
        yield made


@pytest.fixture
def lead(house: House, browser: Browser) -> Generator[Watched]:
    """Somebody who may decide and so sees names, logged in."""
    with window(browser) as made:
        enter(house, made, "admin")
        yield made


@pytest.fixture
def viewer(house: House, browser: Browser) -> Generator[Watched]:
    """Somebody who may look."""
    with window(browser) as made:
        enter(house, made, "viewer")
        yield made


@pytest.fixture
def scriptless(lead: Watched, browser: Browser) -> Generator[Page]:
    """The same person's browser, which runs none."""
    state = lead.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.fixture
def mended(house: House) -> Generator[None]:
    """Whatever a test had the pages show, they show the company's store again."""
    yield
    house.shows(house.store.info.dbname)
