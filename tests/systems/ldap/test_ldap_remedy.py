"""The steps of the directory's runbook, typed into a shell as a ticket shows them, against a real slapd."""

import base64
import hashlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ldap3
import pytest

from demo import certificates, slapd
from offboarding.interfaces import ConnectionFields
from offboarding.model import Account, Remedy, Subject, SubjectKind
from offboarding.sources.ldap.reached import reached_by
from offboarding.sources.ldap.settings import LdapConnectionExtra
from tests.support import cases
from tests.support.certificates import certificate

SUFFIX = "dc=corp,dc=example"
ADMIN = f"cn=admin,{SUFFIX}"
PASSWORD = "secret"
KEPT = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeptKeptKeptKeptKeptKeptKeptKeptKeptKeptKept kept"
REMOVED = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGoneGoneGoneGoneGoneGoneGoneGoneGoneGoneGone gone"
CERTIFICATES = (certificate(), certificate(issuer="Another CA"))
"""A directory tells certificates apart by serial and issuer."""
DNS = pytest.mark.parametrize("name", ["jdoe", "김민준", "o'hara $(id)"])
BASE = f"""\
dn: {SUFFIX}
objectClass: domain
dc: corp

dn: cn=default,{SUFFIX}
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    server: slapd.Server
    environment: dict[str, str]

    def account(self, dn: str, tls: str = "starttls") -> Account:
        """An entry, as a read over a connection of this kind would tell it."""
        port = self.server.tls_port if tls == "ldaps" else self.server.port
        connection = ConnectionFields(conn_id="corp_ldap", host=self.server.host, port=port)
        return cases.directory_account(
            label=dn, reached_by=reached_by(connection, LdapConnectionExtra.model_validate({"tls": tls}))
        )

    def type(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command], env=self.environment, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def lets_in(self, dn: str) -> bool:
        target = ldap3.Server(self.server.host, port=self.server.port, get_info=ldap3.NONE)
        connection = ldap3.Connection(target, dn, "right", receive_timeout=10)
        bound = connection.bind()
        connection.unbind()
        return bound


@pytest.fixture
def directory(tmp_path: Path, name: str) -> Iterator[Directory]:
    tls = certificates.make_certificate(tmp_path / "tls")
    ldif = tmp_path / "company.ldif"
    ldif.write_text(
        f"{BASE}\ndn: cn={name},{SUFFIX}\nobjectClass: inetOrgPerson\nobjectClass: ldapPublicKey\ncn: {name}\nsn: Doe\n"
        f"userPassword: right\nsshPublicKey: {KEPT}\nsshPublicKey: {REMOVED}\n"
        + "".join(f"userCertificate;binary:: {base64.b64encode(each).decode()}\n" for each in CERTIFICATES),
        encoding="utf-8",
    )
    wanted = slapd.Settings(
        suffix=SUFFIX,
        admin_dn=ADMIN,
        admin_password=PASSWORD,
        ldif=ldif,
        tls=tls,
        default_policy_dn=f"cn=default,{SUFFIX}",
    )
    with slapd.running(tmp_path / "slapd", wanted) as server:
        yield Directory(server=server, environment=shell(tmp_path, server, tls))


def shell(folder: Path, server: slapd.Server, tls: slapd.Tls) -> dict[str, str]:
    """A shell whose LDAP tools read the password from a file, since nobody types at -W's prompt here."""
    tools = folder / "tools"
    tools.mkdir()
    secret = folder / "password"
    secret.write_text(PASSWORD)
    for tool in ("ldapmodify", "ldapsearch", "ldappasswd"):
        unpacked = slapd.UNPACKED / "usr" / "bin" / tool
        real = str(unpacked) if unpacked.exists() else shutil.which(tool)
        if not real:
            pytest.skip(f"this machine has slapd and no {tool}: install OpenLDAP's clients")
        wrapper = tools / tool
        wrapper.write_text(
            "#!/usr/bin/env bash\n"
            'words=(); for word; do [ "$word" = -W ] || words+=("$word"); done\n'
            f'exec {shlex.quote(real)} -y {shlex.quote(str(secret))} "${{words[@]}}"\n'
        )
        wrapper.chmod(0o700)
    program = slapd.find_program().environment()
    return program | {
        "PATH": f"{tools}{os.pathsep}{program['PATH']}",
        "ADMIN_DN": ADMIN,
        "LDAPTLS_CACERT": str(tls.authority),
        "LC_ALL": "C.UTF-8",
    }


def typed(steps: tuple[str, ...], tool: str) -> list[str]:
    """The commands among the steps: from a tool's name at the start of a line to the step's end."""
    return [step[step.index(f"\n{tool}") + 1 :] for step in steps if f"\n{tool}" in step]


@pytest.mark.parametrize("tls", ["starttls", "ldaps", "none"])
@DNS
def test_locks_and_unlocks(directory: Directory, name: str, tls: str) -> None:
    dn = f"cn={name},{SUFFIX}"
    steps = cases.steps(
        Remedy.DISABLE,
        "ldap",
        directory.account(dn, tls),
        Subject(kind=SubjectKind.ACCOUNT, native_id="id", label=dn),
    )
    lock, undo = typed(steps, "ldapmodify")
    assert directory.lets_in(dn)

    directory.type(lock)
    locked_out = not directory.lets_in(dn)
    directory.type(undo)

    assert locked_out
    assert directory.lets_in(dn)


@DNS
def test_takes_one_ssh_key_off(directory: Directory, name: str) -> None:
    dn = f"cn={name},{SUFFIX}"
    thing = Subject(kind=SubjectKind.SSH_KEY, native_id="SHA256:gone", label="gone")
    steps = cases.steps(Remedy.DISABLE, "ldap", directory.account(dn), thing)
    (show,) = typed(steps, "ldapsearch")
    (take_off,) = typed(steps, "ldapmodify")
    before = directory.type(show)

    directory.type(take_off.replace("the value whose fingerprint is SHA256:gone", REMOVED))

    after = directory.type(show)
    assert KEPT in before
    assert REMOVED in before
    assert KEPT in after
    assert REMOVED not in after


@DNS
def test_takes_one_certificate_off_and_puts_it_back(directory: Directory, name: str, tmp_path: Path) -> None:
    dn = f"cn={name},{SUFFIX}"
    thumbprint = hashlib.sha256(CERTIFICATES[1]).hexdigest()
    thing = Subject(kind=SubjectKind.CERTIFICATE, native_id=thumbprint, label="certificate 1F")
    steps = cases.steps(Remedy.DISABLE, "ldap", directory.account(dn), thing)
    (show,) = typed(steps, "ldapsearch")
    (take_off,) = typed(steps, "ldapmodify")
    directory.environment["TMPDIR"] = str(tmp_path)

    files = re.findall(r"userCertificate;binary:< file://(\S+)", directory.type(show))
    thumbprints = {fingerprint(directory, file): file for file in files}
    command = take_off.replace("FILE", thumbprints[thumbprint])
    directory.type(command)
    left = directory.type(show)
    directory.type(command.replace("delete: userCertificate", "add: userCertificate"))

    assert set(thumbprints) == {hashlib.sha256(each).hexdigest() for each in CERTIFICATES}
    assert left.count("userCertificate") == 2  # the name, and in the file's
    assert directory.type(show).count("userCertificate;binary:<") == 2


def fingerprint(directory: Directory, file: str) -> str:
    """What the step says to compare, colons aside."""
    told = directory.type(f"openssl x509 -inform DER -noout -fingerprint -sha256 -in '{file}'")
    return told.strip().rpartition("=")[2].replace(":", "").lower()


@DNS
def test_shows_the_entry_before_anything_is_changed(directory: Directory, name: str) -> None:
    dn = f"cn={name},{SUFFIX}"
    thing = Subject(kind=SubjectKind.ACCOUNT, native_id="id", label=dn)
    steps = cases.steps(Remedy.KEEP_TRACES, "ldap", directory.account(dn), thing)
    (show,) = typed(steps, "ldapsearch")

    assert "entryUUID" in directory.type(show)
