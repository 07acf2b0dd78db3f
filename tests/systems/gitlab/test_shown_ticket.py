"""The ticket that the page shows is what stands in the tracker."""

from tests.support.shown_ticket import DRAFT, assert_shown
from tests.systems.gitlab.service import gitlab, people_of


def test_the_page_shows_the_ticket() -> None:
    with gitlab(None) as place, people_of(place) as people:
        issue = people.item(place.tracker().open(DRAFT))

    assert_shown("gitlab.md", issue["title"], issue["description"])
