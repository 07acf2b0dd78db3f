"""KMS, Secrets Manager and the Parameter Store as the demo's server has them: held to the model that AWS publishes.

Each kind of answer has its control: a request that AWS would refuse, and that is refused here.
"""

import json
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from demo.aws import AwsServer
from demo.aws_model import check_answer
from demo.aws_seed import AwsSeed, seed_from_json, seed_to_json
from tests.systems.aws.cloud import CORE, USED, account, aws, aws_process
from tests.systems.aws.keyring import (
    KEY_MADE,
    SECRET_MADE,
    SEOUL,
    US,
    VALUE,
    encrypting,
    kms_arn,
    kms_id,
    mac,
    parameter,
    private_key,
    secret,
    secret_arn,
    signing,
    version,
    version_id,
)

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

SEED = AwsSeed(
    accounts=(
        account(
            CORE,
            regions=(SEOUL, US),
            kms_keys=(
                signing("tokens", aliases=("alias/tokens",), tags={"owner": "auth"}, last_used_at=USED),
                mac("webhooks"),
                encrypting("disk"),
                signing("off", state="Disabled"),
                signing("going", state="PendingDeletion", deletion_at=KEY_MADE + timedelta(days=900)),
                signing("mrk-world", replicas=(SEOUL,)),
            ),
            secrets=(
                secret("db", version("old", SECRET_MADE), version("new", KEY_MADE, "AWSCURRENT"), tags={"owner": "a"}),
                secret("gone", deleted_at=USED),
            ),
            parameters=(parameter("/login/salt"), parameter("plain", type="String")),
        ),
    ),
)
TARGETS = {"kms": "TrentService", "secretsmanager": "secretsmanager", "ssm": "AmazonSSM"}


@pytest.fixture
def server(aws: AwsServer) -> AwsServer:
    aws.seed(SEED)
    return aws


def code(call: Any, **fields: object) -> str:
    with pytest.raises(ClientError) as caught:
        call(**fields)
    error: Any = caught.value.response
    return error["Error"]["Code"]


def raw(server: AwsServer, service: str, operation: str, fields: object, region: str = US) -> tuple[int, Any]:
    """An answer to what botocore itself would never send."""
    scope = f"ASIA{CORE}OPER/20261124/{region}/{service}/aws4_request"
    request = urllib.request.Request(
        server.endpoint_url,
        data=json.dumps(fields).encode(),
        headers={"X-Amz-Target": f"{TARGETS[service]}.{operation}", "Authorization": f"AWS4 Credential={scope}, x"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_seed_survives_json() -> None:
    assert seed_from_json(seed_to_json(SEED)) == SEED


@pytest.mark.parametrize(
    ("service", "operation", "fields"),
    [
        ("kms", "GetKeyLastUsage", {}),
        ("kms", "GetKeyLastUsage", {"KeyId": kms_id("tokens"), "Key": "x"}),
        ("kms", "GetKeyLastUsage", {"KeyId": 7}),
        ("kms", "ListKeys", {"Limit": 1001}),
        ("kms", "ListKeys", {"Limit": 0}),
        ("kms", "GetPublicKeys", {"KeyId": kms_id("tokens")}),
        ("secretsmanager", "ListSecrets", {"MaxResults": 101}),
        ("secretsmanager", "ListSecretVersionIds", {"IncludeDeprecated": True}),
        ("secretsmanager", "ListSecretVersionIds", {"SecretId": "db", "IncludeDeprecatd": True}),
        ("ssm", "DescribeParameters", {"MaxResults": 51}),
        ("ssm", "DescribeParameters", {"ParameterFilters": [{"Keys": "Type"}]}),
    ],
)
def test_a_bad_request_is_refused(server: AwsServer, service: str, operation: str, fields: object) -> None:
    status, told = raw(server, service, operation, fields)

    assert (status, told["__type"]) == (400, "ValidationException")


@pytest.mark.parametrize(
    ("service", "operation", "fields"),
    [
        ("kms", "GetKeyLastUsage", {"KeyId": kms_id("tokens")}),
        ("kms", "DescribeKey", {"KeyId": kms_id("mrk-world")}),
        ("kms", "GetPublicKey", {"KeyId": kms_id("tokens")}),
        ("kms", "ListKeys", {"Limit": 1000}),
        ("kms", "ListAliases", {}),
        ("kms", "ListGrants", {"KeyId": kms_id("tokens")}),
        ("kms", "ListResourceTags", {"KeyId": kms_id("tokens")}),
        ("kms", "GetKeyPolicy", {"KeyId": kms_id("tokens"), "PolicyName": "default"}),
        ("secretsmanager", "ListSecrets", {"MaxResults": 100, "IncludePlannedDeletion": True}),
        ("secretsmanager", "ListSecretVersionIds", {"SecretId": "db", "IncludeDeprecated": True}),
        ("secretsmanager", "GetResourcePolicy", {"SecretId": "db"}),
        ("ssm", "DescribeParameters", {"MaxResults": 50}),
    ],
)
def test_a_good_one_is_answered_as_the_model_says(
    server: AwsServer, service: str, operation: str, fields: object
) -> None:
    status, told = raw(server, service, operation, fields)

    assert status == 200
    check_answer(service, operation, told)
    with pytest.raises(AssertionError, match="Unknown parameter"):
        check_answer(service, operation, {**told, "Surprise": 1})


def test_a_region_that_is_not_enabled_knows_nobody(server: AwsServer) -> None:
    assert raw(server, "kms", "ListKeys", {}, region="eu-central-1")[1]["__type"] == "UnrecognizedClientException"
    regions = server.ec2_operator(CORE).describe_regions()["Regions"]
    assert [region.get("RegionName") for region in regions] == [SEOUL, US]


def test_keys_come_in_pages_and_are_the_seeds(server: AwsServer) -> None:
    kms = server.kms_operator(CORE)

    first = kms.list_keys(Limit=4)
    rest = kms.list_keys(Limit=4, Marker=first["NextMarker"])

    assert (first["Truncated"], rest["Truncated"]) == (True, False)
    assert kms_arn("tokens") in [key.get("KeyArn") for key in (*first["Keys"], *rest["Keys"])]
    told = kms.describe_key(KeyId=kms_id("tokens"))["KeyMetadata"]
    assert (told.get("CreationDate"), told.get("KeyState"), told.get("KeyManager")) == (KEY_MADE, "Enabled", "CUSTOMER")
    assert code(kms.describe_key, KeyId=kms_id("never")) == "NotFoundException"


def test_a_public_half_is_shown_of_an_enabled_key_alone(server: AwsServer) -> None:
    kms = server.kms_operator(CORE)

    assert kms.get_public_key(KeyId=kms_id("tokens"))["PublicKey"].endswith(
        private_key("tokens").public_key().public_numbers().y.to_bytes(32, "big")
    )
    assert code(kms.get_public_key, KeyId=kms_id("off")) == "DisabledException"
    assert code(kms.get_public_key, KeyId=kms_id("going")) == "KMSInvalidStateException"
    assert code(kms.get_public_key, KeyId=kms_id("webhooks")) == "UnsupportedOperationException"


def test_a_disabled_key_signs_no_more_and_a_use_is_remembered(server: AwsServer) -> None:
    kms = server.kms_operator(CORE)
    before = kms.get_key_last_usage(KeyId=kms_id("tokens"))

    kms.sign(KeyId=kms_id("tokens"), Message=b"x", SigningAlgorithm="ECDSA_SHA_256")
    after = kms.get_key_last_usage(KeyId=kms_id("tokens"))

    assert before["KeyLastUsage"].get("Timestamp") == USED
    assert after["KeyLastUsage"].get("Timestamp") not in (None, USED)
    assert code(kms.sign, KeyId=kms_id("off"), Message=b"x", SigningAlgorithm="ECDSA_SHA_256") == "DisabledException"
    assert kms.get_key_last_usage(KeyId=kms_id("webhooks"))["KeyLastUsage"] == {}


def test_a_replica_is_one(server: AwsServer) -> None:
    primary = server.kms_operator(CORE).describe_key(KeyId=kms_id("mrk-world"))["KeyMetadata"]
    replica = server.kms_operator(CORE, SEOUL).describe_key(KeyId=kms_id("mrk-world"))["KeyMetadata"]

    kinds = [told.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") for told in (primary, replica)]
    assert kinds == ["PRIMARY", "REPLICA"]
    assert replica.get("Arn") == kms_arn("mrk-world", SEOUL)


def test_versions_have_their_own_dates_and_deprecated_ones_are_told_when_asked_for(server: AwsServer) -> None:
    secrets = server.secrets_operator(CORE)

    staged = secrets.list_secret_version_ids(SecretId="db")["Versions"]
    both = secrets.list_secret_version_ids(SecretId="db", IncludeDeprecated=True)["Versions"]

    assert [one.get("VersionId") for one in staged] == [version_id("new")]
    assert [(one.get("CreatedDate"), one.get("VersionStages")) for one in both] == [
        (SECRET_MADE, None),
        (KEY_MADE, ["AWSCURRENT"]),
    ]
    assert code(secrets.list_secret_version_ids, SecretId="never") == "ResourceNotFoundException"
    assert code(secrets.get_resource_policy, SecretId="gone") == "InvalidRequestException"


def test_a_secret_that_goes_is_listed_when_asked_for(server: AwsServer) -> None:
    secrets = server.secrets_operator(CORE)

    assert [one.get("Name") for one in secrets.list_secrets()["SecretList"]] == ["db"]
    planned = secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    assert [(one.get("ARN"), one.get("DeletedDate")) for one in planned] == [
        (secret_arn("db"), None),
        (secret_arn("gone"), USED),
    ]


def test_parameters_are_listed_without_their_values(server: AwsServer) -> None:
    found = server.parameters_operator(CORE).describe_parameters(
        ParameterFilters=[{"Key": "Type", "Option": "Equals", "Values": ["SecureString"]}]
    )

    (salt,) = found["Parameters"]
    assert (salt.get("Name"), salt.get("LastModifiedDate"), salt.get("Version")) == ("/login/salt", SECRET_MADE, 1)
    assert VALUE not in repr(found)


def test_a_right_can_be_taken_for_one_key_and_an_answer_cut(server: AwsServer) -> None:
    server.deny(CORE, "kms:DescribeKey", only=kms_id("tokens"))
    server.cut(CORE, "kms:ListKeys")

    # The operator is neither refused nor cut; what that does to others, the sources' tests show.
    assert server.kms_operator(CORE).describe_key(KeyId=kms_id("tokens"))
    assert server.kms_operator(CORE).list_keys()["Keys"]
