"""Principals, policies and keys for questions of who may reach what, written in a line each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from offboarding.model import KeyAccess, Standing
from offboarding.sources.aws._api.access.above import NOTHING, Above
from offboarding.sources.aws._api.access.effective import KeyTarget, key_access
from offboarding.sources.aws._api.access.principals import Principals, principals_of
from offboarding.sources.aws._api.inventory import IamUser, Inventory
from offboarding.sources.aws._api.policy.policies import Attached, Grants, NamedPolicy, statements
from offboarding.sources.aws._api.policy.statements import resource_statements
from offboarding.sources.aws._api.policy.trusts import IamRole

CORE, OTHER = "111111111111", "222222222222"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
SECRET_ARN = f"arn:aws:secretsmanager:eu-west-1:{CORE}:secret:prod/login-AbCdEf"
KMS_ARN = f"arn:aws:kms:eu-west-1:{CORE}:key/11111111-2222-3333-4444-555555555555"
MIN, READER = f"arn:aws:iam::{CORE}:user/min", f"arn:aws:iam::{CORE}:role/reader"
SESSION = f"arn:aws:sts::{CORE}:assumed-role/reader/mjkim"
ROOT = f"arn:aws:iam::{CORE}:root"
READ = "secretsmanager:GetSecretValue"
BOUNDARY = f"arn:aws:iam::{CORE}:policy/boundary"
NONE = Grants(inline=(), attached=())

Document = Mapping[str, Any]
W, U = Standing.WORKS, Standing.UNKNOWN


def allow(action: object = "*", resource: object = "*", **more: Any) -> dict[str, object]:
    """A statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: object = "*", resource: object = "*", **more: Any) -> dict[str, object]:
    """One that denies."""
    return {**allow(action, resource, **more), "Effect": "Deny"}


def document(*listed: Document) -> Document:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(listed)}


def policy(name: str, *listed: Document) -> NamedPolicy:
    """A policy with a name."""
    return NamedPolicy(name=name, statements=statements(document(*listed)))


def grants(*listed: Document) -> Grants:
    """What an inline policy P grants."""
    return Grants(inline=(policy("P", *listed),), attached=()) if listed else NONE


def user(name: str = "min", own: Grants = NONE, **changes: Any) -> IamUser:
    """A user of the first account."""
    given_: dict[str, Any] = {
        "user_id": f"AIDA{name.upper()}",
        "name": name,
        "arn": f"arn:aws:iam::{CORE}:user/{name}",
        "created_at": NOW,
        "tags": {},
        "groups": (),
        "grants": own,
    }
    return IamUser(**(given_ | changes))


def everybody(
    users: Sequence[IamUser] = (),
    roles: Sequence[IamRole] = (),
    groups: Mapping[str, Grants] | None = None,
    policies: Mapping[str, NamedPolicy] | None = None,
) -> Principals:
    """Everybody in it."""
    inventory = Inventory(
        users={one.user_id: one for one in users},
        groups=groups or {},
        policies=policies or {},
        roles={one.role_id: one for one in roles},
    )
    return principals_of(inventory, CORE, {})


def role(own: Grants = NONE, boundary: str = "") -> IamRole:
    """Its role."""
    bound = Attached(name="boundary", arn=boundary) if boundary else None
    return IamRole(role_id="AROAREADER", arn=READER, trust=document(), grants=own, boundary=bound)


def secret(*own: Document, **changes: Any) -> KeyTarget:
    """A secret, with the statements of its own policy."""
    given_: dict[str, Any] = {
        "realm": f"{CORE}/secrets",
        "key": SECRET_ARN,
        "arn": SECRET_ARN,
        "actions": {READ: True},
        "policy": resource_statements(document(*own)) if own else (),
        "policy_rules": False,
    }
    return KeyTarget(**(given_ | changes))


def kms(*own: Document, action: str = "kms:Sign", **changes: Any) -> KeyTarget:
    """A KMS key, with the statements of its own policy."""
    given_: dict[str, Any] = {
        "realm": f"{CORE}/kms",
        "key": "11111111-2222-3333-4444-555555555555",
        "arn": KMS_ARN,
        "actions": {action: False},
        "policy": resource_statements(document(*own)),
        "policy_rules": True,
    }
    return KeyTarget(**(given_ | changes))


def reached(principals: Principals, target: KeyTarget, above: Above = NOTHING) -> dict[str, KeyAccess]:
    """By principal, the account's root user left out."""
    rows = list(key_access(principals, [target], NOW, above=above))
    assert len({(row.principal_kind, row.principal_realm, row.principal, row.action) for row in rows}) == len(rows)
    return {row.principal: row for row in rows if row.principal != CORE}


def standing_of_min(own: Grants, target: KeyTarget, **changes: Any) -> Standing | None:
    """What a user with these policies may do with a key; None: nothing."""
    row = reached(everybody([user(own=own, **changes)]), target).get("AIDAMIN")
    return row.standing if row else None
