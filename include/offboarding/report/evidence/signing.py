"""A pack's signature: Ed25519 (RFC 8032) over the bytes of its manifest."""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from offboarding.model.errors import ConfigError

MOST_BYTES = 10_000
_MAKE = "Make one: (umask 077; openssl genpkey -algorithm ed25519 -out FILE)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackKey:
    """A private key, which is never shown."""

    key: Ed25519PrivateKey = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its public half, as SubjectPublicKeyInfo in DER."""
        public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(public).hexdigest()

    def sign(self, manifest: bytes) -> bytes:
        """64 bytes."""
        return self.key.sign(manifest)


def signer(path: Path) -> PackKey:
    """The key in a PEM file. Raises ConfigError where others may read it, or it is no such key."""
    pem = _read(path)
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ConfigError(f"{path}: the key is encrypted, and nobody is there to be asked. {_MAKE}") from None
    except Exception:  # noqa: BLE001 - a key that can't be read is wrong in many ways, and none may show what it holds
        raise ConfigError(f"{path}: holds no private key in PEM that can be read. {_MAKE}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{path}: the key isn't of Ed25519. {_MAKE}")
    return PackKey(key=key)


def _read(path: Path) -> bytes:
    try:
        # A pipe would wait for whoever writes to it.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123 - by its descriptor
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ConfigError(f"{path}: is no file.")
            if found.st_mode & stat.S_IRWXO:
                raise ConfigError(f"{path}: everybody on this machine may read or write the key: chmod o= {path}")
            return file.read(MOST_BYTES)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}.") from error
