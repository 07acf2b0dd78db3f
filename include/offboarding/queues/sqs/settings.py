"""Of Amazon SQS."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, QueueSettings


class Settings(QueueSettings):
    """Of Amazon SQS."""

    tested: ClassVar[HowTested] = HowTested(Against.EMULATOR, "moto")

    region: str = Field(default="us-east-1", description="Where the connection names none.")
    visibility_seconds: int = Field(
        default=900, ge=60, le=43_200, description="How long a message is unseen before it comes again."
    )
