"""A night as its report tells it, read off the store: the same again however often it's asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from psycopg.rows import class_row

from offboarding.model import Basis, FindingState, Resolution, RunKind, Severity, TicketKind
from offboarding.model.errors import FatalError
from offboarding.store import messages, notices, refusals, revocations
from offboarding.store.connect import Session
from offboarding.store.correlation.linking import BulkLoad, WeightlessValue
from offboarding.store.events import Head, head
from offboarding.store.guard import Hold, holds
from offboarding.store.hidden import AlikeThen, HiddenThen, alike_then, hidden_then
from offboarding.store.messages import QueueLook
from offboarding.store.notices import NoticeThen, SamePersonThen
from offboarding.store.putting_right import troubles_then
from offboarding.store.reading.key_views import (
    AttestationThen,
    KeysThen,
    attestations_then,
    entries_unseen_then,
    keys_then,
)
from offboarding.store.reading.reads import PartView, RosterView, roster_reads, source_reads
from offboarding.store.reading.upcoming import DAYS, LeavesSoon, upcoming
from offboarding.store.reading.waiver_views import (
    AcknowledgedThen,
    ExceptedThen,
    UncoveredThen,
    acknowledged_then,
    excepted_then,
    uncovered_then,
)
from offboarding.store.record_rows import record_row
from offboarding.store.refusals import RefusedTicket
from offboarding.store.rows import CorrelationCounts, Run
from offboarding.store.sql import block

ATTESTED_DAYS = 7
"""So many days ahead it's said that a person's word on a key ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFinding:
    """A finding that stood when the run ended. Nothing here names a person: worker and native ids only."""

    finding_key: str
    rule: str
    severity: Severity
    state: FindingState
    """As it was when the run ended: open, held or unverified."""
    person_uid: str | None
    id_space: str
    worker_id: str
    """ "" where nobody is concerned."""
    source: str
    realm: str
    subject_kind: str
    subject_native_id: str
    privileged: bool
    standing_reason: str
    ticket_kind: TicketKind
    comes_first: bool
    """Of what is equally bad, it's told ahead of everything else."""
    left_at: datetime | None
    last_used_at: datetime | None
    due_at: datetime | None
    first_seen_at: datetime
    tracker: str | None
    ref: str | None
    url: str | None
    opened: bool
    """Opened in this run."""
    reopened: bool
    """Seen working again in this run."""
    begun: bool
    """Never seen before this run."""
    named_tracker: str = ""
    """Its ticket's, where a number alone doesn't say which; "" where there is only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leavers:
    """How many have left by whose word."""

    basis: Basis
    confirmed: bool
    """False: to be confirmed by a person; nothing of theirs is judged."""
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedThen:
    """A finding that closed, and why."""

    finding_key: str
    resolution: Resolution | None
    """None: by no rule's word, and by no person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many findings the guard holds."""

    baseline: int
    over_maximum: int
    trips: bool
    """A line went beyond its limit in this very run."""
    holds: tuple[Hold, ...] = ()
    """Lines that waited in it, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTotals:
    """What the tracker knows, and whoever is told at once."""

    undelivered: int
    """Things that are yet to be told."""
    open: int
    untold: Mapping[str, int] = field(default_factory=dict[str, int])
    """Of each tracker, how many of them; without what it refused."""
    deaf: Mapping[str, str] = field(default_factory=dict[str, str])
    """Trackers that couldn't be told all that there was in this very run, and why."""
    refused: Sequence[RefusedTicket] = ()
    """What stands refused."""
    trackers: Sequence[str] = ()
    """That the newest run's configuration names, or tickets stand in."""

    def named(self, tracker: str) -> str:
        """What a ticket's number is said with: its tracker, or "" where there is only one."""
        return tracker if len(self.trackers) > 1 else ""

    opened: Sequence[Sequence[str]] = ()
    """Those that this run opened: their `named_tracker`, and as it calls them."""
    unheard: int = 0
    """Alerts of the last two days that a notifier couldn't tell."""
    told_nowhere: Sequence[str] = ()
    """Keys of findings that no ticket tells, by this run's plan."""
    elsewhere: Sequence[str] = ()
    """Trackers in which tickets stand, and which the run's configuration doesn't name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """All that the report of a run says."""

    run: Run
    rosters: tuple[RosterView, ...]
    parts: tuple[PartView, ...]
    linked: CorrelationCounts | None
    """None where correlation didn't run."""
    weightless: tuple[WeightlessValue, ...]
    loads: tuple[BulkLoad, ...]
    leavers: tuple[Leavers, ...]
    findings: tuple[NightFinding, ...]
    """Those that stand, worst first."""
    resolutions: tuple[ClosedThen, ...]
    held: Waiting
    tickets: TicketTotals
    keys: tuple[KeysThen, ...] = ()
    """By kind, signing keys first; nothing where none is trusted."""
    unseen: tuple[str, ...] = ()
    """Entries of the custody register that nothing shows."""
    record: Head | None = None
    """Where the record of changes ended."""
    record_troubles: tuple[str, ...] = ()
    """What stood otherwise than the record says, and was put right: a sentence each."""
    excepted: tuple[ExceptedThen, ...] = ()
    """Findings that stand by an exception."""
    uncovered: tuple[UncoveredThen, ...] = ()
    """What bears a label that an exception names, and didn't when the entry began; told once."""
    acknowledged: tuple[AcknowledgedThen, ...] = ()
    """Gaps that are known: they turn no run red."""
    attested: tuple[AttestationThen, ...] = ()
    """People's words on keys that end within ATTESTED_DAYS, or ended lately."""
    notices: tuple[NoticeThen, ...] = ()
    """Departures that people told, and that HR's feed doesn't confirm."""
    upcoming: tuple[LeavesSoon, ...] = ()
    """Who leaves within a fortnight."""
    same_people: tuple[SamePersonThen, ...] = ()
    """Records that turned out to be somebody's who was known already."""
    hidden: tuple[HiddenThen, ...] = ()
    """Departures that another employment of the same person hides."""
    alike: tuple[AlikeThen, ...] = ()
    """Who works here under a leaver's number but for leading zeros."""
    queue: QueueLook | None = None
    """Whether departures by message could be heard; None where no queue is configured."""
    broken: tuple[str, ...] = ()
    """Steps that ended by a defect of ours."""
    texts_refused: tuple[str, ...] = ()
    """Why our texts stood in for a company's own: a sentence each."""
    broken_off: tuple[revocations.BrokenOff, ...] = ()
    """Revocations that were approved or being undone before, and had come to no end."""

    @property
    def waiting(self) -> int:
        """How many findings are held."""
        return self.held.baseline + self.held.over_maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class _NightRun(Run):
    counts: dict[str, int] | None
    weightless: list[dict[str, object]]
    loads: list[dict[str, object]]
    broken: list[str]
    texts_refused: list[str]


def night(session: Session, run_id: int, zone: str = "UTC", *, ahead: bool = True) -> Night:
    """A run's report. Raises FatalError where there is no such run.

    `zone`: the company's, in which the last days end of workers whose own is unknown. `ahead`: whether to tell who
    leaves soon, too; it's worked out in a table that is made for it, and a session that only looks can make none.
    """
    values = {"run_id": run_id}
    with session.transaction():
        with session.cursor(row_factory=record_row(_NightRun)) as cursor:
            run = cursor.execute(block("night", "run_told"), values).fetchone()
        if run is None:
            raise FatalError(f"there is no run {run_id}. See: python -m offboarding runs")
        with session.cursor(row_factory=record_row(NightFinding)) as cursor:
            findings = cursor.execute(block("night", "findings_then"), values).fetchall()
        with session.cursor(row_factory=record_row(Leavers)) as cursor:
            leavers = cursor.execute(block("night", "departures_then"), values).fetchall()
        with session.cursor(row_factory=record_row(ClosedThen)) as cursor:
            resolutions = cursor.execute(block("night", "resolutions"), values).fetchall()
        return Night(
            run=Run(**{each.name: getattr(run, each.name) for each in fields(Run)}),
            rosters=tuple(roster_reads(session, [run_id])),
            parts=tuple(source_reads(session, [run_id])),
            linked=CorrelationCounts(**run.counts) if run.counts else None,
            weightless=tuple(_weightless(value) for value in run.weightless),
            loads=tuple(_load(load) for load in run.loads),
            leavers=tuple(leavers),
            findings=tuple(findings),
            resolutions=tuple(resolutions),
            held=_held(session, values),
            tickets=_tickets(session, values),
            record=head(session, run_id),
            record_troubles=tuple(troubles_then(session, run_id)),
            excepted=tuple(excepted_then(session, run_id)),
            uncovered=tuple(uncovered_then(session, run_id)),
            acknowledged=tuple(acknowledged_then(session, run_id)),
            keys=tuple(keys_then(session, run_id)),
            unseen=tuple(entries_unseen_then(session, run_id)),
            attested=tuple(attestations_then(session, run_id, days=ATTESTED_DAYS)),
            notices=tuple(notices.notices_then(session, run_id)),
            upcoming=_upcoming(session, run, zone) if ahead else (),
            same_people=tuple(notices.same_people_then(session, run_id)),
            hidden=tuple(hidden_then(session, run_id)),
            alike=tuple(alike_then(session, run_id)),
            queue=messages.look_then(session, run_id),
            broken=tuple(dict.fromkeys(run.broken)),
            texts_refused=tuple(dict.fromkeys(run.texts_refused)),
            broken_off=tuple(revocations.broken_off_then(session, run_id)),
        )


def _upcoming(session: Session, run: _NightRun, zone: str) -> tuple[LeavesSoon, ...]:
    # A release reads nothing anew, and a departure's run is about some people alone.
    return tuple(upcoming(session, as_of=run.as_of, days=DAYS, zone=zone)) if run.kind == RunKind.NIGHTLY else ()


def _held(session: Session, values: dict[str, int]) -> Waiting:
    with session.cursor(row_factory=class_row(Waiting)) as cursor:
        held = cursor.execute(block("night", "waiting_then"), values).fetchone()
    assert held is not None
    return replace(held, holds=tuple(holds(session, every=True, run_id=values["run_id"])))


def _tickets(session: Session, values: dict[str, int]) -> TicketTotals:
    with session.cursor(row_factory=class_row(TicketTotals)) as cursor:
        tickets = cursor.execute(block("night", "tickets_then"), values).fetchone()
    assert tickets is not None
    return replace(tickets, refused=refusals.standing(session, values["run_id"]))


def _weightless(value: dict[str, object]) -> WeightlessValue:
    return WeightlessValue(
        realm=str(value["realm"]),
        kind=str(value["kind"]),
        name=str(value["name"]),
        accounts=int(str(value["accounts"])),
    )


def _load(load: dict[str, object]) -> BulkLoad:
    return BulkLoad(
        realm=str(load["realm"]),
        made=int(str(load["made"])),
        accounts=int(str(load["accounts"])),
        first_at=str(load["first_at"]),
        last_at=str(load["last_at"]),
    )
