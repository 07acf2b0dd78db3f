"""People's certificates on a real directory, their authority, and the web server that holds its CRL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ldap3
from cryptography import x509

from demo import slapd
from offboarding.interfaces import Source
from offboarding.model import AccountRef, Credential, SubjectKind
from tests.support.pki import Authority, CrlServer, Leaf
from tests.systems.ldap.directory import PEOPLE, Told, as_admin, connection, source


@dataclass(kw_only=True)
class Certified:
    """A directory whose people hold certificates of one authority, which revokes them by a CRL."""

    server: slapd.Server
    web: CrlServer
    folder: Path
    authority: Authority = field(default_factory=Authority)

    @property
    def crl(self) -> str:
        """Where certificates say that their CRL lies."""
        return f"{self.web.url}/ca.crl"

    @property
    def issuers(self) -> str:
        """A PEM file with the authority's own certificate."""
        path = self.folder / "root.pem"
        path.write_text(self.authority.root().pem)
        return str(path)

    def holds(self, login: str, *leaves: Leaf) -> None:
        """What stands on an entry from now on."""
        values = [leaf.der for leaf in leaves]
        with as_admin(self.server) as admin:
            admin.modify(f"uid={login},{PEOPLE}", {"userCertificate;binary": [(ldap3.MODIFY_REPLACE, values)]})

    def publishes(self, *revoked: Leaf, number: int = 812, reason: x509.ReasonFlags | None = None) -> None:
        """The CRL that is served from now on."""
        self.web.put("/ca.crl", self.authority.crl(*revoked, number=number, reason=reason))

    def source(self, **revocation: Any) -> Source:
        """The directory as it's configured; the CRL may lie on this machine."""
        return source(connection(self.server), revocation=self.asking(**revocation))

    def asking(self, **changes: Any) -> dict[str, Any]:
        """What a user would write."""
        return {"issuers": [self.issuers], "internal": True} | changes

    def refs(self, *logins: str) -> list[AccountRef]:
        """Whom the store would ask about."""
        told = Told(list(source(connection(self.server)).collect()))
        return [told.ref(login) for login in logins]


def certificates(told: Told) -> Sequence[Credential]:
    """Certificates among what was told."""
    return [each for each in told.credentials if each.kind is SubjectKind.CERTIFICATE]
