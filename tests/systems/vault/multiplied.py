"""A Vault with as many people as one likes, and a tenth as many AppRole roles.

What a real one (OpenBao) tells of one of them is told of each.
"""

import json
import re
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.answering import Answered, Asked
from demo.certificates import make_certificate
from demo.slapd import Tls
from demo.vault import VaultServer, vault_server
from offboarding.interfaces import ConnectionFields, Source
from offboarding.sources.vault import auth as vault_auth
from tests.support.described.server import Described, described
from tests.systems.vault.logins import PASSWORD, PASSWORD_HASH
from tests.systems.vault.vault import CONTEXT

THE_ONE = "the-one-who-is-there"
ROLES = "auth/approle/role"
A_ROLE = 10
"""So many people there are to each role."""
_NUMBERED = re.compile(r"(?<![^/])(?:p(\d+)|([0-9a-f]{8})-0000-4000-8000-0{12}|(?:accessor|secret)-(\d+))(?![^/])")
TOKEN = "s.ofTheReaderAlone"


@dataclass(kw_only=True)
class MultipliedVault:
    """Answers by path, as they came of the one; and how many there are."""

    told: Mapping[str, Any]
    entity: str
    accessor: str
    role_id: str
    secret: str
    """The accessor of the role's one secret id."""
    users: int = 0
    _listed: dict[str, Any] = field(default_factory=dict[str, Any])

    def answer(self, asked: Asked) -> Answered:
        """Lists of everybody, and each of them."""
        path = asked.path.removeprefix("/v1/")
        if asked.headers.get("x-vault-token") != TOKEN and path != "sys/health":
            return Answered(status=403, body={"errors": ["permission denied"]})
        found = _NUMBERED.search(path) or _NUMBERED.search((asked.body or {}).get("accessor", ""))
        template = _NUMBERED.sub(self.entity if path.startswith("identity/") else THE_ONE, path)
        template += "?list=true" if asked.query.get("list") == "true" else ""
        number = int(found[1] or found[3] or int(found[2], 16)) if found else 0
        if template not in self.told or number >= max(self.users, 1):
            return Answered(status=404, body={"errors": []})
        if template.endswith("?list=true") and not found:
            if path not in self._listed:
                self._listed[path] = self._everybody(path)
            return Answered(body=self._listed[path])
        return Answered(body=self._of(self.told[template], number))

    def _everybody(self, path: str) -> Any:
        whole = self.told[f"{path}?list=true"]
        many = self.users // A_ROLE if path == ROLES else self.users
        keys = [self._of(whole["data"]["keys"][0], number) for number in range(many)]
        body: dict[str, Any] = {"keys": keys}
        if infos := whole["data"].get("key_info"):
            (info,) = infos.values()
            body["key_info"] = {key: self._of(info, number) for number, key in enumerate(keys)}
        return whole | {"data": dict(sorted(body.items()))}

    def _of(self, told: Any, number: int) -> Any:
        own = {THE_ONE: f"p{number}", self.accessor: f"accessor-{number}", self.secret: f"secret-{number}"}
        own |= {self.role_id: f"role-{number}", self.entity: f"{number:08x}-0000-4000-8000-000000000000"}
        text = json.dumps(told)
        for there, here in own.items():
            text = text.replace(there, here)
        return json.loads(text)


@dataclass(frozen=True, kw_only=True)
class MultipliedPlace:
    """It runs, and is reached so."""

    kept: MultipliedVault
    service: Described
    tls: Tls

    def connection(self) -> ConnectionFields:
        """By a token."""
        extra = {"ca_certs_file": str(self.tls.authority)}
        return ConnectionFields(conn_id="vault", host="127.0.0.1", port=self.service.port, password=TOKEN, extra=extra)

    def source(self, **settings: Any) -> Source:
        """A new reader."""
        given = {"name": "vault", "kind": "vault_auth", "connection": "vault", "max_requests": 1_000_000}
        return vault_auth.build(vault_auth.Settings.model_validate(given | settings), self.connection(), "", CONTEXT)


@contextmanager
def multiplied_vault_place(tls: Tls | None) -> Generator[MultipliedPlace]:
    """With what a real one says of somebody who has logged in once. It's asked over HTTPS in any case."""
    with tempfile.TemporaryDirectory() as folder:
        own = tls or make_certificate(Path(folder) / "tls")
        kept = _recorded(Path(folder) / "vault")
        with described(kept.answer, None, own) as service:
            yield MultipliedPlace(kept=kept, service=service, tls=own)


def _recorded(folder: Path) -> MultipliedVault:
    with vault_server(folder) as real:
        real.ask("POST", "sys/auth/userpass", {"type": "userpass"})
        real.ask("POST", f"auth/userpass/users/{THE_ONE}", {"password_hash": PASSWORD_HASH, "token_policies": []})
        login = real.administrator.post(f"/v1/auth/userpass/login/{THE_ONE}", json={"password": PASSWORD})
        handed = login.raise_for_status().json()["auth"]
        entity, accessor = handed["entity_id"], handed["accessor"]
        paths = ("sys/health", "sys/auth", "auth/token/lookup-self", "sys/policies/acl/default")
        paths += (f"identity/entity/id/{entity}", f"auth/userpass/users/{THE_ONE}")
        lists = ("identity/entity/id?list=true", "auth/userpass/users?list=true")
        told = {path: real.administrator.get(f"/v1/{path}").raise_for_status().json() for path in (*paths, *lists)}
        looked = real.administrator.post("/v1/auth/token/lookup-accessor", json={"accessor": accessor})
        told["auth/token/lookup-accessor"] = looked.raise_for_status().json()
        every = real.administrator.get("/v1/auth/token/accessors?list=true").raise_for_status().json()
        told["auth/token/accessors?list=true"] = every | {"data": {"keys": [accessor]}}
        role, secret = _recorded_role(real, told)
    return MultipliedVault(told=told, entity=entity, accessor=accessor, role_id=role, secret=secret)


def _recorded_role(real: VaultServer, told: dict[str, Any]) -> tuple[str, str]:
    """A role by which nothing logged in yet, with a secret id: the role's id, and the secret's accessor."""
    own = f"{ROLES}/{THE_ONE}"
    real.ask("POST", "sys/auth/approle", {"type": "approle"})
    real.ask("POST", own, {"token_policies": []})
    made = real.administrator.post(f"/v1/{own}/secret-id", json={}).raise_for_status().json()
    secret = made["data"]["secret_id_accessor"]
    for path in ("sys/auth", own, f"{own}/role-id", f"{ROLES}?list=true", f"{own}/secret-id?list=true"):
        told[path] = real.administrator.get(f"/v1/{path}").raise_for_status().json()
    look_up = f"{own}/secret-id-accessor/lookup"
    looked = real.administrator.post(f"/v1/{look_up}", json={"secret_id_accessor": secret})
    told[look_up] = looked.raise_for_status().json()
    return told[f"{own}/role-id"]["data"]["role_id"], secret
