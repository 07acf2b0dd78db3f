"""What a user may write for issues of a GitLab project."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, TrackerSettings
from offboarding.model import TicketPriority
from offboarding.trackers._priorities import over

LABELS: Mapping[TicketPriority, str] = {each: f"priority::{each}" for each in TicketPriority}


class Settings(TrackerSettings):
    """What a user may write for issues of a GitLab project."""

    tested: ClassVar[HowTested] = HowTested(
        Against.BY_HAND, "after GitLab's, whose licence is CC BY-SA; python-gitlab as second caller"
    )

    project: str = Field(
        pattern=r"^[\w.-]+(/[\w.-]+)+$", description="Where issues are opened: group/name, with its subgroups."
    )
    label: str = Field(
        default="offboarding", min_length=1, description="On each of our issues, which are found again by it."
    )
    confidential: bool = Field(default=True, description="Issues are seen by members of the role Reporter and up.")
    priorities: Annotated[Mapping[TicketPriority, str], over(LABELS)] = Field(
        default=LABELS, description="Labels for urgent, high, normal, low."
    )
    labels: Mapping[str, str] = Field(default={}, description="Label by queue, where it isn't the queue's own name.")
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
