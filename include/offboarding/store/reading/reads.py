"""What came of reading each roster and each part of each source, run by run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from offboarding.model import READ, ReadStatus
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

_NOT_BEGUN = "was not read in this run: its task failed before it began (see that task's log)"
_UNLISTED = (
    "accounts or keys there are known from earlier runs, and no read of this run came to them: the source does not name"
    " it any more, or another system answers in its place"
)
_RETIRED = (
    "it is no longer configured, and it listed employed people who are on no configured roster and of whom no departure"
    " is known"
)
_NOT_ENDED = "the read began and never ended: its task was killed, or still runs"
_NO_DETAIL = "leavers' accounts were not asked about live in this run (see the task `detail`)"


@dataclass(frozen=True, slots=True, kw_only=True)
class GapView:
    """Something that couldn't be looked at."""

    text: str
    red: bool
    """False: a limit of what is inventoried at all."""
    new: bool = False
    """The last night that read it didn't say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterView:
    """A roster's read in one run."""

    run_id: int
    name: str
    status: ReadStatus
    """complete, partial, failed, or stale: failed while an earlier read stands."""
    proved: bool
    origin: str
    records: int
    workers: int
    inferred: int
    waiting: int
    """Gone from the feed, and not taken to have left: to be confirmed."""
    newly_waiting: int = 0
    """How many of these began to wait in this run."""
    only_short: bool
    """Partial for its length alone: a person may accept it."""
    problems: tuple[str, ...]
    error: str
    missed: int
    """How many runs before this one in a row couldn't read it either."""
    retired: bool = False
    """No longer configured, and it listed employed people who are on no configured roster."""

    @property
    def unread(self) -> bool:
        """Whether it told nothing at all."""
        return self.status not in READ


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A source's part (an AWS account; the whole of a directory) in one run, inventory and live reads together."""

    run_id: int
    name: str
    part: str
    realm: str | None
    """None where it was never read, and so isn't known."""
    status: ReadStatus
    """complete, partial, failed, or stale: failed while an earlier read stands."""
    accounts: int
    credentials: int
    detail_accounts: int
    detail_credentials: int
    requests: Mapping[str, int]
    """inventory, detail, overhead; both reads' together."""
    gaps: tuple[GapView, ...]
    errors: tuple[str, ...]
    missed: int
    tells: str = "accounts"
    """accounts, keys or events: what it was read for; "" where its read never began."""
    keys: int = 0
    events: int = 0
    attested_at: datetime | None = None
    """Of when the list is that was read in the system's place; None where the system was asked."""
    unasked: bool = False
    """Its inventory was read, and nothing could be asked live about leavers' accounts."""
    unlisted: bool = False
    """Known from earlier runs and not read: its source names it no longer, or another system answers in its place."""

    @property
    def unread(self) -> bool:
        """Whether a whole look told nothing: that isn't a part which is missing."""
        return self.unasked or self.status not in READ

    @property
    def lacks_more(self) -> bool:
        """Whether it lacks what the last night that read it had."""
        return any(gap.red and gap.new for gap in self.gaps)

    @property
    def proved(self) -> bool:
        """A source says itself where it ends: a complete read is a proved one."""
        return self.status == ReadStatus.COMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class _RosterReadRow:
    run_id: int
    name: str
    status: ReadStatus | None
    proved: bool
    origin: str
    records: int
    workers: int
    inferred: int
    waiting: int
    newly_waiting: int
    problems: list[str]
    error: str
    only_short: bool
    stands: bool
    missed: int
    retired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadSeconds:
    name: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _PartRow:
    run_id: int
    name: str
    part: str
    realm: str | None
    correlated: bool
    unlisted: bool
    status: ReadStatus | None
    error: str
    gaps: list[dict[str, object]]
    accounts: int
    credentials: int
    attested_at: datetime | None
    tells: str
    keys: int
    events: int
    requests: dict[str, int]
    detail_status: ReadStatus | None
    detail_error: str
    detail_gaps: list[dict[str, object]]
    detail_accounts: int
    detail_credentials: int
    detail_requests: dict[str, int]
    said: list[str] | None
    """Gaps of the last night that read it; None where there is none to compare with."""
    stands: bool
    missed: int


def roster_reads(session: Session, run_ids: Sequence[int]) -> list[RosterView]:
    """Of these runs, newest run first, by name."""
    with session.cursor(row_factory=record_row(_RosterReadRow)) as cursor:
        rows = cursor.execute(block("night", "roster_reads"), {"run_ids": list(run_ids)}).fetchall()
    return [_roster(row) for row in rows]


def source_reads(session: Session, run_ids: Sequence[int]) -> list[PartView]:
    """Of these runs, newest run first, by name and part."""
    with session.cursor(row_factory=record_row(_PartRow)) as cursor:
        rows = cursor.execute(block("night", "source_reads"), {"run_ids": list(run_ids)}).fetchall()
    return [_part(row) for row in rows]


def _roster(row: _RosterReadRow) -> RosterView:
    return RosterView(
        run_id=row.run_id,
        name=row.name,
        status=_status(row.status, stands=row.stands),
        proved=row.proved,
        origin=row.origin,
        records=row.records,
        workers=row.workers,
        inferred=row.inferred,
        waiting=row.waiting,
        newly_waiting=row.newly_waiting,
        only_short=row.only_short,
        problems=tuple(row.problems),
        error=_RETIRED if row.retired else _error(row.status, row.error),
        missed=row.missed,
        retired=row.retired,
    )


def _part(row: _PartRow) -> PartView:
    status = _status(row.status, stands=row.stands or row.unlisted)
    errors = [_UNLISTED if row.unlisted else _error(row.status, row.error)]
    # Nobody asks about an account live where the inventory failed, not before correlation, and not where there is none.
    counts = status in READ and row.tells == "accounts"
    unasked = counts and row.correlated and row.detail_status not in READ
    if counts and row.correlated and row.detail_status != ReadStatus.COMPLETE:
        status = ReadStatus.PARTIAL
        if unasked:
            errors.append(_NO_DETAIL if row.detail_status is None else _error(row.detail_status, row.detail_error))
    gaps = {(str(gap["text"]), bool(gap["red"])): None for gap in (*row.gaps, *row.detail_gaps)}
    # Compared as they are told, and never by what they say.
    said = {text for text, _ in gaps} if row.said is None else set(row.said)
    return PartView(
        run_id=row.run_id,
        name=row.name,
        part=row.part,
        realm=row.realm,
        status=status,
        accounts=row.accounts,
        credentials=row.credentials,
        detail_accounts=row.detail_accounts,
        detail_credentials=row.detail_credentials,
        requests={
            kind: row.requests.get(kind, 0) + row.detail_requests.get(kind, 0)
            for kind in ("inventory", "detail", "overhead")
        },
        gaps=tuple(GapView(text=text, red=red, new=text not in said) for text, red in gaps),
        errors=tuple(error for error in errors if error),
        missed=row.missed,
        tells=row.tells,
        keys=row.keys,
        events=row.events,
        attested_at=row.attested_at,
        unasked=unasked,
        unlisted=row.unlisted,
    )


def _status(status: ReadStatus | None, *, stands: bool) -> ReadStatus:
    if status is not None and status in READ:
        return status
    return ReadStatus.STALE if stands else ReadStatus.FAILED


def _error(status: ReadStatus | None, error: str) -> str:
    if status is None:
        return _NOT_BEGUN
    return _NOT_ENDED if status == ReadStatus.READING else error


def read_seconds(session: Session, run_id: int) -> Mapping[str, float]:
    """How long each roster and source was read in a run, in seconds; without those whose read never ended."""
    with session.cursor(row_factory=class_row(_ReadSeconds)) as cursor:
        return {read.name: read.seconds for read in cursor.execute(block("night", "read_seconds"), {"run_id": run_id})}
