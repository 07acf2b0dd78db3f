"""Organizations and Identity Center as their JSON protocols answer, straight from the seed.

moto knows neither a user's status in Identity Center, nor whom it assigned what through a group.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from demo.aws_seed import AwsAccountSeed, AwsCenterSeed, AwsPermissionSetSeed, AwsPersonSeed, AwsSeed

Fields = Mapping[str, str]
Answer = Mapping[str, object]

SERVICES: Mapping[str, str] = {
    "AWSOrganizationsV20161128": "organizations",
    "AWSIdentityStore": "identitystore",
    "SWBExternalService": "sso",
}
"""The first half of `X-Amz-Target`, and the service's own name in policies."""
_OF_MOTO = frozenset(
    f"organizations:{name}"
    for name in ("DescribeOrganization", "DescribePolicy", "ListParents", "ListPoliciesForTarget", "ListRoots")
)
"""What moto tells as AWS does."""
_OF_ANY_MEMBER = "organizations:DescribeOrganization"
INSTANCE = "arn:aws:sso:::instance/ssoins-7223a1b2c3d4e5f6"

_Entry = TypeVar("_Entry")


class OrganizationError(Exception):
    """An answer that is an error: AWS's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Organization:
    """What one account may ask about all of them."""

    def __init__(self, seed: AwsSeed) -> None:
        self._seed = seed
        self._answers: Mapping[str, Callable[[Fields], Answer]] = {
            "organizations:ListAccounts": self._list_accounts,
            "organizations:DescribeAccount": self._describe_account,
            "sso:ListInstances": self._list_instances,
            "sso:ListPermissionSets": self._list_permission_sets,
            "sso:DescribePermissionSet": self._describe_permission_set,
            "sso:ListManagedPoliciesInPermissionSet": self._list_managed_policies,
            "sso:ListCustomerManagedPolicyReferencesInPermissionSet": self._list_customer_policies,
            "sso:GetInlinePolicyForPermissionSet": self._inline_policy,
            "sso:ListAccountsForProvisionedPermissionSet": self._list_provisioned,
            "sso:ListAccountAssignments": self._list_assignments,
            "sso:ListAccountAssignmentsForPrincipal": self._list_assignments_of,
            "identitystore:ListUsers": self._list_users,
            "identitystore:DescribeUser": self._describe_user,
            "identitystore:ListGroupMemberships": self._list_memberships,
        }

    def answer(self, action: str, account_id: str, fields: Fields) -> Answer | None:
        """What AWS answers to this account; None: moto may answer this. Raises OrganizationError."""
        if action.startswith("organizations:"):
            if not self._seed.management_account_id:
                raise OrganizationError("AWSOrganizationsNotInUseException", "Your account is not a member of one.")
            if account_id != self._seed.management_account_id and action != _OF_ANY_MEMBER:
                raise OrganizationError("AccessDeniedException", "You don't have permissions to access this resource.")
            if action in _OF_MOTO:
                return None
        elif action != "sso:ListInstances" and account_id != self._center.account_id:
            raise OrganizationError("AccessDeniedException", f"User is not authorized to perform: {action}")
        return self._answers[action](fields)

    @property
    def _center(self) -> AwsCenterSeed:
        if self._seed.center is None:
            raise OrganizationError("ResourceNotFoundException", "There is no instance.")
        return self._seed.center

    def _page(self, entries: Iterable[_Entry], fields: Fields) -> tuple[Sequence[_Entry], Answer]:
        everything = list(entries)
        start = int(fields.get("NextToken", "0"))
        end = start + min(int(fields.get("MaxResults", "100")), self._seed.page_size)
        return everything[start:end], {"NextToken": str(end)} if end < len(everything) else {}

    # --- Organizations --------------------------------------------------------------------------------------------

    def _list_accounts(self, fields: Fields) -> Answer:
        page, more = self._page(self._seed.accounts, fields)
        return {"Accounts": [_account(account) for account in page], **more}

    def _describe_account(self, fields: Fields) -> Answer:
        for account in self._seed.accounts:
            if account.account_id == fields["AccountId"]:
                return {"Account": _account(account)}
        raise OrganizationError("AccountNotFoundException", "You specified an account that doesn't exist.")

    # --- permission sets and assignments --------------------------------------------------------------------------

    def _list_instances(self, _fields: Fields) -> Answer:
        if self._seed.center is None:
            return {"Instances": []}
        instance = {"InstanceArn": INSTANCE, "IdentityStoreId": self._center.store_id, "Status": "ACTIVE"}
        return {"Instances": [{**instance, "OwnerAccountId": self._center.account_id}]}

    def _list_permission_sets(self, fields: Fields) -> Answer:
        page, more = self._page(map(_arn, self._center.permission_sets), fields)
        return {"PermissionSets": page, **more}

    def _describe_permission_set(self, fields: Fields) -> Answer:
        found = self._permission_set(fields)
        return {"PermissionSet": {"Name": found.name, "PermissionSetArn": _arn(found)}}

    def _list_managed_policies(self, fields: Fields) -> Answer:
        names = self._permission_set(fields).policies
        page, more = self._page(({"Name": name, "Arn": f"arn:aws:iam::aws:policy/{name}"} for name in names), fields)
        return {"AttachedManagedPolicies": page, **more}

    def _list_customer_policies(self, fields: Fields) -> Answer:
        names = self._permission_set(fields).customer_policies
        page, more = self._page(({"Name": name, "Path": "/"} for name in names), fields)
        return {"CustomerManagedPolicyReferences": page, **more}

    def _inline_policy(self, fields: Fields) -> Answer:
        return {"InlinePolicy": self._permission_set(fields).inline}

    def _list_provisioned(self, fields: Fields) -> Answer:
        found = self._permission_set(fields)
        page, more = self._page(sorted({account for account, _ in (*found.users, *found.groups)}), fields)
        return {"AccountIds": page, **more}

    def _list_assignments(self, fields: Fields) -> Answer:
        arn, account_id = fields["PermissionSetArn"], fields["AccountId"]
        chosen = (
            row for row in self._assignments() if (row["PermissionSetArn"], row["AccountId"]) == (arn, account_id)
        )
        page, more = self._page(chosen, fields)
        return {"AccountAssignments": page, **more}

    def _list_assignments_of(self, fields: Fields) -> Answer:
        """A user's own, and those of the groups that the user is in."""
        user_id = fields["PrincipalId"]
        groups = next((person.groups for person in self._center.people if person.user_id == user_id), ())
        chosen = (row for row in self._assignments() if row["PrincipalId"] in {user_id, *groups})
        page, more = self._page(chosen, fields)
        return {"AccountAssignments": page, **more}

    def _assignments(self) -> Iterator[Mapping[str, str]]:
        for one in self._center.permission_sets:
            for kind, rows in (("USER", one.users), ("GROUP", one.groups)):
                for account_id, principal in rows:
                    who = {"PrincipalType": kind, "PrincipalId": principal}
                    yield {"AccountId": account_id, "PermissionSetArn": _arn(one), **who}

    def _permission_set(self, fields: Fields) -> AwsPermissionSetSeed:
        return next(one for one in self._center.permission_sets if _arn(one) == fields["PermissionSetArn"])

    # --- people ---------------------------------------------------------------------------------------------------

    def _list_users(self, fields: Fields) -> Answer:
        page, more = self._page(self._center.people, fields)
        return {"Users": [_person(person, self._center.store_id) for person in page], **more}

    def _describe_user(self, fields: Fields) -> Answer:
        for person in self._center.people:
            if person.user_id == fields["UserId"]:
                return _person(person, self._center.store_id)
        raise OrganizationError("ResourceNotFoundException", "USER not found.")

    def _list_memberships(self, fields: Fields) -> Answer:
        members = (person.user_id for person in self._center.people if fields["GroupId"] in person.groups)
        page, more = self._page(({"MemberId": {"UserId": user_id}} for user_id in members), fields)
        return {"GroupMemberships": [{"IdentityStoreId": self._center.store_id, **row} for row in page], **more}


def _account(seed: AwsAccountSeed) -> Answer:
    status = "SUSPENDED" if seed.state in {"SUSPENDED", "CLOSED"} else "ACTIVE"
    email = seed.email or f"aws+{seed.account_id}@corp.example"
    return {"Id": seed.account_id, "Email": email, "Name": seed.account_id, "State": seed.state, "Status": status}


def _arn(seed: AwsPermissionSetSeed) -> str:
    return f"arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-{seed.name}"


def _person(seed: AwsPersonSeed, store_id: str) -> Answer:
    told: dict[str, object] = {"IdentityStoreId": store_id, "UserId": seed.user_id, "UserName": seed.name}
    if seed.status is not None:
        told["UserStatus"] = seed.status
    if seed.display_name:
        told["DisplayName"] = seed.display_name
    if seed.emails:
        told["Emails"] = [{"Value": mail, "Type": "work", "Primary": not at} for at, mail in enumerate(seed.emails)]
    if seed.external_ids:
        told["ExternalIds"] = [{"Issuer": issuer, "Id": value} for issuer, value in seed.external_ids.items()]
    if seed.created_at is not None:
        told["CreatedAt"] = _seconds(seed.created_at)
    return told


def _seconds(moment: datetime) -> float:
    """Since 1970: so the JSON protocols write times."""
    return moment.timestamp()
