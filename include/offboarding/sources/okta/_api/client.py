"""What Okta is asked, and how: lists to their proved end, limits by its own headers, refusals by the missing scope.

https://developer.okta.com/docs/api/, https://developer.okta.com/docs/reference/rate-limits/
https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar, cast
from uuid import uuid4

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import number_in, object_in
from offboarding.net.service.api import ApiPage, HttpApi, NotAnsweredError, Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources._http.settings import HttpSourceSettings
from offboarding.sources.okta._api.answers import OktaAccess, OktaMetadata, OktaWrappedPage
from offboarding.sources.okta._api.scopes import scope_of

PAGE = "docs/permissions/okta.md"
PAGE_SIZE = 200
EARLY = timedelta(minutes=5)
"""Before its end an app's token is made anew."""
_ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_Row = TypeVar("_Row", bound=BaseModel)


class OktaApi(HttpApi):
    """One org's Okta, asked by one connection."""

    system, page = "Okta", PAGE
    renewed_by = "Renew the API token in the connection's password, or see the app's client id and key"

    def __init__(
        self, settings: HttpSourceSettings, connection: ConnectionFields, where: str, scopes: Sequence[str]
    ) -> None:
        """`scopes`: those that an app asks for."""
        needed(where, connection, "host", "password")
        self.client_id = connection.login
        """Of an app; "" where an API token asks."""
        self._connection = connection
        self._scopes = scopes
        self._key = _key(where, connection) if self.client_id else None
        self._access: OktaAccess | None = None
        self._ends = datetime.min.replace(tzinfo=UTC)
        base = address_of(where, connection)
        super().__init__(where, settings, connection, base, {"Accept": "application/json"})

    def access(self) -> OktaAccess:
        """What the app was given, and what it may. Raises FatalError where it's given nothing."""
        if self._access is None or self._ends - EARLY < datetime.now(UTC):
            self._access = self._granted()
            self._ends = datetime.now(UTC) + timedelta(seconds=self._access.expires_in)
            keep_out(self._access.access_token)
        return self._access

    def authorization(self) -> str:
        """By the API token, or the app's."""
        return f"Bearer {self.access().access_token}" if self.client_id else f"SSWS {self._connection.password}"

    def metadata(self) -> OktaMetadata:
        """What the org says of itself."""
        path = ".well-known/okta-organization"
        return self.one(path, "overhead", OktaMetadata, path)

    def rows(
        self, path: str, purpose: Purpose, called: str, model: type[_Row], unread: UnreadRows, **parameters: str
    ) -> Iterator[_Row]:
        """Yield a list's rows that can be read; where it's wrapped, those under `value`. Raises as `pages`."""
        size = int(parameters.get("limit", 0))

        def read(answer: httpx.Response, url: str) -> ApiPage:
            del url
            parsed = self.json(answer, called)
            if not isinstance(parsed, list):
                page = self.parsed(answer, OktaWrappedPage, called)
                return ApiPage(rows=list(page.value), following=page.following)
            rows, following = cast("list[object]", parsed), answer.links.get("next", {}).get("url")
            if following is None and size and len(rows) >= size and "self" not in answer.links:
                # Okta links each page to itself, and to the next where there is one.
                raise FatalError(
                    f"{self.where}: {called}: a full page without Okta's links, so that nobody knows the rest. Let"
                    " nothing on the way take Link headers out"
                )
            return ApiPage(rows=rows, following=following)

        query = f"?{httpx.QueryParams(parameters)}" if parameters else ""
        for page in self.pages(f"{path}{query}", purpose, called, read):
            yield from unread.rows(f"{self.where}: {called}", model, page)

    def words(self, answer: httpx.Response) -> str:
        """Its `errorSummary`, or what the token endpoint says."""
        said = object_in(answer)
        return str(said.get("errorSummary") or said.get("error_description") or said.get("error") or "")

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """Until the minute's limit begins anew, by Okta's clock."""
        if answer.status_code != 429:
            return None
        reset = number_in(answer.headers, "x-rate-limit-reset")
        return 60 if reset is None else max(1, reset - _now(answer))

    def lacking(self, answer: httpx.Response) -> str:
        """The scope of what was asked; a role may be missing as well, and Okta doesn't say which."""
        if answer.status_code != 403:
            return ""
        return f"It needs the scope {scope_of(answer.request.url.path)}, and an admin role that may see it."

    def _granted(self) -> OktaAccess:
        """With each scope that the app was granted: one that it wasn't may cost all of them."""
        try:
            return self._token(*self._scopes)
        except NotAnsweredError as refused:
            granted = [scope for scope in self._scopes if self._has(scope)] if refused.status == 400 else []
            if not granted:
                raise FatalError(str(refused)) from None
            return self._token(*granted)

    def _has(self, scope: str) -> bool:
        try:
            self._token(scope)
        except NotAnsweredError:
            return False
        return True

    def _token(self, *scopes: str) -> OktaAccess:
        called = "oauth2/v1/token"
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            "client_assertion_type": _ASSERTED,
            "client_assertion": self._signed(str(self.base.join(called))),
        }
        answer = self.ask("POST", called, "overhead", called=called, form=form, authorization="")
        return self.parsed(answer, OktaAccess, called)

    def _signed(self, audience: str) -> str:
        assert self._key is not None
        # When it was signed isn't said: a clock of ours that is ahead would make it one of tomorrow.
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": audience, "exp": int(time.time()) + 300}
        algorithm = "RS256" if isinstance(self._key, RSAPrivateKey) else "ES256"
        key_id = self._connection.extra.get("key_id")
        headers = {"kid": str(key_id)} if key_id else None
        signed = jwt.encode(claims | {"jti": str(uuid4())}, self._key, algorithm, headers)
        keep_out(signed)
        return signed


def _now(answer: httpx.Response) -> int:
    """What Okta's clock says: ours may be another."""
    try:
        return int(parsedate_to_datetime(answer.headers.get("date", "")).timestamp())
    except (TypeError, ValueError):
        return int(time.time())


def _key(where: str, connection: ConnectionFields) -> RSAPrivateKey | EllipticCurvePrivateKey:
    said = f"{where}: connection {connection.conn_id} is an app's, by its login, and its password is no private key"
    try:
        key = load_pem_private_key(connection.password.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{said} in PEM. Paste the key that Okta made for the app, in PEM and not as JSON") from error
    if isinstance(key, RSAPrivateKey) or (
        isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    ):
        return key
    raise ConfigError(f"{said} that is signed with here. Take one of RSA, or of the curve P-256")
