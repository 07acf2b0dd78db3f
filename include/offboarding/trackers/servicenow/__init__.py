"""Tickets in ServiceNow, over its Table API (https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html).

In `incident`, `sc_task`, or any table that extends `task`.

- The key is the record's correlation id, which every task has and an exact query finds; people read it in the title.
- The checklist is the description, cut where the table's field ends.
- What we said once we know by a word at the end of the work note.
- A queue is an assignment group.

ServiceNow has no uniqueness of ours: whoever opens a ticket searches first, under a lock of their own. What something
on the way sent twice is closed at once, and loses its key.
"""

import hashlib
import re
import weakref
from collections.abc import Iterator
from datetime import UTC

from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError
from offboarding.model.keys import TICKET_KEY
from offboarding.net.destinations import Destination
from offboarding.net.service.address import address_of, client_of, destination, needed
from offboarding.trackers._assigning import unknown_assignee
from offboarding.trackers._bearing import as_ours, made_twice, oldest, unsaid
from offboarding.trackers._markup.fitting import fitted_lines
from offboarding.trackers._titles import keys_in, within
from offboarding.trackers.servicenow.settings import Settings
from offboarding.trackers.servicenow.table import Fields, TableApi, TaskRecord
from offboarding.trackers.servicenow.text import MOST_OF_A_TITLE, as_kept, as_note, as_shown

__all__ = ["ServiceNow", "Settings", "build", "destinations"]


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    return destination(f"trackers.{settings.name}", connection)


def build(settings: Settings, connection: ConnectionFields) -> "ServiceNow":
    """The instance: with a login by its password, else by an API key in the password's place. Raises ConfigError."""
    where = f"trackers.{settings.name}"
    needed(where, connection, "host", "password")
    address = address_of(where, connection)
    own = {"Accept": "application/json", "Accept-Encoding": "identity"}
    key = {} if connection.login else {"x-sn-apikey": connection.password}
    client = client_of(
        where,
        connection,
        address.join("api/now/table/"),
        auth=(connection.login, connection.password) if connection.login else None,
        headers={**own, **key},
        seconds=settings.timeout_seconds,
    )
    return ServiceNow(settings, TableApi(where, settings.table, client), settings.url or str(address), connection.login)


class ServiceNow:
    """A Tracker (see interfaces)."""

    def __init__(self, settings: Settings, table: TableApi, url: str, login: str) -> None:
        self._where = f"trackers.{settings.name}"
        self._settings = settings
        self._table = table
        self._url = url
        self._login = login
        weakref.finalize(self, table.end)

    def find(self, key: str) -> TicketRef | None:
        """The first that was made where several bear the key: a person's copy is always the younger one."""
        found = self._table.bearing(key)
        first = oldest(key, found, lambda each: each.number, self._is_by_us)
        return None if first is None else self._ref(first)

    def open(self, draft: TicketDraft) -> TicketRef:
        """One request makes it. A RetriableError says nothing about whether it was made: search before the next."""
        group = self._settings.groups.get(draft.queue, draft.queue) or self._settings.group
        assignee = draft.assignee or self._settings.assigned_to
        user = self._table.user(assignee) if assignee else ""
        fields = {
            **self._fields(draft),
            "correlation_id": draft.key,
            **({"assignment_group": self._table.group(group)} if group else {}),
            **({"assigned_to": user} if user else {}),
            **self._settings.fields,
        }
        made = self._table.create(fields)
        self._kept(made, {"correlation_id": draft.key, "description": fields["description"]})
        ref = self._ref(self._one(draft.key, made))
        if assignee and not (user and made.field("assigned_to") == user):
            self.comment(ref, *unknown_assignee(assignee, self._settings.tells_in))
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Title, description, priority and due time; what is so already is left alone."""
        now = self._table.record(ref.ref)
        changes = {name: new for name, new in self._fields(draft).items() if now.field(name) != new}
        if changes:
            self._kept(self._table.patch(ref.ref, changes), changes)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """A work note, which no requester sees."""
        mark = _mark(event_key)
        if not self._said(self._table.record(ref.ref), mark):
            self._noted(self._table.patch(ref.ref, {"work_notes": _note(text, f"{mark}.0")}), mark)

    def close(self, ref: TicketRef, text: str) -> None:
        """A ticket that is closed already gets the text, once."""
        self._turn(ref, text, closed=True)

    def reopen(self, ref: TicketRef, text: str) -> None:
        """A ticket that is open already gets the text, once."""
        self._turn(ref, text, closed=False)

    def state(self, ref: TicketRef) -> TicketState:
        """Missing: deleted, never there, or closed for good, so that another ticket takes over what still works."""
        found = self._table.look(ref.ref)
        if found is None or found.state in self._settings.ended:
            return TicketState.MISSING
        state = TicketState.CLOSED if found.state in self._settings.closed else TicketState.OPEN
        borne = [
            *filter(TICKET_KEY.fullmatch, [found.field("correlation_id")]),
            *keys_in(found.field("short_description")),
        ]
        return as_ours(ref, state, borne, found.number, lambda: self._is_by_us(found))

    def _turn(self, ref: TicketRef, text: str, *, closed: bool) -> None:
        """Set the state and say why, in one change. Said and so already: nothing to do.

        The same words may be due again (closed, reopened by a person, closed): then they are counted.
        """
        now = self._table.record(ref.ref)
        mark = _mark(f"{'close' if closed else 'reopen'} {text}")
        said, is_so = self._said(now, mark), (now.state in self._settings.closed) == closed
        if said and is_so:
            return
        change = {} if is_so else self._settings.closing(text) if closed else {"state": self._settings.reopened}
        after = self._table.patch(ref.ref, {"work_notes": _note(text, f"{mark}.{said}"), **change})
        self._kept(after, {name: new for name, new in change.items() if name == "state"})
        self._noted(after, mark)

    def _one(self, key: str, made: TaskRecord) -> TaskRecord:
        """The ticket that was made; what came of the same request sent twice is closed, and loses its key."""
        author = made.field("sys_created_by")
        found = [each for each in self._table.bearing(key) if each.field("sys_created_by") == author] or [made]
        for later in found[1:]:
            if later.field("sys_mod_count") == "0":
                title, text = made_twice(found[0].number, self._settings.tells_in)
                gone = {"correlation_id": "", "short_description": title, "work_notes": text}
                self._table.patch(later.sys_id, {**gone, **self._settings.closing(text)})
        return found[0]

    def _fields(self, draft: TicketDraft) -> Fields:
        due = draft.due_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if draft.due_at else ""
        return {
            "short_description": as_shown(within(draft, MOST_OF_A_TITLE)),
            "description": fitted_lines(
                as_shown(draft.body), self._settings.description_characters, self._settings.tells_in
            ),
            "due_date": due,
            **self._settings.priority(draft.priority),
        }

    def _kept(self, after: TaskRecord, wanted: Fields) -> None:
        """ServiceNow drops a field that the user may not write, cuts a text that is too long, and says that all is
        well: so what it answers is compared.
        """
        if lost := [name for name, new in wanted.items() if as_kept(after.field(name)) != as_kept(new)]:
            raise FatalError(
                f"{self._where}: {after.number} keeps its {', '.join(lost)}. Let the user write these fields of"
                f" {self._settings.table}. A description that was cut: description_characters says more than it holds"
            )

    def _is_by_us(self, record: TaskRecord) -> bool:
        """An API key doesn't say whose it is."""
        return not self._login or record.field("sys_created_by").lower() == self._login.lower()

    def _said(self, record: TaskRecord, mark: str) -> int:
        """How often, in lines of their own. A journal doesn't say whose login wrote what."""
        return len(re.findall(rf"^\({mark}\.\d+\)\s*$", record.work_notes, re.MULTILINE))

    def _noted(self, after: TaskRecord, mark: str) -> None:
        if not self._said(after, mark):
            raise unsaid(self._where, after.number, f"Let the user read and write work_notes of {self._settings.table}")

    def _ref(self, record: TaskRecord) -> TicketRef:
        address = f"{self._url}nav_to.do?uri={self._settings.table}.do?sys_id={record.sys_id}"
        return TicketRef(ref=record.sys_id, url=address)


def _mark(event: str) -> str:
    return "offb-" + hashlib.sha256(event.encode()).hexdigest()[:16]


def _note(text: str, mark: str) -> str:
    return f"{as_note(text)}\n\n({mark})"
