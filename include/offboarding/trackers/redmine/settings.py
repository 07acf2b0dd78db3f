"""What a user may write for a Redmine."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from offboarding.interfaces import Against, HowTested, TrackerSettings
from offboarding.model import TicketPriority
from offboarding.trackers._priorities import over

PRIORITIES: Mapping[TicketPriority, str] = {
    TicketPriority.URGENT: "Immediate",
    TicketPriority.HIGH: "Urgent",
    TicketPriority.NORMAL: "Normal",
    TicketPriority.LOW: "Low",
}


class Settings(TrackerSettings):
    """What a user may write for a Redmine."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "Redmine 6")

    url: str | None = Field(
        default=None,
        pattern=r"^https?://.+/$",
        description="Redmine's own address, with its slash, for tickets' links; if the connection leads elsewhere.",
    )
    project: str = Field(min_length=1, description="Identifier of the project of tickets that name no queue.")
    projects: Mapping[str, str] = Field(
        default={}, description="The project's identifier by queue, where it isn't the queue's own name."
    )
    tracker: str | None = Field(default=None, description="Redmine's kind of issue, such as Task; the project's first.")
    private: bool = Field(default=True, description="Whether issues are private.")
    text_formatting: Literal["common_mark", "textile"] = Field(
        default="common_mark", description="Redmine's own setting, how it formats text."
    )
    open_status: str = Field(default="In Progress", description="Status of a reopened ticket.")
    closed_status: str = Field(
        default="Closed", description="The status that we close with. Whatever Redmine calls closed counts as closed."
    )
    priorities: Annotated[Mapping[TicketPriority, str], over(PRIORITIES)] = Field(
        default=PRIORITIES, description="Redmine's words for urgent, high, normal, low."
    )
    assigned_to: str | None = Field(
        default=None, description="Name or number of whoever gets new tickets that name nobody else."
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
