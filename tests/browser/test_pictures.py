"""Pictures of the pages in Airflow, light and dark: kept in .cache/browser/pictures, or where PICTURES says."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator

from tests.support.browser import SCHEMES, WIDE, Watched
from tests.support.shown_airflow import LEAVER, House, through_airflow
from tests.support.source_tree import PROJECT

pytestmark = pytest.mark.timeout(600)
PICTURES = Path(os.environ.get("PICTURES") or PROJECT / ".cache/browser/pictures")


def tonight(frame: FrameLocator) -> None:
    frame.get_by_role("heading", name="To do now").wait_for()


def leaver(frame: FrameLocator) -> None:
    frame.get_by_role("link", name="Search", exact=True).click()
    frame.get_by_role("textbox").fill(LEAVER)
    frame.get_by_role("textbox").press("Enter")
    frame.get_by_role("link", name=LEAVER).first.click()
    frame.get_by_role("heading", name=f"Worker {LEAVER}").wait_for()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("shown", [tonight, leaver])
def test_a_picture_is_of_the_page_and_of_nothing_on_this_machine(
    house: House, lead: Watched, shown: Callable[[FrameLocator], None], scheme: str
) -> None:
    lead.looks(scheme, WIDE)
    lead.page.reload()
    frame = through_airflow(lead)
    shown(frame)
    lead.page.mouse.move(0, 0)

    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{shown.__name__}{'' if scheme == 'light' else f'-{scheme}'}.png"
    lead.page.screenshot(path=path)

    text = lead.page.locator("body").inner_text() + frame.locator("body").inner_text()
    assert path.stat().st_size > 10_000
    for own in (str(PROJECT), os.uname().nodename, house.airflow.url):
        assert own not in text
