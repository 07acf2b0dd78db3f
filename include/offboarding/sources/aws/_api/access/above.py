"""What an organization takes away from its accounts: service control policies of their principals, resource control
policies of their keys. Both can only take away.

Every level, the root, each unit and the account, must allow; a deny at any of them denies. Users, roles and the root
user are bound, roles that only AWS's services can assume aren't.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from offboarding.sources.aws._api.access.applying import applies
from offboarding.sources.aws._api.access.book import Covering
from offboarding.sources.aws._api.access.outside import THERE
from offboarding.sources.aws._api.access.principals import SERVICE_ROLE
from offboarding.sources.aws._api.access.target import KeyTarget, Request
from offboarding.sources.aws._api.access.values import NO, YES, Value, both, either, unknown
from offboarding.sources.aws._api.policy.policies import NamedPolicy
from offboarding.sources.aws._api.policy.statements import ANYONE, ResourceStatement, about, covers

SERVICE, RESOURCE = "service control policy", "resource control policy"
_SERVICES, _RESOURCES = "service control policies", "resource control policies"
_GUARDED = ("kms:", "secretsmanager:")
"""Services whose resources are bound; the Parameter Store isn't among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The root, a unit or the account itself, and the service control policies that are attached there."""

    target: str
    """Its id."""
    policies: tuple[NamedPolicy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What stands above one account. Without anything: nothing binds it, as in an account of no organization."""

    account_id: str = ""
    """The account's; in any other nothing of this binds."""
    organization_id: str | None = None
    """"" where it's in none, None where that isn't known."""
    levels: tuple[Level, ...] = ()
    """Empty where service control policies aren't switched on, or don't bind: in the management account."""
    resource: tuple[NamedPolicy, ...] = field(default=(), repr=False)
    """The resource control policies of all levels: each names everybody, and only AWS's own allows."""
    unread: str = ""
    """Why neither kind is known, a relative clause; "" where they are."""


NOTHING = Above()


class Guardrails:
    """What stands above, of one action on one key."""

    def __init__(self, above: Above, target: KeyTarget, action: str, now: datetime) -> None:
        """`action` in lower case."""
        self._above = above
        self._target = target
        self._action = action
        self._now = now
        self._levels = [(level, list(self._matched(level.policies, allows=True))) for level in above.levels]
        self._denies = [each for level in above.levels for each in self._matched(level.policies, allows=False)]
        guarded = action.startswith(_GUARDED) and target.account_id == above.account_id
        self._guards = guarded and bool(above.unread)
        self._key_denies = list(self._matched(above.resource, allows=False)) if guarded else []

    def request(self, request: Request) -> Value:
        """Whether a request passes all of it: YES, NO, or unknown with what it depends on."""
        own = request.principal.realm == self._above.account_id
        if SERVICE_ROLE in request.principal.arn or not self._above.account_id:
            return YES
        if not own:
            # What stands above their account, and what it grants, is known there.
            passed = both(self.others(), self._denied(self._key_denies, RESOURCE, request))
            return both(passed, unknown(THERE))
        if self._above.unread:
            return self._unread(_SERVICES)
        return both(self._principal(request), self._denied(self._key_denies, RESOURCE, request))

    def others(self) -> Value:
        """Whether those of other accounts pass, but for what `key_denies` says."""
        if self._guards:
            return self._unread(_RESOURCES)
        keys = tuple(
            f"a variable in Resource in {RESOURCE} {name}" for name, each in self._key_denies if not each.covers
        )
        return unknown(*keys) if keys else YES

    def key_denies(self) -> Iterator[ResourceStatement]:
        """Yield what resource control policies deny to everybody, where that doesn't depend on who asks."""
        for _, covering in self._key_denies:
            if covering.covers:
                yield ResourceStatement(statement=covering.statement, principals=frozenset({ANYONE}))

    def _principal(self, request: Request) -> Value:
        passed = self._denied(self._denies, SERVICE, request)
        for level, allows in self._levels:
            if passed.holds is False:
                return NO
            found = either(self._said(each, SERVICE, request) for each in allows)
            if not level.policies:
                # AWS keeps one at each level: what isn't shown may allow.
                found = unknown(f"{_SERVICES} of {level.target}, of which none is shown")
            passed = both(passed, Value(holds=found.holds, keys=found.keys))
        return passed

    def _denied(self, denies: list[tuple[str, Covering]], kind: str, request: Request) -> Value:
        found = either(self._said(each, kind, request) for each in denies)
        if found.holds:
            return NO
        return unknown(*found.keys) if found.holds is None else YES

    def _said(self, each: tuple[str, Covering], kind: str, request: Request) -> Value:
        name, covering = each
        answer = applies(covering, "", request, self._now)
        return Value(holds=answer.holds, keys=tuple(f"{key} in {kind} {name}" for key in answer.keys))

    def _matched(self, policies: tuple[NamedPolicy, ...], *, allows: bool) -> Iterator[tuple[str, Covering]]:
        for policy in policies:
            for statement in policy.statements:
                if statement.allows is allows and about(statement, self._action):
                    covered = covers(statement, self._target.arn)
                    if covered is not False:
                        yield policy.name, Covering(statement, covered)

    def _unread(self, kind: str) -> Value:
        return unknown(f"{kind}, {self._above.unread}")
