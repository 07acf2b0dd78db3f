"""Tickets in Redmine, over its REST interface (https://www.redmine.org/projects/redmine/wiki/Rest_api).

- The key stands in the subject, which a filter finds a part of at once.
- The checklist is the description, and is ours alone; it stands there as it's written, and nothing in it is acted on.
- What we said once we know by a mark in the note.
- A queue is a project.
- Issues are private, unless the settings say otherwise: they name who left.

Redmine has no uniqueness: whoever opens a ticket searches first, under a lock of their own. What something on the way
sent twice is closed at once, and loses its key.
"""

import hashlib
import re
import weakref
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Final

from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, client_of, destination, needed
from offboarding.trackers._assigning import unknown_assignee
from offboarding.trackers._bearing import as_ours, made_twice, oldest, unsaid
from offboarding.trackers._titles import key_in, keys_in, within
from offboarding.trackers.redmine.rest import InvalidIssueError, Issue, RedmineRest
from offboarding.trackers.redmine.settings import Settings
from offboarding.trackers.redmine.text import lines, mark, verbatim

PRIVATE_RIGHTS = {"set_issues_private", "set_own_issues_private"}
"""One of them makes an issue private."""
MOST_OF_A_SUBJECT: Final = 255
MAKES_PRIVATE = "Give the role of the key's user 'Set issues public or private', or say private: false"


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"trackers.{settings.name}", connection)


def build(settings: Settings, connection: ConnectionFields) -> "RedmineTracker":
    """Redmine at the connection's address, with its password as an API key. Raises ConfigError."""
    where = f"trackers.{settings.name}"
    needed(where, connection, "host", "password")
    address = address_of(where, connection)
    client = client_of(
        where,
        connection,
        address,
        headers={"X-Redmine-API-Key": connection.password, "Accept-Encoding": "identity"},
        seconds=settings.timeout_seconds,
    )
    return RedmineTracker(settings, RedmineRest(where, client), settings.url or str(address))


class RedmineTracker:
    """A Tracker (see interfaces)."""

    def __init__(self, settings: Settings, rest: RedmineRest, url: str) -> None:
        self._where = f"trackers.{settings.name}"
        self._settings = settings
        self._rest = rest
        self._url = url
        self._seen_into: set[str] = set()
        """Projects."""
        self._heard_in: set[int] = set()
        """Projects in which a note stood that was written."""
        weakref.finalize(self, rest.end)

    def find(self, key: str) -> TicketRef | None:
        """The lowest number where several bear the key: a person's copy is always the younger one."""
        issues = self._bearing(key)
        first = oldest(key, issues, lambda each: each.id, self._is_by_us)
        return None if first is None else self._ref(first)

    def open(self, draft: TicketDraft) -> TicketRef:
        """One request makes it. A RetriableError says nothing about whether it was made: search before the next."""
        project = self._settings.projects.get(draft.queue, draft.queue) or self._settings.project
        self._see_into(project)
        assignee = draft.assignee or self._settings.assigned_to
        member = self._rest.member(project, assignee) if assignee else None
        fields = {
            **self._fields(draft),
            "project_id": project,
            "is_private": self._settings.private,
            # Redmine may be told to begin each issue today, and refuses one that is due before it begins.
            "start_date": "",
            **({"tracker_id": self._rest.tracker_id(self._settings.tracker)} if self._settings.tracker else {}),
        }
        made, known = self._made(fields, member)
        if self._settings.private and not made.is_private:
            raise FatalError(
                f"{self._where}: issue {made.id} was opened, and isn't private. Make it private. {MAKES_PRIVATE}"
            )
        ref = self._ref(self._one(draft.key, made))
        if assignee and not known:
            self.comment(ref, *unknown_assignee(assignee, self._settings.tells_in))
        return ref

    def _see_into(self, project: str) -> None:
        """Before the first is opened there: Redmine takes issues from whoever won't see them, and drops what they may
        not set. Raises FatalError.
        """
        if project in self._seen_into:
            return
        self._rest.looks_into(project)
        may = self._rest.permissions(project) if self._settings.private else set[str]()
        if may and may.isdisjoint(PRIVATE_RIGHTS):
            raise FatalError(f"{self._where}: an issue of project {project!r} wouldn't be private. {MAKES_PRIVATE}")
        self._seen_into.add(project)

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Subject, description, priority and due day; what is so already is left alone."""
        issue = self._rest.issue(ref.ref)
        now = {
            "subject": issue.subject,
            "description": lines(issue.description or ""),
            "priority_id": issue.priority.id,
            "due_date": issue.due_date or "",
        }
        if changes := {name: new for name, new in self._fields(draft).items() if now[name] != new}:
            self._rest.put(ref.ref, changes)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """A note with a mark of its event, which a later attempt sees."""
        marked = self._mark(event_key)
        issue = self._rest.issue(ref.ref)
        if not self._said(issue, marked):
            self._tell(issue, text, marked, 0)

    def close(self, ref: TicketRef, text: str) -> None:
        """A ticket that is closed already gets the text, once."""
        self._turn(ref, self._settings.closed_status, text, closed=True)

    def reopen(self, ref: TicketRef, text: str) -> None:
        """A ticket that is open already gets the text, once."""
        self._turn(ref, self._settings.open_status, text, closed=False)

    def state(self, ref: TicketRef) -> TicketState:
        """Missing: deleted, or never there."""
        issue = self._rest.look(ref.ref)
        if issue is None:
            return TicketState.MISSING
        state = TicketState.CLOSED if issue.status.is_closed else TicketState.OPEN
        return as_ours(ref, state, keys_in(issue.subject), issue.id, lambda: self._is_by_us(issue))

    def _turn(self, ref: TicketRef, status: str, text: str, *, closed: bool) -> None:
        """Set the status and say why, in one change. Said and so already: nothing to do.

        The same words may be due again (closed, reopened by a person, closed): then they are counted.
        """
        issue = self._rest.issue(ref.ref)
        marked = self._mark(f"{'close' if closed else 'reopen'} {text}")
        said, is_so = self._said(issue, marked), issue.status.is_closed == closed
        if said and is_so:
            return
        change = {} if is_so else {"status_id": self._allowed(issue, status, closed=closed)}
        self._tell(issue, text, marked, said, change)

    def _tell(
        self, issue: Issue, text: str, marked: str, said: int, change: Mapping[str, object] | None = None
    ) -> None:
        """A note, and what changes with it. Redmine drops notes of whoever may write none, and says that all is well.

        So it's looked for, once a run in each project, since each gives its own rights.
        """
        number = str(issue.id)
        self._rest.put(number, {"notes": self._note(text, f"{marked}.{said}"), **(change or {})})
        if issue.project.id not in self._heard_in:
            if self._said(self._rest.issue(number), marked) <= said:
                fix = "Give the role of the key's user 'Add notes'"
                raise unsaid(self._where, f"issue {number}", fix)
            self._heard_in.add(issue.project.id)

    def _allowed(self, issue: Issue, status: str, *, closed: bool) -> int:
        """The status's number, where the workflow lets us set it: else Redmine says that all is well, and doesn't."""
        for each in issue.allowed_statuses:
            if each.name == status and each.is_closed == closed:
                return each.id
        raise FatalError(
            f"{self._where}: issue {issue.id} may not go from {issue.status.name!r} to {status!r} by the workflow of"
            f" the key's user. Allow it, or name another status that is {'closed' if closed else 'open'}"
        )

    def _made(self, fields: Mapping[str, object], member: int | None) -> tuple[Issue, bool]:
        """The issue, and whether it is the member's."""
        if member is not None:
            try:
                return self._rest.create({**fields, "assigned_to_id": member}), True
            except InvalidIssueError as error:
                if "Assignee" not in str(error):
                    raise
        return self._rest.create(fields), False

    def _one(self, key: str, made: Issue) -> Issue:
        """The ticket that was made; what came of the same request sent twice is closed, and loses the key."""
        issues = [each for each in self._bearing(key) if each.author.id == made.author.id] or [made]
        for later in issues[1:]:
            if later.created_on == later.updated_on:
                status = self._allowed(self._rest.issue(str(later.id)), self._settings.closed_status, closed=True)
                subject, note = made_twice(issues[0].id, self._settings.tells_in)
                self._rest.put(str(later.id), {"subject": subject, "notes": note, "status_id": status})
        return issues[0]

    def _is_by_us(self, issue: Issue) -> bool:
        return issue.author.id == self._rest.myself()

    def _bearing(self, key: str) -> list[Issue]:
        return [each for each in self._rest.search(key) if key_in(each.subject) == key]

    def _fields(self, draft: TicketDraft) -> dict[str, object]:
        return {
            "subject": within(draft, MOST_OF_A_SUBJECT),
            "description": verbatim(draft.body, self._settings.text_formatting),
            "priority_id": self._rest.priority_id(self._settings.priorities[draft.priority]),
            "due_date": draft.due_at.astimezone(UTC).date().isoformat() if draft.due_at else "",
        }

    def _note(self, text: str, marked: str) -> str:
        return f"{verbatim(text, self._settings.text_formatting)}\n{mark(marked, self._settings.text_formatting)}"

    def _mark(self, event: str) -> str:
        return f"offb-{hashlib.sha256(event.encode()).hexdigest()[:32]}"

    def _said(self, issue: Issue, marked: str) -> int:
        """How often, by our own notes: each ends in its mark."""
        ends = re.compile(rf"{marked}\.\d+(?: -->)?\s*\Z")
        ours = [each for each in issue.journals if each.user is not None and each.user.id == self._rest.myself()]
        return sum(ends.search(each.notes or "") is not None for each in ours)

    def _ref(self, issue: Issue) -> TicketRef:
        return TicketRef(ref=str(issue.id), url=f"{self._url}issues/{issue.id}")
