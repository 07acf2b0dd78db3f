"""The company's login service as a verifier sees it: an OpenID issuer that publishes its signing keys over TLS.

Which keys it publishes is changed while it runs: rotated, given another kid, taken away. Private keys lie in its own
folder (mode 0600) and are the same on the next start. It can be made to misbehave, as such services do.
"""

import base64
import json
import ssl
import threading
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from demo.certificates import HOST, make_certificate

DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/keys"
CACHE_SECONDS = 3600
"""How long it lets others keep its keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered at a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    sent: int | None = None
    """So many octets of the body are sent, then the connection ends; None: all of it."""
    pause_seconds: float = 0
    """Waits before each octet of the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginService:
    """It runs."""

    issuer: str
    """https://127.0.0.1:PORT."""
    authority: Path
    """PEM file of whoever signed its certificate."""
    answers: dict[str, Answer]
    """Path -> what is answered there; 404 elsewhere."""
    asked: list[tuple[str, Mapping[str, str]]]
    """Path and headers of each request that came."""

    @property
    def jwks_uri(self) -> str:
        """Where its keys are published."""
        return f"{self.issuer}{JWKS}"

    def publish(self, *keys: Mapping[str, object]) -> None:
        """From now on publish these JWKs, and no others."""
        headers = {"Content-Type": "application/json", "Cache-Control": f"public, max-age={CACHE_SECONDS}"}
        self.answers[JWKS] = Answer(body=_json({"keys": list(keys)}), headers=headers)

    def describe(self, **changes: object) -> None:
        """From now on say this in discovery, besides or in place of the usual; None leaves a member out."""
        usual: dict[str, object] = {
            "issuer": self.issuer,
            "jwks_uri": self.jwks_uri,
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        told = {name: value for name, value in (usual | changes).items() if value is not None}
        self.answers[DISCOVERY] = Answer(body=_json(told))


@contextmanager
def login_service(folder: Path, *, port: int = 0, names: Iterable[str] = ()) -> Generator[LoginService]:
    """Run it, with a certificate of its own for 127.0.0.1 and these names. It publishes no key before it's told to.

    `port`: 0 takes any that is free. Raises OSError where a given port is taken.
    """
    tls = make_certificate(folder / "tls", names=names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    with _Server((HOST, port), context) as server:
        service = LoginService(
            issuer=f"https://{HOST}:{server.server_port}",
            authority=tls.authority,
            answers=server.answers,
            asked=server.asked,
        )
        service.describe()
        service.publish()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()


def listens(port: int) -> bool:
    """Whether this service, of whichever demo, listens there."""
    url = f"https://{HOST}:{port}"
    try:
        # On this machine, and nothing is told to it.
        answer = httpx.get(f"{url}{DISCOVERY}", verify=False, trust_env=False, timeout=2)  # noqa: S501 - another demo's
        return answer.json()["issuer"] == url
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return False


def signing_key(folder: Path, name: str) -> rsa.RSAPrivateKey:
    """The service's key of this name; made at its first mention."""
    path = folder / f"{name}.pem"
    if path.exists():
        return cast("rsa.RSAPrivateKey", load_pem_private_key(path.read_bytes(), None))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def public_jwk(key: rsa.RSAPublicKey, kid: str, **members: object) -> dict[str, object]:
    """What is published of an RSA key, with further members."""
    numbers = key.public_numbers()
    plain = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": _number(numbers.n), "e": _number(numbers.e)}
    return plain | members


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        super().__init__(address, _Handler)
        # The handshake is made by the request's own thread: a client that says nothing holds up nobody.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up or refuse our certificate are part of the play."""
        del request, client_address


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Answer what is set for the path."""
        server = cast("_Server", self.server)
        server.asked.append((self.path, dict(self.headers.items())))
        self._send(server.answers.get(self.path, Answer(status=404, body=b"no such page", headers={})))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base calls it so
        """Write nothing."""
        del format, args

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Connection", "close")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        body = answer.body[: answer.sent]
        if not answer.pause_seconds:
            self.wfile.write(body)
            return
        for octet in body:
            time.sleep(answer.pause_seconds)
            self.wfile.write(bytes([octet]))
            self.wfile.flush()


def _number(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _json(told: Mapping[str, object]) -> bytes:
    return json.dumps(told).encode()
