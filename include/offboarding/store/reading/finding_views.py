"""Findings as people and machines read them, and everything that explains one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from offboarding.model import (
    Basis,
    Effect,
    FindingState,
    Relation,
    Resolution,
    Severity,
    Standing,
    TicketKind,
    TicketStatus,
    WrittenStep,
    sentence,
)
from offboarding.model.errors import FatalError
from offboarding.model.keys import no_finding_key, short_finding
from offboarding.store import revocations
from offboarding.store.connect import Session
from offboarding.store.decisions import Decision, decisions_about
from offboarding.store.reading.link_views import Claim, claims
from offboarding.store.reading.workers import DepartureView, departures
from offboarding.store.record_rows import record_row
from offboarding.store.revocations import RevocationRow
from offboarding.store.sql import block

_KEY = re.compile(r"(?:f-)?([0-9a-f]{4,32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding, whose it is, when the thing was last seen, and its ticket."""

    finding_key: str
    rule: str
    severity: Severity
    state: FindingState
    id_space: str | None
    worker_id: str | None
    """The id that people know the person by; None where nobody is concerned."""
    left_at: datetime | None
    basis: Basis | None
    relation: Relation | None
    source: str
    realm: str
    roster: str
    subject_kind: str
    subject_native_id: str
    subject_label: str
    account_native_id: str
    account_label: str
    standing: Standing
    standing_reason: str
    effect: Effect
    privileged: bool
    used_after_departure: bool | None
    last_used_at: datetime | None
    exposure_days: int | None
    """Whole days from the departure to the last run's as_of, or to the resolution."""
    judged_at: datetime | None
    """The last run's as_of."""
    first_seen_at: datetime
    """The as_of of the run that found it first."""
    last_confirmed_at: datetime | None
    """When the last complete read began that covers the thing; of a key, of its system."""
    resolved_at: datetime | None
    resolution: Resolution | None
    resolution_details: dict[str, str]
    due_at: datetime | None
    tracker: str | None
    ref: str | None
    url: str | None
    ticket_state: TicketStatus | None
    """None: on no ticket."""
    evidence: list[str]
    revoke: list[WrittenStep]
    warning: str
    ticket_kind: TicketKind
    person_uid: str | None
    reopened: int
    worked_in: str = ""
    """In which time zone, as the departure had it."""
    location: str = ""
    part: str = ""
    owners: Sequence[str] = ()
    """What else routes go by (RoutingFacts)."""
    of_keys: bool = False
    """Of a system's keys, where it's about a whole system, and not of its accounts."""
    named_tracker: str = ""
    """Its ticket's, where a number alone doesn't say which; "" where there is only one."""

    @property
    def why(self) -> str:
        """Why it closed, or may stand, as a sentence; "" where it stands."""
        return sentence(self.resolution, self.resolution_details)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """Something that happened to a finding."""

    seq: int
    at: datetime
    run_id: int | None
    actor: str
    from_state: str | None
    to_state: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A person's word on an event."""

    reason: str
    author: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that explains a finding."""

    finding: FindingView
    claims: tuple[Claim, ...]
    """To whom the account may belong, best first."""
    departures: tuple[DepartureView, ...]
    """The person's, newest first."""
    events: tuple[EventView, ...]
    verdict: Verdict | None
    decisions: tuple[Decision, ...]
    """About the account, newest first, revoked ones too."""
    revocations: tuple[RevocationRow, ...] = ()
    """Of the thing, that a person approved, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _StateCount:
    state: str
    findings: int


def findings(
    session: Session,
    *,
    state: str | None = None,
    severity: str | None = None,
    rule: str | None = None,
    source: str | None = None,
    person_uid: str | None = None,
    finding_key: str | None = None,
    subject: str | None = None,
    due_before: datetime | None = None,
    whose: bool = False,
    after: str | None = None,
    most: int | None = None,
) -> list[FindingView]:
    """Findings that are so, worst first; None leaves something open.

    `subject`: the native id of what it's about. `whose`: only those for which a person must say whose an account is
    that may be somebody's. `after`: only those that follow the finding of this whole key, and none where there is no
    such finding; `most`: no more than so many.
    """
    values = {
        "state": state,
        "severity": severity,
        "rule": rule,
        "source": source,
        "person_uid": person_uid,
        "finding_key": finding_key,
        "subject": subject,
        "due_before": due_before,
        "whose": whose,
        "after": after,
        "most": most,
    }
    with session.cursor(row_factory=record_row(FindingView)) as cursor:
        return cursor.execute(block("reading", "findings"), values).fetchall()


def finding_counts(
    session: Session,
    *,
    rule: str | None = None,
    person_uid: str | None = None,
    severity: str | None = None,
    source: str | None = None,
    due_before: datetime | None = None,
) -> Mapping[str, int]:
    """How many findings are in each state; None leaves something open, as for `findings`."""
    values: dict[str, object] = {"rule": rule, "person_uid": person_uid, "severity": severity, "source": source}
    values["due_before"] = due_before
    with session.cursor(row_factory=class_row(_StateCount)) as cursor:
        rows = cursor.execute(block("reading", "finding_counts"), values).fetchall()
    return {row.state: row.findings for row in rows}


def sources_of_findings(session: Session) -> list[str]:
    """What sources are called today, and what findings stand under besides: sources of keys, the register."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(name) for name in cursor.execute(block("reading", "sources_of_findings")).fetchall()]


def whole_key(session: Session, word: str) -> str:
    """The finding key that this begins: "f-7c31a0b2", or any beginning of at least 4 digits that is one's alone.

    Raises FatalError where it's no key, or no finding's, or several findings'.
    """
    found = _KEY.fullmatch(word.strip().lower())
    if found is None:
        raise FatalError(no_finding_key(word))
    keys = _beginning(session, found[1])
    if not keys:
        raise FatalError(f"there is no finding {word}. See: python -m offboarding findings --state all")
    if len(keys) > 1:
        several = ", ".join(short_finding(key) for key in keys)
        raise FatalError(f"{word} begins several findings' keys ({several}). Give more of its digits.")
    return keys[0]


def finding_keys(session: Session, word: str) -> list[str]:
    """Whole keys that begin so, as `whole_key` takes a beginning; three at most, and none where it's no key."""
    found = _KEY.fullmatch(word.strip().lower())
    return _beginning(session, found[1]) if found else []


def _beginning(session: Session, digits: str) -> list[str]:
    with session.cursor(row_factory=scalar_row) as cursor:
        rows = cursor.execute(block("reading", "keys_beginning"), {"beginning": digits}).fetchall()
    return [str(key) for key in rows]


def explanation(session: Session, word: str) -> Explanation:
    """All that explains the finding whose key this begins. Raises FatalError as `whole_key`."""
    with session.transaction():
        (finding,) = findings(session, finding_key=whole_key(session, word))
        key = {"finding_key": finding.finding_key}
        with session.cursor(row_factory=class_row(EventView)) as cursor:
            events = cursor.execute(block("reading", "events"), key).fetchall()
        with session.cursor(row_factory=class_row(Verdict)) as cursor:
            verdict = cursor.execute(block("reading", "verdict"), key).fetchone()
        account = (finding.realm, finding.account_native_id)
        return Explanation(
            finding=finding,
            claims=tuple(claims(session, *account)),
            departures=tuple(departures(session, finding.person_uid)) if finding.person_uid else (),
            events=tuple(events),
            verdict=verdict,
            decisions=tuple(decisions_about(session, *account)),
            revocations=tuple(each for each in revocations.rows(session, **key) if each.approved_by),
        )
