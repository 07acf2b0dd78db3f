"""Answers that end: requests reads a body whole, however long it is and however slowly it comes."""

import io
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ReadTimeout, RequestException

MOST_BYTES = 16 << 20
"""Of an answer."""
MOST_SECONDS = 300
"""For an answer's body, however often a little of it comes."""
_PORTION = 65_536


class TooMuchError(RequestException):
    """An answer of more than MOST_BYTES."""


class _BoundedAdapter(HTTPAdapter):
    def send(self, *sent: Any, **how: Any) -> requests.Response:
        """Read the body within the bounds. Raises TooMuchError, and ReadTimeout after MOST_SECONDS."""
        response = super().send(*sent, **{**how, "stream": True})
        body, until = bytearray(), time.monotonic() + MOST_SECONDS
        # As it came, and what has come: what is packed unpacks to anything, and a whole portion may be long in coming.
        while portion := response.raw.read1(_PORTION, decode_content=False):
            body += portion
            if len(body) > MOST_BYTES:
                response.close()
                raise TooMuchError
            if time.monotonic() > until:
                response.close()
                raise ReadTimeout
        response.raw.release_conn()
        response.raw = io.BytesIO(bytes(body))
        return response


def bounded_session(authorities: str | None) -> requests.Session:
    """A session whose every answer ends; `authorities`: a PEM file, or None for those that requests brings along."""
    session = requests.Session()
    session.verify = authorities or True
    session.headers["Accept-Encoding"] = "identity"
    session.mount("https://", _BoundedAdapter())
    return session
