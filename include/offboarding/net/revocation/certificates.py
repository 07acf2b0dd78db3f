"""The certificates in a file: PEM, DER, or a PKCS#7 bundle of them."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from offboarding.custody.thumbprints import PublicKeyError, material_of
from offboarding.net.revocation.crl import addresses, is_authority

# Never over the next beginning: a file of beginnings alone would be read to its end for each.
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(?:(?!-----BEGIN ).)*?-----END \1-----", re.DOTALL)
_BEGIN = re.compile(rb"-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE|PKCS7|CMS)-----")
_BUNDLES = (b"PKCS7", b"CMS")
_LONGEST = 300


class CertificateFileError(ValueError):
    """A file that can't be read whole. The text is a clause with the fix, and holds nothing of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class X509Certificate:
    """A certificate, and what of it is asked for."""

    parsed: x509.Certificate = field(repr=False)
    thumbprint: str
    """SHA-256 of its DER form, in hexadecimals."""
    serial: int
    """Its issuer's number for it; below zero in some."""
    subject: str
    """RFC 4514; its first alternative name where it has no subject, "" where it has neither."""
    issuer: str
    """The issuer's common name, or all of its name."""
    starts_at: datetime
    ends_at: datetime
    material: str
    """"jkt:..." of its public key; "" where that has no such form."""
    algorithm: str
    """Of its key."""
    is_authority: bool
    """It may sign certificates."""
    is_own_issuer: bool
    crl_points: tuple[tuple[str, ...], ...]
    """Each of its distribution points: the addresses of one and the same CRL (RFC 5280, 4.2.1.13), whatever the scheme.
    "" alone: a directory's name, or a CRL that somebody else signs.
    """
    delta_points: tuple[str, ...]
    """The addresses of delta CRLs that it names (RFC 5280, 4.2.1.15); "" for one that is no address."""


def certificates_in(body: bytes) -> Iterator[X509Certificate]:
    """Each certificate of a file. Whatever else a PEM file holds is passed over.

    Raises CertificateFileError after the ones that can be read, wherever they stand.
    """
    problems = list[CertificateFileError]()
    for parsed in _in_pem(body, problems) if _BEGIN.search(body) else _in_der(body):
        try:
            yield certificate_of(parsed)
        except CertificateFileError as error:
            problems.append(error)
    if problems:
        raise problems[0]


def _in_pem(body: bytes, problems: list[CertificateFileError]) -> Iterator[x509.Certificate]:
    blocks = [match for match in _BLOCK.finditer(body) if _BEGIN.match(match[0])]
    for number, block in enumerate(blocks, 1):
        try:
            yield from _in_block(number, block)
        except CertificateFileError as error:
            problems.append(error)
    if len(_BEGIN.findall(body)) > len(blocks):
        problems.append(CertificateFileError("has a BEGIN without its END: it was cut off. Collect it anew"))


def _in_block(number: int, block: re.Match[bytes]) -> list[x509.Certificate]:
    if block[1] == b"TRUSTED CERTIFICATE":
        raise CertificateFileError("holds OpenSSL's TRUSTED form. Convert it: openssl x509 -in FILE")
    try:
        return pkcs7.load_pem_pkcs7_certificates(_as_pkcs7(block[0])) if block[1] in _BUNDLES else _one(block[0])
    except Exception as error:
        # The library's own words may quote what it met.
        raise CertificateFileError(f"block {number} can't be decoded. Collect it anew") from error


def _one(block: bytes) -> list[x509.Certificate]:
    with warnings.catch_warnings(action="ignore"):  # of what old certificates got wrong
        return [x509.load_pem_x509_certificate(block)]


def _as_pkcs7(block: bytes) -> bytes:
    return block.replace(b"-----BEGIN CMS-----", b"-----BEGIN PKCS7-----").replace(
        b"-----END CMS-----", b"-----END PKCS7-----"
    )


def _in_der(body: bytes) -> list[x509.Certificate]:
    with warnings.catch_warnings(action="ignore"):
        try:
            return [x509.load_der_x509_certificate(body)]
        except Exception:  # noqa: BLE001, S110 - whatever it is, it may be the other form
            pass
        try:
            return pkcs7.load_der_pkcs7_certificates(body)
        except Exception as error:
            raise CertificateFileError(
                "holds no certificate in PEM, DER or PKCS#7, or was cut off. Collect it anew, or mend the patterns"
            ) from error


def certificate_of(parsed: x509.Certificate) -> X509Certificate:
    """What is asked of a certificate. Raises CertificateFileError."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return X509Certificate(
                parsed=parsed,
                thumbprint=parsed.fingerprint(SHA256()).hex(),
                serial=parsed.serial_number,
                subject=_plain(_subject(parsed)),
                issuer=_plain(_common_name(parsed.issuer)),
                starts_at=parsed.not_valid_before_utc,
                ends_at=parsed.not_valid_after_utc,
                material=_material(parsed),
                algorithm=_algorithm(parsed),
                is_authority=is_authority(parsed),
                is_own_issuer=parsed.subject == parsed.issuer,
                crl_points=tuple(dict.fromkeys(_crl_points(parsed))),
                delta_points=tuple(dict.fromkeys(_delta_points(parsed))),
            )
    except Exception as error:
        raise CertificateFileError("holds a certificate whose fields can't be decoded. Have it issued anew") from error


def _plain(text: str) -> str:
    """For labels and names: what a certificate says, without what no text of ours may hold (NUL, line ends)."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _subject(parsed: x509.Certificate) -> str:
    if parsed.subject.rdns:
        return parsed.subject.rfc4514_string()
    try:
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    return next((str(getattr(name, "value", "")) for name in names), "")


def _common_name(name: x509.Name) -> str:
    named = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else name.rfc4514_string()


def _material(parsed: x509.Certificate) -> str:
    try:
        return material_of(parsed.public_key())
    except (PublicKeyError, UnsupportedAlgorithm, ValueError):
        return ""


def _algorithm(parsed: x509.Certificate) -> str:
    try:
        key = parsed.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return parsed.public_key_algorithm_oid.dotted_string
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA_{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC_{key.curve.name}"
    return type(key).__name__.removesuffix("PublicKey").lstrip("_")


def _crl_points(parsed: x509.Certificate) -> Iterator[tuple[str, ...]]:
    try:
        points = parsed.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return
    for point in points:
        names = point.full_name or ()
        urls = tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
        yield ("",) if point.crl_issuer or not urls else urls


def _delta_points(parsed: x509.Certificate) -> Iterator[str]:
    try:
        yield from addresses(parsed.extensions.get_extension_for_class(x509.FreshestCRL).value)
    except x509.ExtensionNotFound:
        return
