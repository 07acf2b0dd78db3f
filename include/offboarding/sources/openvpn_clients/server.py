"""What a server goes by: its options as OpenVPN 2.6 means them, its authorities and its CRLs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from offboarding.net.revocation.crl import Crl, CrlError, read_crl
from offboarding.sources.openvpn_clients.collection import ToldServer
from offboarding.sources.openvpn_clients.issued import authority_id, certificate_in

_SERVES = ("server", "server-bridge", "tls-server", "secret")
_UNREAD = {
    "capath": "it takes authorities and CRLs from a folder (capath)",
    "pkcs12": "its authorities are in a file beside its key (pkcs12)",
    "pkcs11-id": "its own certificate is on a token (pkcs11-id)",
    "peer-fingerprint": "it lets in by a list of fingerprints (peer-fingerprint)",
    "config": "its configuration names another (config)",
}
"""Options by which others may get in, or not, than what is read says."""
_ASKS_MORE = (
    "auth-user-pass-verify",
    "plugin",
    "management-client-auth",
    "tls-verify",
    "tls-crypt-v2-verify",
    "client-connect",
    "verify-x509-name",
    "tls-remote",
    "remote-cert-ku",
    "remote-cert-eku",
    "ns-cert-type",
)
"""Options that may refuse whoever has a certificate that's good."""


@dataclass(slots=True, kw_only=True)
class VpnServer:
    """A configuration that somebody may get in by."""

    path: str
    runs: bool
    static_key: bool
    """Whoever has the file that it shares with others gets in (`secret`)."""
    asks_certificate: bool
    passwords_alone: bool
    """Somebody may get in without a certificate."""
    authorities: list[x509.Certificate] = field(default_factory=list[x509.Certificate])
    asks: str
    """What it asks for revocations: "file", "directory" or nothing."""
    crls: list[Crl] = field(default_factory=list[Crl])
    revoked: set[int]
    clients: Mapping[str, str]
    exclusive: bool
    """Only those whose name is among `clients`."""
    by_name: bool
    """What it calls a client is the certificate's common name."""
    connected: Mapping[str, datetime]
    """Whom it has, by what it calls them, as of when."""
    for_clients_only: bool
    more: tuple[str, ...]
    """Options that may refuse a good certificate, and ask somebody else."""
    odd: tuple[str, ...]
    """Why it can't be told whom it lets in."""

    def issued_by(self, issuer: str) -> list[x509.Certificate]:
        """Its authorities of this id."""
        return [each for each in self.authorities if authority_id(each.subject) == issuer]


def served(server: ToldServer) -> VpnServer | None:
    """What a configuration means; None for a client's."""
    words = {option[0]: option[1:] for option in server.options}
    mode = words.get("mode", ("",))[:1]
    serves = mode == ("server",) or any(word in words for word in _SERVES)
    if "client" in words or "tls-client" in words or not (server.odd or serves):
        return None
    verify = words.get("verify-client-cert", ("require",))[:1]
    verify = ("none",) if "client-cert-not-required" in words else verify
    odd = [*server.odd, *(said for word, said in _UNREAD.items() if word in words)]
    if verify not in (("none",), ("optional",), ("require",)):
        odd.append("its verify-client-cert isn't known here")
    odd += [f"its {what} was written after it began: restart it" for what in server.changed]
    authorities, crls = _certificates(server, odd), _crls(server, odd)
    return VpnServer(
        path=server.path,
        runs=server.runs,
        static_key="secret" in words,
        asks_certificate=verify != ("none",) and "secret" not in words,
        passwords_alone=verify != ("require",) and "secret" not in words,
        authorities=authorities,
        asks=server.asks,
        crls=crls,
        revoked=server.revoked,
        clients=server.clients if "client-config-dir" in words else {},
        exclusive="ccd-exclusive" in words,
        by_name="username-as-common-name" not in words and "x509-username-field" not in words,
        connected=server.connected,
        for_clients_only=words.get("remote-cert-tls", ("",))[:1] == ("client",),
        more=tuple(word for word in _ASKS_MORE if word in words),
        odd=tuple(odd),
    )


def _certificates(server: ToldServer, odd: list[str]) -> list[x509.Certificate]:
    try:
        return [certificate_in(text) for text in server.authorities]
    except ValueError:
        odd.append("a certificate of its ca can't be read")
        return []


def _crls(server: ToldServer, odd: list[str]) -> list[Crl]:
    try:
        return [
            read_crl(server.path, f"-----BEGIN X509 CRL-----\n{text}\n-----END X509 CRL-----\n".encode())
            for text in server.crls
        ]
    except CrlError:
        odd.append("its CRL can't be read")
        return []
