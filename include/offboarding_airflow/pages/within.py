"""Asking another app in this process, by ASGI (https://asgi.readthedocs.io/en/latest/specs/www.html): no connection."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope

_KEPT = ("type", "asgi", "http_version", "scheme", "server", "client", "extensions")
"""Of the request on whose behalf it's asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it answers."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether it did as it was asked."""
        return 200 <= self.status < 300

    def read(self) -> dict[str, Any]:
        """Return its JSON; nothing where it's none, or no object."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


async def ask(
    app: ASGIApp, asker: Scope, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> Answer:
    """Ask for a path, whose escapes are as in an address; behind a question mark what is asked of it."""
    raw, _, query = path.partition("?")
    scope = {name: asker[name] for name in _KEPT if name in asker} | {
        "method": method,
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "state": dict(asker.get("state", {})),
    }
    sent, done, is_read = list[Message](), asyncio.Event(), False

    async def receive() -> Message:
        nonlocal is_read
        if not is_read:
            is_read = True
            return {"type": "http.request", "body": body, "more_body": False}
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            done.set()

    await app(scope, receive, send)
    starts = [message["status"] for message in sent if message["type"] == "http.response.start"]
    return Answer(status=starts[0], body=b"".join(message.get("body", b"") for message in sent))
