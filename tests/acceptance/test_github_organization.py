"""A leaver in an organization on GitHub: the membership and the deploy key that outlives it, found by a night each."""

from collections.abc import Generator
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from demo.github_answers import ORG
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.sources import github_org
from tests.support.github_org_service import GithubOrgPlace, github_org_place
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker

pytestmark = pytest.mark.slow


class AtGithub(Office):
    """An office whose only accounts are an organization's."""

    place: GithubOrgPlace

    @property
    def settings(self) -> Settings:
        """With the organization in the directory's place."""
        settings = super().settings
        own = {"name": "gh", "kind": "github_org", "connection": "corp_github", "organization": ORG, "saml": True}
        source = github_org.Settings.model_validate(own | {"id_space": "hr", "login_realm": "github"})
        return settings.model_copy(update={"sources": (source,)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source()


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtGithub]:
    """Kim has left, and Kimm works here; both are members, and have added a deploy key each."""
    with github_org_place(make_certificate(tmp_path)) as place:
        made = AtGithub(session=office.session, tracker=office.tracker)
        made.place = place
        made.hr.workers = [
            worker("1042", LEFT, mail="kim@corp.example"),
            worker("1043", mail="kimm@corp.example"),
        ]
        for login in ("kim", "kimm"):
            place.kept.add(login, mail=f"{login}@corp.example")
            place.kept.deploy(login, title=f"of {login}")
        yield made
        assert place.service.wrong == []


def test_a_leaver_s_membership_and_deploy_key_are_told_until_both_are_gone_and_nobody_else_s(
    company: AtGithub, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    body = ticket.draft.body
    assert "memberships/kim" in body
    assert "memberships/kimm" not in body
    (theirs, others) = sorted(kept.deploy_keys.values(), key=lambda each: each.id)
    assert f"repositories/1/keys/{theirs.id}" in body
    assert f"repositories/1/keys/{others.id}" not in body

    # Out of the organization: the deploy key lets them in as before.
    del kept.people[kept.of("kim").id]
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    assert f"repositories/1/keys/{theirs.id}" in tracker.ticket(ticket.ref).draft.body

    del kept.deploy_keys[theirs.id]
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1
