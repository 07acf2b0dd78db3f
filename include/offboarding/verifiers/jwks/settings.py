"""What a user may write for a verifier that publishes its keys as a JWKS."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from offboarding.interfaces import Against, HowTested, VerifierSettings
from offboarding.net.urls import checked_url


def _issuer(text: str) -> str:
    if "?" in text:
        raise ValueError("an issuer has no query (OpenID Connect Core, section 2)")
    return checked_url(text)


Url = Annotated[str, AfterValidator(checked_url)]
Issuer = Annotated[str, AfterValidator(_issuer)]
RealmName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class JwksSettings(VerifierSettings):
    """Services that publish the keys they sign with."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "a server over HTTPS")

    issuers: tuple[Issuer, ...] = Field(default=(), description="OpenID issuers, as their discovery page spells them.")
    urls: tuple[Url, ...] = Field(default=(), description="Addresses of a JWKS itself, where there's no discovery.")
    files: Mapping[RealmName, str] = Field(
        default={}, description="JWKS files of this machine: what trusts them -> the path."
    )
    kubernetes: RealmName | None = Field(
        default=None, description="What the cluster is called whose API server `connection` names."
    )
    internal: bool = Field(default=False, description="Addresses that aren't public may be asked.")
    ca_certs_file: str | None = Field(default=None, description="PEM file of the authorities to trust.")
    timeout_seconds: float = Field(default=20, gt=0, le=300, description="For one page.")
    max_kilobytes: int = Field(default=512, ge=1, le=16384, description="A larger JWKS is refused.")

    @model_validator(mode="after")
    def _has_parts(self) -> "JwksSettings":
        parts = self.parts()
        if not parts:
            raise ValueError("name what to read: issuers, urls, files or kubernetes")
        if len(set(parts)) < len(parts):
            raise ValueError("the same place stands twice in issuers, urls, files and kubernetes")
        if bool(self.kubernetes) != bool(self.connection):
            raise ValueError("connection is the API server's for kubernetes: write both, or neither")
        return self

    def parts(self) -> tuple[str, ...]:
        """One a place: an issuer, an address, what a file or a cluster is called."""
        return (*self.issuers, *self.urls, *self.files, *((self.kubernetes,) if self.kubernetes else ()))

    def warnings(self) -> tuple[str, ...]:
        """What is legal and likely not meant."""
        if self.cache_hours == 0:
            return ("cache_hours: 0: verifiers keep a JWKS for a while, and go on trusting a key meanwhile.",)
        return ()
