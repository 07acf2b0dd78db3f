"""Servers that refuse whoever asks, and say back what they were told: login, headers and all."""

import json
import re
import socketserver
import ssl
import struct
import threading
from base64 import b64decode
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

from demo.slapd import Tls

Talk = Callable[[Any], None]
"""A conversation over a connected socket."""


@contextmanager
def web(status: int, tls: Tls | None = None) -> Generator[int]:
    """A server that answers each request with this status, and its headers and body in every place for an error's text.

    Yields the port.
    """

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            # What is secret first: a long text may be cut.
            told = " ".join(
                [*_unpacked(self.headers), *map(": ".join, sorted(self.headers.items(), key=_secrecy)), body]
            )
            content_type, answer = _answered(self.headers, told)
            self.send_response(status, told.encode("ascii", "replace").decode()[:500].replace("\n", " "))
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer  # noqa: N815 - the library's words

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base calls it
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with _serving(server) as port:
        yield port


def _secrecy(header: tuple[str, str]) -> bool:
    return not re.search("authorization|token", header[0], re.IGNORECASE)


def _unpacked(headers: Any) -> list[str]:
    """What a basic login holds."""
    told = re.match(r"Basic (\S+)", headers.get("Authorization") or "")
    return [b64decode(told[1]).decode()] if told else []


def _answered(headers: Any, told: str) -> tuple[str, bytes]:
    if "x-www-form-urlencoded" in (headers.get("Content-Type") or ""):
        text = (
            f"<ErrorResponse><Error><Code>AccessDenied</Code><Message>{escape(told)}</Message></Error></ErrorResponse>"
        )
        return "text/xml", text.encode()
    errors = {"errors": [told], "error": {"msg": told}, "message": told, "Message": told, "__type": "AccessDenied"}
    return "application/json", json.dumps(errors).encode()


@contextmanager
def _serving(server: socketserver.TCPServer) -> Generator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield int(server.socket.getsockname()[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def listening(talk: Talk) -> Generator[int]:
    """A server of another protocol. Yields the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            talk(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with _serving(Server(("127.0.0.1", 0), Handler)) as port:
        yield port


def directory(connection: Any) -> None:
    """Refuses a bind (RFC 4511, 4.2.2), and puts into its diagnostic message what came."""
    while asked := connection.recv(65_536):
        text = bytes(byte for byte in asked if 32 <= byte < 127)
        result = _ber(0x0A, b"\x31") + _ber(0x04, b"") + _ber(0x04, text)
        number = asked[asked.index(b"\x02\x01") + 2 :][:1]
        connection.sendall(_ber(0x30, _ber(0x02, number) + _ber(0x61, result)))


def _ber(tag: int, value: bytes) -> bytes:
    size = bytes([len(value)]) if len(value) < 128 else b"\x82" + struct.pack(">H", len(value))
    return bytes([tag]) + size + value


def database(connection: Any) -> None:
    """Asks for a password in clear text, and says it back
    (https://www.postgresql.org/docs/current/protocol-message-formats.html).
    """
    asked = connection.recv(65_536)
    if asked[4:8] == struct.pack(">I", 80877103):
        connection.sendall(b"N")
        connection.recv(65_536)
    connection.sendall(b"R" + struct.pack(">II", 8, 3))
    told = connection.recv(65_536)[5:].rstrip(b"\0")
    fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed: " + told + b"\0\0"
    connection.sendall(b"E" + struct.pack(">I", len(fields) + 4) + fields)


def mariadb(connection: Any) -> None:
    """Asks for a password in clear text, and says it back (https://mariadb.com/kb/en/connection/)."""
    can = 1 << 9 | 1 << 15 | 1 << 19
    greeting = b"\x0a11.8-MariaDB\0" + bytes(4) + b"saltsalt\0" + struct.pack("<HBHH", can & 0xFFFF, 33, 2, can >> 16)
    greeting += b"\x15" + bytes(10) + b"saltsaltsalt\0mysql_clear_password\0"
    connection.sendall(struct.pack("<I", len(greeting))[:3] + b"\0" + greeting)
    told = connection.recv(65_536)[36:].replace(b"\0", b" ")
    refusal = b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied: " + told
    connection.sendall(struct.pack("<I", len(refusal))[:3] + b"\2" + refusal)


def mail(connection: Any) -> None:
    """Refuses a login, and says it back."""
    connection.sendall(b"220 echo\r\n")
    while asked := connection.recv(65_536):
        if asked.startswith(b"EHLO"):
            connection.sendall(b"250-echo\r\n250 AUTH PLAIN\r\n")
        elif asked.startswith(b"AUTH PLAIN"):
            told = b64decode(asked.split()[2]).replace(b"\0", b" ")
            connection.sendall(b"535 " + told + b"\r\n")
        else:
            connection.sendall(b"250 ok\r\n")
