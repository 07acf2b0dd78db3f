"""The receiver of docs/configuration/webhook.md, as it stands there, in front of a list; and the people who work in it.

Each message that it takes is held to the published schema.
"""

import base64
import functools
import json
import os
import re
import secrets
import ssl
import threading
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import HTTPServer
from importlib import resources
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from jsonschema import Draft202012Validator
from standardwebhooks import Webhook as StandardWebhook

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketDraft, TicketPriority, TicketRef, TicketState
from offboarding.trackers import webhook
from offboarding.trackers.webhook import Settings, build
from tests.support.listed_tracker import ListedPeople, ListedTracker
from tests.support.tracker_faults import Bench

PAGE = Path(__file__).parents[3] / "docs" / "configuration" / "webhook.md"


def _closed(schema: Any) -> Any:
    """A schema that lets pass nothing but what it names, as the published one must not: fields are added to it."""
    if isinstance(schema, list):
        return [_closed(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    made = {name: _closed(each) for name, each in cast("dict[str, Any]", schema).items()}
    return made | ({"additionalProperties": False} if made.get("type") == "object" else {})


SCHEMA = Draft202012Validator(
    _closed(json.loads(resources.files(webhook).joinpath("schema.json").read_text("utf-8"))),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)


def new_secret() -> str:
    """As the page says how to make one."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Kept(ListedTracker):
    """Tickets by our keys, as long as each key has one."""

    def open(self, draft: TicketDraft) -> TicketRef:
        ref = super().open(draft)
        if any(each.ref.ref == draft.key for each in self.tickets):
            return ref
        self.tickets[-1].ref = TicketRef(ref=draft.key, url="")
        return self.tickets[-1].ref


@dataclass(slots=True, kw_only=True)
class Receiving:
    """A running receiver."""

    port: int
    secret: str
    tls: Tls | None = None
    kept: Kept = field(default_factory=Kept)
    heard: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    """(webhook-id, body) of all that was rightly signed, as it came, repeats as well."""
    taken: list[Any] = field(default_factory=list[Any])
    """What was taken, once each."""

    def connection(self, *, password: str = "", port: int | None = None) -> ConnectionFields:
        """As an administrator makes it."""
        return ConnectionFields(
            conn_id="soar_webhook",
            schema="https" if self.tls else "http",
            host="127.0.0.1",
            port=port or self.port,
            password=password or self.secret,
            extra={"path": "hook/7f3d", **({"ca_certs_file": str(self.tls.authority)} if self.tls else {})},
        )

    def handle(self, told: Any) -> None:
        """Do as it says."""
        SCHEMA.validate(told)
        self.taken.append(told)
        if told["type"] == "ping":
            return
        ref, data = TicketRef(ref=told["ticket"]["ref"], url=""), told["data"]
        match told["type"].removeprefix("ticket."):
            case "open":
                self.kept.open(_draft(told["ticket"]["key"], **data))
            case "update":
                now = self.kept.ticket(ref).draft
                self.kept.update(ref, _draft(told["ticket"]["key"], assignee=now.assignee, **data))
            case "comment":
                self.kept.comment(ref, f"message {len(self.taken)}", data["text"])
            case "close":
                self.kept.close(ref, data["text"])
            case _:
                self.kept.reopen(ref, data["text"])


def _draft(key: str, *, priority: str, due_at: str | None, **texts: str) -> TicketDraft:
    due = datetime.fromisoformat(due_at) if due_at else None
    return TicketDraft(key=key, priority=TicketPriority(priority), due_at=due, **texts)


@functools.cache
def _code() -> Any:
    (text,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return compile(text, str(PAGE), "exec")


@contextmanager
def receiving(tls: Tls | None = None, secret: str = "") -> Generator[Receiving]:
    """On a free port, by a secret of its own."""
    found = Receiving(port=0, secret=secret or new_secret(), tls=tls)

    class Noting(StandardWebhook):
        def verify(self, data: bytes | str, headers: dict[str, str], *, json_parse: bool = True) -> Any:
            told = super().verify(data, headers, json_parse=json_parse)
            found.heard.append(({name.lower(): text for name, text in headers.items()}["webhook-id"], told))
            return told

    names: dict[str, Any] = {"__name__": "a receiver"}
    with patch.dict(os.environ, {"OFFBOARDING_WEBHOOK_SECRET": found.secret}):
        exec(_code(), names)  # noqa: S102 - the page's own
    names |= {"handle": found.handle, "webhook": Noting(found.secret)}
    names["Receiver"].log_message = lambda *_: None
    with HTTPServer(("127.0.0.1", 0), names["Receiver"]) as server:
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.certificate, tls.key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        found.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def settings(**changes: object) -> Settings:
    """What a user would write, and changes to it."""
    own = {"name": "soar", "kind": "webhook", "connection": "soar_webhook"}
    return Settings.model_validate({**own, **changes})


class AskedWebhook(webhook.Webhook):
    """What the suite asks is answered by the list behind the receiver; all else is our adapter's."""

    kept: Kept

    def find(self, key: str) -> TicketRef | None:  # pyrefly: ignore[bad-override] - that is the point
        return self.kept.find(key)

    def state(self, ref: TicketRef) -> TicketState:
        return self.kept.state(ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness(ListedPeople):
    """People of the contract, who count as well."""

    receiving: Receiving

    def count(self, key: str) -> int:
        """Tickets, or openings under several ids, which another receiver would make tickets of."""
        ids = defaultdict[str, set[str]](set)
        for message_id, told in self.receiving.heard:
            if told["type"] == "ticket.open":
                ids[told["ticket"]["key"]].add(message_id)
        there = sum(each.draft.key == key for each in self.receiving.kept.there())
        return max(there, len(ids[key]))


@contextmanager
def bench_of_webhook() -> Generator[Bench]:
    """For faults, without TLS."""
    with receiving() as place:
        yield Bench(
            name="webhook",
            upstream=f"http://127.0.0.1:{place.port}",
            through=lambda port: build(settings(timeout_seconds=0.5), place.connection(port=port)),
            people=Witness(tracker=place.kept, receiving=place),
            stands=place.kept.state,
            impatient=True,
        )
