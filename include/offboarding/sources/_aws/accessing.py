"""Who has access to an account's keys: by its policies (reach.py) and by grants, each told once with all reasons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from include.offboarding.model import KeyAccess, PrincipalKind, Standing
from include.offboarding.sources._aws.failures import PERMISSIONS
from include.offboarding.sources._aws.inventory import read_inventory
from include.offboarding.sources._aws.reach import KeyTarget, key_access
from include.offboarding.sources._aws.reach_principals import (
    Principals,
    principals_of,
    read_aws_policies,
    unread_sentence,
)
from include.offboarding.sources._aws.refusals import Refusals

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_USER, _ROLE = ":user/", ":role/"


@dataclass(slots=True, kw_only=True)
class Accesses:
    """One account's principals, read once, when the first key is there to ask about."""

    iam: "IAMClient" = field(repr=False)
    refusals: Refusals
    now: datetime
    _principals: Principals | None = None
    _asked: bool = False

    def of(self, targets: Sequence[KeyTarget], granted: Sequence[KeyAccess] = ()) -> Iterator[KeyAccess]:
        """Yield who may do what with these keys; `granted` is known by other means (`by_grant`).

        Raises botocore's ClientError for all but a missing right, which `errors` tell.
        """
        if not targets:
            return
        self._read()
        reached = key_access(self._principals, targets, self.now) if self._principals else ()
        yield from _once((*reached, *granted))

    def by_grant(
        self, target: KeyTarget, grantee: str, actions: Iterable[str], reason: str, *, sure: bool
    ) -> Iterator[KeyAccess]:
        """Yield what a grant gives to a user or role, of the target's actions. Services aren't people's ways in."""
        self._read()
        if (who := self._named(grantee)) is None:
            return
        kind, realm, principal = who
        for action in sorted(set(actions) & target.actions.keys()):
            yield KeyAccess(
                realm=target.realm,
                key=target.key,
                principal_kind=kind,
                principal_realm=realm,
                principal=principal,
                action=action,
                carries=target.actions[action],
                standing=Standing.WORKS if sure else Standing.UNKNOWN,
                reason=reason,
            )

    def errors(self) -> tuple[str, ...]:
        """What keeps the access from being known."""
        unread = self._principals.unread if self._principals else ()
        if not unread:
            return ()
        asker = self.refusals.asker
        rights = "iam:ListPolicies, iam:GetPolicy and iam:GetPolicyVersion"
        return (f"{asker}: {unread_sentence(unread, f'Grant {rights} to {asker.whom} ({PERMISSIONS})')}",)

    def _read(self) -> None:
        if self._asked:
            return
        self._asked = True
        inventory = self.refusals.ask("who has access", lambda: read_inventory(self.iam, roles=True))
        if inventory:
            account_id = self.refusals.asker.account_id
            self._principals = principals_of(inventory, account_id, read_aws_policies(self.iam, inventory))

    def _named(self, grantee: str) -> tuple[PrincipalKind, str, str] | None:
        """Kind, realm and id, as `key_access` names them."""
        everybody = self._principals.everybody if self._principals else ()
        for one in everybody:
            if grantee in {one.arn, one.user_id}:
                return one.kind, one.realm, one.native_id
        parts = grantee.split(":", 5)
        if len(parts) < 6:  # no ARN: a service, or somebody who was deleted
            return None
        if _ROLE in grantee or parts[5].startswith("assumed-role/"):
            return PrincipalKind.ROLE, parts[4], grantee
        return PrincipalKind.ACCOUNT, parts[4], grantee


def _once(found: Iterable[KeyAccess]) -> Iterator[KeyAccess]:
    """Each principal and action once, by the surest, with every reason."""
    together: dict[tuple[str, str, str, str, str], KeyAccess] = {}
    for one in found:
        about = (one.key, one.principal_kind.value, one.principal_realm, one.principal, one.action)
        known = together.get(about)
        together[about] = _both(known, one) if known else one
    yield from together.values()


def _both(first: KeyAccess, second: KeyAccess) -> KeyAccess:
    if first.standing is second.standing:
        return replace(first, reason=f"{first.reason}; {second.reason}")
    return first if first.standing is Standing.WORKS else second


def tagged(tags: Mapping[str, str] | None, names: Iterable[str]) -> str:
    """The first of these tags that says something; `tags` by key in lower case."""
    return next((value for name in names if (value := (tags or {}).get(name.lower(), ""))), "")
