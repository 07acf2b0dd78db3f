"""One request, one answer: whole, within bounds, and as it came."""

from collections.abc import Mapping
from time import sleep
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from offboarding.model.errors import FatalError, RetriableError
from offboarding.model.redaction import repeatable
from offboarding.net.service.answers import retry_after, told_to_wait

MOST_BYTES = 16 << 20
"""Of an answer."""
PATIENCE_SECONDS = 60.0
"""How long a ticket system may have a run wait, in all, where it says that it was asked too often."""
MOST_DIGITS = 15
"""Of a number in a header; one of more is left out, as if it weren't said."""
MOST_WORDS = 200
"""Characters of a server's own sentence."""
_MOST_LOOKED_AT = 1 << 16
"""Characters of what may be a whole page."""
WHERE_IT_LEADS = "Look where the connection leads"


class AnswerTooLargeError(FatalError):
    """It's more than was to be taken."""


class Asker:
    """What asks. Errors begin with `where` ("trackers.secops"), and with what was asked.

    The client comes from `client_of`, so its timeout limits a whole call.
    """

    def __init__(self, where: str, client: httpx.Client, *, patience: float = 0) -> None:
        """`patience`: how long it may wait, in all, where it's told to by an answer that did nothing."""
        self.where = where
        self._client = client
        self._patience = patience
        self._seconds = client.timeout.read or 0

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
        into: BinaryIO | None = None,
        most: int = MOST_BYTES,
    ) -> httpx.Response:
        """Whatever its status, as far as patience goes. Raises RetriableError where nothing whole came, FatalError for
        what is no answer.

        `called`: what errors say was asked, where the path is nobody's business. `into`: where the body of an answer
        that is one goes, which may be of `most` bytes; what is answered then holds none.
        """
        what = f"{self.where}: {called or f'{method} {path}'}"
        sent: Any = {"params": parameters, "json": body, "content": content, "headers": headers}
        response = self._asked(what, method, path, sent, into, most)
        # Of one who says "at once" a second is taken, so that it's asked for so long, too.
        while (seconds := _told_to_wait(response)) is not None and max(seconds, 1) <= self._patience:
            self._patience -= max(seconds, 1)
            sleep(seconds)
            response = self._asked(what, method, path, sent, into, most)
        return response

    def _asked(self, what: str, method: str, path: str, sent: Any, into: BinaryIO | None, most: int) -> httpx.Response:
        try:
            with self._client.stream(method, path, **sent) as response:
                return _whole(what, response, into if response.is_success else None, most)
        except httpx.TimeoutException as error:
            raise RetriableError(f"{what}: no whole answer within {self._seconds:g} seconds. Is it up?") from error
        except httpx.TransportError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise FatalError(f"{what}: {error}. Set ca_certs_file in the connection's extra") from error
            raise RetriableError(f"{what}: no answer ({str(error) or type(error).__name__}). Is it up?") from error

    def end(self) -> None:
        """Close the connections."""
        self._client.close()


def _told_to_wait(response: httpx.Response) -> int | None:
    """How long, where a request was turned away unread and may be sent as it is (RFC 6585, section 4).

    503 says that it can't be answered now (RFC 9110, section 15.6.4): only what changes nothing is sent again.
    """
    turned_away = {429} | ({503} if response.request.method == "GET" else set[int]())
    return told_to_wait(response.headers) if response.status_code in turned_away else None


def _whole(what: str, response: httpx.Response, into: BinaryIO | None, most: int) -> httpx.Response:
    """With its body, as it came: what is packed unpacks to anything, and we asked for nothing of the kind."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise FatalError(f"{what}: its answer is packed, which we didn't ask for. {WHERE_IT_LEADS}")
    body, size = bytearray(), 0
    bound = MOST_BYTES if into is None else most
    for chunk in response.iter_raw():
        size += len(chunk)
        if size > bound:
            raise AnswerTooLargeError(f"{what}: an answer of more than {bound >> 20} MB. {WHERE_IT_LEADS}")
        if into is None:
            body += chunk
        else:
            _keep_chunk(what, into, chunk)
    headers = [each for each in response.headers.multi_items() if not _is_no_number(each[1])]
    return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)


def _keep_chunk(what: str, into: BinaryIO, chunk: bytes) -> None:
    try:
        into.write(chunk)
        into.flush()
    except OSError as error:
        raise RetriableError(
            f"{what}: its answer can't be kept for now ({error}). Make room in this machine's folder of temporary files"
        ) from error


def _is_no_number(text: str) -> bool:
    """Of more digits than anything that's counted has: Python itself makes no number of thousands."""
    return len(text) > MOST_DIGITS and text.isdecimal()


def check(what: str, response: httpx.Response, reason: str, fixes: Mapping[int, str]) -> None:
    """Raise what a refusal means: RetriableError where it may be another in a while, else FatalError with its fix.

    `fixes` by status; what is none of them is told as 404's. `reason`: the server's own sentence, in short.
    """
    if response.is_success:
        return
    if response.is_redirect:
        reason = redirects(response)
    said = f"{what}: {response.status_code}{f', {reason}' if reason else ''}"
    if is_passing(response):
        wait = retry_after(response.headers)
        when = f"in {wait} seconds" if wait else "later"
        raise RetriableError(f"{said}. It is busy or ill, or counts too many logins: try again {when}")
    raise FatalError(f"{said}. {fixes.get(response.status_code, fixes[404])}")


def not_its_answer(error: ValidationError) -> str:
    """What of an answer isn't as it should be: where, and which sort of mistake; nothing of what was answered."""
    wrong = [(".".join(map(str, each["loc"][:3])) or "it", each["type"].replace("_", " ")) for each in error.errors()]
    return "; ".join(f"{place}: {kind}" for place, kind in wrong[:3])


def is_passing(response: httpx.Response) -> bool:
    """Whether it may answer otherwise in a while."""
    return response.status_code in {408, 425, 429} or response.is_server_error


def in_short(text: str) -> str:
    """On one line, in at most 200 characters: a server's own sentence.

    What isn't to be said is taken out before: of a part of it nobody could tell what it was.
    """
    return repeatable(" ".join(text[:_MOST_LOOKED_AT].split()))[:MOST_WORDS].rstrip(".")


def redirects(response: httpx.Response) -> str:
    """Where to, in short. What follows a `?` may let people in, and so may a login."""
    return f"it redirects to {in_short(_place(str(response.headers.get('location', '')))) or 'nowhere'}"


def _place(location: str) -> str:
    try:
        place = urlsplit(location)
    except ValueError:
        return "no address"
    host = place.netloc.rpartition("@")[2]
    return f"{place.scheme}://{host}{place.path}" if host else place.path
