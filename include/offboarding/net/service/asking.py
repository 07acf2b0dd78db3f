"""One request, one answer: whole, within bounds, and as it came."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from offboarding.model.errors import FatalError, RetriableError

MOST_BYTES = 16 << 20
"""Of an answer."""
MOST_SECONDS = 300
"""For an answer's body, however often a little of it comes."""
WHERE_IT_LEADS = "Look where the connection leads"


class Asker:
    """What asks. Errors begin with `where` ("trackers.secops"), and with what was asked."""

    def __init__(self, where: str, client: httpx.Client) -> None:
        self.where = where
        self._client = client

    def ask(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        called: str = "",
    ) -> httpx.Response:
        """Whatever its status. Raises RetriableError where nothing whole came, FatalError for what is no answer.

        `called`: what errors say was asked, where the path is nobody's business.
        """
        what = f"{self.where}: {called or ' '.join((method, path.partition('/@')[0]))}"
        sent: Any = {"params": parameters, "json": body, "content": content, "headers": headers}
        try:
            with self._client.stream(method, path, **sent) as response:
                return _whole(what, response)
        except httpx.TransportError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise FatalError(f"{what}: {error}. Set ca_certs_file in the connection's extra") from error
            raise RetriableError(f"{what}: no answer ({str(error) or type(error).__name__}). Is it up?") from error

    def end(self) -> None:
        """Close the connections."""
        self._client.close()


def _whole(what: str, response: httpx.Response) -> httpx.Response:
    """With its body, as it came: what is packed unpacks to anything, and we asked for nothing of the kind."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise FatalError(f"{what}: its answer is packed, which we didn't ask for. {WHERE_IT_LEADS}")
    body, until = bytearray(), time.monotonic() + MOST_SECONDS
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise FatalError(f"{what}: an answer of more than {MOST_BYTES >> 20} MB. {WHERE_IT_LEADS}")
        if time.monotonic() > until:
            raise RetriableError(f"{what}: no whole answer within {MOST_SECONDS} seconds. Is it up?")
    return httpx.Response(response.status_code, headers=response.headers, content=bytes(body), request=response.request)


def check(what: str, response: httpx.Response, reason: str, fixes: Mapping[int, str]) -> None:
    """Raise what a refusal means: RetriableError where it may be another in a while, else FatalError with its fix.

    `fixes` by status; what is none of them is told as 404's. `reason`: the server's own sentence, in short.
    """
    if response.is_success:
        return
    if response.is_redirect:
        reason = f"it redirects to {response.headers.get('location', '')[:200]}"
    said = f"{what}: {response.status_code}, {reason}"
    if is_passing(response):
        wait = response.headers.get("retry-after", "")
        when = f"in {wait} seconds" if wait.isdecimal() else "later"
        raise RetriableError(f"{said}. It is busy or ill, or counts too many logins: try again {when}")
    raise FatalError(f"{said}. {fixes.get(response.status_code, fixes[404])}")


def is_passing(response: httpx.Response) -> bool:
    """Whether it may answer otherwise in a while."""
    return response.status_code in {408, 425, 429} or response.is_server_error


def in_short(text: str) -> str:
    """On one line, in at most 200 characters: a server's own sentence."""
    return " ".join(text.split())[:200].rstrip(".")
