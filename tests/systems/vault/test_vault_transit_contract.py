"""Vault's transit engine does what every reader of keys must."""

import json
import ssl
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from offboarding.interfaces import KeySource
from tests.contract import key_contract
from tests.contract.key_contract import RemoteKeyContract
from tests.support.relay import Answer, relay
from tests.systems.vault.vault import Engine, source

pytestmark = pytest.mark.slow


class Transit:
    """A real engine; what is cut off comes from a relay that answers in its place."""

    room = "sources"
    kind = "vault_transit"
    name = "vault"

    def __init__(self, engine: Engine, folder: Path, stack: ExitStack) -> None:
        self._engine = engine
        self._folder = folder
        self._stack = stack
        self._elsewhere: KeySource | None = None
        engine.make("login", type="rsa-2048")
        engine.make("cards", type="ed25519", exportable=True)
        engine.make("files")
        exported = engine.server.ask("GET", f"{engine.mount}/export/signing-key/cards")["keys"]["1"]
        engine.secrets.append(exported)

    @property
    def secrets(self) -> list[str]:
        return [*self._engine.secrets, self._engine.server.root_token]

    def reader(self) -> KeySource:
        return self._elsewhere or self._engine.source()

    def add(self) -> str:
        self._engine.make("more", type="ecdsa-p256")
        return f"{self._engine.mount}/more:1"

    def remove(self, native_id: str) -> None:
        name = native_id.removeprefix(f"{self._engine.mount}/").partition(":")[0]
        self._engine.configure(name, deletion_allowed=True)
        self._engine.server.ask("DELETE", f"{self._engine.mount}/keys/{name}")

    def forbid(self) -> str:
        self._engine.allow(self._engine.policy, f'path "{self._engine.mount}/keys/*" {{ capabilities = ["read"] }}')
        return "docs/permissions/vault.md"

    def cut_off(self) -> None:
        health = json.dumps({"initialized": True, "sealed": False, "cluster_id": "c-1"})
        tls = make_certificate(self._folder / "tls")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key)

        def plan(_: str, path: str) -> Answer:
            return Answer(200, health if "sys/health" in path else '{"data": {"keys": ["login", "ca')

        port = self._stack.enter_context(relay("http://127.0.0.1:9", plan, context))
        extra = {"ca_certs_file": str(tls.authority)}
        self._elsewhere = source(replace(self._engine.connection, port=port, extra=extra), mounts=[self._engine.mount])

    def refused(self) -> KeySource:
        self._engine.secrets.append("s.anothertoken")
        return self._engine.source(password="s.anothertoken")

    def unreachable(self) -> KeySource:
        return self._engine.source(port=9)


class TestContract(RemoteKeyContract):
    @pytest.fixture
    def system(self, engine: Engine, tmp_path: Path) -> Generator[key_contract.RemoteKeySystem]:
        with ExitStack() as stack:
            yield Transit(engine, tmp_path, stack)
