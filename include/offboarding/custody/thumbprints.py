"""What makes a key the same key in every system: the thumbprint of its public half (RFC 7638, SHA-256).

A JWKS, KMS, a certificate, an SSH file and Vault each write a public key in a form of their own. The thumbprint is made
from the numbers alone, so equal keys have equal thumbprints wherever they lie and however sloppily they were written
(leading zeros, padding). Private members are never looked at: nothing secret can come out of here.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x448, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_ssh_public_key,
)

PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv")
"""A JWK's members that hold private or symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4; `priv` of AKP)."""

_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1,
    "P-384": ec.SECP384R1,
    "P-521": ec.SECP521R1,
    "secp256k1": ec.SECP256K1,
}
"""RFC 7518, section 6.2.1.1, and RFC 8812, section 3.1."""

_CURVE_NAMES = {str(curve.name): name for name, curve in _CURVES.items()}

_OCTET_CURVES: tuple[tuple[str, type, int], ...] = (
    ("Ed25519", ed25519.Ed25519PublicKey, 32),
    ("Ed448", ed448.Ed448PublicKey, 57),
    ("X25519", x25519.X25519PublicKey, 32),
    ("X448", x448.X448PublicKey, 56),
)
"""RFC 8037, section 2: name, cryptography's class, octets of a public key."""

_OCTETS = {name: octets for name, _, octets in _OCTET_CURVES}


class PublicKeyError(ValueError):
    """It has no thumbprint. The text is a clause that says why, and never holds what was given."""


def thumbprint(key: object) -> str:
    """The RFC 7638 thumbprint of a public key of `cryptography`: SHA-256, base64url without padding, 43 characters.

    `key` is what `certificate.public_key()` or a loader gives. Raises PublicKeyError for a kind without a JWK form
    (DSA, Diffie-Hellman, a curve that has no registered name).
    """
    return _digest(_members(key))


def thumbprint_of_jwk(jwk: Mapping[str, object]) -> str:
    """The thumbprint of a JWK's public half, RSA, EC or OKP. Raises PublicKeyError; an `oct` key has no public half."""
    return _digest(_members_of_jwk(jwk))


def material_of(key: object) -> str:
    """A key's `material` (model.Key): "jkt:" and the thumbprint. Raises as `thumbprint`."""
    return f"jkt:{thumbprint(key)}"


def material_of_jwk(jwk: Mapping[str, object]) -> str:
    """The same, of a JWK. Raises as `thumbprint_of_jwk`."""
    return f"jkt:{thumbprint_of_jwk(jwk)}"


def material_of_spki(der: bytes) -> str:
    """The same, of a DER SubjectPublicKeyInfo (RFC 5280, section 4.1): what kms:GetPublicKey answers.

    Raises PublicKeyError.
    """
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PublicKeyError("its SubjectPublicKeyInfo can't be decoded") from error
    return material_of(key)


def material_of_ssh(line: str) -> str:
    """The same, of a public key as OpenSSH writes it: "ssh-ed25519 AAAA... comment".

    Raises PublicKeyError: also for keys of security tokens (sk-...) and DSA, which have no JWK form.
    """
    return material_of(_ssh_key(line))


def material_by_reference(realm: str, native_id: str) -> str:
    """The `material` of what shows no public half (a secret, an HMAC key): the same nowhere else."""
    return f"ref:{realm}/{native_id}"


def ssh_fingerprint(blob: bytes) -> str:
    """What `ssh-keygen -l` prints for a public key's binary form: "SHA256:" and base64 without padding.

    The form is that of RFC 4253, section 6.6: the base64 of a line. cryptography's `ssh_key_fingerprint` says the same
    of keys that it can load, and those of security tokens, of short RSA and of types to come it can't.
    """
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _ssh_key(line: str) -> object:
    kind = line.split(maxsplit=1)[0] if line.strip() else "(empty)"
    if kind.startswith(("ssh-dss", "sk-")) or "-cert-v01@" in kind:
        raise PublicKeyError("keys of its type have no JWK form")
    try:
        return load_ssh_public_key(line.strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PublicKeyError("it can't be decoded as an OpenSSH public key") from error


def _members(key: object) -> dict[str, str]:
    """The members that RFC 7638, section 3.2, requires (OKP: RFC 8037, section 2)."""
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return _rsa(numbers.n, numbers.e)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _elliptic(key)
    for name, kind, _ in _OCTET_CURVES:
        if isinstance(key, kind):
            return {"kty": "OKP", "crv": name, "x": _text(_raw(key))}
    raise PublicKeyError(f"a {_kind(key)} has no JWK form")


def _raw(key: object) -> bytes:
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey | x25519.X25519PublicKey | x448.X448PublicKey):
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    raise PublicKeyError(f"a {_kind(key)} has no JWK form")


def _rsa(modulus: int, exponent: int) -> dict[str, str]:
    return {"kty": "RSA", "n": _text(_octets(modulus)), "e": _text(_octets(exponent))}


def _elliptic(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    name = _CURVE_NAMES.get(str(key.curve.name))
    if name is None:
        raise PublicKeyError(f"the curve {key.curve.name} has no name in JWK")
    numbers, octets = key.public_numbers(), (key.key_size + 7) // 8
    x, y = (_text(number.to_bytes(octets, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": name, "x": x, "y": y}


def _members_of_jwk(jwk: Mapping[str, object]) -> dict[str, str]:
    match jwk.get("kty"):
        case "RSA":
            return _rsa_of_jwk(jwk)
        case "EC":
            return _elliptic_of_jwk(jwk)
        case "OKP":
            return _octets_of_jwk(jwk)
        case "oct":
            raise PublicKeyError("a symmetric key has no public half")
        case str(kty):
            raise PublicKeyError(f"its kty {_shown(kty)} is unknown")
        case _:
            raise PublicKeyError("it has no kty")


def _rsa_of_jwk(jwk: Mapping[str, object]) -> dict[str, str]:
    # By the numbers alone: cryptography makes no key of a modulus that it finds too short, and verifiers may.
    modulus, exponent = _number(jwk, "n"), _number(jwk, "e")
    if modulus < 3 or modulus % 2 == 0 or exponent < 3 or exponent % 2 == 0:
        raise PublicKeyError("its n and e are no RSA public key")
    return _rsa(modulus, exponent)


def _elliptic_of_jwk(jwk: Mapping[str, object]) -> dict[str, str]:
    curve = _CURVES.get(str(jwk.get("crv")))
    if curve is None:
        raise PublicKeyError(f"its crv {_shown(jwk.get('crv'))} is unknown")
    try:
        return _elliptic(ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), curve()).public_key())
    except ValueError as error:
        if isinstance(error, PublicKeyError):
            raise
        raise PublicKeyError(f"its x and y are no point of {jwk['crv']}") from error


def _octets_of_jwk(jwk: Mapping[str, object]) -> dict[str, str]:
    curve = str(jwk.get("crv"))
    if curve not in _OCTETS:
        raise PublicKeyError(f"its crv {_shown(jwk.get('crv'))} is unknown")
    x = _decoded(jwk, "x")
    if len(x) != _OCTETS[curve]:
        raise PublicKeyError(f"its x has {len(x)} octets, not the {_OCTETS[curve]} of {curve}")
    return {"kty": "OKP", "crv": curve, "x": _text(x)}


def _number(jwk: Mapping[str, object], member: str) -> int:
    return int.from_bytes(_decoded(jwk, member), "big")


def _decoded(jwk: Mapping[str, object], member: str) -> bytes:
    """Base64url; padding and the other alphabet too, since libraries that verify take them."""
    text = jwk.get(member)
    if not isinstance(text, str) or not text:
        raise PublicKeyError(f"its {member} is missing")
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PublicKeyError(f"its {member} is no base64url") from error


def _digest(members: dict[str, str]) -> str:
    # RFC 7638, section 3: no white space, members in the order of their names.
    return _text(hashlib.sha256(json.dumps(members, sort_keys=True, separators=(",", ":")).encode()).digest())


def _octets(number: int) -> bytes:
    """Big-endian, in as few octets as can be (RFC 7518, section 2: Base64urlUInt)."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _kind(key: object) -> str:
    return type(key).__name__.lstrip("_")


def _shown(value: object) -> str:
    """What stands in kty or crv, short enough for a sentence."""
    return repr(value) if len(repr(value)) <= 40 else f"({len(repr(value))} characters)"
