"""AWS's decision on one concrete request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.systems.aws.deciding_again.matching import Asked, listed, matches

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """All that has a say."""

    identity: Sequence[Document]
    boundary: Document | None
    own: Document | None
    """The resource's own."""
    control: Document | None = None
    """A service control policy, the only one of its level."""
    own_rules: bool
    """A KMS key: its own policy must allow, or hand over to the account."""
    account: str
    """Whose resource it is."""
    leave: bool = field(default=False)
    """Another account's policies allow everything: what is left to the resource's own."""


def may(policies: Policies, asked: Asked) -> bool:
    """Whether AWS lets the request through."""
    documents = [*policies.identity, *(one for one in (policies.boundary, policies.control) if one)]
    if any(_matched(one, asked, "Deny") for one in documents) or _own_denies(policies, asked):
        return False
    if policies.control and not _matched(policies.control, asked, "Allow"):
        return False
    bounded = policies.boundary is None or _matched(policies.boundary, asked, "Allow")
    if asked.account != policies.account:
        return policies.leave and any(_own_allows(policies, asked))
    direct = any(passes or bounded for passes in _own_grants(policies, asked))
    identity = bounded and any(_matched(one, asked, "Allow") for one in policies.identity)
    return direct or (identity and (not policies.own_rules or _hands_over(policies, asked)))


def _matched(document: Document, asked: Asked, effect: str) -> bool:
    return any(_statements(document, asked, effect))


def _statements(document: Document | None, asked: Asked, effect: str) -> Iterator[Document]:
    for statement in (document or {"Statement": ()})["Statement"]:
        variables = document is not None and document.get("Version") == "2012-10-17"
        if statement["Effect"] == effect and matches(statement, asked, variables=variables):
            yield statement


def _own_denies(policies: Policies, asked: Asked) -> bool:
    return any(_is_meant(statement, asked) for statement in _statements(policies.own, asked, "Deny"))


def _is_meant(statement: Document, asked: Asked) -> bool:
    """Whether a Deny is about who asks."""
    if "NotPrincipal" not in statement:
        return bool(_principals(statement) & {*asked.names, *_whole(asked.account), "*"})
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    let_off = _principals(statement)
    if asked.bounded or not let_off & asked.names:
        return True
    also = bool(let_off & _whole(asked.account)) and (not asked.role or any("assumed-role" in one for one in let_off))
    return not (also or asked.reading.lenient)


def _own_grants(policies: Policies, asked: Asked) -> Iterator[bool]:
    """Each direct grant of the resource's own policy: whether it passes a boundary.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    for statement in _statements(policies.own, asked, "Allow"):
        principals = _principals(statement)
        for name in principals & asked.names:
            yield not asked.role or ":assumed-role/" in name
        if "*" in principals:
            yield not asked.role or asked.reading.star_passes or _is_by_arn(statement)


def _own_allows(policies: Policies, asked: Asked) -> Iterator[bool]:
    for statement in _statements(policies.own, asked, "Allow"):
        yield bool(_principals(statement) & {*asked.names, *_whole(asked.account), "*"})


def _is_by_arn(statement: Document) -> bool:
    return any(
        key.lower() == "aws:principalarn" and "Not" not in operator and operator != "Null"
        for operator, pairs in statement.get("Condition", {}).items()
        for key in pairs
    )


def _hands_over(policies: Policies, asked: Asked) -> bool:
    """https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"""
    return any(
        _principals(statement) & _whole(policies.account) for statement in _statements(policies.own, asked, "Allow")
    )


def _principals(statement: Document) -> frozenset[str]:
    named = statement.get("Principal", statement.get("NotPrincipal"))
    return frozenset(listed(named["AWS"] if isinstance(named, dict) else named))


def _whole(account: str) -> frozenset[str]:
    return frozenset({account, f"arn:aws:iam::{account}:root"})
