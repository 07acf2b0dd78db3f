"""The systems of docs/adding.md, and what their administrators and users do to them.

A gateway that people come in by and a board of tickets, both served over HTTP; a file of HR's and a folder of keys.
"""

import json
import os
import secrets
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from offboarding.custody.thumbprints import thumbprint
from offboarding.interfaces import ConnectionFields, KeySource, ReadContext, Roster, Source, Tracker
from offboarding.interfaces.kinds import kind_module
from offboarding.model import TicketRef, TicketState
from tests.contract.roster_contract import Publish, publishing

Answer = Callable[[str, str, Mapping[str, str], Any], tuple[int, object]]
"""Method, path, parameters and the JSON that was sent -> status and JSON."""
CONTEXT = ReadContext(as_of=datetime(2026, 11, 24, tzinfo=UTC), default_zone="Asia/Seoul")
SILENT_PORT = 1
"""Nobody listens there."""


@contextmanager
def served(answer: Answer, token: str) -> Generator[int]:
    """A server that wants this token, for as long as the block runs. Yields its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = urlsplit(self.path)
            parameters = {name: values[0] for name, values in parse_qs(asked.query).items()}
            known = self.headers.get("Authorization") == f"Bearer {token}"
            status, told = 401, dict[str, str]()
            if known:
                status, told = answer(self.command, asked.path, parameters, json.loads(sent or "null"))
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815 - the library's words

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base calls it
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def _connection(conn_id: str, port: int, token: str) -> ConnectionFields:
    return ConnectionFields(conn_id=conn_id, host="127.0.0.1", port=port, schema="http", password=token)


# --- a gateway --------------------------------------------------------------------------------------------------------


@dataclass
class Gatehouse:
    """A gateway, and what its administrators do (tests/contract/source_contract.py)."""

    name: str = "vpn"
    port: int = 0
    token: str = field(default_factory=secrets.token_hex)
    instance: str = field(default_factory=lambda: str(uuid4()))
    users: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """By id."""
    forbidden: set[str] = field(default_factory=set[str])
    """Paths below /api/ that our token may not ask."""

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.token,)

    def connection(self) -> ConnectionFields:
        return _connection("gatehouse_vpn", self.port, self.token)

    def answer(self, method: str, path: str, parameters: Mapping[str, str], sent: Any) -> tuple[int, object]:
        """As the gateway does: /api/instance, /api/users in pages of 1,000, /api/users/ID with its tokens."""
        del method, sent
        asked = path.removeprefix("/api/")
        if asked in self.forbidden:
            return 403, {}
        if asked == "instance":
            return 200, {"id": self.instance}
        if asked == "users":
            later = sorted(user for user in self.users if user > parameters.get("after", ""))
            page, after = later[:1000], later[999] if len(later) > 1000 else ""
            return 200, {"users": [{**self.users[user], "tokens": []} for user in page], "after": after}
        user = self.users.get(asked.removeprefix("users/"))
        return (200, user) if user else (404, {})

    def source(self) -> Source:
        return self._reader(self.connection())

    def refused(self) -> Source:
        return self._reader(_connection("gatehouse_vpn", self.port, secrets.token_hex()))

    def unreachable(self) -> Source:
        return self._reader(_connection("gatehouse_vpn", SILENT_PORT, self.token))

    def _reader(self, connection: ConnectionFields) -> Source:
        kind = kind_module("sources", "gatehouse")
        settings = kind.Settings(name=self.name, kind="gatehouse", connection=connection.conn_id)
        return kind.build(settings, connection, "", CONTEXT)

    def add(self, *logins: str, made: str = "2020-01-01T00:00:00Z") -> None:
        for login in logins:
            user = str(uuid4())
            self.users[user] = {
                "id": user,
                "login": login,
                "mail": f"{login}@corp.example",
                "created_at": made,
                "enabled": True,
                "tokens": [{"id": str(uuid4()), "name": "laptop", "enabled": True}],
            }

    def remove(self, login: str) -> None:
        del self.users[self._id(login)]

    def rename(self, login: str, new: str) -> None:
        self.users[self._id(login)]["login"] = new

    def switch_off(self, login: str) -> None:
        user = self.users[self._id(login)]
        user["enabled"] = False
        for token in user["tokens"]:
            token["enabled"] = False

    def forbid_inventory(self) -> str:
        self.forbidden.add("users")
        return "the role auditor"

    def forbid_detail(self, login: str) -> str:
        self.forbidden.add(f"users/{self._id(login)}")
        return "the role auditor"

    def _id(self, login: str) -> str:
        return next(user for user, told in self.users.items() if told["login"] == login)


@contextmanager
def gatehouse(*logins: str) -> Generator[Gatehouse]:
    """A gateway where these people have an account each."""
    system = Gatehouse()
    system.add(*logins)
    with served(system.answer, system.token) as port:
        system.port = port
        yield system


# --- a file of HR's ---------------------------------------------------------------------------------------------------


def json_lines(path: Path) -> Publish:
    """Writes HR's rows into this file (tests/contract/roster_contract.py)."""

    def held(rows: Sequence[Mapping[str, str]], there: Sequence[str], given: dict[str, Any]) -> Roster:
        lines = [there, *([row.get(name) for name in there] for row in rows)]
        path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")
        kind = kind_module("rosters", "json_lines")
        settings = kind.Settings.model_validate({"name": "hr", "kind": "json_lines", "path": str(path)} | given)
        return kind.build(settings, None, CONTEXT)

    return publishing(held)


# --- a folder of update keys ------------------------------------------------------------------------------------------


class UpdateKeyFolder:
    """Two public keys in files of their own, and what happens to them (tests/contract/key_contract.py)."""

    room = "verifiers"
    kind = "update_keys"
    name = "updates"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}
        self.secrets = list[str]()
        self.add()
        self.add()

    def reader(self) -> KeySource:
        module = kind_module(self.room, self.kind)
        collection = {"realm": "fleet", "folder": str(self._folder), "expected": ["*.pem"]}
        settings = module.Settings.model_validate({"name": self.name, "kind": self.kind, "collection": collection})
        return module.build(settings, None, "", CONTEXT)

    def add(self) -> str:
        key = Ed25519PrivateKey.generate()
        native_id = thumbprint(key.public_key())
        path = self._folder / f"{len(self._paths)}.pem"
        path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        self._paths[native_id] = path
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self.secrets.append(private.splitlines()[1])
        return native_id

    def remove(self, native_id: str) -> None:
        self._paths[native_id].unlink()

    def forbid(self) -> str:
        # Not by its mode: nothing is closed to root, but what isn't there.
        place = next(iter(self._paths.values()))
        place.unlink()
        place.symlink_to("nowhere")
        return "Let our user read it, or collect it anew"

    def cut_off(self) -> None:
        place = next(iter(self._paths.values()))
        os.truncate(place, place.stat().st_size - 40)


# --- a board of tickets -----------------------------------------------------------------------------------------------


US, ANALYST, ONCALL = "offboarding", "analyst", "oncall"
"""Logins: whose our token is, and two people's."""


@dataclass
class Ticketboard:
    """A board, and what people do on it (tests/contract/tracker_contract.py)."""

    port: int = 0
    token: str = field(default_factory=secrets.token_hex)
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    def connection(self) -> ConnectionFields:
        return _connection("secops_board", self.port, self.token)

    def answer(self, method: str, path: str, parameters: Mapping[str, str], sent: Any) -> tuple[int, object]:
        """As the board does: a comment with a name of its login's is there once, however often it's put."""
        if path == "/api/me":
            return 200, {"login": US}
        number, _, name = path.removeprefix("/api/tickets").removeprefix("/").partition("/comments/")
        ticket = self.tickets.get(number)
        if method == "POST":
            if sent.get("assignee") not in (None, *self.members):
                return 422, {"field": "assignee"}
            return 201, self._made(US, sent)
        if not number:
            return 200, [each for each in self.tickets.values() if parameters["title"] in each["title"]]
        if ticket is None:
            return 404, {}
        if method == "PUT":
            ticket["comments"].setdefault(f"{US}/{name}", sent["text"])
        elif method == "PATCH":
            ticket.update(sent, changes=ticket["changes"] + 1)
        return 200, ticket

    def _made(self, by: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        number = str(len(self.tickets) + 1)
        self.tickets[number] = {**sent, "id": number, "by": by, "state": "open", "comments": {}, "changes": 0}
        return self.tickets[number]

    def tracker(self) -> Tracker:
        kind = kind_module("trackers", "ticketboard")
        settings = kind.Settings(name="board", kind="ticketboard", connection="secops_board")
        return kind.build(settings, self.connection())

    def close(self, ref: TicketRef) -> None:
        self.tickets[ref.ref]["state"] = TicketState.CLOSED.value

    def reopen(self, ref: TicketRef) -> None:
        self.tickets[ref.ref]["state"] = TicketState.OPEN.value

    def delete(self, ref: TicketRef) -> None:
        self.tickets[f"deleted {ref.ref}"] = {**self.tickets.pop(ref.ref), "title": ""}

    def title(self, ref: TicketRef) -> str:
        return self.tickets[ref.ref]["title"]

    def retitle(self, ref: TicketRef, title: str) -> None:
        self.tickets[ref.ref]["title"] = title

    def priority(self, ref: TicketRef) -> str:
        return self.tickets[ref.ref]["priority"]

    @property
    def members(self) -> tuple[str, str]:
        return ANALYST, ONCALL

    def assignee(self, ref: TicketRef) -> str:
        return self.tickets[ref.ref].get("assignee") or ""

    def assign(self, ref: TicketRef, member: str) -> None:
        self.tickets[ref.ref]["assignee"] = member

    def mark(self, ref: TicketRef, word: str) -> None:
        self.tickets[ref.ref].setdefault("labels", []).append(word)

    def marks(self, ref: TicketRef) -> list[str]:
        return self.tickets[ref.ref]["labels"]

    def say(self, ref: TicketRef, text: str) -> None:
        self.tickets[ref.ref]["comments"][f"{ANALYST}/{secrets.token_hex(8)}"] = text

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        last, text = list(self.tickets[ref.ref]["comments"].items())[-1]
        self.tickets[on.ref]["comments"][last.replace(US, ANALYST)] = text

    def texts(self, ref: TicketRef) -> list[str]:
        return [self.tickets[ref.ref]["body"], *self.tickets[ref.ref]["comments"].values()]

    def copy(self, ref: TicketRef) -> TicketRef:
        told = self._made(ANALYST, {"title": self.title(ref)})
        return TicketRef(ref=told["id"], url="")

    def trace(self, ref: TicketRef) -> str:
        return json.dumps(self.tickets[ref.ref])


@contextmanager
def ticketboard() -> Generator[Ticketboard]:
    """An empty board."""
    board = Ticketboard()
    with served(board.answer, board.token) as port:
        board.port = port
        yield board
