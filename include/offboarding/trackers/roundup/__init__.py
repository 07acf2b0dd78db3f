"""Tickets in Roundup, over its REST interface (https://www.roundup-tracker.org/docs/rest.html).

Made for a tracker that nobody tailored: the classic template's names, an ordinary user with the role User.

- The key stands in the title: Roundup finds a part of a title at once, and every tracker has titles.
- The checklist is the ticket's first message, which `update` rewrites: a Roundup issue has no description of its own.
- What we said once we know by the message's `messageid`, the header under which Roundup mails it: no reader sees it.
- A queue is a keyword, made where there is none; or the first line of the text (`queue_as: body`).
- There is no due time in the classic template: it stands in the text alone.

Roundup has no uniqueness: whoever opens a ticket searches first, under a lock of their own.
"""

import hashlib
import weakref
from collections.abc import Callable, Iterator
from typing import Final

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketDraft, TicketRef, TicketState
from offboarding.model.errors import RetriableError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, client_of, destination, needed
from offboarding.trackers._assigning import unknown_assignee
from offboarding.trackers._bearing import as_ours, oldest
from offboarding.trackers._titles import key_in, keys_in, within
from offboarding.trackers.roundup.rest import Content, Hit, Item, Linked, Properties, Rest, RoundupRefusedError
from offboarding.trackers.roundup.settings import Settings
from offboarding.trackers.roundup.text import as_kept, unlinked

MOST_OF_A_TITLE: Final = 255
"""Roundup has no limit; as long as elsewhere a list of tickets is still read."""
EDIT_ATTEMPTS = 5
"""How often an edit starts over because somebody else edited the same thing meanwhile."""


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"trackers.{settings.name}", connection)


def build(settings: Settings, connection: ConnectionFields) -> "RoundupTracker":
    """The tracker at schema://host:port/extra.tracker/. Raises ConfigError for a connection that can't be right."""
    where = f"trackers.{settings.name}"
    needed(where, connection, "host", "login", "password")
    address = address_of(where, connection, str(connection.extra.get("tracker", "")))
    own_url = settings.url or str(address)
    client = client_of(
        where,
        connection,
        address.join("rest/data/"),
        auth=(connection.login, connection.password),
        headers=_headers(address, own_url),
        seconds=settings.timeout_seconds,
    )
    return RoundupTracker(settings, Rest(where, client), own_url, connection.login)


def _headers(address: httpx.URL, own_url: str) -> dict[str, str]:
    """Roundup takes a change only from its own pages, or from what says the first three."""
    origin = str(httpx.URL(own_url).copy_with(raw_path=b"/")).rstrip("/")
    headers = {"X-Requested-With": "rest", "Origin": origin, "Referer": own_url, "Accept-Encoding": "identity"}
    if address.scheme == "http":
        # Roundup's own server writes head and body apart: on a kept connection the body waits 40 ms for the head's
        # acknowledgement (RFC 896 meets RFC 1122, 4.2.3.2). A new connection costs less, unless it needs a handshake.
        headers["Connection"] = "close"
    return headers


class RoundupTracker:
    """A Tracker (see interfaces)."""

    def __init__(self, settings: Settings, rest: Rest, url: str, login: str) -> None:
        self._settings = settings
        self._rest = rest
        self._url = url
        self._login = login
        weakref.finalize(self, rest.end)

    def find(self, key: str) -> TicketRef | None:
        """The lowest id where several bear the key: a person's copy is always the younger one."""
        hits = self._rest.search("issue", "title", "creator", title=key)
        bearing = [hit for hit in hits if key_in(hit.title or "") == key]
        first = oldest(key, bearing, lambda hit: hit.id, self._is_by_us)
        return None if first is None else self._ref(first.id)

    def open(self, draft: TicketDraft) -> TicketRef:
        """Text first, then the ticket with it in one request: no ticket ever stands without its text.

        A RetriableError says nothing about whether it was made: search before the next attempt.
        """
        title = within(draft, MOST_OF_A_TITLE)
        message = self._message(_body_marker(draft.key), self._body(draft))
        properties: dict[str, object] = {
            "title": title,
            "status": self._settings.open_status,
            "priority": self._settings.priorities[draft.priority],
            "messages": [message],
        }
        if draft.queue and self._settings.queue_as == "keyword":
            properties["keyword"] = [self._keyword(draft.queue)]
        assignee = draft.assignee or self._settings.assigned_to
        if not assignee:
            return self._ref(self._rest.create("issue", properties))
        try:
            return self._ref(self._rest.create("issue", {**properties, "assignedto": assignee}))
        except RoundupRefusedError as error:
            if "property assignedto" not in error.reason:
                raise
        ref = self._ref(self._rest.create("issue", properties))
        self.comment(ref, *unknown_assignee(assignee, self._settings.tells_in))
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Title, priority and text; what is so already is left alone. A text that somebody removed comes back."""
        title, priority = within(draft, MOST_OF_A_TITLE), self._settings.priorities[draft.priority]

        def changes(issue: Item) -> dict[str, object]:
            wanted = {"title": (issue.attributes.title, title), "priority": (issue.priority, priority)}
            return {name: new for name, (now, new) in wanted.items() if now != new}

        issue = self._edit(ref, changes)
        message = self._message(_body_marker(draft.key), self._body(draft))
        if message not in issue.message_ids:
            self._add(ref, message)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """Doesn't change the status, though a message by itself would reopen a resolved ticket in Roundup."""
        self._add(ref, self._message(_marker(ref.ref, event_key), text))

    def close(self, ref: TicketRef, text: str) -> None:
        """A ticket that is closed already gets the text, once."""
        self._turn(ref, "close", text, self._settings.closed_statuses[0])

    def reopen(self, ref: TicketRef, text: str) -> None:
        """A ticket that is open already gets the text, once."""
        self._turn(ref, "reopen", text, self._settings.open_status)

    def state(self, ref: TicketRef) -> TicketState:
        """Missing: never there, or retired, which is how Roundup deletes."""
        found = self._rest.search("issue", "status", "title", "creator", id=ref.ref)
        if not found:
            return TicketState.MISSING
        (issue,) = found
        state = TicketState.CLOSED if self._is_closed(issue.status) else TicketState.OPEN
        return as_ours(ref, state, keys_in(issue.title or ""), issue.id, lambda: self._is_by_us(issue))

    def _turn(self, ref: TicketRef, verb: str, text: str, status: str) -> None:
        """Set the status and say why, in one change. Said and so already: nothing to do.

        The same words may be due again (closed, reopened by a person, closed): then they are counted.
        """
        marker = _marker(ref.ref, f"{verb} {text}")
        issue = self._issue(ref)
        said = sum(hit.id in issue.message_ids for hit in self._said(marker))
        is_so = self._is_closed(issue.attributes.status) == (status in self._settings.closed_statuses)
        if not (said and is_so):
            self._add(ref, self._message(f"{marker}.{said}", text), status=None if is_so else status)

    def _add(self, ref: TicketRef, message: str, *, status: str | None = None) -> None:
        """Put a message on the ticket, where it isn't yet, and set the status; None: as it is."""

        def changes(issue: Item) -> dict[str, object]:
            if message in issue.message_ids:
                return {}
            # Named though unchanged: else the classic template's statusauditor makes it "chatting".
            return {"messages": [*issue.message_ids, message], "status": status or issue.status}

        self._edit(ref, changes)

    def _edit(self, ref: TicketRef, changes: Callable[[Item], Properties]) -> Item:
        """Change a ticket as somebody may be doing at the same time; the ticket as it was read for that."""
        for _ in range(EDIT_ATTEMPTS):
            issue = self._issue(ref)
            wanted = changes(issue)
            if not wanted or self._rest.patch(f"issue/{ref.ref}", issue.etag, wanted):
                return issue
        raise RetriableError(f"trackers.{self._settings.name}: ticket {ref.ref} is being edited. Try again in a minute")

    def _rewrite(self, message: str, text: str) -> None:
        for _ in range(EDIT_ATTEMPTS):
            content = self._rest.get(f"msg/{message}/content", Content)
            if as_kept(content.data or "") == text or self._rest.patch(
                f"msg/{message}", content.etag, {"content": text}
            ):
                return
        raise RetriableError(
            f"trackers.{self._settings.name}: message {message} is being edited. Try again in a minute"
        )

    def _message(self, marker: str, text: str) -> str:
        """The id of the message with this marker, with this text; it may stand on no ticket yet."""
        text = unlinked(text)
        for hit in self._said(marker):
            self._rewrite(hit.id, text)
            return hit.id
        # Without an author, Roundup's nosyreaction refuses the ticket that the message is put on.
        properties = {"content": text, "author": self._login, "date": ".", "messageid": f"<{marker}@offboarding>"}
        return self._rest.create("msg", properties)

    def _said(self, marker: str) -> list[Hit]:
        """Our messages with this marker, or with it and a count."""
        hits = self._rest.search("msg", "messageid", "creator", messageid=f"<{marker}")
        return [hit for hit in hits if self._is_by_us(hit)]

    def _is_by_us(self, hit: Hit) -> bool:
        """Whoever makes something may name another as its author; its creator is Roundup's to say."""
        return hit.creator is not None and hit.creator.username == self._login

    def _keyword(self, queue: str) -> str:
        """The id of the queue's keyword, made where there is none."""
        name = self._settings.keywords.get(queue, queue)
        for hit in self._rest.search("keyword", "name", name=name):
            if hit.name == name:
                return hit.id
        return self._rest.create("keyword", {"name": name})

    def _issue(self, ref: TicketRef) -> Item:
        return self._rest.get(f"issue/{ref.ref}", Item, **{"@verbose": "2"})

    def _is_closed(self, status: Linked | None) -> bool:
        return status is not None and status.name in self._settings.closed_statuses

    def _body(self, draft: TicketDraft) -> str:
        first = f"Queue: {draft.queue}\n\n" if draft.queue and self._settings.queue_as == "body" else ""
        return first + draft.body

    def _ref(self, issue: str) -> TicketRef:
        return TicketRef(ref=issue, url=f"{self._url}issue{issue}")


def _marker(ticket: str, event: str) -> str:
    """The start of a Message-ID: what is said on which ticket. A hash, since events may hold any character."""
    return "offb-" + hashlib.sha256(f"{ticket}\n{event}".encode()).hexdigest()[:32]


def _body_marker(key: str) -> str:
    return _marker(key, "body")
