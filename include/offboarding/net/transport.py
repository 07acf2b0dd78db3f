"""HTTP requests: the interface of httpx over the connections of httpcore, with one deadline for each request."""

import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpcore
import httpx

from offboarding.net.wire import AddressesOf, Deadline, DeadlineBackend

_KEPT_IDLE_SECONDS = 5.0
"""The default of httpx. A firewall may drop a connection that is idle for longer, and notify neither end."""

_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.ProxyError: httpx.ProxyError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}
"""Every error that httpcore raises."""


class DeadlineTransport(httpx.BaseTransport):
    """Sends requests over HTTP/1.1.

    The read timeout of a request limits the whole exchange, from connecting to the end of the body.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        addresses_of: AddressesOf = lambda host, _: (host,),
        proxy: httpx.Proxy | None = None,
    ) -> None:
        """`addresses_of`: as DeadlineBackend's; else the name is resolved on connecting. `proxy`: gets each request."""
        self._deadline = Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            proxy=None if proxy is None else httpcore.Proxy(str(proxy.url), auth=proxy.raw_auth),
            keepalive_expiry=_KEPT_IDLE_SECONDS,
            network_backend=DeadlineBackend(self._deadline, addresses_of),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError, and what `addresses_of` raises."""
        self._deadline.begin(request.extensions["timeout"]["read"])
        url = request.url
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx():
            answer = self._pool.handle_request(sent)
        extensions = cast("dict[str, Any]", answer.extensions)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_AnswerStream(answer), extensions=extensions
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _AnswerStream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _as_httpx() -> Generator[None]:
    try:
        yield
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error)) from error
