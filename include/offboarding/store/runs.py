"""Runs: a night, or the release of one."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from psycopg.types.json import Jsonb

from offboarding.model import NobodyChecked, RunKind
from offboarding.model.errors import FatalError, RetriableError
from offboarding.store import run_ends
from offboarding.store.code import CODE
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.rows import RegisterEffect, Run
from offboarding.store.sql import block
from offboarding.store.withdrawals import moment_of, withdraw_the_future, withdrawn


def open_run(session: Session, *, kind: RunKind, caller: str, as_of: datetime | None) -> Run:
    """The run of this caller: a retry gets the same one again, with the as_of it began with.

    Raises FatalError where as_of lies before that of the last finished night, and as `moment_of`.
    """
    moment = moment_of(session, as_of)
    withdraw_the_future(session, moment)
    with session.transaction():
        session.execute("lock table run in share row exclusive mode")
        known = begun(session, caller)
        if known is not None:
            return counted(session, known.run_id)
        last = _run(session, "last_finished_night", {})
        if last is not None and moment < last.as_of:
            raise FatalError(
                f"as_of {moment.isoformat()} lies before the last night's, {last.as_of.isoformat()} (run"
                f" {last.run_id}). Leave as_of out, or give a later one: a night can't be checked backwards. If that"
                f' night was wrong: python -m offboarding runs withdraw {last.run_id} --reason "..."'
            )
        made = _run(session, "insert_run", {"kind": kind, "caller": caller, "as_of": moment, "code": CODE})
    assert made is not None
    return made


def begun(session: Session, caller: str) -> Run | None:
    """The run that this caller began; None where there is none."""
    return _run(session, "run_of_caller", {"caller": caller})


def caller_of(session: Session, run_id: int) -> str:
    """Return the name of whoever began this run; "" where there is none."""
    found = session.execute(block("runs", "caller_of"), {"run_id": run_id}).fetchone()
    return str(found[0]) if found else ""


def broken_off(session: Session, caller: str) -> Run | None:
    """The release, whosesoever it is, that this caller began and didn't come to the end of."""
    return _run(session, "broken_off_release", {"caller": caller})


def open_release(session: Session, *, caller: str, of: Run) -> Run:
    """A run that evaluates afresh what another one read."""
    values = {"caller": caller, "as_of": of.as_of, "reads_since": of.reads_since, "code": CODE}
    made = _run(session, "insert_release_run", values)
    assert made is not None
    return made


def run(session: Session, run_id: int) -> Run:
    """By id. Raises FatalError where there is none."""
    found = _run(session, "run_by_id", {"run_id": run_id})
    if found is None:
        raise FatalError(f"there is no run {run_id}. See: python -m offboarding runs --format table")
    return found


def counted(session: Session, run_id: int) -> Run:
    """By id, for whoever goes on with it.

    Raises FatalError where there is none, or it was taken out of the count, and RetriableError where other code began
    it: the next try may be another machine's.
    """
    taken_out = withdrawn(session, run_id)
    if taken_out is not None:
        raise FatalError(
            f"run {run_id} counts no more, and nothing is done in it: {taken_out.author} withdrew it"
            f" ({taken_out.reason}). Trigger another."
        )
    found = run(session, run_id)
    ((code,),) = session.execute(block("runs", "code_of"), {"run_id": run_id})
    if code != CODE:
        raise RetriableError(
            f"run {run_id} was begun by other code ({code or 'older'}) than the one on this machine ({CODE},"
            f" {platform.node()}): nothing is done in it here. Install one version on every worker, restart them,"
            " and trigger another run."
        )
    return found


def last_finished_night(session: Session) -> Run | None:
    """The newest night that ran to its end."""
    return _run(session, "last_finished_night", {})


def latest_moment(session: Session, run: Run) -> datetime:
    """Return the latest as_of of the runs that have correlated, or this run's if that is later.

    A run that correlated by an earlier moment would take departures back.
    """
    ((latest,),) = session.execute(block("runs", "latest_moment")).fetchall()
    return max(run.as_of, latest) if isinstance(latest, datetime) else run.as_of


def note_trackers(session: Session, run_id: int, trackers: Sequence[str]) -> None:
    """The trackers that the configuration names, so that a ticket that stands in another is missed."""
    session.execute(block("runs", "note_trackers"), {"run_id": run_id, "trackers": Jsonb(list(trackers))})


def note_deaf(session: Session, run_id: int, deaf: Mapping[str, str]) -> None:
    """Trackers that couldn't be told all that there was, by their names, and why: of this attempt, as the last word."""
    session.execute(block("runs", "note_deaf"), {"run_id": run_id, "deaf": Jsonb(dict(deaf))})


def note_told_nowhere(session: Session, run_id: int, finding_keys: Sequence[str]) -> None:
    """Findings that no ticket tells, by the last plan of a run."""
    session.execute(block("runs", "note_told_nowhere"), {"run_id": run_id, "finding_keys": Jsonb(list(finding_keys))})


def note_expected(session: Session, run_id: int, *, rosters: Sequence[str], parts: Sequence[tuple[str, str]]) -> None:
    """Note what is to be read in a run, so that a read whose task never began is missed, too.

    What was noted before stays expected: a task that is repeated forgets nothing.
    """
    run_ends.reopen(session, run_id)
    values = {"rosters": Jsonb(list(rosters)), "parts": Jsonb([list(part) for part in parts])}
    session.execute(block("runs", "note_expected"), {"run_id": run_id, **values})


def note_unlisted(session: Session, run_id: int, *, sources: Sequence[str], naming: Sequence[str]) -> None:
    """Note the systems in which something is known, and which this run's reads did not come to.

    `sources`: the names that the configuration has. `naming`: those of them whose system names the parts itself.
    """
    run_ends.reopen(session, run_id)
    values = {"run_id": run_id, "sources": list(sources), "naming": list(naming)}
    session.execute(block("runs", "note_unlisted"), values)


def note_retired(session: Session, run_id: int) -> None:
    """Expect rosters that are no longer configured, if they list employed people who are on no configured roster."""
    session.execute(block("runs", "note_retired"), {"run_id": run_id})


def expected_parts(session: Session, run_id: int) -> set[tuple[str, str]]:
    """The (source, part) pairs that are to be read in a run, and those that are known and were not read."""
    rows = session.execute(block("runs", "expected_parts"), {"run_id": run_id}).fetchall()
    return {(str(source), str(part)) for source, part in rows}


def note_nobody(session: Session, run_id: int, why: NobodyChecked | None) -> None:
    """Why this run checks nobody, so that no system is to be asked; None where it checks somebody after all."""
    run_ends.reopen(session, run_id)
    session.execute(block("runs", "note_nobody"), {"run_id": run_id, "why": why})


def note_correlated(session: Session, run_id: int, outcome: Mapping[str, object]) -> None:
    """Links are up to date in this run: something may be concluded."""
    session.execute(block("runs", "note_correlated"), {"run_id": run_id, "outcome": Jsonb(dict(outcome))})
    expect_judging(session, run_id)


def note_unchecked(session: Session, run_id: int, unchecked: Mapping[str, int]) -> None:
    """How many trusted keys of each kind nobody was known to hold in this run."""
    session.execute(block("runs", "note_unchecked"), {"run_id": run_id, "unchecked": Jsonb(dict(unchecked))})


def note_register_effects(session: Session, run_id: int, effects: Sequence[RegisterEffect]) -> None:
    """Findings that the custody register alone lowered or prevented in this run."""
    values = {"run_id": run_id, "effects": Jsonb([asdict(each) for each in effects])}
    session.execute(block("runs", "note_register_effects"), values)


STEPS = ("find_parts", "evaluate", "guard", "ticket")
"""Steps of a nightly run in their order: where one has not ended, something is missing from the run."""
JUDGING = STEPS[1:]
"""The steps that use what was read and correlated."""


def expect_steps(session: Session, run_id: int) -> None:
    """Note from here on which of STEPS have ended."""
    session.execute(block("runs", "expect_steps"), {"run_id": run_id})


def note_step(session: Session, run_id: int, step: str) -> None:
    """Note that a step has ended, or has noted itself what it could not do. The later steps must end again."""
    values = {"run_id": run_id, "step": step, "later": list(STEPS[STEPS.index(step) + 1 :])}
    session.execute(block("runs", "note_step"), values)


def expect_judging(session: Session, run_id: int) -> None:
    """Expect the later steps of this run again: they ended before something was read or correlated."""
    session.execute(block("runs", "expect_judging"), {"run_id": run_id, "steps": list(JUDGING)})


def note_broken(session: Session, run_id: int, step: str) -> None:
    """A step of this run ended by a defect of ours: what it was to do may not be done."""
    session.execute(block("runs", "note_broken"), {"run_id": run_id, "step": step})


def note_texts_refused(session: Session, run_id: int, sentences: Sequence[str]) -> None:
    """Why our texts stood in for a company's own in this run; another try of its task adds to it."""
    session.execute(block("runs", "note_texts_refused"), {"run_id": run_id, "sentences": Jsonb(list(sentences))})


def usable_rosters(session: Session) -> int:
    """How many configured rosters have been read, in this run or before."""
    found = session.execute(block("runs", "usable_rosters")).fetchone()
    return int(str(found[0])) if found else 0


def close_run(session: Session, run_id: int, *, red: Sequence[str], waiting: int | None) -> str:
    """Write down how it ended, red for these reasons or green; a retry of the last task writes the same again.

    `waiting`: how much waits; None where nobody looked.
    """
    status = "red" if red else "green"
    values = {"run_id": run_id, "status": status, "waiting": waiting, "summary": Jsonb({"red": list(red)})}
    with session.transaction():
        with run_ends.ending(session, run_id):
            session.execute(block("runs", "close_run"), values)
        run_ends.note_head(session, run_id)
    return status


def note_waiting(session: Session, run_id: int, waiting: int) -> None:
    """How much waits after a release."""
    session.execute(block("runs", "note_waiting"), {"run_id": run_id, "waiting": waiting})


def end_release(session: Session, run_id: int) -> None:
    """What a release let through has been told."""
    with run_ends.ending(session, run_id):
        session.execute(block("runs", "end_release"), {"run_id": run_id})


def _run(session: Session, name: str, values: Mapping[str, object]) -> Run | None:
    with session.cursor(row_factory=record_row(Run)) as cursor:
        return cursor.execute(block("runs", name), values).fetchone()
