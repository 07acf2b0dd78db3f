"""Tickets told to whatever has no adapter, by signed messages (Standard Webhooks 1.0.0).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

- Each call is one POST of JSON, as schema.json beside this file describes it.
- What is said again bears the same `webhook-id`, so that the receiver drops what came twice. A ticket is opened under
  one id, whatever its text says by now.
- Nobody can be asked how a ticket stands: that is unknown, and nothing follows from it.
- A receiver may answer how it calls the ticket; else that's our key.
"""

import hashlib
import json
import secrets
import weakref
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Annotated, Literal

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from offboarding.interfaces import ConnectionFields, TrackerSettings
from offboarding.model import TicketDraft, TicketRef, TicketState
from offboarding.model.errors import ConfigError, UncertainError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, client_of, destination, needed
from offboarding.net.service.asking import PATIENCE_SECONDS, Asker, check, in_short
from offboarding.trackers.webhook.settings import Settings
from offboarding.trackers.webhook.signing import Signer, keep_out_of_errors, signer_of

__all__ = ["Settings", "Webhook", "build", "destinations"]

SCHEMA = 1
"""Which version of schema.json a message keeps."""
EXTRA = ("path", "ca_certs_file")
"""What the connection's extra may hold."""
FIXES = {
    400: "Compare what the receiver takes with the published schema (docs/configuration/webhook.md)",
    401: "Compare the secret in the connection's password with the receiver's, and the clocks of both machines",
    403: "Compare the secret in the connection's password with the receiver's, and the clocks of both machines",
    404: "Compare host and path of the connection with the receiver's address",
    422: "Compare what the receiver takes with the published schema (docs/configuration/webhook.md)",
    413: "Let the receiver take longer messages",
}


_PAGES = ("text/html", "application/xhtml+xml")


_SAID = BeforeValidator(lambda given: given.strip() if isinstance(given, str) else given)


class Answer(BaseModel):
    """What a receiver may say of a ticket that it opened; whatever else it answers is its own affair."""

    model_config = ConfigDict(strict=True)

    ref: Annotated[str | None, _SAID] = Field(default=None, pattern=r"^[\x21-\x7e]{0,64}$")
    url: Annotated[str | None, _SAID] = Field(default=None, pattern=r"^(https?://[\x21-\x7e]{1,1990})?$")


def destinations(settings: TrackerSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"trackers.{settings.name}", connection)


def build(settings: Settings, connection: ConnectionFields) -> "Webhook":
    """What signs by the secrets in the connection's password. Raises ConfigError where one of them is none."""
    where = f"trackers.{settings.name}"
    needed(where, connection, "host", "password")
    for name in sorted(connection.extra.keys() - set(EXTRA)):
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: its extra holds {name}, which nobody reads. Known: "
            f"{', '.join(EXTRA)}"
        )
    signer, url = signer_of(where, connection), _receiver(where, connection)
    client = client_of(
        where,
        connection,
        address_of(where, connection),
        exposed="what tickets say",
        headers={"Accept-Encoding": "identity"},
        seconds=settings.timeout_seconds,
    )
    return Webhook(Asker(where, client, patience=PATIENCE_SECONDS), url, signer)


class Webhook:
    """A Tracker (see interfaces) that hears, and can't be asked."""

    def __init__(self, asker: Asker, url: str, signer: Signer) -> None:
        self._asker = asker
        self._url = url
        self._signer = signer
        weakref.finalize(self, asker.end)

    def find(self, key: str) -> Literal[TicketState.UNKNOWN]:
        """Nobody can tell: `open` may be said again instead."""
        del key
        return TicketState.UNKNOWN

    def open(self, draft: TicketDraft) -> TicketRef:
        """Under one id, however often it's said and whatever the draft says by then."""
        ref = TicketRef(ref=draft.key, url="", key=draft.key)
        response = self._send("ticket.open", "", ref, {**_wanted(draft), "assignee": draft.assignee})
        try:
            answer = Answer.model_validate_json(response.content)
        except ValidationError as error:
            if not any(each["loc"] for each in error.errors()):
                # No JSON, or no object: it says nothing of the ticket.
                return ref
            wrong = " and ".join(sorted({str(each["loc"][0]) for each in error.errors()}))
            # Not `from error`: it holds what was answered.
            raise UncertainError(
                f"{self._asker.where}: {draft.key} was taken, but of the answer its {wrong} can't be used. Let the"
                " receiver answer a ref of at most 64 characters without blanks and an http(s) url as texts, or neither"
            ) from None
        return TicketRef(ref=answer.ref or draft.key, url=answer.url or "", key=draft.key)

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """All of it as the draft says; whose it is by now is the receiver's to know."""
        wanted = _wanted(draft)
        self._send("ticket.update", f"{ref.said} {json.dumps(wanted, sort_keys=True)}", ref, wanted)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """Under the event's own id."""
        self._send("ticket.comment", event_key, ref, {"text": text})

    def close(self, ref: TicketRef, text: str) -> None:
        """Whether it was closed already, nobody knows."""
        self._send("ticket.close", f"{ref.said} {text}", ref, {"text": text})

    def reopen(self, ref: TicketRef, text: str) -> None:
        """Whether it was open already, nobody knows."""
        self._send("ticket.reopen", f"{ref.said} {text}", ref, {"text": text})

    def state(self, ref: TicketRef) -> TicketState:
        """Nobody can tell."""
        del ref
        return TicketState.UNKNOWN

    def ping(self) -> None:
        """A message that there is nothing to do about. Raises as all the others do."""
        self._post("ping", _id("ping", secrets.token_hex(16)), {"schema": SCHEMA, "type": "ping"})

    def _send(self, kind: str, occasion: str, ref: TicketRef, data: Mapping[str, object]) -> httpx.Response:
        ticket = {"key": ref.key, "ref": ref.ref, "number": ref.said}
        body = {"schema": SCHEMA, "type": kind, "ticket": ticket, "data": data}
        return self._post(f"{kind} {ref.key}", _id(ref.key, kind, occasion), body)

    def _post(self, called: str, message_id: str, body: Mapping[str, object]) -> httpx.Response:
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **self._signer.headers(message_id, content)}
        response = self._asker.ask("POST", self._url, called=called, content=content, headers=headers)
        check(f"{self._asker.where}: {called}", response, in_short(response.text), FIXES)
        if _is_page(response):
            raise UncertainError(
                f"{self._asker.where}: {called}: {response.status_code}, but a page answered, not the receiver: a login"
                f" or a proxy before it, maybe. {FIXES[404]}"
            )
        return response


def _is_page(response: httpx.Response) -> bool:
    """Whether it's one to be read by people; many servers call an empty answer text/html, too."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in _PAGES and response.content.lstrip().startswith(b"<")


def _receiver(where: str, connection: ConnectionFields) -> str:
    """The address to the letter, which often lets in whoever knows it: its long parts come into no error."""
    path = connection.extra.get("path")
    if path is None:
        path = httpx.URL(connection.host).raw_path.decode() if "://" in connection.host else ""
    try:
        url = address_of(where, connection).copy_with(raw_path=f"/{str(path).lstrip('/')}".encode("ascii"))
    except (httpx.InvalidURL, ValueError):
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: its path can't be one of an address. Copy it from"
            " the receiver's address"
        ) from None  # its words repeat the path
    keep_out_of_errors(url)
    return str(url)


def _wanted(draft: TicketDraft) -> dict[str, object]:
    due = draft.due_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if draft.due_at else None
    return {
        "queue": draft.queue,
        "title": draft.title,
        "body": draft.body,
        "priority": draft.priority.value,
        "due_at": due,
    }


def _id(*parts: str) -> str:
    return "offb_" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
