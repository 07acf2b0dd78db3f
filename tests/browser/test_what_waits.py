"""What the guard holds, as a person answers it on a page."""

import re
from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest

from offboarding.runs import pipeline
from offboarding.store import events
from offboarding.store.connect import Session, opened
from tests.support import filled
from tests.support.browser import Watched
from tests.support.database import TEMPLATE, cloned
from tests.support.shown_airflow import House, through_airflow

pytestmark = pytest.mark.timeout(600)
FORM, REASON = "offboarding_approve", "HR sent the file of another company, CHG-1882"
TRIPS = filled.Policy(baseline="ticket", max_new_tickets=1)
"""A batch that is too large waits as a whole."""


@pytest.fixture
def held(house: House) -> Generator[Session]:
    """A store after a night, whose findings all wait but the critical one, which has a limit of its own."""
    later = datetime.now(UTC) - timedelta(minutes=5) - filled.AS_OF
    with cloned(house.server, TEMPLATE) as name, opened(house.server.connection_kwargs(dbname=name)) as session:
        run = filled.spend_night(session, later=later, policy=TRIPS)
        pipeline.report(session, filled.settings(TRIPS), run)
        house.shows(name)
        yield session
        house.shows(house.store.info.dbname)


def test_a_hold_that_is_refused_on_its_form_stays_untold_by_whoever_refused_it(
    house: House, held: Session, lead: Watched
) -> None:
    admin = house.airflow.admin
    admin.pause(FORM, paused=False)
    (number,) = (hold for (hold,) in held.execute("select hold_id from guard_hold where status = 'waiting'").fetchall())
    frame = through_airflow(lead)
    frame.get_by_role("heading", name="Waiting", exact=True).wait_for()

    frame.get_by_role("link", name="refuse", exact=True).click()
    frame.get_by_label(re.compile("^Holds")).fill(str(number))
    frame.get_by_label(re.compile("^Reason")).fill(REASON)
    frame.get_by_role("button", name="Reject", exact=True).click()
    (run,) = house.airflow.until(lambda: admin.runs(FORM), "a run begins")
    assert house.airflow.ended(FORM, run) == "success", admin.log(FORM, run, "decide")
    frame.get_by_role("link", name="Look again").click(timeout=60_000)
    frame.get_by_text("Decided.", exact=True).wait_for(timeout=60_000)

    assert held.execute("select hold_id, status, decided_by from guard_hold").fetchall() == [
        (number, "rejected", "admin")
    ]
    assert {
        (state, severity == "critical")
        for state, severity in held.execute("select state, severity from finding").fetchall()
    } == {("held", False), ("open", True)}
    assert events.broken_at(held) is None
    assert lead.happened == []
