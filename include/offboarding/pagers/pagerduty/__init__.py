"""PagerDuty's Events API v2: an alert a ticket, by its key, resolved when the ticket closes.

The connection's password is the integration's key (routing key); its host is events.pagerduty.com where it's left out,
events.eu.pagerduty.com for an account in Europe. An event of a key that stands changes nothing, so that each may be
sent again: https://developer.pagerduty.com/docs/events-api-v2/overview/
"""

import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketPage
from offboarding.model.errors import FatalError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, client_of, destination, needed
from offboarding.net.service.asking import PATIENCE_SECONDS, Asker, check, in_short
from offboarding.pagers.pagerduty.settings import Settings

HOST = "events.pagerduty.com"
PATH = "v2/enqueue"
MOST_SUMMARY = 1024
"""Characters; a longer one is refused."""
TIMEOUT_SECONDS = 30
TAKEN = 202
"""The one status by which an event is taken."""
FIXES = {
    400: "The connection's password must be the key of an Events API v2 integration",
    404: "Look at the connection's host: it is that of the account's region",
}


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where events go."""
    return destination(f"pagers.{settings.name}", _in_full(connection))


def build(settings: Settings, connection: ConnectionFields) -> "PagerDuty":
    """A pager for one integration; nothing is sent yet. Raises ConfigError for a connection that can't be right."""
    where = f"pagers.{settings.name}"
    needed(where, connection, "password")
    address = address_of(where, _in_full(connection))
    unpacked = {"Accept-Encoding": "identity"}
    client = client_of(where, connection, address, headers=unpacked, seconds=TIMEOUT_SECONDS)
    return PagerDuty(connection.password, Asker(where, client, patience=PATIENCE_SECONDS))


def _in_full(connection: ConnectionFields) -> ConnectionFields:
    return connection if connection.host else replace(connection, host=HOST)


class PagerDuty:
    """A Pager (see interfaces)."""

    def __init__(self, key: str, asker: Asker) -> None:
        self._key = key
        self._asker = asker
        weakref.finalize(self, asker.end)

    def trigger(self, page: TicketPage) -> None:
        """An alert that leads to its ticket."""
        self._send(
            "trigger",
            page.key,
            payload={"summary": page.title[:MOST_SUMMARY], "severity": "critical", "source": page.source},
            client="offboarding checker",
            links=[{"href": page.url, "text": "The ticket: what works, and how to end it"}] if page.url else [],
        )

    def resolve(self, key: str) -> None:
        """Its ticket is closed, or nothing on it calls for anybody any more."""
        self._send("resolve", key)

    def _send(self, action: str, key: str, **more: Any) -> None:
        event = {"routing_key": self._key, "event_action": action, "dedup_key": key, **more}
        response = self._asker.ask("POST", PATH, body=event)
        what = f"{self._asker.where}: {action} {key}"
        check(what, response, in_short(response.text), FIXES)
        if response.status_code != TAKEN:
            said = f"{response.status_code}, where PagerDuty answers {TAKEN}: it wasn't PagerDuty that took it"
            raise FatalError(f"{what}: {said}. {FIXES[404]}")
