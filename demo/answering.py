"""A service over HTTPS that answers in JSON: what stands behind every stand-in of a vendor's API."""

import json
import ssl
import threading
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from demo.slapd import Tls


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request."""

    method: str
    path: str
    """Below the service's base, such as "/repos/corp/it/issues"."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    """Of JSON, or a form's fields; None where there is none."""
    raw: bytes = b""
    raw_path: str = ""
    pairs: Sequence[tuple[str, str]] = ()
    """The query as it came, where a name may stand in it several times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer; a body of None is none at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def raw(self) -> bytes:
        """As it goes over the line."""
        return b"" if self.body is None else json.dumps(self.body).encode()


Answering = Callable[[Asked], Answered]
_Id = TypeVar("_Id", int, str)
_Kept = TypeVar("_Kept")


def behind(kept: Mapping[_Id, _Kept], after: _Id | None) -> Iterator[_Kept]:
    """Yield what is kept, in the order of its ids, from behind that one on; from the first one on for None."""
    ids = sorted(kept)
    for each in islice(ids, 0 if after is None else bisect_right(ids, after), None):
        yield kept[each]


def part_of(found: Iterable[_Kept], size: int, at: int = 0) -> tuple[list[_Kept], bool]:
    """So many of what is found, from that place on, and whether more follow: only of these a page's rows are made."""
    taken = list(islice(found, at, at + size + 1))
    return taken[:size], len(taken) > size


@contextmanager
def answering(answer: Answering, tls: Tls | None, *, base: str = "") -> Generator[int]:
    """Serve below `base` on a free port of 127.0.0.1, which is yielded. Without `tls`, by plain HTTP."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            self._send(answer(self._asked()))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the library's words

        def _asked(self) -> Asked:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            raw_path = parts.path.removeprefix(base)
            return Asked(
                method=self.command,
                path=unquote(raw_path),
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=_parsed(raw, self.headers.get("Content-Type", "")),
                raw=raw,
                raw_path=raw_path,
                pairs=parse_qsl(parts.query, keep_blank_values=True),
            )

        def _send(self, answered: Answered) -> None:
            self.send_response_only(answered.status)
            body = answered.raw
            usual = {"Date": self.date_time_string(), "Content-Type": "application/json; charset=utf-8"}
            given = {**usual, **answered.headers}
            for name, value in {**given, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base calls it
            del format, args

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hung up."""

    with Server(("127.0.0.1", 0), Handler) as http:
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.certificate, tls.key)
            http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield http.server_port
        finally:
            http.shutdown()
            thread.join()


def _parsed(raw: bytes, kind: str) -> Any:
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    return json.loads(raw) if raw and "xml" not in kind else None
