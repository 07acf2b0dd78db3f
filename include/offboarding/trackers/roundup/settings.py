"""What a user may write for a Roundup tracker."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from offboarding.interfaces import Against, HowTested, Some, TrackerSettings
from offboarding.model import TicketPriority
from offboarding.trackers._priorities import over

CLASSIC_PRIORITIES: Mapping[TicketPriority, str] = {
    TicketPriority.URGENT: "critical",
    TicketPriority.HIGH: "urgent",
    TicketPriority.NORMAL: "bug",
    TicketPriority.LOW: "feature",
}


class Settings(TrackerSettings):
    """What a user may write for a Roundup tracker."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "Roundup 2")

    url: str | None = Field(
        default=None,
        pattern=r"^https?://.+/$",
        description="The tracker's own address ([tracker] web), with its slash; if the connection leads elsewhere.",
    )
    open_status: str = Field(default="unread", description="Status of a new or reopened ticket.")
    closed_statuses: Some[str] = Field(
        default=("resolved", "done-cbb"), description="What counts as closed; we set the first."
    )
    priorities: Annotated[Mapping[TicketPriority, str], over(CLASSIC_PRIORITIES)] = Field(
        default=CLASSIC_PRIORITIES, description="The tracker's words for urgent, high, normal, low."
    )
    queue_as: Literal["keyword", "body"] = Field(
        default="keyword", description="A queue is a keyword, or the first line of the text."
    )
    keywords: Mapping[str, str] = Field(
        default={}, description="Keyword by queue, where it isn't the queue's own name."
    )
    assigned_to: str | None = Field(
        default=None, description="Login of whoever gets new tickets that name nobody else."
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
