"""Keys and certificates of the demo company, made from names: nobody has the private half of a key that matters."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from offboarding.custody.thumbprints import ssh_fingerprint

ISSUER = "Corp People CA"
"""Who signs people's certificates. Nobody trusts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshKey:
    """A public key; nobody has its private half."""

    seed: str
    comment: str
    kind: str = "ssh-ed25519"

    @property
    def blob(self) -> bytes:
        """The key as RFC 4253, section 6.6 and RFC 8709 lay it out."""
        if self.kind == "ssh-rsa":
            # AWS takes RSA keys alone. The highest byte is below 0x80, since a number of the protocol has a sign.
            modulus = b"\x5a" + digest(self.seed) * 7 + digest(self.seed)[:31]
            return _string(b"ssh-rsa") + _string(b"\x01\x00\x01") + _string(modulus)
        return _string(self.kind.encode()) + _string(digest(self.seed))

    @property
    def line(self) -> str:
        """A line of authorized_keys."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()} {self.comment}"

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows it."""
        return ssh_fingerprint(self.blob)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An X.509 certificate: an Ed25519 signature of the same text is the same each time (RFC 8032)."""

    seed: str
    subject: str
    starts_at: datetime
    ends_at: datetime

    @property
    def der(self) -> bytes:
        """As a directory holds it."""
        return self._made().public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        """As AWS takes it."""
        return self._made().public_bytes(Encoding.PEM).decode()

    @property
    def thumbprint(self) -> str:
        """SHA-256 of its DER form, in hex."""
        return self._made().fingerprint(SHA256()).hex()

    def _made(self) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(self.subject))
            .issuer_name(_name(ISSUER))
            .public_key(_key(self.seed).public_key())
            .serial_number(int.from_bytes(digest(self.seed)[:8]) >> 1)
            .not_valid_before(self.starts_at)
            .not_valid_after(self.ends_at)
        )
        return builder.sign(_key(ISSUER), None)


def digest(text: str) -> bytes:
    """32 bytes that stand for a text."""
    return hashlib.sha256(text.encode()).digest()


def letters(text: str, length: int) -> str:
    """Capitals and 2 to 7, as AWS's ids have."""
    return base64.b32encode(digest(text)).decode()[:length]


def _key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(digest(seed))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _string(value: bytes) -> bytes:
    """A string of RFC 4251, section 5: its length, then itself."""
    return len(value).to_bytes(4, "big") + value
