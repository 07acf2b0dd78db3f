"""Forgetting: what is told of people who left long ago, once nothing here needs it (docs/privacy.md).

Findings keep ids, states and events. The record holds afterwards: that words of a decision were forgotten is an event
of it, and nobody can guess them by the digest that stands in an earlier one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.locks import lock_correlation, lock_findings
from offboarding.store.notices import lock_notices
from offboarding.store.sql import block
from offboarding.store.words import lock_words


class _PurgeStep(NamedTuple):
    file: str
    block: str
    what: str
    """What it forgets, for people."""
    decisions: str = ""
    """The table, where these are words of decisions."""


_STEPS = (
    _PurgeStep("purge", "blank_workers", "workers' names, managers and locations"),
    _PurgeStep("purge", "drop_mails", "mail addresses of people"),
    _PurgeStep("purge", "blank_findings", "closed findings' labels, evidence and steps"),
    _PurgeStep("purge", "blank_accounts", "long gone accounts' labels, names and last use"),
    _PurgeStep("purge", "drop_account_keys", "mail addresses and names of long gone accounts"),
    _PurgeStep("purge", "blank_credentials", "long gone credentials' labels and last use"),
    _PurgeStep("purge", "blank_comments", "comments on closed tickets"),
    _PurgeStep("purge", "blank_notices", "reasons of notices", "notice"),
    _PurgeStep("purge", "blank_words", "reasons of words on departures", "departure_word"),
    _PurgeStep("purge", "blank_exceptions", "reasons of exceptions that have ended", "exception"),
    _PurgeStep(
        "purge", "blank_exception_decisions", "reasons of decisions on exceptions that have ended", "exception_decision"
    ),
    _PurgeStep("purge", "blank_alerts", "what people were told at once"),
    _PurgeStep("purge", "blank_pushed", "what was pushed of whoever is long inactive"),
    _PurgeStep("purge", "blank_roster_reads", "messages about HR's rows"),
    _PurgeStep("purge", "blank_source_reads", "messages about systems"),
    _PurgeStep("purge_keys", "drop_event_keys", "mail addresses and logins of old events' sessions"),
    _PurgeStep("purge_keys", "blank_events", "old events' actors"),
    _PurgeStep("purge", "blank_people_lists", "people on lists that a newer one has replaced", "people_list"),
    _PurgeStep("purge_keys", "blank_attestations", "reasons of words on keys that have ended", "attestation"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Who left before the cut, and what keeps some of them; each counts once."""

    persons: int
    with_finding: int
    """A finding of theirs stands, or was closed since the cut: nothing of theirs is forgotten."""
    still_told: int
    """HR's own feed tells them still, and would tell them again."""
    with_account: int
    """An account of theirs is left: their name goes, the mails that prove it theirs stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was forgotten, or would be."""

    reasons: Reasons
    rows: Mapping[str, int]
    """By what it is, in words."""


def purge(session: Session, cut: datetime, *, keep: bool) -> Purged:
    """Forget what is older than the cut, in one transaction. `keep`: only count; nothing is changed."""
    with session.transaction(force_rollback=keep):
        lock_correlation(session)
        # Whoever decides locks these first, and the findings with their record then.
        lock_notices(session)
        lock_words(session)
        lock_findings(session)
        values = {"cut": cut}
        for table in ("make_forgettable", "make_forgettable_account"):
            session.execute(block("purge", table), values)
        session.execute(block("purge_keys", "make_kept_key"), values)
        with session.cursor(row_factory=class_row(Reasons)) as cursor:
            reasons = cursor.execute(block("purge", "reasons")).fetchone()
        assert reasons is not None
        return Purged(reasons=reasons, rows={step.what: _done(session, step, values) for step in _STEPS})


def _done(session: Session, step: _PurgeStep, values: Mapping[str, object]) -> int:
    """How many rows that changed."""
    if step.decisions:
        return len(recorded.write(session, step.decisions, step.file, step.block, values, actor="purge"))
    return session.execute(block(step.file, step.block), values).rowcount
