"""A real 389 Directory Server, without TLS, on a port of 127.0.0.1."""

import os
import re
import shutil
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ldap3

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.sources.ldap import Settings, build
from tests.support import unpacked
from tests.systems.ldap.directory import Told, reading

SUFFIX = "dc=corp,dc=example"
PEOPLE = f"ou=people,{SUFFIX}"
ADMIN = "cn=Directory Manager"
ADMIN_PASSWORD = "manager's own"
READER = f"cn=reader,{SUFFIX}"
READER_PASSWORD = "s3cret of the reader"
WITNESS = f"uid=witness,{PEOPLE}"
NOBODY = 65534
PERSON = ("inetOrgPerson", "nsAccount")
RIGHTS = (
    '(targetattr="objectClass || nsUniqueId || uid || cn || displayName || employeeNumber || mail || manager || '
    "owner || seeAlso || nsSshPublicKey || userCertificate || gidNumber || member || uniqueMember || memberUid || "
    "createTimestamp || creatorsName || pwdUpdateTime || lastLoginTime || nsAccountLock || accountUnlockTime"
    f'")(version 3.0; acl "offboarding reader"; allow (read, search, compare) userdn="ldap:///{READER}";)'
)
"""As docs/permissions/ldap.md says."""
IPA_RIGHTS = (
    '(targetattr="ipaUniqueID || ipaSshPubKey || krbPrincipalExpiration || krbLastPwdChange || krbLastSuccessfulAuth'
    f'")(version 3.0; acl "offboarding reader of FreeIPA"; allow (read, search, compare) userdn="ldap:///{READER}";)'
)
_TIME, _OCTETS, _TEXT = (f"1.3.6.1.4.1.1466.115.121.1.{number}" for number in (24, 40, 15))
IPA_ATTRIBUTES = {
    "ipaUniqueID": _TEXT,
    "ipaSshPubKey": _OCTETS,
    "krbPrincipalExpiration": _TIME,
    "krbPasswordExpiration": _TIME,
    "krbLastPwdChange": _TIME,
    "krbLastSuccessfulAuth": _TIME,
}
"""What FreeIPA adds to the schema, as far as it's read; a plain server may have it too."""
_ANSWERS = """\
[general]
full_machine_name = localhost
strict_host_checking = False
start = False
[slapd]
instance_name = corp
port = 3890
secure_port = 6360
root_password = {password}
self_sign_cert = False
[backend-userroot]
suffix = {suffix}
sample_entries = no
create_suffix_entry = True
"""
# dscreate's wrappers must come first in PATH, and belong to whoever runs them.
_CREATE = 'dscreate ds-root "$1/root" "$1/bin" && exec "$1/bin/dscreate" from-file "$1/answers.inf"'

Values = str | bytes | Sequence[str | bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A server that runs."""

    port: int

    client: ldap3.Connection
    """The manager's: one for all tests."""

    @contextmanager
    def admin(self) -> Generator[ldap3.Connection]:
        """A connection that may change things."""
        yield self.client

    @contextmanager
    def container(self, name: str) -> Generator[str]:
        """The DN of a new container, taken away at the end with everything below it."""
        dn = f"ou={re.sub('[^a-z]+', '-', name)[:60]},{SUFFIX}"
        self.add(dn, ["organizationalUnit"])
        try:
            yield dn
        finally:
            with self.admin() as client:
                client.search(dn, "(objectClass=*)", attributes=["1.1"])
                for found in sorted((found["dn"] for found in client.response or ()), key=len, reverse=True):
                    client.delete(found)

    def add(self, dn: str, classes: Sequence[str], **attributes: Values) -> str:
        """Make an entry; its DN."""
        with self.admin() as client:
            client.add(dn, list(classes), dict(attributes))
        return dn

    def add_person(
        self, login: str, below: str = PEOPLE, *, classes: Sequence[str] = PERSON, **attributes: Values
    ) -> str:
        """Make an account with a password; its DN."""
        given: dict[str, Values] = {"cn": login.title(), "sn": login, "userPassword": password_of(login)}
        return self.add(f"uid={login},{below}", classes, **(given | attributes))

    def raw(self, dn: str, attribute: str) -> bytes:
        """That attribute's first value, as an administrator sees it."""
        with self.admin() as client:
            client.search(dn, "(objectClass=*)", "BASE", attributes=[attribute])
            return (client.response or [])[0]["raw_attributes"][attribute][0]

    def change(self, dn: str, **attributes: Values) -> None:
        """Replace these attributes; no value takes the attribute away."""
        with self.admin() as client:
            client.modify(
                dn,
                {
                    name: [("MODIFY_REPLACE", [values] if isinstance(values, (str, bytes)) else list(values))]
                    for name, values in attributes.items()
                },
            )

    def binds(self, login: str, below: str = PEOPLE) -> bool:
        """Whether the server takes that account's password."""
        server = ldap3.Server("127.0.0.1", port=self.port, get_info=ldap3.NONE)
        client = ldap3.Connection(server, f"uid={login},{below}", password_of(login), receive_timeout=20)
        try:
            return client.bind()
        finally:
            client.unbind()

    def connection(self, **changes: Any) -> ConnectionFields:
        """The reader's connection."""
        given: dict[str, Any] = {
            "conn_id": "corp_ds",
            "host": "127.0.0.1",
            "port": self.port,
            "login": READER,
            "password": READER_PASSWORD,
            "extra": {"tls": "none"},
        }
        return ConnectionFields(**(given | changes))

    def source(self, context: ReadContext | None = None, **changes: Any) -> Any:
        """The source as wiring makes it."""
        return build(settings(**changes), self.connection(), "", context or reading())

    def collect(self, context: ReadContext | None = None, **changes: Any) -> Told:
        """The whole inventory."""
        return Told(list(self.source(context, **changes).collect()))


@contextmanager
def _managed(port: int) -> Generator[ldap3.Connection]:
    server = ldap3.Server("127.0.0.1", port=port, get_info=ldap3.NONE)
    client = ldap3.Connection(server, ADMIN, ADMIN_PASSWORD, raise_exceptions=True, receive_timeout=20)
    try:
        client.bind()
        yield client
    finally:
        client.unbind()


def password_of(login: str) -> str:
    """That account's password."""
    return f"{login}'s own"


def settings(**changes: Any) -> Settings:
    """What a user would write, and changes to it."""
    given = {"name": "corp-ds", "kind": "ldap", "connection": "corp_ds", "base_dn": SUFFIX, "witness": WITNESS}
    return Settings.model_validate(given | changes)


@contextmanager
def running() -> Generator[Instance]:
    """A new server for as long as the block runs, with a reader, its rights and a witness."""
    folder = Path(tempfile.mkdtemp(prefix="offb-ds-"))
    os.chown(folder, NOBODY, NOBODY)
    try:
        answers = folder / "answers.inf"
        answers.write_text(_ANSWERS.format(password=ADMIN_PASSWORD, suffix=SUFFIX), encoding="ascii")
        path = f"{folder}/bin:{folder}/root:/usr/sbin:/usr/bin:/sbin:/bin"
        unpacked.DIRECTORIES.run(_as_nobody("sh", "-c", _CREATE, "sh", folder), PATH=path, HOME=str(folder))
        root = folder / "root"
        command = ["ns-slapd", "-D", root / "etc/dirsrv/slapd-corp", "-i", root / "run/dirsrv/corp.pid", "-d", "0"]
        ldapi = root / "run/slapd-corp.socket"
        with (
            unpacked.DIRECTORIES.running(_as_nobody(*command), folder / "slapd.log", lambda: unpacked.answers(ldapi)),
            unpacked.relayed(ldapi) as port,
            _managed(port) as client,
        ):
            instance = Instance(port=port, client=client)
            _furnish(instance)
            yield instance
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody(*command: str | Path) -> list[str | Path]:
    """dscreate's ds-root refuses root. Another user forgets whose death to end by, so it's said again."""
    return ["setpriv", "--pdeathsig=TERM", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]


def _furnish(instance: Instance) -> None:
    # A hundred thousand rounds for each login would be most of the time here.
    instance.change("cn=config", **{"passwordStorageScheme": "SSHA512", "nsslapd-rootpwstoragescheme": "SSHA512"})
    instance.change("cn=config", **{"nsslapd-rootpw": ADMIN_PASSWORD})
    for name in ("people", "groups"):
        instance.add(f"ou={name},{SUFFIX}", ["organizationalUnit"])
    instance.add(
        READER,
        ["organizationalRole", "simpleSecurityObject"],
        userPassword=READER_PASSWORD,
    )
    equality = {_TIME: "generalizedTimeMatch", _OCTETS: "octetStringMatch", _TEXT: "caseIgnoreMatch"}
    types = [
        f"( {name}-oid NAME '{name}' EQUALITY {equality[syntax]} SYNTAX {syntax} )"
        for name, syntax in IPA_ATTRIBUTES.items()
    ]
    names = " $ ".join(IPA_ATTRIBUTES)
    with instance.admin() as client:
        client.modify("cn=schema", {"attributeTypes": [("MODIFY_ADD", types)]})
        auxiliary = f"( ipaLike-oid NAME 'ipaLike' SUP top AUXILIARY MAY ( {names} ) )"
        client.modify("cn=schema", {"objectClasses": [("MODIFY_ADD", [auxiliary])]})
    instance.change(SUFFIX, aci=[RIGHTS, IPA_RIGHTS])
    instance.add_person("witness", nsAccountLock="true")
