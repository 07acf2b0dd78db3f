"""The KMS keys that encrypt secrets: whoever wants to read a secret must be let decrypt as well.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offboarding.sources.aws._api.access.actions import DECRYPT
from offboarding.sources.aws._api.access.effective import KeyTarget
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.policy.statements import ResourceStatement, resource_statements

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_OWN = "alias/aws/"
"""AWS's own keys: their policies let everybody in the account decrypt through the service."""


@dataclass(slots=True, kw_only=True)
class EncryptingKeys:
    """Those of one account, each asked about once: two requests, one where it's named by its ARN."""

    realm: str
    clients: "Callable[[str], KMSClient]" = field(repr=False)
    """KMS in a region."""
    refusals: Refusals
    _known: dict[tuple[str, str, str], tuple[KeyTarget, ...]] = field(
        default_factory=dict[tuple[str, str, str], tuple[KeyTarget, ...]]
    )

    def needed(self, key_id: str, region: str, service: str) -> tuple[KeyTarget, ...]:
        """What must be reachable besides the secret that a key encrypts; nothing for AWS's own key.

        `service` fetches it: "secretsmanager", "ssm". Where it can't be told which key it is, a refusal says so.
        """
        if not key_id or _OWN in key_id:
            return ()
        about = (key_id, region, service)
        if about not in self._known:
            self._known[about] = self._asked(key_id, region, service)
        return self._known[about]

    def _asked(self, key_id: str, region: str, service: str) -> tuple[KeyTarget, ...]:
        kms = self.clients(region)
        arn = key_id if ":key/" in key_id else self.refusals.ask(key_id, lambda: _arn(kms, key_id))
        if arn is None:
            return ()
        # Another account's key policy can't be read from here.
        own = arn.split(":")[4] == self.realm
        return (
            KeyTarget(
                realm=self.realm,
                key=arn,
                arn=arn,
                actions={DECRYPT: False},
                policy=self.refusals.ask(arn, lambda: _policy(kms, arn)) if own else None,
                policy_rules=True,
                context={"kms:viaservice": f"{service}.{region}.amazonaws.com"},
            ),
        )


def _arn(kms: "KMSClient", key_id: str) -> str:
    return kms.describe_key(KeyId=key_id)["KeyMetadata"].get("Arn", "")


def _policy(kms: "KMSClient", arn: str) -> tuple[ResourceStatement, ...]:
    return resource_statements(json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]))
