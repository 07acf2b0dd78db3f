"""A request to AWS as the demo's server sees it: which call it is, whose, and for which region and service."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

from moto.iam.models import get_account_id_from

from demo.aws_moto import backend_of, operator_key_id
from demo.aws_organization import SERVICES

_SCOPE = re.compile(r"Credential=([A-Z0-9]+)/\d+/([a-z0-9-]+)/([a-z0-9-]+)/")
"""Whose key, which region and which service a request is signed for."""
REGIONAL = {
    "TrentService": "kms",
    "secretsmanager": "secretsmanager",
    "AmazonSSM": "ssm",
    "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101": "cloudtrail",
}
"""The first half of `X-Amz-Target` of services that have regions, and their own names in policies."""
_NAMES = {**SERVICES, **REGIONAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    action: str
    """"ListUsers" in the query protocol (IAM, STS); in JSON with its service: "identitystore:ListUsers"."""
    account_id: str
    """Whose account it is about: for AssumeRole the role's, else the caller's."""
    fields: Mapping[str, str]
    operator: bool
    """Made by whoever runs the server."""
    key_id: str
    """Of the access key it's signed with."""
    region: str
    service: str
    """As the request is signed: "iam", "kms"."""
    payload: Mapping[str, object]
    """The fields of a request in JSON."""


class AwsError(Exception):
    """An answer of AWS that is an error."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def recognised(environ: WSGIEnvironment, body: bytes) -> Call:
    """The call that a request makes. Raises AwsError for a key that nobody here gave out."""
    payload: Mapping[str, object] = {}
    if target := str(environ.get("HTTP_X_AMZ_TARGET", "")):
        service, _, operation = target.rpartition(".")
        payload = json.loads(body)
        fields: Mapping[str, str] = {name: str(value) for name, value in payload.items()}
        action = f"{_NAMES[service]}:{operation}"
    else:
        fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        action = fields.get("Action", "")
    found = _SCOPE.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    key_id, region, signed_for = found.groups() if found else ("", "", "")
    account_id = get_account_id_from(key_id)
    key = backend_of(account_id).access_keys.get(key_id)
    if key is None or key.status != "Active":
        raise AwsError("InvalidClientTokenId", 403, "The security token included in the request is invalid")
    operator = key_id == operator_key_id(account_id)
    if action == "AssumeRole":
        account_id = fields["RoleArn"].split(":")[4]
    return Call(
        action=action,
        account_id=account_id,
        fields=fields,
        operator=operator,
        key_id=key_id,
        region=region,
        service=signed_for,
        payload=payload,
    )
