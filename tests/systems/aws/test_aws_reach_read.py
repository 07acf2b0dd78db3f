"""Who there is, and what AWS's own policies grant, as an account really shows it."""

import json

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed
from offboarding.model import KeyAccess, PrincipalKind
from offboarding.sources.aws._api.access.actions import SECRET
from offboarding.sources.aws._api.access.effective import KeyTarget, key_access
from offboarding.sources.aws._api.access.principals import Principals, principals_of, read_aws_policies
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.inventory import read_inventory
from tests.systems.aws.cloud import (
    ADMIN_POLICY,
    AS_OF,
    CORE,
    READ_POLICY,
    account,
    aws_process,
    bare,
    group,
    role,
    user_id,
)
from tests.systems.aws.trails import SECRET as ARN
from tests.systems.aws.trails import trail

pytestmark = pytest.mark.slow

__all__ = ["aws_process"]  # a fixture

READ = '{"Version":"2012-10-17","Statement":{"Sid":"R","Effect":"Allow","Action":"secretsmanager:Get*","Resource":"*"}}'
DENY = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.fixture
def aws(aws_process: AwsServer) -> AwsServer:
    """Users and a role that reach secrets in every way that an account knows, and one who is denied."""
    seed = account(
        CORE,
        bare("admin", attached=(ADMIN_POLICY,)),
        bare("member", groups=("keepers",)),
        bare("inline", inline={"Own": READ}),
        bare("denied", attached=(ADMIN_POLICY,), inline={"No": DENY}),
        bare("nobody", attached=(READ_POLICY,)),
        groups=(group("keepers", f"arn:aws:iam::{CORE}:policy/ReadSecrets"),),
        policies={"ReadSecrets": READ},
        iam_roles=(role("reader", TRUST, inline={"Own": READ}),),
    )
    aws_process.seed(AwsSeed(accounts=(seed,), clock=AS_OF))
    return aws_process


def read(server: AwsServer) -> Principals:
    """As a source asks: by its role, which may be denied something."""
    access = trail(server).access
    iam = access.open().iam()
    inventory = read_inventory(iam, roles=True)
    return principals_of(inventory, CORE, read_aws_policies(iam, inventory, Refusals(asker=access.asker)))


def reached(principals: Principals) -> dict[str, KeyAccess]:
    target = KeyTarget(realm=CORE, key=ARN, arn=ARN, actions=SECRET, policy=(), policy_rules=False)
    rows = key_access(principals, [target], AS_OF)
    return {row.principal: row for row in rows if row.action == "secretsmanager:GetSecretValue"}


def test_everybody_who_may_is_told_and_nobody_else(aws: AwsServer) -> None:
    principals = read(aws)

    found = reached(principals)

    reader = f"arn:aws:iam::{CORE}:role/reader"
    assert {name: row.reason for name, row in found.items()} == {
        user_id("admin"): "policy AdministratorAccess",
        user_id("member"): "policy ReadSecrets of group keepers, statement R",
        user_id("inline"): "policy Own, statement R",
        reader: "policy Own, statement R",
        CORE: "policy root user of the account",
    }
    assert found[reader].principal_kind is PrincipalKind.ROLE
    assert principals.unread == ()


def test_awss_own_policies_cost_a_list_and_a_request_each(aws: AwsServer) -> None:
    aws.forget_requests()
    read(aws)

    asked = aws.requests(CORE)
    assert (asked["ListPolicies"], asked["GetPolicyVersion"], asked.get("GetPolicy", 0)) == (1, 2, 0)


@pytest.mark.parametrize("denied", ["ListPolicies", "GetPolicyVersion"])
def test_what_may_not_be_read_grants_nobody_anything_and_is_told(aws: AwsServer, denied: str) -> None:
    aws.deny(CORE, denied)

    principals = read(aws)

    assert principals.unread == (ADMIN_POLICY, READ_POLICY)
    assert user_id("admin") not in reached(principals)
    assert user_id("inline") in reached(principals)


def test_a_policy_that_was_changed_counts_as_it_is_now(aws: AwsServer) -> None:
    changed = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    aws.operator(CORE).create_policy_version(
        PolicyArn=f"arn:aws:iam::{CORE}:policy/ReadSecrets", PolicyDocument=json.dumps(changed), SetAsDefault=True
    )

    assert user_id("member") not in reached(read(aws))
