"""What a receiver knows us by: HMAC-SHA256 over id, moment and body, once for each secret."""

import base64
import binascii
import hmac
import re
import time
from dataclasses import dataclass, field

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError
from offboarding.model.redaction import keep_out

PREFIX = "whsec_"
LENGTHS = range(24, 65)
"""Bytes that the specification lets a secret have."""
MOST_SECRETS = 2
"""The new one, and the old one until every receiver knows the new."""
TELLING_PART = 16
"""Characters: a part of an address that long is likely what lets people in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What signs."""

    secrets: tuple[bytes, ...] = field(repr=False)

    def headers(self, message_id: str, content: bytes) -> dict[str, str]:
        """For a message that is sent now."""
        moment = str(int(time.time()))
        signed = f"{message_id}.{moment}.".encode() + content
        each = (base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in self.secrets)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": moment,
            "webhook-signature": " ".join(f"v1,{signature}" for signature in each),
        }


def signer_of(where: str, connection: ConnectionFields) -> Signer:
    """By the connection's password: a secret, or two with a blank between. Raises ConfigError."""
    given = connection.password.split()
    keep_out(*given)
    found = [_secret(each) for each in given]
    if not 1 <= len(found) <= MOST_SECRETS or b"" in found:
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: its password is one secret, or the new and the old one with a"
            f" blank between, each {PREFIX} and {LENGTHS[0]} to {LENGTHS[-1]} bytes in base64. To make one: python3 -c"
            f" 'import base64, secrets; print(\"{PREFIX}\" + base64.b64encode(secrets.token_bytes(32)).decode())'"
        )
    return Signer(secrets=tuple(found))


def keep_out_of_errors(url: httpx.URL) -> None:
    """Whoever knows such an address may often use it."""
    keep_out(*(part for part in re.split(r"[/?&=]", url.raw_path.decode()) if len(part) >= TELLING_PART))


def _secret(text: str) -> bytes:
    """b"" where it is none."""
    if not text.startswith(PREFIX):
        return b""
    try:
        secret = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return b""
    return secret if len(secret) in LENGTHS else b""
