"""A certificate revocation list: whether it may be believed, and what it says (RFC 5280, sections 5 and 6.3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes


class CrlError(ValueError):
    """It says nothing that may be believed. The text is a clause with the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlEntry:
    """An entry of a CRL."""

    at: datetime
    reason: str
    """"" where it gives none."""
    on_hold: bool
    """It may be lifted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crl:
    """A list that hasn't been verified yet."""

    place: str
    """Its address or file."""
    parsed: x509.CertificateRevocationList = field(repr=False)

    @property
    def validity(self) -> timedelta:
        """For how long others may keep it."""
        ends = self.parsed.next_update_utc
        return ends - self.parsed.last_update_utc if ends else timedelta(0)

    @property
    def told(self) -> str:
        """Which one it is, for people: by its number, where it has one, and its day."""
        at = f"{self.parsed.last_update_utc:%Y-%m-%d %H:%M} UTC"
        numbers = [each.value.crl_number for each in self.parsed.extensions if isinstance(each.value, x509.CRLNumber)]
        return f"CRL number {numbers[0]} of {at}" if numbers else f"the CRL of {at}"

    def is_signed_by(self, authority: x509.Certificate) -> bool:
        """Whether this authority's key signed it."""
        return _signed(self.parsed, authority)

    def is_by(self, issuer: x509.Name) -> bool:
        """Whether it bears this name."""
        return self.parsed.issuer == issuer

    def believe(self, certificate: x509.Certificate, issuers: Iterable[x509.Certificate], as_of: datetime) -> None:
        """Make sure that it speaks of a certificate, signed by one of its issuers, and isn't over. Raises CrlError."""
        if not self.is_by(certificate.issuer):
            raise CrlError("it's another issuer's. Ask the authority for its CRL")
        if not any(_signed(self.parsed, issuer) for issuer in issuers):
            raise CrlError("its signature isn't that of the certificate's issuer. Ask the authority for its CRL")
        if _is_delta(self.parsed) or _is_indirect(self.parsed):
            raise CrlError("it's a delta or an indirect CRL, which isn't understood. Name a full one in crls")
        ends = self.parsed.next_update_utc
        if ends is None:
            raise CrlError("it doesn't say until when it holds. Ask the authority for one with nextUpdate")
        if ends <= as_of:
            raise CrlError(
                f"stale CRL: it held until {ends:%Y-%m-%d %H:%M} UTC. See whether the authority still publishes"
            )

    def entry(self, certificate: x509.Certificate) -> CrlEntry | None:
        """What it says of a certificate of its issuer's; None: not revoked. Raises CrlError where that it isn't on it
        says nothing.
        """
        found = self.parsed.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if found is None:
            if any(_leaves_out(point, certificate) for point in _points(self.parsed)):
                raise CrlError("it isn't about certificates like this one. Name a full one in crls")
            return None
        try:
            reason = found.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            return CrlEntry(at=found.revocation_date_utc, reason="", on_hold=False)
        except Exception as error:
            text = "it lists the certificate for a reason that can't be decoded: revoked, or only on hold"
            raise CrlError(f"{text}. Ask the authority which") from error
        on_hold = reason is x509.ReasonFlags.certificate_hold
        return CrlEntry(at=found.revocation_date_utc, reason=str(reason.value), on_hold=on_hold)


def read_crl(place: str, body: bytes) -> Crl:
    """A CRL in DER (RFC 5280, 4.2.1.13) or PEM. Raises CrlError."""
    load = x509.load_pem_x509_crl if b"-----BEGIN X509 CRL-----" in body else x509.load_der_x509_crl
    try:
        parsed = load(body)
        # Decoded as far as they are asked for.
        list(parsed.extensions)
    except Exception as error:
        raise CrlError("it's no CRL in DER or PEM, or cut off. See what lies there") from error
    return Crl(place=place, parsed=parsed)


def may_sign_crls(certificate: x509.Certificate) -> bool:
    """Whether an authority's own certificate lets it (RFC 5280, 4.2.1.3 and 4.2.1.9)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.crl_sign


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether this issuer's key signed a certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001 - by name, kind of key and signature, each an exception of its own kind
        return False
    return True


def _signed(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        key = issuer.public_key()
        return isinstance(key, CertificateIssuerPublicKeyTypes) and crl.is_signature_valid(key)
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return False


def _is_delta(crl: x509.CertificateRevocationList) -> bool:
    return any(isinstance(extension.value, x509.DeltaCRLIndicator) for extension in crl.extensions)


def _is_indirect(crl: x509.CertificateRevocationList) -> bool:
    return any(point.indirect_crl for point in _points(crl))


def _leaves_out(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    """Whether a CRL of this scope lists no certificate like this one, or not all reasons (RFC 5280, 5.2.5)."""
    others = point.only_contains_user_certs if is_authority(certificate) else point.only_contains_ca_certs
    return others or point.only_contains_attribute_certs or bool(point.only_some_reasons)


def _points(crl: x509.CertificateRevocationList) -> list[x509.IssuingDistributionPoint]:
    return [each.value for each in crl.extensions if isinstance(each.value, x509.IssuingDistributionPoint)]


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may sign certificates (RFC 5280, 4.2.1.9)."""
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False
