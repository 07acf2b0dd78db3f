"""A transit key's versions as keys (https://developer.hashicorp.com/vault/api-docs/secret/transit#read-key)."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel

from offboarding.custody.thumbprints import PublicKeyError, material_by_reference, material_of
from offboarding.model import Exportable, Key, Standing, SubjectKind
from offboarding.model.days import epoch_moment
from offboarding.net.service.answers import Moment


class KeyVersion(BaseModel):
    """A version of an asymmetric key."""

    creation_time: Moment | None = None
    public_key: str = ""


class TransitKey(BaseModel):
    """GET /v1/MOUNT/keys/NAME."""

    name: str
    type: str
    latest_version: int
    min_decryption_version: int = 1
    keys: Mapping[int, KeyVersion | int] = {}
    """By version: of symmetric ones when each was made, in seconds since 1970. Versions below the minimum are left out
    by the server, and all of an `hmac` key's."""
    exportable: bool = False
    allow_plaintext_backup: bool = False
    imported_key: bool = False
    supports_signing: bool = False
    soft_deleted: bool = False
    """OpenBao's."""

    @property
    def signs(self) -> bool:
        """Others trust what is made with it."""
        return self.supports_signing or self.type in {"hmac", "aes128-cmac", "aes256-cmac"}


def versions(realm: str, mount: str, key: TransitKey) -> Iterator[Key]:
    """Every version that the server shows, oldest first."""
    name = f"{mount}/{key.name}"
    carryable, why = _carryable(key)
    shown = key.keys or dict.fromkeys(range(max(key.min_decryption_version, 1), key.latest_version + 1), 0)
    for number, version in sorted(shown.items()):
        native_id = f"{name}:{number}"
        standing, reason = _standing(key, number)
        yield Key(
            realm=realm,
            native_id=native_id,
            material=_material(version) or material_by_reference(realm, native_id),
            kind=SubjectKind.SIGNING_KEY if key.signs else SubjectKind.SHARED_SECRET,
            name=name,
            label=f"{name} version {number}",
            version=str(number),
            algorithm=key.type,
            created_at=_created(version),
            carryable=carryable,
            carryable_reason=why,
            verifies=True,
            standing=standing,
            standing_reason=reason,
        )


def _standing(key: TransitKey, number: int) -> tuple[Standing, str]:
    if key.soft_deleted:
        return Standing.DEAD, "soft_deleted: nothing can be done with it until somebody restores it"
    minimum = f"min_decryption_version {key.min_decryption_version}, latest_version {key.latest_version}"
    if number < key.min_decryption_version:
        return Standing.DEAD, f"refused: {minimum}"
    return Standing.WORKS, f"accepted: {minimum}"


def _carryable(key: TransitKey) -> tuple[Exportable, str]:
    """Neither of the first two can be taken back once it's set: what is so now was so all along, or since then."""
    if key.exportable:
        return Exportable.YES, "Exportable: whoever may read its export path takes it along."
    if key.allow_plaintext_backup:
        return Exportable.YES, "allow_plaintext_backup: its backup holds it in plain text."
    if key.imported_key:
        return Exportable.YES, "Imported: the material existed outside Vault."
    if key.type == "managed_key":
        return Exportable.UNKNOWN, "A managed key: what holds it is another system's matter."
    return Exportable.NO, "Made in Vault, not exportable, no plaintext backup: it can't leave."


def _created(version: KeyVersion | int) -> datetime | None:
    if isinstance(version, KeyVersion):
        return version.creation_time
    return epoch_moment(version) if version else None


def _material(version: KeyVersion | int) -> str:
    """Of its public half; "" where none is shown, or it's of a kind without a thumbprint."""
    if not isinstance(version, KeyVersion) or not version.public_key:
        return ""
    try:
        return material_of(_public_key(version.public_key))
    except (PublicKeyError, ValueError, UnsupportedAlgorithm):
        return ""


def _public_key(text: str) -> Any:
    """PEM; of Ed25519 the 32 octets in base64."""
    if text.lstrip().startswith("-----BEGIN"):
        return load_pem_public_key(text.encode())
    return cast("Any", Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True)))
