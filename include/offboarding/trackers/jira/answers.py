"""Jira's answers, as far as we use them; Cloud and Data Center tell most of it alike."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from offboarding.model import TicketState

DONE: Final = "done"
"""The category of statuses that end an issue; the others are new and indeterminate."""
EVENT: Final = "offboarding"
"""The property of a comment that says what it tells."""


class _Model(BaseModel):
    model_config = ConfigDict(populate_by_name=True)


class JiraNamed(_Model):
    """Something with a name."""

    id: str = ""
    name: str = ""


class JiraCategory(_Model):
    """Of statuses: new, indeterminate or done, whatever they're called."""

    key: str

    @property
    def state(self) -> TicketState:
        """Of an issue that is there."""
        return TicketState.CLOSED if self.key == DONE else TicketState.OPEN


class JiraStatus(_Model):
    """Of an issue."""

    id: str
    name: str
    category: JiraCategory = Field(alias="statusCategory")


class JiraUser(_Model):
    """Somebody."""

    account_id: str = Field(default="", alias="accountId")
    name: str = ""
    mail: str = Field(default="", alias="emailAddress")

    def is_same(self, other: "JiraUser") -> bool:
        """By account on Cloud, by name on Data Center."""
        return bool(other.account_id or other.name) and (self.account_id, self.name) == (other.account_id, other.name)


class JiraFields(_Model):
    """Of an issue, as far as we use them."""

    summary: str = ""
    description: Any = None
    labels: list[str] = []
    status: JiraStatus
    priority: JiraNamed | None = None
    duedate: str | None = None
    creator: JiraUser | None = None


class JiraChangeItem(_Model):
    """What changed."""

    field: str
    to: str | None = None


class JiraChange(_Model):
    """One in an issue's history."""

    id: str
    items: list[JiraChangeItem] = []


class JiraHistory(_Model):
    """An issue's, where it's asked for."""

    histories: list[JiraChange] = []


class JiraIssue(_Model):
    """As it stands now."""

    id: str
    key: str
    fields: JiraFields
    changelog: JiraHistory = JiraHistory()

    @property
    def state(self) -> TicketState:
        """By its status' category."""
        return self.fields.status.category.state

    def is_by(self, account: JiraUser) -> bool:
        """Whether they made it."""
        return self.fields.creator is not None and self.fields.creator.is_same(account)


class JiraProperty(_Model):
    """Of a comment."""

    key: str
    value: Any = None


class JiraComment(_Model):
    """On an issue."""

    id: str
    body: Any = None
    author: JiraUser | None = None
    properties: list[JiraProperty] = []

    def tells(self, event: str) -> bool:
        """Whether it bears our mark of that event: an anchor at its end on Data Center, on Cloud a property."""
        if isinstance(self.body, str):
            return self.body.rstrip().endswith(f"{{anchor:{event}}}")
        return any(each.key == EVENT and each.value == {"event": event} for each in self.properties)


class JiraComments(_Model):
    """A page of them."""

    comments: list[JiraComment]
    total: int = 0


class JiraFound(_Model):
    """A search's."""

    issues: list[JiraIssue]


class JiraTransition(_Model):
    """A way from where an issue is."""

    id: str
    name: str
    to: JiraStatus
    fields: Mapping[str, Mapping[str, Any]] = {}

    @property
    def asks(self) -> list[str]:
        """What it can't do without, but for a resolution, which we can say."""
        needs = [name for name, each in self.fields.items() if each.get("required") and not each.get("hasDefaultValue")]
        return [name for name in needs if name != "resolution"]


class JiraTransitions(_Model):
    """All from there."""

    transitions: list[JiraTransition]


class JiraCreated(_Model):
    """What was made."""

    id: str
    key: str


class JiraScreenField(_Model):
    """What may, or must, be said of a new issue."""

    id: str = Field(alias="fieldId")
    name: str
    required: bool = False
    has_default: bool = Field(default=False, alias="hasDefaultValue")
    allowed: list[JiraNamed] = Field(default=[], alias="allowedValues")


class JiraPermission(_Model):
    """Something that an account may do, or not."""

    name: str
    have: bool = Field(alias="havePermission")


class JiraPermissions(_Model):
    """By key."""

    permissions: Mapping[str, JiraPermission]
