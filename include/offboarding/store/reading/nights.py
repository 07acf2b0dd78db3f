"""A night as its report tells it, read off the store: the same again however often it's asked."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from offboarding.model import ABOUT_SOME, Basis, FindingState, Resolution, RunKind, Severity, TicketKind
from offboarding.store import departures, notices
from offboarding.store.connect import Session
from offboarding.store.correlation.linking import BulkLoad, WeightlessValue
from offboarding.store.events import Head, head
from offboarding.store.hidden import AlikeThen, HiddenThen, alike_then, hidden_then
from offboarding.store.notices import NoticeThen, SamePersonThen
from offboarding.store.reading.key_views import (
    AttestationThen,
    KeysThen,
    attestations_then,
    entries_unseen_then,
    keys_then,
)
from offboarding.store.reading.night_states import NightRun, NightState, state_of
from offboarding.store.reading.upcoming import DAYS, LeavesSoon, upcoming
from offboarding.store.reading.waiver_views import (
    ExceptedThen,
    UncoveredThen,
    excepted_then,
    uncovered_then,
)
from offboarding.store.record_rows import record_row
from offboarding.store.rows import CorrelationCounts
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
class Night(NightState):
    """All that the report of a run says."""

    linked: CorrelationCounts | None
    """None where correlation didn't run."""
    weightless: tuple[WeightlessValue, ...]
    loads: tuple[BulkLoad, ...]
    leavers: tuple[Leavers, ...]
    findings: tuple[NightFinding, ...]
    """Those that stand, worst first."""
    resolutions: tuple[ClosedThen, ...]
    keys: tuple[KeysThen, ...] = ()
    """By kind, signing keys first; nothing where none is trusted."""
    unseen: tuple[str, ...] = ()
    """Entries of the custody register that nothing shows."""
    record: Head | None = None
    """Where the record of changes ended."""
    excepted: tuple[ExceptedThen, ...] = ()
    """Findings that stand by an exception."""
    uncovered: tuple[UncoveredThen, ...] = ()
    """What bears a label that an exception names, and didn't when the entry began; told once."""
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

    def about(self, findings: Sequence[NightFinding]) -> "Night":
        """The same of some of its findings alone: of these it tells what waits, and what nobody can tell."""
        keys = {finding.finding_key for finding in findings}
        waits = sum(finding.state == FindingState.HELD for finding in findings)
        on_lines = bool(self.held.holds)
        return replace(
            self,
            findings=tuple(findings),
            unverified=tuple(found for found in self.unverified if found.finding_key in keys),
            held=replace(self.held, baseline=0 if on_lines else waits, over_maximum=waits if on_lines else 0),
        )


def night(session: Session, run_id: int, zone: str = "UTC") -> Night:
    """A run's report. Raises FatalError where there is no such run.

    `zone`: the company's, in which the last days end of workers whose own is unknown.
    """
    values = {"run_id": run_id}
    with session.transaction():
        state, run = state_of(session, run_id)
        with session.cursor(row_factory=record_row(NightFinding)) as cursor:
            findings = cursor.execute(block("night", "findings_then"), values).fetchall()
        with session.cursor(row_factory=record_row(Leavers)) as cursor:
            leavers = cursor.execute(block("night", "departures_then"), values).fetchall()
        with session.cursor(row_factory=record_row(ClosedThen)) as cursor:
            resolutions = cursor.execute(block("night", "resolutions"), values).fetchall()
        return Night(
            **{each.name: getattr(state, each.name) for each in fields(NightState)},
            linked=run.counts,
            weightless=run.weightless,
            loads=run.loads,
            leavers=tuple(leavers),
            findings=tuple(findings),
            resolutions=tuple(resolutions),
            record=head(session, run_id),
            excepted=tuple(excepted_then(session, run_id)),
            uncovered=tuple(uncovered_then(session, run_id)),
            keys=tuple(keys_then(session, run_id)),
            unseen=tuple(entries_unseen_then(session, run_id)),
            attested=tuple(attestations_then(session, run_id, days=ATTESTED_DAYS)),
            notices=tuple(notices.notices_then(session, run_id)),
            upcoming=_upcoming(session, run, zone),
            same_people=tuple(notices.same_people_then(session, run_id)),
            hidden=tuple(hidden_then(session, run_id)),
            alike=tuple(alike_then(session, run_id)),
        )


def own(session: Session, run_id: int, zone: str = "UTC") -> Night:
    """A run's report; of one about some people alone without what is the night's to tell. Raises as `night`."""
    seen = night(session, run_id, zone)
    if seen.run.kind not in ABOUT_SOME:
        return seen
    asked = set(departures.persons_of_run(session, run_id))
    theirs = [finding for finding in seen.findings if finding.person_uid in asked]
    if seen.run.kind is RunKind.VERIFY:
        # What waits since, and what couldn't be told then, the night has said.
        return seen.about([each for each in theirs if each.begun or each.state == FindingState.OPEN])
    untold = departures.undelivered_of_run(session, run_id)
    return replace(seen.about(theirs), tickets=replace(seen.tickets, untold=untold, unheard=0))


def _upcoming(session: Session, run: NightRun, zone: str) -> tuple[LeavesSoon, ...]:
    # A release reads nothing anew, and a departure's run is about some people alone.
    return tuple(upcoming(session, as_of=run.as_of, days=DAYS, zone=zone)) if run.kind == RunKind.NIGHTLY else ()
