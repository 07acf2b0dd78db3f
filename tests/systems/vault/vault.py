"""A real Vault (OpenBao) for a test session, and a transit engine of its own for each test."""

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from demo.vault import HOST, VaultServer, vault_server
from offboarding.config.loading import project_folder
from offboarding.interfaces import ConnectionFields, KeySource
from offboarding.sources.vault import transit as vault_transit
from tests.support.lasting import Lasting
from tests.support.usual_read import CONTEXT

PAGE = (project_folder() / "docs/permissions/vault.md").read_text("utf-8")
AUDIT_POLICY, LOGIN_POLICY = re.findall(r"```hcl\n(.*?)```", PAGE, re.DOTALL)

_numbers = count(1)


@dataclass(kw_only=True)
class Engine:
    """A transit engine, and a policy for our reader: exactly the documented one."""

    server: VaultServer
    mount: str
    secrets: list[str] = field(default_factory=list)

    @property
    def policy(self) -> str:
        return f"audit-{self.mount}"

    def make(self, name: str, **settings: object) -> None:
        self.server.ask("POST", f"{self.mount}/keys/{name}", settings)

    def rotate(self, name: str) -> None:
        self.server.ask("POST", f"{self.mount}/keys/{name}/rotate")

    def configure(self, name: str, **settings: object) -> None:
        self.server.ask("POST", f"{self.mount}/keys/{name}/config", settings)

    def allow(self, policy: str, text: str) -> None:
        self.server.ask("POST", f"sys/policies/acl/{policy}", {"policy": text})

    @property
    def connection(self) -> ConnectionFields:
        token = self.server.token(self.policy)
        self.secrets.append(token)
        extra = {"ca_certs_file": str(self.server.authority)}
        return ConnectionFields(conn_id="vault", host=HOST, port=self.server.port, password=token, extra=extra)

    def source(self, **fields: Any) -> KeySource:
        return source(replace(self.connection, **fields), mounts=[self.mount])

    def facts(self, **settings: object):
        return list(source(self.connection, **{"mounts": [self.mount], **settings}).collect())


def source(connection: ConnectionFields, **settings: object) -> KeySource:
    usual: Mapping[str, object] = {"name": "vault", "kind": "vault_transit", "connection": "vault"}
    return vault_transit.build(vault_transit.Settings.model_validate({**usual, **settings}), connection, "", CONTEXT)


@pytest.fixture(scope="session")
def vault(lasting: Lasting, tmp_path_factory: pytest.TempPathFactory) -> VaultServer:
    return lasting("vault", lambda: vault_server(tmp_path_factory.mktemp("vault")))


@pytest.fixture
def engine(vault: VaultServer) -> Generator[Engine]:
    made = Engine(server=vault, mount=f"transit-{next(_numbers)}")
    vault.ask("POST", f"sys/mounts/{made.mount}", {"type": "transit"})
    made.allow(made.policy, AUDIT_POLICY.replace('"transit/', f'"{made.mount}/'))
    yield made
    vault.ask("DELETE", f"sys/mounts/{made.mount}")
    for path in ("identity/entity/id", "identity/group/id", "sys/policies/acl"):
        listed = vault.administrator.get(f"/v1/{path}", params={"list": "true"}).json().get("data") or {"keys": []}
        for name in set(listed["keys"]) - {"root", "default"}:
            vault.ask("DELETE", f"{path}/{name}")
