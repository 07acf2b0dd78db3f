"""Forgetting: what is told of people who left long ago, once nothing here needs it (docs/privacy.md).

Findings keep ids, states and events. The record holds afterwards: that words of a decision were forgotten is an event
of it, and nobody can guess them by the digest that stands in an earlier one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from include.offboarding.store import recorded
from include.offboarding.store.connect import Session
from include.offboarding.store.locks import lock_correlation, lock_findings
from include.offboarding.store.notices import lock_notices
from include.offboarding.store.sql import block
from include.offboarding.store.words import lock_words

STEPS = (
    *("blank_workers", "drop_mails", "blank_findings", "blank_accounts", "drop_account_keys"),
    *("blank_credentials", "blank_comments", "blank_notices", "blank_words", "blank_exceptions", "blank_alerts"),
    *("blank_roster_reads", "blank_source_reads"),
)
KEY_STEPS = ("drop_event_keys", "blank_events", "blank_attestations")


DECISIONS = {
    "blank_notices": "notice",
    "blank_words": "departure_word",
    "blank_exceptions": "exception",
    "blank_attestations": "attestation",
}
"""Steps that forget words of decisions, and the table of each."""


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
    """By step, in the order of STEPS and KEY_STEPS."""


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
        steps = [*(("purge", step) for step in STEPS), *(("purge_keys", step) for step in KEY_STEPS)]
        return Purged(
            reasons=reasons,
            rows={step: _done(session, file, step, values) for file, step in steps},
        )


def _done(session: Session, file: str, step: str, values: Mapping[str, object]) -> int:
    """How many rows that changed."""
    if step in DECISIONS:
        return len(recorded.write(session, DECISIONS[step], file, step, values, actor="purge"))
    return session.execute(block(file, step), values).rowcount
