"""An Okta org is told as every source must."""

from collections.abc import Iterator

import pytest

from demo.okta import ACCESS, API_TOKEN
from demo.okta_app import app_key
from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract
from tests.systems.okta.service import OktaPlace, okta_place

pytestmark = pytest.mark.slow


class Company:
    """The org, and its administrators."""

    name = "okta"

    def __init__(self, place: OktaPlace) -> None:
        self.secrets = [app_key(), ACCESS, API_TOKEN]
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
            self.place.kept.add(login)

    def remove(self, login: str) -> None:
        user = self.place.kept.users.pop(self.place.kept.of(login).id)
        for native_id in [key for key, token in self.place.kept.tokens.items() if token["userId"] == user.id]:
            del self.place.kept.tokens[native_id]

    def rename(self, login: str, new: str) -> None:
        self.place.kept.of(login).login = new

    def switch_off(self, login: str) -> None:
        self.place.kept.of(login).status = "DEPROVISIONED"

    def forbid_inventory(self) -> str:
        self.place.kept.scopes.discard("okta.users.read")
        return "okta.users.read"

    def forbid_detail(self, login: str) -> str:
        del login
        self.place.kept.scopes.discard("okta.apiTokens.read")
        return "okta.apiTokens.read"


@pytest.fixture
def system() -> Iterator[source_contract.System]:
    """Held to Okta's description by the tests beside this one."""
    with okta_place(None) as place:
        yield Company(place)


class TestContract(SourceContract):
    pass
