"""KMS keys, secrets and parameters in the AWS accounts of the demo and of the tests, every id and every date fixed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

NEVER_SHOWN = "canary: a secret's own value"
"""What secrets and parameters hold: nobody but AWS may ever say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsGrantSeed:
    """A grant on a KMS key."""

    grant_id: str
    grantee: str
    """An ARN, or a service's name."""
    operations: tuple[str, ...]
    """Such as "Sign"."""
    name: str = ""
    constrained: bool = False
    """Whether an encryption context is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsKmsKeySeed:
    """A KMS key in one region, or a multi-Region one."""

    key_id: str
    """A uuid; of a multi-Region key "mrk-" and 32 hexadecimal digits."""
    created_at: datetime
    region: str = "us-east-1"
    usage: str = "SIGN_VERIFY"
    spec: str = "ECC_NIST_P256"
    state: str = "Enabled"
    origin: str = "AWS_KMS"
    manager: str = "CUSTOMER"
    deletion_at: datetime | None = None
    valid_to: datetime | None = None
    """When imported material expires."""
    replicas: tuple[str, ...] = ()
    """Other regions that it is replicated to."""
    policy: str = ""
    """Its key policy, a JSON document; "": the default one, which leaves the matter to IAM."""
    aliases: tuple[str, ...] = ()
    """Such as "alias/tokens"."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    grants: tuple[AwsGrantSeed, ...] = ()
    private_key: str = ""
    """PEM (PKCS#8), so that it's the same key at each start; "": one is made."""
    last_used_at: datetime | None = None
    tracked_since: datetime | None = None
    """Since when AWS records its use; None: since it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSecretVersionSeed:
    """A version of a secret."""

    version_id: str
    """At least 32 characters."""
    created_at: datetime
    stages: tuple[str, ...] = ("AWSCURRENT",)
    """Empty: deprecated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSecretSeed:
    """A secret of Secrets Manager."""

    name: str
    created_at: datetime
    versions: tuple[AwsSecretVersionSeed, ...]
    value: str = NEVER_SHOWN
    region: str = "us-east-1"
    suffix: str = "AbCdEf"
    """What AWS adds to the name in the ARN: 6 random letters."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    kms_key_id: str = ""
    rotation_lambda: str = ""
    """ARN."""
    owning_service: str = ""
    changed_at: datetime | None = None
    deleted_at: datetime | None = None
    replicas: tuple[str, ...] = ()
    policy: str = ""
    """Its resource policy, a JSON document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsParameterSeed:
    """A parameter of the Parameter Store, by its current version."""

    name: str
    modified_at: datetime
    version: int = 1
    value: str = NEVER_SHOWN
    region: str = "us-east-1"
    type: str = "SecureString"
    modified_by: str = ""
    """ARN."""
    kms_key_id: str = "alias/aws/ssm"
    tier: str = "Standard"
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
