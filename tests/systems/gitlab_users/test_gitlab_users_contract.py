"""A GitLab of one's own, and a group of one, are told as every source must."""

from collections.abc import Iterator

import pytest

from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract
from tests.systems.gitlab_users.service import (
    GROUP,
    INVITE_TOKEN,
    NOT_FOUND,
    READER_TOKEN,
    TRIGGER_TOKEN,
    GitlabUsersPlace,
    gitlab_users_place,
)

pytestmark = pytest.mark.slow


class Company:
    """The GitLab, and its administrators."""

    name = "gitlab"

    def __init__(self, place: GitlabUsersPlace, *, group: bool) -> None:
        self.secrets = [READER_TOKEN, TRIGGER_TOKEN, INVITE_TOKEN]
        self.place, self.group = place, group
        self.add(*source_contract.PEOPLE)
        kept = place.kept
        kept.bot("projects", 21, "bob")
        kept.deploy_token()
        kept.deploy_key()
        kept.trigger("bob")
        kept.invite("lee@corp.example")

    def source(self) -> Source:
        return self.place.source(group=self.group)

    def refused(self) -> Source:
        self.secrets.append("another token")
        return self.place.source(self.place.connection(password="another token"), group=self.group)

    def unreachable(self) -> Source:
        return self.place.source(self.place.connection(port=9), group=self.group)

    def add(self, *logins: str) -> None:
        for login in logins:
            self.place.kept.add(login)

    def remove(self, login: str) -> None:
        del self.place.kept.users[self.place.kept.of(login).id]

    def rename(self, login: str, new: str) -> None:
        self.place.kept.of(login).username = new

    def switch_off(self, login: str) -> None:
        self.place.kept.of(login).state = "blocked"

    def forbid_inventory(self) -> str:
        self.place.kept.is_admin, self.place.kept.level = False, 40
        return "an owner of the group" if self.group else "an administrator"

    def forbid_detail(self, login: str) -> str:
        if self.group:
            self.place.kept.refuses[f"/groups/{GROUP}/manage/personal_access_tokens"] = NOT_FOUND
            return "an owner of the group"
        number = self.place.kept.of(login).id
        self.place.kept.refuses[f"/users/{number}/impersonation_tokens"] = NOT_FOUND
        self.place.kept.of(login).tokens.clear()
        return "an administrator"


@pytest.fixture(params=["instance", "group"])
def system(request: pytest.FixtureRequest) -> Iterator[source_contract.System]:
    """Held to GitLab's description by the tests beside this one."""
    with gitlab_users_place(None) as place:
        yield Company(place, group=request.param == "group")


class TestContract(SourceContract):
    pass
