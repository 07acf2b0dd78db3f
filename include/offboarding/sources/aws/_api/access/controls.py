"""Reads what an organization takes away from one account's principals and keys (above.py).

Costs one request where the account is in no organization, or is the management account. Else four more where it's right
below the root, two for each unit between, and one for each policy; where resource control policies are switched on, one
a level besides. Whoever may ask Organizations is opened for it.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from offboarding.model.errors import FatalError
from offboarding.sources.aws._api.access.above import Above, Level
from offboarding.sources.aws._api.client.failures import CallerIdentity, error_code, speaking_of
from offboarding.sources.aws._api.client.refusals import Unanswered, asked
from offboarding.sources.aws._api.client.session import AccountConnection
from offboarding.sources.aws._api.policy.policies import NamedPolicy, statements

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_organizations.literals import PolicyTypeType

log = structlog.get_logger("offboarding.sources")

SERVICE: "PolicyTypeType" = "SERVICE_CONTROL_POLICY"
RESOURCE: "PolicyTypeType" = "RESOURCE_CONTROL_POLICY"
_NOT_IN_USE = "AWSOrganizationsNotInUseException"
_ELSEWHERE = frozenset({_NOT_IN_USE, "ChildNotFoundException", "TargetNotFoundException", "AccountNotFoundException"})
"""What the wrong organization's account answers."""
_SWITCHED_OFF = "PolicyTypeNotEnabledException"
SHOWN_THERE = "which only the organization's management account shows"
NOT_ASKED = "which couldn't be asked about"
ADVICE = (
    "Only the organization's management account may ask, and one that it delegates this to: set management_account. "
    "Until then it's unknown whether service control policies leave anybody the access to keys that the account's own "
    "policies grant"
)


@dataclass(slots=True, kw_only=True)
class ControlReader:
    """Asks for one account."""

    asker: CallerIdentity
    """The account's own."""
    own: "Callable[[], OrganizationsClient]" = field(repr=False)
    """Organizations, as the account itself may ask it."""
    above: AccountConnection
    """Of whoever may ask Organizations for everybody."""
    missing: str = ""
    """What couldn't be asked, and the right that would help: a sentence; filled by `read`."""

    def read(self) -> Above:
        """What stands above the account; where it couldn't be read, `missing` says why.

        Raises RetriableError, and botocore's ClientError of the account itself for all but a call that isn't answered.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        account_id = self.asker.account_id
        try:
            ours = asked(lambda: self.own().describe_organization()["Organization"])
        except ClientError as error:
            if error_code(error) == _NOT_IN_USE:
                return Above(account_id=account_id, organization_id="")
            raise
        if isinstance(ours, Unanswered):
            self.missing = ours.sentence(self.asker)
            return Above(account_id=account_id, unread=NOT_ASKED)
        organization_id = ours.get("Id", "")
        if ours.get("FeatureSet") == "CONSOLIDATED_BILLING" or ours.get("MasterAccountId") == account_id:
            return Above(account_id=account_id, organization_id=organization_id)
        try:
            return self._read_above(organization_id)
        except FatalError as error:
            self.missing = str(error)
            return Above(account_id=account_id, organization_id=organization_id, unread=SHOWN_THERE)

    def _read_above(self, organization_id: str) -> Above:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        client = self.above.open().organizations()
        asker = self.above.asker
        with speaking_of(asker):
            try:
                found = asked(lambda: _CachedOrganization(client).above(self.asker.account_id, organization_id))
            except ClientError as error:
                if error_code(error) in _ELSEWHERE:
                    text = f"{asker}: {error.operation_name} answered {error_code(error)}. {ADVICE}"
                    raise FatalError(text) from error
                raise
        if isinstance(found, Unanswered):
            raise FatalError(found.sentence(asker, advice=ADVICE))
        policies = sum(len(level.policies) for level in found.levels)
        log.info(
            "control policies read",
            realm=self.asker.account_id,
            levels=len(found.levels),
            service_control_policies=policies,
            resource_control_policies=len(found.resource),
        )
        return found


class _CachedOrganization:
    """Organizations, with every policy asked for once."""

    def __init__(self, client: "OrganizationsClient") -> None:
        self._client = client
        self._texts: dict[str, NamedPolicy] = {}

    def above(self, account_id: str, organization_id: str) -> Above:
        """What stands above an account. Raises botocore's ClientError."""
        targets = tuple(self._upwards(account_id))
        switched_on = self._switched_on(targets[-1])
        resource = self._attached(targets, RESOURCE) if RESOURCE in switched_on else ()
        return Above(
            account_id=account_id,
            organization_id=organization_id,
            levels=self._attached(targets, SERVICE) if SERVICE in switched_on else (),
            resource=tuple({policy.name: policy for level in resource for policy in level.policies}.values()),
        )

    def _upwards(self, account_id: str) -> Iterator[str]:
        """Yield the account, the units that it's in, and the root."""
        target, is_root = account_id, False
        while not is_root:
            yield target
            pages = self._client.get_paginator("list_parents").paginate(ChildId=target)
            (parent,) = (parent for page in pages for parent in page["Parents"])
            target, is_root = parent.get("Id", ""), parent.get("Type") == "ROOT"
        yield target

    def _switched_on(self, root_id: str) -> frozenset[str]:
        pages = self._client.get_paginator("list_roots").paginate()
        roots = (root for page in pages for root in page["Roots"] if root.get("Id") == root_id)
        return frozenset(
            each.get("Type", "")
            for root in roots
            for each in root.get("PolicyTypes", ())
            if each.get("Status") == "ENABLED"
        )

    def _attached(self, targets: Sequence[str], kind: "PolicyTypeType") -> tuple[Level, ...]:
        """What is attached to each; nothing where this kind was switched off meanwhile."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        try:
            return tuple(Level(target=target, policies=tuple(self._attached_to(target, kind))) for target in targets)
        except ClientError as error:
            if error_code(error) != _SWITCHED_OFF:
                raise
            return ()

    def _attached_to(self, target: str, kind: "PolicyTypeType") -> Iterator[NamedPolicy]:
        pages = self._client.get_paginator("list_policies_for_target").paginate(TargetId=target, Filter=kind)
        for page in pages:
            for summary in page["Policies"]:
                yield self._text(summary.get("Id", ""))

    def _text(self, policy_id: str) -> NamedPolicy:
        if policy_id not in self._texts:
            policy = self._client.describe_policy(PolicyId=policy_id)["Policy"]
            name = policy.get("PolicySummary", {}).get("Name", policy_id)
            self._texts[policy_id] = NamedPolicy(
                name=name, statements=statements(json.loads(policy.get("Content", "{}")))
            )
        return self._texts[policy_id]
