"""The ticket that the page shows is what stands in the tracker."""

from tests.support.shown_ticket import DRAFT, assert_shown
from tests.systems.jira.service import jira, people_of


def test_the_page_shows_the_ticket() -> None:
    with jira(None, cloud=False) as place, people_of(place) as people:
        issue = people.item(place.tracker().open(DRAFT))

    assert_shown("jira.md", issue["summary"], issue["description"])
