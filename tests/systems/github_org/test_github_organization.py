"""A leaver in an organization on GitHub: the membership and the deploy key that outlives it, found by a night each."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import make_certificate
from demo.github_answers import ORG
from demo.github_kept import KeptToken
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import Standing
from offboarding.sources import github_org
from offboarding.store import reading
from tests.support.left_out import found_after
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.github_org.service import GithubOrgPlace, github_org_place

pytestmark = pytest.mark.slow


class AtGithub(Office):
    """An office whose only accounts are an organization's."""

    place: GithubOrgPlace
    managed: bool = False
    """Its people are the enterprise's, which tells who is suspended."""
    narrowed: dict[str, Any]
    """Settings that leave something out."""

    @property
    def settings(self) -> Settings:
        """With the organization in the directory's place."""
        settings = super().settings
        own = {"name": "gh", "kind": "github_org", "connection": "corp_github", "organization": ORG, **self._more}
        source = github_org.Settings.model_validate(own | {"id_space": "hr", "login_realm": "github"})
        return settings.model_copy(update={"sources": (source,)})

    @property
    def _more(self) -> dict[str, Any]:
        managed = {"shortcode": "corp", "enterprise": "corp-group"}
        return {"saml": not self.managed, **(managed if self.managed else {}), **self.narrowed}

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source(app=not self.managed, **self._more)


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtGithub]:
    """Kim has left, and Kimm works here; both are members, and have added a deploy key each."""
    with github_org_place(make_certificate(tmp_path)) as place:
        made = AtGithub(session=office.session, tracker=office.tracker)
        made.narrowed = {}
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


@pytest.mark.parametrize("switch", ["deploy_keys", "installations"])
def test_what_is_switched_off_is_not_gone_and_asked_for_once_its_owner_leaves(company: AtGithub, switch: str) -> None:
    company.place.kept.install("ci", by="kim")

    found = found_after(
        company,
        lambda: company.narrowed.update({switch: False}),
        {"deploy_keys": "deploy-key/", "installations": "installation/"}[switch],
    )

    assert found == {("open", Standing.WORKS)}


def test_tokens_that_were_authorized_have_not_ended_once_saml_is_switched_off(company: AtGithub) -> None:
    """Nobody is told of them any more; fine-grained ones are listed as before."""
    kept = company.place.kept
    company.hr.workers = [worker("1042", LEFT, logins=("gh:kim",)), worker("1043", logins=("gh:kimm",))]
    kim = kept.of("kim")
    kim.tokens = [KeptToken(id=501, name="laptop"), KeptToken(id=502, name="ci", kind="personal access token")]
    assert company.night().failed == ()
    assert found(company) == {"token/501": ("open", Standing.WORKS), "authorization/502": ("open", Standing.WORKS)}

    company.narrowed["saml"] = False
    del kim.tokens[0]
    for _ in range(2):
        assert company.night().failed == ()
    assert found(company)["authorization/502"] == ("open", Standing.UNKNOWN)
    assert found(company)["token/501"][0] == "resolved"

    company.narrowed["saml"] = True
    assert company.night().failed == ()
    assert found(company)["authorization/502"] == ("open", Standing.WORKS)
    company.narrowed["saml"] = False
    assert company.night().failed == ()

    # Out of the organization: no token lets in, whatever isn't looked at of another leaver's.
    company.hr.workers[1] = worker("1043", LEFT, logins=("gh:kimm",))
    del kept.people[kim.id]
    assert company.night().failed == ()
    assert found(company)["authorization/502"][0] == "resolved"
    gone = "select gone_at is not null from credential where native_id = 'authorization/502'"
    assert company.session.execute(gone).fetchall() == [(True,)]


def found(company: AtGithub) -> dict[str, tuple[str, Standing]]:
    """State and standing of findings on tokens, by the token."""
    tokens = (each for each in reading.findings(company.session) if each.subject_kind == "service_credential")
    return {each.subject_native_id: (each.state, each.standing) for each in tokens}


@pytest.fixture
def enterprise(company: AtGithub) -> AtGithub:
    """Both are managed users by now, whom HR knows by the identity provider's name; nobody has a deploy key."""
    company.managed = True
    company.place.kept.deploy_keys.clear()
    company.hr.workers = [
        worker(number, *left, logins=(f"gh:{name}",))
        for number, name, left in (("1042", "kim", (LEFT,)), ("1043", "kimm", ()))
    ]
    for name in ("kim", "kimm"):
        company.place.kept.of(name).login = f"{name}_corp"
    return company


def test_a_suspended_managed_user_is_told_until_the_enterprise_says_so_and_nobody_else(
    enterprise: AtGithub, tracker: ListedTracker
) -> None:
    """They stay a member, by a name that is a hash. Kimm works here."""
    kept = enterprise.place.kept
    assert enterprise.night().failed == ()
    (ticket,) = tracker.there()
    assert "At the identity provider, take GitHub away from them" in " ".join(ticket.draft.body.split())
    assert "kimm_corp" not in ticket.draft.body

    kim = kept.suspend("kim_corp", "2026-11-26T09:00:00Z")
    assert kim.role == "member"
    assert enterprise.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open

    # Let in again, and under the old name.
    kept.logged("user.unsuspend", "2026-11-27T09:00:00Z", user_id=kim.id)
    kim.login = "kim_corp"
    assert enterprise.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    assert len(tracker.there()) == 1


def test_a_managed_user_of_whom_nobody_says_that_they_are_suspended_is_not_checked(
    enterprise: AtGithub, tracker: ListedTracker
) -> None:
    """The log is kept for 180 days, and a name that became a hash is no word."""
    assert enterprise.night().failed == ()
    (ticket,) = tracker.there()

    enterprise.place.kept.suspend("kim_corp", "2026-11-26T09:00:00Z")
    enterprise.place.kept.log = []
    assert enterprise.night().failed == ()

    assert tracker.ticket(ticket.ref).is_open
    assert len(tracker.there()) == 1


def test_an_app_that_a_leaver_installed_is_told_until_it_is_suspended_and_nobody_else_s(
    company: AtGithub, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    kept.deploy_keys.clear()
    theirs, others = (
        kept.install(slug, by=who, at="2026-06-15T09:00:00Z", contents="write")
        for slug, who in (("ci", "kim"), ("docs", "kimm"))
    )
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    body = " ".join(ticket.draft.body.split())
    assert f"App ci (installation {theirs.id})" in body
    assert f"installation {others.id}" not in body
    assert "an installed App that may write contents" in body

    # Out of the organization: the App goes on.
    del kept.people[kept.of("kim").id]
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open

    theirs.suspended = "2026-11-27T09:00:00Z"
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open


def test_a_deploy_key_of_an_archived_repository_is_told_and_nobody_else_s(
    company: AtGithub, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    kept.archived.add(1)
    assert company.night().failed == ()

    (ticket,) = tracker.there()
    body = " ".join(ticket.draft.body.split())
    (theirs, others) = sorted(kept.deploy_keys.values(), key=lambda each: each.id)
    assert "a deploy key that reads, of an archived repository" in body
    assert "--method PATCH repositories/1 --field archived=false" in body
    assert f"repositories/1/keys/{theirs.id}" in body
    assert f"repositories/1/keys/{others.id}" not in body
