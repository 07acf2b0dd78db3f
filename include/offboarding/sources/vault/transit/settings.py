"""A Vault cluster."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import (
    Against,
    HowTested,
    Some,
    SourceSettings,
    Tells,
)


class Settings(SourceSettings):
    """A Vault cluster."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "OpenBao")

    tells: ClassVar[Tells] = "keys"

    mounts: Some[str] = Field(default=("transit",), description="Where the transit engines are mounted.")
    access: bool = Field(default=True, description="Whom the policies let use or take a key is read, too.")
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
