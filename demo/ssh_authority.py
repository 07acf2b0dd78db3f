"""An SSH certificate authority and a fleet of machines that trust it, as files: made from names, the same each time.

    authority = SshAuthority(seed="login CA 2024")
    laptop = SshIdentity(seed="alice's laptop", comment="alice")
    web1 = HostFiles(trusted_ca=[authority.line], authorized_keys={"deploy": [laptop.line]})
    collect(folder, {"web1": web1}, at=night)

Private halves come out of the names again, and are never written down.
"""

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from demo.world_keys import digest
from offboarding.custody.thumbprints import ssh_fingerprint

MANIFEST = "SHA256SUMS"
TRUSTED_CA = "etc/ssh/trusted_user_ca_keys"
REVOKED = "etc/ssh/revoked_keys"

_ED25519 = b"ssh-ed25519"
_CERTIFICATE = b"ssh-ed25519-cert-v01@openssh.com"
_USER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SshIdentity:
    """An Ed25519 key as SSH writes it."""

    seed: str
    comment: str = ""

    @property
    def private(self) -> Ed25519PrivateKey:
        """The private half, which only signs in this process."""
        return Ed25519PrivateKey.from_private_bytes(digest(self.seed))

    @property
    def raw(self) -> bytes:
        """The 32 octets of its public half."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def blob(self) -> bytes:
        """Its binary form (RFC 8709, section 4)."""
        return _string(_ED25519) + _string(self.raw)

    @property
    def line(self) -> str:
        """A line of authorized_keys."""
        return f"ssh-ed25519 {base64.b64encode(self.blob).decode()} {self.comment}".rstrip()

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it."""
        return ssh_fingerprint(self.blob)


@dataclass(frozen=True, slots=True, kw_only=True)
class SshAuthority(SshIdentity):
    """A key that signs certificates for people's keys."""

    def certificate(
        self,
        holder: SshIdentity,
        *,
        key_id: str,
        principals: Sequence[str],
        serial: int,
        starts_at: datetime,
        ends_at: datetime,
    ) -> str:
        """The line of a *-cert.pub file (OpenSSH, PROTOCOL.certkeys)."""
        body = b"".join(
            (
                _string(_CERTIFICATE),
                # A nonce guards against collisions in the hash; a made-up company needs the same file each time.
                _string(digest(f"{self.seed} {serial} {key_id}")),
                _string(holder.raw),
                serial.to_bytes(8, "big"),
                _USER.to_bytes(4, "big"),
                _string(key_id.encode()),
                _string(b"".join(_string(principal.encode()) for principal in principals)),
                int(starts_at.timestamp()).to_bytes(8, "big"),
                int(ends_at.timestamp()).to_bytes(8, "big"),
                _string(b""),
                _string(_string(b"permit-pty") + _string(b"")),
                _string(b""),
                _string(self.blob),
            )
        )
        signed = body + _string(_string(_ED25519) + _string(self.private.sign(body)))
        return f"{_CERTIFICATE.decode()} {base64.b64encode(signed).decode()} {holder.comment}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFiles:
    """What lies on a machine: lines of files."""

    trusted_ca: Sequence[str] = ()
    """What TrustedUserCAKeys names."""
    revoked: Sequence[str] = ()
    """What RevokedKeys names, as a list of public keys."""
    authorized_keys: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Login -> lines of its authorized_keys."""
    certificates: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name -> the line of NAME-cert.pub."""

    def files(self) -> Mapping[str, str]:
        """Path -> text."""
        texts = {f"home/{login}/.ssh/authorized_keys": lines for login, lines in self.authorized_keys.items()}
        texts |= {f"issued/{name}-cert.pub": [line] for name, line in self.certificates.items()}
        texts |= {TRUSTED_CA: self.trusted_ca} if self.trusted_ca else {}
        texts |= {REVOKED: self.revoked} if self.revoked else {}
        return {path: "".join(f"{line}\n" for line in lines) for path, lines in texts.items()}


def collect(folder: Path, hosts: Mapping[str, HostFiles], *, at: datetime) -> None:
    """Write what a nightly collection brings, a folder for each machine, and its manifest, of `at`."""
    sums = dict[str, str]()
    for host, files in hosts.items():
        for path, text in files.files().items():
            place = folder / host / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
            sums[f"{host}/{path}"] = hashlib.sha256(text.encode()).hexdigest()
    _drop_others(folder, {folder / path for path in sums})
    manifest = folder / MANIFEST
    manifest.write_text("".join(f"{sums[path]}  {path}\n" for path in sorted(sums)), "utf-8")
    os.utime(manifest, (at.timestamp(), at.timestamp()))


def _drop_others(folder: Path, kept: set[Path]) -> None:
    """What an earlier collection brought and this one didn't."""
    for place in folder.rglob("*"):
        if place.is_file() and place not in kept:
            place.unlink()


def _string(value: bytes) -> bytes:
    """A string of RFC 4251, section 5."""
    return len(value).to_bytes(4, "big") + value
