"""What a form sends: in the body, which nobody logs."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qs

from fastapi import HTTPException, Request

MOST = 20_000
"""Bytes of a form."""


def field(name: str) -> Callable[[Request], Coroutine[Any, Any, str]]:
    """Return what gives a route one field of a form; "" where it wasn't filled in."""

    async def read(request: Request) -> str:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST:
                raise HTTPException(413, "That is more than a form of these pages holds.")
        found = parse_qs(body.decode("utf-8", "replace"), max_num_fields=100)
        return found.get(name, [""])[0]

    return read
