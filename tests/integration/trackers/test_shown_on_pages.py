"""The ticket that a tracker's page shows is what stands there; of those that are unpacked, their own tests say so."""

from pathlib import Path

from demo.certificates import make_certificate
from tests.support.described.server import Description
from tests.support.shown_ticket import DRAFT, assert_shown
from tests.systems.github import service as github_service
from tests.systems.gitlab import service as gitlab_service
from tests.systems.jira import service as jira_service
from tests.systems.servicenow import service as service_now


def test_github_s(tmp_path: Path) -> None:
    description = Description("github")
    with (
        github_service.github(make_certificate(tmp_path), description) as place,
        github_service.people_of(place) as people,
    ):
        issue = people.item(place.tracker().open(DRAFT))

    assert_shown("github.md", issue["title"], issue["body"])


def test_gitlab_s() -> None:
    with gitlab_service.gitlab(None) as place, gitlab_service.people_of(place) as people:
        issue = people.item(place.tracker().open(DRAFT))

    assert_shown("gitlab.md", issue["title"], issue["description"])


def test_jira_data_center_s() -> None:
    with jira_service.jira(None, cloud=False) as place, jira_service.people_of(place) as people:
        issue = people.item(place.tracker().open(DRAFT))

    assert_shown("jira.md", issue["summary"], issue["description"])


def test_servicenow_s() -> None:
    with service_now.service_now(None) as place:
        ref = place.tracker().open(DRAFT)
        record = place.kept.tables["incident"][ref.ref]

    assert_shown("servicenow.md", record["short_description"], record["description"])
