"""Tickets as issues of a GitLab project, by python-gitlab (https://docs.gitlab.com/api/issues).

- The key stands in the title. Our issues bear one label, and are listed by it: a list is of the database, where a
  search may be of an index that lags behind.
- The checklist is a part of the description, between two comments; what people write around it stays.
- What we said once we know by a comment within the note, which no reader sees.
- Priority and queue are labels; people's own stay. There is a due date.
- An issue is confidential: it says who left, and what of theirs works. Who may read those is the project's to say.

GitLab has no uniqueness: whoever opens a ticket searches first, under a lock of their own. What something between us
and GitLab sent twice is noticed right after, and the later issue closed.
"""

import re
import weakref
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import structlog

from offboarding.interfaces import ConnectionFields
from offboarding.model import Language, TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import destination
from offboarding.trackers._assigning import unknown_assignee
from offboarding.trackers._bearing import as_ours, oldest, unsaid, without_key
from offboarding.trackers._markup.markdown import markdown
from offboarding.trackers._markup.own_part import event_mark, has_part, room_for_part, with_part
from offboarding.trackers._titles import ListedTitles, key_in, keys_in, within
from offboarding.trackers.gitlab.client import FIXES, GitlabConflictError, GitlabGoneError, asking, client, is_by
from offboarding.trackers.gitlab.settings import Settings

if TYPE_CHECKING:
    from gitlab import Gitlab

log = structlog.get_logger("offboarding.trackers")

MOST_CHARACTERS: Final = 1_000_000
"""Of a description (1,048,576) or a note (1,000,000)."""
MOST_OF_A_TITLE: Final = 255
_REF = re.compile(r"(?:(?P<project>[\w./-]+)#)?(?P<number>\d{1,15})")
_STATES = {"opened": TicketState.OPEN, "closed": TicketState.CLOSED}
_EVENTS = {TicketState.OPEN: "reopened", TicketState.CLOSED: "closed"}
_TURNS = {TicketState.OPEN: "reopen", TicketState.CLOSED: "close"}


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"trackers.{settings.name}", connection)


def build(settings: Settings, connection: ConnectionFields) -> "GitlabTracker":
    """The project's issues. Raises ConfigError for a connection that can't be right; nothing is asked yet."""
    where = f"trackers.{settings.name}"
    return GitlabTracker(settings, client(where, connection, seconds=settings.timeout_seconds))


class GitlabTracker:
    """A Tracker (see interfaces)."""

    def __init__(self, settings: Settings, gitlab: "Gitlab") -> None:
        self._where = f"trackers.{settings.name}"
        self._settings = settings
        self._gitlab = gitlab
        self._ready: Any = None
        self._labels_allowed = False
        self._listed = ListedTitles()
        self._is_by_us = partial(is_by, self._where, gitlab)
        weakref.finalize(self, gitlab.session.close)

    def find(self, key: str) -> TicketRef | None:
        """The lowest number where several bear the key: a person's copy is always the younger one."""
        first = oldest(key, self._bearing(key), lambda each: each.iid, self._is_by_us)
        return None if first is None else self._ref(first)

    def open(self, draft: TicketDraft) -> TicketRef:
        """One request. A RetriableError says nothing about whether it was made: search before the next attempt."""
        title = within(draft, MOST_OF_A_TITLE)
        project = self._project()
        self._may_label(project)
        assignee = self._user(draft.assignee)
        given = {
            "title": title,
            "description": _description("", draft, self._settings.tells_in),
            "confidential": self._settings.confidential,
            "labels": [self._settings.label, self._settings.priorities[draft.priority], *self._queue(draft)],
            "assignee_ids": [assignee] if assignee else [],
        }
        with asking(self._where, "open an issue"):
            issue = project.issues.create(given | ({"due_date": _due(draft)} if draft.due_at else {}))
            has_it = bool(issue.assignees)
        ref = self._ref(self._without_doubles(draft.key, issue))
        if draft.assignee and not has_it:
            self.comment(ref, *unknown_assignee(draft.assignee, self._settings.tells_in))
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Title, priority, due date and our part of the description, in one change; nothing where all is so."""
        issue = self._issue(ref)
        with asking(self._where, f"change issue {ref.ref}"):
            description, priority = issue.description or "", self._settings.priorities[draft.priority]
            wanted = {
                "title": (issue.title, within(draft, MOST_OF_A_TITLE)),
                "description": (description, _description(description, draft, self._settings.tells_in)),
                "due_date": (issue.due_date or "", _due(draft)),
            }
            changes: dict[str, object] = {name: new for name, (now, new) in wanted.items() if now != new}
            if priority not in issue.labels:
                changes["add_labels"] = priority
            if others := sorted(set(issue.labels) & {*self._settings.priorities.values()} - {priority}):
                changes["remove_labels"] = ",".join(others)
            if changes:
                issue.manager.update(issue.iid, changes)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """A note with a mark of its event, which a later attempt sees."""
        self._say(self._issue(ref), event_key, text)

    def close(self, ref: TicketRef, text: str) -> None:
        """A ticket that is closed already gets the text, once."""
        self._turn(ref, TicketState.CLOSED, text)

    def reopen(self, ref: TicketRef, text: str) -> None:
        """A ticket that is open already gets the text, once."""
        self._turn(ref, TicketState.OPEN, text)

    def state(self, ref: TicketRef) -> TicketState:
        """Missing: deleted, never there, or moved to where the connection sees nothing."""
        self._project()  # if that is gone, no issue is known to be
        try:
            issue = self._issue(ref)
        except GitlabGoneError:
            return TicketState.MISSING
        with asking(self._where, f"read issue {ref.ref}"):
            state, borne = _STATES[issue.state], keys_in(str(issue.title))
        return as_ours(ref, state, borne, ref.ref, partial(self._is_by_us, issue))

    def _turn(self, ref: TicketRef, state: TicketState, text: str) -> None:
        """Say why, then set the state: each is seen by the next attempt, if this one ends between them.

        The same words may be due again (closed, reopened by a person, closed): so they are marked with how often it
        has been so before.
        """
        issue = self._issue(ref)
        with asking(self._where, f"read what happened to issue {ref.ref}"):
            is_so = _STATES[issue.state] is state
            events = issue.resourcestateevents.list(get_all=True)
            before = sum(each.state == _EVENTS[state] for each in events) - is_so
        self._say(issue, f"{state} {before} {text}", text)
        if not is_so:
            with asking(self._where, f"change issue {ref.ref}"):
                issue.manager.update(issue.iid, {"state_event": _TURNS[state]})

    def _say(self, issue: Any, event_key: str, text: str) -> None:
        mark = event_mark(event_key)
        with asking(self._where, f"comment on issue {issue.iid}"):
            if self._said(issue, mark):
                return
            body = markdown(text, MOST_CHARACTERS - len(mark) - 1, self._settings.tells_in)
            issue.notes.create({"body": f"{body}\n{mark}"})
            # What was sent twice on its way was said twice.
            if not (said := self._said(issue, mark)):
                raise unsaid(self._where, f"issue {issue.iid}", FIXES[403])
            for double in said[1:]:
                with suppress(GitlabGoneError), asking(self._where, f"comment on issue {issue.iid}"):
                    issue.notes.delete(double.id)

    def _said(self, issue: Any, mark: str) -> list[Any]:
        notes = issue.notes.list(iterator=True, sort="asc", order_by="created_at")
        return [each for each in notes if each.body.endswith(mark) and self._is_by_us(each)]

    def _bearing(self, key: str) -> list[Any]:
        """Issues whose title bears the key, the oldest first, as they are now."""
        project = self._project()
        with asking(self._where, f"list the issues of {self._settings.project}"):
            newest = project.issues.list(
                iterator=True, state="all", scope="all", labels=self._settings.label, order_by="created_at", sort="desc"
            )
            self._listed.read((int(each.iid), str(each.title)) for each in newest)
        found = [self._if_there(project, number) for number in self._listed.bearing(key)]
        return [each for each in found if each is not None and key_in(str(each.title)) == key]

    def _if_there(self, project: Any, number: int) -> Any:
        try:
            with asking(self._where, f"read issue {number}"):
                return self._where_it_is(project.issues.get(number))
        except GitlabGoneError:
            return None

    def _without_doubles(self, key: str, opened: Any) -> Any:
        """The oldest of those that we opened; the others are closed, which takes two requests that came twice."""
        bearing = [each for each in self._bearing(key) if has_part(each.description or "", key)]
        first, *others = [*filter(self._is_by_us, bearing)] or [opened]
        for each in others:
            log.warning("opened twice; the oldest counts", key=key, tickets=[first.iid, each.iid])
            title = without_key(each.title, key, f"#{first.iid}", self._settings.tells_in)
            with asking(self._where, f"close issue {each.iid}"):
                each.manager.update(each.iid, {"title": title[:MOST_OF_A_TITLE], "state_event": "close"})
            self._listed.forget(int(each.iid))
        return first

    def _issue(self, ref: TicketRef) -> Any:
        """As it stands now, wherever it was moved to."""
        match = _REF.fullmatch(ref.ref)
        if match is None:
            raise GitlabGoneError(f"{self._where}: {ref.ref} is no issue")
        project, other = self._project(), match["project"]
        with asking(self._where, f"read issue {ref.ref}"):
            if other and other.lower() != str(project.path_with_namespace).lower():
                project = self._gitlab.projects.get(other)
            return self._where_it_is(project.issues.get(int(match["number"])))

    def _where_it_is(self, issue: Any) -> Any:
        """One that was moved is a closed one, with the id of the new: which is found by its title, and by that id."""
        if not issue.moved_to_id:
            return issue
        there = self._gitlab.issues.list(iterator=True, scope="all", state="all", search=key_in(issue.title) or "-")
        for each in there:
            if each.id == issue.moved_to_id:
                return self._where_it_is(self._gitlab.projects.get(each.project_id).issues.get(each.iid))
        raise GitlabGoneError(f"{self._where}: issue {issue.iid} was moved to where the connection sees nothing")

    def _project(self) -> Any:
        if self._ready is None:
            with asking(self._where, f"read project {self._settings.project}"):
                project = self._gitlab.projects.get(self._settings.project)
                enabled, archived = project.issues_access_level != "disabled", bool(project.archived)
            if archived or not enabled:
                why = "is archived, and takes no changes" if archived else "has no issues: switch them on"
                raise FatalError(f"{self._where}: project {self._settings.project} {why}.")
            self._ready = project
        return self._ready

    def _may_label(self, project: Any) -> None:
        """Make our label or, where it's there, say once more which colour it has: that takes the right to set it.

        From a guest GitLab takes an issue without its labels, and says nothing.
        """
        if self._labels_allowed:
            return
        label, what = self._settings.label, f"set labels in {self._settings.project}"
        try:
            with asking(self._where, what):
                project.labels.create(
                    {"name": label, "color": "#b60205", "description": "Opened by the offboarding check"}
                )
        except GitlabConflictError:
            with asking(self._where, what):
                path = f"/projects/{project.id}/labels/{quote(label, safe='')}"
                self._gitlab.http_put(path, post_data={"color": project.labels.get(label).color})
        self._labels_allowed = True

    def _user(self, name: str) -> int | None:
        if not name:
            return None
        with asking(self._where, f"look for the user {name!r}"):
            found = self._gitlab.users.list(username=name, get_all=False)
            return int(found[0].id) if found else None

    def _queue(self, draft: TicketDraft) -> list[str]:
        return [self._settings.labels.get(draft.queue, draft.queue)] if draft.queue else []

    def _ref(self, issue: Any) -> TicketRef:
        with asking(self._where, "read an issue"):
            path, _, number = str(issue.references["full"]).rpartition("#")
            return TicketRef(ref=f"{path}#{number}", url=str(issue.web_url))


def _description(before: str, draft: TicketDraft, language: Language) -> str:
    return with_part(
        before, draft.key, markdown(draft.body, room_for_part(before, draft.key, MOST_CHARACTERS), language)
    )


def _due(draft: TicketDraft) -> str:
    """A day; the hour stands in the text."""
    return draft.due_at.date().isoformat() if draft.due_at else ""
