"""What a user may write for a Request Tracker."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, Some, TrackerSettings
from offboarding.model import TicketPriority
from offboarding.trackers._priorities import over

PRIORITIES: Mapping[TicketPriority, int] = {
    TicketPriority.URGENT: 100,
    TicketPriority.HIGH: 75,
    TicketPriority.NORMAL: 50,
    TicketPriority.LOW: 0,
}


class Settings(TrackerSettings):
    """What a user may write for a Request Tracker."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "Request Tracker 5")

    url: str | None = Field(
        default=None,
        pattern=r"^https?://.+/$",
        description="RT's own address, with its slash, for tickets' links; if the connection leads elsewhere.",
    )
    queue: str = Field(default="General", min_length=1, description="The queue of tickets that name none.")
    queues: Mapping[str, str] = Field(default={}, description="RT's queue by ours, where it's called otherwise.")
    checklist_field: str = Field(
        default="Offboarding checklist",
        min_length=1,
        description="The queue's custom field, one text area, that holds the checklist.",
    )
    open_status: str = Field(default="open", description="Status of a reopened ticket.")
    closed_statuses: Some[str] = Field(
        default=("resolved", "rejected"), description="What counts as closed; we set the first."
    )
    priorities: Annotated[Mapping[TicketPriority, int], over(PRIORITIES)] = Field(
        default=PRIORITIES, description="RT's numbers for urgent, high, normal, low."
    )
    assigned_to: str | None = Field(default=None, description="Name of whoever gets new tickets that name nobody else.")
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
