"""What an organization takes away: a table of its policies, each with what AWS's evaluation says of it."""

import time
from collections.abc import Sequence

import pytest

from offboarding.model import KeyAccess, PrincipalKind, Standing
from offboarding.sources.aws._api.access.above import Above, Level
from offboarding.sources.aws._api.access.actions import DECRYPT, SECRET
from offboarding.sources.aws._api.access.effective import KeyTarget, key_access, key_access_by_grant
from offboarding.sources.aws._api.access.principals import Principal
from offboarding.sources.aws._api.access.values import Value
from tests.support.reaching import (
    CORE,
    KMS_ARN,
    MIN,
    NOW,
    OTHER,
    READ,
    READER,
    ROOT,
    Document,
    U,
    W,
    allow,
    deny,
    everybody,
    grants,
    kms,
    policy,
    reached,
    role,
    secret,
    user,
)

ORGANIZATION = "o-c0rpexampl"
FULL = policy("FullAWSAccess", allow())
READERS = everybody([user(own=grants(allow(READ)))], [role(grants(allow(READ)))])
BY_P = "policy P"
MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
OUTSIDE = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}
"""How a data perimeter says whom it keeps out."""


def above(*levels: Sequence[Document], **changes: object) -> Above:
    """These statements at the account, its unit and the root, in this order, `FullAWSAccess` beside each."""
    found = (Level(target=f"level {at}", policies=(FULL, policy(f"L{at}", *one))) for at, one in enumerate(levels))
    given: dict[str, object] = {"account_id": CORE, "organization_id": ORGANIZATION, "levels": tuple(found)}
    return Above(**(given | changes))  # pyrefly: ignore[bad-argument-type]


def only(*levels: Sequence[Document]) -> Above:
    """These statements alone."""
    found = tuple(Level(target=f"level {at}", policies=(policy(f"L{at}", *one),)) for at, one in enumerate(levels))
    return Above(account_id=CORE, organization_id=ORGANIZATION, levels=found)


def bound(*statements: Document) -> Above:
    """A resource control policy."""
    return above([], resource=(policy("R", *statements),))


def min_under(what: Above, target: KeyTarget | None = None) -> KeyAccess | None:
    return reached(READERS, target or secret(), what).get("AIDAMIN")


# --- service control policies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (above(), W),
        (above([], [], []), W),
        (above([deny("s3:*")]), W),
        (above([deny(READ)]), None),
        (above([], [], [deny("secretsmanager:*")]), None),
        (above([], [deny()], []), None),
        (above([{"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}]), None),
        (above([deny(READ, "arn:aws:secretsmanager:*:*:secret:dev/*")]), W),
        (above([deny(READ, "arn:aws:secretsmanager:*:*:secret:prod/*")]), None),
        (above([deny(Condition={"StringNotEquals": {"aws:RequestedRegion": ["us-east-1"]}})]), None),
        (above([deny(Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}})]), W),
        (above([deny(READ, Condition={"ArnNotLike": {"aws:PrincipalARN": "arn:aws:iam::*:user/min"}})]), W),
        (above([deny(READ, Condition={"ArnNotLike": {"aws:PrincipalARN": "arn:aws:iam::*:role/a"}})]), None),
        (above([deny(READ, Condition=MFA)]), U),
        (above([deny(READ, Condition=MFA)], [deny(READ)]), None),
        (above([deny(READ, Condition={"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}})]), W),
        (above([deny(READ, Condition={"StringNotEquals": {"aws:ResourceOrgID": "o-another"}})]), None),
        # Every level must allow.
        (only([allow()], [allow()], [allow()]), W),
        (only([allow()], [allow("s3:*")], [allow()]), None),
        (only([allow()], [allow("s3:*"), allow("secretsmanager:*")], [allow()]), W),
        (only([allow()], [allow(READ, Condition=MFA)], [allow()]), U),
        (only([allow()], [allow("s3:*"), allow(READ, Condition={"StringEquals": {"aws:username": "jo"}})]), None),
    ],
)
def test_what_service_control_policies_leave(what: Above, expected: Standing | None) -> None:
    row = min_under(what)

    assert (row.standing if row else None) == expected
    if expected is W:
        assert row
        assert row.reason == BY_P


def test_what_cannot_be_judged_is_named_with_its_policy() -> None:
    row = min_under(above([], [deny(READ, Condition=MFA)]))

    assert row
    assert row.reason == (
        f"{BY_P}; whether it applies depends on aws:MultiFactorAuthPresent in service control policy L1"
    )


def test_the_union_of_a_level_allows() -> None:
    policies = (policy("A", allow("s3:*")), policy("B", allow("secretsmanager:*")))
    what = Above(account_id=CORE, levels=(Level(target=CORE, policies=policies),))

    assert min_under(what)


def test_a_level_that_shows_none_may_allow() -> None:
    row = min_under(Above(account_id=CORE, levels=(Level(target="r-c0rp", policies=()),)))

    assert row
    assert (row.standing, "service control policies of r-c0rp, of which none is shown" in row.reason) == (U, True)


def test_roles_and_the_root_user_are_bound_too() -> None:
    rows = list(key_access(READERS, [secret()], NOW, above=above([deny(READ)])))

    assert rows == []
    assert {row.principal for row in key_access(READERS, [secret()], NOW)} == {"AIDAMIN", READER, CORE}


def test_what_could_not_be_read_leaves_every_grant_unknown_with_the_reason_in_words() -> None:
    what = Above(account_id=CORE, unread="which only the organization's management account shows")
    rows = {row.principal: row for row in key_access(READERS, [secret()], NOW, above=what)}

    assert {principal: row.standing for principal, row in rows.items()} == {"AIDAMIN": U, READER: U, CORE: U}
    assert rows["AIDAMIN"].reason == (
        "policy P; whether it applies depends on service control policies, which only the organization's management "
        "account shows"
    )


def test_an_account_of_another_organization_is_not_bound() -> None:
    assert min_under(above([deny(READ)], account_id=OTHER))


def test_to_decrypt_is_bound_like_to_read() -> None:
    lock = kms(allow("kms:*", Principal={"AWS": ROOT}), action=DECRYPT)
    readers = everybody([user(own=grants(allow(READ), allow(DECRYPT)))])

    assert reached(readers, secret(needs=(lock,)), above([]))
    assert not reached(readers, secret(needs=(lock,)), above([deny(DECRYPT)]))


def test_what_keys_own_policies_say_of_the_organization_is_judged() -> None:
    own = secret(allow(READ, Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}))
    nobody = everybody([user()])

    def standing(organization_id: str | None) -> Standing | None:
        row = reached(nobody, own, Above(account_id=CORE, organization_id=organization_id)).get("AIDAMIN")
        return row.standing if row else None

    assert (standing(ORGANIZATION), standing("o-another"), standing(""), standing(None)) == (W, None, None, U)


# --- resource control policies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (bound(allow(Principal="*")), W),
        (bound(deny(READ, Principal="*")), None),
        (bound(deny("kms:*", Principal="*")), W),
        (bound(deny("secretsmanager:*", Principal="*", Condition=OUTSIDE)), W),
        (bound(deny("secretsmanager:*", Principal="*", Condition=MFA)), U),
    ],
)
def test_what_resource_control_policies_leave(what: Above, expected: Standing | None) -> None:
    row = min_under(what)

    assert (row.standing if row else None) == expected
    if expected is U:
        assert row
        assert row.reason.endswith("aws:MultiFactorAuthPresent in resource control policy R")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (above([]), W),
        (bound(deny(READ, Principal="*")), None),
        (bound(deny("secretsmanager:*", Principal="*", Condition=OUTSIDE)), U),
        (bound(deny(READ, "arn:aws:secretsmanager:*:*:secret:${aws:SourceVpc}/*", Principal="*")), U),
        (above([deny(READ)]), W),
        (Above(account_id=CORE, unread="which nobody shows"), U),
    ],
)
def test_anybody_at_all_is_bound_by_resource_control_policies_alone(what: Above, expected: Standing | None) -> None:
    rows = reached(everybody(), secret(allow(READ, Principal="*")), what)

    row = rows.get("*")
    assert (row.standing if row else None) == expected


def test_the_parameter_store_is_not_bound_by_them() -> None:
    arn = f"arn:aws:ssm:eu-west-1:{CORE}:parameter/login/salt"
    parameter = secret(key=arn, arn=arn, actions={"ssm:GetParameter": True})
    readers = everybody([user(own=grants(allow("ssm:*")))])

    assert reached(readers, parameter, bound(deny(Principal="*")))["AIDAMIN"].standing is W
    assert not reached(readers, parameter, above([deny("ssm:*")]))


# --- grants of KMS ------------------------------------------------------------------------------------------------


def grantee(arn: str) -> Principal:
    is_role = ":role/" in arn
    return Principal(
        kind=PrincipalKind.ROLE if is_role else PrincipalKind.ACCOUNT,
        realm=arn.split(":")[4],
        native_id=arn,
        arn=arn,
        user_id="",
        tags=None,
        granted=(),
    )


SERVICES_OWN = f"arn:aws:iam::{CORE}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"
ELSEWHERE = f"arn:aws:iam::{OTHER}:role/ci"


@pytest.mark.parametrize(
    ("arn", "what", "expected"),
    [
        (MIN, above([]), W),
        (MIN, above([deny("kms:Sign")]), None),
        (MIN, above([deny("kms:Sign", Condition=MFA)]), U),
        (MIN, Above(account_id=CORE, unread="which nobody shows"), U),
        (SERVICES_OWN, above([deny("kms:Sign")]), W),
        (SERVICES_OWN, Above(account_id=CORE, unread="which nobody shows"), W),
        (ELSEWHERE, above([deny("kms:Sign")]), U),
        (ELSEWHERE, above([]), U),
        (ELSEWHERE, bound(deny("kms:*", Principal="*", Condition=OUTSIDE)), U),
        (ELSEWHERE, bound(deny("kms:*", Principal="*")), None),
        (ELSEWHERE, Above(account_id=CORE, unread="which nobody shows"), U),
    ],
)
def test_a_grant_is_bound_as_a_policy_is(arn: str, what: Above, expected: Standing | None) -> None:
    given = Value(holds=True, by="grant 1")

    rows = list(key_access_by_grant(grantee(arn), kms(), ["kms:Sign"], given, NOW, above=what))

    assert [row.standing for row in rows] == ([expected] if expected else [])
    assert all((row.key, row.principal) == (kms().key, arn) for row in rows)
    assert kms().arn == KMS_ARN


# --- size ---------------------------------------------------------------------------------------------------------


def test_five_levels_of_five_policies_cost_little() -> None:
    denies = [deny(["s3:*", "ec2:*"], Condition=MFA), deny("iam:*", Condition=OUTSIDE)]
    what = above(*([denies] * 5))
    everyone = everybody([user(f"k{number}", grants(allow(READ))) for number in range(40)])
    arns = [f"arn:aws:secretsmanager:eu-west-1:{CORE}:secret:s{number}/x-AbCdEf" for number in range(250)]
    targets = [secret(key=arn, arn=arn, actions=SECRET) for arn in arns]
    before = time.process_time()

    rows = [row for row in key_access(everyone, targets, NOW, above=what) if row.principal != CORE]

    assert time.process_time() - before < 3
    assert len(rows) == 40 * 250
