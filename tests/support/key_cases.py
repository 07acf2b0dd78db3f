"""Keys that several people may hold, for rules to look at: a login service's signing key, and somebody who left."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from offboarding.model import (
    Access,
    Attested,
    CustodyEvidence,
    Exportable,
    Grade,
    Holder,
    Key,
    KeyCase,
    KeyCopy,
    Registered,
    Standing,
    SubjectKind,
    UncustodiedCase,
)
from tests.support import cases

ISSUER = "https://login.corp.example"
MATERIAL = "jkt:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
DAY = timedelta(hours=24)
MADE_AT = cases.LEFT_AT - timedelta(days=400)


def copy(*, fresh: bool = True, **changes: Any) -> KeyCopy:
    """A key that a login service publishes; what isn't a copy's own field is the key's."""
    own = {name: changes.pop(name) for name in ("untrusted_since", "confirmed_at", "first_seen_at") if name in changes}
    reader = {name: changes.pop(name) for name in ("source", "source_kind") if name in changes}
    key = Key(
        realm=ISSUER,
        native_id="2024-05",
        material=MATERIAL,
        kind=SubjectKind.SIGNING_KEY,
        name=ISSUER,
        label=f"kid 2024-05 of {ISSUER}",
        algorithm="RS256",
        carryable=Exportable.UNKNOWN,
        carryable_reason="a verifier shows the public half alone",
        verifies=True,
        standing=Standing.WORKS,
        standing_reason=f"published by {ISSUER}",
        cache=DAY,
    )
    usual = KeyCopy(
        key=replace(key, **changes),
        source="login",
        source_kind="jwks",
        first_seen_at=cases.BEFORE,
        last_seen_at=cases.OBSERVED_AT,
        untrusted_since=None,
        confirmed_at=cases.OBSERVED_AT,
        fresh=fresh,
    )
    return replace(usual, **own, **reader)


def in_kms(**changes: Any) -> KeyCopy:
    """The same material where it was made; it verifies nothing there, and can't leave."""
    usual: dict[str, Any] = {
        "realm": "222222222222",
        "native_id": "1234abcd",
        "name": "arn:aws:kms:eu-west-1:222222222222:key/1234abcd",
        "label": "alias/login-signing",
        "algorithm": "RSA_2048",
        "created_at": MADE_AT,
        "carryable": Exportable.NO,
        "carryable_reason": "Origin AWS_KMS: the material never leaves KMS",
        "verifies": False,
        "standing_reason": "DescribeKey says Enabled",
        "cache": timedelta(0),
        "source": "aws-kms",
        "source_kind": "aws_kms",
    }
    return copy(**{**usual, **changes})


def secret(**changes: Any) -> KeyCopy:
    """The current version of a team's shared password."""
    arn = "arn:aws:secretsmanager:eu-west-1:222222222222:secret:ops/admin-AbCdEf"
    usual: dict[str, Any] = {
        "realm": "222222222222",
        "native_id": f"{arn}#v1",
        "material": f"ref:222222222222/{arn}#v1",
        "kind": SubjectKind.SHARED_SECRET,
        "name": arn,
        "label": arn,
        "created_at": MADE_AT,
        "carryable": Exportable.YES,
        "carryable_reason": "whoever may read a secret may copy it",
        "standing_reason": "AWSCURRENT since it was made",
        "cache": timedelta(0),
        "source": "aws-secrets",
        "source_kind": "aws_secrets",
    }
    return copy(**{**usual, **changes})


def held(
    grade: Grade = Grade.REGISTERED, text: str = "Custodian from 2023-02-01 on (custody.yaml)."
) -> CustodyEvidence:
    """A reason to think that they held it."""
    return CustodyEvidence(grade=grade, text=text)


def holder(*reasons: CustodyEvidence, **changes: Any) -> Holder:
    """Somebody who left, and held it by the register unless said otherwise."""
    usual = Holder(
        person_uid="0c5d2f4e-0000-5000-8000-000000001042",
        id_space="hr",
        worker_id="E1042",
        name="Jordan Doe",
        episode=1,
        departure=cases.departure(),
        roster="hr",
        held=reasons or (held(),),
        newer=False,
    )
    return replace(usual, **changes)


def access(**changes: Any) -> Access:
    """What still lets the leaver's own user sign."""
    usual = Access(
        principal=cases.ARN,
        action="kms:Sign",
        carries=False,
        standing=Standing.WORKS,
        reason="key policy, statement Signers",
        fresh=True,
    )
    return replace(usual, **changes)


def registered(**changes: Any) -> Registered:
    """What the register says of it."""
    usual = Registered(
        name="login-signing",
        carryable=Exportable.YES,
        carryable_reason="it lay in a file on three build hosts",
        signs_for="login tokens of every customer",
        owner="authentication",
        queue="",
        threshold=1,
        custodians=2,
    )
    return replace(usual, **changes)


def attested(**changes: Any) -> Attested:
    """A person's word."""
    usual = Attested(
        author="soyeon",
        reason="the shop refuses the old one",
        at=cases.AFTER,
        until=cases.AS_OF + timedelta(days=80),
    )
    return replace(usual, **changes)


def of_key(*copies: KeyCopy, **changes: Any) -> KeyCase:
    """A key with one departed holder."""
    shown = copies or (copy(),)
    usual = KeyCase(
        material=shown[0].key.material,
        kind=shown[0].key.kind,
        label="login-signing",
        copies=shown,
        holders=(holder(),),
        registered=registered(),
        attested=None,
        other_holders=0,
    )
    return replace(usual, **changes)


def uncustodied(number: int) -> UncustodiedCase:
    """Trusted keys that nobody is known to hold."""
    keys = tuple(copy(native_id=f"kid-{count:03}", label=f"kid-{count:03} of {ISSUER}") for count in range(number))
    return UncustodiedCase(realm=ISSUER, source="login", source_kind="jwks", keys=keys)
