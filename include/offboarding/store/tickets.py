"""Tickets: which finding stands on which, what is yet to be said to the tracker, and what it was told last."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from psycopg.rows import scalar_row

from offboarding.model import (
    DONE,
    Basis,
    Circumstance,
    Effect,
    FindingState,
    Resolution,
    Severity,
    Standing,
    SubjectKind,
    TicketCall,
    TicketKind,
    TicketRef,
    TicketStatus,
    WrittenStep,
    sentence,
)
from offboarding.model.keys import ticket_key
from offboarding.store import outbox
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.rows import Run
from offboarding.store.spoken import spoken
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """A ticket as we keep it."""

    ticket_key: str
    kind: TicketKind
    holder: str
    queue: str
    episode: int
    generation: int
    tracker: str
    state: TicketStatus
    ref: str | None
    url: str | None
    digest: str
    due_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    past_due_at: datetime | None = None
    """The due time that it was open past: its priority has been raised since."""
    moved_to: str | None = None
    """The ticket in another tracker to which its items went."""
    renews: str | None = None
    """The ticket that its tracker no longer had, in whose place it was opened."""
    said_count: int = 0
    """How many different things its tracker was told, or was to be told."""
    said_digest: str = ""
    """Of the last of them; "" where nothing was, or what there was can't have been heard."""
    doubted: bool = False
    """Whether its tracker may have closed it since, unknown to a store that was restored."""

    @property
    def next_key(self) -> str:
        """Of the one that would take over from it in its queue."""
        return ticket_key(self.kind, self.holder, self.queue, self.episode, self.generation + 1)

    @property
    def known(self) -> TicketRef:
        """Where it stands in the tracker. Only for a ticket that was opened."""
        assert self.ref is not None
        return TicketRef(ref=self.ref, url=self.url or "", key=self.ticket_key, said=self.said_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketItem:
    """A finding as its ticket tells it."""

    finding_key: str
    rule: str
    ticket_kind: TicketKind
    of_keys: bool
    realm: str
    source: str
    roster: str
    subject_kind: SubjectKind
    subject_native_id: str
    subject_label: str
    account_native_id: str
    account_label: str
    state: FindingState
    severity: Severity
    standing: Standing
    standing_reason: str
    effect: Effect
    privileged: bool
    evidence: list[str]
    revoke: list[WrittenStep]
    warning: str
    holds_ticket: bool
    attestable: bool
    last_used_at: datetime | None
    due_at: datetime | None
    resolved_at: datetime | None
    resolution: Resolution | None
    resolution_details: dict[str, str]
    left_at: datetime | None
    basis: Basis | None
    worker_id: str | None
    id_space: str | None
    name: str | None
    left_on: date | None
    zone: str | None
    told: str | None
    """HR's own words."""
    reopened: int
    """How often it came back."""
    ticket_says: str
    """What its ticket last said of it: "" nothing yet, open, excepted or resolved."""
    circumstance: Circumstance = Circumstance.NONE
    """Whether they retired, or died."""
    worked_in: str = ""
    """In which time zone, by what the finding rests on."""
    location: str = ""
    part: str = ""
    owners: Sequence[str] = ()
    """What else routes go by (RoutingFacts)."""
    first_seen_at: datetime | None = None
    seen_at: datetime | None = None
    """When the last whole read of it began; None where none of its system's stands."""
    told_left_at: datetime | None = None
    """What its ticket last said of the departure, and whose it was."""
    told_basis: Basis | None = None
    told_worker: str | None = None
    made_of: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """By its English, what a sentence was made of."""

    @property
    def why(self) -> str:
        """Why it closed, or may stand, as a sentence; "" where it stands."""
        return sentence(self.resolution, self.resolution_details)

    @property
    def retold(self) -> bool:
        """Whether its ticket says something else of the departure."""
        said = (self.told_left_at, self.told_basis, self.told_worker)
        return self.told_worker is not None and said != (self.left_at, self.basis, f"{self.id_space}:{self.worker_id}")

    @property
    def holds(self) -> bool:
        """Whether it keeps its ticket open."""
        return self.holds_ticket and self.state not in DONE

    @property
    def beside(self) -> bool:
        """Whether it says of a whole account why other things on the list stand."""
        return not self.holds_ticket and self.subject_kind is SubjectKind.ACCOUNT

    @property
    def changed(self) -> bool:
        """Whether its ticket says something else of it."""
        if self.state == FindingState.UNVERIFIED and self.ticket_says == FindingState.RESOLVED:
            return False  # that it works again is said once it's seen
        says = self.state if self.state in DONE else FindingState.OPEN
        return self.state != FindingState.HELD and self.ticket_says != says


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanting:
    """Findings that belong together on a ticket, and the one that stands for them, if there is one."""

    kind: TicketKind
    holder: str
    queue: str
    episode: int
    finding_keys: list[str]
    holds: bool
    """Whether one of them is reason enough for a ticket."""
    ticket_key: str | None
    state: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket to be opened."""

    kind: TicketKind
    holder: str
    queue: str
    episode: int
    generation: int
    tracker: str
    renews: str | None = None
    """The ticket in whose place it's opened, where its tracker no longer has that."""


def wanting(session: Session, finding_key: str | None = None, queue: str | None = None) -> list[Wanting]:
    """Open findings that stand on no ticket, by the ticket that they belong on; or one, as if its queue was this."""
    return _wanting(session, "wanting", {"finding_key": finding_key, "queue": queue})


def unverified(session: Session, nights: int) -> list[Wanting]:
    """Systems of which things couldn't be told for so many nights, each with the ticket that it has."""
    return _wanting(session, "unverified", {"nights": nights})


def _wanting(session: Session, name: str, values: Mapping[str, object]) -> list[Wanting]:
    with session.cursor(row_factory=record_row(Wanting)) as cursor:
        return cursor.execute(block("tickets", name), values).fetchall()


def unsettled(session: Session) -> list[str]:
    """Keys of tickets that say something that is no longer so, or stand open or closed against what is on them."""
    return _keys(session, "unsettled")


def verified_again(session: Session) -> list[str]:
    """Keys of open tickets about what couldn't be told, and now can."""
    return _keys(session, "verified_again")


def want(session: Session, run: Run, ticket: NewTicket) -> str:
    """Want one more ticket, unless it's wanted already. Returns its key."""
    key = ticket_key(ticket.kind, ticket.holder, ticket.queue, ticket.episode, ticket.generation)
    session.execute(block("tickets", "insert_ticket"), {"ticket_key": key, **asdict(ticket)})
    outbox.say(session, run, key, op=TicketCall.OPEN, event_key="open", text="")
    return key


def put(session: Session, key: str, finding_keys: Sequence[str], *, says: str) -> None:
    """Findings stand on a ticket from now on; `says` is what it says of them: "" nothing yet, or open."""
    values = {"ticket_key": key, "finding_keys": list(finding_keys), "told": says}
    session.execute(block("tickets", "put_on_ticket"), values)


def mark_told(session: Session, finding_keys: Sequence[str]) -> None:
    """What stands in the outbox tells how these are now."""
    session.execute(block("tickets", "mark_told"), {"finding_keys": list(finding_keys)})


def retold(session: Session) -> list[str]:
    """Keys of tickets that say of a departure, or of whose it is, what is told otherwise now."""
    return _keys(session, "retold")


def mark_retold(session: Session, finding_keys: Sequence[str]) -> None:
    """What stands in the outbox, or will stand on the new ticket, tells the departure as it is now."""
    session.execute(block("tickets", "mark_retold"), {"finding_keys": list(finding_keys)})


def told_nowhere(session: Session) -> list[str]:
    """Keys of findings that are to be told and stand on no ticket that tells them, or will."""
    return _keys(session, "told_nowhere")


def ticket(session: Session, key: str) -> TicketRow:
    """A ticket by its key."""
    with session.cursor(row_factory=record_row(TicketRow)) as cursor:
        found = cursor.execute(block("tickets", "ticket"), {"ticket_key": key}).fetchone()
    assert found is not None
    return found


def items(session: Session, row: TicketRow) -> list[TicketItem]:
    """What stands on a ticket, in the order in which it came."""
    with session.cursor(row_factory=record_row(TicketItem)) as cursor:
        values = {"ticket_key": row.ticket_key, "kind": row.kind, "holder": row.holder}
        found = cursor.execute(block("tickets", "items"), values).fetchall()
    return [replace(each, **spoken(each.made_of, each)) for each in found]


def missing_rights(session: Session, row: TicketRow) -> list[str]:
    """Why things of a system couldn't be told, of a ticket about that; of any other nothing."""
    if row.kind != TicketKind.UNVERIFIED:
        return []
    with session.cursor(row_factory=scalar_row) as cursor:
        rows = cursor.execute(block("tickets", "missing_rights"), {"holder": row.holder}).fetchall()
    return [str(text) for text in rows]


def note_opened(session: Session, key: str, ref: TicketRef, *, digest: str, due_at: datetime | None) -> None:
    """The tracker has it; `digest`: of what it says there, "" where that isn't known."""
    values = {"ticket_key": key, "ref": ref.ref, "url": ref.url, "digest": digest, "due_at": due_at}
    session.execute(block("tickets", "note_opened"), values)


def note_updated(session: Session, key: str, *, digest: str, due_at: datetime | None) -> None:
    """The tracker shows it as it is now."""
    session.execute(block("tickets", "note_updated"), {"ticket_key": key, "digest": digest, "due_at": due_at})


def note_closed(session: Session, key: str) -> None:
    """The tracker was told that it's closed, or it's given up."""
    session.execute(block("tickets", "note_closed"), {"ticket_key": key})


def note_reopened(session: Session, key: str) -> None:
    """The tracker was told that it's open again."""
    session.execute(block("tickets", "note_reopened"), {"ticket_key": key})


def note_sure(session: Session, key: str) -> None:
    """It's open in its tracker, whatever a restored store has forgotten."""
    session.execute(block("tickets", "note_sure"), {"ticket_key": key})


def _keys(session: Session, name: str, values: Mapping[str, object] | None = None) -> list[str]:
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(key) for key in cursor.execute(block("tickets", name), values or {}).fetchall()]
