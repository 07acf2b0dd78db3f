"""AWS accounts whose KMS keys are read."""

from typing import ClassVar

from offboarding.interfaces import Against, HowTested, Tells
from offboarding.sources.aws._api.settings import RegionsSettings


class Settings(RegionsSettings):
    """AWS accounts whose KMS keys are read."""

    tested: ClassVar[HowTested] = HowTested(
        Against.EMULATOR,
        "moto, behind a proxy that refuses and limits as AWS does",
    )

    tells: ClassVar[Tells] = "keys"
