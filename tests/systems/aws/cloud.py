"""AWS accounts for tests: a server that behaves as AWS does, seeds, and ready sources. Import the fixtures."""

import functools
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from demo.aws import PROJECT, AwsServer, aws_server
from demo.aws_seed import (
    AwsAccountSeed,
    AwsCertificateSeed,
    AwsGroupSeed,
    AwsKeySeed,
    AwsLoginSeed,
    AwsRoleSeed,
    AwsSeed,
    AwsServiceCredentialSeed,
    AwsSshKeySeed,
    AwsUserSeed,
)
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import AccountRef, Fact
from offboarding.sources.aws.iam import AwsIamSource, Settings, build
from tests.support.lasting import Lasting, descriptions_read_once
from tests.support.usual_read import AS_OF

CORE, PAYMENTS, LAB = "111111111111", "222222222222", "333333333333"
MADE = datetime(2024, 3, 1, 9, tzinfo=UTC)
USED = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
CERTIFICATE_ENDS = datetime(2027, 3, 1, 9, tzinfo=UTC)
ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DENY_ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["*"],"Resource":["*"]}]}'
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
"""GitHub's host key: its fingerprint is published."""
SSH_FINGERPRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"

CONTEXT = ReadContext(
    as_of=AS_OF,
    default_zone="Asia/Seoul",
    service_patterns=("svc-*",),
    privileged_names=("AdministratorAccess", "*PowerUser*", "break-glass"),
)

KindOfFact = TypeVar("KindOfFact")


@pytest.fixture(scope="session")
def aws_process(lasting: Lasting) -> AwsServer:
    """One server for all: a test gives it a seed of its own before it asks for anything."""
    lasting("descriptions", descriptions_read_once)
    return lasting("aws", lambda: aws_server(AwsSeed(accounts=())))


@pytest.fixture
def aws(aws_process: AwsServer) -> AwsServer:
    """The server, with the usual accounts and nothing else in its mind."""
    aws_process.seed(AwsSeed(accounts=(account(CORE, person("mjkim")), account(PAYMENTS), account(LAB))))
    return aws_process


def user_id(name: str) -> str:
    """Made from the name, so that a test can say whom it means."""
    return "AIDA" + "".join(letter for letter in name.upper() if letter.isalnum()).ljust(17, "X")[:17]


def key_id(name: str, place: int = 1) -> str:
    """An access key's id."""
    return "AKIA" + "".join(letter for letter in name.upper() if letter.isalnum()).ljust(15, "K")[:15] + str(place)


def key(name: str, place: int = 1, **changes: Any) -> AwsKeySeed:
    """An active access key, used by S3, which tells no region."""
    given: dict[str, Any] = {
        "key_id": key_id(name, place),
        "created_at": MADE,
        "last_used_at": USED,
        "last_used_service": "s3",
        "last_used_region": "N/A",
    }
    return AwsKeySeed(**(given | changes))


def person(name: str, **changes: Any) -> AwsUserSeed:
    """A user with a password and a key."""
    given: dict[str, Any] = {
        "user_id": user_id(name),
        "name": name,
        "created_at": MADE,
        "keys": (key(name),),
        "login": AwsLoginSeed(created_at=MADE, last_used_at=USED),
    }
    return AwsUserSeed(**(given | changes))


def bare(name: str, **changes: Any) -> AwsUserSeed:
    """A user with nothing."""
    return person(name, **({"keys": (), "login": None} | changes))


def ssh_key(name: str, place: int = 1, **changes: Any) -> AwsSshKeySeed:
    """An SSH public key."""
    given: dict[str, Any] = {"key_id": "APKA" + key_id(name, place)[4:], "body": SSH_KEY, "created_at": MADE}
    return AwsSshKeySeed(**(given | changes))


def service_credential(name: str, place: int = 1, **changes: Any) -> AwsServiceCredentialSeed:
    """A long-lived API key for Bedrock."""
    given: dict[str, Any] = {
        "credential_id": "ACCA" + key_id(name, place)[4:],
        "service": "bedrock.amazonaws.com",
        "created_at": MADE,
    }
    return AwsServiceCredentialSeed(**(given | changes))


def certificate(name: str, **changes: Any) -> AwsCertificateSeed:
    """A signing certificate; all of them have one text."""
    given: dict[str, Any] = {
        "certificate_id": key_id(name)[4:].ljust(32, "C"),
        "body": certificate_text(),
        "created_at": MADE,
    }
    return AwsCertificateSeed(**(given | changes))


@functools.cache
def certificate_text() -> str:
    """A certificate that its owner made, good until CERTIFICATE_ENDS."""
    private = Ed25519PrivateKey.from_private_bytes(b"offboarding tests: never a key !")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signing")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(MADE)
        .not_valid_after(CERTIFICATE_ENDS)
    )
    return builder.sign(private, None).public_bytes(Encoding.PEM).decode()


def everything(name: str, **changes: Any) -> AwsUserSeed:
    """A user with a credential of each kind."""
    given: dict[str, Any] = {
        "ssh_keys": (ssh_key(name),),
        "service_credentials": (service_credential(name),),
        "certificates": (certificate(name),),
    }
    return person(name, **(given | changes))


def role(name: str, *statements: Mapping[str, object], **changes: Any) -> AwsRoleSeed:
    """A role with these statements in its trust policy."""
    trust = {"Version": "2012-10-17", "Statement": list(statements)}
    given: dict[str, Any] = {
        "role_id": "AROA" + user_id(name)[4:],
        "name": name,
        "created_at": MADE,
        "trust": json.dumps(trust),
    }
    return AwsRoleSeed(**(given | changes))


def shipped_rights(heading: str, page: str = "docs/permissions/aws.md", sid: str = ".*") -> set[str]:
    """The actions that a page allows, by the word in the heading above the policy; of statements called so."""
    text = (PROJECT / page).read_text("utf-8")
    section = next(part for part in text.split("\n## ") if heading in part.splitlines()[0])
    policy = json.loads(section.split("```json")[1].split("```")[0])
    chosen = [each for each in policy["Statement"] if re.fullmatch(sid, each.get("Sid", ""))]
    return {action for statement in chosen for action in statement["Action"]}


def account(account_id: str, *users: AwsUserSeed, **changes: Any) -> AwsAccountSeed:
    """An account with these users."""
    return AwsAccountSeed(account_id=account_id, users=users, **changes)


def group(name: str, *attached: str, inline: Mapping[str, str] | None = None) -> AwsGroupSeed:
    """A group with these policies."""
    return AwsGroupSeed(name=name, attached=attached, inline=inline or {})


def settings(**changes: Any) -> Settings:
    """What a user would write, and changes to it."""
    given: dict[str, Any] = {
        "name": "aws",
        "kind": "aws_iam",
        "connection": "aws_audit",
        "role_name": "OffboardingAudit",
        "accounts": [CORE, PAYMENTS, LAB],
    }
    return Settings.model_validate(given | changes)


def connection(server: AwsServer, **changes: Any) -> ConnectionFields:
    """An Airflow connection to the server."""
    given: dict[str, Any] = {
        "conn_id": "aws_audit",
        "login": "AKIA0000000000CALLER",
        "password": "s3cret of the caller",
        "extra": {"endpoint_url": server.endpoint_url},
    }
    return ConnectionFields(**(given | changes))


def source(server: AwsServer, part: str = CORE, *, slept: list[float] | None = None, **changes: Any) -> AwsIamSource:
    """A ready source that waits for nothing; what it would have slept is added to `slept`."""
    made = build(settings(**changes), connection(server), part, CONTEXT)
    made.sleep = (slept if slept is not None else []).append
    return made


def ref(name: str, realm: str = CORE, native_id: str = "") -> AccountRef:
    """The user as the last inventory knew it."""
    label = f"arn:aws:iam::{realm}:user/{name}"
    return AccountRef(realm=realm, native_id=native_id or user_id(name), label=label, login=name)


def of_kind(facts: Iterable[Fact], kind: type[KindOfFact]) -> list[KindOfFact]:
    """The facts of one kind, in their order."""
    return [fact for fact in facts if isinstance(fact, kind)]
