"""Rosters and sources on a page: what was read, how it went over the last nights, and what couldn't be read and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from offboarding.model import READ, ReadStatus, counted
from offboarding.report.coverage import amount, nights, where
from offboarding.report.pages import AskedInVainError
from offboarding.report.wording import moment, zoned
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading.reads import PartView, RosterView
from offboarding.store.reading.standings import (
    NightlyRead,
    ReadName,
    last_whole_reads,
    open_by_source,
    read_history,
)

PAGE = 100
NIGHTS = 30
"""That a line tells."""
_WIDTH, _HEIGHT, _EDGE = 120.0, 24.0, 2.0
_STATES = {ReadStatus.COMPLETE: "read", ReadStatus.PARTIAL: "read in part"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of how much was read, night by night."""

    stretches: tuple[str, ...]
    """Points of each stretch of nights that were read, as SVG has them."""
    unread: tuple[str, ...]
    """Where on it a night stands that wasn't read whole: x."""
    says: str
    """The same in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A roster, or a part of a source."""

    what: str
    name: str
    """Of a source, by which its findings are found."""
    called: str
    state: str
    is_red: bool
    amount: str
    fresh: str
    """When it was last read whole; "" where it never was."""
    line: Line
    open: int | None
    """Open findings of the whole source; None for a roster."""
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPage:
    """All that the page shows."""

    night: str
    """When the night ended that it tells of; "" where none has."""
    rows: tuple[SourceRow, ...]
    next_after: str


def sources(session: Session, zone: str, after: str = "") -> SourcesPage:
    """By the night that ended last: what wasn't read whole first, then by name. `after`: behind this one."""
    ended = reading.last_night(session)
    if ended is None:
        return SourcesPage(night="", rows=(), next_after="")
    every = sorted([*ended.rosters, *ended.parts], key=_place)
    first = _begin(every, after)
    page = every[first : first + PAGE]
    named = [_name(read) for read in page]
    whole, found = last_whole_reads(session, named), open_by_source(session)
    history = read_history(session, nights=NIGHTS)
    lines = {
        name: _line(list(several))
        for name, several in groupby(history, key=lambda each: (each.what, each.name, each.part))
    }
    return SourcesPage(
        night=moment(ended.finished_at, zone) if ended.finished_at else "",
        rows=tuple(
            _row(read, whole.get(_name(read)), lines.get(_name(read)) or _line([]), found, zone) for read in page
        ),
        next_after="/".join(named[-1]) if first + PAGE < len(every) else "",
    )


def _begin(every: Sequence[RosterView | PartView], after: str) -> int:
    if not after:
        return 0
    for number, read in enumerate(every, start=1):
        if "/".join(_name(read)) == after:
            return number
    raise AskedInVainError("The address asks for a page that there isn't. Begin with the first.")


def _name(read: RosterView | PartView) -> ReadName:
    return ("roster", read.name, "") if isinstance(read, RosterView) else ("source", read.name, read.part)


def _place(read: RosterView | PartView) -> tuple[object, ...]:
    return (read.status == ReadStatus.COMPLETE, *_name(read))


def _row(
    read: RosterView | PartView, whole: datetime | None, line: Line, found: Mapping[str, int], zone: str
) -> SourceRow:
    is_roster = isinstance(read, RosterView)
    texts = (
        (read.error, *read.problems) if isinstance(read, RosterView) else (*read.errors, *(g.text for g in read.gaps))
    )
    count = f"{read.workers} workers" if isinstance(read, RosterView) else amount([read])
    return SourceRow(
        what="roster" if is_roster else "source",
        name=read.name,
        called=read.name if isinstance(read, RosterView) else where(read),
        state=_STATES.get(read.status, "not checked") + nights(read),
        is_red=read.status != ReadStatus.COMPLETE,
        amount=count if read.status in _STATES else "",
        fresh=moment(whole, zone) if whole else "",
        line=line,
        open=None if is_roster else found.get(read.name, 0),
        says=tuple(zoned(text, zone) for text in dict.fromkeys(text for text in texts if text)),
    )


# --- a line -----------------------------------------------------------------------------------------------------------


def _line(reads: Sequence[NightlyRead]) -> Line:
    read = [each.amount for each in reads if each.status in READ]
    unread = [number for number, each in enumerate(reads) if each.status != ReadStatus.COMPLETE]
    says = counted(len(reads), "night")
    if read:
        says += f", {min(read)} to {max(read)}, last {read[-1]}"
    if unread:
        says += f", {len(unread)} not read whole"
    step = (_WIDTH - 2 * _EDGE) / max(1, len(reads) - 1)
    return Line(
        stretches=tuple(_stretches(reads, read, step)),
        unread=tuple(f"{_EDGE + number * step:.1f}" for number in unread),
        says=says,
    )


def _stretches(reads: Sequence[NightlyRead], amounts: Sequence[int], step: float) -> Iterator[str]:
    """Yield the points of nights beside each other that were read: what wasn't is a gap, and never nothing."""
    # From zero on: of 37 workers one less is no fall.
    most = max(amounts, default=0) or 1
    numbered = list(enumerate(reads))
    for was_read, several in groupby(numbered, key=lambda each: each[1].status in READ):
        if was_read:
            points = [
                (_EDGE + number * step, _HEIGHT - _EDGE - each.amount / most * (_HEIGHT - 2 * _EDGE))
                for number, each in several
            ]
            # A line of one point is drawn as nothing.
            points *= 2 if len(points) == 1 else 1
            yield " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
