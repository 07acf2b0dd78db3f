"""What a user may write on CRLs, whichever kind asks them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from offboarding.interfaces import Strict
from offboarding.net.urls import checked_url

CRL_SCHEMES = ("http", "https")
"""A CRL is signed, so it needs no TLS, and most distribution points have none."""


def _place(text: str) -> str:
    return checked_url(text, schemes=CRL_SCHEMES) if "://" in text else text


CrlPlace = Annotated[str, Field(min_length=1), AfterValidator(_place)]


class AskedCrls(Strict):
    """Which CRLs are asked, and how."""

    distribution_points: bool = Field(default=True, description="The CRLs that certificates name are asked for.")
    crls: tuple[CrlPlace, ...] = Field(default=(), description="Other CRLs: addresses, or files of this machine.")
    internal: bool = Field(default=False, description="CRLs may be asked for at addresses that aren't public.")
    ca_certs_file: str | None = Field(default=None, description="PEM file of the authorities to trust for https.")
    timeout_seconds: float = Field(default=20, gt=0, le=300, description="For one CRL.")
    max_kilobytes: int = Field(default=10240, ge=1, le=262144, description="A larger CRL is refused.")

    @property
    def asks(self) -> bool:
        """Whether any CRL is asked at all."""
        return self.distribution_points or bool(self.crls)
