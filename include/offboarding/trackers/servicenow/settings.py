"""What a user may write for a ServiceNow, and what its tables mean by their numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, Some, TrackerSettings
from offboarding.model import TicketPriority
from offboarding.trackers.servicenow.text import as_shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWords:
    """As ServiceNow comes: states, and how a priority is set."""

    reopened: str
    closed: tuple[str, ...]
    """We set the first."""
    ended: tuple[str, ...]
    """Closed, and not to be opened again."""
    priorities: Mapping[TicketPriority, Mapping[str, str]]
    needs_code: bool
    """Whether what is closed bears a code and notes."""


TASK = TableWords(
    reopened="2",
    closed=("3", "4", "7"),
    ended=(),
    priorities={
        TicketPriority.URGENT: {"priority": "1"},
        TicketPriority.HIGH: {"priority": "2"},
        TicketPriority.NORMAL: {"priority": "3"},
        TicketPriority.LOW: {"priority": "4"},
    },
    needs_code=False,
)
INCIDENT = TableWords(
    reopened="2",
    closed=("6",),
    ended=("7", "8"),
    # An incident's priority is looked up from these two.
    priorities={
        TicketPriority.URGENT: {"impact": "1", "urgency": "1"},
        TicketPriority.HIGH: {"impact": "2", "urgency": "1"},
        TicketPriority.NORMAL: {"impact": "2", "urgency": "2"},
        TicketPriority.LOW: {"impact": "3", "urgency": "3"},
    },
    needs_code=True,
)
TABLES = {"incident": INCIDENT}
"""Every other table's words are a task's."""


class Settings(TrackerSettings):
    """What a user may write for a ServiceNow."""

    tested: ClassVar[HowTested] = HowTested(
        Against.BY_HAND, "after ServiceNow's documents; its own client as second caller"
    )

    url: str | None = Field(
        default=None,
        pattern=r"^https?://.+/$",
        description="The instance's own address, with its slash, for links; if the connection leads elsewhere.",
    )
    table: str = Field(
        default="incident",
        pattern=r"^[a-z][a-z0-9_]*$",
        description="incident, sc_task, or a table of your own that extends task.",
    )
    group: str = Field(default="", description="Name or sys_id of the assignment group of tickets that name no queue.")
    groups: Mapping[str, str] = Field(default={}, description="The group by queue, where it's called otherwise.")
    fields: Mapping[str, str] = Field(
        default={}, description="More that a new ticket must hold, by ServiceNow's names: category, caller_id."
    )
    reopened_state: str | None = Field(default=None, description="State of a reopened ticket; 2 as ServiceNow comes.")
    closed_states: Some[str] = Field(
        default=(), description="What counts as closed; we set the first. As ServiceNow comes, if left out."
    )
    ended_states: tuple[str, ...] | None = Field(
        default=None, description="Closed for good: a new ticket takes over. 7 and 8 of an incident, else none."
    )
    close_code: str = Field(
        default="Solution provided", description="The resolution code that a closed incident bears."
    )
    priorities: Mapping[TicketPriority, Mapping[str, str]] = Field(
        default={}, description="Fields and values for urgent, high, normal, low; as ServiceNow comes, where left out."
    )
    description_characters: int = Field(
        default=4000, ge=500, description="How long the table's Description is; what doesn't fit is counted there."
    )
    assigned_to: str | None = Field(
        default=None, description="User ID of whoever gets new tickets that name nobody else."
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")

    @property
    def closed(self) -> tuple[str, ...]:
        """What counts as closed, for good or not."""
        return (*(self.closed_states or self._words.closed), *self.ended)

    @property
    def ended(self) -> tuple[str, ...]:
        """Closed for good."""
        return self._words.ended if self.ended_states is None else self.ended_states

    @property
    def reopened(self) -> str:
        """What a reopened ticket is set to."""
        return self.reopened_state or self._words.reopened

    def closing(self, text: str) -> dict[str, str]:
        """What closes a ticket."""
        code = {"close_code": self.close_code, "close_notes": as_shown(text)} if self._words.needs_code else {}
        return {"state": self.closed[0], **code}

    def priority(self, priority: TicketPriority) -> Mapping[str, str]:
        """Fields that say it."""
        return self.priorities.get(priority) or self._words.priorities[priority]

    @property
    def _words(self) -> TableWords:
        return TABLES.get(self.table, TASK)
