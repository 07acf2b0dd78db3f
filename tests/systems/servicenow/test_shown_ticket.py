"""The ticket that the page shows is what stands in the tracker."""

from tests.support.shown_ticket import DRAFT, assert_shown
from tests.systems.servicenow.service import service_now


def test_the_page_shows_the_ticket() -> None:
    with service_now(None) as place:
        ref = place.tracker().open(DRAFT)
        record = place.kept.tables["incident"][ref.ref]

    assert_shown("servicenow.md", record["short_description"], record["description"])
