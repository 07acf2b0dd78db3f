"""What waits, let through or refused by a person: by command, by form, or by an answer to `offboarding_release`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from offboarding.config.settings import Settings
from offboarding.config.spelling import nearest
from offboarding.guard.holds import Release
from offboarding.interfaces import Trackers
from offboarding.model import HoldStatus
from offboarding.model.errors import ChangedSinceError, FatalError
from offboarding.report import held
from offboarding.runs import pipeline
from offboarding.store import guard, questions, runs
from offboarding.store.connect import Session
from offboarding.store.events import append_events
from offboarding.store.guard import Hold
from offboarding.store.guard_look import Looking
from offboarding.store.locks import lock_findings
from offboarding.store.reading.night_states import waiting_then
from offboarding.store.reading.waiting import waiting_digest, waiting_findings
from offboarding.store.rows import Run

ASKS = ("offboarding_nightly", "ask")
"""The DAG and the task that say that something waits."""
PROPOSES = ("offboarding_departure", "ask")
"""Those that say that something may be shut."""
SHOWN = 20
"""So many findings of each line stand in the question."""
EXPECTED = "no line was beyond its limit"
"""Kept as the reason where nobody is asked for one: of a first read that waits, as the policy says."""

is_first_question = questions.is_first
log = structlog.get_logger("offboarding.release")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person is asked."""

    of_run: int
    """The night since which it waits."""
    subject: str
    """In a line."""
    details: str
    """Which lines, whom it's about, and what an answer does; as Markdown, without names, mails or labels."""
    holds: tuple[int, ...]
    """Lines that went beyond their limits, by their numbers. An answer decides about these lines and no others. Where
    there are any, it needs its reason, and may refuse them.
    """
    waiting: str
    """A digest of every finding that waits, those that `details` leaves out included."""

    @property
    def seen(self) -> str:
        """A digest of the question: it differs as soon as anything else waits."""
        return hashlib.sha256(f"{self.of_run} {self.details} {self.waiting}".encode()).hexdigest()[:32]

    @property
    def text(self) -> str:
        """The details as a page shows them, with the list that an answer applies to."""
        return (
            f"{self.details}\n\nAn answer applies to this list (`{self.seen[:8]}`) and is refused once it has changed."
        )


def release(
    session: Session,
    settings: Settings,
    run_id: int,
    trackers: Trackers,
    *,
    reason: str,
    author: str,
    holds: Sequence[int] = (),
    batch: int | None = None,
    caller: str = "",
    seen: str = "",
) -> Run:
    """Let through what waits since a run or earlier, or on these holds alone, after evaluating the last reads afresh.

    Of a first read so many tickets as a batch holds, the worst first. `caller`: whose task this is; begun again after
    it was broken off, it tells what it let through then, and lets nothing more through. `seen`: the digest of the
    question that was answered, if one was. Raises FatalError where nothing waits, a hold is none that waits, another
    question would be asked now, or the last night's reads are older than guard.max_age_hours.
    """
    caller = f"release of {run_id} by {author} {caller or datetime.now(UTC)}"
    run = runs.begun(session, caller)
    if run is None:
        answer = {"reason": reason, "author": author, "seen": seen}
        run = _let_through(session, settings, run_id, caller, **answer, named=holds, batch=batch)
    if run.finished_at is None:
        pipeline.ticket(session, settings, run, trackers)
        runs.end_release(session, run.run_id)
    return run


def taken_up(session: Session, settings: Settings, trackers: Trackers, *, caller: str) -> bool:
    """Tell what this caller let through before it broke off; False where it let nothing through, or told it all."""
    run = runs.broken_off(session, caller)
    if run is None:
        return False
    pipeline.ticket(session, settings, run, trackers)
    runs.end_release(session, run.run_id)
    return True


def _let_through(
    session: Session,
    settings: Settings,
    run_id: int,
    caller: str,
    *,
    reason: str,
    author: str,
    seen: str,
    named: Sequence[int],
    batch: int | None,
) -> Run:
    """In one transaction with the run itself: where there is such a run, all of it was done."""
    runs.run(session, run_id)
    last = _fresh_enough(session, settings)
    with session.transaction():
        lock_findings(session)
        shown = _shown(session, run_id, seen) if seen else None
        if named or shown:
            decided = _named(session, named or (shown.holds if shown else ()))
        else:
            decided = [hold for hold in guard.holds(session) if hold.opened_run <= run_id]
        if not decided and not guard.waiting(session, run_id):
            raise FatalError(f"nothing waits since run {run_id} or earlier: there is nothing to release")
        run = runs.open_release(session, caller=caller, of=last)
        let = Release(
            of_run=run_id,
            holds=decided,
            everything=not named,
            batch=batch or settings.guard.batch,
            reason=reason,
            author=author,
        )
        pipeline.evaluate(session, settings, run, let)
        outcome = pipeline.guard(session, settings, run, let)
        runs.note_waiting(session, run.run_id, outcome.baseline + outcome.over_maximum)
    log.info("released", run=run.run_id, of=run_id, holds=[hold.hold_id for hold in decided], findings=outcome.opened)
    return run


def reject(
    session: Session, holds: Sequence[int], *, reason: str, author: str, of_run: int = 0, seen: str = ""
) -> list[Hold]:
    """Refuse what waits on these holds: nothing of it is told, and the next night is compared with what was accepted
    before. `of_run` and `seen`: the run and the digest of the question that was answered, if one was. Raises FatalError
    where one of them is none that waits, or another question would be asked now.
    """
    with session.transaction():
        lock_findings(session)
        if seen:
            _shown(session, of_run, seen)
        decided = _named(session, holds)
        look = Looking.at(session, runs.run(session, max(hold.last_run for hold in decided)))
        changes = guard.rejected(look, [hold.hold_id for hold in decided], f"rejected by {author}: {reason}")
        append_events(session, changes, run_id=None, actor=author)
        for hold in decided:
            guard.decide_hold(look, hold.hold_id, "rejected", author=author, reason=reason)
    log.info("rejected", holds=[hold.hold_id for hold in decided], findings=len(changes))
    return decided


def answered(
    session: Session,
    settings: Settings,
    run_id: int,
    trackers: Trackers,
    *,
    approve: bool,
    reason: str,
    author: str,
    author_id: str | None = None,
    caller: str = "",
    seen: str,
) -> None:
    """Do as a person answered: everything that they were shown is let through, or every line of it refused. A line
    that the question does not show goes on waiting.

    A first read that waits isn't refused, it goes on waiting. `caller`: as in `release`. `seen`: the digest of the
    question that was shown. Raises FatalError without a reason where a line waits, where anything else waits now, and
    as `check_approver`.
    """
    if not seen:
        raise ChangedSinceError
    check_approver(settings, name=author, user_id=author_id)
    reason, asked = reason.strip(), question(session, run_id)
    if asked and asked.holds and not reason:
        raise FatalError(
            f"Hold {', '.join(map(str, asked.holds))} went beyond its limit, and nothing is decided about it without a"
            " reason: trigger offboarding_release again, and say why."
        )
    if approve:
        release(session, settings, run_id, trackers, reason=reason or EXPECTED, author=author, caller=caller, seen=seen)
    elif asked is None or asked.seen != seen:
        raise ChangedSinceError
    elif asked.holds:
        reject(session, asked.holds, reason=reason, author=author, of_run=run_id, seen=seen)


def begun_by(events: Sequence[Any]) -> tuple[int | None, str]:
    """The latest night that asset events name, and what to tell whoever is asked of events that no task of ours made.

    By REST anybody may make such events who may make asset events at all; those bear no task's name. Raises FatalError
    where there are no others.
    """
    ours = [each for each in events if (each.source_dag_id, each.source_task_id) in (ASKS, PROPOSES)]
    nights = [int(each.extra["run"]) for each in ours if (each.source_dag_id, each.source_task_id) == ASKS]
    by_hand = len(events) - len(ours)
    text = (
        f"{by_hand} of the asset events that began this run was made by hand, and by no night: who did it stands in"
        " Airflow's audit log, as create_asset_event."
    )
    if events and not ours:
        raise FatalError(f"{text} Nobody is asked. What waits shows python -m offboarding holds")
    return max(nights, default=None), f"\n\n{text}" if by_hand else ""


def question(session: Session, run_id: int | None = None) -> Question | None:
    """What a person is asked of what waits since this run, or since the last night; None where nothing waits. Findings
    on a line that was rejected, or that went beyond its limit after this run, are no part of it.
    """
    last = runs.run(session, run_id) if run_id else runs.last_finished_night(session)
    if last is None:
        return None
    then, findings = waiting_then(session, last.run_id), waiting_findings(session, shown=SHOWN)
    waits = replace(
        then,
        holds=tuple(hold for hold in then.holds if hold.status == HoldStatus.WAITING),
        over_maximum=next((each.total for each in findings if each.hold_id is None and not each.closes), 0),
    )
    if not (waits.holds or waits.baseline or waits.over_maximum):
        return None
    return Question(
        of_run=last.run_id,
        subject=held.asked(waits),
        details=held.details(waits, findings),
        holds=tuple(hold.hold_id for hold in waits.holds),
        waiting=waiting_digest(session),
    )


def _shown(session: Session, run_id: int, seen: str) -> Question:
    """Return the question of this digest. Raises ChangedSinceError where another one would be asked now."""
    asked = question(session, run_id)
    if asked is None or asked.seen != seen:
        raise ChangedSinceError
    return asked


def check_approver(
    settings: Settings,
    *,
    name: str,
    user_id: str | None = None,
    act: str = "may neither release nor reject what the guard holds",
) -> None:
    """Whoever decides in Airflow is somebody who may. Raises FatalError that says who, where guard.approvers is set.

    By the auth manager's id where it is told: of whoever triggered a run Airflow keeps the name alone.
    """
    may = settings.guard.users
    if not may or any(each.id == user_id if user_id else each.name == name for each in may):
        return
    raise FatalError(
        f"{name} {act}, and nothing is decided: guard.approvers says that {', '.join(each.name for each in may)} may"
    )


def _fresh_enough(session: Session, settings: Settings) -> Run:
    last = runs.last_finished_night(session)
    if last is None:
        raise FatalError("no night has come to its end yet: there is nothing to release")
    age = datetime.now(UTC) - last.reads_since
    if age > timedelta(hours=settings.guard.max_age_hours):
        raise FatalError(
            f"the last night's reads (run {last.run_id}) are {age / timedelta(hours=1):.0f} hours old, and"
            f" guard.max_age_hours is {settings.guard.max_age_hours:g}: run offboarding_nightly, then release what"
            " still waits"
        )
    return last


def _named(session: Session, holds: Sequence[int]) -> list[Hold]:
    waiting = {hold.hold_id: hold for hold in guard.holds(session)}
    unknown = [str(each) for each in holds if each not in waiting]
    if unknown:
        known = nearest(unknown[0], [str(each) for each in waiting]) if waiting else " Nothing waits on any."
        raise FatalError(f"hold {', '.join(unknown)} is none that waits.{known}")
    return [waiting[each] for each in dict.fromkeys(holds)]
