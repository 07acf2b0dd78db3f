"""Which certificates an authority issued, by what it keeps: an index as openssl's `ca` writes it, and certificates."""

import base64
import binascii
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from offboarding.net.revocation.crl import is_authority, issued
from offboarding.sources.openvpn_clients.collection import ToldFolder

_FIELD = re.compile(r"/(?=[A-Za-z][A-Za-z0-9.]*=)")
_ESCAPED = re.compile(r"(?:\\x[89A-F][0-9A-F])+")
"""How openssl writes what isn't ASCII (X509_NAME_oneline)."""
_SERIAL = re.compile(r"[0-9A-Fa-f]{1,64}")
_MAIL_FIELDS = ("emailAddress", "mail", "MAIL")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """A certificate of a client's, or of whoever else has one of that authority."""

    issuer: str
    """Which authority, made of its name: that and the number are a certificate's own (RFC 5280, 4.1.2.2)."""
    serial: int
    common_name: str = ""
    mails: tuple[str, ...] = ()
    ends_at: datetime
    starts_at: datetime | None = None
    revoked_at: datetime | None = None
    """By the authority's own word, which no server asks for."""
    parsed: x509.Certificate | None = field(default=None, repr=False)
    """None where the index alone tells of it."""

    @property
    def native_id(self) -> str:
        """Of the account."""
        return f"{self.issuer}:{self.serial:x}"


@dataclass(slots=True, kw_only=True)
class Issued:
    """All that was collected."""

    certificates: dict[str, IssuedCertificate] = field(default_factory=dict[str, IssuedCertificate])
    """By native id."""
    authorities: list[x509.Certificate] = field(default_factory=list[x509.Certificate])
    indexed: set[tuple[str, bytes]] = field(default_factory=set[tuple[str, bytes]])
    """Authorities whose index lies here, by name and key."""
    odd: list[str] = field(default_factory=list[str])
    """Clauses, each with its fix, on what can't be read."""
    twice: set[str] = field(default_factory=set[str])
    """Native ids that two certificates have."""

    def tell_of(self, authority: x509.Certificate) -> bool:
        """Whether any of it was issued by this authority, and not by another of its name with another key."""
        return _named_key(authority) in self.indexed or any(
            each.parsed is not None and issued(authority, each.parsed) for each in self.certificates.values()
        )


def authority_id(name: x509.Name) -> str:
    """What tells an authority from others, for ids."""
    digest = Hash(SHA256())
    digest.update(name.public_bytes())
    return digest.finalize().hex()[:32]


def certificate_in(encoded: str) -> x509.Certificate:
    """From base64 of DER. Raises ValueError."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what old certificates got wrong
            return x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except (binascii.Error, TypeError) as error:
        raise ValueError from error


def issued_in(folders: Iterable[ToldFolder]) -> Issued:
    """What these folders tell together: the same certificate often lies in several."""
    found = Issued()
    for folder in folders:
        _add_folder(found, folder)
    return found


def _add_folder(found: Issued, folder: ToldFolder) -> None:
    authorities = [each for each, signs in _parsed(found, folder, folder.authorities) if signs]
    issuers = {authority_id(each.subject) for each in authorities}
    found.authorities += authorities
    found.odd += folder.odd
    for certificate, signs in _parsed(found, folder, folder.certificates):
        if signs:
            found.authorities.append(certificate)
        else:
            _add(found, folder, certificate)
    lines = [line for line in folder.index if line.strip()]
    if lines and len(issuers) == 1:
        (issuer,) = issuers
        found.indexed |= {_named_key(each) for each in authorities}
        for number, line in enumerate(lines, 1):
            _add_line(found, f"line {number} of {folder.path}/index.txt", issuer, line)
    elif lines:
        found.odd.append(
            f"whose index {folder.path}/index.txt is can't be told: put the authority's certificate beside it as ca.crt"
        )


def _parsed(found: Issued, folder: ToldFolder, encoded: Iterable[str]) -> Iterator[tuple[x509.Certificate, bool]]:
    """Yield each, and whether it may sign others."""
    for text in encoded:
        try:
            certificate = certificate_in(text)
            signs = is_authority(certificate)
        except Exception:  # noqa: BLE001 - its extensions are decoded as they are asked for, with errors of their own
            found.odd.append(f"a certificate in {folder.path} can't be read: have it issued anew, or take it out")
        else:
            yield certificate, signs


def _named_key(authority: x509.Certificate) -> tuple[str, bytes]:
    try:
        key = authority.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (UnsupportedAlgorithm, ValueError):
        key = authority.public_bytes(Encoding.DER)
    return authority_id(authority.subject), key


def _add(found: Issued, folder: ToldFolder, certificate: x509.Certificate) -> None:
    try:
        made = _of(certificate)
    except Exception:  # noqa: BLE001 - its fields are decoded as they are asked for, each with errors of its own
        found.odd.append(f"a certificate in {folder.path} can't be read: have it issued anew, or take it out")
        return
    known = found.certificates.get(made.native_id)
    if known and known.parsed and known.parsed != certificate:
        found.twice.add(made.native_id)
    found.certificates[made.native_id] = replace(made, revoked_at=known.revoked_at if known else None)


def _of(certificate: x509.Certificate) -> IssuedCertificate:
    subject = certificate.subject
    mails = [str(each.value) for each in subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)]
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        mails += names.get_values_for_type(x509.RFC822Name)
    except x509.ExtensionNotFound:
        pass
    return IssuedCertificate(
        issuer=authority_id(certificate.issuer),
        serial=certificate.serial_number,
        common_name=_common_name(subject),
        mails=tuple(dict.fromkeys(mails)),
        starts_at=certificate.not_valid_before_utc,
        ends_at=certificate.not_valid_after_utc,
        parsed=certificate,
    )


def _common_name(subject: x509.Name) -> str:
    """The last one, as OpenVPN takes it (extract_x509_field_ssl)."""
    named = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[-1].value) if named else ""


def _add_line(found: Issued, where: str, issuer: str, line: str) -> None:
    try:
        made = _indexed(issuer, line)
    except (ValueError, IndexError):
        found.odd.append(f"{where} isn't as openssl writes it: mend it")
        return
    known = found.certificates.get(made.native_id)
    found.certificates[made.native_id] = replace(known, revoked_at=made.revoked_at) if known else made


def _indexed(issuer: str, line: str) -> IssuedCertificate:
    """A line of an index: V, R or E, its end, when and why it was revoked, its number, a file, its subject."""
    state, ends, revoked, serial, _, subject = line.split("\t")
    if state not in ("V", "R", "E") or not _SERIAL.fullmatch(serial) or (state == "R") != bool(revoked):
        raise ValueError
    fields = [part.partition("=") for part in _FIELD.split(_ESCAPED.sub(_letters, subject))[1:]]
    return IssuedCertificate(
        issuer=issuer,
        serial=int(serial, 16),
        common_name=next((value for name, _, value in reversed(fields) if name == "CN"), ""),
        mails=tuple(dict.fromkeys(value for name, _, value in fields if name in _MAIL_FIELDS and value)),
        ends_at=_moment(ends),
        revoked_at=_moment(revoked.partition(",")[0]) if revoked else None,
    )


def _letters(escaped: re.Match[str]) -> str:
    try:
        return bytes.fromhex(escaped[0].replace("\\x", "")).decode("utf-8")
    except UnicodeDecodeError:
        return escaped[0]


def _moment(text: str) -> datetime:
    """UTCTime or GeneralizedTime (RFC 5280, 4.1.2.5)."""
    if len(text) == len("YYMMDDHHMMSSZ"):
        text = f"{'19' if text[:2] >= '50' else '20'}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
