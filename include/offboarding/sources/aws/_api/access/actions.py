"""Which actions let somebody take a key along, which let them use it where it lies, and which let them give themselves
either. An explicit list: access levels can't tell (AWS calls `kms:Sign` a write, and `acm:ExportCertificate` a read).

Not in it, since it adds nobody: `secretsmanager:BatchGetSecretValue`, which wants GetSecretValue on each secret too.
KMS has no action that hands out an asymmetric or HMAC key's private half; imported material was outside before.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Mapping

CARRIES = True
USES = False

KMS_SIGNS: Mapping[str, bool] = {"kms:Sign": USES, "kms:PutKeyPolicy": USES, "kms:CreateGrant": USES}
"""Of a SIGN_VERIFY key."""
KMS_MACS: Mapping[str, bool] = {"kms:GenerateMac": USES, "kms:PutKeyPolicy": USES, "kms:CreateGrant": USES}
"""Of a GENERATE_VERIFY_MAC key."""
KMS_REPLICATES: Mapping[str, bool] = {"kms:ReplicateKey": USES}
"""Of a multi-Region primary besides: whoever makes a replica writes its policy."""
SECRET: Mapping[str, bool] = {"secretsmanager:GetSecretValue": CARRIES, "secretsmanager:PutResourcePolicy": USES}
PARAMETER: Mapping[str, bool] = {
    "ssm:GetParameter": CARRIES,
    "ssm:GetParameters": CARRIES,
    "ssm:GetParametersByPath": CARRIES,
    "ssm:GetParameterHistory": CARRIES,
}
CERTIFICATE: Mapping[str, bool] = {"acm:ExportCertificate": CARRIES}
DECRYPT = "kms:Decrypt"
"""What reading a secret needs besides, where a key of the customer's own encrypts it."""
