"""Tickets: which finding stands on which, what is yet to be said to the tracker, and what it was told last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from psycopg.rows import class_row, scalar_row

from include.offboarding.keys import short_finding, ticket_key
from include.offboarding.model import TicketRef
from include.offboarding.store.connect import Session
from include.offboarding.store.locks import lock_findings
from include.offboarding.store.rows import Run
from include.offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """A ticket as we keep it."""

    ticket_key: str
    kind: str
    """revoke, event, review, confirm or unverified."""
    holder: str
    queue: str
    episode: int
    generation: int
    tracker: str
    state: str
    """wanted, open or closed."""
    ref: str | None
    url: str | None
    digest: str
    due_at: datetime | None
    opened_at: datetime | None

    @property
    def known(self) -> TicketRef:
        """Where it stands in the tracker. Only for a ticket that was opened."""
        assert self.ref is not None
        return TicketRef(ref=self.ref, url=self.url or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketItem:
    """A finding as its ticket tells it."""

    finding_key: str
    rule: str
    realm: str
    source: str
    roster: str
    subject_kind: str
    subject_native_id: str
    subject_label: str
    account_native_id: str
    account_label: str
    state: str
    severity: str
    standing: str
    standing_reason: str
    effect: str
    privileged: bool
    evidence: list[str]
    revoke: list[str]
    warning: str
    holds_ticket: bool
    due_at: datetime | None
    resolved_at: datetime | None
    resolution: str
    left_at: datetime | None
    basis: str | None
    worker_id: str | None
    id_space: str | None
    name: str | None
    left_on: date | None
    zone: str | None
    told: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Something yet to be said to the tracker."""

    outbox_id: int
    op: str
    """open, comment, close or reopen."""
    event_key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    kind: str
    holder: str
    queue: str
    episode: int
    finding_keys: list[str]
    holds: bool
    ticket_key: str | None
    state: str | None
    generation: int | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChangedItem:
    ticket_key: str
    finding_key: str
    state: str
    resolution: str
    reopened: int
    ticket_state: str
    closed_at: datetime | None


def plan(session: Session, run: Run, *, tracker: str, unverified_nights: int, new_generation_days: int) -> None:
    """Decide, in one transaction, which tickets are to be opened, told, closed or reopened. Says nothing to a tracker."""
    planner = _Planner(session=session, run=run, tracker=tracker, keep=timedelta(days=new_generation_days))
    with session.transaction():
        lock_findings(session)
        planner.tell_changes()
        for group in planner.groups("wanting", {}):
            planner.place(group)
        for group in planner.groups("unverified", {"nights": unverified_nights}):
            planner.place(group)
        planner.close_verified()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planner:
    session: Session
    run: Run
    tracker: str
    keep: timedelta
    """How long a closed ticket may be reopened."""

    def groups(self, name: str, values: dict[str, object]) -> list[_Group]:
        """What stands on no ticket, by the ticket that it belongs on."""
        with self.session.cursor(row_factory=class_row(_Group)) as cursor:
            return cursor.execute(block("tickets", name), values).fetchall()

    def place(self, group: _Group) -> None:
        """Put findings on their ticket: the one that stands, one reopened, or a new one."""
        added = "\n".join(f"- {short_finding(key)}" for key in group.finding_keys)
        if group.ticket_key and group.state != "closed":
            if group.kind == "unverified":
                return
            self._put(group.ticket_key, group.finding_keys)
            if group.state == "open":
                self._say(group.ticket_key, "comment", f"added:{group.finding_keys[0]}", f"Added to the list:\n{added}")
        elif group.ticket_key and self._may_reopen(group.closed_at):
            self._put(group.ticket_key, group.finding_keys)
            self._say(group.ticket_key, "reopen", f"reopen:{self.run.run_id}", f"Something works again:\n{added}")
        elif group.holds:
            key = self.new_ticket(group.kind, group.holder, group.queue, group.episode, (group.generation or 0) + 1)
            self._put(key, group.finding_keys if group.kind != "unverified" else [])

    def new_ticket(self, kind: str, holder: str, queue: str, episode: int, generation: int) -> str:
        """Want one more ticket. Returns its key."""
        key = ticket_key(kind, holder, queue, episode, generation)
        values = {
            "ticket_key": key,
            "kind": kind,
            "holder": holder,
            "queue": queue,
            "episode": episode,
            "generation": generation,
            "tracker": self.tracker,
        }
        self.session.execute(block("tickets", "insert_ticket"), values)
        self._say(key, "open", "open", "")
        return key

    def tell_changes(self) -> None:
        """Items that died or came back since their ticket was last told."""
        with self.session.cursor(row_factory=class_row(_ChangedItem)) as cursor:
            changed = cursor.execute(block("tickets", "changed_items")).fetchall()
        by_ticket = {key: list(items) for key, items in groupby(changed, key=lambda item: item.ticket_key)}
        holding = self._holding(list(by_ticket))
        for key, items in by_ticket.items():
            self._tell(key, items, holding[key])
            told = {"finding_keys": [item.finding_key for item in items]}
            self.session.execute(block("tickets", "mark_told"), told)

    def close_verified(self) -> None:
        """Tickets about what couldn't be told, and now can."""
        with self.session.cursor(row_factory=scalar_row) as cursor:
            keys = [str(key) for key in cursor.execute(block("tickets", "verified_again")).fetchall()]
        for key in keys:
            self._say(key, "close", f"close:{self.run.run_id}", "Everything here can be told again.")

    def _tell(self, key: str, items: Sequence[_ChangedItem], holding: int) -> None:
        text = "\n".join(_change(item) for item in items)
        first = items[0]
        if first.ticket_state == "closed":
            if holding and self._may_reopen(first.closed_at):
                self._say(key, "reopen", f"reopen:{self.run.run_id}", f"Something works again:\n{text}")
            elif holding:
                self.renew(key)
        elif not holding:
            self._say(key, "close", f"close:{self.run.run_id}", f"Nothing on this ticket works any more:\n{text}")
        else:
            self._say(key, "comment", f"changes:{self.run.run_id}", text)

    def renew(self, key: str) -> str:
        """A new generation of a ticket takes over what still works."""
        old = ticket(self.session, key)
        new = self.new_ticket(old.kind, old.holder, old.queue, old.episode, old.generation + 1)
        self.session.execute(block("tickets", "new_generation"), {"old_key": key, "new_key": new})
        return new

    def _put(self, key: str, finding_keys: Sequence[str]) -> None:
        values = {"ticket_key": key, "finding_keys": list(finding_keys), "told": "open"}
        self.session.execute(block("tickets", "put_on_ticket"), values)

    def _say(self, key: str, op: str, event_key: str, text: str) -> None:
        values = {"ticket_key": key, "op": op, "event_key": event_key, "text": text, "run_id": self.run.run_id}
        self.session.execute(block("tickets", "insert_outbox"), values)

    def _holding(self, keys: list[str]) -> dict[str, int]:
        rows = self.session.execute(block("tickets", "holding_items"), {"ticket_keys": keys}).fetchall()
        return {str(key): int(str(count)) for key, count in rows}

    def _may_reopen(self, closed_at: datetime | None) -> bool:
        return closed_at is None or closed_at >= self.run.started_at - self.keep


def renew(session: Session, run: Run, key: str, *, tracker: str) -> str:
    """A ticket that its tracker no longer has gets a new generation. Returns the new key."""
    with session.transaction():
        lock_findings(session)
        new = _Planner(session=session, run=run, tracker=tracker, keep=timedelta()).renew(key)
        session.execute(block("tickets", "note_closed"), {"ticket_key": key})
    return new


def to_drain(session: Session) -> list[str]:
    """Keys of the tickets to see to: those with something to say, and every open one."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(key) for key in cursor.execute(block("tickets", "to_drain")).fetchall()]


def ticket(session: Session, key: str) -> TicketRow:
    """A ticket by its key."""
    with session.cursor(row_factory=class_row(TicketRow)) as cursor:
        found = cursor.execute(block("tickets", "ticket"), {"ticket_key": key}).fetchone()
    assert found is not None
    return found


def items(session: Session, row: TicketRow) -> list[TicketItem]:
    """What stands on a ticket, in the order in which it came."""
    with session.cursor(row_factory=class_row(TicketItem)) as cursor:
        values = {"ticket_key": row.ticket_key, "kind": row.kind, "holder": row.holder}
        return cursor.execute(block("tickets", "items"), values).fetchall()


def missing_rights(session: Session, row: TicketRow) -> list[str]:
    """Why things of a system couldn't be told."""
    with session.cursor(row_factory=scalar_row) as cursor:
        rows = cursor.execute(block("tickets", "missing_rights"), {"holder": row.holder}).fetchall()
    return [str(text) for text in rows]


def pending(session: Session, key: str) -> list[Pending]:
    """What is yet to be said of a ticket, in order."""
    with session.cursor(row_factory=class_row(Pending)) as cursor:
        return cursor.execute(block("tickets", "pending"), {"ticket_key": key}).fetchall()


def note(session: Session, name: str, **values: object) -> None:
    """Write down what the tracker was told: opened, updated, closed, reopened, or an outbox row done."""
    session.execute(block("tickets", name), values)


def _change(item: _ChangedItem) -> str:
    if item.state == "resolved":
        return f"- {short_finding(item.finding_key)}: {item.resolution}"
    return f"- {short_finding(item.finding_key)}: works again"


def keys_of(rows: Iterable[TicketItem]) -> list[str]:
    """Short keys, for logs."""
    return [short_finding(row.finding_key) for row in rows]
