"""What somebody decides on a page: a run of Airflow's in their name, and what the store then holds."""

import pytest

from offboarding.store import events
from tests.support.browser import Watched
from tests.support.shown_airflow import House, through_airflow

pytestmark = pytest.mark.timeout(600)
LINK, REASON = "offboarding_decide_link", "asked the team that runs it, CHG-1881"


def test_a_decision_is_what_the_store_then_holds_by_whoever_made_it(house: House, lead: Watched) -> None:
    admin = house.airflow.admin
    admin.pause(LINK)
    before = len(house.holds("select from link_decision"))
    frame = through_airflow(lead)
    frame.get_by_role("link", name="Review", exact=True).click()
    frame.get_by_role("heading", name="Review", level=1).wait_for()
    section = frame.locator("section.question").filter(has=frame.get_by_role("combobox")).first
    account = section.get_by_role("heading", level=2).inner_text()
    worker = section.locator("p.choices label").first.inner_text().split()[0]

    section.get_by_role("combobox").first.select_option("reject")
    frame.get_by_label("Reason, for all of them").fill(REASON)
    frame.get_by_role("button", name="Decide", exact=True).click()
    (run,) = house.airflow.until(lambda: admin.runs(LINK), "a run begins")
    frame.get_by_text("Not yet known.", exact=True).wait_for(timeout=60_000)
    admin.pause(LINK, paused=False)
    assert house.airflow.ended(LINK, run) == "success", admin.log(LINK, run, "decide")
    # By itself, in Airflow's frame.
    frame.get_by_text("Decided.", exact=True).wait_for(timeout=120_000)

    made = house.holds(
        "select d.native_id, w.id_space || ':' || w.worker_id, d.verdict, d.reason, d.author from link_decision d"
        " join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk order by decision_id desc"
    )
    assert len(made) == before + 1
    native_id, whose, *rest = made[0]
    assert native_id in account
    assert (whose, rest) == (worker, ["reject", REASON, "admin"])
    assert events.broken_at(house.store) is None
    assert lead.happened == []


def test_whoever_may_only_look_is_asked_nothing(house: House, viewer: Watched) -> None:
    frame = through_airflow(viewer)
    frame.get_by_role("link", name="Review", exact=True).click()
    frame.get_by_role("heading", name="Review", level=1).wait_for()

    assert frame.locator("section.question").count() > 0
    assert frame.locator("form, select, button").count() == 0
