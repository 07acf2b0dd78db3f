"""Who may reach a key: a table of policies, each with what AWS's evaluation logic says of it."""

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offboarding.model import PrincipalKind, Standing
from offboarding.sources.aws._api.access.actions import DECRYPT, KMS_SIGNS, SECRET
from offboarding.sources.aws._api.access.effective import key_access
from offboarding.sources.aws._api.access.principals import unread_sentence
from offboarding.sources.aws._api.policy.policies import Attached, Grants, NamedPolicy, statements
from offboarding.sources.aws._api.policy.statements import arn_matches, resource_statements
from offboarding.sources.aws._api.policy.trusts import IamRole
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
    ROOT,
    SECRET_ARN,
    SESSION,
    Document,
    U,
    W,
    allow,
    deny,
    document,
    everybody,
    grants,
    kms,
    policy,
    reached,
    role,
    secret,
    standing_of_min,
    user,
)

HANDED_OVER = allow("kms:*", Principal={"AWS": ROOT}, Sid="Enable IAM")

# --- identity policies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([allow(READ)], W),
        ([allow("SecretsManager:getsecretvalue")], W),
        ([allow("secretsmanager:Get*")], W),
        ([allow("secretsmanager:GetSecretValu?")], W),
        ([allow("*:*")], W),
        ([allow(["s3:Get*", READ])], W),
        ([allow("secretsmanager:Describe*")], None),
        ([allow("secretsmanager:GetSecretValue?")], None),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], W),
        ([{"Effect": "Allow", "NotAction": ["iam:*", "secretsmanager:*"], "Resource": "*"}], None),
        ([allow(READ, SECRET_ARN)], W),
        ([allow(READ, f"arn:aws:secretsmanager:*:{CORE}:secret:prod/*")], W),
        ([allow(READ, f"arn:aws:secretsmanager:eu-west-1:{CORE}:secret:prod/login-??????")], W),
        ([allow(READ, f"arn:aws:secretsmanager:eu-west-1:{CORE}:secret:prod/login")], None),
        ([allow(READ, f"arn:aws:secretsmanager:eu-west-1:{CORE}:secret:PROD/*")], None),
        ([allow(READ, "arn:aws:secretsmanager:*")], W),
        ([allow(READ, "arn:aws:secretsmanager:us-east-1:*")], None),
        ([allow(READ, "arn:aws:s3:::*")], None),
        ([{"Effect": "Allow", "Action": READ, "NotResource": "arn:aws:secretsmanager:*:*:secret:dev/*"}], W),
        ([{"Effect": "Allow", "Action": READ, "NotResource": "arn:aws:secretsmanager:*:*:secret:prod/*"}], None),
        ([allow(), deny(READ)], None),
        ([allow(), deny(READ, "arn:aws:secretsmanager:*:*:secret:prod/*")], None),
        ([allow(), deny(READ, "arn:aws:secretsmanager:*:*:secret:dev/*")], W),
        ([allow(), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}], None),
        ([allow(), {"Effect": "Deny", "NotAction": "secretsmanager:*", "Resource": "*"}], W),
        ([allow(), deny(READ, Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})], U),
        ([allow(), deny(READ, Condition={"Bool": {"aws:SecureTransport": "false"}})], W),
        ([allow(READ, Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})], U),
        ([allow(READ, Condition={"StringEquals": {"aws:username": "min"}})], W),
        ([allow(READ, Condition={"StringEquals": {"aws:username": "jo"}})], None),
        ([allow(READ, Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})], W),
        ([allow(READ, Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}})], None),
        ([allow(READ, Condition={"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}})], None),
        ([allow(READ, Condition={"StringEquals": {"aws:PrincipalTag/team": "login"}})], W),
        ([allow(READ, Condition={"StringEquals": {"aws:PrincipalTag/Team": "pay"}})], None),
        ([allow(READ, Condition={"StringEquals": {"aws:PrincipalTag/level": "3"}})], None),
        ([allow(READ, Condition={"StringEqualsIfExists": {"aws:PrincipalTag/level": "3"}})], W),
        ([allow(READ, Condition={"StringNotEquals": {"aws:PrincipalTag/level": "3"}})], W),
        ([allow(READ, Condition={"ForAnyValue:StringNotEquals": {"aws:PrincipalTag/level": "3"}})], None),
        ([allow(READ, Condition={"ForAnyValue:StringEqualsIfExists": {"aws:PrincipalTag/level": "3"}})], None),
        ([allow(), deny(READ, Condition={"ForAnyValue:StringNotLike": {"aws:PrincipalTag/level": "3"}})], W),
        ([allow(READ, Condition={"ForAllValues:StringEquals": {"aws:PrincipalTag/level": "3"}})], W),
        ([allow(READ, Condition={"ForAllValues:StringEquals": {"aws:PrincipalTag/team": ["pay", "login"]}})], W),
        ([allow(READ, Condition={"ForAnyValue:StringLike": {"aws:PrincipalTag/team": "pay*"}})], None),
        ([allow(READ, Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "pay"}})], U),
        ([allow(READ, Condition={"Null": {"aws:PrincipalTag/level": "true"}})], W),
        ([allow(READ, Condition={"Null": {"aws:PrincipalTag/team": "true"}})], None),
        ([allow(READ, Condition={"StringEquals": {"secretsmanager:ResourceTag/of": "${aws:PrincipalTag/team}"}})], U),
        ([allow(READ, f"arn:aws:secretsmanager:*:{CORE}:secret:${{aws:username}}/*")], None),
        ([allow(READ, "arn:aws:secretsmanager:*:*:secret:prod/${aws:PrincipalTag/team}-*")], W),
        ([allow(READ, "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/level, 'prod'}/*")], W),
        ([allow(READ, "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/level, 'dev'}/*")], None),
        ([allow(READ, Condition={"StringEquals": {"aws:username": ["${aws:SourceVpc}", "min"]}})], W),
        ([allow(READ, Condition={"StringNotEquals": {"aws:username": ["${aws:SourceVpc}", "min"]}})], None),
        ([allow(READ, "arn:aws:secretsmanager:*:*:secret:${aws:SourceVpc}/*")], U),
        ([allow(), deny(READ, "arn:aws:secretsmanager:*:*:secret:${aws:SourceVpc}/*")], U),
        ([allow(READ, Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}), allow(READ)], W),
    ],
)
def test_what_an_identity_policy_grants(listed: list[Document], expected: Standing | None) -> None:
    assert standing_of_min(grants(*listed), secret(), tags={"team": "login"}) is expected


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([allow(READ, "arn:aws:secretsmanager:*:*:secret:${aws:SourceVpc}/*")], None),
        ([allow(READ, Condition={"StringEquals": {"aws:username": "${aws:username}"}})], None),
        ([allow(READ, Condition={"StringNotEquals": {"aws:username": "${aws:username}"}})], W),
        ([allow(), deny(READ, Condition={"StringEquals": {"aws:username": "${aws:SourceVpc}"}})], W),
    ],
)
@pytest.mark.parametrize("version", [{}, {"Version": "2008-10-17"}], ids=["none", "2008"])
def test_an_old_policy_has_no_variables(
    listed: list[Document], expected: Standing | None, version: dict[str, str]
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"""
    old = NamedPolicy(name="P", statements=statements({**version, "Statement": listed}))

    assert standing_of_min(Grants(inline=(old,), attached=()), secret()) is expected


def test_a_resource_tag_that_is_known_decides() -> None:
    condition = {"StringEquals": {"secretsmanager:ResourceTag/of": "${aws:PrincipalTag/team}"}}
    own = grants(allow(READ, Condition=condition))

    assert standing_of_min(own, secret(tags={"of": "login"}), tags={"team": "login"}) is W
    assert standing_of_min(own, secret(tags={"of": "pay"}), tags={"team": "login"}) is None
    assert standing_of_min(own, secret(tags={}), tags={"team": "login"}) is None


@pytest.mark.parametrize(
    ("target", "key", "expected"),
    [
        (kms, "aws:ResourceTag/of", W),
        (kms, "secretsmanager:ResourceTag/of", None),
        (kms, "ec2:ResourceTag/of", None),
        (kms, "kms:ResourceTag/of", None),
        (secret, "aws:ResourceTag/of", W),
        (secret, "secretsmanager:ResourceTag/of", W),
        (secret, "ssm:ResourceTag/of", None),
    ],
)
def test_a_tag_key_of_another_service_is_not_in_the_request(target: Any, key: str, expected: Standing | None) -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html"""
    tagged = target(*([HANDED_OVER] if target is kms else []), tags={"of": "login"})

    assert standing_of_min(grants(allow(Condition={"StringEquals": {key: "login"}})), tagged) is expected


def test_groups_and_managed_policies_count_and_the_reason_names_them() -> None:
    arn = f"arn:aws:iam::{CORE}:policy/ReadSecrets"
    found = reached(
        everybody(
            [user(groups=("keepers",)), user("jo")],
            groups={"keepers": Grants(inline=(), attached=(Attached(name="ReadSecrets", arn=arn),))},
            policies={arn: policy("ReadSecrets", allow(READ, Sid="Some"))},
        ),
        secret(),
    )

    assert found.keys() == {"AIDAMIN"}
    row = found["AIDAMIN"]
    assert row.reason == "policy ReadSecrets of group keepers, statement Some"
    assert (row.principal_kind, row.principal_realm, row.carries) == (PrincipalKind.ACCOUNT, CORE, True)


def test_a_deny_of_a_group_wins_over_an_own_allow() -> None:
    members = everybody([user(own=grants(allow()), groups=("out",))], groups={"out": grants(deny("secretsmanager:*"))})

    assert reached(members, secret()) == {}


def test_roles_are_told_by_their_arn_and_services_own_are_left_out() -> None:
    service = IamRole(
        role_id="AROAX",
        arn=f"arn:aws:iam::{CORE}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
        trust=document(),
        grants=grants(allow()),
    )

    found = reached(everybody(roles=[role(grants(allow(READ))), service]), secret())

    assert {(row.principal_kind, row.principal) for row in found.values()} == {(PrincipalKind.ROLE, READER)}


def test_a_roles_tags_may_come_with_the_session() -> None:
    tagged = grants(allow(READ, Condition={"StringEquals": {"aws:PrincipalTag/team": "login"}}))

    assert reached(everybody(roles=[role(tagged)]), secret())[READER].standing is U


def test_the_root_user_may_read_every_secret() -> None:
    rows = list(key_access(everybody(), [secret()], NOW))

    assert [(row.principal, row.standing, row.reason) for row in rows] == [(CORE, W, "policy root user of the account")]


# --- boundaries ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ([allow("secretsmanager:*")], W),
        ([allow("s3:*")], None),
        ([allow(), deny(READ)], None),
        ([allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], U),
    ],
)
def test_a_boundary_bounds(bound: list[Document], expected: Standing | None) -> None:
    bounded = user(own=grants(allow(READ)), boundary=Attached(name="boundary", arn=BOUNDARY))
    members = everybody([bounded], policies={BOUNDARY: policy("boundary", *bound)})

    row = reached(members, secret()).get("AIDAMIN")

    assert (row.standing if row else None) is expected


def test_a_boundary_that_could_not_be_read_leaves_it_unknown_and_is_told() -> None:
    bounded = user(own=grants(allow(READ)), boundary=Attached(name="boundary", arn=BOUNDARY))
    members = everybody([bounded])

    row = reached(members, secret())["AIDAMIN"]

    assert row.standing is U
    assert "boundary" in row.reason
    assert members.unread == (BOUNDARY,)
    assert unread_sentence(members.unread, "Grant it.") == "what the policies boundary grant is NOT CHECKED. Grant it."


def test_a_keys_own_policy_passes_a_users_boundary_and_not_a_roles() -> None:
    bound = Attached(name="boundary", arn=BOUNDARY)
    members = everybody(
        [user(boundary=bound)], [role(boundary=BOUNDARY)], policies={BOUNDARY: policy("boundary", allow("s3:*"))}
    )

    found = reached(members, secret(allow(READ, Principal={"AWS": [MIN, READER]})))

    assert found.keys() == {"AIDAMIN"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ([allow(READ, Principal={"AWS": READER})], None),
        ([allow(READ, Principal={"AWS": SESSION})], U),
        ([allow(READ, Principal={"AWS": [READER, SESSION]})], U),
        ([allow(READ, Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": READER}})], W),
        ([allow(READ, Principal={"AWS": "*"}, Condition={"StringLike": {"aws:PrincipalArn": "*:role/*"}})], W),
        ([allow(READ, Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": MIN}})], None),
        ([allow(READ, Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": CORE}})], U),
        ([allow(READ, Principal="*")], U),
        ([allow(READ, Principal={"AWS": SESSION}), deny(READ, Principal={"AWS": READER})], None),
    ],
)
def test_what_is_granted_to_a_roles_session_passes_its_boundary(own: list[Document], expected: Standing | None) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"""
    members = everybody(roles=[role(boundary=BOUNDARY)], policies={BOUNDARY: policy("boundary", allow("s3:*"))})

    row = reached(members, secret(*own)).get(READER)

    assert (row.standing if row else None) is expected


# --- a secret's own policy ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "policy_of_secret", "expected"),
    [
        (NONE, [allow(READ, Principal={"AWS": MIN})], W),
        (NONE, [allow(READ, Principal={"AWS": ROOT})], None),
        (NONE, [allow(READ, Principal="*")], W),
        (NONE, [allow(READ, Principal={"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})], U),
        (NONE, [allow("secretsmanager:Describe*", Principal={"AWS": MIN})], None),
        (NONE, [allow(READ, Principal={"AWS": "AIDAGONE"})], None),
        (grants(allow(READ)), [deny(READ, Principal="*")], None),
        (grants(allow(READ)), [deny(READ, Principal={"AWS": MIN})], None),
        (grants(allow(READ)), [deny(READ, Principal={"AWS": CORE})], None),
        (grants(allow(READ)), [deny(READ, Principal={"AWS": READER})], W),
        (grants(allow(READ)), [deny(READ, Principal="*", Condition={"StringNotEquals": {"aws:SourceVpce": "v"}})], U),
        (grants(allow(READ)), [deny(READ, Principal="*", Condition={"ArnNotEquals": {"aws:PrincipalArn": MIN}})], W),
        (
            grants(allow(READ)),
            [deny(READ, Principal="*", Condition={"ArnNotLike": {"aws:PrincipalArn": READER}})],
            None,
        ),
        (grants(allow(READ)), [{"Effect": "Deny", "Action": READ, "NotPrincipal": {"AWS": [MIN, ROOT]}}], W),
        (grants(allow(READ)), [{"Effect": "Deny", "Action": READ, "NotPrincipal": {"AWS": [READER, ROOT]}}], None),
        (grants(allow(READ)), [{"Effect": "Deny", "Action": READ, "NotPrincipal": {"AWS": MIN}}], U),
        (NONE, [{"Effect": "Allow", "Action": READ, "NotPrincipal": {"AWS": READER}}], U),
    ],
)
def test_what_a_secrets_own_policy_grants(
    own: Grants, policy_of_secret: list[Document], expected: Standing | None
) -> None:
    assert standing_of_min(own, secret(*policy_of_secret)) is expected


def test_a_secrets_policy_that_could_not_be_read_may_deny() -> None:
    assert standing_of_min(grants(allow(READ)), secret(policy=None)) is U
    assert standing_of_min(NONE, secret(policy=None)) is None


def test_a_session_that_is_named_may_be_anybodys_in_the_role() -> None:
    session = f"arn:aws:sts::{CORE}:assumed-role/reader/mjkim"

    row = reached(everybody(roles=[role()]), secret(allow(READ, Principal={"AWS": session})))[READER]

    assert (row.standing, row.principal_kind) == (U, PrincipalKind.ROLE)


# --- from outside -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("principal", "kind", "told"),
    [
        (f"arn:aws:iam::{OTHER}:user/jo", PrincipalKind.ACCOUNT, f"arn:aws:iam::{OTHER}:user/jo"),
        (f"arn:aws:iam::{OTHER}:role/x/y", PrincipalKind.ROLE, f"arn:aws:iam::{OTHER}:role/x/y"),
        (f"arn:aws:sts::{OTHER}:assumed-role/y/jo", PrincipalKind.ROLE, f"arn:aws:iam::{OTHER}:role/y"),
        (OTHER, PrincipalKind.ACCOUNT, f"arn:aws:iam::{OTHER}:root"),
        (f"arn:aws:iam::{OTHER}:root", PrincipalKind.ACCOUNT, f"arn:aws:iam::{OTHER}:root"),
    ],
)
@pytest.mark.parametrize("target", [secret, kms], ids=["secret", "kms"])
def test_another_account_needs_leave_from_both_sides(
    principal: str, kind: PrincipalKind, told: str, target: Any
) -> None:
    found = reached(everybody(), target(allow(Principal={"AWS": principal})))

    assert {(row.principal_kind, row.principal_realm, row.principal, row.standing) for row in found.values()} == {
        (kind, OTHER, told, U)
    }
    assert "that account's own policies" in found[told].reason


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow(READ, Principal="*"), W),
        (allow(READ, Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), U),
        (allow(READ, Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": CORE}}), None),
        (allow(READ, Principal={"Service": "lambda.amazonaws.com"}), None),
    ],
)
def test_anybody_at_all(statement: Document, expected: Standing | None) -> None:
    row = reached(everybody(), secret(statement)).get("*")

    assert (row.standing if row else None) is expected


def test_a_deny_keeps_the_other_account_out() -> None:
    jo = f"arn:aws:iam::{OTHER}:user/jo"
    own = [allow(READ, Principal={"AWS": jo}), deny(READ, Principal={"AWS": OTHER})]

    assert reached(everybody(), secret(*own)) == {}


@pytest.mark.parametrize("allowed", [f"arn:aws:iam::{OTHER}:role/y", f"arn:aws:iam::{OTHER}:role/x/y"])
def test_a_deny_of_another_accounts_session_is_no_deny_of_its_role(allowed: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"""
    session = f"arn:aws:sts::{OTHER}:assumed-role/y/jo"
    own = [allow(READ, Principal={"AWS": allowed}), deny(READ, Principal={"AWS": session})]

    found = reached(everybody(), secret(*own))

    assert {principal: row.standing for principal, row in found.items()} == {allowed: U}
    assert "the session's name" in found[allowed].reason


def test_a_session_of_another_account_does_not_say_its_roles_path() -> None:
    session = f"arn:aws:sts::{OTHER}:assumed-role/y/jo"
    named = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/x/y"}}

    found = reached(everybody(), secret(allow(READ, Principal={"AWS": session}, Condition=named)))

    assert {row.standing for row in found.values()} == {U}


# --- KMS ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "key_policy", "expected"),
    [
        (grants(allow("kms:Sign")), [HANDED_OVER], W),
        (grants(allow("kms:Sign", KMS_ARN)), [allow("kms:*", Principal={"AWS": CORE})], W),
        (grants(allow()), [allow(Principal={"AWS": READER})], None),
        (NONE, [HANDED_OVER], None),
        (NONE, [allow("kms:Sign", Principal={"AWS": MIN})], W),
        (grants(deny("kms:*")), [allow("kms:Sign", Principal={"AWS": MIN})], None),
        (grants(allow("kms:Sign")), [HANDED_OVER, deny("kms:Sign", Principal={"AWS": MIN})], None),
        (grants(allow("kms:Sign")), [allow("kms:Describe*", Principal={"AWS": ROOT})], None),
        (grants(allow("kms:Sign")), [{**HANDED_OVER, "Condition": {"StringEquals": {"kms:ViaService": "x"}}}], U),
        (grants(allow("kms:Sign")), [{**HANDED_OVER, "Condition": {"ArnLike": {"aws:PrincipalArn": MIN}}}], W),
        (grants(allow("kms:Sign")), [{**HANDED_OVER, "Condition": {"ArnLike": {"aws:PrincipalArn": READER}}}], None),
        (NONE, [allow(Principal="*", Condition={"StringEquals": {"kms:CallerAccount": CORE}})], W),
        (NONE, [allow(Principal="*", Condition={"StringEquals": {"kms:CallerAccount": OTHER}})], None),
    ],
)
def test_a_kms_keys_policy_rules(own: Grants, key_policy: list[Document], expected: Standing | None) -> None:
    assert standing_of_min(own, kms(*key_policy)) is expected


def test_a_key_policy_that_could_not_be_read_leaves_it_unknown() -> None:
    assert standing_of_min(grants(allow("kms:Sign")), kms(policy=None)) is U


def test_the_root_user_may_use_a_kms_key_only_if_its_policy_says_so() -> None:
    handed = [row.principal for row in key_access(everybody(), [kms(HANDED_OVER)], NOW)]
    kept = [row.principal for row in key_access(everybody(), [kms(allow(Principal={"AWS": READER}))], NOW)]

    assert (handed, kept) == ([CORE], [])


def test_a_secret_is_read_only_with_the_key_that_encrypts_it() -> None:
    readers = everybody([user(own=grants(allow(READ))), user("jo", grants(allow(READ), allow(DECRYPT)))])
    via = allow("kms:Decrypt", Principal={"AWS": ROOT}, Condition={"StringEquals": {"kms:ViaService": "sm"}})
    lock = kms(via, action=DECRYPT, context={"kms:viaservice": "sm"})

    found = reached(readers, secret(needs=(lock,)))

    assert {principal: row.standing for principal, row in found.items()} == {"AIDAJO": W}
    assert found["AIDAJO"].reason == "policy P"


def test_every_listed_action_is_looked_at_by_itself() -> None:
    rows = key_access(everybody([user(own=grants(allow(["kms:Sign"])))]), [kms(HANDED_OVER, actions=KMS_SIGNS)], NOW)

    assert [(row.action, row.carries) for row in rows if row.principal == "AIDAMIN"] == [("kms:Sign", False)]


# --- wildcards, and size ------------------------------------------------------------------------------------------

ARN_PARTS = st.lists(st.text("abz/*?", min_size=1, max_size=6), min_size=1, max_size=3).map("/".join)


@given(resource=st.text("abz/:.+", max_size=12), pattern=st.text("abz/:.+*?", max_size=12))
def test_in_the_last_segment_a_pattern_is_a_plain_one(resource: str, pattern: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    head = f"arn:aws:x:y:{CORE}:"

    assert arn_matches(head + resource, head + pattern) is bool(re.fullmatch(expression, resource, re.DOTALL))


@given(resource=st.text("ab:/", max_size=12), kept=st.integers(0, 40))
def test_a_pattern_that_ends_in_a_star_covers_whatever_begins_so(resource: str, kept: int) -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:{CORE}:{resource}"
    start = max(kept, len("arn:aws:secretsmanager:"))

    assert arn_matches(arn, arn[:start] + "*")


@given(resource=st.text("ab:/", max_size=12))
def test_an_arn_without_wildcards_covers_itself_alone(resource: str) -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:{CORE}:{resource}"

    assert arn_matches(arn, arn)
    assert not arn_matches(arn + "x", arn)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:secretsmanager:*:secret:prod/*", True),
        (f"arn:aws:secretsmanager:eu-*-1:{CORE}:secret:*", True),
        ("arn:aws:secretsmanager:e*1:*", True),
        ("arn:aws:secretsmanager:e*6:secret:*", False),
        ("arn:aws:secretsmanager", True),
        ("arn:aws:ssm", False),
        ("*:secret:prod/*", True),
    ],
)
def test_a_star_reaches_over_a_colon_where_it_ends_a_segment(pattern: str, expected: bool) -> None:
    assert arn_matches(SECRET_ARN, pattern) is expected


def test_two_thousand_users_and_five_hundred_secrets_take_a_few_seconds() -> None:
    users = [
        user(f"u{number}", grants(allow("s3:GetObject", f"arn:aws:s3:::home/u{number}/*")), groups=("all",))
        for number in range(1960)
    ]
    users += [
        user(f"k{number}", grants(allow(READ, f"arn:aws:secretsmanager:*:*:secret:s{number}/*")))
        for number in range(40)
    ]
    everyone = everybody(users, groups={"all": grants(allow(["ec2:*", "secretsmanager:List*"]))})
    arns = [f"arn:aws:secretsmanager:eu-west-1:{CORE}:secret:s{number}/x-AbCdEf" for number in range(500)]
    targets = [secret(key=arn, arn=arn, actions=SECRET) for arn in arns]
    before = time.process_time()

    rows = [row for row in key_access(everyone, targets, NOW) if row.principal != CORE]

    assert time.process_time() - before < 4
    assert {(row.principal, row.key) for row in rows} == {(f"AIDAK{number}", arns[number]) for number in range(40)}


def test_a_document_reads_as_json_has_it() -> None:
    """boto3 hands a resource's policy over as text."""
    text = json.dumps(document(allow(READ, Principal={"AWS": [MIN]})))

    assert resource_statements(json.loads(text))[0].principals == {MIN}
