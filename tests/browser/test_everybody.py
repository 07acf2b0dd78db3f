"""Each page, for whoever sees little, has no mouse, or a telephone."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, SCHEMES, Watched, grave
from tests.support.shown_airflow import House

pytestmark = pytest.mark.timeout(600)
WRONG = """<!doctype html><html lang="en"><title>Wrong</title><body style="color:#aaa;background:#fff">
<p>pale</p><img src="x"><select></select>"""
GROUND = "getComputedStyle(document.body).backgroundColor"


def test_what_is_wrong_on_purpose_is_seen(lead: Watched) -> None:
    """Else the next test couldn't fail."""
    lead.page.set_content(WRONG)

    found = " ".join(grave(lead.page))

    assert all(rule in found for rule in ("color-contrast", "image-alt", "select-name"))


def may_decide(path: str) -> bool:
    """Whether it's a form, or what came of one: those are for whoever may begin its DAG."""
    return path.startswith(("/decide/", "/decided/"))


@pytest.mark.parametrize("who", ["lead", "viewer"])
def test_no_page_keeps_anybody_out(house: House, request: pytest.FixtureRequest, who: str) -> None:
    by: Watched = request.getfixturevalue(who)
    found: dict[str, list[str]] = {}
    grounds, refused = set[str](), set[str]()
    for path in house.every_path():
        for scheme in SCHEMES:
            by.looks(scheme)
            answer = by.page.goto(house.address(path))
            if answer is None or answer.status == 403:
                refused.add(path)
                continue
            grounds.add(by.page.evaluate(GROUND))
            found |= {f"{path} {scheme}": grave(by.page)}

    assert {place: told for place, told in found.items() if told} == {}
    assert len(grounds) == len(SCHEMES), "it's light, and it's dark"
    assert refused == ({path for path in house.every_path() if may_decide(path)} if who == "viewer" else set())


def test_a_telephone_shows_each_page_whole(house: House, lead: Watched) -> None:
    lead.looks("light", PHONE)
    wide: dict[str, int] = {}
    for path in house.every_path():
        lead.page.goto(house.address(path))
        wide[path] = lead.page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in wide.items() if width > PHONE[0]} == {}


def reached(by: Watched, most: int) -> list[str]:
    """What Tab comes to, one after the other."""
    found: list[str] = []
    for _ in range(most):
        by.page.keyboard.press("Tab")
        found.append(
            by.page.evaluate("e => e.name || e.textContent.trim()", by.page.locator(":focus").element_handle())
        )
    return found


def test_the_keyboard_alone_comes_past_the_navigation_to_filter_and_rows(house: House, lead: Watched) -> None:
    page = lead.page
    page.goto(house.address("/findings"))
    rows = page.locator("table.findings tbody th a").all_inner_texts()

    assert reached(lead, 1) == ["To the content"]
    assert page.locator(":focus").is_visible()
    page.keyboard.press("Enter")
    names = [each.get_attribute("name") for each in page.locator("form select, form input").all()]
    assert reached(lead, len(names) + 2) == [*names, "Show", rows[0]]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where one is can be seen"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"Finding {rows[0]}").wait_for()


def test_a_filter_is_chosen_by_the_keyboard_alone(house: House, lead: Watched) -> None:
    page = lead.page
    page.goto(house.address("/findings"))
    page.locator("select[name=severity]").focus()
    page.keyboard.type("crit")
    while page.locator(":focus").inner_text() != "Show":
        page.keyboard.press("Tab")

    page.keyboard.press("Enter")
    page.wait_for_url("**severity=critical**")

    ((held,),) = house.holds("select count(*) from finding where state = 'open' and severity = 'critical'")
    expect(page.locator("table.findings tbody tr")).to_have_count(held)
    assert held > 0
