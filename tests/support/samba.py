"""A real Active Directory domain: Samba's domain controller, with StartTLS on a port of 127.0.0.1."""

import ssl
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ldap3

from include.offboarding.demo.certificates import make_certificate
from include.offboarding.interfaces import ConnectionFields, ReadContext
from include.offboarding.sources.ldap import Settings, build
from tests.support import unpacked
from tests.support.directory import Told, reading

BASE = "DC=corp,DC=example,DC=test"
USERS = f"CN=Users,{BASE}"
ADMIN = "Administrator@corp.example.test"
ADMIN_PASSWORD = "Adm1n!s own"
READER = f"CN=reader,{USERS}"
READER_PASSWORD = "S3cret of the reader"
WITNESS = f"CN=witness,{USERS}"
NORMAL, DISABLED = 0x200, 0x202

Values = str | bytes | int | Sequence[str | bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain that runs."""

    folder: Path
    port: int
    authority: Path

    @contextmanager
    def admin(self, login: str = ADMIN, password: str = ADMIN_PASSWORD) -> Generator[ldap3.Connection]:
        """A connection that may change things."""
        tls = ldap3.Tls(validate=ssl.CERT_NONE)
        server = ldap3.Server("127.0.0.1", port=self.port, get_info=ldap3.NONE, tls=tls)
        client = ldap3.Connection(server, login, password, raise_exceptions=True, receive_timeout=20)
        client.open()
        client.start_tls()
        client.bind()
        try:
            yield client
        finally:
            client.unbind()

    def add_user(self, login: str, below: str = USERS, *, control: int = NORMAL, **attributes: Values) -> str:
        """Make an account with a password; its DN."""
        dn = f"CN={login},{below}"
        given: dict[str, Values] = {
            "sAMAccountName": login,
            "unicodePwd": f'"{password_of(login)}"'.encode("utf-16-le"),
            "userAccountControl": str(control),
        }
        with self.admin() as client:
            client.add(dn, "user", given | attributes)
        return dn

    def add_group(self, name: str, below: str, *members: str) -> str:
        """Make a group; its DN."""
        dn = f"CN={name},{below}"
        with self.admin() as client:
            client.add(dn, "group", {"sAMAccountName": name} | ({"member": list(members)} if members else {}))
        return dn

    def change(self, dn: str, **attributes: Values) -> None:
        """Replace these attributes."""
        with self.admin() as client:
            client.modify(
                dn,
                {
                    name: [("MODIFY_REPLACE", [values] if isinstance(values, (str, bytes, int)) else list(values))]
                    for name, values in attributes.items()
                },
            )

    def deny(self, dn: str, ace: str) -> None:
        """Add an access control entry, written in SDDL."""
        sam = self.folder / "private/sam.ldb"
        unpacked.run(["samba-tool", "dsacl", "set", "-H", sam, f"--objectdn={dn}", f"--sddl={ace}"])

    def connection(self, **changes: Any) -> ConnectionFields:
        """The reader's connection."""
        given: dict[str, Any] = {
            "conn_id": "corp_ad",
            "host": "127.0.0.1",
            "port": self.port,
            "login": READER,
            "password": READER_PASSWORD,
            "extra": {"tls": "starttls", "ca_certs_file": str(self.authority)},
        }
        return ConnectionFields(**(given | changes))

    def source(self, context: ReadContext | None = None, **changes: Any) -> Any:
        """The source as wiring makes it."""
        return build(settings(**changes), self.connection(), "", context or reading())

    def collect(self, context: ReadContext | None = None, **changes: Any) -> Told:
        """The whole inventory."""
        return Told(list(self.source(context, **changes).collect()))


def password_of(login: str) -> str:
    """That account's password."""
    return f"{login}'s 0wn!"


def settings(**changes: Any) -> Settings:
    """What a user would write, and changes to it."""
    given = {"name": "corp-ad", "kind": "ldap", "connection": "corp_ad", "base_dn": BASE}
    return Settings.model_validate(given | changes)


@contextmanager
def running() -> Generator[Domain]:
    """A new domain for as long as the block runs, with a reader and a witness."""
    # A unix socket's path is at most 107 bytes long, so pytest's own folder won't do.
    folder = Path(tempfile.mkdtemp(prefix="offb-ad-"))
    try:
        tls = make_certificate(folder / "tls")
        _provision(folder)
        options = {
            "server services": "ldap",
            "pid directory": folder,
            "ncalrpc dir": folder / "nc",
            "log file": folder / "log",
            "tls keyfile": tls.key,
            "tls certfile": tls.certificate,
            "tls cafile": tls.authority,
        }
        command = ["samba", "-i", "-M", "single", "-s", folder / "etc/smb.conf"]
        command += [f"--option={name} = {value}" for name, value in options.items()]
        (folder / "nc").mkdir()
        ldapi = folder / "private/ldapi"
        with (
            unpacked.running(command, folder / "samba.log", lambda: unpacked.answers(ldapi)),
            unpacked.relayed(ldapi) as port,
        ):
            domain = Domain(folder=folder, port=port, authority=tls.authority)
            domain.add_user("reader", unicodePwd=f'"{READER_PASSWORD}"'.encode("utf-16-le"))
            domain.add_user("witness", control=DISABLED)
            yield domain
    finally:
        unpacked.remove(folder)


def _provision(folder: Path) -> None:
    unpacked.run(
        [
            *("samba-tool", "domain", "provision", "--realm=CORP.EXAMPLE.TEST", "--domain=CORP", "--server-role=dc"),
            *("--dns-backend=NONE", f"--adminpass={ADMIN_PASSWORD}", f"--targetdir={folder}", "--host-name=dc1"),
            *("--host-ip=127.0.0.1", "--option=interfaces=lo", "--option=bind interfaces only=yes"),
        ]
    )
