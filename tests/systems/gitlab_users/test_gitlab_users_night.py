"""A leaver at a GitLab: the login with its tokens, and what they made there, found by a night each."""

from collections.abc import Generator
from typing import Any

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import Standing
from offboarding.sources import gitlab_users
from tests.support.left_out import found_after
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.gitlab_users.service import GROUP, GROUP_PATH, GitlabUsersPlace, gitlab_users_place

pytestmark = pytest.mark.slow


class AtGitlab(Office):
    """An office whose only accounts are a GitLab's."""

    place: GitlabUsersPlace
    group = False
    """Read as a group, by its owner."""
    narrowed: dict[str, Any]
    """Settings that leave something out."""

    @property
    def settings(self) -> Settings:
        """With the GitLab in the directory's place."""
        settings = super().settings
        what = {"group": GROUP_PATH, "enterprise": True} if self.group else {"instance": "corp"}
        own = {"name": "gitlab", "kind": "gitlab_users", "connection": "corp_gitlab", "id_space": "hr", **what}
        return settings.model_copy(update={"sources": (gitlab_users.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source(group=self.group, **self.narrowed)


@pytest.fixture
def company(office: Office) -> Generator[AtGitlab]:
    """Kim has left, and Kimm works here. Held to GitLab's description by the source's own tests."""
    with gitlab_users_place(None) as place:
        made = AtGitlab(session=office.session, tracker=office.tracker)
        made.narrowed = {}
        made.place = place
        made.hr.workers = [
            worker("1042", LEFT, mail="kim@corp.example"),
            worker("1043", mail="kimm@corp.example"),
        ]
        for login in ("kim", "kimm"):
            place.kept.add(login)
        yield made


def test_a_leaver_s_account_is_told_until_it_is_blocked_and_what_they_made_until_it_is_gone(
    company: AtGitlab, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    kim, kimm = kept.of("kim"), kept.of("kimm")
    (token,), (key,) = kim.tokens, kim.keys
    trigger = kept.trigger("kim")
    bot = kept.bot("projects", 21, "kim")
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    body = ticket.draft.body
    for shown in (f"users/{kim.id}/block", f"personal_access_tokens/{token}", f"users/{kim.id}/keys/{key}"):
        assert shown in body
    assert f"projects/21/triggers/{trigger}" in body
    assert bot.username in body
    assert f"users/{kimm.id}" not in body

    # Deactivated: they sign in, and are back.
    kim.state = "deactivated"
    assert company.night().failed == ()
    assert f"users/{kim.id}/block" in tracker.ticket(ticket.ref).draft.body

    # Blocked: the login, tokens, keys and triggers are shut; the access token that they made for a project goes on.
    kim.state = "blocked"
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    assert bot.username in tracker.ticket(ticket.ref).draft.body

    del kept.users[bot.id]
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1


@pytest.mark.slow
def test_a_leaver_in_a_group_is_told_until_they_have_no_role_in_it_or_below(
    company: AtGitlab, tracker: ListedTracker
) -> None:
    company.group = True
    kept = company.place.kept
    kim, (token, *_) = kept.of("kim"), kept.of("kim").tokens
    kim.roles[("projects", 22)] = 40
    invitation = kept.invite("kim@corp.example", "projects", 21)
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    body = ticket.draft.body
    for shown in (f"groups/{GROUP}/members/{kim.id}", f"groups/{GROUP}/manage/personal_access_tokens/{token}"):
        assert shown in body
    assert "projects/21/invitations/kim%40corp.example" in body
    assert f"members/{kept.of('kimm').id}" not in body

    # Out of the group, and still in a project of it.
    del kim.roles[("groups", GROUP)], kept.invitations[invitation]
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open

    kim.roles.clear()
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open


def test_triggers_that_are_switched_off_are_not_gone_and_not_checked_once_their_owner_leaves(company: AtGitlab) -> None:
    company.place.kept.trigger("kim")

    found = found_after(company, lambda: company.narrowed.update({"triggers": False}), "trigger/")

    assert found == {("unverified", Standing.UNKNOWN)}
