"""Who has access to an account's keys: by policies (effective.py) and by grants, each told once with all reasons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from offboarding.model import KeyAccess, PrincipalKind, Standing
from offboarding.sources.aws._api.access.above import NOTHING, Above
from offboarding.sources.aws._api.access.controls import ControlReader
from offboarding.sources.aws._api.access.effective import KeyTarget, key_access, key_access_by_grant
from offboarding.sources.aws._api.access.principals import (
    Principal,
    Principals,
    principals_of,
    read_aws_policies,
    unread_sentence,
)
from offboarding.sources.aws._api.access.values import Value
from offboarding.sources.aws._api.client.failures import PERMISSIONS
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.inventory import read_inventory

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_ROLE, _SESSION = ":role/", "assumed-role/"


@dataclass(slots=True, kw_only=True)
class Accesses:
    """One account's principals, and what stands above them: read once, when the first key is there to ask about."""

    iam: "IAMClient" = field(repr=False)
    refusals: Refusals
    controls: ControlReader
    now: datetime
    _principals: Principals | None = None
    _above: Above = NOTHING
    _asked: bool = False

    def of(self, targets: Sequence[KeyTarget], granted: Sequence[KeyAccess] = ()) -> Iterator[KeyAccess]:
        """Yield who may do what with these keys; `granted` is known by other means (`by_grant`).

        Raises as `asked`; what isn't answered `errors` and the refusals tell.
        """
        if not targets:
            return
        self._read()
        reached = key_access(self._principals, targets, self.now, above=self._above) if self._principals else ()
        yield from _once((*reached, *granted))

    def by_grant(self, target: KeyTarget, grantee: str, actions: Iterable[str], given: Value) -> Iterator[KeyAccess]:
        """Yield what a grant gives to a user or role, of the target's actions. Services aren't people's ways in."""
        self._read()
        if who := self._named(grantee):
            mine = sorted(set(actions) & target.actions.keys())
            yield from key_access_by_grant(who, target, mine, given, self.now, above=self._above)

    def errors(self) -> tuple[str, ...]:
        """What keeps the access from being known."""
        unread = self._principals.unread if self._principals else ()
        if not unread:
            return ()
        asker = self.refusals.asker
        rights = "iam:ListPolicies, iam:GetPolicy and iam:GetPolicyVersion"
        return (f"{asker}: {unread_sentence(unread, f'Grant {rights} to {asker.whom} ({PERMISSIONS})')}",)

    def gaps(self) -> tuple[str, ...]:
        """What keeps it from being known for sure, though nothing is missing in this account."""
        return (self.controls.missing,) if self.controls.missing else ()

    def _read(self) -> None:
        if self._asked:
            return
        self._asked = True
        inventory = self.refusals.ask("who has access", lambda: read_inventory(self.iam, roles=True))
        if inventory:
            account_id = self.refusals.asker.account_id
            policies = read_aws_policies(self.iam, inventory, self.refusals)
            self._principals = principals_of(inventory, account_id, policies)
        self._above = self.controls.read()

    def _named(self, grantee: str) -> Principal | None:
        """As `key_access` names them; somebody of another account, or one who isn't known here, by the ARN alone."""
        everybody = self._principals.everybody if self._principals else ()
        for one in everybody:
            if grantee in {one.arn, one.user_id}:
                return one
        parts = grantee.split(":", 5)
        if len(parts) < 6:  # no ARN: a service, or somebody who was deleted
            return None
        is_session = parts[5].startswith(_SESSION)
        is_role = is_session or _ROLE in grantee
        return Principal(
            kind=PrincipalKind.ROLE if is_role else PrincipalKind.ACCOUNT,
            realm=parts[4],
            native_id=grantee,
            arn=self._role_arn(parts[4], parts[5]) if is_session else grantee,
            user_id="",
            tags=None,
            granted=(),
        )

    def _role_arn(self, account_id: str, session: str) -> str:
        """What a session's requests call their role: with its path, which the session's own ARN leaves out."""
        name = session.removeprefix(_SESSION).partition("/")[0]
        everybody = self._principals.everybody if self._principals else ()
        roles = (one.arn for one in everybody if one.realm == account_id and one.kind is PrincipalKind.ROLE)
        return next((arn for arn in roles if arn.rpartition("/")[2] == name), "")


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
