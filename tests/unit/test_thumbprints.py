"""Thumbprints of public keys, against the RFCs' own vectors and an independent implementation."""

import base64
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwk as joserfc_jwk

from offboarding.custody.thumbprints import (
    PublicKeyError,
    material_by_reference,
    material_of,
    material_of_jwk,
    material_of_spki,
    material_of_ssh,
    ssh_fingerprint,
    thumbprint,
    thumbprint_of_jwk,
)

RFC7638 = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
    "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
    "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
    "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}
"""Section 3.1."""

RFC8037 = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
"""Appendix A.2; its thumbprint is A.3."""

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
KEYS = {
    "rsa": RSA,
    "p256": ec.generate_private_key(ec.SECP256R1()).public_key(),
    "p384": ec.generate_private_key(ec.SECP384R1()).public_key(),
    "p521": ec.generate_private_key(ec.SECP521R1()).public_key(),
    "secp256k1": ec.generate_private_key(ec.SECP256K1()).public_key(),
    "ed25519": ed25519.Ed25519PrivateKey.generate().public_key(),
    "ed448": ed448.Ed448PrivateKey.generate().public_key(),
    "x25519": x25519.X25519PrivateKey.generate().public_key(),
    "x448": x448.X448PrivateKey.generate().public_key(),
}


def spki(key) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def jwk_of(key) -> Mapping[str, object]:
    """By joserfc, which shares no line with ours."""
    kind = "RSA" if isinstance(key, rsa.RSAPublicKey) else "EC" if isinstance(key, ec.EllipticCurvePublicKey) else "OKP"
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return joserfc_jwk.import_key(pem, kind).as_dict(private=False)


def test_rfc_7638_section_3_1() -> None:
    assert thumbprint_of_jwk(RFC7638) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_rfc_8037_appendix_a_3() -> None:
    assert material_of_jwk(RFC8037) == "jkt:kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_every_form_of_a_key_is_the_same_key(key) -> None:
    jwk = jwk_of(key)
    expected = joserfc_jwk.thumbprint({name: jwk[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in jwk})

    assert thumbprint(key) == expected
    assert material_of(key) == material_of_spki(spki(key)) == material_of_jwk(jwk) == f"jkt:{expected}"


@pytest.mark.parametrize("key", [KEYS["rsa"], KEYS["p256"], KEYS["p384"], KEYS["p521"], KEYS["ed25519"]])
def test_an_ssh_key_is_the_same_key_and_has_ssh_keygens_fingerprint(key, tmp_path: Path) -> None:
    line = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    (tmp_path / "key.pub").write_text(f"{line} someone@somewhere\n")

    listed = subprocess.run(["ssh-keygen", "-lf", tmp_path / "key.pub"], capture_output=True, text=True, check=True)

    assert material_of_ssh(f"{line} someone@somewhere") == material_of(key)
    assert ssh_fingerprint(base64.b64decode(line.split()[1])) == listed.stdout.split()[1]


def test_leading_zeros_and_padding_make_no_other_key() -> None:
    numbers = RSA.public_numbers()
    padded = base64.urlsafe_b64encode(b"\0\0" + numbers.n.to_bytes(256, "big")).decode()

    assert material_of_jwk({"kty": "RSA", "n": padded, "e": "AAEAAQ=="}) == material_of(RSA)


def test_a_short_rsa_key_is_named_too() -> None:
    """cryptography refuses to load it; whoever verifies with it may not."""
    short = {"kty": "RSA", "n": base64.urlsafe_b64encode(b"\xf1" * 48).decode(), "e": "Aw"}

    assert thumbprint_of_jwk(short) == joserfc_jwk.thumbprint(short)


def test_private_members_change_nothing() -> None:
    assert material_of_jwk({**RFC8037, "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}) == material_of_jwk(RFC8037)


def test_what_shows_no_public_half_is_the_same_nowhere_else() -> None:
    assert material_by_reference("111111111111", "arn:x#v1") == "ref:111111111111/arn:x#v1"


@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        ({}, "it has no kty"),
        ({"kty": "AKP", "pub": "AA"}, "its kty 'AKP' is unknown"),
        ({"kty": "R" * 90}, "its kty (92 characters) is unknown"),
        ({"kty": "oct", "k": "c2VjcmV0"}, "a symmetric key has no public half"),
        ({"kty": "RSA", "e": "AQAB"}, "its n is missing"),
        ({"kty": "RSA", "n": 17, "e": "AQAB"}, "its n is missing"),
        ({"kty": "RSA", "n": "AA", "e": "AQAB"}, "its n and e are no RSA public key"),
        ({"kty": "RSA", "n": "not base64!", "e": "AQAB"}, "its n is no base64url"),
        ({"kty": "RSA", "n": "ä", "e": "AQAB"}, "its n is no base64url"),
        ({"kty": "EC", "crv": "P-128", "x": "AA", "y": "AA"}, "its crv 'P-128' is unknown"),
        ({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}, "its x and y are no point of P-256"),
        ({"kty": "EC", "crv": "P-256", "x": "AQ"}, "its y is missing"),
        ({"kty": "OKP", "crv": "P-256", "x": "AQ"}, "its crv 'P-256' is unknown"),
        ({"kty": "OKP", "crv": "Ed25519", "x": "AQ"}, "its x has 1 octets, not the 32 of Ed25519"),
    ],
)
def test_what_is_no_public_key_says_why(jwk: dict[str, object], why: str) -> None:
    with pytest.raises(PublicKeyError) as caught:
        material_of_jwk(jwk)
    assert str(caught.value) == why


def test_a_kind_without_a_jwk_form_says_so() -> None:
    old = dsa.generate_private_key(1024).public_key()  # noqa: S505 - only its kind matters
    rare = ec.generate_private_key(ec.BrainpoolP256R1()).public_key()

    for key, why in ((old, "a DSAPublicKey has no JWK form"), (rare, "the curve brainpoolP256r1 has no name in JWK")):
        with pytest.raises(PublicKeyError, match=why):
            material_of(key)
    with pytest.raises(PublicKeyError, match="its SubjectPublicKeyInfo can't be decoded"):
        material_of_spki(b"-----BEGIN PRIVATE KEY-----")


@pytest.mark.parametrize("line", ["", "ssh-rsa", "ssh-rsa !!!", "ssh-dss AAAA", "sk-ssh-ed25519@openssh.com AAAA", "x"])
def test_an_ssh_line_without_a_thumbprint_is_refused(line: str) -> None:
    with pytest.raises(PublicKeyError):
        material_of_ssh(line)
