"""Authorities, certificates and CRLs, made with cryptography; a web server for CRLs; and verifiers that read them."""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.support.usual_read import AS_OF

YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def native_id(self) -> str:
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def private_pem(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass(kw_only=True)
class Authority:
    """Issues certificates and CRLs."""

    name: str = "Corp Signing CA"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def subject(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])

    def root(self, *, signs_crls: bool = True) -> Leaf:
        """Its own certificate."""
        builder = _builder(self.subject, self.subject, self.key.public_key(), AS_OF - YEAR, AS_OF + 10 * YEAR)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_usage(crl_sign=signs_crls), critical=True)
        return Leaf(certificate=builder.sign(self.key, SHA256()), key=self.key)

    def issue(
        self,
        name: str = "login.corp.example",
        *,
        crl: str | None = None,
        starts: datetime = AS_OF - YEAR,
        ends: datetime = AS_OF + YEAR,
        key: ec.EllipticCurvePrivateKey | None = None,
        extension: x509.ExtensionType | None = None,
    ) -> Leaf:
        """A certificate; `crl`: the address of its distribution point."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])
        builder = _builder(subject, self.subject, key.public_key(), starts, ends)
        if crl:
            builder = builder.add_extension(distribution_point(crl), critical=False)
        if extension:
            builder = builder.add_extension(extension, critical=False)
        return Leaf(certificate=builder.sign(self.key, SHA256()), key=key)

    def crl(
        self,
        *revoked: Leaf,
        reason: x509.ReasonFlags | None = None,
        at: datetime = AS_OF - timedelta(hours=1),
        until: datetime = AS_OF + timedelta(days=3),
        signed_by: ec.EllipticCurvePrivateKey | None = None,
        number: int | None = None,
        extension: x509.ExtensionType | None = None,
        of_entries: x509.ExtensionType | None = None,
        delta: str | None = None,
    ) -> bytes:
        """A CRL in DER. Extensions are critical; `delta`: the address of its delta CRL."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.subject).last_update(at).next_update(until)
        for leaf in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(leaf.certificate.serial_number).revocation_date(at)
            if reason:
                entry = entry.add_extension(x509.CRLReason(reason), critical=False)
            if of_entries:
                entry = entry.add_extension(of_entries, critical=True)
            builder = builder.add_revoked_certificate(entry.build())
        if delta:
            fresh = x509.FreshestCRL(list(distribution_point(delta)))
            builder = builder.add_extension(fresh, critical=False)
        if number is not None:
            builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        if extension:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(signed_by or self.key, SHA256()).public_bytes(Encoding.DER)


def distribution_point(*urls: str) -> x509.CRLDistributionPoints:
    """One that names these addresses."""
    names = [x509.UniformResourceIdentifier(url) for url in urls]
    point = x509.DistributionPoint(full_name=names, relative_name=None, reasons=None, crl_issuer=None)
    return x509.CRLDistributionPoints([point])


@dataclass(kw_only=True)
class CrlServer:
    """Serves what it's given, over plain HTTP, as distribution points do."""

    url: str
    pages: dict[str, tuple[int, Mapping[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Returns its address."""
        self.pages[path] = (status, headers, body)
        return f"{self.url}{path}"


@contextmanager
def crl_server() -> Generator[CrlServer]:
    """On a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            status, headers, body = server.pages.get(self.path, (404, {}, b"not here"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base calls it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = CrlServer(url=f"http://127.0.0.1:{http.server_port}")
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, starts: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
    )


def _usage(*, crl_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
