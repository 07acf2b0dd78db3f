"""Authorities: those that the configuration names, and those that lie among the certificates."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509

from offboarding.model.errors import ConfigError
from offboarding.net import plain_file
from offboarding.net.revocation.certificates import CertificateFileError, X509Certificate, certificates_in
from offboarding.net.revocation.crl import issued, may_sign_crls

"""Relative paths start there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuers:
    """Who may have signed a certificate, and its CRL."""

    by_subject: Mapping[x509.Name, Sequence[X509Certificate]]
    trusted: frozenset[str]
    """Thumbprints of those that the configuration names."""

    @classmethod
    def of(cls, named: Sequence[X509Certificate], others: Sequence[X509Certificate] = ()) -> "Issuers":
        """Those that the configuration names; others count only where they may sign CRLs."""
        by_subject = defaultdict[x509.Name, list[X509Certificate]](list)
        for certificate in (*named, *others):
            by_subject[certificate.parsed.subject].append(certificate)
        return cls(by_subject=by_subject, trusted=frozenset(certificate.thumbprint for certificate in named))

    def who_signed(self, certificate: X509Certificate) -> list[x509.Certificate]:
        """Those whose key signed it, and whose word on it counts."""
        return [
            issuer.parsed
            for issuer in self.by_subject.get(certificate.parsed.issuer, ())
            if (issuer.thumbprint in self.trusted or (issuer.is_authority and may_sign_crls(issuer.parsed)))
            and issued(issuer.parsed, certificate.parsed)
        ]


def read_issuers(where: str, paths: Sequence[str]) -> list[X509Certificate]:
    """The certificates in these files. `where`: the setting's path. Raises ConfigError."""
    found: list[X509Certificate] = []
    for path in paths:
        try:
            found += certificates_in((plain_file.PROJECT / path).read_bytes())
        except OSError as error:
            raise ConfigError(f"{where}: {path} can't be read ({error.strerror}). Mend the path.") from error
        except CertificateFileError as error:
            raise ConfigError(f"{where}: {path} {error}.") from error
    return found
