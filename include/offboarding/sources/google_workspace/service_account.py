"""The service account that asks, in the name of an administrator who may.

https://developers.google.com/identity/protocols/oauth2/service-account#httprest
"""

import time
from typing import Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, ValidationError

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import needed
from offboarding.net.service.answers import Told

AUDIENCE = "https://oauth2.googleapis.com/token"
"""Whom a signed word is for, wherever the key's file says to show it."""


class ServiceAccountKey(Told):
    """The file that Google makes with a key."""

    type: Literal["service_account"]
    client_email: str
    client_id: str = ""
    private_key_id: str = ""
    private_key: str = Field(repr=False)
    token_uri: str

    def signed(self, scope: str, administrator: str) -> str:
        """What is shown for a token of that scope, in somebody's name."""
        now = int(time.time())
        claims = {"iss": self.client_email, "sub": administrator, "scope": scope, "aud": AUDIENCE}
        headers = {"kid": self.private_key_id} if self.private_key_id else None
        signed = jwt.encode(claims | {"iat": now, "exp": now + 600}, self.private_key, "RS256", headers)
        keep_out(signed)
        return signed


def service_account(where: str, connection: ConnectionFields) -> ServiceAccountKey:
    """Whose key the connection's password is. Raises ConfigError."""
    needed(where, connection, "login", "password")
    said = f"{where}: connection {connection.conn_id}: its password is no"
    try:
        key = ServiceAccountKey.model_validate_json(connection.password)
    except ValidationError:
        # Not `from`: it holds what was given.
        raise ConfigError(
            f"{said} key of a service account. Paste the whole file that Google made, with its braces"
        ) from None
    keep_out(key.private_key)
    try:
        loaded = load_pem_private_key(key.private_key.encode(), password=None)
    except (ValueError, TypeError):
        loaded = None
    if not isinstance(loaded, RSAPrivateKey):
        raise ConfigError(f"{said} file as Google makes it: its private_key can't be read. Paste it as it is")
    return key
