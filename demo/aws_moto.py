"""Puts a seed into moto's backends, in this process: over HTTP moto would invent every id and date itself."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from moto.core.base_backend import BackendDict
from moto.iam.models import (
    AccessKeyLastUsed,
    AWSManagedPolicy,
    Group,
    IAMBackend,
    MFADevice,
    Role,
    SigningCertificate,
    User,
    iam_backends,
)

from demo.aws_seed import (
    AwsAccountSeed,
    AwsCertificateSeed,
    AwsGroupSeed,
    AwsKeySeed,
    AwsRoleSeed,
    AwsSeed,
    AwsSshKeySeed,
    AwsUserSeed,
)

REGION = "us-east-1"
AWS_POLICY = "arn:aws:iam::aws:policy/"

_ALLOW_ALL: Mapping[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_AWS_DOCUMENTS: Mapping[str, Mapping[str, object]] = {
    "AdministratorAccess": _ALLOW_ALL,
    "IAMFullAccess": {"Effect": "Allow", "Action": ["iam:*"], "Resource": "*"},
}
"""AWS's own policies whose text somebody here may ask for; the others allow nothing here. moto's full list of them
takes seconds to load, and no call of ours reads it."""


def operator_key_id(account_id: str) -> str:
    """The access key of whoever runs this server, for one account: neither counted, nor denied, nor throttled."""
    return f"ASIA{account_id}OPER"


def backend_of(account_id: str) -> IAMBackend:
    """moto's IAM of one account."""
    return iam_backends[account_id]["aws"]


def load(seed: AwsSeed) -> dict[str, datetime]:
    """Forget everything, then make the seed's accounts. Returns when each user's password was made, by user id.

    moto keeps no such date, and answers with the user's own.
    """
    BackendDict.reset()
    _add_key(backend_of(seed.caller_account_id), seed.caller_key_id)
    for account in seed.accounts:
        backend = backend_of(account.account_id)
        _add_key(backend, operator_key_id(account.account_id))
        for name, document in account.policies.items():
            backend.create_policy(description="", path="/", policy_document=document, policy_name=name, tags=[])
        for group in account.groups:
            _add_group(backend, group)
        for user in account.users:
            _add_user(backend, account, user)
        for role in account.iam_roles:
            _add_role(backend, role)
    users = (user for account in seed.accounts for user in account.users)
    return {user.user_id: user.login.created_at.astimezone(UTC) for user in users if user.login}


def know_aws_policy(account_id: str, arn: str) -> None:
    """Make an AWS-managed policy attachable in an account, as every one of them is in AWS."""
    backend = backend_of(account_id)
    if not arn.startswith(AWS_POLICY) or arn in backend.managed_policies:
        return
    path, _, name = arn.removeprefix(AWS_POLICY).rpartition("/")
    statement = _AWS_DOCUMENTS.get(name)
    document = {"Version": "2012-10-17", "Statement": [statement] if statement else []}
    policy = cast(
        "AWSManagedPolicy",  # moto's classes are made by a __new__ that says BaseModel
        AWSManagedPolicy(
            name,
            account_id=account_id,
            region=REGION,
            path=f"/{path}/" if path else "/",
            document=json.dumps(document),
        ),
    )
    backend.managed_policies[policy.arn] = policy
    backend.aws_managed_policies.append(policy)


def rename_user(account_id: str, old: str, new: str) -> None:
    """Finish moto's UpdateUser, which leaves the old name on the access and SSH keys, and the tags under the old ARN.

    Called once moto has renamed the user.
    """
    backend = backend_of(account_id)
    user = backend.get_user(new)
    for key in user.access_keys:
        key.user_name = new
    for ssh_key in user.ssh_public_keys:
        ssh_key.user_name = new
    old_arn = user.arn.removesuffix(new) + old
    tags = backend.tagger.list_tags_for_resource(old_arn)["Tags"]
    backend.tagger.delete_all_tags_for_resource(old_arn)
    backend.tagger.tag_resource(user.arn, tags)


def _add_key(backend: IAMBackend, key_id: str) -> None:
    key = backend.create_temp_access_key()
    del backend.access_keys[key.access_key_id]
    key.access_key_id = key_id
    backend.access_keys[key_id] = key


def _add_group(backend: IAMBackend, seed: AwsGroupSeed) -> None:
    backend.create_group(seed.name)
    group = backend.get_group(seed.name)
    _grant(backend, group, seed.attached, seed.inline)


def _add_user(backend: IAMBackend, account: AwsAccountSeed, seed: AwsUserSeed) -> None:
    tags = [{"Key": key, "Value": value} for key, value in seed.tags.items()]
    user = backend.create_user(REGION, seed.name, seed.path, tags)
    user.id = seed.user_id
    user.create_date = _utc(seed.created_at)
    for group in seed.groups:
        backend.add_user_to_group(group, seed.name)
    _grant(backend, user, seed.attached, seed.inline)
    for key in seed.keys:
        _add_user_key(backend, user, key)
    for ssh_key in seed.ssh_keys:
        _add_ssh_key(user, ssh_key)
    for certificate in seed.certificates:
        user.signing_certificates[certificate.certificate_id] = _certificate(seed.name, certificate)
    if seed.login:
        user.password = "never checked"
        user.password_last_used = _utc_or_none(seed.login.last_used_at)
    if seed.mfa:
        serial = f"arn:aws:iam::{account.account_id}:mfa/{seed.name}"
        user.mfa_devices[serial] = MFADevice(serial, "000000", "000001")


def _add_role(backend: IAMBackend, seed: AwsRoleSeed) -> None:
    role = backend.create_role(
        role_name=seed.name,
        assume_role_policy_document=seed.trust,
        path=seed.path,
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )
    del backend.roles[role.id]
    role.id = seed.role_id
    role.create_date = _utc(seed.created_at)
    backend.roles[role.id] = role
    _grant(backend, role, seed.attached, seed.inline)


def _certificate(name: str, seed: AwsCertificateSeed) -> SigningCertificate:
    # As with policies, a __new__ says BaseModel.
    made = cast("SigningCertificate", SigningCertificate(seed.certificate_id, name, seed.body))
    made.upload_date = _utc(seed.created_at)
    made.status = "Active" if seed.active else "Inactive"
    return made


def _grant(backend: IAMBackend, to: User | Group | Role, attached: tuple[str, ...], inline: Mapping[str, str]) -> None:
    for arn in attached:
        know_aws_policy(backend.account_id, arn)
        backend.managed_policies[arn].attach_to(to)
    for name, document in inline.items():
        to.put_policy(name, document)


def _add_user_key(backend: IAMBackend, user: User, seed: AwsKeySeed) -> None:
    key = user.create_access_key(prefix="AKIA", status="Active" if seed.active else "Inactive")
    key.access_key_id = seed.key_id
    key.create_date = _utc(seed.created_at)
    if seed.last_used_at is not None:
        key.last_used = AccessKeyLastUsed(_utc(seed.last_used_at), seed.last_used_service, seed.last_used_region)
    backend.access_keys[seed.key_id] = key


def _add_ssh_key(user: User, seed: AwsSshKeySeed) -> None:
    key = user.upload_ssh_public_key(seed.body)
    key.ssh_public_key_id = seed.key_id
    key.upload_date = _utc(seed.created_at)
    key.status = "Active" if seed.active else "Inactive"


def _utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)


def _utc(moment: datetime) -> datetime:
    """moto keeps its times naive, in UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None)
