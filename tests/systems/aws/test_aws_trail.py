"""What one record of CloudTrail says: the deed, the object, the actor; and nothing else of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.aws_trail_seed import AwsEventSeed, record_of
from offboarding.model import ActionKind, AuditEvent, IdentityKeyKind
from offboarding.sources.aws.cloudtrail.days import first_and_last
from offboarding.sources.aws.cloudtrail.lookup import Pace
from offboarding.sources.aws.cloudtrail.records import RecordError, recorded
from tests.systems.aws.cloud import CORE, PAYMENTS, user_id
from tests.systems.aws.trails import READ_AT, SECRET, event, mjkim, somebody

KEY = f"arn:aws:kms:us-east-1:{CORE}:key/11111111-2222-3333-4444-555555555555"
PARAMETER = f"arn:aws:ssm:us-east-1:{CORE}:parameter/prod/signing"
CERTIFICATE = f"arn:aws:acm:us-east-1:{CORE}:certificate/1"
PLAIN = {"withDecryption": True}
VERSION = "22222222-aaaa-4bbb-8ccc-dddddddddddd"


def told(seed: AwsEventSeed, **changes: Any) -> list[AuditEvent]:
    return [each.event for each in recorded({**record_of(seed, CORE), **changes}, CORE)]


def of_call(
    action: str, request: Mapping[str, Any] | None = None, response: Mapping[str, Any] | None = None, *resources: str
) -> list[tuple[ActionKind, str]]:
    seed = event(1, action, request=request, response=response, resources=resources)
    return [(each.deed, each.object) for each in told(seed)]


# --- deeds and objects --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "request_", "response", "resources", "expected"),
    [
        ("secretsmanager:GetSecretValue", {"secretId": SECRET}, None, (), [(ActionKind.READ, SECRET)]),
        (
            "secretsmanager:GetSecretValue",
            {"secretId": SECRET, "versionId": VERSION},
            None,
            (),
            [(ActionKind.READ, f"{SECRET}#{VERSION}")],
        ),
        ("secretsmanager:GetSecretValue", {"secretId": "prod/login"}, None, (SECRET,), [(ActionKind.READ, SECRET)]),
        (
            "secretsmanager:GetSecretValue",
            {"secretId": "prod/login"},
            None,
            (),
            [(ActionKind.READ, f"arn:aws:secretsmanager:us-east-1:{CORE}:secret:prod/login")],
        ),
        (
            "secretsmanager:BatchGetSecretValue",
            {"secretIdList": [SECRET, f"{SECRET}2"]},
            None,
            (),
            [(ActionKind.READ, SECRET), (ActionKind.READ, f"{SECRET}2")],
        ),
        ("secretsmanager:BatchGetSecretValue", {"filters": [{"key": "name"}]}, None, (), []),
        (
            "secretsmanager:CreateSecret",
            {"name": "prod/login"},
            {"arn": SECRET, "versionId": VERSION},
            (),
            [(ActionKind.CREATED, f"{SECRET}#{VERSION}")],
        ),
        ("secretsmanager:PutSecretValue", {"secretId": SECRET}, None, (), [(ActionKind.CREATED, SECRET)]),
        ("secretsmanager:UpdateSecret", {"secretId": SECRET, "description": "x"}, {"aRN": SECRET}, (), []),
        (
            "secretsmanager:UpdateSecret",
            {"secretId": SECRET},
            {"aRN": SECRET, "versionId": VERSION},
            (),
            [(ActionKind.CREATED, f"{SECRET}#{VERSION}")],
        ),
        ("secretsmanager:DescribeSecret", {"secretId": SECRET}, None, (), []),
        ("ssm:GetParameter", {"name": "/prod/signing", **PLAIN}, None, (), [(ActionKind.READ, PARAMETER)]),
        ("ssm:GetParameter", {"name": "/prod/signing:3", **PLAIN}, None, (), [(ActionKind.READ, PARAMETER)]),
        ("ssm:GetParameter", {"name": f"{PARAMETER}:live", **PLAIN}, None, (), [(ActionKind.READ, PARAMETER)]),
        ("ssm:GetParameter", {"name": "/prod/signing"}, None, (), []),
        ("ssm:GetParameters", {"names": ["/prod/signing"], "withDecryption": False}, None, (), []),
        ("ssm:GetParameters", {"names": ["/prod/signing"], **PLAIN}, None, (), [(ActionKind.READ, PARAMETER)]),
        ("ssm:GetParameterHistory", {"name": "/prod/signing", **PLAIN}, None, (), [(ActionKind.READ, PARAMETER)]),
        (
            "ssm:PutParameter",
            {"name": "/prod/signing", "type": "SecureString"},
            {},
            (),
            [(ActionKind.CREATED, PARAMETER)],
        ),
        ("ssm:PutParameter", {"name": "/prod/signing", "type": "String"}, {}, (), []),
        ("acm:ExportCertificate", {"certificateArn": CERTIFICATE}, None, (), [(ActionKind.EXPORTED, CERTIFICATE)]),
        ("kms:ImportKeyMaterial", {"keyId": KEY.rpartition("/")[2]}, None, (KEY,), [(ActionKind.IMPORTED, KEY)]),
        ("kms:Sign", {"keyId": "alias/tokens"}, None, (KEY,), [(ActionKind.USED, KEY)]),
        ("kms:Sign", {"keyId": KEY.rpartition("/")[2]}, None, (), [(ActionKind.USED, KEY)]),
        ("kms:GenerateMac", {"keyId": KEY}, None, (), [(ActionKind.USED, KEY)]),
        ("kms:CreateKey", {}, {"keyMetadata": {"arn": KEY}}, (), [(ActionKind.MADE, KEY)]),
        ("kms:Decrypt", {"keyId": KEY}, None, (KEY,), []),
        ("iam:CreateUser", {"userName": "x"}, {"user": {"userId": "AIDAX"}}, (), [(ActionKind.MADE, "AIDAX")]),
        (
            "iam:CreateAccessKey",
            {"userName": "x"},
            {"accessKey": {"accessKeyId": "AKIAX", "secretAccessKey": "never there"}},
            (),
            [(ActionKind.MADE, "AKIAX"), (ActionKind.MADE, f"arn:aws:iam::{CORE}:user/x")],
        ),
        ("iam:CreateLoginProfile", {"userName": "x"}, {}, (), [(ActionKind.MADE, f"arn:aws:iam::{CORE}:user/x")]),
        ("iam:CreateRole", {"roleName": "r"}, {"role": {"roleId": "AROAR"}}, (), [(ActionKind.MADE, "AROAR")]),
        ("iam:UpdateAssumeRolePolicy", {"roleName": "r"}, None, (), [(ActionKind.MADE, f"arn:aws:iam::{CORE}:role/r")]),
        (
            "iam:UploadSSHPublicKey",
            None,
            {"sSHPublicKey": {"sSHPublicKeyId": "APKAX", "userName": "mjkim"}},
            (),
            [(ActionKind.MADE, "APKAX"), (ActionKind.MADE, f"arn:aws:iam::{CORE}:user/mjkim")],
        ),
    ],
)
def test_what_a_call_proves_of_what(
    action: str,
    request_: Mapping[str, Any],
    response: Mapping[str, Any] | None,
    resources: tuple[str, ...],
    expected: list[tuple[ActionKind, str]],
) -> None:
    assert of_call(action, request_, response, *resources) == expected


@pytest.mark.parametrize(
    ("action", "request_", "response", "logins"),
    [
        ("iam:CreateAccessKey", {"userName": "x"}, {"accessKey": {"accessKeyId": "AKIAX"}}, ["", "x"]),
        ("iam:CreateAccessKey", None, {"accessKey": {"accessKeyId": "AKIAX", "userName": "mjkim"}}, ["", "mjkim"]),
        ("iam:CreateUser", {"userName": "x"}, {"user": {"userId": "AIDAX"}}, [""]),
        ("iam:UpdateAssumeRolePolicy", {"roleName": "r"}, None, [""]),
        ("kms:GenerateMac", {"keyId": KEY}, None, [""]),
    ],
)
def test_whom_a_credential_was_made_for_is_told_by_their_login(
    action: str, request_: Mapping[str, Any] | None, response: Mapping[str, Any] | None, logins: list[str]
) -> None:
    made = told(event(1, action, request=request_, response=response))

    assert [each.object_login for each in made] == logins


def test_whose_the_object_is_stands_in_its_arn() -> None:
    elsewhere = SECRET.replace(CORE, PAYMENTS)

    (found,) = told(event(1, request={"secretId": elsewhere}))

    assert (found.realm, found.object_realm, found.object) == (CORE, PAYMENTS, elsewhere)


def test_a_refused_call_is_told_as_failed() -> None:
    (found,) = told(event(1, error="AccessDenied"))

    assert found.failed
    assert (found.at, found.action) == (READ_AT, "secretsmanager:GetSecretValue")


def test_a_call_of_another_service_of_the_same_name_is_another() -> None:
    assert told(event(1), eventSource="elsewhere.amazonaws.com") == []


def test_nothing_of_request_or_answer_is_kept_but_what_names_the_key() -> None:
    request = {"secretId": SECRET, "secretString": "hunter2", "clientRequestToken": "hunter3"}

    (found,) = told(event(1, "secretsmanager:PutSecretValue", request=request, response={"secretString": "hunter4"}))

    assert "hunter" not in repr(found)


@pytest.mark.parametrize(
    "changes",
    [
        {"eventTime": "yesterday"},
        {"eventTime": "0001-01-01T00:00:00+23:00"},
        {"eventID": None, "awsRegion": 3},
        {"resources": 7},
        {"requestParameters": {"secretId": "arn:"}, "responseElements": None},
    ],
)
def test_a_malformed_record_is_an_error_that_shows_nothing_of_it(changes: dict[str, Any]) -> None:
    if changes.get("eventID", "") is None:
        record = {name: value for name, value in record_of(event(1), CORE).items() if name != "awsRegion"}
    else:
        record = {**record_of(event(1), CORE), **changes}

    with pytest.raises(RecordError, match="isn't as CloudTrail writes them") as caught:
        list(recorded(record, CORE))
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


# --- actors -------------------------------------------------------------------------------------------------------


def keys_of(identity: Mapping[str, Any]) -> set[tuple[IdentityKeyKind, str]]:
    (found,) = told(event(1, identity=identity))
    assert found.actor == ""
    return {(key.kind, key.value) for key in found.actor_keys}


def test_an_iam_user_is_known_by_its_id() -> None:
    (found,) = told(event(1))

    assert (found.actor_realm, found.actor, found.actor_keys) == (CORE, user_id("mjkim"), ())
    assert found.actor_label == f"arn:aws:iam::{CORE}:user/mjkim"


def test_a_session_is_known_by_its_name_and_its_source_identity() -> None:
    assert keys_of(somebody("mj.kim")) == {(IdentityKeyKind.LOGIN, "mj.kim")}
    assert keys_of(somebody("mjkim@corp.example", source_identity="mjkim")) == {
        (IdentityKeyKind.MAIL, "mjkim@corp.example"),
        (IdentityKeyKind.LOGIN, "mjkim"),
    }


@pytest.mark.parametrize(
    "name", ["i-0abc1234def567890", "botocore-session-1763200000", "1763200000000000000", VERSION, "aws-sdk-js-1763"]
)
def test_a_session_that_a_machine_named_is_nobodys(name: str) -> None:
    assert told(event(1, identity=somebody(name))) == []


def test_awss_own_services_are_nobody() -> None:
    assert told(event(1, identity={"type": "AWSService", "invokedBy": "x.amazonaws.com"})) == []


def test_the_root_user_is_the_account() -> None:
    root = {"type": "Root", "principalId": CORE, "arn": f"arn:aws:iam::{CORE}:root", "accountId": CORE}

    (found,) = told(event(1, identity=root))

    assert (found.actor_realm, found.actor) == (CORE, CORE)


def test_a_federation_token_is_of_the_user_who_got_it() -> None:
    identity = {
        "type": "FederatedUser",
        "principalId": f"{CORE}:whoever",
        "arn": f"arn:aws:sts::{CORE}:federated-user/whoever",
        "accountId": CORE,
        "sessionContext": {"sessionIssuer": {"type": "IAMUser", "principalId": "AIDAISSUER"}},
    }

    (found,) = told(event(1, identity=identity))

    assert (found.actor_realm, found.actor) == (CORE, "AIDAISSUER")


@pytest.mark.parametrize("kind", ["IdentityCenterUser", "AssumedRole"])
def test_somebody_of_identity_center_is_known_by_the_stores_id(kind: str) -> None:
    store = f"arn:aws:identitystore::{PAYMENTS}:identitystore/d-9067f2a4c1"
    identity = {**somebody("mjkim"), "type": kind, "onBehalfOf": {"userId": "547894b8-9081", "identityStoreArn": store}}

    (found,) = told(event(1, identity=identity))

    assert (found.actor_realm, found.actor) == ("d-9067f2a4c1", "547894b8-9081")


def test_a_caller_from_another_account_is_that_accounts() -> None:
    (found,) = told(event(1, identity={"type": "AWSAccount", "principalId": "AIDAELSEWHERE", "accountId": PAYMENTS}))

    assert (found.actor_realm, found.actor, found.actor_label) == (PAYMENTS, "AIDAELSEWHERE", "AIDAELSEWHERE")


# --- days, and pace -----------------------------------------------------------------------------------------------


def at(number: int, moment: datetime, **changes: Any) -> AuditEvent:
    (found,) = told(event(number, at=moment, identity=mjkim()))
    return replace(found, **changes)


def test_of_a_day_the_first_and_the_last_are_kept() -> None:
    morning = datetime(2026, 11, 20, tzinfo=UTC)
    day = [at(hour, morning + timedelta(hours=hour)) for hour in range(24)]
    others = [at(30, morning, failed=True), at(31, morning, object="other"), at(32, morning - timedelta(seconds=1))]

    kept = list(first_and_last([*reversed(day), *others]))

    assert [each.event_id for each in kept] == [each.event_id for each in (others[2], day[0], *others[:2], day[23])]


@given(hours=st.lists(st.integers(0, 200), max_size=40))
def test_what_is_kept_is_in_order_and_begins_and_ends_as_the_whole(hours: list[int]) -> None:
    events = [at(number, READ_AT + timedelta(hours=hour)) for number, hour in enumerate(hours)]

    kept = list(first_and_last(events))

    assert kept == sorted(kept, key=lambda each: (each.at, each.event_id))
    assert {each.at.date() for each in kept} == {each.at.date() for each in events}
    assert len(kept) <= 2 * len({each.at.date() for each in events})
    if events:
        assert (kept[0].at, kept[-1].at) == (min(each.at for each in events), max(each.at for each in events))


def test_a_region_is_asked_no_sooner_than_it_may_and_others_do_not_wait() -> None:
    now, slept = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(sleep=sleep, clock=lambda: now[0], apart=0.5)
    for region in ("a", "b", "a", "a", "b"):
        pace.wait(region)
    now[0] += 10
    pace.wait("a")

    assert slept == [0.5, 0.5]
