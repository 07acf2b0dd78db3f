"""Runs that count for nothing: what a person took out of the count, and what claimed to be later than it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from psycopg import sql
from psycopg.rows import class_row

from offboarding.model.errors import FatalError
from offboarding.store import recorded, run_ends
from offboarding.store.connect import Session
from offboarding.store.locks import lock_findings
from offboarding.store.record_rows import record_row
from offboarding.store.rows import Run
from offboarding.store.sql import block, statements

log = structlog.get_logger("offboarding.runs")

GRACE = timedelta(minutes=5)
"""How far ahead a moment may lie: whoever gives it needn't have the store's own clock. So counts `counted_run`, too."""
OLDEST = timedelta(hours=6)
"""How far back a moment may lie that a user of Airflow asks for: by it nobody is found who has left since."""
STORE = "the store"
"""Who takes a run out of the count that lay ahead from its beginning."""
_NAMED = 10
_STRETCHES = (
    *("membership", "key_standing", "key_access", "registered_place", "registered_key", "custodian", "exception"),
    "excepted_account",
)
"""Tables of what stood from when until when, of which one stretch begins where another ends."""
_DATED = {
    "departure": ("valid_from", "valid_to"),
    "link": ("valid_from", "valid_to"),
    "person": ("first_seen_at",),
    "person_alias": ("merged_at",),
    "worker": ("first_told_at", "missing_since", "vanished_at", "observed_at"),
    "worker_key": ("valid_from", "valid_to"),
    "employment": ("told_left_at",),
    "roster_read": ("observed_at",),
    "source_read": ("observed_at",),
    "account": ("first_seen_at", "observed_at", "last_seen_at", "gone_at"),
    "account_use": ("observed_at",),
    "former_account_key": ("valid_from", "valid_to"),
    "credential": ("observed_at", "gone_at"),
    "scope": ("observed_at", "error_at"),
    "trust": ("observed_at", "gone_at"),
    "key_scope": ("observed_at", "error_at", "access_at"),
    "key_copy": ("first_seen_at", "observed_at", "untrusted_since", "last_seen_at", "gone_at"),
    "signing_key": ("first_seen_at",),
    "event": ("observed_at",),
    "finding": ("first_seen_at",),
    "guard_accepted": ("as_of",),
}
"""Other tables, and the columns that say when something was so, or was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A run that counts no more."""

    run_id: int
    reason: str
    author: str
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What time it is for a store."""

    now: datetime
    on_trial: bool
    """Nights may be played here whose moment lies ahead."""
    ahead: Sequence[int]
    """Runs that began later than now, by this same clock: it ran ahead then, or is behind now."""


def clock(session: Session) -> Clock:
    """The server's, which dates every row: not that of the machine where a task happens to run."""
    with session.cursor(row_factory=class_row(Clock)) as cursor:
        found = cursor.execute(block("withdrawals", "clock"), {"grace": GRACE}).fetchone()
    assert found is not None
    return found


def put_on_trial(session: Session) -> None:
    """From now on nights may be played in this store whose moment lies ahead. Nobody relies on such a store."""
    recorded.write(session, "trial", "withdrawals", "on_trial", {}, actor=STORE)


def moment_of(session: Session, as_of: datetime | None) -> datetime:
    """The moment of a run that begins: what was asked for, else the store's own.

    Raises FatalError where that lies ahead of the store's clock, or the clock was set back. Every run begins by it.
    """
    here = clock(session)
    now = here.now.isoformat(timespec="seconds")
    if here.on_trial:
        return as_of or here.now
    if as_of is not None and as_of > here.now + GRACE:
        raise FatalError(
            f"as_of {as_of.isoformat()} lies ahead: by the store's clock it is {now}."
            " Nothing is checked by a moment that hasn't come, since every later night would lie before it. Leave as_of"
            " out, or give an earlier one: the DAG's parameter, --as-of, or OFFBOARDING_AS_OF. Who leaves soon is shown"
            " by python -m offboarding upcoming, and a coming night by nightly --dry-run."
        )
    if here.ahead:
        ids = " ".join(map(str, here.ahead[:_NAMED]))
        more = f" and {len(here.ahead) - _NAMED} more" if len(here.ahead) > _NAMED else ""
        raise FatalError(
            f"By the store's clock it is {now}, and by the same clock run {ids}{more} began later than that: it was set"
            " back, or ran ahead then. What was read then would count as newer than what is read now. Set the clock of"
            " the PostgreSQL server right. If it's right now and ran ahead then:"
            f' python -m offboarding runs withdraw {ids} --reason "..."'
        )
    return as_of or here.now


def refuse_earlier(session: Session, as_of: datetime) -> None:
    """Raise FatalError where a moment that a user of Airflow asks for lies far back; not in a store on trial."""
    here = clock(session)
    if not here.on_trial and as_of < here.now - OLDEST:
        raise FatalError(
            f"as_of {as_of.isoformat()} lies more than {OLDEST // timedelta(hours=1)} hours back: by the store's clock"
            f" it is {here.now.isoformat(timespec='seconds')}. Whoever left since then wouldn't be found, and the night"
            " would count all the same. Leave as_of out."
        )


def withdrawn(session: Session, run_id: int) -> Withdrawal | None:
    """Whether and why a run counts no more."""
    with session.cursor(row_factory=class_row(Withdrawal)) as cursor:
        return cursor.execute(block("withdrawals", "withdrawn"), {"run_id": run_id}).fetchone()


def withdraw(session: Session, run_id: int, *, reason: str, author: str, moment: datetime) -> None:
    """Take a run out of the count, and draw back to a moment what was written as of later. Needs lock_findings."""
    with recorded.followed(session, actor=author), run_ends.followed(session, None, actor=author):
        session.execute(block("withdrawals", "withdraw"), {"run_id": run_id, "reason": reason, "author": author})
        _draw_back(session, moment)


def _draw_back(session: Session, moment: datetime) -> None:
    """What was written by a moment or a clock that lay ahead: nothing was so, or was seen, later than now.

    Otherwise what is read now would be older than what is known, and whoever vanished would not have left for years.
    """
    for table in _STRETCHES:
        # It both begins and ends ahead: two that begin now would be one too many.
        ahead = sql.SQL("delete from {} where valid_from > %(now)s and valid_to is not null")
        session.execute(ahead.format(sql.Identifier(table)), {"now": moment})
    for table, columns in {**dict.fromkeys(_STRETCHES, ("valid_from", "valid_to")), **_DATED}.items():
        dates = [sql.Identifier(column) for column in columns]
        drawn = sql.SQL(", ").join(sql.SQL("{0} = least({0}, %(now)s)").format(date) for date in dates)
        later = sql.SQL("update {} set {} where greatest({}) > %(now)s").format(
            sql.Identifier(table), drawn, sql.SQL(", ").join(dates)
        )
        session.execute(later, {"now": moment})
    for statement in statements("withdrawals", "draw_back_words"):
        session.execute(statement, {"now": moment})


def withdraw_the_future(session: Session, moment: datetime) -> None:
    """Take out what began as of a moment that lay ahead: such a run counts for nothing, whoever began it.

    `moment`: that of the run which begins now.
    """
    if not _of_the_future(session):
        return
    with session.transaction():
        lock_findings(session)
        for run in _of_the_future(session):
            why = f"its moment, {run.as_of.isoformat()}, lay ahead when it began, {run.started_at.isoformat()}"
            withdraw(session, run.run_id, reason=why, author=STORE, moment=moment)
            log.warning("run counts for nothing: its moment lay ahead when it began", run=run.run_id)


def _of_the_future(session: Session) -> list[Run]:
    with session.cursor(row_factory=record_row(Run)) as cursor:
        return cursor.execute(block("withdrawals", "began_of_the_future"), {"grace": GRACE}).fetchall()
