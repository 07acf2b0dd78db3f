"""Which statements are about an action on a resource: patterns with wildcards, NotAction, NotResource, variables.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from offboarding.sources.aws._api.policy.conditions import Asking, expression, filled, matches, texts
from offboarding.sources.aws._api.policy.policies import Statement, statements

_ARN_PARTS = 6
_ACCOUNT = re.compile(r"(?:arn:[^:]+:iam::)?(\d{12})(?::root)?")
_SESSION = re.compile(r"(arn:[^:]+):sts::(\d{12}):assumed-role/([^/]+)/.+")
ANYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceStatement:
    """A statement of a resource's own policy, with whom it names."""

    statement: Statement
    principals: frozenset[str]
    """ARNs, account ids, `*`; ids of the deleted. Services and federated people aren't among them."""
    all_but_some: bool = False
    """NotPrincipal."""

    accounts: frozenset[str] = frozenset()
    """The ids of the accounts that it names as a whole."""
    role_sessions: frozenset[tuple[str, str]] = frozenset()
    """Account and name of the roles of which it names a session."""


def resource_statements(document: Mapping[str, object]) -> tuple[ResourceStatement, ...]:
    """The statements of a resource's policy, parsed from its JSON."""
    listed = document["Statement"]
    several = cast("Iterable[Mapping[str, object]]", (listed,) if isinstance(listed, Mapping) else listed)
    return tuple(
        _resource_statement(one, statement) for one, statement in zip(several, statements(document), strict=True)
    )


def about(statement: Statement, action: str) -> bool:
    """Whether a statement is about an action (in lower case)."""
    if statement.but_actions:
        return not any(_action_matches(action, pattern) for pattern in statement.but_actions)
    return any(_action_matches(action, pattern) for pattern in statement.actions)


def covers(statement: Statement, arn: str) -> bool | None:
    """Whether a statement is about a resource; None: that depends on who asks, by a variable.

    Where it names none at all, it's about the resource that it stands on.
    """
    patterns = statement.but_resources or statement.resources
    if not patterns:
        return True
    fixed = [pattern for pattern in patterns if statement.old or "${" not in pattern]
    named = any(arn_matches(arn, pattern) for pattern in fixed)
    if not named and len(fixed) < len(patterns):
        return None
    return named != bool(statement.but_resources)


def covers_for(statement: Statement, arn: str, who: Asking) -> bool | None:
    """Whether it's about a resource when somebody asks; None: by a variable that isn't known."""
    patterns = [filled(pattern, who) for pattern in statement.but_resources or statement.resources]
    if any(pattern is not None and arn_matches(arn, pattern) for pattern in patterns):
        return not statement.but_resources
    return None if None in patterns else bool(statement.but_resources)


def arn_matches(arn: str, pattern: str) -> bool:
    """Whether a Resource pattern covers an ARN. The ends that an incomplete one lacks are added by AWS."""
    return pattern == ANYONE or _arn_pattern(pattern).fullmatch(arn) is not None


@functools.lru_cache(maxsize=20_000)
def _arn_pattern(pattern: str) -> re.Pattern[str]:
    """A `*` reaches over a colon where it ends a segment, and in the last one."""
    parts = pattern.split(":", _ARN_PARTS - 1)
    parts += ["*"] * (_ARN_PARTS - len(parts)) if parts[0] == "arn" else []
    last = len(parts) - 1
    return re.compile(":".join(_segment(part, whole=place == last) for place, part in enumerate(parts)), re.DOTALL)


def _segment(part: str, *, whole: bool) -> str:
    inner, end = (part[:-1], ".*") if part.endswith("*") else (part, "")
    any_letter = "." if whole else "[^:]"
    return expression(inner, any_letter) + end


@functools.lru_cache(maxsize=20_000)
def _action_matches(action: str, pattern: str) -> bool:
    return matches(action, pattern)


def _resource_statement(one: Mapping[str, object], statement: Statement) -> ResourceStatement:
    principals = frozenset(_principals(one))
    return ResourceStatement(
        statement=statement,
        principals=principals,
        all_but_some="NotPrincipal" in one,
        accounts=frozenset(found[1] for name in principals if (found := _ACCOUNT.fullmatch(name))),
        role_sessions=frozenset((found[2], found[3]) for name in principals if (found := _SESSION.fullmatch(name))),
    )


def _principals(one: Mapping[str, object]) -> Sequence[str]:
    principal = one.get("Principal", one.get("NotPrincipal", {}))
    if isinstance(principal, Mapping):
        return texts(cast("Mapping[str, object]", principal).get("AWS", ()))
    return texts(principal)
