"""What a user may write for a webhook."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, TrackerSettings


class Settings(TrackerSettings):
    """What a user may write for a webhook."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "Standard Webhooks' own library verifies what is sent")

    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
