"""Whom a role's trust policy lets in: must, must not, and can't be told."""

from collections.abc import Mapping
from typing import Any

import pytest

from offboarding.model import Standing, Trust
from offboarding.sources.aws._api.policy.policies import Attached, Grants
from offboarding.sources.aws._api.policy.trusts import IamRole, TrustReader, saml_providers
from tests.systems.aws.cloud import AS_OF

HOME, ABROAD = "111111111111", "222222222222"
KIM = f"arn:aws:iam::{HOME}:user/staff/mjkim"
KIM_ID = "AIDAMJKIMXXXXXXXXXXXX"
LEE = f"arn:aws:iam::{ABROAD}:user/lee"
ROOT = f"arn:aws:iam::{HOME}:root"
GONE = "AIDAGONEXXXXXXXXXXXXX"
DENY: dict[str, object] = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}


def allow(principal: object = KIM, action: object = "sts:AssumeRole", **more: object) -> dict[str, object]:
    who = principal if isinstance(principal, dict) else {"AWS": principal}
    return {"Effect": "Allow", "Principal": who, "Action": action, **more}


def when(operator: str, key: str, *values: object) -> dict[str, object]:
    return {"Condition": {operator: {key: list(values)}}}


def trusts(
    *statements: Mapping[str, Any], grants: Grants | None = None, version: str = "2012-10-17"
) -> dict[str, Trust]:
    role = IamRole(
        role_id="AROA1",
        arn=f"arn:aws:iam::{HOME}:role/ops",
        trust={"Version": version, "Statement": list(statements)},
        grants=grants or Grants(inline=(), attached=()),
    )
    reader = TrustReader(
        realm=HOME,
        roles={"AROA1": role},
        users={KIM_ID: KIM, "AIDAOTHER": f"arn:aws:iam::{HOME}:user/other"},
        policies={},
        privileged_names=("AdministratorAccess",),
        now=AS_OF,
    )
    return {trust.principal: trust for trust in reader.facts()}


@pytest.mark.parametrize(
    "statements",
    [
        [allow(KIM)],
        [allow([LEE, KIM])],
        [allow(KIM, ["sts:TagSession", "sts:AssumeRole"])],
        [allow(KIM, "sts:*")],
        [allow(KIM, "*")],
        [allow(KIM, "STS:Assume*")],
        [{"Effect": "Allow", "Principal": {"AWS": KIM}, "NotAction": "sts:TagSession"}],
        [allow(KIM_ID)],
        [allow(KIM, **when("StringEquals", "aws:PrincipalAccount", HOME))],
        [allow(KIM, **when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{HOME}:user/staff/*"))],
        [allow(KIM, **when("StringEquals", "aws:username", "other", "mjkim"))],
        [allow(KIM, **when("StringLike", "aws:userid", "AIDAMJ*"))],
        [allow(KIM, **when("StringNotEquals", "aws:username", "lee"))],
        [allow(KIM, **when("StringEqualsIfExists", "AWS:PrincipalType", "User"))],
        [allow(KIM, **when("StringEquals", "aws:PrincipalArn", f"{KIM[:-5]}${{aws:username}}"))],
        [allow(KIM, **when("ForAnyValue:StringEquals", "aws:username", "mjkim"))],
        [allow(KIM, **when("Null", "aws:username", "false"))],
        [allow(KIM, **when("Null", "aws:username", "False"))],
        [allow(KIM, **when("Bool", "aws:PrincipalIsAWSService", False))],
        [allow(KIM, **when("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"))],
        [allow(KIM, **when("DateGreaterThan", "aws:CurrentTime", "2026-01-01"))],
        [allow(KIM), {**DENY, "Principal": {"AWS": LEE}}],
        [allow(KIM), {**DENY, "Action": "sts:TagSession"}],
        [allow(KIM), DENY | when("StringNotEquals", "aws:PrincipalAccount", HOME)],
        [allow(KIM), DENY | when("DateLessThan", "aws:CurrentTime", "2026-01-01")],
        [allow(KIM, **when("Bool", "aws:MultiFactorAuthPresent", "true")), allow(KIM)],
    ],
)
def test_it_lets_in(statements: list[dict[str, object]]) -> None:
    found = trusts(*statements)[KIM]

    assert (found.standing, found.standing_reason) == (Standing.WORKS, "the trust policy names the user")
    assert (found.realm, found.native_id, found.principal_realm) == (HOME, "AROA1", HOME)


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([allow(KIM), DENY], "denies it"),
        ([allow(KIM), {**DENY, "Principal": {"AWS": KIM}}], "denies it"),
        ([allow(KIM), {**DENY, "Principal": {"AWS": ROOT}}], "denies it"),
        ([allow(KIM), {**DENY, "Action": "sts:*"}], "denies it"),
        ([allow(KIM), DENY | when("StringEquals", "aws:username", "mjkim")], "denies it"),
        ([allow(KIM, **when("StringEquals", "aws:username", "lee"))], "aws:username"),
        ([allow(KIM, **when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*"))], "aws:PrincipalArn"),
        ([allow(KIM, **when("StringNotLike", "aws:PrincipalArn", "*/staff/*"))], "aws:PrincipalArn"),
        ([allow(KIM, **when("Null", "aws:username", "true"))], "aws:username"),
        ([allow(KIM, **when("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"))], "aws:CurrentTime"),
        ([allow(KIM, **when("NumericLessThan", "aws:EpochTime", 1600000000))], "aws:EpochTime"),
        (
            [
                allow(
                    KIM,
                    Condition={
                        "Bool": {"aws:MultiFactorAuthPresent": "true"},
                        "StringEquals": {"aws:PrincipalType": "AssumedRole"},
                    },
                )
            ],
            "aws:PrincipalType",
        ),
    ],
)
def test_it_lets_nobody_in_who_is_denied_or_conditioned_away(statements: list[dict[str, object]], words: str) -> None:
    found = trusts(*statements)[KIM]

    assert found.standing is Standing.DEAD
    assert words in found.standing_reason


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([allow(KIM, **when("Bool", "aws:MultiFactorAuthPresent", "true"))], "aws:MultiFactorAuthPresent"),
        ([allow(KIM, **when("StringEquals", "sts:ExternalId", "x"))], "sts:ExternalId"),
        ([allow(KIM, **when("ArnLike", "aws:PrincipalArn", "*"))], "aws:PrincipalArn"),
        ([allow(KIM, **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))], "aws:SourceIp"),
        ([allow(KIM, **when("StringEquals", "aws:PrincipalTag/team", "ops"))], "aws:PrincipalTag/team"),
        ([allow(KIM, **when("StringEquals", "aws:PrincipalArn", "${aws:SourceVpc}"))], "aws:PrincipalArn"),
        ([allow(KIM, **when("ForAnyValue:StringEquals", "aws:TagKeys", "mjkim"))], "aws:TagKeys"),
        ([allow(KIM, **when("DateGreaterThan", "aws:CurrentTime", "2027-01-01"))], "aws:CurrentTime"),
        ([allow(KIM, **when("DateLessThan", "aws:CurrentTime", "soon"))], "aws:CurrentTime"),
        ([allow(KIM, **when("NumericLessThan", "aws:EpochTime", 10**18))], "aws:EpochTime"),
        ([allow(KIM), DENY | when("IpAddress", "aws:SourceIp", "10.0.0.0/8")], "aws:SourceIp"),
        ([allow(KIM), DENY | when("DateLessThan", "aws:CurrentTime", "2027-01-01")], "aws:CurrentTime"),
        ([allow(KIM), {"Effect": "Deny", "NotPrincipal": {"AWS": KIM}, "Action": "sts:*"}], "NotPrincipal"),
        ([allow(ROOT, **when("ArnEquals", "aws:PrincipalArn", KIM))], "the user's own policies"),
        ([allow(HOME, **when("StringEquals", "aws:username", "mjkim"))], "the user's own policies"),
        ([allow(ROOT, **when("StringLike", "aws:userid", KIM_ID))], "the user's own policies"),
        ([allow("*", **when("ArnEquals", "aws:PrincipalArn", KIM))], "the user's own policies"),
        ([allow("*", **when("ForAllValues:StringEquals", "aws:username", "mjkim"))], "the user's own policies"),
        ([allow("*", **when("ForAnyValue:StringLikeIfExists", "aws:username", "mjkim"))], "the user's own policies"),
        (
            [{"Effect": "Allow", "Principal": "*", "Action": "*", **when("StringEquals", "aws:PrincipalArn", KIM)}],
            "the user's own policies",
        ),
    ],
)
def test_it_cannot_be_told(statements: list[dict[str, object]], words: str) -> None:
    found = trusts(*statements)[KIM]

    assert found.standing is Standing.UNKNOWN
    assert words in found.standing_reason


@pytest.mark.parametrize(
    "statement",
    [
        allow(ROOT),
        allow(HOME),
        allow("*"),
        allow(ROOT, **when("Bool", "aws:MultiFactorAuthPresent", "true")),
        allow(ROOT, **when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{HOME}:user/*")),
        allow(ROOT, **when("ArnNotEquals", "aws:PrincipalArn", KIM)),
        allow(f"arn:aws:iam::{ABROAD}:root", **when("StringEquals", "aws:username", "mjkim")),
        allow(f"arn:aws:iam::{HOME}:role/staff/mjkim"),
        allow({"Service": "ec2.amazonaws.com"}),
        allow({"Federated": f"arn:aws:iam::{HOME}:saml-provider/okta"}, "sts:AssumeRoleWithSAML"),
        allow(KIM, "sts:TagSession"),
        {"Effect": "Allow", "NotPrincipal": {"AWS": LEE}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"AWS": KIM}, "NotAction": "sts:*"},
        DENY,
    ],
)
def test_it_names_nobody(statement: dict[str, object]) -> None:
    assert trusts(statement) == {}


def test_a_user_of_another_account() -> None:
    found = trusts(allow(LEE))[LEE]

    assert (found.realm, found.principal_realm, found.standing) == (HOME, ABROAD, Standing.WORKS)
    assert found.standing_reason.endswith("of another account, whose own policies have a say too")


def test_a_user_of_another_account_by_a_condition() -> None:
    anyone = trusts(allow("*", **when("ArnEquals", "aws:PrincipalArn", LEE)))
    of_home_alone = trusts(allow(ROOT, **when("ArnEquals", "aws:PrincipalArn", LEE)))

    assert anyone[LEE].standing is Standing.UNKNOWN
    assert of_home_alone == {}


def test_a_deleted_user_is_dead_whoever_bears_the_name_now() -> None:
    found = trusts(allow([GONE, KIM]))

    assert (found[GONE].standing, found[GONE].principal_realm) == (Standing.DEAD, "")
    assert found[KIM].standing is Standing.WORKS


def test_what_the_role_may_do() -> None:
    admin = Attached(name="AdministratorAccess", arn="arn:aws:iam::aws:policy/AdministratorAccess")

    found = trusts(allow(KIM), grants=Grants(inline=(), attached=(admin,)))[KIM]

    assert (found.privileged, found.privileged_by) == (True, "policy AdministratorAccess")
    assert trusts(allow(KIM))[KIM].privileged is False


def test_a_trust_policy_of_2008_has_no_variables() -> None:
    filled_in = allow(KIM, **when("StringEquals", "aws:PrincipalArn", f"{KIM[:-5]}${{aws:username}}"))

    assert trusts(filled_in, version="2008-10-17")[KIM].standing is Standing.DEAD


def test_a_statement_may_stand_without_a_list() -> None:
    role = IamRole(role_id="AROA1", arn="x", trust={"Statement": allow(KIM)}, grants=Grants(inline=(), attached=()))
    reader = TrustReader(realm=HOME, roles={"AROA1": role}, users={}, policies={}, privileged_names=(), now=AS_OF)

    assert [trust.principal for trust in reader.facts()] == [KIM]


def test_saml_providers_but_identity_centers_own() -> None:
    def provided(*names: str) -> IamRole:
        arns = [f"arn:aws:iam::{HOME}:{name}" for name in names]
        trust = {"Statement": [allow({"Federated": arns}, "sts:AssumeRoleWithSAML")]}
        return IamRole(role_id="AROA2", arn="x", trust=trust, grants=Grants(inline=(), attached=()))

    roles = [provided("saml-provider/okta", "oidc-provider/ci"), provided("saml-provider/AWSSSO_12_DO_NOT_DELETE")]

    assert saml_providers(roles) == {f"arn:aws:iam::{HOME}:saml-provider/okta"}
