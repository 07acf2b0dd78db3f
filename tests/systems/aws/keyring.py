"""KMS keys, secrets and parameters for tests, and ready sources of them. The fixtures are tests.systems.aws.cloud's."""

import functools
import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from demo.aws import AwsServer
from demo.aws_key_seed import AwsGrantSeed, AwsKmsKeySeed, AwsParameterSeed, AwsSecretSeed, AwsSecretVersionSeed
from offboarding.custody.thumbprints import material_of
from offboarding.sources.aws import kms as aws_kms
from offboarding.sources.aws import secrets as aws_secrets
from tests.systems.aws.cloud import CONTEXT, CORE, connection

US, SEOUL = "us-east-1", "ap-northeast-2"
KEY_MADE = datetime(2024, 5, 2, 8, tzinfo=UTC)
SECRET_MADE = datetime(2023, 2, 1, 9, tzinfo=UTC)
VALUE = "s3cret value that nobody may see"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256's base point."""


def kms_id(name: str) -> str:
    """Made from the name, so that a test can say which key it means; "mrk-" before it for a multi-Region key."""
    if name.startswith("mrk-"):
        return "mrk-" + hashlib.sha256(name.encode()).hexdigest()[:32]
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def kms_arn(name: str, region: str = US, account_id: str = CORE) -> str:
    """Its ARN."""
    return f"arn:aws:kms:{region}:{account_id}:key/{kms_id(name)}"


@functools.cache
def private_key(name: str) -> ec.EllipticCurvePrivateKey:
    """A P-256 key that is made from the name."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def material(name: str) -> str:
    """What the key's public half is known by everywhere."""
    return material_of(private_key(name).public_key())


def signing(name: str, **changes: Any) -> AwsKmsKeySeed:
    """A customer's key that signs."""
    pem = private_key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    given: dict[str, Any] = {"key_id": kms_id(name), "created_at": KEY_MADE, "private_key": pem}
    return AwsKmsKeySeed(**(given | changes))


def mac(name: str, **changes: Any) -> AwsKmsKeySeed:
    """A customer's key that makes MACs."""
    return signing(name, **({"usage": "GENERATE_VERIFY_MAC", "spec": "HMAC_256"} | changes))


def encrypting(name: str, **changes: Any) -> AwsKmsKeySeed:
    """A key that is none of ours."""
    return signing(name, **({"usage": "ENCRYPT_DECRYPT", "spec": "SYMMETRIC_DEFAULT"} | changes))


def grant(name: str, grantee: str, *operations: str, constrained: bool = False) -> AwsGrantSeed:
    """A grant on a key."""
    return AwsGrantSeed(
        grant_id=hashlib.sha256(name.encode()).hexdigest(),
        grantee=grantee,
        operations=operations,
        constrained=constrained,
    )


def version_id(name: str) -> str:
    """A secret's version id, made from a name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def version(name: str, created_at: datetime, *stages: str) -> AwsSecretVersionSeed:
    """A version of a secret."""
    return AwsSecretVersionSeed(version_id=version_id(name), created_at=created_at, stages=stages)


def secret(name: str, *versions: AwsSecretVersionSeed, **changes: Any) -> AwsSecretSeed:
    """A secret; of one version where none are given."""
    given: dict[str, Any] = {
        "name": name,
        "created_at": SECRET_MADE,
        "versions": versions or (version(f"{name} 1", SECRET_MADE, "AWSCURRENT"),),
        "value": VALUE,
    }
    return AwsSecretSeed(**(given | changes))


def secret_arn(name: str, region: str = US, account_id: str = CORE) -> str:
    """Its ARN."""
    return f"arn:aws:secretsmanager:{region}:{account_id}:secret:{name}-AbCdEf"


def parameter(name: str, **changes: Any) -> AwsParameterSeed:
    """A SecureString."""
    given: dict[str, Any] = {"name": name, "modified_at": SECRET_MADE, "value": VALUE}
    return AwsParameterSeed(**(given | changes))


def kms_settings(**changes: Any) -> aws_kms.Settings:
    """What a user would write, and changes to it."""
    given: dict[str, Any] = {
        "name": "kms",
        "kind": "aws_kms",
        "connection": "aws_audit",
        "role_name": "OffboardingAudit",
        "accounts": [CORE],
    }
    return aws_kms.Settings.model_validate(given | changes)


def kms_source(server: AwsServer, part: str = CORE, **changes: Any) -> aws_kms.AwsKmsSource:
    """A ready source of KMS keys."""
    return aws_kms.build(kms_settings(**changes), connection(server), part, CONTEXT)


def secrets_settings(**changes: Any) -> aws_secrets.Settings:
    """What a user would write, and changes to it."""
    given: dict[str, Any] = {
        "name": "secrets",
        "kind": "aws_secrets",
        "connection": "aws_audit",
        "role_name": "OffboardingAudit",
        "accounts": [CORE],
    }
    return aws_secrets.Settings.model_validate(given | changes)


def secrets_source(server: AwsServer, part: str = CORE, **changes: Any) -> aws_secrets.AwsSecretsSource:
    """A ready source of secrets."""
    return aws_secrets.build(secrets_settings(**changes), connection(server), part, CONTEXT)
