"""What stands in a JWKS (RFC 7517): each entry as a key, or why not. Nothing private leaves here."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from cryptography import x509

from offboarding.custody.thumbprints import PRIVATE_MEMBERS, PublicKeyError, material_of, material_of_jwk

_LONGEST_WORD = 256
_LONGEST_ALGORITHM = 40
_CURVES_FOR_AGREEMENT = ("X25519", "X448")
_ALGORITHMS_FOR_ENCRYPTION = ("RSA-OAEP", "RSA1_5", "ECDH-ES", "A128", "A192", "A256", "dir", "PBES2")
"""How `alg` begins where nothing is signed (RFC 7518, section 4.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JwksEntry:
    """One key of a JWKS, its public half alone."""

    position: int
    """From 1."""
    kid: str
    """"" where it has none that can be kept."""
    odd_kid: bool
    """It has one that can't."""
    material: str
    """"jkt:...", or "" where its public half can't be told."""
    why: str
    """Why not: a clause, or ""."""
    symmetric: bool
    algorithm: str
    encrypts: bool
    """It's published for encryption, and verifies no signature."""
    private_members: tuple[str, ...]
    """Names of its private members that were published."""
    certificate_ends_at: datetime | None
    """Of its own certificate (x5c), where it has one."""
    odd_certificate: bool
    """Its certificate can't be read, or is of another key."""

    @property
    def shown(self) -> str:
        """For people."""
        return f"kid {self.kid}" if self.kid else f"entry {self.position} (no kid)"

    @property
    def native_id(self) -> str:
        """The kid, else the thumbprint; "" where there is neither."""
        return self.kid or self.material.removeprefix("jkt:")


def entries(keys: list[object]) -> Iterator[JwksEntry | int]:
    """Each key in its order; the position of whatever is no object, or nests so deep that nothing can be made of it."""
    for position, entry in enumerate(keys, start=1):
        try:
            yield _entry(position, cast("Mapping[str, object]", entry)) if isinstance(entry, dict) else position
        except RecursionError:
            yield position


def _entry(position: int, jwk: Mapping[str, object]) -> JwksEntry:
    material, why = _material(jwk)
    ends_at, odd = _certificate(jwk, material)
    kid = _word(jwk.get("kid"), _LONGEST_WORD)
    return JwksEntry(
        position=position,
        kid=kid,
        odd_kid=not kid and jwk.get("kid") not in (None, ""),
        material=material,
        why=why,
        symmetric=jwk.get("kty") == "oct",
        algorithm=_algorithm(jwk),
        encrypts=_encrypts(jwk),
        private_members=tuple(name for name in PRIVATE_MEMBERS if jwk.get(name)),
        certificate_ends_at=ends_at,
        odd_certificate=odd,
    )


def _material(jwk: Mapping[str, object]) -> tuple[str, str]:
    try:
        return material_of_jwk(jwk), ""
    except PublicKeyError as error:
        return "", str(error)


def _algorithm(jwk: Mapping[str, object]) -> str:
    words = (_word(jwk.get(name), _LONGEST_ALGORITHM) for name in ("alg", "crv", "kty"))
    return next((word for word in words if word), "")


def _encrypts(jwk: Mapping[str, object]) -> bool:
    operations = jwk.get("key_ops")
    if jwk.get("use") == "enc" or jwk.get("crv") in _CURVES_FOR_AGREEMENT:
        return True
    if isinstance(operations, list) and operations:
        return not {"sign", "verify"} & set(map(str, cast("list[object]", operations)))
    return jwk.get("use") is None and str(jwk.get("alg")).startswith(_ALGORITHMS_FOR_ENCRYPTION)


def _certificate(jwk: Mapping[str, object], material: str) -> tuple[datetime | None, bool]:
    """When the key's own certificate ends, and whether something is odd about it. The first in x5c is the key's own
    (RFC 7517, section 4.7); verifiers of a JWKS don't look at its dates.
    """
    chain = jwk.get("x5c")
    if not isinstance(chain, list) or not chain:
        return None, chain is not None
    try:
        text = str(cast("list[object]", chain)[0])
        certificate = x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
        is_its_own = material_of(certificate.public_key()) == material
        ends_at = certificate.not_valid_after_utc if is_its_own else None
    except Exception:  # noqa: BLE001 - cryptography raises kinds of its own (InvalidVersion), and more with time
        return None, True
    return ends_at, not is_its_own


def _word(value: object, longest: int) -> str:
    """The text, if it can be kept and shown."""
    return value if isinstance(value, str) and len(value) <= longest and value.isprintable() else ""
