"""The state of the night on a page: what a person should do now, in order, and what stands behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offboarding.model import FindingState, HoldStatus, ReadStatus, RunKind, Severity, TicketKind, counted
from offboarding.report import held
from offboarding.report.coverage import amount, gaps_of, nights, where
from offboarding.report.pages.lately import DAYS, Lately, lately_revoked
from offboarding.report.pages.rows import FindingRow, row
from offboarding.report.red import reasons
from offboarding.report.silence import silence
from offboarding.report.wording import COMMAND, moment, night_of, whole_days, zoned
from offboarding.runs.troubles import troubles
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.guard import Hold
from offboarding.store.reading import Night
from offboarding.store.reading.nights import NightFinding
from offboarding.store.reading.reads import PartView, RosterView
from offboarding.store.reading.standings import revoked_lately
from offboarding.store.runs import begun

MOST_ROWS = 10
"""More of a kind are counted."""
WITHIN = timedelta(hours=26)
"""A night that ended longer ago is no last night's."""
_STATES = {ReadStatus.COMPLETE: "read", ReadStatus.PARTIAL: "read in part"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """Something that a person should do now."""

    text: str
    lines: tuple[str, ...] = ()
    """What it is about, in words."""
    reads: bool = False
    """The page of what was read says more."""
    rows: tuple[FindingRow, ...] = ()
    """What it is about, as findings; the first of them."""
    more: int = 0
    """How many more there are."""
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadState:
    """What came of reading a roster, or a part of a source."""

    name: str
    what: str
    """roster or source."""
    state: str
    is_red: bool
    """It wasn't read, or not whole."""
    amount: str
    says: tuple[str, ...]
    """Why it wasn't read, or which of it wasn't, and which line of the guard it waits on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityCount:
    """How much stands of a severity."""

    severity: Severity
    findings: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonight:
    """All that the page shows."""

    title: str
    is_red: bool
    silence: str
    """Why nobody is being checked; "" where the last night is no older than it should be."""
    ended: str
    """When the night ended; "" where none ever has."""
    to_do: tuple[ToDo, ...]
    reads: tuple[ReadState, ...]
    severities: tuple[SeverityCount, ...]
    overdue: tuple[FindingRow, ...]
    overdue_more: int
    waiting: tuple[str, ...]
    waiting_findings: int
    limits: tuple[str, ...]
    """What isn't looked at at all."""
    acknowledged: int
    """Gaps that are known, and turn no night red."""
    lately: Lately


def tonight(session: Session, zone: str, now: datetime) -> Tonight:
    """The night that ended last, as seen now."""
    ended = reading.last_night(session)
    silent = silence(ended, now, WITHIN, zone)
    if ended is None:
        return _nothing_yet(silent)
    return _page(session, ended.run_id, ended.finished_at, silent, zone, now)


def night_page(session: Session, caller: str, zone: str, now: datetime) -> Tonight | None:
    """The night that this run of Airflow's is; None where it's none."""
    run = begun(session, caller)
    if run is None or run.kind is not RunKind.NIGHTLY:
        return None
    return _page(session, run.run_id, run.finished_at, "", zone, now)


def _page(session: Session, run_id: int, ended: datetime | None, silent: str, zone: str, now: datetime) -> Tonight:
    lately = lately_revoked(revoked_lately(session, now=now, days=DAYS))
    return _of(reading.night(session, run_id, zone, ahead=False), ended, silent, zone, now, lately)


def _nothing_yet(silent: str) -> Tonight:
    return Tonight(
        title="No night yet",
        is_red=True,
        silence=silent,
        ended="",
        to_do=(ToDo(text="Let the first night run: the DAG offboarding_nightly.", commands=(f"{COMMAND} doctor",)),),
        reads=(),
        severities=tuple(SeverityCount(severity=severity, findings=0, late=0) for severity in Severity),
        overdue=(),
        overdue_more=0,
        waiting=(),
        waiting_findings=0,
        limits=(),
        acknowledged=0,
        lately=lately_revoked(None),
    )


def _of(night: Night, ended: datetime | None, silent: str, zone: str, now: datetime, lately: Lately) -> Tonight:
    standing = [found for found in night.findings if found.state == FindingState.OPEN]
    late = [found for found in standing if found.due_at and found.due_at < now]
    return Tonight(
        title=f"Night of {night_of(night.run.as_of, zone)}, run {night.run.run_id}",
        is_red=troubles(night).is_red,
        silence=silent,
        ended=moment(ended, zone) if ended else "",
        to_do=tuple(_to_do(night, standing, late, zone, now)),
        reads=tuple(_reads(night, zone)),
        severities=tuple(
            SeverityCount(
                severity=severity,
                findings=sum(found.severity == severity for found in standing),
                late=sum(found.severity == severity for found in late),
            )
            for severity in Severity
        ),
        overdue=tuple(row(found, zone, now) for found in late[:MOST_ROWS]),
        overdue_more=max(0, len(late) - MOST_ROWS),
        waiting=tuple(_waiting(night)),
        waiting_findings=night.waiting,
        limits=tuple(gaps_of(night).limits),
        acknowledged=len(night.acknowledged),
        lately=lately,
    )


# --- what to do -------------------------------------------------------------------------------------------------------


def _to_do(
    night: Night, standing: Sequence[NightFinding], late: Sequence[NightFinding], zone: str, now: datetime
) -> Iterator[ToDo]:
    """Yield what can't wait first: what opens everything or was used, what wasn't read, what waits, what is late."""

    def about(text: str, found: Sequence[NightFinding]) -> ToDo:
        shown = tuple(row(each, zone, now) for each in found[:MOST_ROWS])
        return ToDo(text=text, rows=shown, more=max(0, len(found) - MOST_ROWS))

    keys = [found for found in standing if found.comes_first and found.severity == Severity.CRITICAL]
    if keys:
        yield about(f"Rotate {counted(len(keys), 'key')} that somebody gone can still sign with.", keys)
    used = [found for found in standing if found.ticket_kind == TicketKind.EVENT]
    if used:
        yield about(f"Look into {counted(len(used), 'use')} after a departure.", used)
    # What the guard began to hold is told below, with what it asks.
    if red := reasons(replace(troubles(night), trips=())):
        unread = gaps_of(night).red
        yield ToDo(
            text="Mend what turned the night red.",
            lines=tuple(zoned(text, zone) for text in (*red, *unread)),
            reads=True,
        )
    if night.waiting or any(roster.waiting for roster in night.rosters):
        yield ToDo(text="Decide on what waits.", lines=tuple(_waiting(night)), commands=tuple(_answers(night)))
    above = {found.finding_key for found in (*keys, *used)}
    if overdue := [found for found in late if found.finding_key not in above]:
        yield about(f"See to {counted(len(overdue), 'finding')} past due.", overdue)
    above |= {found.finding_key for found in overdue}
    if new := [found for found in standing if found.opened and found.finding_key not in above]:
        yield about(f"See to {counted(len(new), 'new finding')}.", new)


def _waiting(night: Night) -> Iterator[str]:
    if night.held.baseline:
        yield f"{counted(night.held.baseline, 'finding')} of a first read (policy.baseline: hold)"
    for hold in night.held.holds:
        decided = "" if hold.status == HoldStatus.WAITING else f"; {hold.status} since"
        yield f"hold {hold.hold_id}, {held.sentence(hold)}: {held.holding(hold)}{decided}"
    if night.held.over_maximum and not night.held.holds:
        yield f"{counted(night.held.over_maximum, 'finding')} on lines that were refused, or of what wasn't read"
    for roster in night.rosters:
        if roster.waiting:
            gone = counted(roster.waiting, "worker")
            yield f"{gone} gone from {roster.name} beyond policy.max_inferred, taken to work here until somebody says"


def _answers(night: Night) -> Iterator[str]:
    """Yield how each is decided; in Airflow, what the guard holds is by the run of offboarding_release that waits."""
    run_id = night.run.run_id
    if night.waiting:
        yield f'{COMMAND} release {run_id} --reason "..."'
    for hold in _undecided(night):
        yield f'{COMMAND} reject {hold.hold_id} --reason "..."'
    for roster in night.rosters:
        if roster.waiting:
            yield f'{COMMAND} accept-read {run_id} {roster.name} --reason "..."'


def _undecided(night: Night) -> list[Hold]:
    return [hold for hold in night.held.holds if hold.status == HoldStatus.WAITING]


# --- what was read ----------------------------------------------------------------------------------------------------


def _reads(night: Night, zone: str) -> Iterator[ReadState]:
    """Yield each roster, and each part of each source; what wasn't read is red, and never nothing."""
    for roster in night.rosters:
        yield _read(night, roster, roster.name, "roster", (roster.error, *roster.problems), zone)
    for part in night.parts:
        texts = (*part.errors, *(gap.text for gap in part.gaps if gap.red))
        yield _read(night, part, where(part), "source", texts, zone)


def _read(
    night: Night, read: RosterView | PartView, name: str, what: str, texts: Sequence[str], zone: str
) -> ReadState:
    waits = [
        f"waits: {held.sentence(hold)}" for hold in _undecided(night) if (hold.kind, hold.name) == (what, read.name)
    ]
    count = counted(read.workers, "worker") if isinstance(read, RosterView) else amount([read])
    known, attested_at = read.status in _STATES, None if isinstance(read, RosterView) else read.attested_at
    state = _STATES.get(read.status, "not checked")
    if attested_at:
        state = f"attested {counted(whole_days(attested_at, night.run.as_of), 'day')} ago, not checked"
    return ReadState(
        name=name,
        what=what,
        state=state + nights(read) + (", waiting" if waits else ""),
        is_red=read.status != ReadStatus.COMPLETE,
        amount=count if known else "",
        says=tuple(zoned(text, zone) for text in (*waits, *dict.fromkeys(text for text in texts if text))),
    )
