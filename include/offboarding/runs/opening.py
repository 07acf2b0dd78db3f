"""How a run begins: with which files beside the configuration, and with what it's expected to read."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from offboarding.config.settings import Settings
from offboarding.custody import registration
from offboarding.interfaces import SourceSettings
from offboarding.model import RunKind
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.runs import recheck
from offboarding.runs.ingest import reads
from offboarding.runs.ingest.bounds import bounded, seconds_for
from offboarding.store import (
    departures,
    exceptions,
    putting_right,
    rechecks,
    register,
    rosters,
    runs,
    sources,
    withdrawals,
)
from offboarding.store import messages as receipts
from offboarding.store.connect import Session
from offboarding.store.custody_rows import RegisteredKeyRow
from offboarding.store.exceptions import ExceptionRow
from offboarding.store.rows import Run
from offboarding.waivers import applying

log = structlog.get_logger("offboarding.pipeline")

PARTS_MINUTES = 5
"""How long one system may take to list what there is to read of it, such as the accounts of an organization."""


def open_run(session: Session, settings: Settings, *, caller: str, as_of: datetime | None) -> Run:
    """Begin a night, or find the one that this caller began. Raises FatalError where as_of would go backwards."""
    run = _opened(session, settings, runs.open_run(session, kind=RunKind.NIGHTLY, caller=caller, as_of=as_of))
    runs.expect_steps(session, run.run_id)
    if settings.messages is not None:
        receipts.expect_look(session, run.run_id)
    return run


def open_departure(session: Session, settings: Settings, *, caller: str, as_of: datetime | None) -> Run:
    """Begin the check of some people, or find the one that this caller began. Raises FatalError as `open_run`."""
    # Two DAGs' runs may be called the same.
    caller = f"{RunKind.DEPARTURE} {caller}"
    return _opened(session, settings, runs.open_run(session, kind=RunKind.DEPARTURE, caller=caller, as_of=as_of))


def open_verify(session: Session, settings: Settings, *, caller: str, as_of: datetime | None) -> Run | None:
    """Begin a look at what is open, or find the one that this caller began; None where nothing is open.

    Raises FatalError as `open_run`.
    """
    withdrawals.moment_of(session, as_of)
    if not rechecks.anything_open(session):
        return None
    run = runs.open_run(session, kind=RunKind.VERIFY, caller=f"{RunKind.VERIFY} {caller}", as_of=as_of)
    _take_files(session, settings, run)
    recheck.begin(session, settings, run)
    log.info("run open", run=run.run_id, kind=run.kind, as_of=run.as_of.isoformat())
    return run


def open_due(session: Session, settings: Settings, *, caller: str, as_of: datetime | None) -> Run | None:
    """Begin the departure of those whose last day or moment has ended since the last night; None where nobody's has.

    Raises FatalError as `open_run`.
    """
    people = rechecks.due(
        session,
        as_of=withdrawals.moment_of(session, as_of),
        zone=settings.company.time_zone,
        pre_start_days=settings.policy.pre_start_days,
    )
    if not people:
        return None
    run = open_departure(session, settings, caller=f"of {RunKind.VERIFY} {caller}", as_of=as_of)
    departures.note_persons(session, run.run_id, people, named=False)
    log.info("last day ended", run=run.run_id, people=len(people), workers=[str(person) for person in people])
    return run


def find_parts(
    session: Session, settings: Settings, run: Run, ask: Callable[[SourceSettings], Sequence[str]]
) -> list[tuple[str, str]]:
    """What is to be read today, (source, part) each: some kinds know it only from their system (an organization).

    A source that can't tell is red, and what was read of it before is read again.
    """
    parts: list[tuple[str, str]] = []
    unknown: list[tuple[str, str]] = []
    for source in settings.readers:
        try:
            with bounded(f"sources.{source.name}", seconds_for(run.kind, PARTS_MINUTES)) as bounds:
                found = bounds.made(lambda source=source: ask(source))
        except OffboardingError as error:
            unknown.append((source.name, reads.note_unknown_parts(session, run, source, error)))
            known = [realm.part for realm in sources.realms(session) if realm.source == source.name]
            found = tuple(dict.fromkeys((*source.parts(), *known)))
        parts += [(source.name, part) for part in found]
    names = [roster.name for roster in settings.rosters]
    runs.note_expected(session, run.run_id, rosters=names, parts=[*parts, *unknown])
    runs.note_step(session, run.run_id, "find_parts")
    return parts


def refuse_unexpected(session: Session, run: Run, source: SourceSettings, part: str) -> None:
    """Raise FatalError for a part that this run does not expect: read under its name, a system is linked to no one."""
    if (source.name, part) not in runs.expected_parts(session, run.run_id):
        raise FatalError(
            f"{source.name} {part}".rstrip()
            + f": run {run.run_id} does not expect this part, and it was not read. Unless the configuration changed"
            " during the run, it was written into an XCom by hand: Airflow's audit log has who did it. Trigger the DAG"
            " again."
        )


def note_unasked(session: Session, settings: Settings, run: Run) -> None:
    """Note as not checked each source of which no part was found, because the task find_parts failed or was skipped.

    Only for departures: a night that lacks a step fails, and a recheck notes its parts as it begins. Without this note
    a departure that read no system would succeed.
    """
    expected = {source for source, _ in runs.expected_parts(session, run.run_id)}
    for source in settings.readers if run.kind == RunKind.DEPARTURE else ():
        if source.name not in expected:
            error = FatalError(f"sources.{source.name}: the task find_parts did not end, so nothing of it was read.")
            part = reads.note_unknown_parts(session, run, source, error)
            runs.note_expected(session, run.run_id, rosters=[], parts=[(source.name, part)])


def note_unlisted(session: Session, settings: Settings, run: Run) -> None:
    """Note the known systems that no read of a nightly run came to; other runs are about some people alone."""
    if run.kind == RunKind.NIGHTLY:
        names = [reader.name for reader in settings.readers]
        naming = [reader.name for reader in settings.readers if reader.tells_parts()]
        runs.note_unlisted(session, run.run_id, sources=names, naming=naming)


def find_run(session: Session, run_id: int, *, callers: Sequence[str] = ()) -> Run:
    """Return the run of this id, for the tasks after the first.

    Raises as `runs.counted`, and FatalError where it was begun by none of the callers, if any are given.
    """
    run = runs.counted(session, run_id)
    if callers and runs.caller_of(session, run_id) not in callers:
        raise FatalError(
            f"Run {run_id} was not begun by this DAG run: its id was written into an XCom by hand. Nothing is done."
            " Airflow's audit log has who did it. Trigger the DAG again."
        )
    return run


def hold_against_record(session: Session, run: Run) -> None:
    """Whatever follows goes by what people decided, and by nothing that only looks so."""
    for trouble in putting_right.put_right(session, run.run_id):
        log.error(trouble, run=run.run_id)


def _opened(session: Session, settings: Settings, run: Run) -> Run:
    names = [roster.name for roster in settings.rosters]
    rosters.retire_rosters(session, names)
    parts = [(source.name, part) for source in settings.readers for part in source.parts()]
    runs.note_expected(session, run.run_id, rosters=names, parts=parts)
    _take_files(session, settings, run)
    log.info("run open", run=run.run_id, kind=run.kind, as_of=run.as_of.isoformat())
    return run


def rows_of_files(settings: Settings) -> tuple[list[RegisteredKeyRow], list[ExceptionRow]]:
    """Return what every run writes down of the files beside the configuration: the register, and the exceptions."""
    return registration.rows(settings), applying.rows(settings)


def _take_files(session: Session, settings: Settings, run: Run) -> None:
    """What stands beside the configuration counts from here on."""
    hold_against_record(session, run)
    keys, waivers = rows_of_files(settings)
    register.merge_register(session, keys, run.as_of)
    needs_decision = settings.policy.exceptions_need_decision
    exceptions.merge_exceptions(session, waivers, run.as_of, needs_decision=needs_decision)
