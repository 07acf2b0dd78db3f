"""The state of the night on a page: what a person should do now, in order, and what stands behind it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offboarding.model import HoldStatus, ReadStatus, RunKind, Severity, counted
from offboarding.model.keys import short_finding
from offboarding.report import held
from offboarding.report.coverage import amount, gaps_of, nights, where
from offboarding.report.pages.lately import WITHIN, Lately, lately_revoked, nothing_yet
from offboarding.report.pages.rows import FindingRow, row
from offboarding.report.red import reasons
from offboarding.report.silence import silence
from offboarding.report.wording import COMMAND, moment, night_of, whole_days, zoned
from offboarding.runs.troubles import troubles
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.guard import Hold
from offboarding.store.reading.foremost import Asks, Foremost, foremost
from offboarding.store.reading.night_states import NightState
from offboarding.store.reading.reads import PartView, RosterView
from offboarding.store.runs import begun

MOST_ROWS = 10
"""More of a kind are counted."""
_STATES = {ReadStatus.COMPLETE: "read", ReadStatus.PARTIAL: "read in part"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedHere:
    """A ticket that its tracker refuses."""

    ticket: str
    """Its key."""
    finding: str
    """The short key of the worst of what stands on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """Something that a person should do now."""

    text: str
    lines: tuple[str, ...] = ()
    """What it is about, in words."""
    reads: bool = False
    """The page of what was read says more."""
    refused: tuple[RefusedHere, ...] = ()
    """Tickets that are refused, with what stands on each; the first of them."""
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
class SeverityLine:
    """How much stands of a severity."""

    severity: Severity
    findings: int = 0
    late: int = 0


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
    severities: tuple[SeverityLine, ...]
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
    lately = lately_revoked(session, zone, now)
    night, asks = reading.night_state(session, run_id), foremost(session, run_id, now=now, most=MOST_ROWS)
    return _of(night, asks, ended, silent, zone, now, lately)


def _nothing_yet(silent: str) -> Tonight:
    return Tonight(
        title="No night yet",
        is_red=True,
        silence=silent,
        ended="",
        to_do=(ToDo(text="Let the first night run: the DAG offboarding_nightly.", commands=(f"{COMMAND} doctor",)),),
        reads=(),
        severities=tuple(SeverityLine(severity=severity) for severity in Severity),
        overdue=(),
        overdue_more=0,
        waiting=(),
        waiting_findings=0,
        limits=(),
        acknowledged=0,
        lately=nothing_yet(),
    )


def _of(
    night: NightState,
    asks: Foremost,
    ended: datetime | None,
    silent: str,
    zone: str,
    now: datetime,
    lately: Lately,
) -> Tonight:
    open_then = {each.severity: each for each in asks.counts}
    overdue = asks.first(Asks.LATE)
    return Tonight(
        title=f"Night of {night_of(night.run.as_of, zone)}, run {night.run.run_id}",
        is_red=troubles(night).is_red,
        silence=silent,
        ended=moment(ended, zone) if ended else "",
        to_do=tuple(_to_do(night, asks, zone, now)),
        reads=tuple(_reads(night, zone)),
        severities=tuple(
            SeverityLine(severity=severity, findings=there.findings, late=there.late)
            if (there := open_then.get(severity))
            else SeverityLine(severity=severity)
            for severity in Severity
        ),
        overdue=tuple(row(found, zone, now) for found in overdue),
        overdue_more=asks.number(Asks.LATE) - len(overdue),
        waiting=tuple(_waiting(night)),
        waiting_findings=night.waiting,
        limits=tuple(gaps_of(night).limits),
        acknowledged=len(night.acknowledged),
        lately=lately,
    )


# --- what to do -------------------------------------------------------------------------------------------------------


def _to_do(night: NightState, asks: Foremost, zone: str, now: datetime) -> Iterator[ToDo]:
    """Yield what can't wait first: what opens everything or was used, what wasn't read, what waits, what is late."""

    def about(of: Asks, text: Callable[[int], str]) -> Iterator[ToDo]:
        if number := asks.number(of):
            shown = tuple(row(each, zone, now) for each in asks.first(of))
            yield ToDo(text=text(number), rows=shown, more=number - len(shown))

    yield from about(Asks.KEYS, lambda keys: f"Rotate {counted(keys, 'key')} that somebody gone can still sign with.")
    yield from about(Asks.USES, lambda uses: f"Look into {counted(uses, 'use')} after a departure.")
    # What the guard began to hold is told below, with what it asks.
    if red := reasons(found := replace(troubles(night), trips=(), joined=())):
        unread = gaps_of(night).red
        yield ToDo(
            text="Mend what turned the night red.",
            lines=tuple(zoned(text, zone) for text in (*red, *unread)),
            reads=bool(found.rosters or found.parts or found.unverified or found.inconclusive),
            refused=tuple(
                RefusedHere(ticket=each.ticket_key, finding=short_finding(each.finding_key))
                for each in found.refused[:MOST_ROWS]
                if each.finding_key
            ),
        )
    if night.waiting or any(roster.waiting for roster in night.rosters):
        yield ToDo(text="Decide on what waits.", lines=tuple(_waiting(night)), commands=tuple(_answers(night)))
    yield from about(Asks.ONLY_LATE, lambda late: f"See to {counted(late, 'finding')} past due.")
    yield from about(Asks.ONLY_NEW, lambda new: f"See to {counted(new, 'new finding')}.")


def _waiting(night: NightState) -> Iterator[str]:
    yield from held.findings(night.held)
    yield from (held.gone(roster) for roster in night.rosters if roster.waiting)


def _answers(night: NightState) -> Iterator[str]:
    """Yield how each is decided; in Airflow, what the guard holds is by the run of offboarding_release that waits."""
    run_id = night.run.run_id
    if night.waiting:
        yield f'{COMMAND} release {run_id} --reason "..."'
    for hold in _undecided(night):
        yield f'{COMMAND} reject {hold.hold_id} --reason "..."'
    for roster in night.rosters:
        if roster.waiting:
            yield f'{COMMAND} accept-read {run_id} {roster.name} --reason "..."'


def _undecided(night: NightState) -> list[Hold]:
    return [hold for hold in night.held.holds if hold.status == HoldStatus.WAITING]


# --- what was read ----------------------------------------------------------------------------------------------------


def _reads(night: NightState, zone: str) -> Iterator[ReadState]:
    """Yield each roster, and each part of each source; what wasn't read is red, and never nothing."""
    for roster in night.rosters:
        yield _read(night, roster, roster.name, "roster", (roster.error, *roster.problems), zone)
    for part in night.parts:
        texts = (*part.errors, *(gap.text for gap in part.gaps if gap.red))
        yield _read(night, part, where(part), "source", texts, zone)


def _read(
    night: NightState, read: RosterView | PartView, name: str, what: str, texts: Sequence[str], zone: str
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
