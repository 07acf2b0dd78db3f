"""Who may reach a key: random policies against an oracle written from AWS's pages.

What we say is so must be so in every request, whatever is not known of it; what we say is not, in none.
More of it: ORACLE_EXAMPLES=2000 python -m pytest tests/systems/aws/test_aws_reach_random.py
"""

import os
from collections.abc import Iterator, Mapping, Sequence

from hypothesis import HealthCheck, given, settings

from offboarding.model import Standing
from offboarding.sources.aws._api.access.above import SERVICE, Above, Level
from offboarding.sources.aws._api.access.principals import Principals
from offboarding.sources.aws._api.access.target import KeyTarget
from offboarding.sources.aws._api.policy.policies import Attached, Grants, NamedPolicy, statements
from offboarding.sources.aws._api.policy.statements import resource_statements
from offboarding.sources.aws._api.policy.trusts import IamRole, TrustReader
from tests.support.reaching import (
    BOUNDARY,
    CORE,
    KMS_ARN,
    MIN,
    NONE,
    NOW,
    OTHER,
    READ,
    READER,
    SECRET_ARN,
    SESSION,
    Document,
    everybody,
    kms,
    reached,
    role,
    secret,
    user,
)
from tests.systems.aws.deciding_again.deciding import Policies, may
from tests.systems.aws.deciding_again.drawing import JO, ROLE_Y, SESSION_Y, Drawn, contexts, drawn, readings
from tests.systems.aws.deciding_again.matching import Asked, Context

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "0"))
RANDOM = settings(
    max_examples=(EXAMPLES or 5) * 10,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_NAMES = ("mjkim", "jo")
_TAGS: Mapping[str, Sequence[Sequence[str]]] = {
    "aws:principaltag/team": [[], ["login"], ["pay"], ["x"]],
    "aws:principaltag/level": [[], ["3"], ["4"]],
}


@RANDOM
@given(company=drawn())
def test_what_is_said_of_a_user_and_a_role_holds_in_every_request(company: Drawn) -> None:
    rows = reached(_everybody(company), _target(company), _above(company))

    for principal, asked in (("AIDAMIN", _of_user(company)), (READER, _of_role(company))):
        answers = {may(_policies(company), each) for each in asked}
        row = rows.get(principal)
        if row is None:
            assert answers == {False}
        elif row.standing is Standing.WORKS:
            assert answers == {True}


@RANDOM
@given(company=drawn())
def test_nobody_of_another_account_gets_in_untold(company: Drawn) -> None:
    told = set(reached(_everybody(company), _target(company)))
    policies = Policies(identity=(), boundary=None, own=company.own, own_rules=company.in_kms, account=CORE, leave=True)

    if any(may(policies, asked) for asked in _of_jo(company)):
        assert told & {JO, f"arn:aws:iam::{OTHER}:root", "*"}
    if any(may(policies, asked) for asked in _of_role_y(company)):
        assert told & {ROLE_Y, f"arn:aws:iam::{OTHER}:role/y", f"arn:aws:iam::{OTHER}:root", "*"}


@RANDOM
@given(company=drawn())
def test_what_is_said_of_a_trust_policy_holds_in_every_request(company: Drawn) -> None:
    trust = _trust(company)
    reader = TrustReader(
        realm=CORE,
        roles={"AROA1": IamRole(role_id="AROA1", arn="x", trust=trust, grants=NONE)},
        users={"AIDAMIN": MIN},
        policies={},
        privileged_names=(),
        now=NOW,
    )
    policies = Policies(identity=(), boundary=None, own=trust, own_rules=False, account=CORE)
    answers = {may(policies, asked) for asked in _of_user(company, action="sts:AssumeRole", resource="x")}

    for told in reader.facts():
        if told.principal == MIN and told.standing is not Standing.UNKNOWN:
            assert answers == {told.standing is Standing.WORKS}


def _trust(company: Drawn) -> Document:
    """The key's own policy as a role's: about one action, of the role itself."""
    listed = [
        {name: value for name, value in one.items() if "Resource" not in name and "Action" not in name}
        | {"Action": "sts:AssumeRole", "Resource": "*"}
        for one in (company.own or {"Statement": ()})["Statement"]
    ]
    return {"Version": (company.own or {}).get("Version", "2008-10-17"), "Statement": listed}


def _everybody(company: Drawn) -> Principals:
    own = Grants(
        inline=tuple(NamedPolicy(name=f"P{at}", statements=statements(one)) for at, one in enumerate(company.identity)),
        attached=(),
    )
    bound = Attached(name="boundary", arn=BOUNDARY) if company.boundary else None
    policies = (
        {BOUNDARY: NamedPolicy(name="boundary", statements=statements(company.boundary))} if company.boundary else {}
    )
    return everybody(
        [user(own=own, tags=dict(company.tags), boundary=bound)],
        [role(own, boundary=BOUNDARY if company.boundary else "")],
        policies=policies,
    )


def _target(company: Drawn) -> KeyTarget:
    own = resource_statements(company.own) if company.own else ()
    return (kms if company.in_kms else secret)(policy=own, tags=dict(company.resource_tags))


def _above(company: Drawn) -> Above:
    if company.control is None:
        return Above()
    level = Level(target="r-1", policies=(NamedPolicy(name=SERVICE, statements=statements(company.control)),))
    return Above(account_id=CORE, organization_id=None, levels=(level,))


def _policies(company: Drawn) -> Policies:
    return Policies(
        identity=company.identity,
        boundary=company.boundary,
        own=company.own,
        control=company.control,
        own_rules=company.in_kms,
        account=CORE,
    )


def _of_user(company: Drawn, action: str = "", resource: str = "") -> Iterator[Asked]:
    who = {
        "aws:username": ["min"],
        "aws:userid": ["AIDAMIN"],
        "aws:principalarn": [MIN],
        "aws:principalaccount": [CORE],
        "aws:principaltype": ["User"],
        **{f"aws:principaltag/{key}": [value] for key, value in company.tags.items()},
    }
    names = frozenset({MIN, "AIDAMIN"})
    yield from _asked(company, who, {}, names, action=action, resource=resource)


def _of_role(company: Drawn) -> Iterator[Asked]:
    for name in _NAMES:
        who = {
            "aws:userid": [f"AROAREADER:{name}"],
            "aws:principalarn": [READER],
            "aws:principalaccount": [CORE],
            "aws:principaltype": ["AssumedRole"],
        }
        yield from _asked(company, who, _TAGS, frozenset({READER, SESSION[:-5] + name}), is_role=True)


def _of_jo(company: Drawn) -> Iterator[Asked]:
    who = {
        "aws:username": ["jo"],
        "aws:userid": ["AIDAJO"],
        "aws:principalarn": [JO],
        "aws:principalaccount": [OTHER],
        "aws:principaltype": ["User"],
    }
    yield from _asked(company, who, _TAGS, frozenset({JO}), account=OTHER)


def _of_role_y(company: Drawn) -> Iterator[Asked]:
    for name in _NAMES:
        who = {
            "aws:userid": [f"AROAY:{name}"],
            "aws:principalarn": [ROLE_Y],
            "aws:principalaccount": [OTHER],
            "aws:principaltype": ["AssumedRole"],
        }
        names = frozenset({ROLE_Y, SESSION_Y[:-2] + name})
        yield from _asked(company, who, _TAGS, names, account=OTHER, is_role=True)


def _asked(
    company: Drawn,
    who: Context,
    varied: Mapping[str, Sequence[Sequence[str]]],
    names: frozenset[str],
    *,
    account: str = CORE,
    is_role: bool = False,
    action: str = "",
    resource: str = "",
) -> Iterator[Asked]:
    for reading in readings(company):
        for context in contexts(company, who, varied):
            yield Asked(
                action=action or ("kms:Sign" if company.in_kms else READ),
                resource=resource or (KMS_ARN if company.in_kms else SECRET_ARN),
                context=context,
                names=names,
                account=account,
                role=is_role,
                bounded=company.boundary is not None and account == CORE,
                reading=reading,
            )
