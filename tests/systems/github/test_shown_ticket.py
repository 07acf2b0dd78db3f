"""The ticket that the page shows is what stands in the tracker."""

from demo.slapd import Tls
from tests.support.described.server import Description
from tests.support.shown_ticket import DRAFT, assert_shown
from tests.systems.github.service import github, people_of


def test_the_page_shows_the_ticket(tls: Tls) -> None:
    with github(tls, Description("github")) as place, people_of(place) as people:
        issue = people.item(place.tracker().open(DRAFT))

    assert_shown("github.md", issue["title"], issue["body"])
