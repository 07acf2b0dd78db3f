"""GitHub, or a server of its kind, as whoever asks it there needs it: its address, who we are, when to ask again.

https://docs.github.com/en/rest/authentication, https://docs.github.com/en/rest/using-the-rest-api
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import number_in, retry_after

if TYPE_CHECKING:
    from github.Auth import AppAuth

ITSELF = ("api.github.com", "github.com", "www.github.com")
_TOKEN = re.compile(r"\b(?:gh[a-z]|github_pat)_\w{10,}")
"""An installation's are made as we go (https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats).
"""


def base_of(where: str, connection: ConnectionFields) -> str:
    """Where the API answers: GitHub's own, a company's part of it (ghe.com), or a server of its own."""
    address = address_of(where, connection if connection.host else replace(connection, host=ITSELF[0]))
    if address.host in ITSELF:
        return f"https://{ITSELF[0]}"
    if address.host.endswith(".ghe.com"):
        return f"https://api.{address.host.removeprefix('api.')}"
    return str(address.join("api/v3")) if address.path == "/" else str(address).rstrip("/")


def destination(where: str, connection: ConnectionFields) -> Destination:
    """The one host that the connection leads to."""
    base = httpx.URL(base_of(where, connection))
    return Destination(host=base.host, clear_text=base.scheme == "http")


def installation_of(where: str, connection: ConnectionFields) -> int | None:
    """Of an App, whose id is the login and whose key the password; None for a token. Raises ConfigError."""
    installation = str(connection.extra.get("installation_id") or "")
    if not installation:
        needed(where, connection, "password")
        return None
    needed(where, connection, "login", "password")
    _check_key(where, connection)
    return _number(where, installation)


def app_of(connection: ConnectionFields) -> "AppAuth":
    """What signs as the App. Its key was looked at by `installation_of`: whether it is one takes long to tell."""
    import jwt  # noqa: PLC0415 - see interfaces
    from github.Auth import AppAuth  # noqa: PLC0415 - see interfaces

    key = _key_of(connection, looked_at=True)

    def signed(payload: dict[str, Any]) -> str:
        return jwt.encode(payload, key, "RS256")

    return AppAuth(connection.login, sign_func=signed)


def _check_key(where: str, connection: ConnectionFields) -> None:
    try:
        _key_of(connection)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"{where}: connection {connection.conn_id} is an App's, by its installation_id, and its password is no "
            "private key in PEM. Paste the file that GitHub made for the App."
        ) from error


def _key_of(connection: ConnectionFields, *, looked_at: bool = False) -> RSAPrivateKey:
    """Raises ValueError or TypeError where it's none."""
    pem = connection.password.encode()
    key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=looked_at)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("no RSA key")
    return key


def _number(where: str, text: str) -> int:
    if not text.isdecimal():
        raise ConfigError(f"{where}: extra.installation_id is a number, as it ends the page of the App's installation")
    return int(text)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A refusal that passes by itself."""

    seconds: int
    told: str
    """What to do, as a clause."""


def limit_of(status: int, headers: Mapping[str, str], words: str) -> RateLimit | None:
    """Of an answer that says that we asked too often; None for any other. `headers`: by names in small letters.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    if status not in {403, 429}:
        return None
    after, reset = retry_after(headers), number_in(headers, "x-ratelimit-reset")
    if after:
        return RateLimit(after, f"Try again in {after} seconds")
    if headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        seconds = max(1, reset - int(time.time()))
        return RateLimit(seconds, f"The limit of requests is used up: try again in {seconds} seconds")
    return RateLimit(60, "Try again in a minute") if status == 429 or "rate limit" in words.lower() else None


def without_tokens(text: str) -> str:
    """A sentence that may say a token back."""
    return _TOKEN.sub("(a secret)", text)
