"""A tenant of Entra ID is told as every source must."""

from collections.abc import Iterator

import pytest

from demo.slapd import Tls
from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import LoginsAlone, SourceContract
from tests.systems.entra_id.service import SECRET, TOKEN, EntraPlace, entra_place

pytestmark = pytest.mark.slow


class Tenant:
    """The tenant, and its administrator."""

    name = "entra"

    def __init__(self, place: EntraPlace) -> None:
        self.secrets = [SECRET, TOKEN]
        self.place = place
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self.place.source()

    def refused(self) -> Source:
        self.secrets.append("another secret")
        return self.place.source(self.place.connection(password="another secret"))

    def unreachable(self) -> Source:
        """It's let in, and then nobody answers."""
        self.place.sign_in.scopes.add("https://127.0.0.1:9/.default")
        return self.place.source(self.place.connection(port=9))

    def add(self, *logins: str) -> None:
        for login in logins:
            self.place.kept.add(login)

    def remove(self, login: str) -> None:
        """For good: what can be restored is told beside this."""
        del self.place.kept.users[self.place.kept.of(login)["id"]]

    def rename(self, login: str, new: str) -> None:
        self.place.kept.of(login)["userPrincipalName"] = new

    def switch_off(self, login: str) -> None:
        self.place.kept.of(login)["accountEnabled"] = False

    def forbid_inventory(self) -> str:
        self.place.kept.rights.remove("User.Read.All")
        return "User.Read.All"

    def forbid_detail(self, login: str) -> str:
        del login
        return self.forbid_inventory()


@pytest.fixture
def system(tls: Tls) -> Iterator[source_contract.System]:
    """Held to Microsoft's description by the tests beside this one."""
    with entra_place(tls, checked=False) as place:
        yield Tenant(place)


class TestContract(LoginsAlone, SourceContract):
    """Of users: workloads' secrets are tried beside this."""
