"""What a user may write for folders of certificates."""

from typing import ClassVar

from pydantic import Field, model_validator

from offboarding.interfaces import Against, HowTested, Some, VerifierSettings
from offboarding.net.revocation.settings import AskedCrls
from offboarding.verifiers._collected.settings import Collection, Pattern, one_realm_each


class Certificates(Collection):
    """Certificates that somebody trusts: what one service, partner or trust store accepts."""

    files: Some[Pattern] = Field(
        default=("*.pem", "*.crt", "*.cer", "*.der", "*.p7b", "*.p7c"), description="Which files hold certificates."
    )
    checks_revocation: bool = Field(
        default=False, description="Those who trust them look at revocation: then a revoked one is dead."
    )


class X509Settings(VerifierSettings, AskedCrls):
    """Folders of certificates."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "files, CRLs over HTTP")

    collections: tuple[Certificates, ...] = Field(description="Each read by a task of its own.")
    issuers: tuple[str, ...] = Field(
        default=(), description="PEM files with authorities that aren't among the certificates: they sign CRLs."
    )

    @model_validator(mode="after")
    def _collections_differ(self) -> "X509Settings":
        one_realm_each(self.collections, "collections")
        return self

    def parts(self) -> tuple[str, ...]:
        """The collections' realms."""
        return tuple(collection.realm for collection in self.collections)

    def warnings(self) -> tuple[str, ...]:
        """What is legal and likely not meant."""
        return tuple(
            f"collections.{collection.realm}.checks_revocation: no CRL is asked, so nothing shows as revoked."
            for collection in self.collections
            if collection.checks_revocation and not self.asks
        )
