"""PagerDuty's Events API v2: an alert a ticket, by its key, resolved when the ticket closes.

The connection's password is the integration's key (routing key); its host is events.pagerduty.com where it's left out,
events.eu.pagerduty.com for an account in Europe. An event of a key that stands changes nothing, so that each may be
sent again: https://developer.pagerduty.com/docs/events-api-v2/overview/
"""

import ssl
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from offboarding.interfaces import ConnectionFields, PagerSettings
from offboarding.model import TicketPage
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net.destinations import Destination

HOST = "events.pagerduty.com"
ACCEPTED = 202
MOST_SUMMARY = 1024
"""Characters; a longer one is refused."""
TIMEOUT_SECONDS = 30
AGAIN = frozenset({408, 429})

Settings = PagerSettings


def destinations(settings: PagerSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where events go."""
    yield Destination(host=_address(f"pagers.{settings.name}", connection).host, clear_text=False)


def build(settings: PagerSettings, connection: ConnectionFields) -> "PagerDuty":
    """A pager for one integration; nothing is sent yet. extra.ca_certs_file: authorities to trust instead of the usual.

    Raises ConfigError for a connection without a key, or one that isn't https.
    """
    where = f"pagers.{settings.name}"
    if not connection.password:
        raise ConfigError(f"{where}: connection {connection.conn_id} has no password. It's the integration's key.")
    authorities = connection.extra.get("ca_certs_file")
    try:
        trusted = ssl.create_default_context(cafile=str(authorities)) if authorities else True
    except OSError as error:
        raise ConfigError(f"{where}: extra.ca_certs_file {authorities} of {connection.conn_id}: {error}") from error
    client = httpx.Client(base_url=_address(where, connection), timeout=TIMEOUT_SECONDS, verify=trusted)
    return PagerDuty(where, connection.password, client)


class PagerDuty:
    """A Pager (see interfaces)."""

    def __init__(self, where: str, key: str, client: httpx.Client) -> None:
        self._where = where
        self._key = key
        self._client = client
        weakref.finalize(self, client.close)

    def trigger(self, page: TicketPage) -> None:
        """An alert that leads to its ticket."""
        self._send(
            "trigger",
            page.key,
            payload={"summary": page.title[:MOST_SUMMARY], "severity": "critical", "source": page.source},
            client="offboarding checker",
            links=[{"href": page.url, "text": "The ticket: what works, and how to end it"}],
        )

    def resolve(self, key: str) -> None:
        """Its ticket is closed, or nothing on it calls for anybody any more."""
        self._send("resolve", key)

    def _send(self, action: str, key: str, **more: Any) -> None:
        event: Mapping[str, Any] = {"routing_key": self._key, "event_action": action, "dedup_key": key, **more}
        try:
            response = self._client.post("v2/enqueue", json=event)
        except httpx.TransportError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise FatalError(f"{self._where}: {error}. Set ca_certs_file in the connection's extra") from error
            raise RetriableError(
                f"{self._where}: no answer ({str(error) or type(error).__name__}). Is {self._client.base_url.host}"
                " reached from here?"
            ) from error
        if response.status_code == ACCEPTED:
            return
        said = f"{response.status_code} {' '.join(response.text.split())[:200]}".strip()
        if response.status_code in AGAIN or response.is_server_error:
            raise RetriableError(f"{self._where}: {said}. It's sent again.")
        raise FatalError(
            f"{self._where}: {said}. The connection's password must be the key of an Events API v2 integration, and its"
            " host that of the account's region."
        )


def _address(where: str, connection: ConnectionFields) -> httpx.URL:
    if "://" in connection.host or connection.schema not in ("", "https"):
        raise ConfigError(f"{where}: connection {connection.conn_id}: host is a bare name, and schema https or empty")
    return httpx.URL(scheme="https", host=connection.host or HOST, port=connection.port)
