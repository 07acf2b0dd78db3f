"""Who is privileged, and who is denied everything, by the policies that the authorization details show.

This is no evaluation of IAM policies: it knows the few statements that settle the matter by themselves.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import cast

from offboarding.model import Effect
from offboarding.sources.aws._api.policy.conditions import Condition

VERSION = "2012-10-17"
"""Of the policy language: the one that has variables."""
_EVERYTHING = frozenset({"*", "*:*"})
_ADMINISTERS = _EVERYTHING | {"iam:*"}
"""Who may do everything to IAM may give himself the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement of a policy, as far as it matters here."""

    allows: bool
    actions: frozenset[str]
    """In lower case; empty with NotAction, which never settles anything here."""
    resources: frozenset[str]
    conditional: bool
    but_actions: frozenset[str] = frozenset()
    """NotAction, in lower case: all but these."""
    but_resources: frozenset[str] = frozenset()
    """NotResource."""
    condition: Condition = field(default_factory=dict[str, Mapping[str, object]], repr=False, hash=False)
    sid: str = ""
    old: bool = False
    """Of the language's version from 2008, in which `${aws:username}` is no variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPolicy:
    """An inline or customer managed policy with its text."""

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A managed policy by name; its text is elsewhere."""

    name: str
    arn: str

    @property
    def by_aws(self) -> bool:
        """One of AWS's own, which are known by name and whose text isn't read."""
        return self.arn.split(":")[4] == "aws"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What is granted to a user or a group itself."""

    inline: tuple[NamedPolicy, ...]
    attached: tuple[Attached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege:
    """Whether somebody is privileged, and by what; `holds` None: it couldn't be told."""

    holds: bool | None
    by: str = ""


def statements(document: object) -> tuple[Statement, ...]:
    """The statements of a policy document as boto3 gives it; a single one may stand without a list."""
    read = cast("Mapping[str, object]", document)
    listed = read["Statement"]
    several = cast("Iterable[Mapping[str, object]]", (listed,) if isinstance(listed, Mapping) else listed)
    return tuple(_statement(one, old=read.get("Version") != VERSION) for one in several)


def privilege(
    own: Grants,
    through: Sequence[tuple[str, Grants | None]],
    policies: Mapping[str, NamedPolicy],
    names: Sequence[str],
) -> Privilege:
    """Whether a user is privileged: by a configured name, or by a statement that allows everything, or all of IAM.

    `through` are the user's groups by name, `names` shell patterns of policies and groups. A condition on the statement
    doesn't clear it: whether it holds is not ours to say.
    """
    unknown = False
    for where, grants in (("", own), *((f" of group {name}", grants) for name, grants in through)):
        if grants is None:
            unknown = True
            continue
        for name, text in _texts(grants, policies):
            if _named(name, names) or any(_administers(statement) for statement in text or ()):
                return Privilege(holds=True, by=f"policy {name}{where}")
            unknown |= text is None
    if group := next((name for name, _ in through if _named(name, names)), ""):
        return Privilege(holds=True, by=f"group {group}")
    return Privilege(holds=None if unknown else False)


def effect(own: Grants, policies: Mapping[str, NamedPolicy], boundary: Attached | None = None) -> Effect:
    """CONTAINED where the user itself is denied everything, unconditionally; AWS's quarantine policies are not that.

    A permissions boundary contains by such a deny alone. One that merely allows little doesn't: what another policy
    (a bucket's, a key's) grants to the user by name passes it. Service control policies aren't looked at here, so they
    lower nothing. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    bounds = _texts(Grants(inline=(), attached=(boundary,)), policies) if boundary else ()
    if any(_denies_all(statement) for _name, text in bounds for statement in text or ()):
        return Effect.CONTAINED
    unknown = False
    for _name, text in _texts(own, policies):
        if any(_denies_all(statement) for statement in text or ()):
            return Effect.CONTAINED
        unknown |= text is None
    return Effect.UNKNOWN if unknown else Effect.FULL


def _texts(grants: Grants, policies: Mapping[str, NamedPolicy]) -> Iterator[tuple[str, tuple[Statement, ...] | None]]:
    """Name and statements of each policy; None where the text of a customer's own could not be read."""
    for policy in grants.inline:
        yield policy.name, policy.statements
    for attached in grants.attached:
        if attached.by_aws:
            yield attached.name, _BY_AWS.get(attached.name, ())
        else:
            policy = policies.get(attached.arn)
            yield attached.name, policy.statements if policy else None


def _named(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _administers(statement: Statement) -> bool:
    return statement.allows and bool(statement.actions & _ADMINISTERS) and "*" in statement.resources


def _denies_all(statement: Statement) -> bool:
    everything = bool(statement.actions & _EVERYTHING) and "*" in statement.resources
    return everything and not statement.allows and not statement.conditional


def _statement(one: Mapping[str, object], *, old: bool) -> Statement:
    return Statement(
        allows=one["Effect"] == "Allow",
        actions=frozenset(action.lower() for action in _strings(one.get("Action", ()))),
        resources=frozenset(_strings(one.get("Resource", ()))),
        conditional=bool(one.get("Condition")),
        but_actions=frozenset(action.lower() for action in _strings(one.get("NotAction", ()))),
        but_resources=frozenset(_strings(one.get("NotResource", ()))),
        condition=cast("Condition", one.get("Condition") or {}),
        sid=str(one.get("Sid", "")),
        old=old,
    )


def _strings(value: object) -> Iterable[str]:
    return (value,) if isinstance(value, str) else cast("Iterable[str]", value)


_ALL = frozenset({"*"})
_BY_AWS: Mapping[str, tuple[Statement, ...]] = {
    "AdministratorAccess": (Statement(allows=True, actions=_ALL, resources=_ALL, conditional=False),),
    "IAMFullAccess": (Statement(allows=True, actions=frozenset({"iam:*"}), resources=_ALL, conditional=False),),
    "AWSDenyAll": (Statement(allows=False, actions=_ALL, resources=_ALL, conditional=False),),
}
"""AWS's own policies whose text settles the matter, as AWS publishes it; the others are known by their names alone:
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html"""
