"""Who there is in an account to whom a policy may grant something: users, roles and the root user, each with the
policies that apply to it, its groups' among them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offboarding.model import PrincipalKind, first_few
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.inventory import Inventory
from offboarding.sources.aws._api.policy.policies import Attached, Grants, NamedPolicy, Statement, statements

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_TAG = "aws:principaltag/"
SERVICE_ROLE = ":role/aws-service-role/"
"""Roles that AWS's services alone can assume."""
_EVERYTHING = Statement(allows=True, actions=frozenset({"*"}), resources=frozenset({"*"}), conditional=False)
_ROOT_POLICY = NamedPolicy(name="root user of the account", statements=(_EVERYTHING,))


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedPolicy:
    """A policy that applies to a principal, and through what."""

    policy: NamedPolicy
    through: str = ""
    """" of group NAME"; "" where it's the principal's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody in the account who can ask."""

    kind: PrincipalKind
    realm: str
    native_id: str
    """A user's UserId, a role's ARN; the root user's is the account's."""
    arn: str
    """"" where it isn't known (a session of a role that isn't among them)."""
    user_id: str
    """"" where the session's name is part of it (roles)."""
    tags: Mapping[str, str] | None = field(repr=False)
    """By key in lower case; None: a session may bring others along (roles)."""
    granted: tuple[AppliedPolicy, ...] = field(repr=False)
    boundary: NamedPolicy | None = None
    bounded: bool = False
    """Whether there is a boundary; without `boundary` its text couldn't be read."""

    @property
    def is_root(self) -> bool:
        """Whether it's the account's root user."""
        return self.native_id == self.realm

    def value(self, key: str) -> str | None:
        """What this principal's requests say under a condition key (in lower case)."""
        if key.startswith(_TAG):
            return (self.tags or {}).get(key.removeprefix(_TAG))
        is_user = self.kind is PrincipalKind.ACCOUNT and not self.is_root
        known = {
            "aws:principalarn": self.arn or None,
            "aws:principalaccount": self.realm,
            "kms:calleraccount": self.realm,
            "aws:principaltype": "User" if is_user else "Account" if self.is_root else "AssumedRole",
            "aws:principalisawsservice": "false",
            "aws:username": self.arn.rpartition("/")[2] if is_user else None,
            "aws:userid": self.user_id or None,
        }
        return known.get(key)

    def lacks(self, key: str) -> bool:
        """Whether the key is known not to be in this principal's requests."""
        if key.startswith(_TAG):
            return self.tags is not None and key.removeprefix(_TAG) not in self.tags
        return key == "aws:username" and (self.is_root or self.kind is PrincipalKind.ROLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principals:
    """Everybody in one account."""

    realm: str
    everybody: tuple[Principal, ...] = field(repr=False)
    """In the order of their native ids within each kind."""
    unread: tuple[str, ...] = ()
    """ARNs of attached policies whose text is missing: what they grant isn't known, so no read is complete."""


def read_aws_policies(iam: "IAMClient", inventory: Inventory, refusals: Refusals) -> Mapping[str, NamedPolicy]:
    """The text of those of AWS's own policies that are attached here, by ARN; `inventory` with roles.

    A call that lists them, and one for each (two for a boundary that is attached nowhere). What isn't answered is left
    out, and is told as `Principals.unread`.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
    """
    wanted = sorted({attached.arn for attached in _attached(inventory) if attached.by_aws})
    if not wanted:
        return {}
    found: dict[str, NamedPolicy] = {}

    def read() -> None:
        versions = _versions(iam)
        for arn in wanted:
            version = versions.get(arn) or iam.get_policy(PolicyArn=arn)["Policy"].get("DefaultVersionId", "v1")
            answer = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
            document = answer.get("Document")
            found[arn] = NamedPolicy(name=arn.rpartition("/")[2], statements=statements(document))

    refusals.ask("AWS's own policies", read)
    return found


def unread_sentence(unread: Sequence[str], grant: str) -> str:
    """What a read says that couldn't look into some policies; `grant` says which right to give to whom."""
    names = first_few([arn.rpartition("/")[2] for arn in unread], 3)
    return f"what the policies {names} grant is NOT CHECKED. {grant}"


def principals_of(inventory: Inventory, account_id: str, aws_policies: Mapping[str, NamedPolicy]) -> Principals:
    """Everybody whom the inventory shows. `inventory` with roles, `aws_policies` as `read_aws_policies` gives them."""
    texts = {**inventory.policies, **aws_policies}
    people = (*_users(inventory, account_id, texts), *_roles(inventory, account_id, texts))
    unread = {attached.arn for attached in _attached(inventory)} - texts.keys()
    partition = next((person.arn.split(":")[1] for person in people), "aws")
    return Principals(realm=account_id, everybody=(*people, _root(account_id, partition)), unread=tuple(sorted(unread)))


def _users(inventory: Inventory, account_id: str, texts: Mapping[str, NamedPolicy]) -> Iterator[Principal]:
    for user in sorted(inventory.users.values(), key=lambda user: user.user_id):
        through = [(f" of group {name}", inventory.groups[name]) for name in user.groups if name in inventory.groups]
        yield Principal(
            kind=PrincipalKind.ACCOUNT,
            realm=account_id,
            native_id=user.user_id,
            arn=user.arn,
            user_id=user.user_id,
            tags=user.tags,
            granted=tuple(_granted((("", user.grants), *through), texts)),
            boundary=texts.get(user.boundary.arn) if user.boundary else None,
            bounded=user.boundary is not None,
        )


def _roles(inventory: Inventory, account_id: str, texts: Mapping[str, NamedPolicy]) -> Iterator[Principal]:
    for role in sorted(inventory.roles.values(), key=lambda role: role.arn):
        # AWS alone takes these on.
        if SERVICE_ROLE in role.arn:
            continue
        yield Principal(
            kind=PrincipalKind.ROLE,
            realm=account_id,
            native_id=role.arn,
            arn=role.arn,
            user_id="",
            tags=None,
            granted=tuple(_granted((("", role.grants),), texts)),
            boundary=texts.get(role.boundary.arn) if role.boundary else None,
            bounded=role.boundary is not None,
        )


def _root(account_id: str, partition: str) -> Principal:
    # It has no policies and no tags, and may do everything; only an organization's policies bind it.
    return Principal(
        kind=PrincipalKind.ACCOUNT,
        realm=account_id,
        native_id=account_id,
        arn=f"arn:{partition}:iam::{account_id}:root",
        user_id=account_id,
        tags={},
        granted=(AppliedPolicy(policy=_ROOT_POLICY),),
    )


def _granted(grants: Iterable[tuple[str, Grants]], texts: Mapping[str, NamedPolicy]) -> Iterator[AppliedPolicy]:
    for through, each in grants:
        for policy in each.inline:
            yield AppliedPolicy(policy=policy, through=through)
        for attached in each.attached:
            if policy := texts.get(attached.arn):
                yield AppliedPolicy(policy=policy, through=through)


def _attached(inventory: Inventory) -> Iterator[Attached]:
    """Every managed policy that somebody has, as a boundary too."""
    roles = [role for role in inventory.roles.values() if SERVICE_ROLE not in role.arn]
    for holder in (*inventory.users.values(), *roles):
        yield from holder.grants.attached
        if holder.boundary:
            yield holder.boundary
    for grants in inventory.groups.values():
        yield from grants.attached


def _versions(iam: "IAMClient") -> Mapping[str, str]:
    """The version in force of each of AWS's policies that are attached, by ARN."""
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS", OnlyAttached=True)
    return {
        policy.get("Arn", ""): policy.get("DefaultVersionId", "v1") for page in pages for policy in page["Policies"]
    }
