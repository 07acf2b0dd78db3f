"""What a user may write for issues of a GitHub repository."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, TrackerSettings
from offboarding.model import TicketPriority
from offboarding.trackers._priorities import over

LABELS: Mapping[TicketPriority, str] = {each: f"priority: {each}" for each in TicketPriority}


class Settings(TrackerSettings):
    """What a user may write for issues of a GitHub repository."""

    tested: ClassVar[HowTested] = HowTested(Against.DESCRIPTION, "GitHub's")

    repository: str = Field(
        pattern=r"^[A-Za-z0-9-]+/[\w.-]+$", description="Where issues are opened: owner/name. Make it private."
    )
    label: str = Field(
        default="offboarding", min_length=1, description="On each of our issues, which are found again by it."
    )
    priorities: Annotated[Mapping[TicketPriority, str], over(LABELS)] = Field(
        default=LABELS, description="Labels for urgent, high, normal, low."
    )
    labels: Mapping[str, str] = Field(default={}, description="Label by queue, where it isn't the queue's own name.")
    pause_seconds: float = Field(
        default=1, ge=0, description="Between two changes: GitHub slows down whoever makes more of them."
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
