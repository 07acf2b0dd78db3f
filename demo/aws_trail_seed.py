"""What CloudTrail recorded in the AWS accounts of the demo and of the tests, every id and every date fixed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsEventSeed:
    """A management event."""

    event_id: str
    """A uuid."""
    at: datetime
    source: str
    """Such as "secretsmanager.amazonaws.com"."""
    name: str
    """Such as "GetSecretValue"."""
    identity: Fields
    """The record's `userIdentity`."""
    region: str = "us-east-1"
    request: Fields | None = None
    """`requestParameters`."""
    response: Fields | None = None
    """`responseElements`."""
    resources: tuple[str, ...] = ()
    """ARNs."""
    error: str = ""
    """`errorCode`; "": it was done."""
    read_only: bool = False
    account_id: str = field(default="", repr=False)
    """Of whose trail; "": the account's in whose seed it stands."""


def iam_user(account_id: str, user_id: str, name: str) -> Fields:
    """An IAM user with an access key."""
    return {
        "type": "IAMUser",
        "principalId": user_id,
        "arn": f"arn:aws:iam::{account_id}:user/{name}",
        "accountId": account_id,
        "userName": name,
    }


def role_session(account_id: str, role_id: str, role: str, session: str, *, source_identity: str = "") -> Fields:
    """Somebody who took on a role. `role`: its name, without its path."""
    context: dict[str, object] = {
        "sessionIssuer": {
            "type": "Role",
            "principalId": role_id,
            "arn": f"arn:aws:iam::{account_id}:role/{role}",
            "accountId": account_id,
            "userName": role,
        },
        "attributes": {"mfaAuthenticated": "false"},
    }
    if source_identity:
        context["sourceIdentity"] = source_identity
    return {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{session}",
        "arn": f"arn:aws:sts::{account_id}:assumed-role/{role}/{session}",
        "accountId": account_id,
        "sessionContext": context,
    }


def record_of(seed: AwsEventSeed, account_id: str) -> Mapping[str, object]:
    """The record, as CloudTrail writes it into a file.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    service = seed.source.partition(".")[0]
    record: dict[str, object] = {
        "eventVersion": "1.11",
        "userIdentity": seed.identity,
        "eventTime": f"{seed.at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": seed.source,
        "eventName": seed.name,
        "awsRegion": seed.region,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31",
        "requestParameters": seed.request,
        "responseElements": seed.response,
        "requestID": seed.event_id[::-1],
        "eventID": seed.event_id,
        "readOnly": seed.read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account_id,
        "eventCategory": "Management",
    }
    if seed.resources:
        kinds = {"kms": "AWS::KMS::Key", "secretsmanager": "AWS::SecretsManager::Secret"}
        record["resources"] = [
            {"accountId": arn.split(":")[4], "type": kinds.get(service, "AWS::Unknown"), "ARN": arn}
            for arn in seed.resources
        ]
    if seed.error:
        record |= {"errorCode": seed.error, "errorMessage": "as the service says"}
    return record
