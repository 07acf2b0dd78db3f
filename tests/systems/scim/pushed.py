"""Rosters that an identity provider pushes to: the real endpoint over HTTPS, on a real store, and who pushes to it."""

import hashlib
import json
import ssl
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.interfaces.pushing import Pushing
from offboarding.model.pushing import PushedUser
from offboarding.rosters import scim
from offboarding.rosters.scim.endpoint import Endpoint, build
from offboarding.rosters.scim.paths import ENTERPRISE, USER
from offboarding.store.connect import Session, opened
from offboarding.store.pushed import PushedUsersStore
from offboarding.wiring.pushing import counted

MOUNTED = "/offboarding-scim"
TOKEN, OTHER_TOKEN = "okta-tells-us-of-hr-by-this-0123456789", "entra-tells-us-of-vendors-by-this-0123"
NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
SETTINGS: dict[str, Any] = {"name": "hr", "kind": "scim", "connection": "hr_scim", "coverage": "active"}
_IDS = UUID("9b4fd1c6-5a53-4b71-93cd-2b4a3bd0a1f7")


def known_by(*tokens: str) -> str:
    """What a connection's password holds of tokens."""
    return " ".join("sha256:" + hashlib.sha256(token.encode()).hexdigest() for token in tokens)


def connection(*tokens: str, conn_id: str = "hr_scim") -> ConnectionFields:
    """The connection of a roster with these tokens."""
    return ConnectionFields(conn_id=conn_id, password=known_by(*(tokens or (TOKEN,))))


@dataclass(slots=True, kw_only=True)
class KeptPushes:
    """The number of changes that were pushed, as Airflow keeps it."""

    changes: int | None = None
    written: int = 0
    """How often."""

    def read(self) -> int | None:
        """None before the first push."""
        return self.changes

    def write(self, changes: int) -> None:
        """In place of what was there."""
        self.changes, self.written = changes, self.written + 1


@dataclass(slots=True, kw_only=True)
class PushedPlace:
    """A running endpoint for the rosters hr and vendors, and the store behind it."""

    parameters: Mapping[str, str | int]
    own: dict[str, Any] = field(default_factory=dict[str, Any])
    """Of both rosters' settings."""
    tokens: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"hr": (TOKEN,), "vendors": (OTHER_TOKEN,)})
    now: datetime = NIGHT - timedelta(hours=10)
    """What its clock says."""
    kept: KeptPushes = field(default_factory=KeptPushes)
    """What Airflow keeps of pushes, outside the store."""
    broken: Exception | None = None
    """Of its configuration."""
    url: str = ""
    tls: Tls | None = None

    def settings(self, name: str = "hr", **own: Any) -> scim.Settings:
        """A roster's."""
        return scim.Settings.model_validate({**SETTINGS, "name": name, **self.own, **own})

    def load(self) -> Pushing:
        """Who may push, as it's configured now."""
        if self.broken:
            raise self.broken
        rosters = [(self.settings(name), connection(*tokens)) for name, tokens in self.tokens.items()]
        return Pushing(rosters=rosters, users=counted(self.users, self.kept))

    @contextmanager
    def users(self, roster: str) -> Generator[PushedUsersStore]:
        """What is kept of a roster's users, by a session of its own."""
        with opened(self.parameters) as session:
            yield PushedUsersStore(session=session, roster=roster)

    def endpoint(self) -> Endpoint:
        """The app itself."""
        return build(self.load, lambda: self.now)

    def client(self, token: str = TOKEN) -> httpx.Client:
        """Whoever bears this token; nobody with ""."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert self.tls
        trusting = ssl.create_default_context(cafile=self.tls.authority)
        return httpx.Client(base_url=self.url, headers=headers, verify=trusting, timeout=60)

    def roster(self, name: str = "hr", *, as_of: datetime = NIGHT, **own: Any) -> scim.ScimRoster:
        """Ready to be read."""
        context = ReadContext(as_of=as_of, default_zone="Asia/Seoul", pushed=self.users)
        return scim.build(self.settings(name, **own), connection(), context)


@contextmanager
def served(place: PushedPlace, tls: Tls) -> Generator[PushedPlace]:
    """The endpoint on a free port, mounted as Airflow mounts it."""
    app = Starlette(routes=[Mount(MOUNTED, app=place.endpoint())])
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        log_level="error",
        ssl_keyfile=str(tls.key),
        ssl_certfile=str(tls.certificate),
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server didn't begin"
            thread.join(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        place.url, place.tls = f"https://127.0.0.1:{port}{MOUNTED}/v2", tls
        yield place
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def as_fast_as_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks here waits for nothing, and takes what is refused for being too fast for a defect."""
    monkeypatch.setattr("offboarding.rosters.scim.endpoint.A_SECOND", 1_000_000)


def user(number: str, **more: Any) -> dict[str, Any]:
    """Somebody as an identity provider tells of them."""
    given: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE],
        "userName": f"w{number}@corp.example",
        "externalId": f"00u{number}",
        "name": {"givenName": "Worker", "familyName": number},
        "emails": [{"value": f"w{number}@corp.example", "type": "work", "primary": True}],
        "active": True,
        ENTERPRISE: {"employeeNumber": number},
    }
    return given | more


def pushed(client: httpx.Client, *users: Mapping[str, Any]) -> list[str]:
    """Push these; their ids."""
    ids = list[str]()
    for each in users:
        answer = client.post("/Users", json=each)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return ids


def patch(*operations: Mapping[str, Any]) -> dict[str, Any]:
    """A PATCH's body."""
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}


# --- rows of HR's, for the contract -----------------------------------------------------------------------------------

_EXTENSION = "urn:corp:params:hr:2.0:User"


def attribute(column: str) -> str:
    """SCIM's name of an attribute for each of our columns."""
    return f"{_EXTENSION}:{column.replace(':', '_').replace('-', '_')}"


def published(
    place: PushedPlace,
    session: Session,
    rows: Sequence[Mapping[str, str]],
    there: Sequence[str],
    given: dict[str, Any],
) -> scim.ScimRoster:
    """The roster of these rows, as if they had been pushed long ago (tests/contract/roster_contract.py)."""
    users, long_ago = PushedUsersStore(session=session, roster="hr"), NIGHT - timedelta(days=90)
    with session.transaction():
        session.execute("delete from pushed_user")
        users.heard(NIGHT - timedelta(hours=1))
        for number, row in enumerate(rows):
            told = {attribute(name).rpartition(":")[2]: row.get(name) for name in there}
            user_id = UUID(int=number + 1)
            name = f"user {uuid5(_IDS, str(number))}"
            users.add(
                PushedUser(
                    user_id=user_id,
                    user_name=name,
                    user_name_key=name,
                    external_id=None,
                    worker_id=row.get("worker_id", ""),
                    active=None,
                    resource={"userName": name, _EXTENSION: told},
                    created_at=long_ago,
                    changed_at=long_ago,
                )
            )
    return place.roster("hr", **given)


def body_of(answer: httpx.Response) -> Any:
    """Its JSON."""
    return json.loads(answer.content)
