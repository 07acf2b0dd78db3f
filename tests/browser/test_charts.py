"""Charts as a browser draws them: in colours that are seen, with gaps where nothing is known; else as words."""

import json
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page

from offboarding.store.connect import Session, opened
from tests.support.browser import PHONE, SCHEMES, WIDE, Watched, grave
from tests.support.database import cloned
from tests.support.shown_airflow import House, through_airflow
from tests.support.shown_pages import HOSTILE, one_night

__all__ = ["one_night"]  # a fixture

pytestmark = pytest.mark.timeout(600)
PATHS = ("/", "/sources")
PLACES = "[data-chart]"
INK = """(canvas, [from, to]) => {
    const found = {}, width = canvas.width;
    const dots = canvas.getContext("2d").getImageData(from * width, 0, (to - from) * width, canvas.height).data;
    for (let at = 0; at < dots.length; at += 4) {
        if (dots[at + 3] === 255) {
            const colour = "#" + [...dots.slice(at, at + 3)].map(each => each.toString(16).padStart(2, "0")).join("");
            found[colour] = (found[colour] || 0) + 1;
        }
    }
    return found;
}"""
COLOUR = "name => getComputedStyle(document.body).getPropertyValue(name).trim()"
HELD = "Object.keys(Chart.instances).length"
LIGHT = "#0a58ca"
WEEK = timedelta(weeks=1)


def drawn(within: Page | FrameLocator) -> list[Locator]:
    """The canvas of each chart."""
    within.locator(f"{PLACES} canvas").first.wait_for()
    places = within.locator(PLACES).all()
    assert [place.locator("canvas").count() for place in places] == [1] * len(places)
    return [place.locator("canvas") for place in places]


def ink(canvas: Locator, begins: float = 0, ends: float = 1) -> dict[str, int]:
    """How many dots it has of each colour, between two parts of its width."""
    found: dict[str, int] = canvas.evaluate(INK, [begins, ends])
    return found


def dots(canvas: Locator, name: str) -> int:
    """How many of it are of this colour of pages.css."""
    colour = canvas.page.evaluate(COLOUR, name)
    assert len(colour) == 7, "each of its colours is a whole one"
    return ink(canvas).get(colour, 0)


@pytest.fixture
def weeks(house: House, one_night: str) -> Generator[None]:
    """A store after months: things were shut in some weeks and in others not, and in some no night ended."""
    now = datetime.now(UTC)
    with cloned(house.server, one_night) as name:
        with opened(house.server.connection_kwargs(dbname=name)) as session:
            for number, ago in enumerate((0, 0, 0, 1, 1, 6, 6, 6, 7, 7)):
                with_a_thing(session, number, shut_at=now - WEEK * ago)
            nights = [WEEK * ago + timedelta(days=day) for ago in (0, 1, 5, 6, 7) for day in range(7)]
            with_nights(session, [now - ago for ago in nights])
        house.shows(name)
        try:
            yield
        finally:
            house.shows(house.store.info.dbname)


def with_a_thing(session: Session, number: int, *, shut_at: datetime) -> None:
    """Another one like it, which was found two weeks before it was seen shut."""
    values = {"key": f"{number:032}", "shut": shut_at, "found": shut_at - 2 * WEEK}
    session.execute(
        "insert into finding select (jsonb_populate_record(f, jsonb_build_object('finding_key', %(key)s::text,"
        " 'match_key', %(key)s::text, 'state', 'resolved', 'resolution', 'seen dead', 'resolved_at',"
        " %(shut)s::timestamptz, 'left_at', %(shut)s::timestamptz - %(days)s * interval '1 day'))).*"
        " from finding f where f.rule = 'leaver-access-key' order by f.finding_key desc limit 1",
        {**values, "days": 1 + number},
    )
    session.execute(
        "insert into finding_event (seq, finding_key, at, actor, from_state, to_state, text, prev_hash, hash)"
        " select (select max(seq) from finding_event) + place, %(key)s, at, '', was, became, '', '', '' from (values"
        " (1, %(found)s::timestamptz, null, 'open'), (2, %(shut)s, 'open', 'resolved')) told (place, at, was, became)",
        values,
    )


def with_nights(session: Session, ended: list[datetime]) -> None:
    """Those ended then."""
    for at in ended:
        session.execute(
            "insert into run (kind, caller, as_of, reads_since, started_at, finished_at)"
            " values ('nightly', %(at)s::text, %(at)s, %(at)s, %(at)s, %(at)s)",
            {"at": at - timedelta(minutes=1)},
        )


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", PATHS)
def test_each_chart_is_drawn_in_a_colour_of_the_page(house: House, viewer: Watched, path: str, scheme: str) -> None:
    viewer.looks(scheme)
    viewer.page.goto(house.address(path))

    found = drawn(viewer.page)

    assert len(found) >= (1 if path == "/" else 8)
    assert [canvas for canvas in found if not dots(canvas, "--link") + dots(canvas, "--gap")] == []
    assert viewer.happened == [], "the policy lets all of it be drawn"


def test_so_it_is_in_airflows_frame(house: House, viewer: Watched) -> None:
    viewer.looks("dark")
    frame = through_airflow(viewer)
    tonight = [ink(canvas) for canvas in drawn(frame)]
    frame.get_by_role("link", name="Sources", exact=True).click()
    frame.get_by_role("heading", name="Rosters and sources").wait_for()

    sources = [ink(canvas) for canvas in drawn(frame)]
    assert [each for each in (*tonight, *sources) if len(each) < 2] == []
    assert viewer.happened == []


def test_it_changes_its_colours_with_the_page(house: House, viewer: Watched) -> None:
    viewer.looks("light")
    viewer.page.goto(house.address("/"))
    by_day = ink(drawn(viewer.page)[0]).get(LIGHT, 0)

    viewer.looks("dark")

    canvas = drawn(viewer.page)[0]
    assert dots(canvas, "--link") > 0 < by_day
    assert LIGHT not in ink(canvas)


@pytest.mark.usefixtures("weeks")
@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", PHONE)], ids=["wide", "telephone"])
def test_weeks_are_two_lines_and_what_is_not_known_is_a_gap(
    house: House, viewer: Watched, scheme: str, size: tuple[int, int]
) -> None:
    viewer.looks(scheme, size)
    page = viewer.page
    page.goto(house.address("/"))

    revoking, standing = drawn(page)
    shown = [json.loads(each.get_attribute("data-chart") or "") for each in page.locator(PLACES).all()]
    gaps = [{series["name"]: series["values"].count(None) for series in chart["series"]} for chart in shown]

    assert 0 < gaps[0]["median"] == gaps[0]["90 % within"] < len(shown[0]["labels"])
    assert gaps[1]["open"] + gaps[1]["not known"] == len(shown[1]["labels"])
    assert dots(revoking, "--link") > 20 < dots(revoking, "--amber")
    assert dots(standing, "--link") > 20 < dots(standing, "--gap")
    page.get_by_text("The same in numbers, week by week").click()
    rows = page.locator("table.weeks tbody tr")
    assert rows.count() == len(shown[0]["labels"])
    assert rows.get_by_text("not known").count() == gaps[1]["open"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert grave(page) == []
    assert viewer.happened == []


@pytest.mark.parametrize("paper", [718, 794])
def test_on_paper_no_chart_covers_what_stands_beside_it(house: House, viewer: Watched, paper: int) -> None:
    page = viewer.page
    page.goto(house.address("/sources"))
    drawn(page)

    page.emulate_media(media="print")
    page.set_viewport_size({"width": paper, "height": 900})

    charts = page.locator(PLACES).all()
    assert len(charts) > 8
    beyond = "each => each.getBoundingClientRect().right - each.closest('td').getBoundingClientRect().right"
    assert [each.evaluate(beyond) > 0 for each in charts] == [False] * len(charts)
    page.wait_for_function(f"""[...document.querySelectorAll("{PLACES}")].every(each =>
        each.clientWidth > 60 && each.firstChild.clientWidth === each.clientWidth)""")
    assert page.evaluate("document.documentElement.scrollWidth") <= paper


def test_the_keyboard_alone_opens_the_numbers(house: House, viewer: Watched) -> None:
    page = viewer.page
    page.goto(house.address("/"))
    summary = page.get_by_text("The same in numbers, week by week")
    for _ in range(200):
        page.keyboard.press("Tab")
        if summary.evaluate("each => each === document.activeElement"):
            break

    page.keyboard.press("Enter")

    assert page.locator("table.weeks").is_visible()
    assert page.locator("canvas:focus").count() == 0


def test_without_scripts_the_same_stands_there_in_words(house: House, viewer: Watched, browser: Browser) -> None:
    state = viewer.context.storage_state()
    without = browser.new_context(java_script_enabled=False, storage_state=state)
    try:
        page = without.new_page()
        page.goto(house.address("/sources"))
        words = page.locator("td.nights").all_inner_texts()
        assert [each for each in words if "night" not in each] == []
        assert len(words) == page.locator(PLACES).count() > 0
        page.goto(house.address("/"))
        page.get_by_text("The same in numbers, week by week").click()
        assert page.locator("table.weeks tbody tr").count() >= 13
        assert page.locator("table.weeks").is_visible()
        assert page.locator("canvas").count() == 0
        # What isn't drawn takes no room.
        assert {place.evaluate("each => each.clientHeight") for place in page.locator(PLACES).all()} == {0}
    finally:
        without.close()


def put(page: Page, name: str, values: list[int | None], shapes: Sequence[str] = ("line",)) -> Locator:
    """A chart that another script puts into the page, all of whose words are this one."""
    series = [{"name": name, "shape": shape, "values": values} for shape in shapes]
    page.evaluate(
        "chart => { const place = document.createElement('div'); place.id = 'swapped'; place.className = 'chart weeks';"
        " place.dataset.chart = chart; document.querySelector('main').append(place); }",
        json.dumps({"unit": name, "labels": [name] * len(values), "series": series}),
    )
    return page.locator("#swapped canvas")


@pytest.mark.parametrize(("values", "is_line"), [([2, None, 2], False), ([2, 2, 2], True)], ids=["a gap", "none"])
def test_no_line_is_drawn_over_a_gap(house: House, viewer: Watched, values: list[int | None], is_line: bool) -> None:
    page = viewer.page
    page.goto(house.address("/"))
    colour = page.evaluate(COLOUR, "--link")

    middle = ink(put(page, "one", values), 0.5, 0.6)

    assert (middle.get(colour, 0) > 0) is is_line
    assert middle, "the grid is there"


def test_two_of_the_same_value_are_both_seen(house: House, viewer: Watched) -> None:
    """As of a week in which one thing was shut: else it would look as if the other weren't known."""
    page = viewer.page
    page.goto(house.address("/"))
    colours = [page.evaluate(COLOUR, name) for name in ("--link", "--amber")]

    last = ink(put(page, "one", [2, None, 2], ("line", "dashed")), 0.75)

    assert [last.get(colour, 0) > 5 for colour in colours] == [True, True]


def test_a_name_is_drawn_and_nothing_else(house: House, viewer: Watched) -> None:
    """Also what another script puts into the page; what it takes away is let go."""
    page = viewer.page
    page.goto(house.address("/"))
    drawn(page)
    before = page.evaluate(HELD)

    for called, value in HOSTILE.items():
        canvas = put(page, value, [1, None, 2])
        canvas.hover()

        assert ink(canvas) or len(value) > 1_000, f"{called}: a name without an end leaves the line no room"
        assert page.evaluate(HELD) == before + 1, called
        assert page.locator("#swapped *").count() == 1, called
        page.evaluate("document.querySelector('#swapped').remove()")
        page.wait_for_function(f"{HELD} === {before}")
        assert viewer.happened == [], called
