"""Whom a key's own policy lets in from outside its account: other accounts, their users and roles, or anybody.

Another account's own policies have a say too, and stand there: so it's UNKNOWN, unless anybody at all may.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import KeyAccess, PrincipalKind, Standing
from offboarding.sources.aws._api.access.values import NO, YES, Value, both, either, unknown
from offboarding.sources.aws._api.policy.conditions import judge, texts
from offboarding.sources.aws._api.policy.statements import ANYONE, ResourceStatement

_PRINCIPAL = re.compile(r"arn:[^:]+:iam::(\d{12}):(user|role)/.+")
_SESSION = re.compile(r"arn:([^:]+):sts::(\d{12}):assumed-role/([^/]+)/.+")
_ACCOUNT = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?")
_ACCOUNT_KEYS = frozenset({"aws:principalaccount", "kms:calleraccount"})
THERE = "that account's own policies"
SESSION_NAME = "the session's name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """Somebody of another account whom a policy names."""

    kind: PrincipalKind
    realm: str
    """"" for anybody."""
    principal: str
    """An ARN, or `*`."""
    by_session: bool = False
    """Known by a session, which doesn't say the path of its role: `principal` is the role's ARN without it."""

    def value(self, key: str) -> str | None:
        """What is known of such a request."""
        if key in {"aws:principalaccount", "kms:calleraccount"}:
            return self.realm or None
        if key == "aws:principalarn" and self.realm and not self.by_session and not self.principal.endswith(":root"):
            return self.principal
        return {"aws:principalisawsservice": "false", "aws:securetransport": "true"}.get(key)

    def lacks(self, key: str) -> bool:
        """What isn't known may be there."""
        del key
        return False

    def variable(self, key: str) -> str | None:
        """The same values."""
        return self.value(key)


def outside(
    whose: tuple[str, str, str],
    action: str,
    policy: Sequence[ResourceStatement],
    now: datetime,
    *,
    carries: bool,
    limits: Value = YES,
) -> Iterator[KeyAccess]:
    """Yield those of other accounts whom statements about this action let in, in the order of their names.

    `whose`: the key's realm, the account that holds it, and the key. `policy`: what its organization denies, too.
    `limits`: whether what stands above may keep them out.
    """
    realm, account_id, key = whose
    # A role that is named itself comes after its session, and takes its place.
    named = sorted(_named(account_id, policy), key=lambda who: (who.realm, who.principal, not who.by_session))
    for who in {(who.realm, who.principal): who for who in named}.values():
        denied = either(_says(one, who, account_id, now) for one in policy if not one.statement.allows)
        allowed = either(_says(one, who, account_id, now) for one in policy if one.statement.allows)
        if denied.holds is None:
            allowed = both(allowed, unknown(*denied.keys))
        if who.realm:
            allowed = both(allowed, unknown(THERE))
        allowed = both(allowed, limits)
        if denied.holds or allowed.holds is False:
            continue
        depends = f"; whether it applies depends on {', '.join(allowed.keys)}" if allowed.keys else ""
        yield KeyAccess(
            realm=realm,
            key=key,
            principal_kind=who.kind,
            principal_realm=who.realm,
            principal=who.principal,
            action=action,
            carries=carries,
            standing=Standing.WORKS if allowed.holds else Standing.UNKNOWN,
            reason=f"{allowed.by}{depends}",
        )


def _named(account_id: str, policy: Sequence[ResourceStatement]) -> Iterator[Outsider]:
    for one in policy:
        if one.statement.allows and not one.all_but_some:
            for name in one.principals:
                who = _outsider(name)
                if who and who.realm != account_id:
                    yield who


def _outsider(name: str) -> Outsider | None:
    if name == ANYONE:
        return Outsider(kind=PrincipalKind.ACCOUNT, realm="", principal=ANYONE)
    if found := _PRINCIPAL.fullmatch(name):
        kind = PrincipalKind.ROLE if found[2] == "role" else PrincipalKind.ACCOUNT
        return Outsider(kind=kind, realm=found[1], principal=name)
    if found := _SESSION.fullmatch(name):
        arn = f"arn:{found[1]}:iam::{found[2]}:role/{found[3]}"
        return Outsider(kind=PrincipalKind.ROLE, realm=found[2], principal=arn, by_session=True)
    if found := _ACCOUNT.fullmatch(name):
        root = name if name.endswith(":root") else f"arn:aws:iam::{found[1]}:root"
        return Outsider(kind=PrincipalKind.ACCOUNT, realm=found[1], principal=root)
    return None


def _says(one: ResourceStatement, who: Outsider, account_id: str, now: datetime) -> Value:
    if one.all_but_some:
        return unknown("NotPrincipal")
    named = _names(one, who)
    if named.holds is False or (not who.realm and _only_own(one, account_id)):
        return NO
    verdict = judge(one.statement, who, now)
    sid = f", statement {one.statement.sid}" if one.statement.sid else ""
    keys = verdict.keys if verdict.holds is None else ()
    return both(named, Value(holds=verdict.holds, by=f"the key's own policy{sid}", keys=keys))


def _names(one: ResourceStatement, who: Outsider) -> Value:
    """Whether a statement is about somebody; a session of theirs that it names need not be the one that asks."""
    whole = who.realm in one.accounts and (who.principal.endswith(":root") or not one.statement.allows)
    if whole or {who.principal, ANYONE} & one.principals:
        return YES
    is_session = who.kind is PrincipalKind.ROLE and (who.realm, who.principal.rpartition("/")[2]) in one.role_sessions
    return unknown(SESSION_NAME) if is_session else NO


def _only_own(one: ResourceStatement, account_id: str) -> bool:
    """Whether a condition keeps everybody out but the account's own."""
    return any(
        operator.lower() in {"stringequals", "stringlike", "stringequalsignorecase"}
        and key.lower() in _ACCOUNT_KEYS
        and set(texts(values)) == {account_id}
        for operator, pairs in one.statement.condition.items()
        for key, values in pairs.items()
    )
