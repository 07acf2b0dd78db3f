"""Whether one statement of a policy matches one concrete request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Context = Mapping[str, Sequence[str]]
"""Values by condition key, in lower case; a key that isn't there is absent from the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read what AWS's pages leave open; an answer is definite only if it is the same for all of them."""

    unresolved_differs: bool
    """A value with an unresolved variable, which nothing equals, satisfies what asks for a difference."""
    star_passes: bool
    """`Principal: "*"` without aws:PrincipalArn grants to a role's session, past the role's boundary."""
    lenient: bool
    """NotPrincipal lets off who is listed without the account, or the session, listed too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    action: str
    resource: str
    context: Context
    names: frozenset[str]
    """What a Principal element may call who asks: the ARN, the id, the session's ARN."""
    account: str
    role: bool
    bounded: bool = False
    reading: Reading


def listed(value: object) -> list[str]:
    """A value or a list of them."""
    several = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in several]


def is_like(text: str, pattern: str) -> bool:
    """`*` is any text, `?` any character."""
    parts = ({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def matches(statement: Mapping[str, Any], asked: Asked, *, variables: bool) -> bool:
    """Whether it's about this action, this resource, and all of its conditions hold."""
    return (
        _is_about(statement, asked)
        and _covers(statement, asked, variables)
        and all(
            _holds(operator, key, listed(values), asked, variables)
            for operator, pairs in statement.get("Condition", {}).items()
            for key, values in pairs.items()
        )
    )


def _is_about(statement: Mapping[str, Any], asked: Asked) -> bool:
    found = any(
        is_like(asked.action.lower(), one.lower())
        for one in listed(statement.get("Action", statement.get("NotAction")))
    )
    return found if "Action" in statement else not found


def _covers(statement: Mapping[str, Any], asked: Asked, variables: bool) -> bool:
    patterns = [
        _filled(one, asked, variables) for one in listed(statement.get("Resource", statement.get("NotResource")))
    ]
    found = any(one is not None and (one == "*" or is_like(asked.resource, one)) for one in patterns)
    if "Resource" in statement:
        return found
    return not found and (asked.reading.unresolved_differs or None not in patterns)


def _filled(text: str, asked: Asked, variables: bool) -> str | None:
    """With its variables; None: one has no value."""
    for whole, key, default in re.findall(r"(\$\{([^},]*)(?:,([^}]*))?\})", text) if variables else ():
        have = asked.context.get(key.strip().lower(), ())
        if len(have) != 1 and (have or not default):
            return None
        text = text.replace(whole, have[0] if have else default.strip().strip("'"))
    return text


def _holds(operator: str, key: str, values: list[str], asked: Asked, variables: bool) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    have = asked.context.get(key.lower(), ())
    quantifier, _, plain = operator.rpartition(":")
    plain, if_exists = plain.removesuffix("IfExists"), plain.endswith("IfExists")
    if plain == "Null":
        return ("true" if not have else "false") in values
    if not have:
        if quantifier:
            return quantifier == "ForAllValues"
        return if_exists or "Not" in plain
    wanted = [_filled(one, asked, variables) for one in values]
    compare = _COMPARISONS[plain.replace("Not", "")]
    found = [any(one is not None and compare(value, one) for one in wanted) for value in have]
    if "Not" in plain:
        found = [not each and (asked.reading.unresolved_differs or None not in wanted) for each in found]
    return any(found) if quantifier == "ForAnyValue" else all(found)


def _arn_is_like(text: str, pattern: str) -> bool:
    parts, patterns = text.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(is_like, parts, patterns))


_COMPARISONS = {
    "StringEquals": lambda text, value: text == value,
    "StringEqualsIgnoreCase": lambda text, value: text.lower() == value.lower(),
    "StringLike": is_like,
    "ArnEquals": _arn_is_like,
    "ArnLike": _arn_is_like,
    "Bool": lambda text, value: text.lower() == value.lower(),
}
