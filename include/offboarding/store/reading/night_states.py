"""How a run went, without what it found: what was read, what waits, what could not be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from psycopg.rows import class_row

from offboarding.model import NobodyChecked
from offboarding.model.errors import FatalError
from offboarding.store import messages, refusals, revocations
from offboarding.store.connect import Session
from offboarding.store.correlation.linking import BulkLoad, WeightlessValue
from offboarding.store.guard import Hold, holds
from offboarding.store.held_findings import NewlyHeld, joined
from offboarding.store.messages import QueueLook
from offboarding.store.putting_right import troubles_then
from offboarding.store.reading.reads import PartView, RosterView, roster_reads, source_reads
from offboarding.store.reading.waiver_views import (
    AcknowledgedThen,
    CriticalThen,
    RegisterEffectThen,
    UndecidedThen,
    UnresolvedThen,
    acknowledged_then,
    critical_then,
    register_effects_then,
    undecided_then,
    unresolved_then,
)
from offboarding.store.record_rows import record_row
from offboarding.store.refusals import RefusedTicket
from offboarding.store.rows import CorrelationCounts, Run
from offboarding.store.runs import STEPS
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many findings the guard holds."""

    baseline: int
    over_maximum: int
    holds: tuple[Hold, ...] = ()
    """Lines that waited in it, the oldest first."""
    joined: tuple[tuple[Hold, NewlyHeld], ...] = ()
    """Lines on which findings of leavers began to wait in it, and how many."""


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
class Unverified:
    """A finding of which nobody can tell whether it works."""

    finding_key: str
    source: str
    realm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NightState:
    """How a run went, without what it found."""

    run: Run
    rosters: tuple[RosterView, ...]
    parts: tuple[PartView, ...]
    held: Waiting
    tickets: TicketTotals
    unverified: tuple[Unverified, ...]
    record_troubles: tuple[str, ...] = ()
    """What stood otherwise than the record says, and was put right: a sentence each."""
    acknowledged: tuple[AcknowledgedThen, ...] = ()
    """Gaps that are known: they turn no run red."""
    criticals: tuple[CriticalThen, ...] = ()
    """Critical findings that an exception names, which covers none."""
    register_effects: tuple[RegisterEffectThen, ...] = ()
    """Findings that the custody register alone lowered or prevented, the worst first."""
    unresolved: tuple[UnresolvedThen, ...] = ()
    """Entries of the exceptions file by a short key that is not one finding's."""
    undecided: tuple[UndecidedThen, ...] = ()
    """Exceptions of the file that wait for an approver's decision."""
    queue: QueueLook | None = None
    """Whether departures by message could be heard; None where no queue is configured."""
    broken: tuple[str, ...] = ()
    """Steps that ended by a defect of ours."""
    missing_steps: tuple[str, ...] = ()
    """Steps that have not ended, in order."""
    texts_refused: tuple[str, ...] = ()
    """Why our texts stood in for a company's own: a sentence each."""
    broken_off: tuple[revocations.BrokenOff, ...] = ()
    """Revocations that were approved or being undone before, and had come to no end."""
    nobody: NobodyChecked | None = None
    """Why nobody was checked; None where somebody was, or was to be."""
    refused_messages: tuple[str, ...] = ()
    """Why something of the messages that began it was set aside: a sentence each."""

    @property
    def waiting(self) -> int:
        """How many findings are held."""
        return self.held.baseline + self.held.over_maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRun(Run):
    """A run with what it wrote of itself."""

    counts: CorrelationCounts | None
    """None where correlation didn't run, or wasn't to count."""
    weightless: tuple[WeightlessValue, ...]
    loads: tuple[BulkLoad, ...]
    broken: list[str]
    texts_refused: list[str]
    nobody: NobodyChecked | None
    steps: list[str] | None
    """Those that have ended; None in a run of which they are not noted."""


def night_state(session: Session, run_id: int) -> NightState:
    """How a run went. Raises FatalError where there is no such run."""
    with session.transaction():
        return state_of(session, run_id)[0]


def waiting_then(session: Session, run_id: int) -> Waiting:
    """What the guard held when a run ended."""
    values = {"run_id": run_id}
    with session.cursor(row_factory=class_row(Waiting)) as cursor:
        held = cursor.execute(block("night", "waiting_then"), values).fetchone()
    assert held is not None
    known = {hold.hold_id: hold for hold in holds(session, every=True)}
    more = tuple((known[each.hold_id], each) for each in joined(session, run_id))
    return replace(held, holds=tuple(holds(session, every=True, run_id=run_id)), joined=more)


def state_of(session: Session, run_id: int) -> tuple[NightState, NightRun]:
    """The same, with what the run wrote of itself. Raises as `night_state`."""
    values = {"run_id": run_id}
    with session.cursor(row_factory=record_row(NightRun)) as cursor:
        run = cursor.execute(block("night", "run_told"), values).fetchone()
    if run is None:
        raise FatalError(f"there is no run {run_id}. See: python -m offboarding runs")
    with session.cursor(row_factory=class_row(Unverified)) as cursor:
        unverified = cursor.execute(block("night", "unverified_then"), values).fetchall()
    state = NightState(
        run=Run(**{each.name: getattr(run, each.name) for each in fields(Run)}),
        rosters=tuple(roster_reads(session, [run_id])),
        parts=tuple(source_reads(session, [run_id])),
        held=waiting_then(session, run_id),
        tickets=_tickets(session, values),
        unverified=tuple(unverified),
        record_troubles=tuple(troubles_then(session, run_id)),
        acknowledged=tuple(acknowledged_then(session, run_id)),
        criticals=tuple(critical_then(session, run_id)),
        register_effects=tuple(register_effects_then(session, run_id)),
        unresolved=tuple(unresolved_then(session, run_id)),
        undecided=tuple(undecided_then(session, run_id)),
        queue=messages.look_then(session, run_id),
        broken=tuple(dict.fromkeys(run.broken)),
        missing_steps=tuple(step for step in STEPS if run.steps is not None and step not in run.steps),
        texts_refused=tuple(dict.fromkeys(run.texts_refused)),
        broken_off=tuple(revocations.broken_off_then(session, run_id)),
        nobody=run.nobody,
        refused_messages=tuple(messages.refusals(session, run_id)),
    )
    return state, run


def _tickets(session: Session, values: dict[str, int]) -> TicketTotals:
    with session.cursor(row_factory=class_row(TicketTotals)) as cursor:
        tickets = cursor.execute(block("night", "tickets_then"), values).fetchone()
    assert tickets is not None
    return replace(tickets, refused=refusals.standing(session, values["run_id"]))
