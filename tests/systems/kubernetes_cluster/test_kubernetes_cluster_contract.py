"""A Kubernetes cluster is told as every source must. Its people are service accounts: of users it keeps nothing."""

from collections.abc import Iterator

import pytest

from offboarding.interfaces import Source
from offboarding.model import Account, Credential, Standing
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract, of, refs
from tests.systems.kubernetes_cluster.service import TOKEN, VALUE, KubernetesPlace, kubernetes_place

pytestmark = pytest.mark.slow
TEAM = "team"


class Company:
    """The cluster, and who administrates it."""

    name = "seoul-1"

    def __init__(self, place: KubernetesPlace) -> None:
        self.secrets = [TOKEN, VALUE]
        self.place = place
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self.place.source()

    def refused(self) -> Source:
        self.secrets.append("another-token")
        return self.place.source(self.place.connection(password="another-token"))

    def unreachable(self) -> Source:
        return self.place.source(self.place.connection(port=9))

    def add(self, *logins: str) -> None:
        for login in logins:
            self.place.kept.service_account(TEAM, login)
            self.place.kept.token(TEAM, login, f"{login}-token")
            self.place.kept.bind(login, role="view", service_account=(TEAM, login), namespace=TEAM)

    def remove(self, login: str) -> None:
        self.place.kept.delete("serviceaccounts", TEAM, login)

    def rename(self, login: str, new: str) -> None:
        self.remove(login)
        self.add(new)

    def switch_off(self, login: str) -> None:
        self.place.kept.delete("rolebindings", TEAM, login)
        self.place.kept.delete("secrets", TEAM, f"{login}-token")

    def forbid_inventory(self) -> str:
        self.place.kept.forbid("rolebindings")
        return "Grant list on rolebindings"

    def forbid_detail(self, login: str) -> str:
        del login
        self.place.kept.forbid("secrets")
        return "Grant list on secrets"


@pytest.fixture
def system() -> Iterator[source_contract.System]:
    """Held to Kubernetes' description by the tests beside this one."""
    with kubernetes_place(None) as place:
        yield Company(place)


class TestContract(SourceContract):
    def test_a_renamed_account_keeps_its_id(self, system: source_contract.System) -> None:
        """Nothing has another name there: who is named anew is another, with tokens of its own."""
        (before,) = refs(system.source().collect(), "alice")
        system.rename("alice", "akim")

        (after,) = refs(system.source().collect(), "akim")

        assert after.native_id != before.native_id
        assert of(Account, system.source().detail([before])) == []

    def test_what_was_switched_off_works_no_more(self, system: source_contract.System) -> None:
        """Of what is on, nobody can list the tokens that were asked for, so that its Secret's token alone works."""
        known = refs(system.source().collect(), "alice", "bob")
        system.switch_off("alice")

        inventory = {account.login: account for account in of(Account, system.source().collect())}
        facts = list(system.source().detail(known))

        assert inventory["alice"].standing is Standing.DEAD
        assert inventory["bob"].standing is Standing.UNKNOWN
        assert of(Account, facts) == [inventory["alice"], inventory["bob"]]
        assert [each.label for each in of(Credential, facts)] == [f"token in Secret {TEAM}/bob-token"]
        assert [each.standing for each in of(Credential, facts)] == [Standing.WORKS]
