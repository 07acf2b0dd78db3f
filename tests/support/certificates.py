"""People's certificates, as directories hold them."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

SERIAL = 0x1234ABCD
STARTS = datetime(2025, 1, 1, tzinfo=UTC)
ENDS = datetime(2099, 1, 1, tzinfo=UTC)
ENDED = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(
    subject: str = "Alice Kim", issuer: str = "Corp CA", *, starts: datetime = STARTS, ends: datetime = ENDS
) -> bytes:
    """A certificate in DER; the same name twice makes a self-signed one."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(SERIAL)
        .not_valid_before(starts)
        .not_valid_after(ends)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
