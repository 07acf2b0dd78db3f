"""Rows of the store as the rest of the house sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offboarding.model import ReadPhase, ReadStatus, RunKind, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A night, or the release of one."""

    run_id: int
    kind: RunKind
    as_of: datetime
    reads_since: datetime
    """Reads that began then or later are this run's own, live."""
    started_at: datetime
    correlated_at: datetime | None
    """None: nothing may be concluded from it."""
    finished_at: datetime | None
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBegun:
    """A read of a roster or of a source's part that has begun."""

    read_id: int
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterOutcome:
    """What came of a roster's read."""

    roster: str
    status: ReadStatus
    proved: bool
    origin: str
    records: int
    workers: int
    problems: tuple[str, ...]
    """Sentences."""
    inferred: int
    waiting: int
    """Gone from the feed beyond the bound: to be confirmed."""
    error: str
    forgotten: int = 0
    """Told by reads alone that the guard held, and gone with them: they were never here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """What came of reading one part of a source."""

    source: str
    part: str
    realm: str
    phase: ReadPhase
    status: ReadStatus
    accounts: int
    credentials: int
    requests: Mapping[str, int]
    gaps: tuple[tuple[str, bool], ...]
    """Sentences, and whether each makes the run red."""
    error: str
    keys: int = 0
    events: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationCounts:
    """How much could be linked of the accounts that aren't dead."""

    working: int
    linked: int
    disputed: int
    probable: int
    candidate: int
    orphan: int
    orphan_used: int
    """Orphans used within 30 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairOfPersons:
    """Two persons that turn out to be one."""

    one: UUID
    other: UUID
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSetting:
    """What correlation must know of a source's realm."""

    realm: str
    source: str
    kind: str
    id_space: str | None
    login_space: str
    login_declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RealmRow:
    """A system that was read, and what the configuration calls it."""

    realm: str
    kind: str
    source: str
    part: str


def providers(sign_on: Mapping[str, str]) -> dict[str, object]:
    """By whose word people sign on to a source, as blocks ask: `sources`, and each one's beside it in `providers`."""
    return {"sources": list(sign_on), "providers": list(sign_on.values())}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEffect:
    """A finding that the custody register alone lowers or prevents, by `carryable: no` or a threshold."""

    finding_key: str
    rule: str
    severity: Severity
    """What it would be without these."""
    lowered_to: Severity | None
    """None: it does not exist, or closes."""
