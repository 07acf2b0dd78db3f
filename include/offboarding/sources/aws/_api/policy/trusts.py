"""Roles that let a user of IAM take them on: by name in their trust policy, or by a condition that says who is meant.

What is judged is the trust policy. A user of another account needs leave from that account's policies as well, which
stand there. Who comes through SAML, OIDC or a service isn't a user.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from offboarding.model import Standing, Trust
from offboarding.sources.aws._api.policy.conditions import (
    Condition,
    ConditionResult,
    Who,
    identity_part,
    judge,
    matches,
    named_values,
    texts,
)
from offboarding.sources.aws._api.policy.policies import VERSION, Attached, Grants, NamedPolicy, privilege

ASSUME = "sts:assumerole"
ANYONE = "*"
_USER = re.compile(r"arn:[^:]+:iam::\d{12}:user/[^*?]+")
_USER_ID = re.compile(r"AIDA[A-Z0-9]+")
_ROOT = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?")
_CENTER_PROVIDER = "saml-provider/AWSSSO_"
"""The provider that Identity Center makes in each account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IamRole:
    """A role as the authorization details show it."""

    role_id: str
    arn: str
    trust: Mapping[str, Any] = field(repr=False)
    """The trust policy's document."""
    grants: Grants
    boundary: Attached | None = None
    """The permissions boundary, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStatement:
    """A statement about who may take a role on; those about other actions are left out."""

    allows: bool
    principals: frozenset[str]
    """User ARNs, user ids, account ids, `*`; others aren't users. Empty with NotPrincipal."""
    all_but_some: bool
    """NotPrincipal."""
    condition: Condition = field(repr=False)
    old: bool
    """Of the language's version from 2008, in which `${aws:username}` is no variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustReader:
    """Turns an account's roles into facts."""

    realm: str
    roles: Mapping[str, IamRole] = field(repr=False)
    """By RoleId."""
    users: Mapping[str, str] = field(repr=False)
    """ARN by UserId, of this account."""
    policies: Mapping[str, NamedPolicy]
    privileged_names: Sequence[str]
    now: datetime

    def facts(self) -> Iterator[Trust]:
        """Yield each role with each user that it names, in the order of their ids."""
        for role in sorted(self.roles.values(), key=lambda role: role.role_id):
            statements = trust_statements(role.trust)
            power = privilege(role.grants, [], self.policies, self.privileged_names)
            for principal in sorted(self._named(statements)):
                standing, reason = self._verdict(statements, principal)
                yield Trust(
                    realm=self.realm,
                    native_id=role.role_id,
                    label=role.arn,
                    principal_realm="" if _USER_ID.fullmatch(principal) else principal.split(":")[4],
                    principal=principal,
                    standing=standing,
                    standing_reason=reason,
                    privileged=power.holds,
                    privileged_by=power.by,
                )

    def _named(self, statements: Iterable[TrustStatement]) -> set[str]:
        """ARNs of users, and the ids of those that were deleted."""
        found: set[str] = set()
        for statement in statements:
            if statement.allows:
                found |= {self._arn(name) for name in statement.principals if _is_user(name)}
                found |= set(self._meant(statement))
        return found

    def _meant(self, statement: TrustStatement) -> Iterator[str]:
        """Users that a condition picks by name out of a whole account, or of everybody; a pattern names nobody."""
        names = named_values(statement.condition)
        identity = replace(statement, condition=identity_part(statement.condition))
        own = (Who(arn=arn, user_id=user_id) for user_id, arn in self.users.items())
        foreign = (Who(arn=name) for name in names if _USER.fullmatch(name) and name.split(":")[4] != self.realm)
        for who in (*(who for who in own if names & {who.arn, who.name, who.user_id}), *foreign):
            if _delegates_to(statement, who) and judge(identity, who, self.now).holds:
                yield who.arn

    def _arn(self, principal: str) -> str:
        """AWS shows a user that it has by its ARN, and one that was deleted by its id."""
        return self.users.get(principal, principal)

    def _verdict(self, statements: Sequence[TrustStatement], principal: str) -> tuple[Standing, str]:
        if _USER_ID.fullmatch(principal):
            return Standing.DEAD, "the trust policy names a user that was deleted; one made anew is not that user"
        ids = {arn: user_id for user_id, arn in self.users.items()}
        who = Who(arn=principal, user_id=ids.get(principal, ""))
        allowed = _any_of(self._applies(statement, who) for statement in statements if statement.allows)
        denied = _any_of(self._applies(statement, who) for statement in statements if not statement.allows)
        if denied.holds:
            return Standing.DEAD, "the trust policy names the user, and denies it"
        if allowed.holds is False:
            return Standing.DEAD, f"the trust policy names the user on a condition that doesn't hold: {_list(allowed)}"
        if denied.holds is None or allowed.holds is None:
            keys = _list(ConditionResult(holds=None, keys=(*allowed.keys, *denied.keys)))
            return Standing.UNKNOWN, f"the trust policy names the user; whether it lets the user in depends on {keys}"
        abroad = "" if who.account_id == self.realm else ", of another account, whose own policies have a say too"
        return Standing.WORKS, f"the trust policy names the user{abroad}"

    def _applies(self, statement: TrustStatement, who: Who) -> ConditionResult:
        """Whether a statement is about this user now."""
        if statement.all_but_some:
            return ConditionResult(holds=None, keys=("NotPrincipal",))
        directly = bool(statement.principals & {who.arn, who.user_id} - {""})
        if not directly and not _delegates_to(statement, who):
            return ConditionResult(holds=False)
        verdict = judge(statement, who, self.now)
        if verdict.holds and statement.allows and not directly:
            # An account that is trusted as a whole still decides itself which of its users may.
            return ConditionResult(holds=None, keys=("the user's own policies",))
        return verdict


def trust_statements(document: Mapping[str, Any]) -> tuple[TrustStatement, ...]:
    """The statements about sts:AssumeRole; a single one may stand without a list."""
    listed = cast("object", document["Statement"])
    several = cast("Iterable[Mapping[str, Any]]", (listed,) if isinstance(listed, Mapping) else listed)
    old = document.get("Version") != VERSION
    return tuple(_statement(one, old=old) for one in several if _lets_assume(one))


def saml_providers(roles: Iterable[IamRole]) -> frozenset[str]:
    """The SAML providers that roles let people in by, Identity Center's own left out."""
    names: set[str] = set()
    for role in roles:
        listed = cast("object", role.trust["Statement"])
        several = cast("Iterable[Mapping[str, Any]]", (listed,) if isinstance(listed, Mapping) else listed)
        for statement in several:
            principal = statement.get("Principal")
            if isinstance(principal, Mapping) and statement["Effect"] == "Allow":
                names |= set(texts(cast("Mapping[str, object]", principal).get("Federated", ())))
    return frozenset(name for name in names if ":saml-provider/" in name and _CENTER_PROVIDER not in name)


def _lets_assume(statement: Mapping[str, Any]) -> bool:
    if "NotAction" in statement:
        return not any(matches(ASSUME, action.lower()) for action in texts(statement["NotAction"]))
    return any(matches(ASSUME, action.lower()) for action in texts(statement.get("Action", ())))


def _statement(one: Mapping[str, Any], *, old: bool) -> TrustStatement:
    principal = cast("object", one.get("Principal", {}))
    principals = (ANYONE,) if principal == ANYONE else texts(cast("Mapping[str, object]", principal).get("AWS", ()))
    return TrustStatement(
        allows=one["Effect"] == "Allow",
        principals=frozenset(principals),
        all_but_some="NotPrincipal" in one,
        condition=one.get("Condition") or {},
        old=old,
    )


def _is_user(principal: str) -> bool:
    return bool(_USER.fullmatch(principal) or _USER_ID.fullmatch(principal))


def _delegates_to(statement: TrustStatement, who: Who) -> bool:
    """Whether a statement names the user's whole account, or everybody."""
    accounts = {found[1] for principal in statement.principals if (found := _ROOT.fullmatch(principal))}
    return ANYONE in statement.principals or who.account_id in accounts


def _any_of(judgements: Iterable[ConditionResult]) -> ConditionResult:
    every = list(judgements)
    if any(one.holds for one in every):
        return ConditionResult(holds=True)
    unknown = tuple(key for one in every if one.holds is None for key in one.keys)
    if unknown:
        return ConditionResult(holds=None, keys=unknown)
    return ConditionResult(holds=False, keys=tuple(key for one in every for key in one.keys))


def _list(judgement: ConditionResult) -> str:
    return ", ".join(sorted(set(judgement.keys)))
