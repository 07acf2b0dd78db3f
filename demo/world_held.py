"""Keys of the demo company that several people hold: what its login service publishes, what lies in AWS, who used it.

Each is made from its name, the same each time. A signing key of the demo signs nothing that anybody trusts.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import NAMESPACE_DNS, uuid5

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from demo.world_cloud import IamUser
from demo.world_keys import digest

REGION = "ap-northeast-2"
"""Where the company's keys and secrets lie."""
_EVENTS = uuid5(NAMESPACE_DNS, "trail.corp.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """An ECDSA key on the curve P-256, as login services sign tokens with (ES256)."""

    seed: str
    kid: str
    """What it's published under."""

    @property
    def private(self) -> ec.EllipticCurvePrivateKey:
        """The key. Any number below the curve's order will do, and a digest with its first bit cleared is one."""
        number = int.from_bytes(digest(self.seed)) >> 1
        return ec.derive_private_key(number, ec.SECP256R1())

    @property
    def pem(self) -> str:
        """As a KMS of this machine takes it."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def jwk(self) -> dict[str, object]:
        """Its public half, as it's published (RFC 7517, RFC 7518 section 6.2)."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "EC",
            "use": "sig",
            "alg": "ES256",
            "kid": self.kid,
            "crv": "P-256",
            "x": _coordinate(numbers.x),
            "y": _coordinate(numbers.y),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsKey:
    """A key that signs in KMS."""

    account: str
    key: TokenKey
    alias: str
    created_at: datetime
    signers: tuple[IamUser, ...] = ()
    """Users whom its own policy lets sign."""

    @property
    def key_id(self) -> str:
        """KMS's own id."""
        return str(uuid5(_EVENTS, f"kms {self.alias}"))

    @property
    def arn(self) -> str:
        """What policies and trails call it."""
        return f"arn:aws:kms:{REGION}:{self.account}:key/{self.key_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSecret:
    """A secret of Secrets Manager, by its current version."""

    account: str
    name: str
    made_at: datetime
    """Of the current version."""
    readers: tuple[IamUser, ...] = ()
    """Users whom its own policy lets read it."""

    @property
    def version_id(self) -> str:
        """The current version's."""
        return str(uuid5(_EVENTS, f"{self.name} {self.made_at.isoformat()}"))

    @property
    def suffix(self) -> str:
        """What AWS adds to the name."""
        return base64.b32encode(digest(self.name)).decode()[:6]

    @property
    def arn(self) -> str:
        """What policies and trails call it."""
        return f"arn:aws:secretsmanager:{REGION}:{self.account}:secret:{self.name}-{self.suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What CloudTrail recorded of a key or secret: who did what with it, and when."""

    user: IamUser
    at: datetime
    deed: Literal["GetSecretValue", "Sign"]
    arn: str

    @property
    def event_id(self) -> str:
        """The trail's own."""
        return str(uuid5(_EVENTS, f"{self.user.arn} {self.deed} {self.arn} {self.at.isoformat()}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one case, or the company itself, brings of such keys to a night."""

    published: tuple[TokenKey, ...] = ()
    kms_keys: tuple[KmsKey, ...] = ()
    secrets: tuple[SharedSecret, ...] = ()
    recorded: tuple[Recorded, ...] = ()
    ssh_authorities: tuple[str, ...] = field(default=())
    """Names (seeds) of the authorities whose certificates the machines take."""

    def __add__(self, other: "Held") -> "Held":
        return Held(
            published=self.published + other.published,
            kms_keys=self.kms_keys + other.kms_keys,
            secrets=self.secrets + other.secrets,
            recorded=self.recorded + other.recorded,
            ssh_authorities=self.ssh_authorities + other.ssh_authorities,
        )


def _coordinate(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()
