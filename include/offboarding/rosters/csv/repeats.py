"""Files that hold the same: two of one feed, or tonight's and those before it."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from offboarding.model import Coverage, Problem
from offboarding.rosters._records.durations import told
from offboarding.rosters.csv.calendar_days import Deliveries
from offboarding.rosters.csv.names import date_in
from offboarding.rosters.csv.proof import FileTotals
from offboarding.rosters.csv.selection import Chosen
from offboarding.rosters.csv.settings import Settings
from offboarding.rosters.csv.stores import FeedFile, FeedStore

_CHUNK = 1 << 16
_WORKER_DAYS = 7000
"""Where one worker in seven leaves within a year and one comes for each who left, so many days of work go by without
either about once in three hundred times: e ** -(2 / 7 / 365 * 7000) is 0.4 %. Rows change for other reasons too."""
_AT_LEAST = timedelta(days=7)
_WORKER_DAYS_OF_CHANCE = 1000
"""So many days of work go by in 46 of 100 cases without anybody who comes or goes; and what was told in between must
have been undone to the letter (docs/decisions/0055-an-older-file-delivered-again.md)."""


def digest(seen: Sequence[FileTotals]) -> str:
    """The SHA-256 of a feed: its file's, or that of its files' in their order."""
    if len(seen) == 1:
        return seen[0].content
    return hashlib.sha256("".join(file.content for file in seen).encode()).hexdigest()


def twins(seen: Sequence[FileTotals]) -> Iterator[Problem]:
    """Yield a sentence for each file of a feed that holds the same as one before it."""
    first: dict[str, str] = {}
    for file in seen:
        twin = first.setdefault(file.content, file.name)
        if twin != file.name:
            yield Problem(
                record=file.name,
                text=f"it holds the same as {twin}: a part was delivered twice, and another may be missing",
                fix="Ask HR for the missing one, or remove what is too much.",
            )


def empty(seen: Sequence[FileTotals]) -> Iterator[Problem]:
    """Yield a sentence for each file of several that has a header alone."""
    for file in seen:
        if not file.rows:
            yield Problem(record=file.name, text="no worker stands below the header", fix="Ask HR for the whole file.")


def changed_after(settings: Settings, at_work: int, zone: str, as_of: datetime) -> datetime | None:
    """When a feed should have changed last, by the settings, or else by how many work there; None where it needn't."""
    limit = settings.max_unchanged
    if limit is None and at_work and settings.coverage is not Coverage.LEAVERS:
        limit = max(_AT_LEAST, timedelta(days=_WORKER_DAYS // at_work))
    if limit is None:
        return None
    return Deliveries(days=settings.expected, holidays=settings.holidays, zone=zone).earlier(as_of, limit)


def not_by_chance(settings: Settings, at_work: int, zone: str, as_of: datetime) -> datetime | None:
    """By when a feed was read last that can't come about again by chance; None where its rows don't tell that."""
    if not at_work or settings.coverage is Coverage.LEAVERS:
        return None
    ago = timedelta(days=_WORKER_DAYS_OF_CHANCE) / at_work
    return Deliveries(days=settings.expected, holidays=settings.holidays, zone=zone).earlier(as_of, ago)


def repeated(
    store: FeedStore,
    feed: Chosen,
    seen: FileTotals,
    made_at: datetime | None,
    settings: Settings,
    zone: str,
    as_of: datetime,
) -> Iterator[Problem]:
    """Yield a sentence where the file says the same as those before it, for longer than it may."""
    limit, oldest = settings.max_unchanged, made_at
    if limit is None or oldest is None:
        return
    deliveries = Deliveries(days=settings.expected, holidays=settings.holidays, zone=zone)
    first = ""
    for file in feed.earlier:
        if deliveries.age(oldest, as_of) > limit or file.size != seen.bytes or _sha256(store, file) != seen.sha256:
            break
        first, oldest = file.name, _made_at(file, settings, zone) or oldest
    if first and (age := deliveries.age(oldest, as_of)) > limit:
        yield Problem(
            record=seen.name,
            text=f"it holds the same as {first}, made {told(age)} before this night's moment; max_unchanged is "
            f"{told(limit)}",
            fix="See whether HR's export still runs, or delivers an old one again. What it tells still counts.",
        )


def _made_at(file: FeedFile, settings: Settings, zone: str) -> datetime | None:
    return date_in(file.name, settings.date_in_name, zone) if settings.date_in_name else file.modified_at


def _sha256(store: FeedStore, file: FeedFile) -> str:
    known = hashlib.sha256()
    with store.opened(file) as opened:
        while chunk := opened.stream.read(_CHUNK):
            known.update(chunk)
    return known.hexdigest()
