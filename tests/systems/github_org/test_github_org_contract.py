"""An organization on GitHub is told as every source must."""

from collections.abc import Iterator

import pytest

from demo.github import app_key
from offboarding.interfaces import Source
from offboarding.model import Account, Credential, Standing, SubjectKind
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract, of, refs
from tests.systems.github_org.service import GithubOrgPlace, github_org_place

pytestmark = pytest.mark.slow


class Company:
    """The organization, and its owner."""

    name = "gh"

    def __init__(self, place: GithubOrgPlace) -> None:
        self.secrets = [app_key(), "ghs_madeforthisnightalone"]
        self.place = place
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self.place.source()

    def refused(self) -> Source:
        self.secrets.append("another token")
        return self.place.source(self.place.connection(app=False, password="another token"))

    def unreachable(self) -> Source:
        return self.place.source(self.place.connection(port=9))

    def add(self, *logins: str) -> None:
        for login in logins:
            person = self.place.kept.add(login)
            for number in person.keys:
                token = person.tokens[0]
                person.tokens.append(type(token)(id=number + 5000, name="key", kind="SSH key", of=number))

    def remove(self, login: str) -> None:
        del self.place.kept.people[self.place.kept.of(login).id]

    def rename(self, login: str, new: str) -> None:
        self.place.kept.of(login).login = new

    def switch_off(self, login: str) -> None:
        self.place.kept.of(login).suspended = True

    def forbid_inventory(self) -> str:
        del self.place.kept.rights["members"]
        return "Members: read"

    def forbid_detail(self, login: str) -> str:
        del login
        del self.place.kept.rights["organization_personal_access_tokens"]
        return "organization_personal_access_tokens=read"


@pytest.fixture
def system() -> Iterator[source_contract.System]:
    """Held to GitHub's description by the tests beside this one."""
    with github_org_place(None) as place:
        yield Company(place)


class TestContract(SourceContract):
    def test_what_was_switched_off_works_no_more(self, system: source_contract.System) -> None:
        """Only a server of a company's own suspends people, and tells it of one person alone, not in its lists."""
        known = refs(system.source().collect(), "alice", "bob")
        system.switch_off("alice")

        facts = list(system.source().detail(known))

        for fact in (*of(Account, facts), *of(Credential, facts)):
            own = fact.native_id if isinstance(fact, Account) else fact.account_native_id
            assert fact.standing is (Standing.WORKS if own == known[1].native_id else Standing.DEAD)
        assert {each.kind for each in of(Credential, facts)} == {SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY}
