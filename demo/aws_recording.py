"""Records in CloudTrail what real calls through this server do, by whoever's key they are signed with.

Of what is written down a secret's value is no part, as with AWS itself.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from moto.iam.models import IAMBackend

from demo.aws_trail_seed import AwsEventSeed, Fields, iam_user, role_session

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_VALUES = frozenset({"SecretString", "SecretBinary", "Value", "Message", "EncryptedKeyMaterial", "ImportToken"})
_KMS = frozenset({"CreateGrant", "CreateKey", "GenerateMac", "ImportKeyMaterial", "PutKeyPolicy", "Sign", "VerifyMac"})
_SECRETS = frozenset({"BatchGetSecretValue", "CreateSecret", "GetSecretValue", "PutSecretValue", "UpdateSecret"})
_PARAMETERS = frozenset({"GetParameter", "GetParameterHistory", "GetParameters", "GetParametersByPath", "PutParameter"})
_IAM: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "CreateUser": ("user", {"UserId": "userId", "UserName": "userName", "Arn": "arn"}),
    "CreateAccessKey": ("accessKey", {"AccessKeyId": "accessKeyId", "UserName": "userName", "Status": "status"}),
    "CreateLoginProfile": ("loginProfile", {"UserName": "userName"}),
    "UploadSSHPublicKey": ("sSHPublicKey", {"SSHPublicKeyId": "sSHPublicKeyId", "UserName": "userName"}),
    "UploadSigningCertificate": ("certificate", {"CertificateId": "certificateId", "UserName": "userName"}),
    "CreateRole": ("role", {"RoleId": "roleId", "RoleName": "roleName", "Arn": "arn"}),
    "UpdateAssumeRolePolicy": ("", {}),
}
"""What of IAM's answers CloudTrail shows: never a secret access key."""
_EPOCH = datetime.fromtimestamp(0, UTC)
"""Stands for a time that the trail gives."""
_READS = ("Get", "Batch", "Verify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A call that was answered."""

    action: str
    """Its name alone."""
    service: str
    account_id: str
    region: str
    key_id: str
    payload: Fields
    """In JSON, or the fields of a form."""
    answer: str
    error: str = ""


class Recorder:
    """Knows whose each key is."""

    def __init__(self) -> None:
        self._sessions: dict[str, Fields] = {}

    def event(self, made: Made, backend: IAMBackend) -> AwsEventSeed | None:
        """What CloudTrail records of a call; None where it's none of those that this server records."""
        if made.action == "AssumeRole" and not made.error:
            self._remember(made, backend)
        identity = self._sessions.get(made.key_id) or _user(made.key_id, backend)
        if identity is None or not _is_recorded(made):
            return None
        return AwsEventSeed(
            event_id="",
            at=_EPOCH,
            source=f"{made.service}.amazonaws.com",
            name=made.action,
            region="us-east-1" if made.service == "iam" else made.region,
            identity={**identity, "accessKeyId": made.key_id},
            request=_request(made.payload),
            response=None if made.error else _response(made),
            resources=() if made.error else tuple(_resources(made)),
            error=made.error,
            read_only=made.action.startswith(_READS),
        )

    def _remember(self, made: Made, backend: IAMBackend) -> None:
        arn = str(made.payload["RoleArn"])
        role_id = next((role.id for role in backend.roles.values() if role.arn == arn), "AROAOFTHESERVER000000")
        if found := re.search(r"<AccessKeyId>([^<]+)", made.answer):
            self._sessions[found[1]] = role_session(
                made.account_id,
                role_id,
                arn.rpartition("/")[2],
                str(made.payload["RoleSessionName"]),
                source_identity=str(made.payload.get("SourceIdentity", "")),
            )


def _is_recorded(made: Made) -> bool:
    names = {"kms": _KMS, "secretsmanager": _SECRETS, "ssm": _PARAMETERS, "iam": frozenset(_IAM)}
    return made.action in names.get(made.service, frozenset())


def _user(key_id: str, backend: IAMBackend) -> Fields | None:
    """The IAM user whose key it is."""
    for user in backend.users.values():
        if any(key.access_key_id == key_id for key in user.access_keys):
            return iam_user(backend.account_id, user.id, user.name)
    return None


def _request(payload: Fields) -> Fields:
    shown = {name: HIDDEN if name in _VALUES else value for name, value in payload.items()}
    return {_spelt(name): value for name, value in shown.items() if name not in {"Action", "Version"}}


def _spelt(name: str) -> str:
    """As CloudTrail spells a parameter: the first letter small."""
    return name[:1].lower() + name[1:]


def _response(made: Made) -> Fields | None:
    if made.service == "iam":
        what, shown = _IAM[made.action]
        found = {told: re.search(rf"<{name}>([^<]+)", made.answer) for name, told in shown.items()}
        return {what: {told: match[1] for told, match in found.items() if match}} if what else None
    told = _parsed(made.answer)
    if made.action == "CreateKey":
        return {"keyMetadata": {"arn": told["KeyMetadata"]["Arn"], "keyId": told["KeyMetadata"]["KeyId"]}}
    if made.service == "secretsmanager" and not made.action.startswith(_READS):
        return {_spelt(name): told[name] for name in ("ARN", "Name", "VersionId") if name in told} | {
            "arn": told.get("ARN")
        }
    return None


def _resources(made: Made) -> list[str]:
    """KMS names the key in full, whatever it was asked for by."""
    named = str(_parsed(made.answer).get("KeyId") or made.payload.get("KeyId") or "")
    if made.service != "kms" or not named or "alias/" in named:
        return []
    return [named if named.startswith("arn:") else f"arn:aws:kms:{made.region}:{made.account_id}:key/{named}"]


def _parsed(answer: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", json.loads(answer)) if answer.strip().startswith("{") else {}
