"""Identity Center does what every source must."""

from dataclasses import replace

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsPersonSeed
from offboarding.interfaces import Source
from offboarding.sources.aws.identity_center import build
from tests.contract import source_contract
from tests.contract.source_contract import LoginsAlone, SourceContract
from tests.systems.aws.cloud import CONTEXT, aws_process, connection
from tests.systems.aws.people_center import MANAGEMENT, center_id, member, settings, source, stand

pytestmark = pytest.mark.slow

__all__ = ["aws_process"]  # a fixture


class PeopleCenter:
    """Identity Center, and its administrator, who seeds it anew with each change."""

    name = "people"
    secrets = ("s3cret of the caller",)

    def __init__(self, server: AwsServer) -> None:
        self._server = server
        self._people: dict[str, AwsPersonSeed] = {}
        self._made = 0
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return source(self._server)

    def refused(self) -> Source:
        return build(settings(), connection(self._server, login="AKIANOBODYSKEY000000"), "", CONTEXT)

    def unreachable(self) -> Source:
        nowhere = connection(self._server, extra={"endpoint_url": "http://127.0.0.1:9"})
        return build(settings(max_attempts=1), nowhere, "", CONTEXT)

    def add(self, *logins: str) -> None:
        for login in logins:
            self._made += 1
            self._people[login] = member(login, user_id=center_id(f"{login}{self._made}"))
        self._seed()

    def remove(self, login: str) -> None:
        del self._people[login]
        self._seed()

    def rename(self, login: str, new: str) -> None:
        self._people[new] = replace(self._people.pop(login), name=new)
        self._seed()

    def switch_off(self, login: str) -> None:
        self._people[login] = replace(self._people[login], status="DISABLED")
        self._seed()

    def forbid_inventory(self) -> str:
        self._server.deny(MANAGEMENT, "identitystore:ListUsers")
        return "Grant identitystore:ListUsers"

    def forbid_detail(self, login: str) -> str:
        self._server.deny(MANAGEMENT, "identitystore:DescribeUser")
        return "Grant identitystore:DescribeUser"

    def _seed(self) -> None:
        stand(self._server, *self._people.values())


@pytest.fixture
def system(aws_process: AwsServer) -> source_contract.System:
    return PeopleCenter(aws_process)


class TestContract(LoginsAlone, SourceContract):
    pass
