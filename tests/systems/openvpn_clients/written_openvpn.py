"""An OpenVPN server whose file is written, and its reader."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from offboarding.interfaces import ReadContext, Source
from offboarding.model import Account
from offboarding.sources import openvpn_clients
from tests.support.pki import AS_OF, Authority, Leaf

CONTEXT = ReadContext(as_of=AS_OF, default_zone="Asia/Seoul")
CLIENT = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
SEEN_AT = datetime(2026, 11, 24, 15, 59, tzinfo=UTC)
PATH = "/etc/openvpn/server/office.conf"
CRL_FILE = "option crl-verify\tcrl.pem"


def told(body: bytes) -> str:
    """As the script tells a certificate or a CRL."""
    return base64.b64encode(body).decode()


@dataclass(slots=True, kw_only=True)
class WrittenVpn:
    """A server that asks a CRL, its authority on the same machine, and the folder that its file is collected into."""

    folder: Path
    name: str = "vpn1"
    machine: str = "0123456789abcdef0123456789abcdef"
    at: datetime = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    authority: Authority = field(default_factory=lambda: Authority(name="Easy-RSA CA"))
    clients: dict[str, Leaf] = field(default_factory=dict[str, Leaf])
    """By common name."""
    revoked: list[Leaf] = field(default_factory=list[Leaf])
    options: Sequence[str] = ("option server", CRL_FILE)
    more: Sequence[str] = ()
    """What is told of the server besides."""
    crl: bytes | None = None
    """Instead of the authority's own."""
    asks_crl: bool = True
    runs: bool = True
    issued: Sequence[str] | None = None
    """What is told of the authority's folder, instead of all."""
    register: list[str] = field(default_factory=list[str])
    root: Leaf = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.authority.root()

    def person(self, login: str) -> Leaf:
        """A client's certificate, of a common name that is the login."""
        self.clients[login] = self.authority.issue(login, extension=CLIENT)
        self.write()
        return self.clients[login]

    @property
    def server(self) -> list[str]:
        """The lines that tell of the server."""
        lines = [f"server {42 if self.runs else 0} {PATH}", *self.options, f"ca {told(self.root.der)}"]
        if self.asks_crl:
            lines += ["crlfile", f"crl {told(self.crl or self.authority.crl(*self.revoked))}"]
        return [*lines, *self.more]

    @property
    def kept(self) -> list[str]:
        """The lines that tell of what the authority issued."""
        if self.issued is not None:
            return list(self.issued)
        leaves = self.clients.values()
        lines = ["folder /etc/openvpn/easy-rsa/pki", f"authority {told(self.root.der)}"]
        lines += [f"index {self.indexed(leaf)}" for leaf in leaves]
        return [*lines, *(f"certificate {told(leaf.der)}" for leaf in leaves)]

    def indexed(self, leaf: Leaf) -> str:
        """As openssl's `ca` keeps it."""
        certificate, revoked = leaf.certificate, leaf in self.revoked
        ends, name = f"{certificate.not_valid_after_utc:%y%m%d%H%M%SZ}", certificate.subject.rfc4514_string()
        at = "261124150000Z" if revoked else ""
        return f"{'R' if revoked else 'V'}\t{ends}\t{at}\t{certificate.serial_number:X}\tunknown\t/{name}"

    @property
    def text(self) -> str:
        """The file."""
        lines = [*self.server, *self.kept]
        head = ["offboarding openvpn_clients 1", f"at {self.at:%Y-%m-%dT%H:%M:%SZ}", f"name {self.name}"]
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
        rows = ["common_name,login", *self.register]
        self.register_file.write_text("".join(f"{row}\n" for row in rows), "utf-8")

    def keep(self, folder: Path) -> None:
        """What the authority issued, as files."""
        folder.mkdir()
        (folder / "ca.crt").write_bytes(self.root.certificate.public_bytes(Encoding.PEM))
        (folder / "index.txt").write_text("".join(f"{self.indexed(leaf)}\n" for leaf in self.clients.values()))
        for name, leaf in self.clients.items():
            (folder / f"{name}.crt").write_text(f"Certificate:\n    Data:\n{leaf.pem}")

    def source(self, context: ReadContext = CONTEXT, **settings: Any) -> Source:
        """A reader of this server."""
        given: dict[str, Any] = {
            "name": "vpn",
            "kind": "openvpn_clients",
            "folder": str(self.folder),
            "machines": [self.name],
            "register_file": str(self.register_file),
        }
        own = openvpn_clients.Settings.model_validate(given | settings)
        return openvpn_clients.build(own, None, self.name, context)

    def account(self, login: str) -> Account:
        """What is said of somebody's certificate."""
        self.write()
        (found,) = (fact for fact in self.source().collect() if isinstance(fact, Account) and fact.login == login)
        return found
