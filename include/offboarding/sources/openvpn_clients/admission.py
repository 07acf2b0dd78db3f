"""Whether a server lets a certificate in, as OpenVPN 2.6 decides it (ssl_verify.c, ssl_openssl.c), step by step.

The tests hold this to the real one: tests/systems/openvpn_clients/test_openvpn_servers.py.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from offboarding.model import Standing
from offboarding.net.revocation.crl import CrlError, issued
from offboarding.sources.openvpn_clients.collection import file_of
from offboarding.sources.openvpn_clients.issued import IssuedCertificate, authority_id
from offboarding.sources.openvpn_clients.server import VpnServer

_CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
Verdict = tuple[Standing, str]
_WORST = (Standing.WORKS, Standing.UNKNOWN, Standing.DEAD)


def judged(
    servers: Sequence[VpnServer], certificate: IssuedCertificate, others: Sequence[x509.Certificate], as_of: datetime
) -> Verdict:
    """What is said of a certificate: as good as the best of a machine's servers. `others`: authorities that no server
    need trust.
    """
    if certificate.ends_at <= as_of:
        return Standing.DEAD, f"OpenVPN: it ended on {certificate.ends_at:%Y-%m-%d}"
    asking = [server for server in servers if server.asks_certificate or server.odd]
    if not asking:
        return Standing.UNKNOWN, "OpenVPN: no server here asks for certificates; a script or plugin decides"
    verdicts = [_by(server, certificate, others, as_of) for server in asking]
    best = min(verdicts, key=lambda verdict: _WORST.index(verdict[0]))
    reasons = dict.fromkeys(reason for standing, reason in verdicts if standing is best[0])
    return best[0], f"OpenVPN: {'; '.join(reasons)}"


def _by(
    server: VpnServer, certificate: IssuedCertificate, others: Sequence[x509.Certificate], as_of: datetime
) -> Verdict:
    unknown, path = Standing.UNKNOWN, server.path
    if server.odd:
        return unknown, f"whom {path} lets in can't be told: {server.odd[0]}"
    for standing, reason in _refusals(server, certificate, others, as_of):
        return standing, reason
    if certificate.parsed is None:
        return unknown, f"{path} would let it in if it's for clients, which the index alone doesn't say"
    if server.more:
        return unknown, f"{path} takes the certificate, and then asks by {', '.join(server.more)}, which isn't read"
    if not server.runs:
        return unknown, f"{path} isn't running, and lets it in when it starts"
    return Standing.WORKS, f"{path} lets it in{_although(server, certificate)}"


def _although(server: VpnServer, certificate: IssuedCertificate) -> str:
    if certificate.revoked_at is None:
        return ""
    revoked = f", although its authority revoked it on {certificate.revoked_at:%Y-%m-%d}"
    return (
        f"{revoked}: {'what it asks by crl-verify does not list it' if server.asks else 'it asks no CRL (crl-verify)'}"
    )


def _refusals(
    server: VpnServer, certificate: IssuedCertificate, others: Sequence[x509.Certificate], as_of: datetime
) -> Iterator[Verdict]:
    """Yield why it isn't let in, or why that can't be told; the first decides."""
    path, dead, unknown = server.path, Standing.DEAD, Standing.UNKNOWN
    if certificate.parsed and not _fits_clients(certificate.parsed):
        yield dead, f"{path} refuses it: it isn't for clients (extended key usage)"
    authority = _authority(server, certificate)
    if authority is None:
        if any(_is_root(each, certificate) for each in others):
            yield dead, f"{path} doesn't trust its authority"
        yield unknown, f"its authority isn't among those of {path}, which a client may bring along"
        return
    yield from _chained(server, authority, certificate.serial, as_of)
    if server.for_clients_only and certificate.parsed and not _says_client(certificate.parsed):
        yield dead, f"{path} refuses it: it doesn't say that it's for clients (remote-cert-tls)"
    yield from _named(server, certificate)
    if certificate.starts_at and certificate.starts_at > as_of:
        yield unknown, f"it begins on {certificate.starts_at:%Y-%m-%d}, and {path} lets nobody in by it before"


def _authority(server: VpnServer, certificate: IssuedCertificate) -> x509.Certificate | None:
    named = server.issued_by(certificate.issuer)
    parsed = certificate.parsed
    return next((each for each in named if parsed is None or issued(each, parsed)), None)


def _is_root(authority: x509.Certificate, certificate: IssuedCertificate) -> bool:
    """Whether it issued the certificate and is nobody's: no client can bring along what leads from it to another."""
    mine = authority.subject == authority.issuer and authority_id(authority.subject) == certificate.issuer
    return mine and (certificate.parsed is None or issued(authority, certificate.parsed))


def _chained(server: VpnServer, authority: x509.Certificate, serial: int, as_of: datetime) -> Iterator[Verdict]:
    """Yield what the authority, and those above it, say of what stands below."""
    path, unknown = server.path, Standing.UNKNOWN
    seen: list[x509.Certificate] = []
    while True:
        yield from _revoked(server, authority, serial, as_of)
        if not authority.not_valid_before_utc <= as_of < authority.not_valid_after_utc:
            yield unknown, f"{path} lets nobody in: its authority's certificate is over, or hasn't begun"
        if authority.subject == authority.issuer:
            return
        seen.append(authority)
        above = [each for each in server.authorities if each not in seen and issued(each, authority)]
        if not above:
            yield unknown, f"{path} doesn't hold who issued its authority"
            return
        authority, serial = above[0], authority.serial_number


def _revoked(server: VpnServer, authority: x509.Certificate, serial: int, as_of: datetime) -> Iterator[Verdict]:
    path, dead, unknown = server.path, Standing.DEAD, Standing.UNKNOWN
    if server.asks == "directory" and serial in server.revoked:
        yield dead, f"{path} refuses it: its number lies in the folder of revoked ones (crl-verify dir)"
    if server.asks != "file":
        return
    if not server.crls:
        yield unknown, f"{path} lets nobody in while its file of CRLs holds none, and may again once it holds one"
    mine = [crl for crl in server.crls if crl.is_by(authority.subject)]
    signed = [crl for crl in mine if crl.is_signed_by(authority)]
    try:
        if len(signed) == len(mine) == 1 and signed[0].lists(serial):
            yield dead, f"{path} refuses it: {signed[0].told} lists it"
    except CrlError as error:
        yield unknown, f"{path} may refuse it: {error}"
    if len(mine) > 1:
        yield unknown, f"{path} holds several CRLs of one authority: leave the newest"
    if len(signed) < len(mine):
        yield unknown, f"{path} lets nobody in while its CRL isn't signed by the authority, and may again once it is"
    for crl in signed:
        ends = crl.parsed.next_update_utc
        if crl.parsed.last_update_utc > as_of or (ends is not None and ends <= as_of):
            yield (
                unknown,
                f"{path} lets nobody in while its CRL is over (before OpenVPN 2.4 it did), and does with a newer",
            )


def _named(server: VpnServer, certificate: IssuedCertificate) -> Iterator[Verdict]:
    """Yield what `client-config-dir` says: a file of the client's name, else DEFAULT."""
    path, dead, unknown = server.path, Standing.DEAD, Standing.UNKNOWN
    if not (server.by_name and certificate.common_name):
        if server.exclusive or any(state != "plain" for state in server.clients.values()):
            calls = f"{path} calls clients otherwise than by their certificates' common name"
            yield unknown, f"{path} asks by the common name, which isn't known" if server.by_name else calls
        return
    state = server.clients.get(file_of(certificate.common_name))
    if state is None and server.exclusive:
        yield dead, f"{path} refuses it: client-config-dir holds no file of its name (ccd-exclusive)"
    state = state or server.clients.get("DEFAULT")
    if state == "disabled":
        yield dead, f"{path} refuses it: `disable` stands in client-config-dir"
    if state == "odd":
        yield unknown, f"{path} asks a file of client-config-dir that names another, which isn't read"


def _fits_clients(certificate: x509.Certificate) -> bool:
    """Whether OpenSSL takes it for a client's: without extended usages it may be for anything."""
    usages = _usages(certificate)
    return usages is None or any(usage in usages for usage in _CLIENT)


def _says_client(certificate: x509.Certificate) -> bool:
    """`remote-cert-tls client`: both usages are there, and the extended one says so (its manual)."""
    usages = _usages(certificate)
    try:
        certificate.extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        return False
    return usages is not None and ExtendedKeyUsageOID.CLIENT_AUTH in usages


def _usages(certificate: x509.Certificate) -> x509.ExtendedKeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return None
