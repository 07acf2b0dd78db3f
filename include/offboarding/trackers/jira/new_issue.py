"""What a new issue says by the settings, held to what it may and must say."""

from collections.abc import Mapping
from typing import Any, Final

from offboarding.model import TicketDraft
from offboarding.model.errors import FatalError
from offboarding.trackers._titles import within
from offboarding.trackers.jira.answers import JiraScreenField, JiraUser
from offboarding.trackers.jira.settings import Settings

MOST_OF_A_TITLE: Final = 255
SAID: Final = {"project", "issuetype", "summary", "description", "labels", "priority", "duedate", "reporter"}
"""By us, or by Jira itself."""
Screen = Mapping[str, JiraScreenField]
"""What may be said of a new issue, by the field's id."""


def compare(where: str, settings: Settings, screen: Screen) -> None:
    """Raises FatalError that names what a new issue must say and nobody wrote, or can't say, or doesn't know."""
    said = SAID | {*settings.fields} | ({"components"} if settings.components else set[str]())
    needs = [(name, each.name) for name, each in screen.items() if each.required and not each.has_default]
    missing = [f"{called} ({name})" for name, called in needs if name not in said]
    unknown = [name for name in ("labels", *settings.fields) if name not in screen]
    words = {each.name for each in screen["priority"].allowed} if "priority" in screen else set[str]()
    strange = sorted(set(settings.priorities.values()) - words) if words else []
    of = f"{where}: a new {settings.issue_type} of project {settings.project}"
    if missing:
        raise FatalError(f"{of} must say {', '.join(missing)}. Write it under fields.")
    if unknown:
        raise FatalError(f"{of} can't say {', '.join(unknown)}: not on its screen. Put it there.")
    if strange:
        raise FatalError(f"{of} knows no priority {', '.join(strange)}, only {', '.join(sorted(words))}.")


def fields(settings: Settings, screen: Screen, draft: TicketDraft, assignee: Mapping[str, str]) -> dict[str, Any]:
    """What a new issue says, but for its description."""
    labels = [settings.label, draft.key, *settings.fields.get("labels", [])]
    said: dict[str, Any] = {
        **settings.fields,
        "project": {"key": settings.project},
        "issuetype": {"name": settings.issue_type},
        "summary": within(draft, MOST_OF_A_TITLE),
    }
    if draft.queue in settings.components:
        said["components"] = [{"name": settings.components[draft.queue]}]
    elif draft.queue:
        labels.append("-".join(draft.queue.split()))
    if "priority" in screen:
        said["priority"] = {"name": settings.priorities[draft.priority]}
    if "duedate" in screen and (day := due(draft)):
        said["duedate"] = day
    return {**said, "labels": labels} | ({"assignee": assignee} if assignee else {})


def due(draft: TicketDraft) -> str | None:
    """A day; the hour stands in the text."""
    return draft.due_at.date().isoformat() if draft.due_at else None


def named(user: JiraUser, *, cloud: bool) -> dict[str, str]:
    """How somebody is named to Jira."""
    return {"accountId": user.account_id} if cloud else {"name": user.name}
