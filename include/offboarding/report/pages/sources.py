"""Rosters and sources on a page: what was read, how it went over the last nights, and what couldn't be read and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, groupby

from offboarding.model import READ, ReadStatus, counted
from offboarding.report.coverage import amount, nights, where
from offboarding.report.pages import AskedInVainError
from offboarding.report.pages.charts import Chart, Series, Shape, unknown
from offboarding.report.wording import moment, night_of, zoned
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
"""That a chart tells."""
_UNITS = {"keys": "keys", "events": "events"}
_STATES = {ReadStatus.COMPLETE: "read", ReadStatus.PARTIAL: "read in part"}


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
    nights: str
    """How much was read night by night, in words."""
    chart: Chart
    """The same."""
    open: int | None
    """Open findings of the whole source; None for a roster."""
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _History:
    """What came of reading over the last nights."""

    nights: tuple[datetime, ...]
    """By their moments, the oldest first."""
    reads: Mapping[ReadName, Mapping[datetime, NightlyRead]]

    @classmethod
    def of(cls, reads: Sequence[NightlyRead]) -> "_History":
        """By name, as the store has them in order."""
        named = groupby(reads, key=lambda each: (each.what, each.name, each.part))
        return cls(
            nights=tuple(sorted({each.as_of for each in reads})),
            reads={name: {each.as_of: each for each in several} for name, several in named},
        )

    def of_one(self, name: ReadName) -> list[NightlyRead | None]:
        """Night by night; None where it has no row of that night."""
        own = self.reads.get(name, {})
        return [own.get(night) for night in self.nights]


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
    history = _History.of(read_history(session, nights=NIGHTS))
    return SourcesPage(
        night=moment(ended.finished_at, zone) if ended.finished_at else "",
        rows=tuple(_row(read, whole.get(_name(read)), history, found, zone) for read in page),
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
    read: RosterView | PartView, whole: datetime | None, history: _History, found: Mapping[str, int], zone: str
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
        nights=_told(history.of_one(_name(read))),
        chart=_chart(history, read, zone),
        open=None if is_roster else found.get(read.name, 0),
        says=tuple(zoned(text, zone) for text in dict.fromkeys(text for text in texts if text)),
    )


# --- night by night ---------------------------------------------------------------------------------------------------


def _told(reads: Sequence[NightlyRead | None]) -> str:
    since = list(dropwhile(lambda each: each is None, reads))
    amounts = [each.amount for each in since if each and each.status in READ]
    unread = sum(each is None or each.status != ReadStatus.COMPLETE for each in since)
    says = counted(len(since), "night")
    if amounts:
        says += f", {min(amounts):,} to {max(amounts):,}, last {amounts[-1]:,}"
    return f"{says}, {unread:,} not read whole" if unread else says


def _chart(history: _History, read: RosterView | PartView, zone: str) -> Chart:
    """What wasn't read is a gap, and never nothing; before its first read it's nothing that was left out."""
    reads = history.of_one(_name(read))
    began = next((number for number, each in enumerate(reads) if each), len(reads))
    amounts = [each.amount if each and each.status in READ else None for each in reads]
    partly = [each is not None and each.status is ReadStatus.PARTIAL for each in reads]
    some = tuple(amount if only else None for amount, only in zip(amounts, partly, strict=True))
    unread = [amount is None and number >= began for number, amount in enumerate(amounts)]
    return Chart(
        unit="workers" if isinstance(read, RosterView) else _UNITS.get(read.tells, "accounts"),
        labels=tuple(night_of(as_of, zone) for as_of in history.nights),
        series=(
            Series(name="read", shape=Shape.LINE, values=tuple(amounts)),
            Series(name="read in part", shape=Shape.POINTS, values=some),
            unknown("not read", unread),
        ),
    )
