"""A real Active Directory domain: Samba's domain controller, with StartTLS on a port of 127.0.0.1."""

import re
import shutil
import ssl
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ldap3

from demo.certificates import make_certificate
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.sources.ldap import Settings, build
from tests.support import unpacked
from tests.systems.ldap.directory import Told, reading

BASE = "DC=corp,DC=example,DC=test"
USERS = f"CN=Users,{BASE}"
ADMIN = "Administrator@corp.example.test"
ADMIN_PASSWORD = "Adm1n!s own"
READER = f"CN=reader,{USERS}"
READER_PASSWORD = "S3cret of the reader"
WITNESS = f"CN=witness,{USERS}"
TREE_DELETE = "1.2.840.113556.1.4.805"
"""MS-ADTS 3.1.1.3.4.1.15."""
NORMAL, DISABLED = 0x200, 0x202

Values = str | bytes | int | Sequence[str | bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain that runs."""

    folder: Path
    port: int
    authority: Path

    client: ldap3.Connection
    """The administrator's: one for all tests, since a handshake for each change would be most of their time."""

    @contextmanager
    def admin(self) -> Generator[ldap3.Connection]:
        """A connection that may change things."""
        yield self.client

    @contextmanager
    def bound(self, login: str, password: str) -> Generator[ldap3.Connection]:
        """Somebody's own connection."""
        with _bound(self.port, login, password) as client:
            yield client

    @contextmanager
    def container(self, name: str) -> Generator[str]:
        """The DN of a new container, taken away at the end with everything below it."""
        dn = f"OU={re.sub('[^a-z]+', '-', name)[:60]},{BASE}"
        with self.admin() as client:
            client.add(dn, "organizationalUnit")
        try:
            yield dn
        finally:
            with self.admin() as client:
                client.search(dn, "(objectClass=user)", attributes=["cn"])
                # A group that is somebody's primary one can't be deleted, so its users go first.
                for found in client.response or ():
                    client.delete(found["dn"])
                client.delete(dn, controls=[(TREE_DELETE, True, None)])

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

    def raw(self, dn: str, attribute: str) -> bytes:
        """That attribute's first value, as an administrator sees it."""
        with self.admin() as client:
            client.search(dn, "(objectClass=*)", "BASE", attributes=[attribute])
            return (client.response or [])[0]["raw_attributes"][attribute][0]

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

    def identifier(self, dn: str) -> str:
        """An account's SID, as SDDL writes it (MS-DTYP 2.4.2.1)."""
        sid = self.raw(dn, "objectSid")
        parts = [int.from_bytes(sid[at : at + 4], "little") for at in range(8, len(sid), 4)]
        return "-".join(map(str, ("S", 1, int.from_bytes(sid[2:8], "big"), *parts)))

    def deny(self, dn: str, ace: str) -> None:
        """Add an access control entry, written in SDDL."""
        sam = self.folder / "private/sam.ldb"
        unpacked.DIRECTORIES.run(["samba-tool", "dsacl", "set", "-H", sam, f"--objectdn={dn}", f"--sddl={ace}"])

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


@contextmanager
def _bound(port: int, login: str, password: str) -> Generator[ldap3.Connection]:
    tls = ldap3.Tls(validate=ssl.CERT_NONE)
    server = ldap3.Server("127.0.0.1", port=port, get_info=ldap3.NONE, tls=tls)
    client = ldap3.Connection(server, login, password, raise_exceptions=True, receive_timeout=20)
    try:
        client.open()
        client.start_tls()
        client.bind()
        yield client
    finally:
        client.unbind()


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
            # Its data is made for one run of the tests: nothing need survive a power cut.
            "ldb:nosync": "true",
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
            unpacked.DIRECTORIES.running(command, folder / "samba.log", lambda: unpacked.answers(ldapi)),
            unpacked.relayed(ldapi) as port,
            _bound(port, ADMIN, ADMIN_PASSWORD) as client,
        ):
            domain = Domain(folder=folder, port=port, authority=tls.authority, client=client)
            domain.add_user("reader", unicodePwd=f'"{READER_PASSWORD}"'.encode("utf-16-le"))
            domain.add_user("witness", control=DISABLED)
            yield domain
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _provision(folder: Path) -> None:
    unpacked.DIRECTORIES.run(
        [
            *("samba-tool", "domain", "provision", "--realm=CORP.EXAMPLE.TEST", "--domain=CORP", "--server-role=dc"),
            *("--dns-backend=NONE", f"--adminpass={ADMIN_PASSWORD}", f"--targetdir={folder}", "--host-name=dc1"),
            *("--host-ip=127.0.0.1", "--option=interfaces=lo", "--option=bind interfaces only=yes"),
        ]
    )
