"""Who may reach a key: identity policies, the key's own policy, boundaries and what the organization takes away,
evaluated in three values.

An explicit deny wins. What a request would have to bring along (MFA, an address, an encryption context) makes it
UNKNOWN, never a yes (docs/decisions/0076-who-may-reach-a-key.md).
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from offboarding.model import KeyAccess, PrincipalKind, Standing
from offboarding.sources.aws._api.access.above import NOTHING, Above, Guardrails
from offboarding.sources.aws._api.access.applying import applies
from offboarding.sources.aws._api.access.book import Book, Covering
from offboarding.sources.aws._api.access.outside import SESSION_NAME, outside
from offboarding.sources.aws._api.access.principals import AppliedPolicy, Principal, Principals
from offboarding.sources.aws._api.access.target import KeyTarget, Request
from offboarding.sources.aws._api.access.values import NO, YES, Value, both, either, unknown
from offboarding.sources.aws._api.policy.conditions import picks_by_arn
from offboarding.sources.aws._api.policy.policies import NamedPolicy, Statement
from offboarding.sources.aws._api.policy.statements import ANYONE, ResourceStatement, about, covers

__all__ = ["KeyTarget", "key_access", "key_access_by_grant"]


def key_access(
    principals: Principals, targets: Iterable[KeyTarget], now: datetime, *, above: Above = NOTHING
) -> Iterator[KeyAccess]:
    """Yield who may do what with each key, in the order of the targets, their actions, and the principals.

    Nobody who may not is yielded. `above`: what the account's organization takes away.
    """
    book = Book(principals)
    for target in targets:
        for action, carries in target.actions.items():
            reach = _EffectiveAccess(book, target, action, now, above)
            for principal, value in reach.inside():
                yield _row(target, action, principal, value)
            whose = (target.realm, target.account_id, target.key)
            said = (*reach.own_policy, *reach.limits.key_denies())
            yield from outside(whose, action, said, now, carries=carries, limits=reach.limits.others())


def key_access_by_grant(
    principal: Principal, target: KeyTarget, actions: Iterable[str], given: Value, now: datetime, *, above: Above
) -> Iterator[KeyAccess]:
    """Yield what a grant on a key gives to somebody of any account, as far as the organization leaves it."""
    organization_id = above.organization_id if principal.realm == above.account_id else None
    request = Request(principal, target, organization_id)
    for action in actions:
        value = both(given, Guardrails(above, target, action.lower(), now).request(request))
        if value.holds is not False:
            yield _row(target, action, principal, value)


def _row(target: KeyTarget, action: str, principal: Principal, value: Value) -> KeyAccess:
    depends = f"; whether it applies depends on {', '.join(value.keys)}" if value.holds is None else ""
    return KeyAccess(
        realm=target.realm,
        key=target.key,
        principal_kind=principal.kind,
        principal_realm=principal.realm,
        principal=principal.native_id,
        action=action,
        carries=target.actions[action],
        standing=Standing.WORKS if value.holds else Standing.UNKNOWN,
        reason=f"{value.by}{depends}",
    )


class _EffectiveAccess:
    """One action on one key."""

    def __init__(self, book: Book, target: KeyTarget, action: str, now: datetime, above: Above) -> None:
        self._book = book
        self._above = above
        self.limits = Guardrails(above, target, action.lower(), now)
        self._target = target
        self._action = action.lower()
        self._now = now
        self._matched: dict[int, Sequence[Covering]] = {}
        policy = target.policy or ()
        self.own_policy = tuple(one for one in policy if self._concerns(one.statement))
        self._needs = [
            _EffectiveAccess(book, needed, next(iter(needed.actions)), now, above) for needed in target.needs
        ]

    def inside(self) -> Iterator[tuple[Principal, Value]]:
        """Yield the account's own principals that may, or of whom it can't be told.

        Statements are matched first, and only whom they concern is looked at.
        """
        everybody = self._book.everybody
        chosen = {place for policy in self._book.about(self._action) for place in self._holders(policy)}
        if any(one.statement.allows for one in self.own_policy):
            chosen |= {place for place, principal in enumerate(everybody) if self._is_named(principal)}
        for place in sorted(chosen):
            value = self.value(everybody[place])
            if value.holds is not False:
                yield everybody[place], value

    def value(self, principal: Principal) -> Value:
        """Whether one principal may."""
        request = Request(principal, self._target, self._above.organization_id)
        denied = either(
            applies(covering, "", request, self._now)
            for policy in (*(each.policy for each in principal.granted), *_bounds(principal))
            for covering in self._statements(policy)
            if not covering.statement.allows
        )
        own = either(self._says(one, principal, request) for one in self.own_policy if not one.statement.allows)
        if denied.holds or own.holds:
            return NO
        allowed = self._allowed(principal, request)
        for doubt in (denied, own):
            if doubt.holds is None:
                allowed = both(allowed, unknown(*doubt.keys))
        if allowed.holds is not False:
            allowed = both(allowed, self.limits.request(request))
        for needed in self._needs:
            if allowed.holds is not False:
                also = needed.value(principal)
                allowed = both(allowed, Value(holds=also.holds, keys=also.keys))
        return allowed

    def _allowed(self, principal: Principal, request: Request) -> Value:
        identity = both(
            either(
                applies(covering, _named(each, covering.statement), request, self._now)
                for each in principal.granted
                for covering in self._statements(each.policy)
                if covering.statement.allows
            ),
            self._bound(principal, request),
        )
        direct = either(
            both(self._says(one, principal, request), self._left(one, principal, request))
            for one in self.own_policy
            if one.statement.allows
        )
        if not self._target.policy_rules:
            unread = unknown("the key's own policy, which couldn't be read") if self._target.policy is None else YES
            # What it denies can't be seen.
            return both(either((identity, direct)), unread)
        if self._target.policy is None:
            return both(identity, unknown("the key's own policy, which couldn't be read"))
        return either((direct, both(identity, self._handed_over(request))))

    def _bound(self, principal: Principal, request: Request) -> Value:
        """What the boundary leaves of what identity policies grant."""
        if not principal.bounded:
            return YES
        if principal.boundary is None:
            return unknown("a permissions boundary, which couldn't be read")
        return either(
            applies(covering, "", request, self._now)
            for covering in self._statements(principal.boundary)
            if covering.statement.allows
        )

    def _left(self, one: ResourceStatement, principal: Principal, request: Request) -> Value:
        """What the boundary leaves of a grant in the key's own policy: of one to a user all, of one to a role what the
        boundary allows. A role's session that is named, or meant by `*` with aws:PrincipalArn, passes it.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        """
        if principal.kind is not PrincipalKind.ROLE or not principal.bounded or one.all_but_some:
            return YES
        bound = self._bound(principal, request)
        if ANYONE in one.principals:
            return YES if picks_by_arn(one.statement.condition) else either((bound, unknown("a permissions boundary")))
        if self._names_session(one, principal):
            return either((bound, unknown(SESSION_NAME)))
        return bound

    def _says(self, one: ResourceStatement, principal: Principal, request: Request) -> Value:
        """What a statement of the key's own policy says of a principal directly."""
        covering = self._covering(one.statement)
        return both(self._names(one, principal), applies(covering, _own_name(one), request, self._now))

    def _handed_over(self, request: Request) -> Value:
        """Whether the key's policy lets the account's identity policies decide."""
        return either(
            applies(self._covering(one.statement), "which the key's policy lets decide", request, self._now)
            for one in self.own_policy
            if one.statement.allows and self._target.account_id in one.accounts
        )

    def _names(self, one: ResourceStatement, principal: Principal) -> Value:
        exact = bool(one.principals & {principal.arn, principal.user_id} - {""})
        by_session = self._names_session(one, principal)
        if one.all_but_some:
            return self._all_but(one, principal, listed=exact or by_session)
        # To deny an account is to deny everybody in it; to allow it only hands over.
        whole = principal.realm in one.accounts and (not one.statement.allows or principal.is_root)
        if exact or whole or ANYONE in one.principals:
            return YES
        return unknown(SESSION_NAME) if by_session and principal.kind is PrincipalKind.ROLE else NO

    def _names_session(self, one: ResourceStatement, principal: Principal) -> bool:
        return (principal.realm, principal.arn.rpartition("/")[2]) in one.role_sessions

    def _all_but(self, one: ResourceStatement, principal: Principal, *, listed: bool) -> Value:
        """NotPrincipal: to deny everybody but some is documented; to allow so isn't advised, and isn't judged here.

        Whoever has a boundary is denied in any case. A user is let off if the account is named too, a role if its
        session is. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        if one.statement.allows:
            return unknown("NotPrincipal")
        own_account = principal.realm in one.accounts
        if principal.bounded or not (listed or (principal.is_root and own_account)):
            return YES
        is_user = principal.kind is PrincipalKind.ACCOUNT
        return NO if is_user and own_account else unknown("NotPrincipal")

    def _is_named(self, principal: Principal) -> bool:
        return any(one.statement.allows and self._names(one, principal).holds is not False for one in self.own_policy)

    def _holders(self, policy: NamedPolicy) -> Sequence[int]:
        """The places of those to whom a policy allows this."""
        allows = any(covering.statement.allows for covering in self._statements(policy))
        return self._book.holders(policy) if allows else ()

    def _statements(self, policy: NamedPolicy) -> Sequence[Covering]:
        """Those of a policy that are about this action on this key."""
        found = self._matched.get(id(policy))
        if found is None:
            about = self._book.statements(policy, self._action)
            found = [each for each in map(self._covering, about) if each.covers is not False]
            self._matched[id(policy)] = found
        return found

    def _covering(self, statement: Statement) -> Covering:
        return Covering(statement, covers(statement, self._target.arn))

    def _concerns(self, statement: Statement) -> bool:
        return about(statement, self._action) and covers(statement, self._target.arn) is not False


def _bounds(principal: Principal) -> tuple[NamedPolicy, ...]:
    return (principal.boundary,) if principal.boundary else ()


def _named(granted: AppliedPolicy, statement: Statement) -> str:
    sid = f", statement {statement.sid}" if statement.sid else ""
    return f"policy {granted.policy.name}{granted.through}{sid}"


def _own_name(one: ResourceStatement) -> str:
    sid = f", statement {one.statement.sid}" if one.statement.sid else ""
    return f"the key's own policy{sid}"
