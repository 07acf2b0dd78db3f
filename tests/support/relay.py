"""An HTTP relay between a client and a real server, which does to chosen requests what networks do."""

import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

_OF_THE_CONNECTION = {"connection", "transfer-encoding", "content-length", "content-encoding", "date"}


class Do(Enum):
    """What happens to a request."""

    PASS = auto()
    LOSE_ANSWER = auto()
    """The server does it, and the client never hears."""
    SEND_TWICE = auto()
    """The server gets it twice; the client hears the second answer."""
    CUT = auto()
    """The server never gets it, and the client hears that nobody is there."""
    HANG = auto()
    """Nothing happens, until the relay ends."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the relay says itself, and the server never hears of it."""

    status: int
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unheard:
    """The server does it; then this is done, and the client never hears."""

    then: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Dated:
    """The server answers, by a clock that is so far ahead of ours, or behind it."""

    by: timedelta


Verdict = Do | Answer | Unheard | Dated
Plan = Callable[[str, str], Verdict]
"""Method and path in; it may also do something itself just before the request goes on."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str, plan: Plan, trusted: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.plan = plan
        self.ended = threading.Event()
        # To make one takes longer than a request. A connection each, as the relay gives its own clients.
        self.asking = httpx.Client(verify=trusted or True, trust_env=False, headers={"Connection": "close"})

    def server_close(self) -> None:
        super().server_close()
        self.asking.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True
    server: _Server  # pyrefly: ignore[bad-override-mutable-attribute] - no other server makes it

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        verdict = self.server.plan(self.command, self.path)
        self.close_connection = True
        if verdict is Do.HANG:
            self.server.ended.wait()
        elif isinstance(verdict, Answer):
            self._answer(verdict.status, dict(verdict.headers), verdict.text.encode())
        elif verdict is not Do.CUT:
            response = self._forward(body)
            if verdict is Do.SEND_TWICE:
                response = self._forward(body)
            if isinstance(verdict, Unheard):
                verdict.then()
            elif verdict is not Do.LOSE_ANSWER:
                clock = datetime.now(UTC) + (verdict.by if isinstance(verdict, Dated) else timedelta())
                told = {name: value for name, value in response.headers.items() if name not in _OF_THE_CONNECTION}
                self._answer(response.status_code, {**told, "date": format_datetime(clock, True)}, response.content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _relay  # noqa: N815 - http.server's names

    def _forward(self, body: bytes) -> httpx.Response:
        own = {"host", "connection", "accept-encoding"}
        headers = {name: value for name, value in self.headers.items() if name.lower() not in own}
        return self.server.asking.request(self.command, self.server.upstream + self.path, content=body, headers=headers)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(content)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base calls it
        pass


@contextmanager
def relay(
    upstream: str, plan: Plan, tls: ssl.SSLContext | None = None, *, trusted: ssl.SSLContext | None = None
) -> Generator[int]:
    """Relay to upstream (scheme://host:port); the relay's own port on 127.0.0.1. `trusted`: whose word upstream's
    certificate is taken on.
    """
    with _Server(upstream, plan, trusted) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
