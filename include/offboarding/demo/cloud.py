"""The company's AWS accounts, as the server on this machine wants to be told them."""

import json
from collections.abc import Iterable

from include.offboarding.demo.aws_seed import (
    AwsAccountSeed,
    AwsKeySeed,
    AwsLoginSeed,
    AwsSeed,
    AwsSshKeySeed,
    AwsUserSeed,
)
from include.offboarding.demo.nights import at
from include.offboarding.demo.world import AWS_ACCOUNTS, IamUser

DENY_EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
)
OPENED_AT = at("2014-09-01", 3)


def aws_seed(users: Iterable[IamUser]) -> AwsSeed:
    """The three accounts with these users, each in the order of their names."""
    ordered = sorted(users, key=lambda user: user.name)
    return AwsSeed(
        accounts=tuple(
            AwsAccountSeed(
                account_id=account,
                users=tuple(_user(user) for user in ordered if user.account == account),
                opened_at=OPENED_AT,
            )
            for account in AWS_ACCOUNTS
        )
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
