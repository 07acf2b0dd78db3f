"""What an organization takes away from who has access to keys, as moto behind the proxy tells it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from demo.aws import AwsServer
from demo.aws_organization_seed import (
    RESOURCE_CONTROL,
    ROOT_ID,
    SERVICE_CONTROL,
    AwsControlSeed,
    AwsOrganizationSeed,
    AwsUnitSeed,
)
from demo.aws_seed import AwsSeed
from offboarding.model import Fact, Gap, KeyAccess, ScopeRead, Standing
from offboarding.model.errors import RetriableError
from offboarding.sources.aws._api.access.controls import ADVICE
from tests.systems.aws.cloud import (
    ADMIN_POLICY,
    CORE,
    LAB,
    account,
    aws_process,
    bare,
    of_kind,
    shipped_rights,
    user_id,
)
from tests.systems.aws.keyring import grant, kms_source, secret, secrets_source, signing

pytestmark = pytest.mark.slow

__all__ = ["aws_process"]  # a fixture

MANAGEMENT = "999999999999"
UNIT, INNER = "ou-c0rp-workload", "ou-c0rp-payments"
SIGN, READ = "kms:Sign", "secretsmanager:GetSecretValue"
MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
UNSHOWN = "service control policies, which only the organization's management account shows"
W, U = Standing.WORKS, Standing.UNKNOWN


def control(name: str, target: str, *statements: Mapping[str, object], kind: str = SERVICE_CONTROL) -> AwsControlSeed:
    """A policy of the organization."""
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return AwsControlSeed(policy_id=f"p-{name:x<8}", name=name, document=document, targets=(target,), type=kind)


def deny(*actions: str, **more: object) -> dict[str, object]:
    return {"Effect": "Deny", "Action": list(actions), "Resource": "*", **more}


def allow(*actions: str, **more: object) -> dict[str, object]:
    return {**deny(*actions, **more), "Effect": "Allow"}


def stand(
    server: AwsServer, *controls: AwsControlSeed, management: str = MANAGEMENT, caller: str = MANAGEMENT, **more: object
) -> None:
    """An account in a unit in a unit, with a key that a user may use by a policy and by a grant, and a secret."""
    admin = f"arn:aws:iam::{CORE}:user/admin"
    member = account(
        CORE,
        bare("admin", attached=(ADMIN_POLICY,)),
        kms_keys=(signing("tokens", grants=(grant("g", admin, "Sign"),)),),
        secrets=(secret("db"),),
    )
    units = (
        AwsUnitSeed(unit_id=UNIT, name="Workloads"),
        AwsUnitSeed(unit_id=INNER, name="Payments", parent=UNIT, accounts=(CORE,)),
    )
    organization = AwsOrganizationSeed(units=units, controls=controls, **more)  # pyrefly: ignore[bad-argument-type]
    server.seed(
        AwsSeed(
            accounts=(account(MANAGEMENT), account(LAB), member),
            management_account_id=management,
            caller_account_id=caller,
            organization=organization,
        )
    )


def standings(facts: list[Fact], action: str) -> dict[str, Standing]:
    return {row.principal: row.standing for row in of_kind(facts, KeyAccess) if row.action == action}


def read(server: AwsServer, **changes: object) -> list[Fact]:
    return list(kms_source(server, CORE, **changes).collect())


def read_secrets(server: AwsServer) -> list[Fact]:
    return list(secrets_source(server, parameters=False).collect())


ADMIN = user_id("admin")
EVERYBODY = {ADMIN: W, CORE: W}


# --- what binds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("controls", "expected"),
    [
        ((), EVERYBODY),
        ((control("trail", ROOT_ID, deny("cloudtrail:StopLogging")),), EVERYBODY),
        ((control("signs", ROOT_ID, deny("kms:*")),), {}),
        ((control("signs", UNIT, deny("kms:Sign")),), {}),
        ((control("signs", INNER, deny("kms:Sign")),), {}),
        ((control("signs", CORE, deny("kms:Sign")),), {}),
        ((control("signs", LAB, deny("kms:Sign")),), EVERYBODY),
        ((control("signs", UNIT, deny("kms:Sign", Condition=MFA)),), {ADMIN: U, CORE: U}),
    ],
)
def test_a_policy_at_any_level_above_binds(
    aws_process: AwsServer, controls: tuple[AwsControlSeed, ...], expected: Mapping[str, Standing]
) -> None:
    stand(aws_process, *controls)

    facts = read(aws_process)

    assert standings(facts, SIGN) == expected
    assert (of_kind(facts, Gap), of_kind(facts, ScopeRead)[0].error) == ([], "")


def test_every_level_must_allow(aws_process: AwsServer) -> None:
    allowed = control("allowed", UNIT, allow("s3:*", "secretsmanager:*"))
    stand(aws_process, allowed, without_full_access=(UNIT,))

    assert standings(read(aws_process), SIGN) == {}
    assert standings(read_secrets(aws_process), READ) == EVERYBODY


def test_where_nothing_is_taken_away_all_is_told_as_without_an_organization(aws_process: AwsServer) -> None:
    stand(aws_process)
    bound = of_kind(read(aws_process), KeyAccess)
    stand(aws_process, management="")

    assert bound
    assert of_kind(read(aws_process), KeyAccess) == bound


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            deny("kms:*", Principal="*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-c0rpexampl"}}),
            EVERYBODY,
        ),
        (deny("kms:*", Principal="*", Condition=MFA), {ADMIN: U, CORE: U}),
        (deny("kms:*", Principal="*"), {}),
    ],
)
def test_resource_control_policies_bind_where_they_are_switched_on(
    aws_process: AwsServer, statement: Mapping[str, object], expected: Mapping[str, Standing]
) -> None:
    perimeter = control("keys", UNIT, statement, kind=RESOURCE_CONTROL)
    stand(aws_process, perimeter, policy_types=(SERVICE_CONTROL, RESOURCE_CONTROL))
    assert standings(read(aws_process), SIGN) == expected

    stand(aws_process, perimeter)
    assert standings(read(aws_process), SIGN) == EVERYBODY


# --- where none binds ---------------------------------------------------------------------------------------------

NO_SIGNING = control("signs", ROOT_ID, deny("kms:*"))


def test_the_management_account_is_not_bound(aws_process: AwsServer) -> None:
    stand(aws_process, NO_SIGNING, management=CORE)

    assert standings(read(aws_process), SIGN) == EVERYBODY
    assert aws_process.requests(MANAGEMENT) == {}


@pytest.mark.parametrize("more", [{"feature_set": "CONSOLIDATED_BILLING"}, {"policy_types": ()}])
def test_policies_that_are_switched_off_do_not_bind(aws_process: AwsServer, more: Mapping[str, Any]) -> None:
    stand(aws_process, NO_SIGNING, **more)

    assert standings(read(aws_process), SIGN) == EVERYBODY
    assert "organizations:ListPoliciesForTarget" not in aws_process.requests(MANAGEMENT)


def test_switched_off_while_it_is_asked(aws_process: AwsServer) -> None:
    stand(aws_process, NO_SIGNING)
    aws_process.deny(MANAGEMENT, "organizations:ListPoliciesForTarget", code="PolicyTypeNotEnabledException")

    assert standings(read(aws_process), SIGN) == EVERYBODY


def test_an_account_of_no_organization_costs_one_question(aws_process: AwsServer) -> None:
    stand(aws_process, management="")
    made = kms_source(aws_process)

    facts = list(made.collect())

    assert standings(facts, SIGN) == EVERYBODY
    assert aws_process.requests(CORE)["organizations:DescribeOrganization"] == 1
    assert made.requests.overhead == 2
    assert aws_process.requests(MANAGEMENT) == {}


# --- what can't be read -------------------------------------------------------------------------------------------


def test_a_connection_of_another_account_leaves_every_grant_unknown(aws_process: AwsServer) -> None:
    stand(aws_process, caller=LAB)

    for facts, action in ((read(aws_process), SIGN), (read_secrets(aws_process), READ)):
        assert standings(facts, action) == {ADMIN: U, CORE: U}
        assert all(UNSHOWN in row.reason for row in of_kind(facts, KeyAccess))
        assert of_kind(facts, ScopeRead)[0].error == ""
        gap = of_kind(facts, Gap)[0]
        assert (gap.realm, gap.red) == (CORE, False)
        assert "Grant organizations:ListParents to the user behind connection aws_audit" in gap.text
        assert gap.text.endswith(ADVICE)


def test_the_role_in_the_management_account_may_be_asked_instead(aws_process: AwsServer) -> None:
    stand(aws_process, caller=LAB)

    facts = read(aws_process, management_account=MANAGEMENT)

    assert (standings(facts, SIGN), of_kind(facts, Gap)) == (EVERYBODY, [])


@pytest.mark.parametrize(
    ("action", "code", "words"),
    [
        ("AssumeRole", "", f"{MANAGEMENT}: AssumeRole on OffboardingAudit denied"),
        ("organizations:ListParents", "", "Grant organizations:ListParents to the role OffboardingAudit"),
        ("organizations:ListRoots", "", "Grant organizations:ListRoots to the role OffboardingAudit"),
        ("organizations:ListPoliciesForTarget", "", "Grant organizations:ListPoliciesForTarget to the role"),
        ("organizations:DescribePolicy", "", "Grant organizations:DescribePolicy to the role OffboardingAudit"),
        ("organizations:ListParents", "ChildNotFoundException", "ListParents answered ChildNotFoundException"),
        ("organizations:ListParents", "AWSOrganizationsNotInUseException", "answered AWSOrganizationsNotInUse"),
    ],
)
def test_a_right_that_is_missing_there_is_named(aws_process: AwsServer, action: str, code: str, words: str) -> None:
    stand(aws_process, caller=LAB)
    aws_process.deny(MANAGEMENT, action, code=code)

    facts = read(aws_process, management_account=MANAGEMENT)

    assert standings(facts, SIGN) == {ADMIN: U, CORE: U}
    (gap,) = of_kind(facts, Gap)
    assert words in gap.text


def test_whether_there_is_an_organization_may_not_be_asked(aws_process: AwsServer) -> None:
    stand(aws_process)
    aws_process.deny(CORE, "organizations:DescribeOrganization")

    facts = read(aws_process)

    assert standings(facts, SIGN) == {ADMIN: U, CORE: U}
    assert of_kind(facts, KeyAccess)[0].reason.endswith("service control policies, which couldn't be asked about")
    (gap,) = of_kind(facts, Gap)
    assert "Grant organizations:DescribeOrganization to the role OffboardingAudit" in gap.text


def test_throttled_out_is_tried_again(aws_process: AwsServer) -> None:
    stand(aws_process)
    aws_process.throttle(MANAGEMENT, "organizations:ListRoots", times=50)

    with pytest.raises(RetriableError, match="ListRoots still throttled"):
        read(aws_process, max_attempts=1)


def test_a_policy_that_went_between_two_questions_is_asked_for_again(aws_process: AwsServer) -> None:
    stand(aws_process, NO_SIGNING)
    aws_process.deny(MANAGEMENT, "organizations:DescribePolicy", code="PolicyNotFoundException")

    with pytest.raises(RetriableError, match="DescribePolicy answered PolicyNotFoundException"):
        read(aws_process)


# --- what it costs ------------------------------------------------------------------------------------------------


def test_each_parent_and_each_policy_is_asked_for_once(aws_process: AwsServer) -> None:
    controls = (control("trail", ROOT_ID, deny("cloudtrail:*")), control("regions", UNIT, deny("ec2:*")))
    stand(aws_process, *controls)
    aws_process.forget_requests()
    read(aws_process)

    levels = 4
    asked = aws_process.requests(MANAGEMENT)
    assert asked == {
        "GetCallerIdentity": 1,
        "organizations:ListParents": levels - 1,
        "organizations:ListRoots": 1,
        "organizations:ListPoliciesForTarget": levels,
        "organizations:DescribePolicy": 1 + len(controls),
    }


def test_the_policy_that_ships_allows_just_what_is_asked(aws_process: AwsServer) -> None:
    perimeter = control("keys", UNIT, deny("kms:Decrypt", Principal="*"), kind=RESOURCE_CONTROL)
    stand(aws_process, perimeter, policy_types=(SERVICE_CONTROL, RESOURCE_CONTROL))
    read(aws_process)

    asked = {action for action in aws_process.requests(MANAGEMENT) if ":" in action}
    assert shipped_rights("service control policies") == asked


# --- the server is no pushover ------------------------------------------------------------------------------------


def test_the_server_refuses_what_organizations_refuses(aws_process: AwsServer) -> None:
    """A control: were any of these answered, the tests above would prove little."""
    stand(aws_process, NO_SIGNING)
    asker = kms_source(aws_process).account
    member, above = asker.access.open().organizations(), asker.above.open().organizations()

    for call in (
        lambda: member.list_parents(ChildId=CORE),
        lambda: member.list_policies_for_target(TargetId=CORE, Filter="SERVICE_CONTROL_POLICY"),
        lambda: above.list_policies_for_target(TargetId="ou-c0rp-nowhere1", Filter="SERVICE_CONTROL_POLICY"),
        lambda: above.describe_policy(PolicyId="p-nowhere1"),
        lambda: above.list_parents(ChildId="123123123123"),
    ):
        with pytest.raises(ClientError):
            call()
    assert "kms:*" in above.describe_policy(PolicyId="p-signsxxx")["Policy"].get("Content", "")
