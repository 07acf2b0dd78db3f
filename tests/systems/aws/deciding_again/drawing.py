"""Random policies out of few words, and every request that differs in what is not known beforehand."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.support.reaching import CORE, KMS_ARN, MIN, OTHER, READ, READER, ROOT, SECRET_ARN, SESSION
from tests.systems.aws.deciding_again.matching import Context, Reading

JO, ROLE_Y = f"arn:aws:iam::{OTHER}:user/jo", f"arn:aws:iam::{OTHER}:role/x/y"
SESSION_Y = f"arn:aws:sts::{OTHER}:assumed-role/y/jo"
ORGANIZATION = "o-1"
_VALUES = {
    "aws:username": ["min", "jo", "m*", "${aws:username}", "${aws:PrincipalTag/team}"],
    "aws:PrincipalArn": [MIN, READER, f"arn:aws:iam::{CORE}:user/*", "arn:aws:iam::*:role/*", "*", JO, ROLE_Y],
    "aws:userid": ["AIDAMIN", "AROAREADER:*", "AROAREADER:mjkim", "*:jo"],
    "aws:PrincipalAccount": [CORE, OTHER],
    "aws:PrincipalType": ["User", "AssumedRole"],
    "aws:PrincipalOrgID": [ORGANIZATION, "o-2"],
    "aws:PrincipalTag/team": ["login", "pay", "${aws:ResourceTag/of}", "${aws:SourceVpc}"],
    "aws:PrincipalTag/level": ["3", "${aws:PrincipalTag/level}", "${aws:PrincipalTag/level, '3'}"],
    "aws:ResourceTag/of": ["login", "pay", "${aws:PrincipalTag/team}"],
    "secretsmanager:ResourceTag/of": ["login", "pay"],
    "ec2:ResourceTag/of": ["login"],
    "aws:SourceVpc": ["vpc-1", "vpc-2", "vpc-*"],
    "aws:CalledVia": ["a.amazonaws.com", "b.amazonaws.com"],
    "aws:RequestedRegion": ["eu-west-1", "us-east-1"],
}
_BOOLS = ["aws:MultiFactorAuthPresent", "aws:SecureTransport", "aws:PrincipalIsAWSService"]
_OPERATORS = [
    quantifier + operator + exists
    for quantifier in ("", "", "", "ForAnyValue:", "ForAllValues:")
    for operator in (
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
    )
    for exists in ("", "", "IfExists")
]
_ACTIONS = ["*", "*", "*", READ, "kms:Sign", "kms:*", "secretsmanager:Get*", "secretsmanager:describesecret"]
_RESOURCES = [
    "*",
    "*",
    "*",
    "*",
    SECRET_ARN,
    KMS_ARN,
    "arn:aws:secretsmanager:*:*:secret:prod/*",
    "arn:aws:secretsmanager:*:*:secret:dev/*",
    "arn:aws:secretsmanager:*:*:secret:prod/${aws:PrincipalTag/team}-*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:*:*:*:${aws:username}/*",
    "arn:aws:s3:::*",
]
_PRINCIPALS = [MIN, READER, SESSION, f"{SESSION[:-5]}jo", ROOT, CORE, "*", JO, ROLE_Y, SESSION_Y, OTHER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A company of one user, one role and one key."""

    identity: Sequence[Mapping[str, Any]]
    boundary: Mapping[str, Any] | None
    own: Mapping[str, Any] | None
    control: Mapping[str, Any] | None
    tags: Mapping[str, str]
    """The user's."""
    resource_tags: Mapping[str, str]
    in_kms: bool


def _pairs() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    texts = st.sampled_from(sorted(_VALUES)).flatmap(
        lambda key: st.tuples(
            st.sampled_from(_OPERATORS),
            st.just(key),
            st.lists(st.sampled_from(_VALUES[key]), min_size=1, max_size=2, unique=True),
        )
    )
    keys = st.sampled_from([*_VALUES, *_BOOLS])
    nulls = st.tuples(st.just("Null"), keys, st.sampled_from([["true"], ["false"]]))
    bools = st.tuples(
        st.sampled_from(["Bool", "BoolIfExists"]), st.sampled_from(_BOOLS), st.sampled_from([["true"], ["false"]])
    )
    each = st.one_of(texts, texts, texts, nulls, bools)
    return st.lists(each, max_size=2).map(lambda found: {one: {key: values} for one, key, values in found})


@st.composite
def _statement(draw: st.DrawFn, *, principal: bool = False) -> dict[str, Any]:
    allows = draw(st.sampled_from([True, True, False]))
    found: dict[str, Any] = {
        "Effect": "Allow" if allows else "Deny",
        draw(st.sampled_from(["Action"] * 9 + ["NotAction"])): draw(_some(_ACTIONS)),
        draw(st.sampled_from(["Resource"] * 9 + ["NotResource"])): draw(_some(_RESOURCES)),
    }
    condition = draw(_pairs())
    if condition:
        found["Condition"] = condition
    if principal:
        kind = "Principal" if allows else draw(st.sampled_from(["Principal"] * 5 + ["NotPrincipal"]))
        named = draw(_some(_PRINCIPALS if kind == "Principal" else [one for one in _PRINCIPALS if one != "*"]))
        found[kind] = "*" if named == ["*"] else {"AWS": named}
    return found


def _some(words: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=2).map(lambda found: sorted(set(found)))


def _document(*, principal: bool = False, most: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    versions = st.sampled_from([{"Version": "2012-10-17"}, {"Version": "2012-10-17"}, {"Version": "2008-10-17"}, {}])
    listed = st.lists(_statement(principal=principal), min_size=1, max_size=most)
    return st.tuples(versions, listed).map(lambda found: {**found[0], "Statement": found[1]})


_ALLOWS_ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def drawn() -> st.SearchStrategy[Drawn]:
    """Any such company."""
    return st.builds(
        Drawn,
        identity=st.lists(_document() | st.just(_ALLOWS_ALL), max_size=2),
        boundary=st.none() | st.none() | _document(),
        own=st.none() | _document(principal=True, most=3),
        control=st.none() | st.none() | st.none() | _document(),
        tags=st.sampled_from([{}, {"team": "login"}, {"team": "pay", "level": "3"}]),
        resource_tags=st.sampled_from([{}, {"of": "login"}]),
        in_kms=st.booleans(),
    )


def readings(company: Drawn) -> Iterator[Reading]:
    """Every way to read what AWS's pages leave open."""
    said = repr(company)
    either = (True, False)
    variables, stars = either if "${" in said else (True,), either if "'*'" in said else (True,)
    for differs, star, lenient in itertools.product(variables, stars, either if "NotPrincipal" in said else (True,)):
        yield Reading(unresolved_differs=differs, star_passes=star, lenient=lenient)


def contexts(company: Drawn, who: Context, varied: Mapping[str, Sequence[Sequence[str]]]) -> Iterator[Context]:
    """Every request that says what is known of who asks, and differs in the rest, as far as a policy speaks of it."""
    services = ["aws"] if company.in_kms else ["aws", "secretsmanager"]
    tags = company.resource_tags.items()
    fixed = {
        "aws:securetransport": ["true"],
        "aws:principalisawsservice": ["false"],
        "aws:requestedregion": ["eu-west-1"],
        **{f"{service}:resourcetag/{key}": [value] for service in services for key, value in tags},
        **who,
    }
    said = repr(company).lower()
    asked = {key: values for key, values in {**_OF_REQUESTS, **varied}.items() if key in said}
    for chosen in itertools.product(*asked.values()):
        yield fixed | {key: value for key, value in zip(asked, chosen, strict=True) if value}


_OF_REQUESTS: Mapping[str, Sequence[Sequence[str]]] = {
    "aws:sourcevpc": [[], ["vpc-1"], ["x"]],
    "aws:multifactorauthpresent": [[], ["true"], ["false"]],
    "aws:calledvia": [[], ["a.amazonaws.com"], ["a.amazonaws.com", "b.amazonaws.com"], ["c.amazonaws.com"]],
    "aws:principalorgid": [[], ["o-1"], ["o-3"]],
}
