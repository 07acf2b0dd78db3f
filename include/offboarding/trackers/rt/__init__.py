"""Tickets in Request Tracker 5, over its REST 2 (https://docs.bestpractical.com/rt/latest/RT/REST2.html).

- The key stands in the subject, which TicketSQL finds a part of at once.
- The checklist stands in a custom field of the queue, since a message of RT's is never edited: an administrator makes
  one, "Fill in one text area". RT shows such a field as HTML: the text is escaped, and stands in <pre> as it's written.
- What we said once we know by the subject of the comment.
- A queue is a queue.

RT has no uniqueness: whoever opens a ticket searches first, under a lock of their own. What something on the way sent
twice is merged at once.
"""

import hashlib
import weakref
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, client_of, destination, needed
from offboarding.trackers._assigning import unknown_assignee
from offboarding.trackers._bearing import as_ours, oldest
from offboarding.trackers._titles import key_in, keys_in, within
from offboarding.trackers.rt.checklist import as_shown, as_written
from offboarding.trackers.rt.rest2 import BY_US, Rest2, RtTicket
from offboarding.trackers.rt.settings import Settings

MOST_OF_A_SUBJECT: Final = 200
"""In UTF-8. RT cuts the rest off, and its database's column."""
_MOMENT = "%Y-%m-%d %H:%M:%S"
"""In UTC: of RT's own words the only one that both makes and changes a ticket right."""
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
"""RT's word for none."""


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"trackers.{settings.name}", connection)


def build(settings: Settings, connection: ConnectionFields) -> "RequestTracker":
    """RT at the connection's address, with its password as an authentication token. Raises ConfigError."""
    where = f"trackers.{settings.name}"
    needed(where, connection, "host", "password")
    address = address_of(where, connection)
    client = client_of(
        where,
        connection,
        address.join("REST/2.0/"),
        headers={"Authorization": f"token {connection.password}", "Accept-Encoding": "identity"},
        seconds=settings.timeout_seconds,
    )
    return RequestTracker(settings, Rest2(where, client), settings.url or str(address))


class RequestTracker:
    """A Tracker (see interfaces)."""

    def __init__(self, settings: Settings, rest: Rest2, url: str) -> None:
        self._settings = settings
        self._rest = rest
        self._url = url
        self._queues_seen: set[str] = set()
        weakref.finalize(self, rest.end)

    def find(self, key: str) -> TicketRef | None:
        """The lowest number where several bear the key: a person's copy is always the younger one."""
        ids = self._bearing(key)
        ours = set(self._bearing(key, f" AND {BY_US}")) if ids else set[str]()
        first = oldest(key, ids, str, ours.__contains__)
        return None if first is None else self._ref(first)

    def open(self, draft: TicketDraft) -> TicketRef:
        """One request makes it, with its checklist. A RetriableError says nothing about whether it was made."""
        queue = self._queue(draft.queue)
        assignee = draft.assignee or self._settings.assigned_to
        owner = {"Owner": assignee} if assignee else {}
        made = self._rest.create({"Queue": queue, **self._fields(draft), **owner})
        ref = self._one(draft.key, made)
        # RT takes an unknown owner for Nobody, and says so to nobody.
        if assignee and self._rest.ticket(ref.ref).owner != assignee:
            self.comment(ref, *unknown_assignee(assignee, self._settings.tells_in))
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Subject, priority, due time and checklist; what is so already is left alone."""
        self._put(ref, self._fields(draft))

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """Doesn't change the status, as a reply would; and is mailed to no requestor."""
        marker = _marker(event_key)
        if not self._said(ref, marker):
            self._rest.comment(ref.ref, marker, text)

    def close(self, ref: TicketRef, text: str) -> None:
        """A ticket that is closed already gets the text, once."""
        self._turn(ref, "close", text, self._settings.closed_statuses[0])

    def reopen(self, ref: TicketRef, text: str) -> None:
        """A ticket that is open already gets the text, once."""
        self._turn(ref, "reopen", text, self._settings.open_status)

    def state(self, ref: TicketRef) -> TicketState:
        """Missing: never there, deleted, which in RT is a status, or merged into another ticket of ours, where its list
        has no room: RT answers with that one then, and it would say what was told last.
        """
        ticket = self._rest.look(ref.ref)
        if ticket is None or ticket.status == "deleted":
            return TicketState.MISSING
        state = TicketState.CLOSED if ticket.status in self._settings.closed_statuses else TicketState.OPEN
        borne, merged = keys_in(ticket.subject), str(ticket.id) != ref.ref
        if merged and borne and not ref.key:
            return TicketState.MISSING
        return as_ours(ref, state, borne, ticket.id, lambda: merged or self._is_by_us(ref.ref))

    def _turn(self, ref: TicketRef, verb: str, text: str, status: str) -> None:
        """Say why, then set the status. Said and so already: nothing to do.

        The same words may be due again (closed, reopened by a person, closed): then they are counted.
        """
        marker = _marker(f"{verb} {text}")
        closed = self._settings.closed_statuses
        is_so = (self._rest.ticket(ref.ref).status in closed) == (status in closed)
        said = self._said(ref, marker)
        # Said since the status last changed: whoever said it didn't live to set the status.
        if not said or not (is_so or marker in self._rest.since_status(ref.ref)):
            self._rest.comment(ref.ref, f"{marker}.{said}", text)
        if not is_so:
            self._put(ref, {"Status": status})

    def _said(self, ref: TicketRef, marker: str) -> int:
        """How often: our comments with this marker, or with it and a count."""
        return sum(subject.partition(".")[0] == marker for subject in self._rest.comments(ref.ref))

    def _one(self, key: str, made: str) -> TicketRef:
        """The ticket that was made; what came of the same request sent twice is merged into the oldest."""
        ids = self._bearing(key, f" AND {BY_US}") or [made]
        for later in ids[1:]:
            if self._rest.ticket(later).is_ours_alone:
                self._rest.put(later, {"MergeInto": int(ids[0])})
        return self._ref(ids[0])

    def _is_by_us(self, number: str) -> bool:
        return bool(self._rest.search(f"id = {int(number)} AND {BY_US}"))

    def _bearing(self, key: str, also: str = "") -> list[str]:
        found = self._rest.search("Subject LIKE '" + key.replace("'", r"\'") + "'" + also)
        return [each.id for each in sorted(found, key=lambda each: int(each.id)) if key_in(each.subject) == key]

    def _put(self, ref: TicketRef, wanted: Mapping[str, object]) -> None:
        """Change what isn't so yet. RT answers 200 whatever it refuses, so it's looked at again."""
        changes = self._differing(self._rest.ticket(ref.ref), wanted)
        if not changes:
            return
        said = self._rest.put(ref.ref, changes)
        if refused := self._differing(self._rest.ticket(ref.ref), changes):
            raise FatalError(
                f"trackers.{self._settings.name}: ticket {ref.ref} keeps its {', '.join(refused)}: {said}. Give the"
                " token's user ModifyTicket, SeeCustomField and ModifyCustomField, or compare the names with RT's"
            )

    def _differing(self, seen: RtTicket, wanted: Mapping[str, object]) -> dict[str, object]:
        now = {
            "Subject": seen.subject,
            "Priority": seen.priority,
            "Due": seen.due.strftime(_MOMENT),
            "Status": seen.status,
            # RT sends it back a little otherwise than it came; what it shows is compared.
            "CustomFields": {self._settings.checklist_field: as_written(as_shown(self._checklist(seen)))},
        }
        return {name: new for name, new in wanted.items() if now[name] != new}

    def _checklist(self, seen: RtTicket) -> str:
        return seen.field(self._settings.checklist_field)

    def _fields(self, draft: TicketDraft) -> dict[str, object]:
        return {
            "Subject": within(draft, MOST_OF_A_SUBJECT, _bytes),
            "Priority": self._settings.priorities[draft.priority],
            "Due": (draft.due_at or _NO_MOMENT).astimezone(UTC).strftime(_MOMENT),
            "CustomFields": {self._settings.checklist_field: as_written(draft.body)},
        }

    def _queue(self, queue: str) -> str:
        """RT's name of it, once it's known to hold a checklist: RT drops what it has no field for, in silence."""
        name = self._settings.queues.get(queue, queue) or self._settings.queue
        if name not in self._queues_seen and self._settings.checklist_field not in self._rest.fields_of(name):
            raise FatalError(
                f"trackers.{self._settings.name}: queue {name!r} shows no custom field"
                f" {self._settings.checklist_field!r}. Make one, 'Fill in one text area', apply it to the queue, and"
                " give the token's user SeeCustomField and ModifyCustomField"
            )
        self._queues_seen.add(name)
        return name

    def _ref(self, ticket: str) -> TicketRef:
        return TicketRef(ref=ticket, url=f"{self._url}Ticket/Display.html?id={ticket}")


def _bytes(text: str) -> int:
    return len(text.encode())


def _marker(event: str) -> str:
    """The subject of a comment: what is said. A hash, since events may hold any character."""
    return "Offboarding " + hashlib.sha256(event.encode()).hexdigest()[:16]
