"""Tickets as issues of a Jira project, on Cloud (REST 3) or Data Center (REST 2).

- The key stands in the title, and is a label of the issue, by which it's found again.
- Jira's search is of an index that lags behind by seconds. So what is about to be opened is written down first, as a
  property of our own account (of the database), and after that which issue it became. Where it says that one was begun
  and not which, the search is asked again until the index has had its time: then there is none.
- The checklist is a part of the description, between two marks; what people write around it stays.
- What we said once we know by a property of the comment, on Data Center by an anchor in it: no reader sees either.
- Open or closed is a status' category, whatever statuses are called; we go by what transition leads there.

Jira has no uniqueness: whoever opens a ticket searches first, under a lock of their own. What something between us and
Jira sent twice is noticed when the index knows it, and the later issue closed.
"""

import hashlib
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

import structlog

from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError
from offboarding.model.keys import TICKET_KEY
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, client_of, destination, needed
from offboarding.trackers._assigning import unknown_assignee
from offboarding.trackers._bearing import as_ours, oldest, unsaid, without_key
from offboarding.trackers._titles import key_in, keys_in, within
from offboarding.trackers.jira.answers import EVENT, JiraComment, JiraIssue, JiraUser
from offboarding.trackers.jira.document import MOST_CHARACTERS, document, same, whole, with_part, with_wiki_part
from offboarding.trackers.jira.new_issue import MOST_OF_A_TITLE, Screen, compare, due, fields, named
from offboarding.trackers.jira.rest import JiraGoneError, JiraRefusedError, JiraRest
from offboarding.trackers.jira.settings import Settings
from offboarding.trackers.jira.wiki import wiki

__all__ = ["JiraTracker", "Settings", "build", "destinations", "rest_of"]

log = structlog.get_logger("offboarding.trackers")

LOOKS: Final = 6
"""At the search, where one may be on its way into the index."""
NEAR: Final = (-3, -2, -1, 0, 1)
"""Numbers at which a request that came twice may have made the other one."""


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"trackers.{settings.name}", connection)


def build(settings: Settings, connection: ConnectionFields) -> "JiraTracker":
    """Cloud where the connection has a login (a mail address, with its API token), else Data Center, by a token alone.

    Raises ConfigError for a connection that can't be right; nothing is asked yet.
    """
    where = f"trackers.{settings.name}"
    return JiraTracker(
        settings, rest_of(where, connection, settings.timeout_seconds), str(address_of(where, connection))
    )


def rest_of(where: str, connection: ConnectionFields, seconds: float) -> JiraRest:
    """What asks; see `build`."""
    needed(where, connection, "host", "password")
    cloud = bool(connection.login)
    client = client_of(
        where,
        connection,
        address_of(where, connection).join(f"rest/api/{3 if cloud else 2}/"),
        seconds=seconds,
        headers={"Accept-Encoding": "identity", "Accept": "application/json"}
        | ({} if cloud else {"Authorization": f"Bearer {connection.password}"}),
        auth=(connection.login, connection.password) if cloud else None,
    )
    return JiraRest(where, client, cloud=cloud)


class JiraTracker:
    """A Tracker (see interfaces)."""

    def __init__(self, settings: Settings, rest: JiraRest, url: str) -> None:
        self._where = f"trackers.{settings.name}"
        self._settings = settings
        self._rest = rest
        self._url = url
        self._account: JiraUser | None = None
        self._screen: Screen = {}
        self._states: Mapping[str, TicketState] = {}
        """By the status' id."""
        weakref.finalize(self, rest.end)

    def find(self, key: str) -> TicketRef | None:
        """The oldest where several bear the key: a person's copy is always the younger one."""
        account = self._ready()
        intent = self._rest.intent(account, key)
        if intent and (known := self._if_there(str(intent.get("issue", "")), key)) and known.is_by(account):
            return self._ref(known.key)
        found = self._bearing(key)
        if not found and intent is not None and "issue" not in intent:
            log.info("one may be on its way into the search; waiting for it", key=key)
            for look in range(1, LOOKS + 1):
                time.sleep(self._settings.search_lag_seconds * look / sum(range(1, LOOKS + 1)))
                if found := self._bearing(key):
                    break
        first = oldest(key, found, lambda each: each.key, lambda each: each.is_by(account))
        return None if first is None else self._ref(first.key)

    def open(self, draft: TicketDraft) -> TicketRef:
        """An error says nothing about whether it was made: look before the next attempt."""
        account = self._ready()
        assignee = self._rest.assignable(self._settings.project, draft.assignee) if draft.assignee else None
        who = named(assignee, cloud=self._rest.cloud) if assignee else {}
        said = fields(self._settings, self._screen, draft, who) | {"description": self._described(None, draft)}
        self._rest.write_intent(account, draft.key, {"begun": True})
        try:
            created = self._rest.create(said)
        except JiraRefusedError:
            self._rest.forget_intent(account, draft.key)
            raise
        self._rest.write_intent(account, draft.key, {"issue": created.key})
        first = self._without_doubles(draft.key, beside=created.key) or created.key
        if first != created.key:
            self._rest.write_intent(account, draft.key, {"issue": first})
        ref = self._ref(first)
        if draft.assignee and not assignee:
            self.comment(ref, *unknown_assignee(draft.assignee, self._settings.tells_in))
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Title, priority, due day and our part of the description; what is so already is left alone."""
        self._ready()
        issue = self._rest.issue(ref.ref)
        description = self._described(issue.fields.description, draft)
        title, priority = within(draft, MOST_OF_A_TITLE), self._settings.priorities[draft.priority]
        changes: dict[str, Any] = {"summary": title} if issue.fields.summary != title else {}
        if "priority" in self._screen and (issue.fields.priority is None or issue.fields.priority.name != priority):
            changes["priority"] = {"name": priority}
        if "duedate" in self._screen and issue.fields.duedate != due(draft):
            changes["duedate"] = due(draft)
        if not same(issue.fields.description, description):
            changes["description"] = description
        if changes:
            self._rest.edit(issue.key, {"fields": changes})
        self._without_doubles(draft.key)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """With a mark of its event, which a later attempt sees."""
        self._say(self._rest.issue(ref.ref).key, event_key, text)

    def close(self, ref: TicketRef, text: str) -> None:
        """A ticket that is closed already gets the text, once."""
        self._turn(ref, TicketState.CLOSED, text)

    def reopen(self, ref: TicketRef, text: str) -> None:
        """A ticket that is open already gets the text, once."""
        self._turn(ref, TicketState.OPEN, text)

    def state(self, ref: TicketRef) -> TicketState:
        """Missing: deleted, never there, or moved to where the account sees nothing."""
        account = self._ready()  # if the project is out of sight, no issue is known to be gone
        try:
            issue = self._rest.issue(ref.ref)
        except JiraGoneError:
            return TicketState.MISSING
        borne = [*filter(TICKET_KEY.fullmatch, issue.fields.labels), *keys_in(issue.fields.summary)]
        return as_ours(ref, issue.state, borne, issue.key, lambda: issue.is_by(account))

    def _turn(self, ref: TicketRef, state: TicketState, text: str) -> None:
        """Say why, then go there: each is seen by the next attempt, if this one ends between them.

        The same words may be due again (closed, reopened by a person, closed): so they are marked with the last change
        by which it wasn't so any more.
        """
        account = self._ready()
        issue = self._rest.issue(ref.ref, history=True)
        self._states = self._states or self._rest.states()
        away = [
            int(change.id)
            for change in issue.changelog.histories
            for item in change.items
            if item.field == "status" and self._states.get(item.to or "", TicketState.OPEN) is not state
        ]
        self._say(issue.key, f"{state} {max(away, default=0)} {text}", text)
        if issue.state is not state:
            self._go(issue, state)
        if state is TicketState.CLOSED:
            for label in filter(TICKET_KEY.fullmatch, issue.fields.labels):
                self._rest.forget_intent(account, label)

    def _go(self, issue: JiraIssue, state: TicketState) -> None:
        ways = [each for each in self._rest.transitions(issue.key) if each.to.category.state is state]
        open_ways = [each for each in ways if not each.asks]
        if not open_ways:
            asked = {name for each in ways for name in each.asks}
            why = f"asks for {', '.join(sorted(asked))}" if asked else "is none for this account"
            raise FatalError(
                f"{self._where}: issue {issue.key} is {issue.fields.status.name!r}, and the transition from there that "
                f"{'closes' if state is TicketState.CLOSED else 'reopens'} it {why}. Mend the project's workflow."
            )
        way = min(open_ways, key=lambda each: (each.to.category.key != "new", int(each.id)))
        given = {"fields": {"resolution": {"name": self._settings.resolution}}} if "resolution" in way.fields else {}
        try:
            self._rest.go(issue.key, {"transition": {"id": way.id}, **given})
        except JiraRefusedError:
            # Sent twice on its way: from where it is by then the transition doesn't lead.
            if self._rest.issue(issue.key).state is not state:
                raise

    def _say(self, key: str, event_key: str, text: str) -> None:
        event = f"offb-{hashlib.sha256(event_key.encode()).hexdigest()[:32]}"
        if self._said(key, event):
            return
        if self._rest.cloud:
            body = {
                "body": whole(document(text, self._settings.tells_in)),
                "properties": [{"key": EVENT, "value": {"event": event}}],
            }
        else:
            mark = f"{{anchor:{event}}}"
            body = {"body": f"{wiki(text, self._settings.tells_in, MOST_CHARACTERS - len(mark))}{mark}"}
        self._rest.comment(key, body)
        # What was sent twice on its way was said twice.
        said = self._said(key, event)
        if not said:
            raise unsaid(
                self._where, f"issue {key}", "Let the account see its own comments, and look what takes them away"
            )
        for double in said[1:]:
            with suppress(JiraGoneError):
                self._rest.take_back(key, double.id)

    def _said(self, key: str, event: str) -> list[JiraComment]:
        account = self._ready()
        comments = [each for each in self._rest.comments(key) if each.tells(event)]
        return [each for each in comments if each.author and each.author.is_same(account)]

    def _bearing(self, key: str) -> list[JiraIssue]:
        """What the search knows, as it is now, the oldest first."""
        found = [self._if_there(each.key, key) for each in self._rest.labelled(key)]
        return sorted([each for each in found if each], key=lambda each: int(each.id))

    def _if_there(self, number: str, key: str) -> JiraIssue | None:
        """The index knows for a while what is gone."""
        if not number:
            return None
        try:
            issue = self._rest.issue(number)
        except JiraGoneError:
            return None
        return issue if key in issue.fields.labels and key_in(issue.fields.summary) == key else None

    def _without_doubles(self, key: str, *, beside: str = "") -> str | None:
        """The oldest of those that we opened; the others are closed.

        As far as the search knows; and of those with the next numbers to the one `beside` which it stands, which were
        made at the same moment.
        """
        account = self._ready()
        project, _, number = beside.rpartition("-")
        near = [self._if_there(f"{project}-{int(number) + by}", key) for by in NEAR] if beside else []
        found = {each.key: each for each in (*self._bearing(key), *near) if each}
        ours = [each for each in found.values() if each.is_by(account)]
        ours.sort(key=lambda each: int(each.id))
        for each in ours[1:]:
            log.warning("opened twice; the oldest counts", key=key, tickets=[ours[0].key, each.key])
            title = without_key(each.fields.summary, key, ours[0].key, self._settings.tells_in)
            self._rest.edit(
                each.key, {"fields": {"summary": title[:MOST_OF_A_TITLE]}, "update": {"labels": [{"remove": key}]}}
            )
            if each.state is TicketState.OPEN:
                self._go(each, TicketState.CLOSED)
        return ours[0].key if ours else None

    def _ready(self) -> JiraUser:
        """Whose the connection is, once what a new issue must say was compared with what we'd say."""
        if self._account is None:
            self._screen = self._rest.screen(self._settings.project, self._settings.issue_type)
            compare(self._where, self._settings, self._screen)
            if untold := self._rest.require_rights(self._settings.project):
                log.warning(
                    "Jira doesn't say whether this account may do what each ticket needs: not checked. What it may not"
                    " do is told once a ticket needs it",
                    tracker=self._settings.name,
                    permissions=untold,
                )
            self._account = self._rest.myself()
        return self._account

    def _described(self, now: Any, draft: TicketDraft) -> Any:
        part = with_part if self._rest.cloud else with_wiki_part
        return part(now, draft.key, draft.body, self._settings.tells_in)

    def _ref(self, issue: str) -> TicketRef:
        return TicketRef(ref=issue, url=f"{self._url}browse/{issue}")
