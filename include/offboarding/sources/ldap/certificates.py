"""X.509 certificates as `userCertificate` holds them: DER (RFC 4523 2.1)."""

import warnings
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCertificate:
    """A certificate; what is told of it leaves out its subject: who it's for is what the account says."""

    thumbprint: str
    """SHA-256 of its DER, in hex."""
    serial: int
    label: str
    """Serial and issuer, for people."""
    starts_at: datetime
    expires_at: datetime
    parsed: x509.Certificate = field(repr=False)
    """Itself, to look for it on its CRL; it isn't kept."""


class CertificateFormatError(ValueError):
    """A value that is no certificate. The text never holds the value."""


def parse(value: bytes) -> EntryCertificate:
    """The certificate in one attribute value. Raises CertificateFormatError."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what old certificates got wrong
            return _certificate(x509.load_der_x509_certificate(value))
    except Exception as error:
        # The library's own words may quote what it met.
        raise CertificateFormatError("it isn't one X.509 certificate in DER") from error


def _certificate(found: x509.Certificate) -> EntryCertificate:
    issuer = found.issuer.get_attributes_for_oid(NameOID.COMMON_NAME) if found.issuer != found.subject else []
    names = [str(name.value) for name in issuer]
    return EntryCertificate(
        thumbprint=found.fingerprint(SHA256()).hex(),
        serial=found.serial_number,
        label=f"certificate {found.serial_number:X}" + (f" by {names[0]}" if names else ""),
        starts_at=found.not_valid_before_utc,
        expires_at=found.not_valid_after_utc,
        parsed=found,
    )
