"""AWS accounts whose KMS keys are read."""

from typing import ClassVar

from offboarding.interfaces import Tells
from offboarding.sources.aws._api.settings import RegionsSettings


class Settings(RegionsSettings):
    """AWS accounts whose KMS keys are read."""

    tells: ClassVar[Tells] = "keys"
