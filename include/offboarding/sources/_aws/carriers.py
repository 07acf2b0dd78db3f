"""Which actions let somebody use a key or a secret, or take it along: an explicit list, since AWS's access levels don't
say so (kms:Sign counts as Write, secretsmanager:GetSecretValue as Read).

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAction:
    """An action on a key or secret."""

    name: str
    """As AWS writes it: "kms:Sign"."""
    carries: bool
    """Whether it hands out the material."""


def _uses(name: str) -> KeyAction:
    return KeyAction(name=name, carries=False)


def _carries(name: str) -> KeyAction:
    return KeyAction(name=name, carries=True)


_ADMINISTERS_KMS = (_uses("kms:PutKeyPolicy"), _uses("kms:CreateGrant"))
"""Who may do these gives himself, or anybody, the use of the key."""

KMS_SIGNS = (_uses("kms:Sign"), *_ADMINISTERS_KMS)
"""Of a SIGN_VERIFY key. No action of KMS's hands out private or HMAC material, whatever its origin: ImportKeyMaterial and
GetParametersForImport bring it in (who did had it: the audit trail tells), GetPublicKey and Verify give nothing away.
"""
KMS_MAKES_MACS = (_uses("kms:GenerateMac"), *_ADMINISTERS_KMS)
"""Of a GENERATE_VERIFY_MAC key; VerifyMac only says yes or no."""
KMS_REPLICATES = _uses("kms:ReplicateKey")
"""Of a multi-Region primary besides: whoever makes a replica writes its key policy."""

SECRET_READS = (_carries("secretsmanager:GetSecretValue"), _uses("secretsmanager:PutResourcePolicy"))
"""Of a secret. BatchGetSecretValue gives a value only to who may GetSecretValue it. PutResourcePolicy hands out the
former. Who may write (PutSecretValue, UpdateSecret) knows what he wrote, which the audit trail tells."""

PARAMETER_READS = (
    _carries("ssm:GetParameter"),
    _carries("ssm:GetParameters"),
    _carries("ssm:GetParametersByPath"),
    _carries("ssm:GetParameterHistory"),
)
"""Of a SecureString: each alone suffices, since each is authorized by itself
(https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html)."""
