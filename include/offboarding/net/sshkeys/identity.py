"""SSH public keys and certificates, each by the line that holds it."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import SSHCertificate, load_ssh_public_identity

from offboarding.custody.thumbprints import PublicKeyError, material_of, ssh_fingerprint
from offboarding.model.days import epoch_moment
from offboarding.net.sshkeys.wire import Wire, WireError, string

CERTIFICATE = "-cert-v01@openssh.com"
SECURITY_KEYS = ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")
"""Their private half lies in a token (OpenSSH, PROTOCOL.u2f)."""

_ALIASES = {"rsa-sha2-256": "ssh-rsa", "rsa-sha2-512": "ssh-rsa", f"webauthn-{SECURITY_KEYS[1]}": SECURITY_KEYS[1]}
"""Names of signatures that OpenSSH also takes for the type of their key (sshkey.c, keyimpls)."""
_SPACE = str.maketrans("", "", "\n\v\f\r")
"""What base64 may hold anywhere (b64_pton); a space or tab ends its word before."""
_FIELDS = {"ssh-ed25519": 1, SECURITY_KEYS[0]: 2, SECURITY_KEYS[1]: 3, "ssh-dss": 4}
"""How many strings make a public key; two of RSA and of ECDSA."""


class IdentityError(ValueError):
    """A text that is no public key and no certificate. Says why, as a clause, and never holds the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshPublicKey:
    """An SSH public key."""

    type: str
    """Such as "ssh-ed25519"."""
    blob: bytes = field(repr=False)
    """Its binary form (RFC 4253, section 6.6)."""
    material: str
    """"jkt:..."; "" where it has no such form (DSA, a type that isn't known here)."""

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it."""
        return ssh_fingerprint(self.blob)

    @property
    def line(self) -> str:
        """As a file holds it, without a comment."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SshCertificate:
    """An OpenSSH certificate (PROTOCOL.certkeys)."""

    type: str
    blob: bytes = field(repr=False)
    key: SshPublicKey
    """Whom it's for: the public key that is certified."""
    ca_fingerprint: str
    """Of the authority's key."""
    serial: int
    for_user: bool
    """False: a machine's, which clients look at."""
    key_id: str
    """What its authority calls it; what sshd logs."""
    principals: int
    """How many logins it's good for; 0: any."""
    starts_at: datetime | None
    expires_at: datetime | None
    """None: never, or after the year 9999."""
    damaged: bool
    """Its signature isn't the authority's: nobody accepts it."""

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, in hexadecimals."""
        return hashlib.sha256(self.blob).hexdigest()

    @property
    def line(self) -> str:
        """As a file holds it."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"


def identity(kind: str, body: str) -> SshPublicKey | SshCertificate:
    """What the two words of a line are: a type, and base64. Raises IdentityError.

    Type and binary form are as OpenSSH writes them, so that a key has one fingerprint however it was written.
    """
    kind = _ALIASES.get(kind, kind)
    blob = _blob(kind, body.translate(_SPACE))
    if kind.endswith(CERTIFICATE):
        return _certificate(kind, blob)
    return SshPublicKey(type=kind, blob=blob, material=_material(kind, blob))


def _blob(kind: str, body: str) -> bytes:
    try:
        blob = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise IdentityError("its base64 is broken or cut off") from error
    try:
        wire = Wire(blob)
        named = wire.string()
    except WireError as error:
        raise IdentityError("its base64 is cut off") from error
    if base64.b64encode(blob).decode() != body:
        # Unused bits that are set: OpenSSH refuses them (b64_pton).
        raise IdentityError("its base64 is broken or cut off")
    text = named.decode("ascii", "replace")
    if _ALIASES.get(text, text) != kind or wire.ended:
        raise IdentityError(f"it says {shown(kind)}, and its contents say otherwise")
    return _shortest(blob) if kind == "ssh-rsa" else string(kind.encode()) + blob[4 + len(named) :]


def _shortest(blob: bytes) -> bytes:
    """Return an RSA key's binary form with its numbers as short as can be (RFC 4251, section 5, mpint)."""
    wire = Wire(blob)
    try:
        wire.string()
        numbers = [wire.string(), wire.string()]
    except WireError as error:
        raise IdentityError("its contents are no ssh-rsa key, or cut off") from error
    if not wire.ended or any(number[:1] >= b"\x80" for number in numbers):
        raise IdentityError("its contents are no ssh-rsa key, or cut off")
    plain = (number.lstrip(b"\0") for number in numbers)
    fields = (b"\0" + number if number[:1] >= b"\x80" else number for number in plain)
    return b"".join(map(string, (b"ssh-rsa", *fields)))


def _loaded(kind: str, blob: bytes) -> object:
    """As cryptography understands it; None for a type that it doesn't know, or no longer."""
    try:
        return load_ssh_public_identity(f"{kind} {base64.b64encode(blob).decode()}".encode())
    except UnsupportedAlgorithm:
        return None
    except (ValueError, TypeError) as error:
        raise IdentityError(f"its contents are no {kind} key, or cut off") from error


def _material(kind: str, blob: bytes) -> str:
    """Of a security key that of the key within the token: its application makes no other key of it."""
    try:
        loaded = _loaded(kind, blob)
        return material_of(loaded) if loaded is not None else ""
    except PublicKeyError:
        return ""
    except IdentityError:
        # OpenSSH takes any two numbers for an RSA key; cryptography asks more of them.
        if kind == "ssh-rsa":
            return ""
        raise


def _certificate(kind: str, blob: bytes) -> SshCertificate:
    """The fields in their order: nonce, public key, serial, type, key id, principals, validity, options, authority."""
    loaded = _loaded(kind, blob)
    wire = Wire(blob)
    plain = kind.removesuffix(CERTIFICATE) + ("@openssh.com" if kind.startswith("sk-") else "")
    try:
        wire.string()
        wire.string()
        key = string(plain.encode()) + b"".join(string(wire.string()) for _ in range(_FIELDS.get(plain, 2)))
        serial, role, key_id, principals = wire.number(8), wire.number(4), wire.string(), wire.string()
        starts, ends = wire.number(8), wire.number(8)
        for _ in range(3):
            wire.string()
        ca, named = wire.string(), _count(principals)
    except WireError as error:
        raise IdentityError(f"its contents are no {kind}, or cut off") from error
    return SshCertificate(
        type=kind,
        blob=blob,
        key=SshPublicKey(type=plain, blob=key, material=_material(plain, key)),
        ca_fingerprint=ssh_fingerprint(ca),
        serial=serial,
        for_user=role == 1,
        key_id=shown(key_id.decode("utf-8", "backslashreplace")),
        principals=named,
        starts_at=_moment(starts) if starts else None,
        expires_at=_moment(ends),
        damaged=isinstance(loaded, SSHCertificate) and _is_damaged(loaded),
    )


def _is_damaged(certificate: SSHCertificate) -> bool:
    try:
        certificate.verify_cert_signature()
    except InvalidSignature:
        return True
    except (UnsupportedAlgorithm, ValueError, TypeError):
        # An authority in a token signs otherwise than cryptography checks; sshd does.
        return False
    return False


def _count(principals: bytes) -> int:
    """How many there are. Raises WireError."""
    wire, count = Wire(principals), 0
    while not wire.ended:
        wire.string()
        count += 1
    return count


def _moment(seconds: int) -> datetime | None:
    return epoch_moment(seconds)


def shown(text: str) -> str:
    """For a label: one line of at most 80 characters, without what a terminal would obey."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    short = " ".join(plain.split())
    return short if len(short) <= 80 else f"{short[:79]}…"
