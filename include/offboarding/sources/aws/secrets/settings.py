"""What a user may write for `kind: aws_secrets`."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Some, Tells, Words
from offboarding.sources.aws._api.settings import RegionsSettings


class SecretSettings(RegionsSettings):
    """AWS accounts whose secrets and parameters are read."""

    tells: ClassVar[Tells] = "keys"

    parameters: bool = Field(default=True, description="Whether SecureStrings of the Parameter Store are read too.")
    include: Some[str] = Field(
        default=("*",), description="Shell patterns of the names to read; left out: all of them."
    )
    exclude: Words[str] = Field(default=(), description="Shell patterns of names among them to leave out.")
    signing_keys: Words[str] = Field(
        default=(), description='Shell patterns of names that hold signing keys: "*/jwt-*". Others are shared secrets.'
    )
    signing_key_tags: tuple[str, ...] = Field(
        default=("signing-key",), description="Tags that say the same (not false or no)."
    )
