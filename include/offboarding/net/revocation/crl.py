"""A certificate revocation list: whether it may be believed, and what it says (RFC 5280, sections 5 and 6.3)."""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_NOT_ABOUT = "it isn't about certificates like this one. Name a full one in crls"
_KNOWN = (
    x509.AuthorityInformationAccess,
    x509.AuthorityKeyIdentifier,
    x509.CRLNumber,
    x509.DeltaCRLIndicator,
    x509.FreshestCRL,
    x509.IssuerAlternativeName,
    x509.IssuingDistributionPoint,
)
"""Extensions of a CRL that are understood (RFC 5280, 5.2)."""
_KNOWN_OF_ENTRIES = (x509.CRLReason, x509.InvalidityDate)
"""The same of its entries (RFC 5280, 5.3); a certificate issuer is there in indirect CRLs alone."""
_CRITICAL = b"\x01\x01\xff"
"""`critical BOOLEAN TRUE` in DER."""


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
    removed: bool = False
    """A delta CRL's word that it was lifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crl:
    """A list that hasn't been verified yet."""

    place: str
    """Its address or file."""
    parsed: x509.CertificateRevocationList = field(repr=False)
    unusable: str = ""
    """Why nothing it says counts, a clause with the fix; "" where it does."""

    @property
    def is_delta(self) -> bool:
        """Whether it lists what has changed since a full CRL, and no more."""
        return _value(self.parsed, x509.DeltaCRLIndicator) is not None

    @property
    def delta_points(self) -> tuple[str, ...]:
        """The addresses of its delta CRL (RFC 5280, 5.2.6); "" for one that is no address."""
        fresh = _value(self.parsed, x509.FreshestCRL)
        return tuple(addresses(fresh)) if fresh else ()

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

    def believe(
        self,
        certificate: x509.Certificate,
        issuers: Iterable[x509.Certificate],
        as_of: datetime,
        *,
        base: "Crl | None" = None,
    ) -> None:
        """Make sure that it speaks of a certificate, signed by one of its issuers, and isn't over. Raises CrlError.

        `base`: the full CRL, believed already, that it must be a delta of.
        """
        if not self.is_by(certificate.issuer):
            raise CrlError("it's another issuer's. Ask the authority for its CRL")
        if not any(_signed(self.parsed, issuer) for issuer in issuers):
            raise CrlError("its signature isn't that of the certificate's issuer. Ask the authority for its CRL")
        if self.unusable:
            raise CrlError(self.unusable)
        if (self.is_delta and base is None) or _is_indirect(self.parsed):
            raise CrlError("it's a delta or an indirect CRL, which isn't understood. Name a full one in crls")
        if base and not self._extends(base):
            raise CrlError("it's a delta CRL of another full one. See whether the authority still publishes both")
        if any(not _is_about(point, certificate) for point in _points(self.parsed)):
            raise CrlError(_NOT_ABOUT)
        ends = self.parsed.next_update_utc
        if ends is None:
            raise CrlError("it doesn't say until when it holds. Ask the authority for one with nextUpdate")
        if ends <= as_of:
            raise CrlError(
                f"stale CRL: it held until {ends:%Y-%m-%d %H:%M} UTC. See whether the authority still publishes"
            )

    def _extends(self, base: "Crl") -> bool:
        """Whether it's a delta of this full CRL, or of one before it (RFC 5280, 5.2.4)."""
        indicator, full = _value(self.parsed, x509.DeltaCRLIndicator), _value(base.parsed, x509.CRLNumber)
        if indicator is None or full is None or _value(self.parsed, x509.CRLNumber) is None:
            return False
        return indicator.crl_number <= full.crl_number and _points(self.parsed) == _points(base.parsed)

    def is_after(self, other: "Crl") -> bool:
        """Whether it was issued later, by their numbers."""
        own, others = _value(self.parsed, x509.CRLNumber), _value(other.parsed, x509.CRLNumber)
        return bool(own and others and own.crl_number > others.crl_number)

    def lists(self, serial: int) -> x509.RevokedCertificate | None:
        """Its entry with this number. Raises CrlError where the number can't be looked up."""
        try:
            return self.parsed.get_revoked_certificate_by_serial_number(serial)
        except Exception as error:
            # A number below zero is one (RFC 5280, 4.1.2.2 forbids it, and there are some).
            text = "the certificate's number can't be looked up in a CRL"
            raise CrlError(f"{text}. Have the certificate issued anew") from error

    def entry(self, certificate: x509.Certificate) -> CrlEntry | None:
        """What it says of a certificate of its issuer's; None: not revoked. Raises CrlError where that it isn't on it
        says nothing.
        """
        with warnings.catch_warnings(action="ignore"):  # of a number below zero
            found = self.lists(certificate.serial_number)
        if found is None:
            if any(point.only_some_reasons for point in _points(self.parsed)):
                raise CrlError(_NOT_ABOUT)
            return None
        try:
            reason = found.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            return CrlEntry(at=found.revocation_date_utc, reason="", on_hold=False)
        except Exception as error:
            text = "it lists the certificate for a reason that can't be decoded: revoked, or only on hold"
            raise CrlError(f"{text}. Ask the authority which") from error
        removed = reason is x509.ReasonFlags.remove_from_crl
        if removed and not self.is_delta:
            raise CrlError("it lists the certificate as one that was removed. Ask the authority whether it's revoked")
        on_hold = reason is x509.ReasonFlags.certificate_hold
        return CrlEntry(at=found.revocation_date_utc, reason=str(reason.value), on_hold=on_hold, removed=removed)


def read_crl(place: str, body: bytes) -> Crl:
    """A CRL in DER (RFC 5280, 4.2.1.13) or PEM. Raises CrlError."""
    load = x509.load_pem_x509_crl if b"-----BEGIN X509 CRL-----" in body else x509.load_der_x509_crl
    try:
        parsed = load(body)
        # Decoded as far as they are asked for.
        list(parsed.extensions)
    except Exception as error:
        raise CrlError("it's no CRL in DER or PEM, or cut off. See what lies there") from error
    return Crl(place=place, parsed=parsed, unusable=_unusable(parsed))


def _unusable(parsed: x509.CertificateRevocationList) -> str:
    """Why a CRL says nothing: a critical extension of its own or of an entry isn't understood (RFC 5280, 5.2, 5.3)."""
    critical = [each for each in parsed.extensions if each.critical]
    text = "it has a critical extension that isn't understood. Name another CRL in crls"
    if any(not isinstance(each.value, _KNOWN) for each in critical):
        return text
    if parsed.tbs_certlist_bytes.count(_CRITICAL) > len(critical) and any(map(_is_strange, parsed)):
        return text
    return ""


def _is_strange(entry: x509.RevokedCertificate) -> bool:
    try:
        return any(each.critical and not isinstance(each.value, _KNOWN_OF_ENTRIES) for each in entry.extensions)
    except Exception:  # noqa: BLE001 - of an entry that can't be decoded `entry` says so, to whom it's about
        return False


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


def _is_indirect(crl: x509.CertificateRevocationList) -> bool:
    return any(point.indirect_crl for point in _points(crl))


def _is_about(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    """Whether a CRL of this scope lists certificates like this one (RFC 5280, 6.3.3, (b) (2))."""
    others = point.only_contains_user_certs if is_authority(certificate) else point.only_contains_ca_certs
    if others or point.only_contains_attribute_certs:
        return False
    own = _names(point.full_name, point.relative_name, certificate.issuer)
    return not own or bool(own & _distribution_points(certificate))


def _distribution_points(certificate: x509.Certificate) -> set[x509.GeneralName]:
    """The names of the CRLs that a certificate's issuer signs for it; the issuer's own name is one of them."""
    points = _value(certificate, x509.CRLDistributionPoints) or ()
    issuer: x509.GeneralName = x509.DirectoryName(certificate.issuer)
    by_issuer = [point for point in points if not point.crl_issuer or issuer in point.crl_issuer]
    named = (_names(point.full_name, point.relative_name, certificate.issuer) for point in by_issuer)
    return {issuer}.union(*named)


def _names(
    full: Iterable[x509.GeneralName] | None, relative: x509.RelativeDistinguishedName | None, issuer: x509.Name
) -> set[x509.GeneralName]:
    """The names of a distribution point; one that is relative continues the issuer's."""
    return {x509.DirectoryName(x509.Name([*issuer.rdns, relative]))} if relative else set(full or ())


def _points(crl: x509.CertificateRevocationList) -> list[x509.IssuingDistributionPoint]:
    point = _value(crl, x509.IssuingDistributionPoint)
    return [point] if point else []


def _value(holder: x509.CertificateRevocationList | x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    return next((each.value for each in holder.extensions if isinstance(each.value, kind)), None)


def addresses(points: Iterable[x509.DistributionPoint]) -> Iterator[str]:
    """Yield the addresses of distribution points; "" for one that has none."""
    for point in points:
        urls = [name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)]
        yield from urls or ("",)


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may sign certificates (RFC 5280, 4.2.1.9)."""
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False
