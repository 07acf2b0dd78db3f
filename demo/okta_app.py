"""The app that reads the demo's Okta org, and its keys."""

from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT_ID = "0oa1appThatReads"


@cache
def app_key() -> str:
    """An app's, in PEM."""
    made = rsa.generate_private_key(65537, 2048)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.private_bytes(serialization.Encoding.PEM, form, plain).decode()


@cache
def other_key(curve: str = "secp256r1") -> str:
    """Another of the app's, of an elliptic curve."""
    made = ec.generate_private_key({"secp256r1": ec.SECP256R1(), "secp384r1": ec.SECP384R1()}[curve])
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def public_half(key: str) -> Any:
    """What the org holds of it."""
    return serialization.load_pem_private_key(key.encode(), None).public_key()
