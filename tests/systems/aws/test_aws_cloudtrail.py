"""CloudTrail asked and read: regions, pages and pace, what real calls leave behind, files, and what is missing."""

import gzip
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from demo.aws import AwsServer
from demo.aws_key_seed import AwsKmsKeySeed, AwsParameterSeed, AwsSecretSeed, AwsSecretVersionSeed
from demo.aws_seed import AwsSeed
from offboarding.model import ActionKind, AuditEvent, Gap, IdentityKeyKind, ScopeRead
from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources.aws import cloudtrail as aws_cloudtrail
from offboarding.sources.aws._api.client.failures import error_code
from offboarding.sources.aws.cloudtrail.lookup import Pace
from offboarding.sources.aws.cloudtrail.words import GLOBAL, REGIONAL
from tests.contract.trail_contract import of
from tests.support.buckets import BUCKET, Store, s3, s3_process
from tests.systems.aws.cloud import (
    AS_OF,
    CORE,
    MADE,
    account,
    aws_process,
    connection,
    key_id,
    person,
    role,
    shipped_rights,
    user_id,
)
from tests.systems.aws.trails import READ_AT, SECRET, event, event_id, file_of, key_of, somebody, trail

pytestmark = pytest.mark.slow

__all__ = ["aws_process", "s3", "s3_process"]  # fixtures

EVERYWHERE = ("us-east-1", "eu-west-1", "ap-northeast-2")
KMS_KEY = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def aws(aws_process: AwsServer) -> AwsServer:
    """One account with three regions, a key, a secret and a parameter."""
    stand(aws_process)
    return aws_process


def stand(server: AwsServer, **changes: Any) -> None:
    reader = role("reader", {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{CORE}:root"}})
    made: dict[str, Any] = {
        "regions": EVERYWHERE,
        "iam_roles": (reader,),
        "roles": ("OffboardingAudit", "reader"),
        "kms_keys": (AwsKmsKeySeed(key_id=KMS_KEY, created_at=MADE, region="eu-west-1", aliases=("alias/tokens",)),),
    }
    own = {name: changes.pop(name) for name in ("lookups_a_second", "page_size") if name in changes}
    server.seed(AwsSeed(accounts=(account(CORE, person("mjkim"), **(made | changes)),), clock=AS_OF, **own))


def events(server: AwsServer, since: datetime | None = None, **changes: Any) -> list[AuditEvent]:
    return of(AuditEvent, trail(server, **changes).events(since))


def client(server: AwsServer, service: str, region: str = "us-east-1", **given: Any) -> Any:
    """Of Min-ji Kim, with her own access key, or with the credentials of a role."""
    own: dict[str, Any] = {"aws_access_key_id": key_id("mjkim"), "aws_secret_access_key": "not checked"}
    made: Any = boto3.client
    return made(service, endpoint_url=server.endpoint_url, region_name=region, **(own | given))


# --- regions, pages, pace -----------------------------------------------------------------------------------------


def test_a_quiet_region_costs_one_request(aws: AwsServer) -> None:
    aws.record(CORE, event(1), event(2, region="eu-west-1"))
    aws.forget_requests()

    assert {each.event_id for each in events(aws)} == {event_id(1), event_id(2)}
    assert aws.requests(CORE)["cloudtrail:LookupEvents"] == len(EVERYWHERE)


def test_where_more_happened_each_name_is_asked_for(aws: AwsServer) -> None:
    noise = [event(number, "ssm:UpdateInstanceInformation", region="eu-west-1") for number in range(1000, 1120)]
    many = [event(number, at=READ_AT + timedelta(days=1, seconds=number), region="eu-west-1") for number in range(120)]
    sign = event(500, "kms:Sign", region="eu-west-1", resources=(f"arn:aws:kms:eu-west-1:{CORE}:key/{KMS_KEY}",))
    aws.record(CORE, *noise, *many, sign, event(600))
    aws.forget_requests()

    found = events(aws)

    assert {each.event_id for each in found} == {event_id(number) for number in (0, 119, 500, 600)}
    assert aws.requests(CORE)["cloudtrail:LookupEvents"] == len(EVERYWHERE) + len(REGIONAL) + 2


def test_iam_is_asked_about_where_it_records(aws: AwsServer) -> None:
    noise = [event(number, "ec2:RunInstances") for number in range(1000, 1060)]
    aws.record(CORE, *noise, event(1, "iam:UpdateAssumeRolePolicy", request={"roleName": "ops"}))
    aws.forget_requests()

    (found,) = events(aws, regions=["eu-west-1"])

    assert (found.deed, found.object) == (ActionKind.MADE, f"arn:aws:iam::{CORE}:role/ops")
    assert aws.requests(CORE)["cloudtrail:LookupEvents"] == 2 + len(GLOBAL)


def test_more_pages_than_asked_for_are_said_not_to_be_checked(aws: AwsServer) -> None:
    aws.record(CORE, *(event(number, at=READ_AT + timedelta(minutes=number)) for number in range(110)))

    facts = list(trail(aws, max_pages=1).events(None))

    (gap,) = [gap for gap in of(Gap, facts) if gap.red]
    assert "of GetSecretValue in us-east-1 only the last 1 pages" in gap.text
    assert "max_pages" in gap.text
    assert max(of(AuditEvent, facts), key=lambda each: each.at).event_id == event_id(109)


@pytest.mark.parametrize(("apart", "kept"), [(0.06, True), (0.0, False)])
def test_a_region_is_asked_no_faster_than_it_answers(
    aws_process: AwsServer, monkeypatch: pytest.MonkeyPatch, apart: float, kept: bool
) -> None:
    """AWS's two a second, ten times as fast; without the pace, and without trying again, the same server refuses."""
    stand(aws_process, lookups_a_second=20, regions=("us-east-1",))
    aws_process.record(CORE, *(event(number, "ec2:RunInstances") for number in range(60)))
    monkeypatch.setattr(aws_cloudtrail, "Pace", partial(Pace, apart=apart))
    source = trail(aws_process, max_attempts=1)
    source.sleep = time.sleep

    if kept:
        assert of(AuditEvent, source.events(None)) == []
        assert source.requests.inventory == 1 + 1 + 1 + len(REGIONAL) + len(GLOBAL)
    else:
        with pytest.raises(RetriableError, match="throttled"):
            list(source.events(None))


def test_throttled_now_and_then_is_tried_again(aws: AwsServer) -> None:
    aws.record(CORE, event(1))
    aws.throttle(CORE, "cloudtrail:LookupEvents", 2)

    source = trail(aws)
    assert [each.event_id for each in of(AuditEvent, source.events(None))] == [event_id(1)]
    assert source.requests.overhead >= 2


def test_a_region_that_refuses_keeps_none_of_the_others_back(aws: AwsServer) -> None:
    aws.record(CORE, event(1), event(2, region="eu-west-1"))
    aws.deny(CORE, "cloudtrail:LookupEvents", only="eu-west-1")

    facts = list(trail(aws).events(None))

    assert [each.event_id for each in of(AuditEvent, facts)] == [event_id(1)]
    (scope,) = of(ScopeRead, facts)
    assert "LookupEvents denied for eu-west-1" in scope.error
    assert "Grant cloudtrail:LookupEvents" in scope.error


def test_the_regions_that_were_left_out_are_said(aws: AwsServer) -> None:
    facts = list(trail(aws, regions=["eu-west-1"]).events(None))

    assert any("only eu-west-1 read" in gap.text and not gap.red for gap in of(Gap, facts))


def test_the_horizon_is_said_where_a_read_would_have_to_go_beyond(aws: AwsServer) -> None:
    aws.record(CORE, event(1, at=AS_OF - timedelta(days=89)), event(2, at=AS_OF - timedelta(days=91)))

    for since in (None, AS_OF - timedelta(days=200)):
        facts = list(trail(aws).events(since))
        assert [each.event_id for each in of(AuditEvent, facts)] == [event_id(1)]
        (gap,) = [gap for gap in of(Gap, facts) if "proves nothing" in gap.text]
        assert "events before 2026-08-26 can't be asked of CloudTrail" in gap.text


# --- names --------------------------------------------------------------------------------------------------------


def test_a_secret_that_was_asked_for_by_name_is_found_by_its_arn(aws_process: AwsServer) -> None:
    version = AwsSecretVersionSeed(version_id="1" * 32, created_at=MADE)
    secret = AwsSecretSeed(name="prod/login", created_at=MADE, versions=(version,))
    stand(aws_process, secrets=(secret,))
    partial = SECRET.removesuffix("-AbCdEf")
    aws_process.record(
        CORE,
        event(1, request={"secretId": "prod/login"}),
        event(2, request={"secretId": partial}, identity=somebody("jpark")),
        event(3, request={"secretId": "gone"}),
        event(4, at=MADE - timedelta(days=1), request={"secretId": "prod/login"}),
    )

    found = {each.event_id: each.object for each in events(aws_process)}

    assert found[event_id(1)] == found[event_id(2)] == SECRET
    assert found[event_id(3)] == f"arn:aws:secretsmanager:us-east-1:{CORE}:secret:gone"


def test_nothing_is_asked_but_what_the_shipped_policy_allows(aws: AwsServer) -> None:
    path = {"path": "/prod", "withDecryption": True}
    aws.record(CORE, event(1, request={"secretId": "x"}), event(2, "ssm:GetParametersByPath", request=path))
    aws.forget_requests()

    list(trail(aws).events(None))

    asked = {action for action in aws.requests(CORE) if action not in {"AssumeRole", "GetCallerIdentity"}}
    assert {"ec2:DescribeRegions" if action == "DescribeRegions" else action for action in asked} == shipped_rights(
        "CloudTrail"
    )


def test_without_the_right_to_list_secrets_the_name_stays_and_the_right_is_named(aws: AwsServer) -> None:
    aws.record(CORE, event(1, request={"secretId": "prod/login"}))
    aws.deny(CORE, "secretsmanager:ListSecrets")

    facts = list(trail(aws).events(None))

    (found,) = of(AuditEvent, facts)
    assert found.object == SECRET.removesuffix("-AbCdEf")
    (gap,) = [gap for gap in of(Gap, facts) if gap.red]
    assert "Grant secretsmanager:ListSecrets" in gap.text
    assert of(ScopeRead, facts)[0].error == ""


def test_the_parameters_below_a_path_that_was_read(aws_process: AwsServer) -> None:
    names = ("/prod/a", "/prod/deep/b", "/dev/c")
    stand(aws_process, parameters=tuple(parameter(name) for name in names))
    request = {"path": "/prod", "withDecryption": True}
    aws_process.record(
        CORE,
        event(1, "ssm:GetParametersByPath", request=request),
        event(2, "ssm:GetParametersByPath", request=request | {"recursive": True}, identity=somebody("jpark")),
    )

    found = events(aws_process)

    below = f"arn:aws:ssm:us-east-1:{CORE}:parameter/prod"
    assert {(each.event_id, each.object) for each in found} == {
        (event_id(1), f"{below}/a"),
        (event_id(2), f"{below}/a"),
        (event_id(2), f"{below}/deep/b"),
    }


def parameter(name: str) -> AwsParameterSeed:
    return AwsParameterSeed(name=name, modified_at=MADE)


# --- what real calls leave behind ---------------------------------------------------------------------------------


def test_what_somebody_really_did_is_found(aws: AwsServer) -> None:
    client(aws, "kms", "eu-west-1").sign(
        KeyId="alias/tokens", Message=b"abc", MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
    )
    iam = client(aws, "iam")
    made = iam.create_user(UserName="helper")["User"]
    made_key = iam.create_access_key(UserName="helper")["AccessKey"]

    everything = events(aws)
    found = {each.action: each for each in everything}

    sign = found["kms:Sign"]
    assert (sign.deed, sign.object) == (ActionKind.USED, f"arn:aws:kms:eu-west-1:{CORE}:key/{KMS_KEY}")
    assert (sign.actor_realm, sign.actor) == (CORE, user_id("mjkim"))
    assert (found["iam:CreateUser"].deed, found["iam:CreateUser"].object) == (ActionKind.MADE, made["UserId"])
    assert {each.object for each in everything if each.action == "iam:CreateAccessKey"} == {
        made_key["AccessKeyId"],
        made["Arn"],
    }
    assert made_key["SecretAccessKey"] not in repr(everything)


def test_whoever_took_on_a_role_is_told_by_session_and_source_identity(aws: AwsServer) -> None:
    taken = client(aws, "sts").assume_role(
        RoleArn=f"arn:aws:iam::{CORE}:role/reader", RoleSessionName="mj.kim", SourceIdentity="mjkim@corp.example"
    )["Credentials"]
    session = {
        "aws_access_key_id": taken["AccessKeyId"],
        "aws_secret_access_key": taken["SecretAccessKey"],
        "aws_session_token": taken["SessionToken"],
    }
    client(aws, "kms", "eu-west-1", **session).sign(
        KeyId=KMS_KEY, Message=b"abc", MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
    )

    (found,) = events(aws)

    assert found.actor == ""
    assert found.actor_label == f"arn:aws:sts::{CORE}:assumed-role/reader/mj.kim"
    assert {(key.kind, key.value, key.name) for key in found.actor_keys} == {
        (IdentityKeyKind.MAIL, "mjkim@corp.example", "sourceIdentity"),
        (IdentityKeyKind.LOGIN, "mj.kim", "sessionName"),
    }


# --- the server itself, against the model that AWS publishes ------------------------------------------------------


def history(server: AwsServer) -> Any:
    return client(server, "cloudtrail")


def test_pages_go_on_with_the_same_question_alone(aws: AwsServer) -> None:
    aws.record(CORE, *(event(number, at=READ_AT + timedelta(seconds=number)) for number in range(70)))
    ask = history(aws).lookup_events
    first = ask(MaxResults=50)

    rest = ask(MaxResults=50, NextToken=first["NextToken"])

    assert [len(page["Events"]) for page in (first, rest)] == [50, 20]
    assert "NextToken" not in rest
    times = [each["EventTime"] for page in (first, rest) for each in page["Events"]]
    assert times == sorted(times, reverse=True)
    by_name: Mapping[str, Any] = {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "Sign"}]}
    for wrong in ({"NextToken": "made up"}, {"NextToken": first["NextToken"], **by_name}):
        with pytest.raises(ClientError) as caught:
            ask(**wrong)
        assert error_code(caught.value) == "InvalidNextTokenException"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"MaxResults": 51}, "ValidationException"),
        ({"StartTime": AS_OF, "EndTime": AS_OF - timedelta(days=1)}, "InvalidTimeRangeException"),
        (
            {
                "LookupAttributes": [
                    {"AttributeKey": "EventName", "AttributeValue": each} for each in ("Sign", "Verify")
                ]
            },
            "InvalidLookupAttributesException",
        ),
    ],
)
def test_a_deliberately_bad_request_is_refused(aws: AwsServer, wrong: Mapping[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        history(aws).lookup_events(**wrong)
    assert error_code(caught.value) == code


def test_a_misspelt_field_is_refused_by_client_and_server(aws: AwsServer) -> None:
    with pytest.raises(ParamValidationError):
        history(aws).lookup_events(MaxResult=50)
    headers = {
        "X-Amz-Target": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={key_id('mjkim')}/20261124/us-east-1/cloudtrail/aws4_request",
    }
    good, bad = (
        urllib.request.Request(aws.endpoint_url, json.dumps({name: 50}).encode(), headers)
        for name in ("MaxResults", "MaxResult")
    )
    with urllib.request.urlopen(good) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(bad)
    with caught.value as refused:
        assert (refused.code, "ValidationException" in refused.read().decode()) == (400, True)


def test_hammering_is_throttled(aws_process: AwsServer) -> None:
    stand(aws_process, lookups_a_second=2)
    hasty = client(aws_process, "cloudtrail", config=Config(retries={"total_max_attempts": 1}))
    hasty.lookup_events()
    hasty.lookup_events()

    with pytest.raises(ClientError) as caught:
        hasty.lookup_events()
    assert error_code(caught.value) == "ThrottlingException"


# --- files --------------------------------------------------------------------------------------------------------


def files(store: Store, since: datetime | None = None, **changes: Any) -> list[Any]:
    return list(trail(store.connection(), bucket=f"s3://{BUCKET}/logs", role_name=None, **changes).events(since))


def test_files_of_all_regions_and_of_the_organizations_trail_are_read(s3: Store) -> None:
    mine, parks, lees = (
        event(1),
        event(2, region="eu-west-1", identity=somebody("jpark")),
        event(3, identity=somebody("lee")),
    )
    s3.put(key_of(AS_OF, 1), file_of(mine))
    s3.put(key_of(AS_OF, 2, region="eu-west-1"), file_of(parks))
    s3.put(key_of(AS_OF, 3, folder="o-a1b2c3d4e5/"), file_of(lees, mine))

    facts = files(s3)

    assert sorted(each.event_id for each in of(AuditEvent, facts)) == [event_id(number) for number in (1, 2, 3)]
    assert {each.realm for each in facts} == {CORE}


def test_other_accounts_digests_insights_and_strangers_are_not_read(s3: Store) -> None:
    good = key_of(AS_OF, 1)
    s3.put(good, file_of(event(1)))
    for other in (
        good.replace("/CloudTrail/", "/CloudTrail-Digest/"),
        good.replace("/CloudTrail/", "/CloudTrail-Insight/"),
        good.replace(f"/{CORE}/", "/999999999999/"),
        good.replace("logs/", "else/"),
        good.replace(".json.gz", ".txt"),
    ):
        s3.put(other, b"not to be read")

    assert [each.event_id for each in of(AuditEvent, files(s3))] == [event_id(1)]


def test_only_the_days_that_are_asked_for_are_listed(s3: Store) -> None:
    s3.put(key_of(AS_OF - timedelta(days=9)), b"not to be read")
    s3.put(key_of(AS_OF - timedelta(days=1)), file_of(event(1, at=AS_OF - timedelta(days=1))))

    assert [each.event_id for each in of(AuditEvent, files(s3, AS_OF - timedelta(days=2)))] == [event_id(1)]


@pytest.mark.parametrize(
    "content",
    [
        file_of(event(1))[:-9],
        b"",
        b"<html>no such page</html>",
        gzip.compress(b'{"Records": ['),
        gzip.compress(b'{"records": []}'),
        gzip.compress(b"\xff\xfe"),
        gzip.compress(b'{"Records": ' + b"[" * 100_000),
    ],
)
def test_a_file_that_is_cut_off_or_none_of_cloudtrails_is_an_error(s3: Store, content: bytes) -> None:
    s3.put(key_of(AS_OF), content)

    with pytest.raises(FatalError) as caught:
        files(s3)
    assert str(caught.value).startswith("sources.trail")


def test_a_record_that_can_t_be_read_costs_itself(s3: Store, record_property) -> None:
    odd = {"eventSource": "kms.amazonaws.com", "eventName": "Sign", "eventID": "e-1"}
    good = json.loads(gzip.decompress(file_of(event(1))))["Records"]
    s3.put(key_of(AS_OF), gzip.compress(json.dumps({"Records": [odd, *good]}).encode()))
    record_property("hostile values", 1)

    told = files(s3)

    assert [each.event_id for each in of(AuditEvent, told)] == [event_id(1)]
    (gap,) = (each for each in of(Gap, told) if each.red and "CloudTrail record" in each.text)
    assert gap.text.startswith(f"CloudTrail record e-1 of account {CORE} isn't as CloudTrail writes them (KeyError)")


def test_a_file_that_unpacks_without_end_is_an_error(s3: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offboarding.sources.aws.cloudtrail.bucket.MOST_BYTES", 1 << 16)
    s3.put(key_of(AS_OF), gzip.compress(b" " * (1 << 18)))

    with pytest.raises(FatalError, match="unpacks to more than"):
        files(s3)


def test_a_trail_that_stopped_writing_is_not_silence(s3: Store) -> None:
    facts = files(s3)

    (gap,) = [gap for gap in of(Gap, facts) if gap.red]
    assert "no file came to s3://hr-feeds/logs" in gap.text
    assert "NOT CHECKED" in gap.text


def test_a_bucket_that_is_not_there_says_what_to_mend(s3: Store) -> None:
    source = trail(s3.connection(), bucket="s3://nowhere-at-all/logs", role_name=None)

    with pytest.raises(FatalError, match=r"NoSuchBucket\. Mend `bucket`"):
        list(source.events(None))


def test_the_bucket_is_read_by_the_role_in_its_own_account(aws: AwsServer) -> None:
    source = trail(connection(aws), bucket="s3://logs", bucket_account="222222222222")

    with pytest.raises(FatalError) as caught:
        list(source.events(None))
    assert "222222222222" in str(caught.value)
