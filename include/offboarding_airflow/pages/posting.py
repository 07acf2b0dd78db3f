"""What a form sends: in the body, which nobody logs."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import parse_qs

from fastapi import HTTPException, Request

MOST = 20_000
"""Bytes of a form."""
MOST_MANY = 400_000
"""Of one that decides many at once, each with what it's about."""


async def fields(request: Request, most: int = MOST_MANY) -> Mapping[str, str]:
    """Read the fields of a form, each once; without those that weren't filled in."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise HTTPException(413, "That is more than a form of these pages holds.")
    try:
        found = parse_qs(body.decode("utf-8", "replace"), max_num_fields=400)
    except ValueError:
        raise HTTPException(413, "That is more fields than a form of these pages has.") from None
    return {name: values[0] for name, values in found.items()}


def field(name: str) -> Callable[[Request], Coroutine[Any, Any, str]]:
    """Return what gives a route one field of a form; "" where it wasn't filled in."""

    async def read(request: Request) -> str:
        return (await fields(request, MOST)).get(name, "")

    return read
