"""Identity Center as its two APIs tell it: people, permission sets, and who is assigned what.

https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_ListUsers.html
https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from offboarding.model.errors import FatalError
from offboarding.sources.aws._api.client.failures import CallerIdentity
from offboarding.sources.aws._api.client.session import Opened
from offboarding.sources.aws._api.policy.policies import Attached, Grants, NamedPolicy, Privilege, privilege, statements

if TYPE_CHECKING:
    from mypy_boto3_identitystore import IdentityStoreClient
    from mypy_boto3_identitystore.type_defs import UserTypeDef
    from mypy_boto3_sso_admin import SSOAdminClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryUser:
    """A user of Identity Center."""

    user_id: str
    name: str
    """The user name."""
    display_name: str
    status: str
    """ENABLED, DISABLED; "" where AWS doesn't say."""
    emails: tuple[str, ...]
    external_ids: tuple[tuple[str, str], ...]
    """Issuer and id: what the directory that feeds Identity Center calls this user."""
    created_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet:
    """A permission set, and whether who has it is privileged."""

    arn: str
    name: str
    privilege: Privilege


@dataclass(slots=True, kw_only=True)
class Center:
    """An instance of Identity Center. Raises botocore's ClientError throughout."""

    people_client: "IdentityStoreClient" = field(repr=False)
    sets_client: "SSOAdminClient" = field(repr=False)
    instance_arn: str
    store_id: str
    """The identity store's id, such as "d-9067f2a4c1": the realm."""
    privileged_names: Sequence[str]
    _sets: dict[str, PermissionSet] = field(default_factory=dict[str, PermissionSet])
    _groups: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def people(self) -> Iterator[DirectoryUser]:
        """Yield everybody."""
        for page in self.people_client.get_paginator("list_users").paginate(IdentityStoreId=self.store_id):
            yield from map(_person, page["Users"])

    def person(self, user_id: str) -> DirectoryUser:
        """One user as it is now. ClientError ResourceNotFoundException: there is none."""
        user = self.people_client.describe_user(IdentityStoreId=self.store_id, UserId=user_id)
        return _person(cast("UserTypeDef", user))

    def privileges(self) -> Mapping[str, Privilege]:
        """Who is privileged, or may be, by user id; everybody else isn't.

        Asked from the permission sets' side: so the number of requests goes with the privileged ones, not with people.
        """
        found: dict[str, list[PermissionSet]] = {}
        for one in map(self._set, self._set_arns()):
            if one.privilege.holds is not False:
                for user_id in self._holders(one.arn):
                    found.setdefault(user_id, []).append(one)
        return {user_id: _together(sets) for user_id, sets in found.items()}

    def privilege_of(self, user_id: str) -> Privilege:
        """Whether one user is privileged, live: what is assigned to the user, or to a group that the user is in."""
        arns: set[str] = set()
        pages = self.sets_client.get_paginator("list_account_assignments_for_principal").paginate(
            InstanceArn=self.instance_arn, PrincipalId=user_id, PrincipalType="USER"
        )
        for page in pages:
            arns |= {row.get("PermissionSetArn", "") for row in page["AccountAssignments"]}
        return _together([self._set(arn) for arn in arns])

    def _set_arns(self) -> Iterator[str]:
        pages = self.sets_client.get_paginator("list_permission_sets").paginate(InstanceArn=self.instance_arn)
        for page in pages:
            yield from page["PermissionSets"]

    def _set(self, arn: str) -> PermissionSet:
        if arn not in self._sets:
            answer = self.sets_client.describe_permission_set(InstanceArn=self.instance_arn, PermissionSetArn=arn)
            name = answer["PermissionSet"].get("Name", arn)
            self._sets[arn] = PermissionSet(arn=arn, name=name, privilege=self._privilege(arn, name))
        return self._sets[arn]

    def _privilege(self, arn: str, name: str) -> Privilege:
        """By its own name, without asking further; else by its policies' names and texts."""
        alone = privilege(_NOTHING, [(name, _NOTHING)], {}, self.privileged_names)
        return alone if alone.holds else privilege(self._grants(arn), [], {}, self.privileged_names)

    def _grants(self, arn: str) -> Grants:
        """Its policies. A customer's own are named, and their text stands in each account, unread."""
        attached: list[Attached] = []
        ours, theirs = (
            self.sets_client.get_paginator("list_managed_policies_in_permission_set"),
            self.sets_client.get_paginator("list_customer_managed_policy_references_in_permission_set"),
        )
        for page in ours.paginate(InstanceArn=self.instance_arn, PermissionSetArn=arn):
            attached += [
                Attached(name=policy.get("Name", ""), arn=policy.get("Arn", ""))
                for policy in page["AttachedManagedPolicies"]
            ]
        for references in theirs.paginate(InstanceArn=self.instance_arn, PermissionSetArn=arn):
            attached += [
                Attached(name=policy["Name"], arn=f"arn:aws:iam::each:policy/{policy['Name']}")
                for policy in references["CustomerManagedPolicyReferences"]
            ]
        inline = self.sets_client.get_inline_policy_for_permission_set(
            InstanceArn=self.instance_arn, PermissionSetArn=arn
        ).get("InlinePolicy", "")
        texts = (NamedPolicy(name="inline", statements=statements(json.loads(inline))),) if inline else ()
        return Grants(inline=texts, attached=tuple(attached))

    def _holders(self, arn: str) -> Iterator[str]:
        """Ids of the users that have a permission set in any account, some of them more than once."""
        accounts = self.sets_client.get_paginator("list_accounts_for_provisioned_permission_set")
        rows = self.sets_client.get_paginator("list_account_assignments")
        groups: set[str] = set()
        for page in accounts.paginate(InstanceArn=self.instance_arn, PermissionSetArn=arn):
            for account_id in page["AccountIds"]:
                for assigned in rows.paginate(
                    InstanceArn=self.instance_arn, PermissionSetArn=arn, AccountId=account_id
                ):
                    for row in assigned["AccountAssignments"]:
                        if row.get("PrincipalType") == "USER":
                            yield row.get("PrincipalId", "")
                        else:
                            groups.add(row.get("PrincipalId", ""))
        for group_id in sorted(groups):
            yield from self._members(group_id)

    def _members(self, group_id: str) -> tuple[str, ...]:
        if group_id not in self._groups:
            pages = self.people_client.get_paginator("list_group_memberships").paginate(
                IdentityStoreId=self.store_id, GroupId=group_id
            )
            self._groups[group_id] = tuple(
                row["MemberId"].get("UserId", "")
                for page in pages
                for row in page["GroupMemberships"]
                if "MemberId" in row
            )
        return self._groups[group_id]


def open_center(opened: Opened, asker: CallerIdentity, identity_store: str | None, names: Sequence[str]) -> Center:
    """The instance in this account and region. Raises FatalError where there is none, or several and none is named."""
    client = opened.sso_admin()
    instances = [
        instance
        for page in client.get_paginator("list_instances").paginate()
        for instance in page["Instances"]
        if identity_store in (None, instance.get("IdentityStoreId"))
    ]
    if len(instances) != 1:
        found = f"{len(instances)} instances" if instances else "no instance"
        raise FatalError(
            f"{asker}: {found} of Identity Center in region {opened.session.region_name}. Set region to where it was "
            "made, account to the management account or the one it's delegated to, and identity_store where there "
            "are several"
        )
    return Center(
        people_client=opened.identity_store(),
        sets_client=client,
        instance_arn=instances[0].get("InstanceArn", ""),
        store_id=instances[0].get("IdentityStoreId", ""),
        privileged_names=names,
    )


_NOTHING = Grants(inline=(), attached=())


def _together(sets: Sequence[PermissionSet]) -> Privilege:
    """Of several permission sets: by the first that makes privileged, in the order of their names."""
    unknown = False
    for one in sorted(sets, key=lambda one: one.name):
        if one.privilege.holds:
            return Privilege(holds=True, by=f"permission set {one.name}")
        unknown |= one.privilege.holds is None
    return Privilege(holds=None if unknown else False)


def _person(user: "UserTypeDef") -> DirectoryUser:
    created = user.get("CreatedAt")
    return DirectoryUser(
        user_id=user["UserId"],
        name=user.get("UserName", ""),
        display_name=user.get("DisplayName", ""),
        status=user.get("UserStatus", ""),
        emails=tuple(mail.get("Value", "") for mail in user.get("Emails", [])),
        external_ids=tuple((one["Issuer"], one["Id"]) for one in user.get("ExternalIds", [])),
        created_at=created.astimezone(UTC) if created else None,
    )
