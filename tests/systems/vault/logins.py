"""Auth methods of their own on a real Vault (OpenBao), for each test, and who logs in by them."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from demo.vault import HOST, VaultServer
from offboarding.interfaces import ConnectionFields, ReadContext, Source
from offboarding.sources.vault import auth as vault_auth
from tests.systems.vault.vault import CONTEXT, LOGIN_POLICY

PASSWORD = "correct horse battery staple"
PASSWORD_HASH = "$2b$05$vWguUCDZCv0VHtVniveEOOvMvFlDL424GWc0NVm3nel92k5p0iyZO"
"""Its bcrypt, of the least cost that it takes."""
NAME = "vault-logins"
_numbers = count(1)


@dataclass(kw_only=True)
class Logins:
    """A userpass and an AppRole method, and a token for our reader with exactly the documented policy."""

    server: VaultServer
    userpass: str
    approle: str
    policy: str
    token: str = field(default="", repr=False)
    secrets: list[str] = field(default_factory=list[str], repr=False)

    def allow(self, text: str, policy: str = "") -> None:
        self.server.ask("POST", f"sys/policies/acl/{policy or self.policy}", {"policy": text})

    def forbid(self, path: str) -> None:
        """Take one path of the documented policy away."""
        kept = [stanza for stanza in self.documented.split("path ") if f'"{path}"' not in stanza.partition("{")[0]]
        assert len(kept) < len(self.documented.split("path "))
        self.allow("path ".join(kept))

    @property
    def documented(self) -> str:
        own = LOGIN_POLICY.replace("auth/userpass/", f"auth/{self.userpass}/")
        return own.replace("auth/approle/", f"auth/{self.approle}/")

    @property
    def connection(self) -> ConnectionFields:
        extra = {"ca_certs_file": str(self.server.authority)}
        return ConnectionFields(conn_id="vault", host=HOST, port=self.server.port, password=self.token, extra=extra)

    def source(
        self, context: ReadContext = CONTEXT, settings: Mapping[str, object] | None = None, **fields: Any
    ) -> Source:
        own = vault_auth.Settings.model_validate(
            {"name": NAME, "kind": "vault_auth", "connection": "vault", **(settings or {})}
        )
        return vault_auth.build(own, replace(self.connection, **fields), "", context)

    def user(self, name: str, *policies: str) -> None:
        body = {"password_hash": PASSWORD_HASH, "token_policies": list(policies)}
        self.server.ask("POST", f"auth/{self.userpass}/users/{name}", body)

    def log_in(self, name: str) -> dict[str, Any]:
        """What a login gives: client_token, accessor, entity_id."""
        return self._handed(f"auth/{self.userpass}/login/{name}", {"password": PASSWORD})

    def role(self, name: str, **settings: object) -> str:
        """Make an AppRole role. Returns its role id."""
        path = f"auth/{self.approle}/role/{name}"
        self.server.ask("POST", path, {"token_policies": ["default"], **settings})
        return str(self.server.ask("GET", f"{path}/role-id")["role_id"])

    def secret_id(self, role: str) -> dict[str, Any]:
        """Make a secret id: secret_id, secret_id_accessor."""
        made = self.server.ask("POST", f"auth/{self.approle}/role/{role}/secret-id", {})
        self.secrets.append(made["secret_id"])
        return made

    def log_in_by_role(self, role_id: str, secret_id: str) -> dict[str, Any]:
        return self._handed(f"auth/{self.approle}/login", {"role_id": role_id, "secret_id": secret_id})

    def hand_out(self, path: str = "auth/token/create", token: str = "", **settings: object) -> dict[str, Any]:
        """A token, made with another: root's where none is named."""
        return self._handed(path, {"ttl": "1h", **settings}, token)

    def works(self, token: str) -> bool:
        """Whether the server itself takes a token."""
        answer = self.server.administrator.get("/v1/auth/token/lookup-self", headers={"X-Vault-Token": token})
        return answer.status_code == 200

    def entity(self, login: str) -> str:
        """The id of the entity that a user logs in as."""
        method = self.server.ask("GET", "sys/auth")[f"{self.userpass}/"]["accessor"]
        body = {"alias_name": login, "alias_mount_accessor": method}
        return str(self.server.ask("POST", "identity/lookup/entity", body)["id"])

    def change(self, entity: str, **settings: object) -> None:
        self.server.ask("POST", f"identity/entity/id/{entity}", settings)

    def _handed(self, path: str, body: dict[str, object], token: str = "") -> dict[str, Any]:
        headers = {"X-Vault-Token": token} if token else {}
        answer = self.server.administrator.post(f"/v1/{path}", json=body, headers=headers)
        answer.raise_for_status()
        given: dict[str, Any] = answer.json()["auth"]
        self.secrets.append(given["client_token"])
        return given


@pytest.fixture
def logins(vault: VaultServer) -> Generator[Logins]:
    number = next(_numbers)
    _sweep(vault)
    made = Logins(
        server=vault, userpass=f"userpass-{number}", approle=f"approle-{number}", policy=f"audit-logins-{number}"
    )
    vault.ask("POST", f"sys/auth/{made.userpass}", {"type": "userpass"})
    vault.ask("POST", f"sys/auth/{made.approle}", {"type": "approle"})
    made.allow(made.documented)
    # Without the policy `default`, so that what is documented is all that it has.
    made.token = made.hand_out(policies=[made.policy], no_default_policy=True)["client_token"]
    made.secrets.append(PASSWORD)
    yield made
    for mount in (made.userpass, made.approle):
        vault.ask("DELETE", f"sys/auth/{mount}")
    _sweep(vault)


def _sweep(vault: VaultServer) -> None:
    """Nothing is left of another test: tokens but root's, entities, groups, policies."""
    own = vault.ask("GET", "auth/token/lookup-self")["accessor"]
    for accessor in set(_listed(vault, "auth/token/accessors")) - {own}:
        vault.administrator.post("/v1/auth/token/revoke-accessor", json={"accessor": accessor})
    for path in ("identity/entity/id", "identity/group/id", "sys/policies/acl"):
        for name in set(_listed(vault, path)) - {"root", "default"}:
            vault.ask("DELETE", f"{path}/{name}")


def _listed(vault: VaultServer, path: str) -> list[str]:
    answer = vault.administrator.get(f"/v1/{path}", params={"list": "true"}).json()
    return (answer.get("data") or {"keys": []})["keys"]
