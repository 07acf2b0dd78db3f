"""An AWS account's KMS keys do what every reader of keys must."""

import pytest

from demo.aws import AwsServer
from demo.aws_key_seed import AwsKmsKeySeed
from demo.aws_seed import AwsSeed
from offboarding.interfaces import KeySource
from offboarding.sources.aws.kms import build
from tests.contract.key_contract import RemoteKeyContract, RemoteKeySystem
from tests.systems.aws.cloud import ADMIN_POLICY, CONTEXT, CORE, account, aws_process, bare, connection
from tests.systems.aws.keyring import kms_settings, kms_source, mac, private_key, signing

pytestmark = pytest.mark.slow

__all__ = ["aws_process"]  # a fixture


class Keyring:
    """moto behind the proxy, and the account's administrator, who seeds it anew with each change."""

    room = "sources"
    name = "kms"
    kind = "aws_kms"

    def __init__(self, server: AwsServer) -> None:
        self._server = server
        self._keys: dict[str, AwsKmsKeySeed] = {}
        for seed in (signing("tokens", aliases=("alias/tokens",)), signing("old", state="Disabled"), mac("webhooks")):
            self._keys[seed.key_id] = seed
        self._seed()

    @property
    def secrets(self) -> tuple[str, ...]:
        number = private_key("tokens").private_numbers().private_value
        return ("s3cret of the caller", str(number), f"{number:x}")

    def reader(self) -> KeySource:
        return kms_source(self._server)

    def refused(self) -> KeySource:
        return build(kms_settings(), connection(self._server, login="AKIANOBODYSKEY000000"), CORE, CONTEXT)

    def unreachable(self) -> KeySource:
        nowhere = connection(self._server, extra={"endpoint_url": "http://127.0.0.1:9"})
        return build(kms_settings(max_attempts=1), nowhere, CORE, CONTEXT)

    def add(self) -> str:
        seed = signing(f"new {len(self._keys)}")
        self._keys[seed.key_id] = seed
        self._seed()
        return seed.key_id

    def remove(self, native_id: str) -> None:
        del self._keys[native_id]
        self._seed()

    def forbid(self) -> str:
        self._server.deny(CORE, "kms:ListKeys")
        return "Grant kms:ListKeys to the role OffboardingAudit"

    def cut_off(self) -> None:
        self._server.cut(CORE, "kms:DescribeKey")

    def _seed(self) -> None:
        users = (bare("mjkim", attached=(ADMIN_POLICY,)),)
        self._server.seed(AwsSeed(accounts=(account(CORE, *users, kms_keys=tuple(self._keys.values())),)))


@pytest.fixture
def system(aws_process: AwsServer) -> RemoteKeySystem:
    return Keyring(aws_process)


class TestContract(RemoteKeyContract):
    pass
