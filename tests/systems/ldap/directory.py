"""A real directory for tests of the LDAP source: entries, servers and ready sources."""

import base64
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ldap3
import pytest

from demo import slapd
from demo.certificates import make_certificate
from offboarding.interfaces import ConnectionFields, ReadContext, Source
from offboarding.model import Account, AccountRef, Credential, Fact, Gap, ScopeRead
from offboarding.sources.ldap import Settings, build
from tests.support.usual_read import AS_OF

SUFFIX = "dc=corp,dc=example"
ADMIN = f"cn=admin,{SUFFIX}"
ADMIN_PASSWORD = "admin's own"
READER = f"cn=reader,{SUFFIX}"
READER_PASSWORD = "s3cret of the reader"
PEOPLE = f"ou=people,{SUFFIX}"
WITNESS = f"uid=witness,{PEOPLE}"
POLICY = f"cn=default,ou=policies,{SUFFIX}"
LAX_POLICY = f"cn=lax,ou=policies,{SUFFIX}"
REALM = "0b5e0000-0000-4000-8000-000000000001"
PERMANENT = "000001010000Z"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
"""GitHub's host key: its fingerprint is published."""
FINGERPRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
PERSON = ("inetOrgPerson", "ldapPublicKey")

Values = str | bytes | Sequence[str | bytes]


def entry(dn: str, classes: Sequence[str], **attributes: Values) -> str:
    """An entry as LDIF, all values in base64, so that any value will do."""
    lines = [_line("dn", dn), *(_line("objectClass", name) for name in classes)]
    for name, values in attributes.items():
        lines += [_line(name, value) for value in ([values] if isinstance(values, (str, bytes)) else values)]
    return "\n".join(lines) + "\n"


def person(login: str, **attributes: Values) -> str:
    """Somebody's entry; what isn't given is made up."""
    given: dict[str, Values] = {"uid": login, "cn": login.title(), "sn": login, "userPassword": f"{login}'s own"}
    return entry(f"uid={login},{PEOPLE}", PERSON, **(given | attributes))


def frame() -> tuple[str, ...]:
    """What every directory here holds: the base, containers, the reader, policies and the witness."""
    return (
        entry(SUFFIX, ("domain",), dc="corp", entryUUID=REALM),
        *(entry(f"ou={name},{SUFFIX}", ("organizationalUnit",), ou=name) for name in ("people", "groups", "policies")),
        entry(READER, ("organizationalRole", "simpleSecurityObject"), cn="reader", userPassword=READER_PASSWORD),
        entry(POLICY, ("device", "pwdPolicy"), cn="default", pwdAttribute="userPassword", pwdLockout="TRUE"),
        entry(LAX_POLICY, ("device", "pwdPolicy"), cn="lax", pwdAttribute="userPassword", pwdLockout="FALSE"),
        person("witness", pwdAccountLockedTime=PERMANENT),
    )


def _line(name: str, value: str | bytes) -> str:
    raw = value.encode() if isinstance(value, str) else value
    return f"{name}:: {base64.b64encode(raw).decode()}"


@contextmanager
def directory(folder: Path, *entries: str, **changes: Any) -> Generator[slapd.Server]:
    """A server that holds the frame and these entries; `changes` are slapd.Settings' own."""
    folder.mkdir(parents=True, exist_ok=True)
    ldif = folder / "company.ldif"
    ldif.write_text("\n".join([*frame(), *entries]), encoding="ascii")
    given: dict[str, Any] = {
        "suffix": SUFFIX,
        "admin_dn": ADMIN,
        "admin_password": ADMIN_PASSWORD,
        "ldif": ldif,
        "default_policy_dn": POLICY,
        "readers": (READER,),
    }
    with slapd.running(folder / "slapd", slapd.Settings(**(given | changes))) as server:
        yield server


@contextmanager
def as_admin(server: slapd.Server) -> Generator[ldap3.Connection]:
    """A connection that may change things."""
    ldap = ldap3.Server(server.host, port=server.port, get_info=ldap3.NONE)
    connection = ldap3.Connection(ldap, ADMIN, ADMIN_PASSWORD, raise_exceptions=True, receive_timeout=10)
    connection.bind()
    try:
        yield connection
    finally:
        connection.unbind()


def connection(server: slapd.Server, **changes: Any) -> ConnectionFields:
    """The reader's connection, without TLS unless the extra says otherwise."""
    given: dict[str, Any] = {
        "conn_id": "corp_ldap",
        "host": server.host,
        "port": server.port,
        "login": READER,
        "password": READER_PASSWORD,
        "extra": {"tls": "none"},
    }
    return ConnectionFields(**(given | changes))


def settings(**changes: Any) -> Settings:
    """What a user would write, and changes to it."""
    given = {
        "name": "corp-ldap",
        "kind": "ldap",
        "connection": "corp_ldap",
        "base_dn": SUFFIX,
        "ppolicy_default": POLICY,
        "witness": WITNESS,
    }
    return Settings.model_validate(given | changes)


def source(reached: ConnectionFields, context: ReadContext | None = None, **changes: Any) -> Source:
    """The source as wiring makes it."""
    return build(settings(**changes), reached, "", context or reading())


def reading(**changes: Any) -> ReadContext:
    """What the run tells a reader."""
    given: dict[str, Any] = {"as_of": AS_OF, "default_zone": "Asia/Seoul"}
    return ReadContext(**(given | changes))


class Told:
    """Facts, sorted."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.accounts = {fact.label: fact for fact in facts if isinstance(fact, Account)}
        self.credentials = [fact for fact in facts if isinstance(fact, Credential)]
        self.gaps = [fact for fact in facts if isinstance(fact, Gap)]
        self.scopes = [fact for fact in facts if isinstance(fact, ScopeRead)]

    def account(self, login: str) -> Account:
        """The one account with this login."""
        (found,) = [account for account in self.accounts.values() if account.login == login]
        return found

    def ref(self, login: str) -> AccountRef:
        """What the store would ask about again."""
        account = self.account(login)
        return AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)

    def red(self) -> list[str]:
        """Texts of the gaps that make a run red."""
        return [gap.text for gap in self.gaps if gap.red]


def collect(server: slapd.Server, context: ReadContext | None = None, **changes: Any) -> Told:
    """The whole inventory, without TLS."""
    return Told(list(source(connection(server), context, **changes).collect()))


def look_again(server: slapd.Server, *accounts: AccountRef, **changes: Any) -> Told:
    """Only these accounts, without TLS."""
    return Told(list(source(connection(server), **changes).detail(accounts)))


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[slapd.Server, slapd.Tls]]:
    """A server with StartTLS and LDAPS, whose certificate is for 127.0.0.1 alone."""
    folder = tmp_path_factory.mktemp("certified")
    tls = make_certificate(folder / "tls")
    with directory(folder, person("alice"), tls=tls) as server:
        yield server, tls


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Generator[slapd.Server]:
    """A server with 2,500 people beside the frame's own accounts."""
    people = (person(f"p{number:04}", employeeNumber=str(number)) for number in range(2500))
    with directory(tmp_path_factory.mktemp("crowded"), *people) as server:
        yield server


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Generator[slapd.Server]:
    """A server with 40 people that gives 25 entries to a paged search, as one that truncates does."""
    people = (person(f"p{number:04}") for number in range(40))
    with directory(tmp_path_factory.mktemp("limited"), *people, paged_total_limit=25) as server:
        yield server
