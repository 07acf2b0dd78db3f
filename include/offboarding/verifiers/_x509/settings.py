"""What a user may write for folders of certificates."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from include.offboarding.interfaces import VerifierSettings
from include.offboarding.verifiers._collected.settings import Collection, Pattern, one_realm_each
from include.offboarding.verifiers._web.urls import checked_url

CRL_SCHEMES = ("http", "https")
"""A CRL is signed, so it needs no TLS, and most distribution points have none."""


def _place(text: str) -> str:
    return checked_url(text, schemes=CRL_SCHEMES) if "://" in text else text


CrlPlace = Annotated[str, Field(min_length=1), AfterValidator(_place)]


class Certificates(Collection):
    """Certificates that somebody trusts: what one service, partner or trust store accepts."""

    files: tuple[Pattern, ...] = Field(
        default=("*.pem", "*.crt", "*.cer", "*.der", "*.p7b", "*.p7c"), description="Which files hold certificates."
    )
    checks_revocation: bool = Field(
        default=False, description="Those who trust them look at revocation: then a revoked one is dead."
    )


class X509Settings(VerifierSettings):
    """Folders of certificates."""

    collections: tuple[Certificates, ...] = Field(description="Each read by a task of its own.")
    distribution_points: bool = Field(default=True, description="The CRLs that certificates name are asked for.")
    crls: tuple[CrlPlace, ...] = Field(default=(), description="Other CRLs: addresses, or files of this machine.")
    issuers: tuple[str, ...] = Field(
        default=(), description="PEM files with authorities that aren't among the certificates: they sign CRLs."
    )
    internal: bool = Field(default=False, description="CRLs may be asked for at addresses that aren't public.")
    ca_certs_file: str | None = Field(default=None, description="PEM file of the authorities to trust for https.")
    timeout_seconds: float = Field(default=20, gt=0, le=300, description="For one CRL.")
    max_kilobytes: int = Field(default=10240, ge=1, le=262144, description="A larger CRL is refused.")

    @model_validator(mode="after")
    def _collections_differ(self) -> "X509Settings":
        one_realm_each(self.collections, "collections")
        return self

    def parts(self) -> tuple[str, ...]:
        """The collections' realms."""
        return tuple(collection.realm for collection in self.collections)

    def warnings(self) -> tuple[str, ...]:
        """What is legal and likely not meant."""
        asked = self.distribution_points or self.crls
        return tuple(
            f"collections.{collection.realm}.checks_revocation: no CRL is asked, so nothing shows as revoked."
            for collection in self.collections
            if collection.checks_revocation and not asked
        )
