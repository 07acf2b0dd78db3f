"""An Okta org's signing keys are told as every reader of keys must."""

from collections.abc import Iterator

import pytest

from demo.answering import Answered
from demo.okta import ACCESS, API_TOKEN
from demo.okta_app import app_key
from offboarding.interfaces import KeySource
from tests.contract.key_contract import RemoteKeyContract, RemoteKeySystem
from tests.systems.okta.service import OktaPlace, okta_place

pytestmark = pytest.mark.slow


class CutOff(Answered):
    """A list that ends in its middle."""

    @property
    def raw(self) -> bytes:
        return b'[{"id": "aus1", "na'


class Signers:
    """The org, and its administrators."""

    room = "sources"
    kind = "okta_signing_keys"
    name = "okta-keys"

    def __init__(self, place: OktaPlace) -> None:
        self.secrets = [app_key(), ACCESS, API_TOKEN]
        self.place = place
        place.kept.add("ann@corp.example", roles=["SUPER_ADMIN"])
        place.kept.signers.add("default", "ACTIVE", "NEXT")
        place.kept.signers.publish()

    def reader(self) -> KeySource:
        return self.place.signing_keys()

    def add(self) -> str:
        server = self.place.kept.signers.add("payments")["id"]
        return f"authorizationServers/{server}/{self.place.kept.signers.keys[server][0]['kid']}"

    def remove(self, native_id: str) -> None:
        _, server, kid = native_id.split("/")
        signers = self.place.kept.signers
        if server == "org":
            signers.of_the_org = [key for key in signers.of_the_org if key["kid"] != kid]
        else:
            signers.keys[server] = [key for key in signers.keys[server] if key["kid"] != kid]

    def forbid(self) -> str:
        self.place.kept.scopes.discard("okta.authorizationServers.read")
        return "okta.authorizationServers.read"

    def cut_off(self) -> None:
        self.place.kept.signers.listed = CutOff()

    def refused(self) -> KeySource:
        self.secrets.append("another token")
        return self.place.signing_keys(self.place.connection(app=False, password="another token"))

    def unreachable(self) -> KeySource:
        return self.place.signing_keys(self.place.connection(port=9))


class TestContract(RemoteKeyContract):
    @pytest.fixture
    def system(self) -> Iterator[RemoteKeySystem]:
        """Held to Okta's description by the tests beside this one."""
        with okta_place(None) as place:
            yield Signers(place)
