"""X.509 signing certificates: what is told of one, and nothing of it kept.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSigningCertificates.html
"""

import warnings
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCertificate:
    """What a certificate says of itself, as far as it's told to people."""

    thumbprint: str
    """SHA-256 over its DER form, in hexadecimals."""
    expires_at: datetime


def read_certificate(body: str) -> SigningCertificate | None:
    """A certificate in PEM; None where the text is none."""
    from cryptography import x509  # noqa: PLC0415 - see interfaces
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - see interfaces

    try:
        with warnings.catch_warnings(action="ignore"):  # of what old certificates got wrong
            certificate = x509.load_pem_x509_certificate(body.encode())
            thumbprint = certificate.fingerprint(SHA256()).hex()
            return SigningCertificate(thumbprint=thumbprint, expires_at=certificate.not_valid_after_utc)
    except Exception:  # noqa: BLE001 - cryptography raises kinds of its own (InvalidVersion), and more with time
        return None
