"""The AWS server that the demo and the tests run: that it behaves as AWS does, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from demo.aws import PROJECT, AwsServer, aws_server
from demo.aws_seed import AwsSeed, seed_from_json, seed_to_json
from tests.systems.aws.cloud import (
    CORE,
    MADE,
    account,
    aws,
    aws_process,
    bare,
    certificate,
    group,
    key,
    key_id,
    person,
    role,
    service_credential,
    ssh_key,
    user_id,
)

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

SEED = AwsSeed(
    accounts=(
        account(
            CORE,
            person("mjkim", tags={"email": "kim@corp.example"}, groups=("ops",), ssh_keys=(ssh_key("mjkim"),)),
            person("kim,min=jun", keys=(key("x", active=False), key("x", 2, last_used_at=None))),
            groups=(group("ops", "arn:aws:iam::aws:policy/AdministratorAccess"),),
        ),
    ),
)


def refused(call: Any, **fields: object) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**fields)
    error: Any = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]


def made_report(iam: Any) -> None:
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass


def test_a_seed_survives_json() -> None:
    assert seed_from_json(seed_to_json(SEED)) == SEED


def test_ids_and_dates_are_the_seeds(aws: AwsServer) -> None:
    aws.seed(SEED)
    iam: Any = aws.operator(CORE)

    user = iam.get_user(UserName="mjkim")["User"]
    (access_key,) = iam.list_access_keys(UserName="mjkim")["AccessKeyMetadata"]

    assert (user["UserId"], user["CreateDate"]) == (user_id("mjkim"), MADE)
    assert (access_key["AccessKeyId"], access_key["CreateDate"]) == (key_id("mjkim"), MADE)
    assert iam.get_login_profile(UserName="mjkim")["LoginProfile"]["CreateDate"] == MADE
    assert iam.list_ssh_public_keys(UserName="mjkim")["SSHPublicKeys"][0]["UploadDate"] == MADE


def test_the_report_is_made_late_and_lasts_four_hours(aws: AwsServer) -> None:
    aws.seed(SEED)
    iam: Any = aws.operator(CORE)

    assert refused(iam.get_credential_report) == ("ReportNotPresent", 410)
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert refused(iam.get_credential_report) == ("ReportInProgress", 404)
    made_report(iam)
    first = iam.get_credential_report()
    iam.delete_login_profile(UserName="mjkim")
    aws.advance(timedelta(hours=3, minutes=59))
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert iam.get_credential_report()["Content"] == first["Content"]
    aws.advance(timedelta(minutes=2))
    assert refused(iam.get_credential_report) == ("ReportExpired", 410)
    made_report(iam)
    assert iam.get_credential_report()["Content"] != first["Content"]


def test_the_report_reads_as_awss_does(aws: AwsServer) -> None:
    aws.seed(SEED)
    iam: Any = aws.operator(CORE)
    made_report(iam)

    answer = iam.get_credential_report()
    header, root, *rows = answer["Content"].decode().split("\n")

    assert abs(answer["GeneratedTime"] - datetime.now(UTC)) < timedelta(minutes=1)
    assert len(header.split(",")) == 22
    assert root.startswith(
        f"<root_account>,arn:aws:iam::{CORE}:root,2024-03-01T09:00:00Z,not_supported,no_information,"
    )
    assert rows[0] == (
        f"mjkim,arn:aws:iam::{CORE}:user/mjkim,2024-03-01T09:00:00Z,true,2026-11-23T02:10:00Z,2024-03-01T09:00:00Z,N/A,"
        "false,true,2024-03-01T09:00:00Z,2026-11-23T02:10:00Z,N/A,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
    )
    assert rows[1].startswith(f'"kim,min=jun","arn:aws:iam::{CORE}:user/kim,min=jun",')
    assert ",false,2024-03-01T09:00:00Z,2026-11-23T02:10:00Z,N/A,s3,true,2024-03-01T09:00:00Z,N/A,N/A,N/A," in rows[1]
    assert rows[2:] == []


def test_pages_hold_what_was_asked_for_at_most(aws: AwsServer) -> None:
    aws.seed(AwsSeed(accounts=(account(CORE, *(bare(f"u{number}") for number in range(7)), groups=(group("g"),)),)))
    iam: Any = aws.operator(CORE)

    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 3}))

    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert [len(page["UserDetailList"]) for page in pages] == [3, 3, 1]
    assert [len(page["GroupDetailList"]) for page in pages] == [0, 0, 1]
    assert len(iam.list_users(MaxItems=2)["Users"]) == 2


def test_a_renamed_user_takes_keys_and_tags_along(aws: AwsServer) -> None:
    aws.seed(SEED)
    iam: Any = aws.operator(CORE)

    iam.update_user(UserName="mjkim", NewUserName="minjun")

    assert iam.list_access_keys(UserName="minjun")["AccessKeyMetadata"][0]["UserName"] == "minjun"
    assert iam.get_user(UserName="minjun")["User"]["Tags"] == [{"Key": "email", "Value": "kim@corp.example"}]
    assert iam.get_access_key_last_used(AccessKeyId=key_id("mjkim"))["UserName"] == "minjun"
    assert refused(iam.list_access_keys, UserName="mjkim") == ("NoSuchEntity", 404)


def test_roles_stand_in_the_authorization_details_where_they_are_asked_for(aws: AwsServer) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "AIDAGONE"}, "Action": "sts:AssumeRole"}
    aws.seed(AwsSeed(accounts=(account(CORE, bare("u"), iam_roles=(role("ops", trust),)),)))
    iam: Any = aws.operator(CORE)

    (found,) = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]

    assert (found["RoleId"], found["CreateDate"]) == (role("ops").role_id, MADE)
    assert found["AssumeRolePolicyDocument"]["Statement"] == [trust]
    assert iam.get_account_authorization_details(Filter=["User"])["RoleDetailList"] == []


def test_api_keys_of_all_users_in_pages_and_wherever_a_user_goes(aws: AwsServer) -> None:
    keys = tuple(service_credential("mjkim", place) for place in range(3))
    aws.seed(AwsSeed(accounts=(account(CORE, bare("mjkim", service_credentials=keys), bare("gone")),)))
    iam: Any = aws.operator(CORE)
    iam.update_user(UserName="mjkim", NewUserName="minjun")

    first = iam.list_service_specific_credentials(AllUsers=True, MaxItems=2)
    rest = iam.list_service_specific_credentials(AllUsers=True, Marker=first["Marker"])

    listed = [*first["ServiceSpecificCredentials"], *rest["ServiceSpecificCredentials"]]
    assert (first["IsTruncated"], rest["IsTruncated"]) == (True, False)
    assert [each["ServiceSpecificCredentialId"] for each in listed] == [one.credential_id for one in keys]
    assert {each["UserName"] for each in listed} == {"minjun"}
    assert iam.list_service_specific_credentials(UserName="gone")["ServiceSpecificCredentials"] == []


def test_certificates_stand_in_their_list_and_in_the_report(aws: AwsServer) -> None:
    both = (certificate("a"), certificate("b", active=False))
    aws.seed(AwsSeed(accounts=(account(CORE, bare("mjkim", certificates=both)),)))
    iam: Any = aws.operator(CORE)
    made_report(iam)

    listed = iam.list_signing_certificates(UserName="mjkim")["Certificates"]

    assert [(each["Status"], each["UploadDate"]) for each in listed] == [("Active", MADE), ("Inactive", MADE)]
    row = iam.get_credential_report()["Content"].decode().split("\n")[2]
    assert row.endswith("true,2024-03-01T09:00:00Z,false,2024-03-01T09:00:00Z")


def test_organizations_answers_the_management_account_alone(aws: AwsServer) -> None:
    members = (account("999999999999"), account(CORE, email="kim@corp.example", state="SUSPENDED"))
    aws.seed(AwsSeed(accounts=members, management_account_id="999999999999"))
    management, other = (organizations(aws, f"ASIA{owner}OPER") for owner in ("999999999999", CORE))

    told = management.describe_account(AccountId=CORE)["Account"]

    assert (told["Email"], told["State"], told["Status"]) == ("kim@corp.example", "SUSPENDED", "SUSPENDED")
    assert refused(other.list_accounts) == ("AccessDeniedException", 400)
    assert refused(management.describe_account, AccountId="000000000000") == ("AccountNotFoundException", 400)


def organizations(aws: AwsServer, key: str) -> Any:
    return boto3.client(
        "organizations",
        endpoint_url=aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key="not checked",
    )


def test_any_policy_of_awss_can_be_attached(aws: AwsServer) -> None:
    iam: Any = aws.operator(CORE)

    iam.attach_user_policy(UserName="mjkim", PolicyArn="arn:aws:iam::aws:policy/job-function/Billing")

    (attached,) = iam.list_attached_user_policies(UserName="mjkim")["AttachedPolicies"]
    assert attached["PolicyName"] == "Billing"


def test_the_server_ends_with_a_parent_that_is_killed() -> None:
    code = (
        "import sys, time; from demo.aws import aws_server;"
        "from demo.aws_seed import AwsSeed\n"
        "with aws_server(AwsSeed(accounts=())) as server: print(server.port, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        url = f"http://127.0.0.1:{int(parent.stdout.readline())}/_control/requests"
        assert json.load(urllib.request.urlopen(url, timeout=5)) == []
        os.kill(parent.pid, signal.SIGKILL)

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _answers(url):
        time.sleep(0.05)
    assert not _answers(url)


def test_a_port_that_is_taken_is_told(aws: AwsServer) -> None:
    with pytest.raises(RuntimeError, match="did not start"), aws_server(SEED, port=aws.port):
        pass


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True
