"""How the reader is let in: as an application, by its secret or its certificate, with Microsoft's own library.

https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import json
import re
from typing import TYPE_CHECKING, Any

import httpx
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import client_of
from offboarding.net.service.asking import Asker, in_short
from offboarding.net.service.requests_adapter import session_of
from offboarding.sources.entra_id.clouds import sign_in_of, tenant_of

if TYPE_CHECKING:
    from requests import Response

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.+?-----END \1-----", re.DOTALL)
_PASSING = frozenset({"temporarily_unavailable", "server_error"})
_TRACE = " Trace ID:"
"""What follows in a sentence of Microsoft's is another each time."""
RENEWED_BY = "Renew the application's secret or certificate: see the connection's password"


class SignIn:
    """One application's, in one tenant. What it's given is kept as long as it holds, by the library."""

    def __init__(self, where: str, connection: ConnectionFields, graph: httpx.URL, *, seconds: float) -> None:
        """Nothing is asked yet. Raises ConfigError."""
        self._where = where
        self._tenant = tenant_of(where, connection)
        self._client_id = connection.login
        self._credential = _credential(where, connection)
        self._base = sign_in_of(where, connection)
        self._scope = f"{graph.scheme}://{graph.netloc.decode()}/.default"
        self.client = client_of(where, connection, self._base, seconds=seconds, exposed="the secret")
        self._asker = Asker(where, self.client)
        self._application: Any = None

    def token(self) -> str:
        """By now. Raises FatalError where the reader isn't let in, RetriableError for what may pass."""
        if self._application is None:
            self._application = self._known()
        try:
            given: dict[str, Any] = self._application.acquire_token_for_client([self._scope]) or {}
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._nobody() from None
        token = given.get("access_token")
        if not isinstance(token, str):
            raise self._refusal(
                str(given.get("error", "")), str(given.get("error_description", "")).partition(_TRACE)[0]
            )
        keep_out(token)
        return token

    def _known(self) -> Any:
        """The application, once its tenant was found there; asked of nobody else, and told to nobody else."""
        import msal  # noqa: PLC0415 - reading a configuration needs no library

        session: Any = session_of(self._asker)
        session.hooks["response"].append(self._check)
        library: Any = msal
        try:
            made = library.ConfidentialClientApplication(
                self._client_id,
                client_credential=self._credential,
                authority=str(self._base.join(self._tenant)),
                http_client=session,
                instance_discovery=False,
            )
            endpoint = httpx.URL(str(made.authority.token_endpoint))
        except (ValueError, TypeError, KeyError, AttributeError, httpx.InvalidURL):
            raise self._nobody() from None
        if (endpoint.scheme, endpoint.netloc) != (self._base.scheme, self._base.netloc):
            raise FatalError(
                f"{self._where}: sign-in: {self._base.host} sends us to {in_short(endpoint.host)}, and nothing is sent"
                " there. If that's the tenant's cloud, write its hosts into the connection: host, and extra.login_host"
            )
        return made

    def _check(self, answer: "Response", *_: Any, **__: Any) -> None:
        """Before the library reads it: that takes a busy service for one that answers, and logs what is no JSON."""
        if answer.status_code in {408, 425, 429} or answer.status_code >= 500:
            busy = "It's busy or ill: try again in a minute"
            raise RetriableError(f"{self._where}: sign-in: {answer.status_code}. {busy}")
        try:
            json.loads(answer.text)
        except (ValueError, RecursionError):
            raise self._nobody() from None

    def _nobody(self) -> FatalError:
        return FatalError(
            f"{self._where}: sign-in: {self._base.host} knows no tenant {self._tenant}, or isn't Microsoft's. Look at"
            " extra.tenant_id and extra.login_host of the connection"
        )

    def _refusal(self, error: str, said: str) -> FatalError | RetriableError:
        refused = f"{self._where}: sign-in: {in_short(said or error) or 'refused, for no reason told'}"
        if error in _PASSING:
            return RetriableError(f"{refused}. Try again in a minute")
        return FatalError(f"{refused}. {RENEWED_BY}")


def _credential(where: str, connection: ConnectionFields) -> str | dict[str, str]:
    """A secret as it is; of a PEM file its private key and its certificate."""
    if "-----BEGIN" not in connection.password:
        return connection.password
    blocks = {found[1]: found[0] for found in _PEM.finditer(connection.password)}
    key = next((text for name, text in blocks.items() if name.endswith("PRIVATE KEY")), "")
    certificate = blocks.get("CERTIFICATE", "")
    keep_out(key)
    try:
        load_pem_private_key(key.encode(), password=None)
        load_pem_x509_certificate(certificate.encode())
    except (ValueError, TypeError):
        # Not `from`: it may hold a part of the key.
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: its password is PEM, and not both a private key without a"
            " passphrase and the certificate that the application has. Paste both, one below the other"
        ) from None
    return {"private_key": key, "public_certificate": certificate}
