"""What a user may write for issues of a Jira project."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, TrackerSettings
from offboarding.model import TicketPriority
from offboarding.trackers._priorities import over

PRIORITIES: Mapping[TicketPriority, str] = {
    TicketPriority.URGENT: "Highest",
    TicketPriority.HIGH: "High",
    TicketPriority.NORMAL: "Medium",
    TicketPriority.LOW: "Low",
}


class Settings(TrackerSettings):
    """What a user may write for issues of a Jira project."""

    tested: ClassVar[HowTested] = HowTested(
        Against.DESCRIPTION, "Jira Cloud's; Jira Data Center by its documents; the Python library jira as second caller"
    )

    project: str = Field(pattern=r"^[A-Z][A-Z0-9_]+$", description="The project's key, such as SEC.")
    issue_type: str = Field(default="Task", description="Of new issues, as it's called there.")
    priorities: Annotated[Mapping[TicketPriority, str], over(PRIORITIES)] = Field(
        default=PRIORITIES, description="The project's words for urgent, high, normal, low."
    )
    label: str = Field(default="offboarding", pattern=r"^\S+$", description="On each of our issues, beside its key.")
    components: Mapping[str, str] = Field(
        default={}, description="Component by queue; a queue that has none is a label."
    )
    fields: Mapping[str, Any] = Field(
        default={}, description="Whatever else a new issue must say, by the field's id, in Jira's JSON."
    )
    resolution: str = Field(default="Done", description="Where closing asks for one.")
    search_lag_seconds: float = Field(
        default=60, ge=0, description="How long the search may not know an issue, after which there is none."
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
