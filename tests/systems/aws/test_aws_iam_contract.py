"""An AWS account does what every source must."""

from dataclasses import replace

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed, AwsUserSeed
from offboarding.interfaces import Source
from offboarding.sources.aws.iam import build
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract
from tests.systems.aws.cloud import CONTEXT, CORE, account, aws_process, connection, everything, settings, source

__all__ = ["aws_process"]  # a fixture


class Cloud:
    """moto behind the proxy, and the account's administrator, who seeds it anew with each change."""

    name = "aws"
    secrets = ("s3cret of the caller",)

    def __init__(self, server: AwsServer) -> None:
        self._server = server
        self._users: dict[str, AwsUserSeed] = {}
        self._made = 0
        self.add(*source_contract.PEOPLE)

    def source(self) -> Source:
        return source(self._server)

    def refused(self) -> Source:
        return build(settings(), connection(self._server, login="AKIANOBODYSKEY000000"), CORE, CONTEXT)

    def unreachable(self) -> Source:
        nowhere = connection(self._server, extra={"endpoint_url": "http://127.0.0.1:9"})
        return build(settings(max_attempts=1), nowhere, CORE, CONTEXT)

    def add(self, *logins: str) -> None:
        for login in logins:
            # IAM never gives an id twice, nor does this administrator.
            self._made += 1
            self._users[login] = replace(everything(f"{login}{self._made}"), name=login)
        self._seed()

    def remove(self, login: str) -> None:
        del self._users[login]
        self._seed()

    def rename(self, login: str, new: str) -> None:
        self._users[new] = replace(self._users.pop(login), name=new)
        self._seed()

    def switch_off(self, login: str) -> None:
        user = self._users[login]
        self._users[login] = replace(
            user,
            login=None,
            keys=tuple(replace(key, active=False) for key in user.keys),
            ssh_keys=tuple(replace(key, active=False) for key in user.ssh_keys),
            certificates=tuple(replace(one, active=False) for one in user.certificates),
            service_credentials=tuple(replace(one, status="Inactive") for one in user.service_credentials),
        )
        self._seed()

    def forbid_inventory(self) -> str:
        self._server.deny(CORE, "GetAccountAuthorizationDetails")
        return "Grant iam:GetAccountAuthorizationDetails"

    def forbid_detail(self, login: str) -> str:
        self._server.deny(CORE, "ListAccessKeys")
        return "Grant iam:ListAccessKeys"

    def _seed(self) -> None:
        self._server.seed(AwsSeed(accounts=(account(CORE, *self._users.values()),)))


@pytest.fixture
def system(aws_process: AwsServer) -> source_contract.System:
    return Cloud(aws_process)


class TestContract(SourceContract):
    pass
