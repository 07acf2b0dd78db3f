"""A company's Google Workspace is told as every source must."""

from collections.abc import Iterator

import pytest

from demo.okta_app import app_key
from offboarding.interfaces import Source
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract
from tests.systems.google_workspace.service import ACCESS, SECURITY, USERS, GooglePlace, google_place, private_key

pytestmark = pytest.mark.slow


class Customer:
    """The customer, and its administrators."""

    name = "google"

    def __init__(self, place: GooglePlace) -> None:
        self.secrets = [private_key(), *ACCESS.values()]
        self.place = place
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return self.place.source()

    def refused(self) -> Source:
        self.secrets.append(app_key())
        return self.place.source(self.place.connection(password=self.place.key(private_key=app_key())))

    def unreachable(self) -> Source:
        """It's let in, and then nobody answers."""
        return self.place.source(self.place.connection(port=9))

    def add(self, *logins: str) -> None:
        for login in logins:
            self.place.kept.add(login)

    def remove(self, login: str) -> None:
        """For good: what can be restored is told beside this."""
        self.place.kept.purge(login)

    def rename(self, login: str, new: str) -> None:
        self.place.kept.of(login)["primaryEmail"] = new

    def switch_off(self, login: str) -> None:
        self.place.kept.suspend(login)
        self.place.kept.of(login)["sshPublicKeys"] = []

    def forbid_inventory(self) -> str:
        self.place.kept.scopes.discard(USERS)
        return USERS

    def forbid_detail(self, login: str) -> str:
        del login
        self.place.kept.scopes.discard(SECURITY)
        return SECURITY


@pytest.fixture
def system() -> Iterator[source_contract.System]:
    """Held to Google's description by the tests beside this one."""
    with google_place(None) as place:
        yield Customer(place)


class TestContract(SourceContract):
    pass
