"""The company's AWS accounts, as the server on this machine wants to be told them."""

import json
from collections.abc import Iterable
from datetime import datetime

from demo.aws_key_seed import AwsKmsKeySeed, AwsSecretSeed, AwsSecretVersionSeed
from demo.aws_seed import (
    AwsAccountSeed,
    AwsCenterSeed,
    AwsCertificateSeed,
    AwsKeySeed,
    AwsLoginSeed,
    AwsPermissionSetSeed,
    AwsPersonSeed,
    AwsRoleSeed,
    AwsSeed,
    AwsServiceCredentialSeed,
    AwsSshKeySeed,
    AwsUserSeed,
)
from demo.aws_trail_seed import AwsEventSeed
from demo.aws_trail_seed import iam_user as recorded_user
from demo.cloud_organization import organization_seed
from demo.nights import at
from demo.world import Part
from demo.world_cloud import (
    AWS_ACCOUNTS,
    CORE,
    EVERYONE,
    MANAGEMENT,
    ONCALL,
    ORGANIZATION,
    CenterUser,
    IamUser,
    Role,
    RootUser,
    center_id,
)
from demo.world_held import REGION, KmsKey, Recorded, SharedSecret

DENY_EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
)
DIRECTORY = "https://directory.corp.example"
"""Who feeds Identity Center, and gave its users their external ids."""
OPENED_AT = at("2014-09-01", 3)
SECRETS_MADE_AT = at("2020-01-06", 2)


def aws_seed(part: Part, clock: datetime | None = None) -> AwsSeed:
    """The organization with these users, roles and people, each in the order of their names; at this time there."""
    return AwsSeed(
        clock=clock,
        accounts=tuple(_account(account, part) for account in ORGANIZATION),
        caller_account_id=MANAGEMENT,
        management_account_id=MANAGEMENT,
        organization=organization_seed(),
        center=_center(part.center),
    )


def _account(account: str, part: Part) -> AwsAccountSeed:
    root = next(
        (root for root in part.roots if root.account == account),
        RootUser(account=account, mail=f"aws-root+{account}@corp.example"),
    )
    users = sorted(part.users, key=lambda user: user.name)
    roles = sorted(part.roles, key=lambda role: role.name)
    return AwsAccountSeed(
        account_id=account,
        users=tuple(_user(user) for user in users if user.account == account),
        iam_roles=tuple(_role(role) for role in roles if role.account == account),
        email=root.mail,
        state=root.state,
        opened_at=OPENED_AT,
        regions=("us-east-1", REGION),
        kms_keys=tuple(_kms_key(key) for key in part.held.kms_keys if key.account == account),
        secrets=tuple(_secret(secret) for secret in part.held.secrets if secret.account == account),
        events=tuple(_event(deed) for deed in part.held.recorded if deed.user.account == account),
    )


def _kms_key(held: KmsKey) -> AwsKmsKeySeed:
    root = f"arn:aws:iam::{held.account}:root"
    signers = [user.arn for user in held.signers]
    statements = [_allowed(root, "kms:*")] + ([_allowed(signers, "kms:Sign")] if signers else [])
    return AwsKmsKeySeed(
        key_id=held.key_id,
        created_at=held.created_at,
        region=REGION,
        aliases=(held.alias,),
        policy=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        private_key=held.key.pem,
    )


def _secret(secret: SharedSecret) -> AwsSecretSeed:
    readers = [user.arn for user in secret.readers]
    policy = {"Version": "2012-10-17", "Statement": [_allowed(readers, "secretsmanager:GetSecretValue")]}
    return AwsSecretSeed(
        name=secret.name,
        created_at=SECRETS_MADE_AT,
        versions=(AwsSecretVersionSeed(version_id=secret.version_id, created_at=secret.made_at),),
        region=REGION,
        suffix=secret.suffix,
        changed_at=secret.made_at,
        policy=json.dumps(policy) if readers else "",
    )


def _allowed(principals: str | list[str], action: str) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": {"AWS": principals}, "Action": action, "Resource": "*"}


def _event(deed: Recorded) -> AwsEventSeed:
    signs = deed.deed == "Sign"
    return AwsEventSeed(
        event_id=deed.event_id,
        at=deed.at,
        source="kms.amazonaws.com" if signs else "secretsmanager.amazonaws.com",
        name=deed.deed,
        identity=recorded_user(deed.user.account, deed.user.native_id, deed.user.name),
        region=REGION,
        request={"keyId" if signs else "secretId": deed.arn},
        resources=(deed.arn,),
        read_only=True,
    )


def _center(people: Iterable[CenterUser]) -> AwsCenterSeed:
    """Everybody reads everywhere; who is on call is an administrator where the company's services run."""
    return AwsCenterSeed(
        account_id=MANAGEMENT,
        people=tuple(_person(person) for person in sorted(people, key=lambda person: person.name)),
        permission_sets=(
            AwsPermissionSetSeed(
                name="ReadOnly",
                policies=("ReadOnlyAccess",),
                groups=tuple((account, center_id(EVERYONE)) for account in AWS_ACCOUNTS),
            ),
            AwsPermissionSetSeed(name="OnCall", policies=("AdministratorAccess",), groups=((CORE, center_id(ONCALL)),)),
        ),
    )


def _person(user: CenterUser) -> AwsPersonSeed:
    return AwsPersonSeed(
        user_id=user.native_id,
        name=user.name,
        status="ENABLED" if user.enabled else "DISABLED",
        display_name=user.display_name,
        emails=(user.mail,) if user.mail else (),
        external_ids={DIRECTORY: user.directory_id} if user.directory_id else {},
        created_at=user.created_at,
        groups=tuple(map(center_id, user.groups)),
    )


def _role(role: Role) -> AwsRoleSeed:
    statements = [("Allow", role.allowed)] + ([("Deny", role.denied)] if role.denied else [])
    trust = [
        {"Effect": effect, "Action": "sts:AssumeRole", "Principal": {"AWS": list(arns)}} for effect, arns in statements
    ]
    return AwsRoleSeed(
        role_id=role.native_id,
        name=role.name,
        created_at=role.created_at,
        trust=json.dumps({"Version": "2012-10-17", "Statement": trust}),
        attached=tuple(f"arn:aws:iam::aws:policy/{policy}" for policy in role.policies),
    )


def _user(user: IamUser) -> AwsUserSeed:
    return AwsUserSeed(
        user_id=user.native_id,
        name=user.name,
        created_at=user.created_at,
        tags=user.tags,
        attached=tuple(f"arn:aws:iam::aws:policy/{policy}" for policy in user.policies),
        inline={"deny-everything": DENY_EVERYTHING} if user.denied else {},
        keys=tuple(_keys(user)),
        login=AwsLoginSeed(created_at=user.created_at, last_used_at=user.console_used_at) if user.console else None,
        ssh_keys=tuple(
            AwsSshKeySeed(key_id=user.ssh_key_id(place), body=key.line, created_at=user.created_at)
            for place, key in enumerate(user.ssh_keys)
        ),
        service_credentials=tuple(
            AwsServiceCredentialSeed(
                credential_id=user.service_credential_id(place),
                service=one.service,
                created_at=one.created_at,
                status=one.status,
                expires_at=one.expires_at,
            )
            for place, one in enumerate(user.service_credentials)
        ),
        certificates=tuple(
            AwsCertificateSeed(certificate_id=user.certificate_id(place), body=one.pem, created_at=one.starts_at)
            for place, one in enumerate(user.certificates)
        ),
    )


def _keys(user: IamUser) -> Iterable[AwsKeySeed]:
    for place, key in enumerate(user.keys):
        yield AwsKeySeed(
            key_id=user.key_id(place),
            created_at=key.created_at,
            active=key.active,
            last_used_at=key.last_used_at,
            last_used_service=key.service if key.last_used_at else "N/A",
            # AWS tells no region for s3 (GetAccessKeyLastUsed).
            last_used_region=key.region if key.last_used_at and key.service != "s3" else "N/A",
        )
