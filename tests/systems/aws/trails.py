"""CloudTrail for tests: events, sources that wait for nothing, and files as a trail delivers them."""

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from demo.aws import AwsServer
from demo.aws_trail_seed import AwsEventSeed, iam_user, record_of, role_session
from offboarding.interfaces import ConnectionFields
from offboarding.sources.aws.cloudtrail import AwsCloudTrailSource, Settings, build
from tests.systems.aws.cloud import AS_OF, CONTEXT, CORE, connection, user_id

READ_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SECRET = f"arn:aws:secretsmanager:us-east-1:{CORE}:secret:prod/login-AbCdEf"
HELD_BACK = "s3cret that a request held"
"""Stands in requests and answers; must be told nowhere."""


def event_id(number: int) -> str:
    """A uuid."""
    return f"aaaaaaaa-0000-4000-8000-{number:012}"


def event(number: int, action: str = "secretsmanager:GetSecretValue", **changes: Any) -> AwsEventSeed:
    """Min-ji Kim read a secret by its ARN."""
    service, _, name = action.partition(":")
    given: dict[str, Any] = {
        "event_id": event_id(number),
        "at": READ_AT,
        "source": f"{service}.amazonaws.com",
        "name": name,
        "identity": mjkim(),
        "request": {"secretId": SECRET},
        "read_only": name.startswith("Get"),
    }
    return AwsEventSeed(**(given | changes))


def mjkim() -> Mapping[str, Any]:
    """An IAM user."""
    return iam_user(CORE, user_id("mjkim"), "mjkim")


def somebody(session: str, *, source_identity: str = "") -> Mapping[str, Any]:
    """Whoever took on the role."""
    return role_session(CORE, "AROAREADER0000000000", "reader", session, source_identity=source_identity)


def settings(**changes: Any) -> Settings:
    """What a user would write, and changes to it."""
    given: dict[str, object] = {
        "name": "trail",
        "kind": "aws_cloudtrail",
        "connection": "aws_audit",
        "role_name": "OffboardingAudit",
        "accounts": [CORE],
    }
    return Settings.model_validate(given | changes)


def trail(
    server: AwsServer | ConnectionFields, part: str = CORE, *, slept: list[float] | None = None, **changes: Any
) -> AwsCloudTrailSource:
    """A ready source that waits for nothing; what it would have slept is added to `slept`."""
    fields = connection(server) if isinstance(server, AwsServer) else server
    made = build(settings(**changes), fields, part, CONTEXT)
    made.sleep = (slept if slept is not None else []).append
    return made


def file_of(*events: AwsEventSeed, account_id: str = CORE) -> bytes:
    """A file as CloudTrail writes it."""
    return gzip.compress(json.dumps({"Records": [record_of(each, account_id) for each in events]}).encode())


def key_of(delivered_at: datetime, number: int = 1, *, folder: str = "", region: str = "us-east-1") -> str:
    """Where it lies. `folder`: of an organization, with a slash."""
    name = f"{CORE}_CloudTrail_{region}_{delivered_at:%Y%m%dT%H%MZ}_{number:016}.json.gz"
    return f"logs/AWSLogs/{folder}{CORE}/CloudTrail/{region}/{delivered_at:%Y/%m/%d}/{name}"


NOW = AS_OF
