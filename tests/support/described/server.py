"""A service over HTTPS whose requests and answers are held to its vendor's OpenAPI description (openapi-core).

A stub of ours proves little: it takes what we believe the vendor takes. So each request and each answer is checked, the
request before the stub sees it; and what doesn't fit is refused, and noted in `wrong`.
"""

import json
import ssl
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.finders import APICallPathFinder
from werkzeug.datastructures import Headers, ImmutableMultiDict

from demo.slapd import Tls

FOLDER = Path(__file__).parent
USUAL_TIME = "2026-11-25T00:00:00.000Z"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer; a body of None is none at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def raw(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body).encode()


class Nested(Answered):
    """An answer that is nested deeper than anybody reads."""

    @property
    def raw(self) -> bytes:
        return b"[" * 100_000


Answering = Callable[[Asked], Answered]


def needed(name: str, schema: str) -> dict[str, Any]:
    """What an answer of that schema must hold, by name."""
    told = _schemas(name)[schema]
    return {each: told["properties"][each] for each in told["required"]}


def filled(name: str, schema: str) -> dict[str, Any]:
    """An answer of that schema with everything that it names: null where that may be, and empty otherwise."""
    return _usual(_schemas(name)[schema], _schemas(name))


def _usual(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    if "$ref" in told:
        return _usual(schemas[told["$ref"].rpartition("/")[2]], schemas)
    if told.get("nullable") or "oneOf" in told:
        return None
    if told["type"] == "object":
        return {each: _usual(part, schemas) for each, part in told.get("properties", {}).items()}
    if "enum" in told:
        return told["enum"][0]
    usual = {"date-time": USUAL_TIME, "integer": 0, "boolean": False, "array": []}
    return usual.get(told.get("format", ""), usual.get(told["type"], ""))


def _schemas(name: str) -> Mapping[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["components"]["schemas"]


class Description:
    """What a vendor says of its API."""

    def __init__(self, name: str) -> None:
        self._api = OpenAPI.from_dict(
            json.loads((FOLDER / f"{name}.json").read_text("utf-8")),
            config=Config(spec_validator_cls=None),  # pyright: ignore[reportArgumentType] - as its pages say
        )

    def wrong_in_request(self, asked: Asked) -> str:
        """What of it the vendor wouldn't take; "" where it fits."""
        return _wrong(lambda: self._api.validate_request(_Request(asked))) or self._unknown_in_query(asked)

    def wrong_in_answer(self, asked: Asked, answered: Answered) -> str:
        """What of it the vendor wouldn't say."""
        return _wrong(lambda: self._api.validate_response(_Request(asked), _Response(answered)))

    def _unknown_in_query(self, asked: Asked) -> str:
        """A service drops in silence what it doesn't know, and answers something else; openapi-core lets it pass."""
        request = _Request(asked)
        address = f"{request.host_url}{request.path}"
        path, operation, *_ = APICallPathFinder(self._api.spec).find(request.method, address)
        told = [each for part in (path, operation) if "parameters" in part for each in part / "parameters"]
        known = {(each / "name").read_str() for each in told if (each / "in").read_str() == "query"}
        return "; ".join(f"unknown parameter {each}" for each in sorted({*asked.query} - known))


def _wrong(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - openapi-core's have no base of their own
        causes = [error, error.__cause__, *getattr(error.__cause__, "schema_errors", [])]
        return "; ".join(str(each).splitlines()[0] for each in causes if each)
    return ""


def _parsed(raw: bytes, kind: str) -> Any:
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    return json.loads(raw) if raw else None


class _Request:
    """As openapi-core reads it."""

    host_url = "https://described.example"

    def __init__(self, asked: Asked) -> None:
        self.path = asked.raw_path or asked.path
        self.method = asked.method.lower()
        self.body = asked.raw or None
        self.content_type = asked.headers.get("content-type", "").partition(";")[0] or "application/json"
        self.parameters = RequestParameters(
            query=ImmutableMultiDict([*asked.query.items()]), header=Headers([*asked.headers.items()]), cookie={}
        )


class _Response:
    def __init__(self, answered: Answered) -> None:
        self.data = answered.raw
        self.status_code = answered.status
        self.content_type = "application/json"
        self.headers = Headers([*answered.headers.items()])


@dataclass(kw_only=True)
class Described:
    """A running service."""

    port: int
    wrong: list[str] = field(default_factory=list[str])
    """What didn't fit the description, in requests or answers."""
    asked: list[str] = field(default_factory=list[str])
    """Method and path, as they came."""


@contextmanager
def described(
    answering: Answering, description: Description | None, tls: Tls | None, *, base: str = ""
) -> Generator[Described]:
    """Serve on a free port of 127.0.0.1, below `base`. None, where hundreds of runs are made: nothing is checked, and
    there is no TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            asked = self._asked()
            service.asked.append(f"{asked.method} {asked.path}")
            wrong = description.wrong_in_request(asked) if description else ""
            if wrong:
                service.wrong.append(f"{asked.method} {asked.path}: {wrong}")
                return self._send(Answered(status=422, body={"message": f"Not as described: {wrong}"}))
            answered = answering(asked)
            # Not every refusal is described.
            wrong = description.wrong_in_answer(asked, answered) if description and answered.status < 400 else ""
            if wrong:
                service.wrong.append(f"{asked.method} {asked.path} -> {answered.status}: {wrong}")
            return self._send(answered)

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
            )

        def _send(self, answered: Answered) -> None:
            self.send_response_only(answered.status)
            usual = {"Date": self.date_time_string(), "Content-Type": "application/json; charset=utf-8"}
            given = {**usual, **answered.headers}
            for name, value in {**given, "Content-Length": str(len(answered.raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answered.raw)

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
        service = Described(port=http.server_port)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield service
        finally:
            http.shutdown()
            thread.join()
