"""Conditions of a policy, as far as they can be judged from here: three values.

What a request brings along (address, MFA, external id, session tags) is unknown. What the user is, is known, and so is
the time. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, cast

from offboarding.model.days import epoch_moment

Condition = Mapping[str, Mapping[str, object]]
"""Operator to key to value or values, as a policy holds them."""

IDENTITY_KEYS = frozenset({"aws:principalarn", "aws:userid", "aws:username"})
"""Keys by which a condition can say who is meant."""
_TIME_KEYS = frozenset({"aws:currenttime", "aws:epochtime"})
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class Asking(Protocol):
    """A request, as condition keys see it. Keys come in lower case."""

    def value(self, key: str) -> str | None:
        """What it says under a key; None: unknown, or it `lacks` it."""
        ...

    def lacks(self, key: str) -> bool:
        """Whether it's known to say nothing under a key."""
        ...

    def variable(self, key: str) -> str | None:
        """What a policy variable stands for in it; None: unknown."""
        ...


class Conditional(Protocol):
    """A statement of a policy, as far as its conditions go."""

    @property
    def allows(self) -> bool:
        """Whether it is an Allow."""
        ...

    @property
    def condition(self) -> Condition:
        """All of its conditions."""
        ...

    @property
    def old(self) -> bool:
        """Whether its policy is of the language's version from 2008, which has no variables."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The user that would ask, as condition keys see it."""

    arn: str
    user_id: str = ""
    """"" where it isn't known (another account's user)."""

    @property
    def account_id(self) -> str:
        """Of the user's account."""
        return self.arn.split(":")[4]

    @property
    def name(self) -> str:
        """The user name, without its path."""
        return self.arn.rpartition("/")[2]

    def value(self, key: str) -> str | None:
        """What a request of this user with its own long-lived key says under a key (in lower case); None: unknown."""
        known = {
            "aws:principalarn": self.arn,
            "aws:principalaccount": self.account_id,
            "aws:principaltype": "User",
            "aws:principalisawsservice": "false",
            "aws:username": self.name,
            "aws:userid": self.user_id or None,
        }
        return known.get(key)

    def lacks(self, key: str) -> bool:
        """What isn't known may be there."""
        del key
        return False

    def variable(self, key: str) -> str | None:
        """The same values."""
        return self.value(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionResult:
    """Whether conditions hold; None: it can't be told, because of `keys`."""

    holds: bool | None
    keys: tuple[str, ...] = ()
    """As the policy writes them: those that don't hold, or couldn't be judged."""


def judge(statement: Conditional, who: Asking, now: datetime) -> ConditionResult:
    """Whether all of a statement's conditions hold for a request.

    What will let somebody in later though it doesn't now (an Allow that begins, a Deny that ends) is not known to be
    dead.
    """
    unknown: list[str] = []
    for operator, pairs in statement.condition.items():
        for key, values in pairs.items():
            holds = _holds(operator.lower(), key.lower(), texts(values), who, now, statement)
            if holds is False:
                return ConditionResult(holds=False, keys=(key,))
            if holds is None:
                unknown.append(key)
    return ConditionResult(holds=None, keys=tuple(sorted(unknown))) if unknown else ConditionResult(holds=True)


def identity_part(condition: Condition) -> Condition:
    """The conditions that say who is meant, and not who isn't."""
    parts = {
        operator: {key: values for key, values in pairs.items() if key.lower() in IDENTITY_KEYS}
        for operator, pairs in condition.items()
        if _of_one_value(operator.lower()) in _MATCHES
    }
    return {operator: pairs for operator, pairs in parts.items() if pairs}


def picks_by_arn(condition: Condition) -> bool:
    """Whether a condition says who is meant by aws:PrincipalArn."""
    return any(key.lower() == "aws:principalarn" for pairs in identity_part(condition).values() for key in pairs)


def named_values(condition: Condition) -> frozenset[str]:
    """The ARNs, ids and names in conditions that say who is meant, patterns left out."""
    named = (text for pairs in identity_part(condition).values() for values in pairs.values() for text in texts(values))
    return frozenset(text for text in named if not set(text) & set("*?$"))


def texts(item: object) -> tuple[str, ...]:
    """A value or a list of them, as strings; policies may write true and 1 without quotes."""
    several = cast("Iterable[object]", item) if isinstance(item, Sequence) and not isinstance(item, str) else (item,)
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in several)


def _holds(
    operator: str, key: str, wanted: Sequence[str], who: Asking, now: datetime, statement: Conditional
) -> bool | None:
    if who.lacks(key):
        return _holds_without(operator, wanted)
    operator = _of_one_value(operator)
    if key in _TIME_KEYS:
        return _time_holds(operator, wanted, now, allows=statement.allows)
    have = who.value(key)
    values = wanted if statement.old else [filled(one, who) for one in wanted]
    return None if have is None else _compared(operator, have, values)


def _of_one_value(operator: str) -> str:
    """The operator (in lower case) for a key that a request has, once: any and all of its values are the same."""
    return operator.removeprefix("foranyvalue:").removeprefix("forallvalues:").removesuffix("ifexists")


def _compared(operator: str, have: str, values: Sequence[str | None]) -> bool | None:
    """Whether it holds for a value; None among `values`: one that a variable leaves unknown."""
    if operator == "null":
        return any(value is not None and value.lower() == "false" for value in values)
    if operator.startswith("arn"):
        # What a pattern of fewer parts than an ARN's six covers is not documented.
        values = [value if value and value.count(":") >= 5 else None for value in values]
    if match := _MATCHES.get(operator):
        return _any_matches(match, have, values)
    if match := _MATCHES.get(operator.replace("not", "", 1)):
        found = _any_matches(match, have, values)
        return None if found is None else not found
    return None


def _any_matches(match: Callable[[str, str], bool], have: str, values: Sequence[str | None]) -> bool | None:
    if any(match(have, value) for value in values if value is not None):
        return True
    return None if None in values else False


def _holds_without(operator: str, values: Sequence[str]) -> bool:
    """Where the request has no such key: what says *not* holds, and what says *if it exists*, but for ForAnyValue.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    https://repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w/foranyvalue-stringequalsifexists-behaving-unexpectedly
    """
    if operator.startswith("foranyvalue:"):
        return False
    if operator == "null":
        return "true" in {value.lower() for value in values}
    return operator.endswith("ifexists") or operator.startswith("forallvalues:") or "not" in operator


def _time_holds(operator: str, values: Sequence[str], now: datetime, *, allows: bool) -> bool | None:
    """Whether the time is right, for good."""
    moments = [_moment(value) for value in values]
    if None in moments or not operator.startswith(("dateless", "dategreater", "numericless", "numericgreater")):
        return None
    bounds = [moment for moment in moments if moment is not None]
    until = "less" in operator
    holds = any(now < bound if until else now > bound for bound in bounds)
    lets_in_later = (allows and not until and not holds) or (not allows and until and holds)
    return None if lets_in_later else holds


def _moment(text: str) -> datetime | None:
    try:
        if text.isdigit():
            return epoch_moment(int(text))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def matches(text: str, pattern: str) -> bool:
    """Whether a pattern of IAM's, with `*` and `?`, covers a text."""
    return re.fullmatch(expression(pattern), text, re.DOTALL) is not None


def expression(pattern: str, any_letter: str = ".") -> str:
    """The regular expression of such a pattern. What stands between two `*` is taken where it comes first, and no other
    place is tried: a policy of twenty of them would take years.
    """
    first, *others = (re.escape(fixed).replace(r"\?", any_letter) for fixed in pattern.split("*"))
    if not others:
        return first
    between = "".join(f"(?>{any_letter}*?{fixed})" for fixed in others[:-1])
    return f"{first}{between}{any_letter}*{others[-1]}"


def filled(text: str, who: Asking) -> str | None:
    """A value with its policy variables filled in; None where one of them isn't known.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if "${" not in text:
        return text
    values = [_variable(name, who) for name in _VARIABLE.findall(text)]
    if None in values:
        return None
    rest = iter(values)
    return _VARIABLE.sub(lambda _found: next(rest) or "", text)


def _variable(name: str, who: Asking) -> str | None:
    """The value of `key` or of `key, 'default'`."""
    key, _, default = name.partition(",")
    key, default = key.strip().lower(), default.strip()
    if who.lacks(key) and default.startswith("'") and default.endswith("'"):
        return default[1:-1]
    return who.variable(key)


def _arn_matches(text: str, pattern: str) -> bool:
    """Each of an ARN's six parts by itself: a `*` doesn't reach over a colon."""
    parts, patterns = text.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(matches, parts, patterns))


def _same(text: str, value: str) -> bool:
    return text == value


def _same_letters(text: str, value: str) -> bool:
    return text.lower() == value.lower()


_MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "stringequals": _same,
    "stringequalsignorecase": _same_letters,
    "stringlike": matches,
    "arnequals": _arn_matches,
    "arnlike": _arn_matches,
    "bool": _same_letters,
}
