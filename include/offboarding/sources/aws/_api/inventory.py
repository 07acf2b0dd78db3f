"""GetAccountAuthorizationDetails: every user with tags, groups and policies, every role, in a call a page.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from offboarding.sources.aws._api.policy.policies import Attached, Grants, NamedPolicy, statements
from offboarding.sources.aws._api.policy.trusts import IamRole

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.literals import EntityTypeType

PAGE_SIZE = 1000
"""The most that AWS gives; it may give fewer. An account holds 5,000 users at most, so they fit in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IamUser:
    """A user as the authorization details show it."""

    user_id: str
    name: str
    arn: str
    created_at: datetime
    tags: Mapping[str, str] = field(repr=False)
    """By tag key in lower case: IAM holds `Email` and `email` for the same."""
    groups: tuple[str, ...]
    grants: Grants
    boundary: Attached | None = None
    """The permissions boundary, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """An account's users, and what grants them rights."""

    users: Mapping[str, IamUser] = field(repr=False)
    """By UserId."""
    groups: Mapping[str, Grants]
    """By name."""
    policies: Mapping[str, NamedPolicy]
    """The account's own managed policies, by ARN. AWS's own aren't asked for: there are 1,400 of them."""
    roles: Mapping[str, IamRole] = field(repr=False)
    """By RoleId; none where they weren't asked for."""


def read_inventory(iam: "IAMClient", *, roles: bool) -> Inventory:
    """Read all pages. Groups and policies come after the users, so nothing can be said before the end.

    `roles`: with the roles, of which an account can hold thousands, and which only the whole inventory needs.
    Raises botocore's ClientError; a page that fails fails the read.
    """
    users: dict[str, IamUser] = {}
    groups: dict[str, Grants] = {}
    policies: dict[str, NamedPolicy] = {}
    found: dict[str, IamRole] = {}
    kinds: list[EntityTypeType] = ["User", "Group", "LocalManagedPolicy"]
    pages = iam.get_paginator("get_account_authorization_details").paginate(
        Filter=[*kinds, "Role"] if roles else kinds, PaginationConfig={"PageSize": PAGE_SIZE}
    )
    for page in pages:
        users |= {detail["UserId"]: _user(detail) for detail in _entries(page, "UserDetailList")}
        groups |= {detail["GroupName"]: _grants(detail, "Group") for detail in _entries(page, "GroupDetailList")}
        policies |= {detail["Arn"]: _managed(detail) for detail in _entries(page, "Policies")}
        found |= {detail["RoleId"]: _role(detail) for detail in _entries(page, "RoleDetailList")}
    return Inventory(users=users, groups=groups, policies=policies, roles=found)


_Entry = Mapping[str, Any]
"""An entry as boto3 gives it, its policy documents parsed."""


def _entries(page: _Entry, name: str) -> Sequence[_Entry]:
    """A list on a page; AWS leaves out the lists that a page has nothing of."""
    return page.get(name, [])


def _user(detail: _Entry) -> IamUser:
    return IamUser(
        user_id=detail["UserId"],
        name=detail["UserName"],
        arn=detail["Arn"],
        created_at=detail["CreateDate"].astimezone(UTC),
        tags={tag["Key"].lower(): tag["Value"].strip() for tag in detail.get("Tags", [])},
        groups=tuple(detail.get("GroupList", [])),
        grants=_grants(detail, "User"),
        boundary=_boundary(detail.get("PermissionsBoundary")),
    )


def _boundary(entry: _Entry | None) -> Attached | None:
    if not entry:
        return None
    arn = str(entry["PermissionsBoundaryArn"])
    return Attached(name=arn.rpartition("/")[2], arn=arn)


def _role(detail: _Entry) -> IamRole:
    return IamRole(
        role_id=detail["RoleId"],
        arn=detail["Arn"],
        trust=detail["AssumeRolePolicyDocument"],
        grants=_grants(detail, "Role"),
        boundary=_boundary(detail.get("PermissionsBoundary")),
    )


def _grants(detail: _Entry, of: str) -> Grants:
    """What is granted to a user or group itself."""
    return Grants(
        inline=tuple(
            NamedPolicy(name=policy["PolicyName"], statements=statements(policy["PolicyDocument"]))
            for policy in detail.get(f"{of}PolicyList", [])
        ),
        attached=tuple(
            Attached(name=policy["PolicyName"], arn=policy["PolicyArn"])
            for policy in detail.get("AttachedManagedPolicies", [])
        ),
    )


def _managed(detail: _Entry) -> NamedPolicy:
    """A customer managed policy, by the version that is in force."""
    document = next(version["Document"] for version in detail["PolicyVersionList"] if version["IsDefaultVersion"])
    return NamedPolicy(name=detail["Arn"].rpartition("/")[2], statements=statements(document))
