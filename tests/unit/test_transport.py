"""HTTP below our clients: errors, connections that are kept, and the environment's proxies and authorities."""

import inspect
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from demo.certificates import make_certificate
from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import RetriableError
from offboarding.net.service.address import client_of
from offboarding.net.service.asking import Asker
from offboarding.net.transport import DeadlineTransport
from tests.support import echo
from tests.support.liars import lying

CONTEXT = ssl.create_default_context()
HOST = "tracker.corp.example"
ANSWER = b"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\n\r\nhi"
ERRORS = [
    error
    for _, error in inspect.getmembers(httpcore, inspect.isclass)
    if issubclass(error, Exception) and not error.__subclasses__() and error is not httpcore.ConnectionNotAvailable
]
"""Every error that httpcore raises; ConnectionNotAvailable stays within its pool."""


def asker(url: str, seconds: float = 5) -> Asker:
    connection = ConnectionFields(conn_id="tracker", host=HOST)
    return Asker("trackers.it", client_of("trackers.it", connection, httpx.URL(url), seconds=seconds))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy is configured, and each host is this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    system = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *more, **options: system("127.0.0.1", *more, **options))


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_httpcore_is_raised_as_the_same_of_httpx(error: type[Exception]) -> None:
    def addresses_of(host: str, port: int) -> tuple[str, ...]:
        raise error(f"{host}:{port}")

    client = httpx.Client(transport=DeadlineTransport(CONTEXT, addresses_of=addresses_of))
    with client, pytest.raises(httpx.TransportError, match=f"^{HOST}:80$") as caught:
        client.get(f"http://{HOST}/")

    assert type(caught.value) is getattr(httpx, error.__name__)


def test_extensions_are_passed_both_ways() -> None:
    with lying(lambda _: [ANSWER]) as server, httpx.Client(transport=DeadlineTransport(CONTEXT)) as client:
        answer = client.get(f"http://127.0.0.1:{server.port}/", extensions={"target": b"*"})

    assert server.asked[0].startswith(b"GET * HTTP/1.1\r\n")
    assert answer.reason_phrase == "Fine"


@pytest.mark.parametrize(("pause", "connections"), [(4, 1), (6, 2)])
def test_a_connection_is_kept_for_five_seconds(pause: float, connections: int, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted: list[Any] = []

    def talk(connection: Any) -> None:
        accepted.append(connection)
        while connection.recv(65_536):
            connection.sendall(ANSWER)

    with echo.listening(talk) as port:
        service = asker(f"http://127.0.0.1:{port}")
        service.ask("GET", "first")
        clock = time.monotonic
        monkeypatch.setattr(time, "monotonic", lambda: clock() + pause)
        service.ask("GET", "second")
        service.end()

    assert len(accepted) == connections


@pytest.mark.parametrize(
    ("host", "settings", "proxied"),
    [
        (HOST, {}, False),
        (HOST, {"HTTP_PROXY": "http://127.0.0.1:{port}"}, True),
        (HOST, {"HTTP_PROXY": "127.0.0.1:{port}"}, True),
        (HOST, {"ALL_PROXY": "http://127.0.0.1:{port}"}, True),
        (HOST, {"HTTPS_PROXY": "http://127.0.0.1:{port}"}, False),
        (HOST, {"HTTP_PROXY": "http://127.0.0.1:{port}", "NO_PROXY": "a.example, corp.example"}, False),
        (HOST, {"HTTP_PROXY": "http://127.0.0.1:{port}", "NO_PROXY": f"{HOST}:{{port}}"}, False),
        (HOST, {"HTTP_PROXY": "http://127.0.0.1:{port}", "NO_PROXY": f"{HOST}:1"}, True),
        ("[fd00::5]", {"HTTP_PROXY": "http://127.0.0.1:{port}", "NO_PROXY": "fd00::5"}, False),
        ("127.0.0.1", {"HTTP_PROXY": "http://127.0.0.1:{port}"}, False),
        ("localhost", {"ALL_PROXY": "http://127.0.0.1:{port}"}, False),
    ],
)
def test_the_environment_s_proxy_is_asked(
    host: str, settings: Mapping[str, str], proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lying(lambda _: [ANSWER]) as server:
        for name, value in settings.items():
            monkeypatch.setenv(name, value.format(port=server.port))
        base = f"http://{host}:{server.port}/rest/"
        service = asker(base)
        service.ask("GET", "issue")
        service.end()

    target = f"{base}issue" if proxied else "/rest/issue"
    assert server.asked[0].decode().partition("\r\n")[0] == f"GET {target} HTTP/1.1"


@pytest.mark.parametrize("whole", [True, False])
def test_a_tunnel_through_a_proxy(whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its login is sent, SSL_CERT_FILE is trusted behind it, and the deadline holds within it."""
    tls = make_certificate(tmp_path / "tls", names=[HOST])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    asked: list[bytes] = []

    def talk(connection: Any) -> None:
        asked.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as served:
            asked.append(served.recv(65_536))
            for octet in ANSWER if whole else ANSWER[:1] * 40:
                served.sendall(bytes([octet]))
                time.sleep(0 if whole else 0.05)

    with echo.listening(talk) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://reader:secret@127.0.0.1:{port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(tls.authority))
        service = asker(f"https://{HOST}/", seconds=5 if whole else 0.3)
        if whole:
            assert service.ask("GET", "issue").text == "hi"
        else:
            with pytest.raises(RetriableError, match=r"no whole answer within 0\.3 seconds"):
                service.ask("GET", "issue")
        service.end()

    connect, request = (each.decode().lower() for each in asked)
    assert connect.startswith(f"connect {HOST}:443 http/1.1\r\n")
    login = b64encode(b"reader:secret").decode().lower()
    assert f"\r\nproxy-authorization: basic {login}\r\n" in connect
    assert request.startswith("get /issue http/1.1\r\n")
    assert "proxy-authorization" not in request
