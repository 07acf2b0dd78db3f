"""The directory of the demo and the tests behaves as the ones we check, and cleans up after a killed predecessor."""

import os
import signal
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import ldap3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from demo import slapd
from offboarding.model.errors import FatalError

PROJECT = Path(__file__).parents[2]
SUFFIX = "dc=corp,dc=example"
ADMIN = f"cn=admin,{SUFFIX}"
PASSWORD = 'with "quotes", a \\ and a space'
READER = f"cn=reader,{SUFFIX}"
WITNESS = f"uid=witness,ou=people,{SUFFIX}"
LDIF = """\
dn: dc=corp,dc=example
objectClass: domain
dc: corp
entryUUID: 11111111-1111-4111-8111-111111111111

dn: ou=people,dc=corp,dc=example
objectClass: organizationalUnit
ou: people

dn: cn=default,dc=corp,dc=example
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE

dn: cn=reader,dc=corp,dc=example
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: readme

dn: uid=witness,ou=people,dc=corp,dc=example
objectClass: inetOrgPerson
objectClass: ldapPublicKey
uid: witness
cn: Witness
sn: Witness
userPassword: right
sshPublicKey: ssh-ed25519 AAAA witness
entryUUID: 22222222-2222-4222-8222-222222222222
createTimestamp: 20200101000000Z
pwdAccountLockedTime: 000001010000Z
"""
MANY = "".join(
    f"\ndn: uid=p{n},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: p{n}\ncn: P\nsn: P\n" for n in range(30)
)


@pytest.fixture
def ldif(tmp_path: Path) -> Path:
    path = tmp_path / "company.ldif"
    path.write_text(LDIF + MANY)
    return path


def settings(**changes: Any) -> slapd.Settings:
    given: dict[str, Any] = {
        "suffix": SUFFIX,
        "admin_dn": ADMIN,
        "admin_password": PASSWORD,
        "default_policy_dn": f"cn=default,{SUFFIX}",
        "readers": (READER,),
    }
    return slapd.Settings(**(given | changes))


def bound(server: slapd.Server, dn: str, password: str) -> ldap3.Connection | None:
    connection = ldap3.Connection(
        ldap3.Server(server.host, port=server.port, get_info=ldap3.NONE), dn, password, receive_timeout=10
    )
    if connection.bind():
        return connection
    connection.unbind()
    return None


def attributes(server: slapd.Server, dn: str, password: str) -> dict[str, list[bytes]]:
    connection = bound(server, dn, password)
    assert connection is not None
    connection.search(WITNESS, "(objectClass=*)", ldap3.BASE, attributes=["*", "+"])
    entry = (connection.response or [])[0]
    connection.unbind()
    return entry["raw_attributes"]


def test_a_reader_sees_locks_and_no_password(tmp_path: Path, ldif: Path) -> None:
    with slapd.running(tmp_path / "a 'quoted' \"folder\"", settings(ldif=ldif)) as server:
        seen = attributes(server, READER, "readme")
        everything = attributes(server, ADMIN, PASSWORD)

    assert seen["pwdAccountLockedTime"] == [b"000001010000Z"]
    assert seen["entryUUID"] == [b"22222222-2222-4222-8222-222222222222"]
    assert seen["createTimestamp"] == [b"20200101000000Z"]
    assert seen["sshPublicKey"] == [b"ssh-ed25519 AAAA witness"]
    assert "userPassword" not in seen
    assert "userPassword" in everything


def test_a_locked_account_cannot_log_in(tmp_path: Path, ldif: Path) -> None:
    with slapd.running(tmp_path / "with", settings(ldif=ldif)) as server:
        assert bound(server, WITNESS, "right") is None

    with slapd.running(tmp_path / "without", settings(ldif=ldif, default_policy_dn=None)) as server:
        connection = bound(server, WITNESS, "right")
        assert connection is not None
        connection.unbind()


def test_a_rule_of_access_can_hide_the_locks(tmp_path: Path, ldif: Path) -> None:
    hidden = settings(ldif=ldif, access=("to attrs=pwdAccountLockedTime by * none",))
    with slapd.running(tmp_path / "d", hidden) as server:
        seen = attributes(server, READER, "readme")

    assert "pwdAccountLockedTime" not in seen
    assert "entryUUID" in seen


def test_a_limit_cuts_a_paged_search(tmp_path: Path, ldif: Path) -> None:
    with slapd.running(tmp_path / "d", settings(ldif=ldif, paged_total_limit=10)) as server:
        connection = bound(server, READER, "readme")
        assert connection is not None
        connection.search(SUFFIX, "(sn=P)", paged_size=5)
        assert len(connection.response or ()) == 5
        cookie = connection.result["controls"]["1.2.840.113556.1.4.319"]["value"]["cookie"]
        connection.search(SUFFIX, "(sn=P)", paged_size=20, paged_cookie=cookie)
        assert connection.result["description"] == "sizeLimitExceeded"
        connection.unbind()


def test_tls(tmp_path: Path, ldif: Path) -> None:
    tls = certificates(tmp_path)
    with slapd.running(tmp_path / "d", settings(ldif=ldif, tls=tls)) as server:
        assert server.tls_port is not None
        trusting = ssl.create_default_context(cafile=tls.authority)
        for started_by in (ldap3.AUTO_BIND_NO_TLS, ldap3.AUTO_BIND_TLS_BEFORE_BIND):
            secure = started_by == ldap3.AUTO_BIND_NO_TLS
            ldap = ldap3.Server(
                server.host,
                port=server.tls_port if secure else server.port,
                use_ssl=secure,
                tls=ldap3.Tls(validate=ssl.CERT_NONE),
                get_info=ldap3.NONE,
            )
            connection = ldap3.Connection(ldap, READER, "readme", auto_bind=started_by)
            assert connection.bound
            connection.unbind()
        assert trusting.verify_mode == ssl.CERT_REQUIRED
        with (
            socket.create_connection((server.host, server.tls_port)) as plain,
            trusting.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted,
        ):
            assert encrypted.version() is not None


def certificates(folder: Path) -> slapd.Tls:
    """A CA's certificate for 127.0.0.1, signed by itself, which serves as its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return slapd.Tls(certificate=pem, key=private, authority=pem)


def test_keeps_its_data_unless_told_otherwise(tmp_path: Path, ldif: Path) -> None:
    folder = tmp_path / "d"
    with slapd.running(folder, settings(ldif=ldif)) as server:
        connection = bound(server, ADMIN, PASSWORD)
        assert connection is not None
        connection.modify(WITNESS, {"cn": [(ldap3.MODIFY_REPLACE, ["Changed"])]})
        connection.unbind()

    with slapd.running(folder, settings()) as server:
        assert attributes(server, READER, "readme")["cn"] == [b"Changed"]
    with slapd.running(folder, settings(ldif=ldif)) as server:
        assert attributes(server, READER, "readme")["cn"] == [b"Witness"]


def test_ends_what_a_killed_predecessor_left_running(tmp_path: Path, ldif: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from demo import slapd\n"
        f"slapd.start(Path(sys.argv[1]), slapd.Settings(suffix={SUFFIX!r}, admin_dn={ADMIN!r}, admin_password='x',"
        " ldif=Path(sys.argv[2]), port=int(sys.argv[3])))\n"
        f"os.kill(os.getpid(), {signal.SIGKILL:d})\n"
    )
    with slapd.running(tmp_path / "other", settings(ldif=ldif)) as server:
        port = server.port
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (PROJECT, PROJECT / "include")))}
    command = [sys.executable, "-c", script, str(tmp_path / "d"), str(ldif), str(port)]
    killed = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    left = int((tmp_path / "d" / "slapd.pid").read_text())

    with slapd.running(tmp_path / "d", settings(ldif=ldif, port=port)) as server:
        assert server.port == port
        assert server.process.pid != left
        assert attributes(server, READER, "readme")


def test_a_port_that_is_taken_is_told(tmp_path: Path, ldif: Path) -> None:
    with (
        slapd.running(tmp_path / "first", settings(ldif=ldif)) as first,
        pytest.raises(FatalError, match=f"port {first.port}"),
    ):
        slapd.start(tmp_path / "second", settings(ldif=ldif, port=first.port))


def test_a_wrong_ldif_is_told_with_slapadds_words(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.ldif"
    wrong.write_text(f"dn: {SUFFIX}\nobjectClass: nonsense\ndc: corp\n")

    with pytest.raises(FatalError, match="nonsense"):
        slapd.start(tmp_path / "d", settings(ldif=wrong))
