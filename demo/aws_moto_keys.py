"""Puts a seed's KMS keys, secrets and parameters into moto's backends, in this process."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from moto.kms.models import Key, KmsBackend, kms_backends
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend, secretsmanager_backends

from demo.aws_key_seed import AwsKmsKeySeed, AwsParameterSeed, AwsSecretSeed
from demo.aws_seed import AwsAccountSeed

if TYPE_CHECKING:
    from moto.ssm.models import SimpleSystemManagerBackend

CURRENT = "AWSCURRENT"


def kms_of(account_id: str, region: str) -> KmsBackend:
    """moto's KMS of an account's region."""
    return kms_backends[account_id][region]


def secrets_of(account_id: str, region: str) -> SecretsManagerBackend:
    """moto's Secrets Manager of an account's region."""
    return secretsmanager_backends[account_id][region]


def parameters_of(account_id: str, region: str) -> "SimpleSystemManagerBackend":
    """moto's Parameter Store of an account's region."""
    from moto.ssm.models import ssm_backends  # noqa: PLC0415 - takes moto's EC2 along: more than a second

    return ssm_backends[account_id][region]


def load_keys(account: AwsAccountSeed) -> None:
    """Add the account's keys, secrets and parameters."""
    for key in account.kms_keys:
        _add_key(account.account_id, key)
    for secret in account.secrets:
        _add_secret(account.account_id, secret)
    for parameter in account.parameters:
        _add_parameter(account.account_id, parameter)


def _add_key(account_id: str, seed: AwsKmsKeySeed) -> None:
    backend = kms_of(account_id, seed.region)
    # Making an RSA key takes a second, and only its place is wanted where the seed brings one along.
    spec = "ECC_NIST_P256" if seed.private_key else seed.spec
    key = backend.create_key(
        seed.policy or None, seed.usage, spec, "", None, multi_region=seed.key_id.startswith("mrk-"), origin=seed.origin
    )
    del backend.keys[key.id]
    key.arn = key.arn.replace(key.id, seed.key_id)
    key.id, key.key_spec = seed.key_id, seed.spec
    key.creation_date = seed.created_at.timestamp()
    key.key_state, key.enabled, key.key_manager = seed.state, seed.state == "Enabled", seed.manager
    key.deletion_date = _naive(seed.deletion_at) if seed.deletion_at else None
    if seed.private_key:
        key.private_key.private_key = load_pem_private_key(seed.private_key.encode(), None)  # pyrefly: ignore[missing-attribute]
    backend.keys[key.id] = key
    _add_to_key(backend, key, seed)
    for region in seed.replicas:
        backend.replicate_key(key.id, region)


def _add_to_key(backend: KmsBackend, key: Key, seed: AwsKmsKeySeed) -> None:
    for alias in seed.aliases:
        backend.create_alias(key.id, alias)
    backend.tagger.tag_resource(key.id, [{"TagKey": name, "TagValue": value} for name, value in seed.tags.items()])
    for one in seed.grants:
        constraints = {"EncryptionContextEquals": {"purpose": "tokens"}} if one.constrained else {}
        grant = key.add_grant(one.name, one.grantee, list(one.operations), constraints, "")
        del key.grants[grant.id]
        grant.id = one.grant_id
        key.grants[grant.id] = grant


def _add_secret(account_id: str, seed: AwsSecretSeed) -> None:
    secret = _made_secret(
        account_id=account_id,
        region_name=seed.region,
        secret_id=seed.name,
        secret_version={},
        version_id="",
        tags=[{"Key": name, "Value": value} for name, value in _secret_tags(seed)],
        kms_key_id=seed.kms_key_id or SecretsManagerBackend.DEFAULT_KMS_KEY_ALIAS,
        created_date=int(seed.created_at.timestamp()),
        last_changed_date=int((seed.changed_at or seed.created_at).timestamp()),
    )
    secret.arn = secret.arn[:-6] + seed.suffix
    secret.versions = {
        version.version_id: {
            "createdate": version.created_at.timestamp(),
            "version_id": version.version_id,
            "version_stages": list(version.stages),
            "secret_string": seed.value,
        }
        for version in seed.versions
    }
    secret.set_default_version_id(next((v.version_id for v in seed.versions if CURRENT in v.stages), None))
    secret.deleted_date = seed.deleted_at.timestamp() if seed.deleted_at else None
    secret.policy = seed.policy or None
    secret.rotation_requested = secret.rotation_enabled = bool(seed.rotation_lambda)
    secret.rotation_lambda_arn = seed.rotation_lambda
    secret.auto_rotate_after_days = 30
    secrets_of(account_id, seed.region).secrets[secret.arn] = secret
    secret.replicas = secret.create_replicas([{"Region": region} for region in seed.replicas], force_overwrite=False)


def _made_secret(**fields: object) -> FakeSecret:
    # moto's classes are made by a __new__ that says BaseModel.
    return cast("FakeSecret", FakeSecret(**fields))


def _secret_tags(seed: AwsSecretSeed) -> list[tuple[str, str]]:
    owner = [("aws:secretsmanager:owningService", seed.owning_service)] if seed.owning_service else []
    return [*seed.tags.items(), *owner]


def _add_parameter(account_id: str, seed: AwsParameterSeed) -> None:
    backend = parameters_of(account_id, seed.region)
    tags = [{"Key": name, "Value": value} for name, value in seed.tags.items()]
    made = backend.put_parameter(
        name=seed.name,
        description="",
        value=seed.value,
        parameter_type=seed.type,
        allowed_pattern="",
        keyid=seed.kms_key_id,
        overwrite=False,
        tags=tags,
        data_type="text",
        tier=seed.tier,
        policies=None,
    )
    made.version = seed.version
    made.last_modified_date = _naive(seed.modified_at)


def _naive(moment: datetime) -> datetime:
    """moto keeps its times naive, in UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None)
