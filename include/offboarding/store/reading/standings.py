"""How reading has gone, what is let stand, and what the record holds: a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from psycopg.rows import class_row

from offboarding.model import ReadStatus, Resolution
from offboarding.store import events
from offboarding.store.connect import Session
from offboarding.store.events import Head
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

ReadName = tuple[str, str, str]
"""roster or source, its name, and of a source the part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightlyRead:
    """What came of a read in one night."""

    what: str
    name: str
    part: str
    as_of: datetime
    status: ReadStatus
    amount: int
    """Workers, accounts, keys or events."""


class WaiverKind(StrEnum):
    """What is let stand."""

    EXCEPTION = "exception"
    ACKNOWLEDGEMENT = "acknowledgement"


class WaiverOrigin(StrEnum):
    """Where it was said."""

    FILE = "file"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverView:
    """An exception or an acknowledged gap; "" where the entry doesn't say."""

    kind: WaiverKind
    finding: str
    space: str
    worker: str
    source: str
    part: str
    roster: str
    account: str
    rule: str
    queue: str
    covers: str
    reason: str
    approver: str
    expires_at: datetime
    valid_from: datetime
    valid_to: datetime | None
    origin: WaiverOrigin
    ended_by: str | None
    ended_for: str | None
    waits: bool
    """For an approver's decision: until then it covers nothing."""
    place: int
    """In the order of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKept:
    """An event of the record."""

    seq: int
    at: datetime
    run_id: int | None
    actor: str
    finding_key: str | None
    about: str | None
    from_state: str | None
    to_state: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """A look at a person or a key."""

    seq: int
    at: datetime
    viewer: str
    kind: str
    subject: str
    named: bool
    id_space: str
    worker_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The head that a report printed."""

    seq: int
    hash: str
    run_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How the end of the record is, as far as it was looked at."""

    first: int
    """From which event on."""
    broken_at: int | None
    printed: Printed | None
    """None where no report has printed one yet, or where it lies before what was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedLately:
    """How soon what leavers had was seen shut, and for how long it worked; None where nothing was."""

    revoked: int
    median_seconds: float | None
    """From the departure until it was seen shut."""
    p90_seconds: float | None
    median_found_seconds: float | None
    """From the first sight of it."""
    p90_found_seconds: float | None
    exposed: int
    """How many things worked after a departure at any time of it."""
    exposed_seconds: float
    """All of their times together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekStood:
    """What came of leavers' things between two moments."""

    week: int
    """Which stretch; 0 is all that was before the first moment."""
    revoked: int
    """Seen shut in it."""
    median_seconds: float | None
    """From the departure until it was seen shut; None where nothing was."""
    p90_seconds: float | None
    grown: int
    """How many more stood open at its end than at its beginning: held, told or excepted, by the record."""
    is_known: bool
    """A night had ended shortly before its end."""


SHUT = (
    *(Resolution.SEEN_DEAD, Resolution.ROLE_SHUT, Resolution.SEEN_GONE, Resolution.ACCOUNT_GONE),
    *(Resolution.KEY_GONE, Resolution.NOT_TRUSTED, Resolution.ACCESS_ENDED),
)
"""Closed since a system was seen to let it in no more; whatever else closes says nothing of how soon it was shut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _LastWhole:
    what: str
    name: str
    part: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenFindings:
    name: str
    findings: int


def read_history(session: Session, *, nights: int) -> list[NightlyRead]:
    """Of the last nights, by name, the oldest first."""
    with session.cursor(row_factory=record_row(NightlyRead)) as cursor:
        return cursor.execute(block("standings", "read_history"), {"nights": nights}).fetchall()


def last_whole_reads(session: Session, reads: Sequence[ReadName]) -> Mapping[ReadName, datetime]:
    """When the last whole read of each of these began; without those that never were."""
    whats, names, parts = ([read[number] for read in reads] for number in range(3))
    with session.cursor(row_factory=class_row(_LastWhole)) as cursor:
        values = {"whats": whats, "names": names, "parts": parts}
        rows = cursor.execute(block("standings", "last_whole_reads"), values).fetchall()
    return {(row.what, row.name, row.part): row.at for row in rows if row.at is not None}


def open_by_source(session: Session) -> Mapping[str, int]:
    """How many findings are open in each source; without those where none is."""
    with session.cursor(row_factory=class_row(_OpenFindings)) as cursor:
        return {row.name: row.findings for row in cursor.execute(block("standings", "open_by_source"))}


def revoked_lately(session: Session, *, now: datetime, days: int) -> RevokedLately:
    """Within so many days before a moment."""
    with session.cursor(row_factory=record_row(RevokedLately)) as cursor:
        values = {"now": now, "days": days, "shut": [each.value for each in SHUT]}
        found = cursor.execute(block("standings", "revoked_lately"), values).fetchone()
    assert found is not None
    return found


def by_week(session: Session, moments: Sequence[datetime], *, within: timedelta) -> list[WeekStood]:
    """Between each two of these moments, and before the first. `within`: a night's word holds for so long."""
    with session.cursor(row_factory=class_row(WeekStood)) as cursor:
        values = {"moments": list(moments), "within": within, "shut": [each.value for each in SHUT]}
        return cursor.execute(block("standings", "by_week"), values).fetchall()


def waivers(session: Session, *, now: datetime, after: int, most: int) -> list[WaiverView]:
    """Those that count first, and of these the first to end first. `after`: behind this place."""
    with session.cursor(row_factory=record_row(WaiverView)) as cursor:
        values = {"now": now, "after": after, "most": most}
        return cursor.execute(block("standings", "waivers"), values).fetchall()


def record_page(session: Session, *, before: int | None, most: int) -> list[EventKept]:
    """Events, the latest first."""
    with session.cursor(row_factory=class_row(EventKept)) as cursor:
        return cursor.execute(block("standings", "record_page"), {"before": before, "most": most}).fetchall()


def looks_page(session: Session, *, most: int) -> list[LookView]:
    """Looks, the latest first."""
    with session.cursor(row_factory=class_row(LookView)) as cursor:
        return cursor.execute(block("standings", "looks_page"), {"most": most}).fetchall()


def checked(session: Session, end: Head, *, most: int) -> Checked:
    """The end of the record: from the head that the last report printed, unless that lies further back than so many."""
    with session.transaction():
        with session.cursor(row_factory=class_row(Printed)) as cursor:
            printed = cursor.execute(block("standings", "last_printed")).fetchone()
        since = _since(session, printed, end, most)
        broken = events.broken_at(session, since=since)
    return Checked(
        first=since.seq if since else 1,
        broken_at=broken,
        printed=printed if printed and since and since.seq == printed.seq else None,
    )


def _since(session: Session, printed: Printed | None, end: Head, most: int) -> Head | None:
    first = end.seq - most
    if printed and printed.seq >= first:
        return Head(seq=printed.seq, hash=printed.hash)
    if first <= 1:
        return None
    with session.cursor(row_factory=class_row(Head)) as cursor:
        return cursor.execute(block("standings", "event_at"), {"seq": first}).fetchone()
