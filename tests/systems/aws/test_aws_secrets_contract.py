"""An AWS account's secrets do what every reader of keys must."""

import pytest

from demo.aws import AwsServer
from demo.aws_key_seed import AwsSecretSeed
from demo.aws_seed import AwsSeed
from offboarding.interfaces import KeySource
from offboarding.sources.aws.secrets import build
from tests.contract.key_contract import RemoteKeyContract, RemoteKeySystem
from tests.systems.aws.cloud import ADMIN_POLICY, CONTEXT, CORE, account, aws_process, bare, connection
from tests.systems.aws.keyring import VALUE, parameter, secret, secret_arn, secrets_settings, secrets_source, version_id

pytestmark = pytest.mark.slow

__all__ = ["aws_process"]  # a fixture


class Vault:
    """moto behind the proxy, and the account's administrator, who seeds it anew with each change."""

    room = "sources"
    name = "secrets"
    kind = "aws_secrets"
    secrets = ("s3cret of the caller", VALUE)

    def __init__(self, server: AwsServer) -> None:
        self._server = server
        self._secrets: dict[str, AwsSecretSeed] = {}
        for name in ("db/password", "login/jwt-key"):
            self._secrets[_native_id(name)] = secret(name)
        self._seed()

    def reader(self) -> KeySource:
        return secrets_source(self._server, signing_keys=["*/jwt-*"])

    def refused(self) -> KeySource:
        return build(secrets_settings(), connection(self._server, login="AKIANOBODYSKEY000000"), CORE, CONTEXT)

    def unreachable(self) -> KeySource:
        nowhere = connection(self._server, extra={"endpoint_url": "http://127.0.0.1:9"})
        return build(secrets_settings(max_attempts=1), nowhere, CORE, CONTEXT)

    def add(self) -> str:
        name = f"new/{len(self._secrets)}"
        self._secrets[_native_id(name)] = secret(name)
        self._seed()
        return _native_id(name)

    def remove(self, native_id: str) -> None:
        del self._secrets[native_id]
        self._seed()

    def forbid(self) -> str:
        self._server.deny(CORE, "secretsmanager:ListSecrets")
        return "Grant secretsmanager:ListSecrets to the role OffboardingAudit"

    def cut_off(self) -> None:
        self._server.cut(CORE, "secretsmanager:ListSecretVersionIds")

    def _seed(self) -> None:
        users = (bare("mjkim", attached=(ADMIN_POLICY,)),)
        secrets = tuple(self._secrets.values())
        one = account(CORE, *users, secrets=secrets, parameters=(parameter("/login/salt"),))
        self._server.seed(AwsSeed(accounts=(one,)))


def _native_id(name: str) -> str:
    return f"{secret_arn(name)}#{version_id(f'{name} 1')}"


@pytest.fixture
def system(aws_process: AwsServer) -> RemoteKeySystem:
    return Vault(aws_process)


class TestContract(RemoteKeyContract):
    pass
