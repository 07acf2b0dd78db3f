"""Which recorded calls matter, what each proves, and which of its parameters says what it was done to.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/monitoring-cloudtrail_logs.html
https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from offboarding.model import ActionKind


class Thing(StrEnum):
    """What a call was about."""

    SECRET = "secret"
    PARAMETER = "parameter"
    KMS_KEY = "kms_key"
    CERTIFICATE = "certificate"
    IAM = "iam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A call that matters."""

    name: str
    """The event's name."""
    deed: ActionKind
    thing: Thing
    made: tuple[str, str] | None = None
    """IAM alone: what responseElements calls the thing that was made, and its id."""


def _words(thing: Thing, deed: ActionKind, *names: str) -> tuple[Word, ...]:
    return tuple(Word(name=name, deed=deed, thing=thing) for name in names)


def _made(name: str, what: str = "", identifier: str = "") -> Word:
    return Word(name=name, deed=ActionKind.MADE, thing=Thing.IAM, made=(what, identifier) if what else None)


REGIONAL: tuple[Word, ...] = (
    *_words(Thing.SECRET, ActionKind.READ, "GetSecretValue", "BatchGetSecretValue"),
    *_words(Thing.SECRET, ActionKind.CREATED, "CreateSecret", "PutSecretValue", "UpdateSecret"),
    *_words(
        Thing.PARAMETER, ActionKind.READ, "GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory"
    ),
    *_words(Thing.PARAMETER, ActionKind.CREATED, "PutParameter"),
    *_words(Thing.CERTIFICATE, ActionKind.EXPORTED, "ExportCertificate"),
    *_words(Thing.KMS_KEY, ActionKind.IMPORTED, "ImportKeyMaterial"),
    *_words(Thing.KMS_KEY, ActionKind.USED, "Sign", "GenerateMac", "VerifyMac", "PutKeyPolicy", "CreateGrant"),
    # Whoever makes a KMS key never has its material.
    *_words(Thing.KMS_KEY, ActionKind.MADE, "CreateKey"),
)
"""Recorded in the region where it happened."""
GLOBAL: tuple[Word, ...] = (
    _made("CreateUser", "user", "userId"),
    _made("CreateAccessKey", "accessKey", "accessKeyId"),
    _made("CreateLoginProfile"),
    _made("UploadSSHPublicKey", "sSHPublicKey", "sSHPublicKeyId"),
    _made("UploadSigningCertificate", "certificate", "certificateId"),
    _made("CreateServiceSpecificCredential", "serviceSpecificCredential", "serviceSpecificCredentialId"),
    _made("CreateRole", "role", "roleId"),
    _made("UpdateAssumeRolePolicy"),
)
"""IAM's, recorded in one region for the whole account."""

SOURCES: Mapping[str, Thing] = {
    "secretsmanager.amazonaws.com": Thing.SECRET,
    "ssm.amazonaws.com": Thing.PARAMETER,
    "kms.amazonaws.com": Thing.KMS_KEY,
    "acm.amazonaws.com": Thing.CERTIFICATE,
    "iam.amazonaws.com": Thing.IAM,
}
"""`eventSource` of each."""
WORDS: Mapping[tuple[Thing, str], Word] = {(word.thing, word.name): word for word in (*REGIONAL, *GLOBAL)}
HOMES: Mapping[str, str] = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""By partition: where IAM's events are recorded.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events"""
