"""What a person does with the pages in Airflow, and that they're shown what the store holds."""

import pytest

from offboarding.store import looks, reading
from tests.support.browser import Watched
from tests.support.shown_airflow import LEAVER, House, called, keys, through_airflow

pytestmark = pytest.mark.timeout(600)
WORKER = "w.id_space || ':' || w.worker_id"
OF_SOMEBODY = (
    "from finding join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk where true"
)


def test_airflow_shows_the_last_night_in_its_frame(house: House, viewer: Watched) -> None:
    last = reading.last_night(house.store)
    assert last is not None

    frame = through_airflow(viewer)

    assert f"run {last.run_id} {str(last.status).upper()}" in frame.get_by_role("heading", level=1).inner_text()
    assert viewer.happened == []


def test_a_red_number_leads_to_its_findings(house: House, viewer: Watched) -> None:
    ((severity, late),) = house.holds(
        "select severity, count(*) from finding where state = 'open' and due_at < now() group by 1 having count(*) < 50"
        " order by 2 limit 1"
    )
    frame = through_airflow(viewer)

    number = frame.locator(f"table.counts a[href*='severity={severity}&due=late']")
    assert number.inner_text() == str(late)
    number.click()
    listed = frame.get_by_role("table", name="Worst first")
    listed.wait_for()

    held = house.holds(
        "select finding_key from finding where state = 'open' and due_at < now() and severity = %s", severity
    )
    assert len(keys(listed)) == late
    assert set(keys(listed)) == called(held)
    assert listed.get_by_text("past due").count() == late


def test_a_filter_shows_what_is_so_and_stands_in_the_address(house: House, viewer: Watched) -> None:
    frame = through_airflow(viewer)
    frame.get_by_role("link", name="Findings", exact=True).click()

    frame.get_by_label("source").select_option("aws")
    frame.get_by_label("severity").select_option("high")
    frame.get_by_role("button", name="Show").click()
    frame.locator("#found a[href='findings.csv?state=open&severity=high&source=aws']").wait_for()

    held = house.holds("select finding_key from finding where state = 'open' and source = 'aws' and severity = 'high'")
    shown = keys(frame.get_by_role("table", name="Worst first"))
    assert 0 < len(shown) == len(held) < 50
    assert set(shown) == called(held)
    asked = viewer.page.frames[-1].url
    assert "source=aws" in asked
    assert "severity=high" in asked


def test_nothing_that_is_so_is_said(house: House, viewer: Watched) -> None:
    frame = through_airflow(viewer)
    frame.get_by_role("link", name="Findings", exact=True).click()

    frame.get_by_label("source").select_option("linux")
    frame.get_by_label("severity").select_option("low")
    frame.get_by_role("button", name="Show").click()

    frame.get_by_text("No finding is so.").wait_for()
    assert frame.get_by_role("table").count() == 0
    assert house.holds("select from finding where source = 'linux' and severity = 'low'") == []


@pytest.mark.parametrize(("who", "named"), [("lead", True), ("viewer", False)])
def test_a_search_leads_to_a_leaver_and_names_are_for_whoever_may_decide(
    house: House, request: pytest.FixtureRequest, who: str, named: bool
) -> None:
    by: Watched = request.getfixturevalue(who)
    frame = through_airflow(by)
    frame.get_by_role("link", name="Search", exact=True).click()

    frame.get_by_role("textbox").fill(LEAVER.partition(":")[2])
    frame.get_by_role("textbox").press("Enter")
    frame.get_by_role("link", name=LEAVER).first.click()
    frame.get_by_role("heading", name=f"Worker {LEAVER}").wait_for()

    ((name,),) = house.holds(f"select distinct w.name {OF_SOMEBODY} and {WORKER} = %s", LEAVER)
    assert (name in frame.get_by_role("heading", level=1).inner_text()) is named
    assert (name in frame.locator("body").inner_text()) is named
    listed = frame.get_by_role("table", name="Findings, worst first")
    listed.wait_for()
    shown = keys(listed)
    assert set(shown) == called(house.holds(f"select finding_key {OF_SOMEBODY} and {WORKER} = %s", LEAVER))
    ((viewer, kind, seen),) = house.holds("select viewer, kind, named from look order by seq desc limit 1")
    assert (viewer, kind, seen) == ("admin" if named else "viewer", "worker", named)
    assert looks.broken_at(house.store) is None


def test_a_finding_leads_to_its_key_and_to_who_may_have_held_it(house: House, lead: Watched) -> None:
    frame = through_airflow(lead)
    frame.get_by_role("link", name="Findings", exact=True).click()
    frame.get_by_label("rule").select_option("leaver-signing-key")
    frame.get_by_role("button", name="Show").click()
    frame.locator("#found a[href='findings.csv?state=open&rule=leaver-signing-key']").wait_for()
    first = frame.get_by_role("table", name="Worst first").locator("tbody th a").first
    key = first.inner_text()
    first.click()
    frame.get_by_role("heading", name=f"Finding {key}").wait_for()

    frame.locator("main a[href*='key/']").first.click()
    frame.get_by_role("heading", name="Who has left and may have held it").wait_for()

    ((material,),) = house.holds("select subject_native_id from finding where finding_key like %s", f"{key[2:]}%")
    assert frame.locator("p.subject").inner_text() == material
    holders = frame.locator("table.findings").first.inner_text()
    found = {worker for (worker,) in house.holds(f"select {WORKER} {OF_SOMEBODY} and subject_native_id = %s", material)}
    assert found
    assert {worker for worker in found if worker not in holders} == set()
    listed = frame.get_by_role("table", name="Findings, worst first")
    assert set(keys(listed)) == called(
        house.holds("select finding_key from finding where subject_native_id = %s", material)
    )


def test_a_night_stands_behind_its_run(house: House, viewer: Watched) -> None:
    """As a tab that Airflow shows of each run."""
    ((run, number),) = house.holds("select caller, run_id from run order by run_id desc limit 1")
    admin = house.airflow.admin
    admin.pause("offboarding_nightly")
    made = {"dag_run_id": run, "logical_date": None, "conf": {}}
    admin.client.post("/api/v2/dags/offboarding_nightly/dagRuns", json=made).raise_for_status()

    viewer.page.goto(f"{house.airflow.url}/dags/offboarding_nightly/runs/{run}/")
    viewer.page.get_by_role("link", name="Offboarding", exact=True).click()

    heading = viewer.page.frame_locator("iframe").get_by_role("heading", level=1)
    assert f"run {number} " in heading.inner_text()
