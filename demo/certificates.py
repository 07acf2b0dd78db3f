"""Certificates for the demo's servers, made for one start: the checker insists on verified TLS, here too."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from demo.slapd import Tls

HOST = "127.0.0.1"
VALID_DAYS = 30


def make_certificate(folder: Path, *, names: Iterable[str] = ()) -> Tls:
    """An authority that signs one certificate for 127.0.0.1 and these names, both new; the authority's key is kept
    nowhere.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _builder("demo authority", authority_key.public_key(), "demo authority")
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    # Python 3.13 refuses an authority without it.
    authority = authority.add_extension(_usage(certificates=True), critical=True)
    key = ec.generate_private_key(ec.SECP256R1())
    server = _builder("demo directory", key.public_key(), "demo authority")
    alternatives = [x509.IPAddress(ip_address(HOST)), *map(x509.DNSName, names)]
    server = server.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    server = server.add_extension(_usage(certificates=False), critical=True)
    server = server.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    server = server.add_extension(key_id, critical=False)
    files = Tls(certificate=folder / "directory.pem", key=folder / "directory.key", authority=folder / "authority.pem")
    files.authority.write_bytes(authority.sign(authority_key, SHA256()).public_bytes(Encoding.PEM))
    files.certificate.write_bytes(server.sign(authority_key, SHA256()).public_bytes(Encoding.PEM))
    files.key.touch(mode=0o600)
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _builder(subject: str, key: ec.EllipticCurvePublicKey, issuer: str) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
