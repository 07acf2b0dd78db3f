"""A WireGuard server whose file is written, and its reader."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from offboarding.interfaces import ReadContext, Source
from offboarding.model import Account
from offboarding.sources import wireguard_peers
from tests.support.usual_read import CONTEXT

HANDSHAKE_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class WrittenServer:
    """A server with one interface, the folder that its file is collected into, and the register."""

    folder: Path
    name: str = "vpn1"
    machine: str = "0123456789abcdef0123456789abcdef"
    at: datetime = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    keys: dict[str, str] = field(default_factory=dict[str, str])
    """By login."""
    peers: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By key: lines that tell of it."""
    register: list[str] = field(default_factory=list[str])
    """Rows that are told beside `keys`."""
    _next: int = 0

    def person(self, login: str) -> str:
        """A peer with one allowed IP; its key."""
        self._next += 1
        key = base64.b64encode(self._next.to_bytes(32)).decode()
        self.keys[login] = key
        self.peers[key] = [self.line(key)]
        self.write()
        return key

    @staticmethod
    def line(key: str, *, interface: str = "wg0", addresses: int = 1, at: datetime | None = HANDSHAKE_AT) -> str:
        """How an interface that is up tells of a peer."""
        return f"peer {interface} {key} {int(at.timestamp()) if at else 0} {addresses}"

    def tell(self, login: str, *lines: str) -> None:
        """What the server knows of a peer from now on."""
        self.peers[self.keys[login]] = list(lines)
        self.write()

    @property
    def text(self) -> str:
        """The file."""
        lines = [line for told in self.peers.values() for line in told]
        head = ["offboarding wireguard_peers 1", f"at {self.at:%Y-%m-%dT%H:%M:%SZ}", f"name {self.name}"]
        head += [f"machine {self.machine}", f"lines {len(lines)}"]
        return "".join(f"{line}\n" for line in (*head, *lines, "end"))

    @property
    def register_file(self) -> Path:
        """Beside the folder."""
        return self.folder.with_name("register.csv")

    def write(self) -> None:
        """Collect it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / self.name).write_text(self.text, "utf-8")
        rows = ["public_key,login", *(f"{key},{login}" for login, key in self.keys.items()), *self.register]
        self.register_file.write_text("".join(f"{row}\n" for row in rows), "utf-8")

    def source(self, context: ReadContext = CONTEXT, **settings: Any) -> Source:
        """A reader of this server."""
        given: dict[str, Any] = {
            "name": "vpn",
            "kind": "wireguard_peers",
            "folder": str(self.folder),
            "machines": [self.name],
            "register_file": str(self.register_file),
        }
        own = wireguard_peers.Settings.model_validate(given | settings)
        return wireguard_peers.build(own, None, self.name, context)

    def account(self, login: str) -> Account:
        """What is said of somebody's peer."""
        (found,) = (fact for fact in self.source().collect() if isinstance(fact, Account) and fact.login == login)
        return found
