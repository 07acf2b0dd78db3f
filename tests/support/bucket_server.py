"""moto's S3 behind a door that refuses, breaks off and dawdles as S3 and networks do; a process of its own.

    python -m tests.support.bucket_server

prints its port, and ends when its standard input closes.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

OPERATOR = "AKIA000000000OPERATOR"
CONTROL = "/_door"


@dataclass(kw_only=True)
class Manners:
    """How the door behaves."""

    codes: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Operation -> the error it is answered with, and its HTTP status."""
    page_size: int = 1000
    cut_after: int | None = None
    """So many bytes of an object are sent, of all that were announced."""
    silent_seconds: float = 0
    """How long an object's first byte takes."""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()


class Door:
    """A WSGI application before moto. What the operator asks passes as it is."""

    def __init__(self, moto: WSGIApplication) -> None:
        self._moto = moto
        self._manners = Manners()
        self._calls: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        from werkzeug.wrappers import Response

        if environ["PATH_INFO"] == CONTROL:
            return Response(self._control(environ), mimetype="application/json")(environ, start_response)
        if OPERATOR in environ.get("HTTP_AUTHORIZATION", ""):
            return self._moto(environ, start_response)
        call = _call(environ)
        self._calls.append(call)
        code, status = self._manners.codes.get(call, ("", 0))
        if code:
            body = f"<Error><Code>{code}</Code><Message>as told</Message></Error>"
            return Response(body, status, mimetype="application/xml")(environ, start_response)
        if call == "ListObjectsV2":
            environ["QUERY_STRING"] += f"&max-keys={self._manners.page_size}"
        answer = self._moto(environ, start_response)
        return self._badly(answer) if call == "GetObject" else answer

    def _control(self, environ: WSGIEnvironment) -> str:
        """New manners, an empty world where none are given; tells what was asked until now."""
        from moto.core.base_backend import BackendDict

        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        calls, self._calls = self._calls, []
        self._manners = Manners(**json.loads(body or "{}"))
        if not body:
            BackendDict.reset()
        return json.dumps(calls)

    def _badly(self, answer: Iterable[bytes]) -> Iterator[bytes]:
        time.sleep(self._manners.silent_seconds)
        whole = b"".join(answer)
        yield whole if self._manners.cut_after is None else whole[: self._manners.cut_after]


def _call(environ: WSGIEnvironment) -> str:
    if "list-type=2" in environ["QUERY_STRING"]:
        return "ListObjectsV2"
    # The token service is posted to.
    return {"HEAD": "HeadObject", "GET": "GetObject", "POST": "GetCallerIdentity"}[environ["REQUEST_METHOD"]]


def main() -> None:
    """Serve until the starter leaves."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}  # moto makes a boto3 session
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            del code, size

    door = Door(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, door, threaded=True, request_handler=Quiet)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print(server.server_port, flush=True)  # noqa: T201 - the starter reads it
    server.serve_forever()


if __name__ == "__main__":
    main()
